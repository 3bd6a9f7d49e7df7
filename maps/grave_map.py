"""The map of graves outside cemeteries, by their light: what is overdue stands on top."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shapely.geometry import mapping, shape

from gis.text import Lang, Text
from maps.layers import Collection, Feature, Layer, drawn, map_page, placed, unit_layers
from maps.style import GRAVE_LIGHTS, Look
from placenames.sites.graves import ACTIONS, CATEGORIES, GRAVES, RESULTS

TITLE = Text("违法墓葬处置图", "Map of graves outside cemeteries")
DETAILS = Text("详情", "Details")
CLUSTERED_FROM = 300
"""So many graves of one light from which on they are drawn as numbers where they stand close."""
SAID = ("category", "action", "deadline", "result", "rechecked_on")
"""What a popup says of a grave, in this order."""
WORDS = {"category": CATEGORIES, "action": ACTIONS, "result": RESULTS}


def grave_map(graves: Collection, lang: Lang, *, units: Collection | None = None, note: str = "") -> str:
    """The page of the map; graves have `id`, `code`, `place`, `light` and what is to be done about them.

    `#item-<id>` in the address zooms to a grave.
    """
    features = placed(graves)
    layers = []
    for light, look in reversed([*GRAVE_LIGHTS.items()]):
        shown = [_grave(each, look, lang) for each in features if each["properties"]["light"] == light]
        if shown:
            layers.append(Layer(look, shown, points=True, clustered=len(shown) >= CLUSTERED_FROM, one_count=True))
    return map_page([*unit_layers(units), *layers], lang, TITLE, note, frame=features)


def _grave(feature: Feature, look: Look, lang: Lang) -> dict[str, Any]:
    about = feature["properties"]
    rows = [(GRAVES.field(name).title.in_(lang), _said(about, name, lang)) for name in SAID]
    link = (f"/graves/{about['id']}", DETAILS.in_(lang))
    title = str(about["place"] or about["code"])
    return drawn(_as_point(feature), look, f"item-{about['id']}", title, [(_LIGHT.in_(lang), look.words.in_(lang)), *rows],
                 link=link)  # fmt: skip


_LIGHT = Text("时限", "Deadline is")


def _said(about: Mapping[str, Any], name: str, lang: Lang) -> str:
    value = about[name]
    words = WORDS.get(name, {}).get(value)
    return words.in_(lang) if words else str(value or "")


def _as_point(grave: Feature) -> Feature:
    """What was measured as an area is shown at a point on it."""
    if grave["geometry"]["type"] == "Point":
        return grave
    return {**grave, "geometry": mapping(shape(grave["geometry"]).representative_point())}
