"""The map of a plan: every boundary line and tri-junction in the look of its milestone."""

from __future__ import annotations

from collections.abc import Mapping

from gis.text import Lang, Text
from maps.layers import Collection, Feature, Layer, drawn, map_page, placed, unit_layers
from maps.style import MILESTONES, Look

TITLE = Text("进度图", "Progress map")


def progress_map(
    items: Collection, units: Collection | None, lang: Lang, note: str = "", milestones: Mapping[str, Look] = MILESTONES
) -> str:
    """The page of the progress map.

    Items have `code`, `name`, `milestone` (a word of `milestones`) and, for lines, `km`; `#item-<code>` in
    the address zooms to one. Units have `code` and `name`. Later milestones are drawn over earlier ones.
    """
    features = placed(items)
    layers = [
        Layer(look, [_item(each, look, lang) for each in features if each["properties"]["milestone"] == milestone])
        for milestone, look in milestones.items()
    ]
    return map_page([*unit_layers(units), *layers], lang, TITLE, note)


def _item(feature: Feature, look: Look, lang: Lang) -> Feature:
    about = feature["properties"]
    km = about.get("km")
    rows = (
        (Text("编号", "Code").in_(lang), about["code"]),
        (Text("节点", "Milestone").in_(lang), look.words.in_(lang)),
        (Text("长度(km)", "Length (km)").in_(lang), f"{km:.2f}" if km is not None else ""),
    )
    return drawn(feature, look, f"item-{about['code']}", str(about.get("name") or ""), rows)
