"""The map on which somebody shows where a place is: the units around, and the place as it is registered."""

from __future__ import annotations

from gis.text import Lang, Text
from maps.layers import Collection, Feature, Layer, drawn, map_page, placed, unit_layers
from maps.style import Look

TITLE = Text("标出位置", "Show where it is")
REGISTERED = Look(Text("现登记位置", "As it is registered"), "#7a7f87", 3.0, "6 4", 0.15)


def pick_map(place: Feature | None, units: Collection | None, near: str, lang: Lang, note: str = "") -> str:
    """The page of the map, zoomed to the place, or else to the unit with this code.

    Clicks go to the form around the frame when it is called `pick` (see map.js).
    """
    shown = [drawn(place, REGISTERED, "place", "", ())] if place and place.get("geometry") else []
    around = [each for each in placed(units) if each["properties"]["code"] == near]
    layers = [Layer(REGISTERED, shown)] if shown else []
    return map_page([*unit_layers(units), *layers], lang, TITLE, note, frame=shown or around)
