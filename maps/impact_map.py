"""The map of an impact: everything that mentions a name, with what it says now and what it would say."""

from __future__ import annotations

from collections.abc import Sequence

from gis.text import Lang, Text
from maps.layers import Collection, Feature, Layer, drawn, map_page, placed, unit_layers
from maps.style import IMPACTS

TITLE = Text("更名影响图", "What a change of name touches")

def impact_map(
    touched: Collection, place: Feature | None, units: Collection | None, lang: Lang, note: str = ""
) -> str:
    """The page of the map: the place highlighted over everything that its name touches.

    Each feature has `register`, `code`, `label`, `before`, `proposed`, `how`, `follows`; `#impact-<register>-<code>` in
    the address zooms to one.
    """
    features = placed(touched)
    layers = [
        Layer(look, [_touched(each, name, lang) for each in features if _look_of(each) == name])
        for name, look in IMPACTS.items()
        if name != "place"
    ]
    itself = [_itself(place, lang)] if place and place.get("geometry") else []
    frame: Sequence[Feature] = [*features, *itself]
    return map_page([*unit_layers(units), *layers, Layer(IMPACTS["place"], itself)], lang, TITLE, note, frame=frame)


def _look_of(feature: Feature) -> str:
    about = feature["properties"]
    return "follows" if about["follows"] else str(about["how"])


def _touched(feature: Feature, name: str, lang: Lang) -> Feature:
    about, look = feature["properties"], IMPACTS[name]
    unknown = Text("须人工确定", "for a person to say").in_(lang)
    rows = (
        (Text("编号", "Code").in_(lang), about["code"]),
        (Text("关系", "How").in_(lang), look.words.in_(lang)),
        (Text("现为", "Now").in_(lang), about["before"]),
        (Text("拟为", "Would be").in_(lang), about["proposed"] or unknown),
    )
    key = f"impact-{about['register']}-{about['code']}"
    return drawn(feature, look, key, str(about["label"] or ""), rows)


def _itself(place: Feature, lang: Lang) -> Feature:
    about = place["properties"]
    rows = (
        (Text("现为", "Now").in_(lang), about["before"]),
        (Text("拟为", "Would be").in_(lang), about["proposed"]),
    )
    return drawn(place, IMPACTS["place"], "place", str(about["before"] or about["proposed"] or ""), rows)
