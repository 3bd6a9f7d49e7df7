"""The map of one register: its records as they are on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import quote

from gis.text import Lang, Text
from maps.layers import Collection, Feature, Layer, drawn, map_page, placed, told, unit_layers
from maps.style import AREA, LINES, POINT, VALUES, WAY, Look

CLUSTERED_FROM = 150
"""Points on one map from which on they are drawn as numbers where they stand close."""
DETAILS = Text("详情", "Details")


def register_map(
    items: Collection,
    title: Text,
    fields: Mapping[str, Text],
    lang: Lang,
    *,
    units: Collection | None = None,
    note: str = "",
    place: str = "",
) -> str:
    """The page of a register's map.

    Items have `id`, `code` and `label` (or `name`), boundary lines also `role` and `status`; the named fields fill the
    popup, which links to `place` + id; `#item-<id>` in the address zooms to one. A collection of units is its
    own ground: pass it as `units` and leave the items empty.
    """
    features = placed(items)
    kinds = {name: [each for each in features if _kind(each) == name] for name in ("line", "point", "area")}

    def draw(feature: Feature, look: Look) -> Feature:
        return _item(feature, look, fields, lang, place)

    layers = [Layer(AREA, [draw(each, AREA) for each in kinds["area"]])]
    for name, look in {**LINES, "": WAY}.items():
        layers.append(Layer(look, [draw(each, look) for each in kinds["line"] if _status(each) == name]))
    points = [draw(each, POINT) for each in kinds["point"]]
    layers.append(Layer(POINT, points, points=True, clustered=len(points) >= CLUSTERED_FROM))
    shown = [replace(layer, one_count=True) for layer in layers if layer.features]
    return map_page([*unit_layers(units), *shown], lang, title, note, frame=features)


def _kind(feature: Feature) -> str:
    form = str(feature["geometry"]["type"])
    return "point" if form.endswith("Point") else "line" if form.endswith("LineString") else "area"


def _status(line: Feature) -> str:
    """What a boundary line is in law; empty of a line that is none, such as a street."""
    about = line["properties"]
    if not {"role", "status"} & about.keys():
        return ""
    status = "outer" if about.get("role") == "outer" else str(about.get("status") or "working")
    return status if status in LINES else "working"


def _item(feature: Feature, look: Look, fields: Mapping[str, Text], lang: Lang, place: str) -> Feature:
    about = feature["properties"]
    rows = [(words.in_(lang), _value(name, about.get(name), lang)) for name, words in fields.items()]
    key, title = str(about["id"]), str(about.get("label") or about.get("name") or about.get("code") or "")
    link = (place + quote(key, safe=""), DETAILS.in_(lang)) if place else None
    return drawn(feature, look, f"item-{key}", title, rows, link=link)


def _value(name: str, value: object, lang: Lang) -> str:
    if name in ("role", "status", "level") and value in VALUES:
        return VALUES[str(value)].in_(lang)
    return f"{value:.6g}" if isinstance(value, float) else told(value, lang)
