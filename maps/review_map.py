"""The map of a review: what a submission would add, change, end and replace, before and after."""

from __future__ import annotations

from gis.text import Lang, Text
from maps.layers import Collection, Feature, Layer, drawn, map_page, placed, unit_layers
from maps.style import CHANGES

TITLE = Text("变更对照图", "Changes before and after")


def review_map(changes: Collection, units: Collection | None, lang: Lang, note: str = "") -> str:
    """The page of the review map.

    Each record has one feature per side: `side` ("before" or "after"), `kind` (added, changed, removed,
    related), `register`, `code` and `name`. `#change-<register>-<code>` in the address zooms to both sides.
    """
    features = placed(changes)
    layers = [
        Layer(look, [_change(each, name, lang) for each in features if _look_of(each) == name])
        for name, look in CHANGES.items()
    ]
    return map_page([*unit_layers(units), *layers], lang, TITLE, note, frame=features)


def _look_of(feature: Feature) -> str:
    """What stays, but otherwise, is drawn in the grey of before; what ends keeps its own look."""
    about = feature["properties"]
    replaced = about["side"] == "before" and about["kind"] in ("changed", "related")
    return "before" if replaced else str(about["kind"])


def _change(feature: Feature, name: str, lang: Lang) -> Feature:
    about, look = feature["properties"], CHANGES[name]
    rows = (
        (Text("编号", "Code").in_(lang), about["code"]),
        (Text("变更", "Change").in_(lang), look.words.in_(lang)),
    )
    key = f"change-{about['register']}-{about['code']}"
    return drawn(feature, look, key, str(about.get("name") or ""), rows)
