"""Layers of a map: features with a look, a popup of plain words and a line in the legend.

Everything a popup says travels as JSON, past folium, and becomes text in the page: a name such as `<script>`
or `{{ 7*7 }}` stays a name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import folium
import numpy as np
import shapely
from folium.utilities import JsCode
from markupsafe import escape
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from gis.settings import Settings
from gis.text import Lang, Text, paired
from maps.columns import columns_of
from maps.offline import Asking, OfflineCluster, OfflineFullscreen, OfflineMap, Ready, Tools, page_of
from maps.style import UNIT, Look

Feature = Mapping[str, Any]
"""A GeoJSON feature, lon/lat in EPSG:4490."""
Collection = Mapping[str, Any]
"""A GeoJSON FeatureCollection of such features."""
Rows = Iterable[tuple[str, object]]
"""Lines of a popup: word and value, in one language; empty values are left out."""
LISTED_OPEN = 10
"""A legend of more lines than this opens when it is touched, or it would hide the map."""
COUNTS = {
    "LineString": ("{n} 条", "{n} line", "{n} lines"),
    "Point": ("{n} 点", "{n} point", "{n} points"),
    "Polygon": ("{n} 面", "{n} area", "{n} areas"),
}
"""How a legend counts: in Chinese, one, many."""


@dataclass(frozen=True, slots=True)
class Layer:
    """Features drawn alike. `listed` gives them a line in the legend, with their counts and a switch.

    Points that are `clustered` are drawn as numbers where they stand close.
    """

    look: Look
    features: Sequence[Feature]
    pane: str = ""
    listed: bool = True
    points: bool = False
    clustered: bool = False
    one_count: bool = False
    """Whether one number will do: its word names their kind already, or the kind does not matter."""


def drawn(
    feature: Feature, look: Look, key: str, title: str, rows: Rows, *, link: tuple[str, str] | None = None,
    photo: tuple[str, str] | None = None,
) -> dict[str, Any]:
    """A feature ready to draw: `#key` in the address zooms to it; title, rows, link and photo fill its popup.

    A link is (address, words); an address that begins with # is a place in the page around the map. A photo is (address
    or `data:`, what it shows).
    """  # fmt: skip
    said = [[word, str(value)] for word, value in rows if value not in (None, "")]
    style = look.leaflet
    if feature["geometry"]["type"].endswith("LineString"):
        style["fill"] = False
    about = {"style": style, "title": title, "rows": said, "link": link} | ({"photo": photo} if photo else {})
    return {"type": "Feature", "id": key, "geometry": feature["geometry"], "properties": about}


def placed(collection: Collection | None) -> list[Feature]:
    """The features of a collection that have a place."""
    return [each for each in (collection or {}).get("features", ()) if each.get("geometry")]


def told(value: object, lang: Lang) -> str:
    """A value in one language; sentences come as {"zh","en"}."""
    if isinstance(value, Mapping):
        return str(value.get(lang, ""))
    return "" if value is None else str(value)


def unit_layers(units: Collection | None) -> list[Layer]:
    """The ground: soft areas of the units and their names (`code`, `name`)."""
    features = sorted(
        placed(units), key=lambda unit: -shape(unit["geometry"]).area
    )  # a county under its towns
    areas = [drawn(each, UNIT, "", "", ()) for each in features]
    for area in areas:
        del area["id"], area["properties"]["rows"]  # the ground neither answers clicks nor is zoomed to
    labels = [_label(each) for each in features]
    return [Layer(UNIT, areas, "ground", listed=False), Layer(UNIT, labels, "labels", listed=False)]


def counted(features: Sequence[Feature]) -> Text:
    """How many lines, points and areas there are, each kind by itself."""
    forms = Counter(str(each["geometry"]["type"]).removeprefix("Multi") for each in features)
    said = [
        Text(zh, many if forms[form] != 1 else one).fill(n=forms[form])
        for form, (zh, one, many) in COUNTS.items()
        if forms[form]
    ]
    return Text("、".join(each.zh for each in said) or "0", ", ".join(each.en for each in said) or "0")


def map_note(settings: Settings, lang: Lang) -> str:
    """What stands in the corner of every map: the approval number or why it needs none, and the datum."""
    number = Text("审图号:{n}", "Map approval number: {n}").fill(n=settings.map_approval).in_(lang)
    reason = paired(settings.map_approval_reason).in_(lang)
    return f"{number if settings.map_approval else reason} · CGCS2000"


def map_page(
    layers: Sequence[Layer],
    lang: Lang,
    title: Text,
    note: str,
    frame: Sequence[Feature] = (),
    closest: int = 16,
    asks: Mapping[str, object] | None = None,
    tools: Mapping[str, Text] | None = None,
) -> str:
    """The page of a map with these layers, lowest first, zoomed to `frame` or else to everything drawn.

    It is zoomed in to level `closest` at most, however small that is. `asks` are the addresses of which it asks for more
    while somebody looks about (`heap_map`). `tools` are the words of the tools that it has.
    """
    drawing = OfflineMap()
    folium.map.CustomPane("ground", 350).add_to(drawing)
    folium.map.CustomPane("labels", 620).add_to(drawing)
    # before the layers: clusters are made once, where they will be looked at
    _fit(frame or [each for layer in layers for each in layer.features], drawing, closest)
    for layer in layers:
        _add(layer, lang, drawing)
    words = Text("全屏", "Full screen"), Text("退出全屏", "Leave full screen")
    OfflineFullscreen(words[0].in_(lang), words[1].in_(lang)).add_to(drawing)
    listed = sum(layer.listed for layer in layers)
    if listed:
        narrow: Any = JsCode("window.innerWidth < 400")  # folium's own annotation forgets that it takes code
        folium.LayerControl(collapsed=narrow if listed <= LISTED_OPEN else True).add_to(drawing)
    if asks:
        Asking(drawing.keep(asks)).add_to(drawing)
    if tools:
        Tools(drawing.keep({name: words.in_(lang) for name, words in tools.items()})).add_to(drawing)
    Ready(drawing.keep(escape(note))).add_to(drawing)  # Leaflet sets it as HTML
    return page_of(drawing, lang, title.in_(lang))


def _add(layer: Layer, lang: Lang, drawing: OfflineMap) -> None:
    mark = layer.look.dot if layer.points else layer.look.swatch
    number = len(layer.features) if layer.one_count else counted(layer.features).in_(lang)
    name = drawing.keep(f"{mark} {escape(layer.look.words.in_(lang))} {number}")
    if layer.clustered:
        OfflineCluster(name, drawing.keep(columns_of(layer.features))).add_to(drawing)
        return
    # folium styles lines and areas by itself; points get theirs when they are made
    features = [_sharing(each, drawing) for each in layer.features] if layer.points else layer.features
    folium.GeoJson(
        {"type": "FeatureCollection", "features": drawing.keep(features)},
        name=name,
        control=layer.listed,
        on_each_feature=JsCode("jiezhi.feature"),
        point_to_layer=JsCode("jiezhi.point"),
        pane=layer.pane or None,
        interactive=layer.pane == "",
    ).add_to(drawing)


def _sharing(feature: Feature, drawing: OfflineMap) -> Feature:
    """A point that names its style by a number: thousands are drawn alike."""
    about = feature["properties"]
    return {**feature, "properties": {**about, "style": drawing.look(about["style"])}} if about.get("style") else feature


def _fit(features: Sequence[Feature], drawing: OfflineMap, closest: int) -> None:
    places = [shape(each["geometry"]) for each in features if each.get("geometry")]
    edges = shapely.total_bounds(places) if places else np.array([np.nan])
    if np.isfinite(edges).all():
        west, south, east, north = edges.tolist()
        drawing.fit_bounds([[south, west], [north, east]], padding=(12, 12), max_zoom=closest)


def _label(unit: Feature) -> dict[str, Any]:
    """A unit's name at a point inside its largest part; `width` (°) tells whether there is room for it."""
    area = _largest_part(shape(unit["geometry"]))
    point = area.representative_point()
    west, _, east, _ = area.bounds
    about = {"style": {}, "label": str(unit["properties"].get("name") or ""), "width": east - west}
    geometry = {"type": "Point", "coordinates": [round(point.x, 4), round(point.y, 4)]}
    return {"type": "Feature", "geometry": geometry, "properties": about}


def _largest_part(area: BaseGeometry) -> BaseGeometry:
    parts: list[BaseGeometry] = list(getattr(area, "geoms", [area]))
    return max(parts, key=lambda part: part.area)
