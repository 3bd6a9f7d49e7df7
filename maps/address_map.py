"""The map of addresses: what a lookup found, each by how far it came, and the plates around."""

from __future__ import annotations

from gis.text import Lang, Text
from maps.layers import Collection, Feature, Layer, drawn, map_page, placed, told, unit_layers
from maps.style import AROUND, CLICKED, MATCHES, Look

TITLE = Text("地址位置图", "Where addresses are")
PLACE = "/addresses/"
DETAILS = Text("详情", "Details")


def address_map(
    found: Collection,
    units: Collection | None,
    lang: Lang,
    note: str = "",
    *,
    around: Collection | None = None,
    asked: tuple[float, float] | None = None,
    home: tuple[float, float, float, float] | None = None,
) -> str:
    """The page of the map, zoomed to what was found; the words of its popups come from the features.

    Features have `label`, `match_level` (a word of `MATCHES`) and, where they have them, `id`, `code`, `distance_m` and
    `changed` as a list of {"zh","en"}; `#item-<n>` in the address zooms to the n-th of all that were found. `around` are
    plates beside them; `asked` is a point (lon, lat in degrees, EPSG:4490) whose nearest plates were asked for; `home` is
    the box (west, south, east, north) to show where nothing was found and no unit has an area.
    """
    numbered = list(enumerate(found.get("features", ()), 1))
    shown = [(n, each) for n, each in numbered if each.get("geometry")]
    layers = [Layer(AROUND, [_plate(each, AROUND, "", lang) for each in placed(around)], points=True, one_count=True)]
    for level, look in MATCHES.items():
        own = [_plate(each, look, f"item-{n}", lang) for n, each in shown if each["properties"]["match_level"] == level]
        layers.append(Layer(look, own, points=True, one_count=True))
    if asked is not None:
        layers.append(Layer(CLICKED, [_asked(asked, lang)], points=True, one_count=True))
    ground, shown_layers = unit_layers(units), [layer for layer in layers if layer.features]
    is_empty = not any(layer.features for layer in (*ground, *shown_layers))
    frame = _corners(home) if is_empty and home else [each for layer in shown_layers for each in layer.features]
    return map_page([*ground, *shown_layers], lang, TITLE, note, frame=frame, closest=17)


def _corners(box: tuple[float, float, float, float]) -> list[Feature]:
    west, south, east, north = box
    return [{"geometry": {"type": "Point", "coordinates": list(at)}} for at in ((west, south), (east, north))]


def _plate(feature: Feature, look: Look, key: str, lang: Lang) -> Feature:
    about = feature["properties"]
    distance = about.get("distance_m")
    changed = [told(each, lang) for each in about.get("changed", ())]
    rows = (
        (Text("级别", "Level").in_(lang), look.words.in_(lang)),
        (Text("地址代码", "Address code").in_(lang), about.get("code")),
        (Text("距离(米)", "Distance (m)").in_(lang), None if distance is None else f"{distance:.0f}"),
        (Text("说明", "Note").in_(lang), (";" if lang == "zh" else "; ").join(changed)),
    )
    link = (PLACE + str(about["id"]), DETAILS.in_(lang)) if about.get("id") else None
    return drawn(feature, look, key, str(about["label"]), rows, link=link)


def _asked(point: tuple[float, float], lang: Lang) -> Feature:
    lon, lat = point
    feature = {"geometry": {"type": "Point", "coordinates": [lon, lat]}}
    rows = ((Text("经度", "Longitude").in_(lang), f"{lon:.6f}"), (Text("纬度", "Latitude").in_(lang), f"{lat:.6f}"))
    return drawn(feature, CLICKED, "asked", CLICKED.words.in_(lang), rows)
