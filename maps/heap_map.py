"""The map of a register with very many records: it asks for what it shows, box by box, as numbers or as single points."""

from __future__ import annotations

from gis.text import Lang, Text
from maps.layers import Collection, Feature, map_page, unit_layers
from maps.style import POINT

DETAILS = Text("详情", "Details")
COUNT = Text("{n} 条", "{n} records")
HERE = Text("此处 {n} 条", "{n} records here")


def heap_map(
    title: Text,
    count: int,
    asks: dict[str, str],
    lang: Lang,
    *,
    units: Collection | None = None,
    home: tuple[float, float, float, float] | None = None,
    note: str = "",
) -> str:
    """The page of the map, zoomed to `home` (west, south, east, north in degrees, EPSG:4490).

    `asks` are addresses: `heaps` and `items` of a box, both with the same `query`; `place` begins the page of a record.
    `#item-<id>` in the address zooms to one.
    """
    words = {"details": DETAILS.in_(lang), "here": HERE.in_(lang)}
    told = f"{COUNT.fill(n=count).in_(lang)} · {note}"
    frame = _corners(home) if home else []
    return map_page(unit_layers(units), lang, title, told, frame, asks={**asks, **words, "style": POINT.leaflet})


def _corners(box: tuple[float, float, float, float]) -> list[Feature]:
    west, south, east, north = box
    return [{"geometry": {"type": "Point", "coordinates": list(at)}} for at in ((west, south), (east, north))]
