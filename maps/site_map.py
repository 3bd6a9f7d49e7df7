"""The map of community facilities and cemeteries: a layer for each type, the ground of cemeteries, the reach of services."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from shapely.geometry import mapping, shape

from gis.text import Lang, Text
from maps.layers import Collection, Feature, Layer, drawn, map_page, placed, unit_layers
from maps.style import COVERED, GROUND_OF_SITES, LINES, SITE_GROUPS, Look
from placenames.sites.cemeteries import CATEGORIES, CEMETERIES
from placenames.sites.facilities import FACILITIES, TYPES

TITLE = Text("社区服务设施与公墓", "Community facilities and cemeteries")
DETAILS, PHOTO = Text("详情", "Details"), Text("照片", "Photo")
Photos = Mapping[str, tuple[str, str]]
"""Id of a site -> its photo: the address or `data:` (empty: there was no room for it), and what it shows."""
NO_PHOTOS: Photos = {}
NOT_IN_FILE = Text("有,未附入本文件", "there is one, not in this file")
REACH = Text("{n} 米内(直线距离)", "Within {n} m (straight line)")
CLUSTERED_FROM = 150
"""Sites of all types together from which on each type is drawn as numbers where they stand close."""
GROUP_OF = {
    **dict.fromkeys(("service_centre", "service_station", "community_office", "village_hall", "party_service"), "services"),
    **dict.fromkeys(("home_care_centre", "home_care_station", "canteen", "day_care", "care_home", "mutual_help"), "elderly"),
    **dict.fromkeys(("disabled_home", "children_home", "relief_station"), "welfare"),
    **dict.fromkeys(("marriage_registry", "name_archive"), "affairs"),
    **dict.fromkeys(("funeral_home", "ash_hall"), "funeral"),
}
KEY_FIGURES = {
    FACILITIES.name: ("type", "state", "address", "hours", "services", "operator", "telephone", "floor_area_m2", "beds",
                      "meal_seats", "day_places", "accessible", "served"),
    CEMETERIES.name: ("category", "state", "address", "manager", "telephone", "plots_built", "plots_used", "niches",
                      "green_m2", "serves", "opened_on"),
}  # fmt: skip
"""What a popup says of a site, in this order."""
COVERS = frozenset({"service_centre", "service_station", "home_care_station", "canteen", "day_care"})
"""Types whose reach matters to those who walk."""

TOOLS = {
    "find": Text("查找名称、类型、地址", "Find by name, type, address"),
    "nothing": Text("没有找到", "Nothing found"),
    "more": Text("另有 {n} 处,请写得更具体", "{n} more: say more exactly which"),
    "measure": Text("测量", "Measure"),
    "end": Text("结束测量", "End measuring"),
    "how": Text("点击地图取点;或用方向键移图、回车取中心点、退格撤销、Esc 结束",
                "Click points; or move the map with the arrows, Enter takes its middle, Backspace undoes, Esc ends"),
    "length": Text("长度", "Length"),
    "area": Text("面积 {m2} m² = {mu} 亩 = {ha} 公顷", "Area {m2} m² = {mu} mu = {ha} ha"),
    "crossed": Text("线自相交,不计面积", "The line crosses itself: no area"),
    "undo": Text("撤销一点", "Undo"),
    "clear": Text("清除", "Clear"),
}  # fmt: skip
"""What the tools on the map say."""


def site_map(
    facilities: Collection,
    cemeteries: Collection,
    lang: Lang,
    *,
    areas: Collection | None = None,
    units: Collection | None = None,
    lines: Collection | None = None,
    reach_m: int = 0,
    note: str = "",
    alone: bool = False,
    photos: Photos = NO_PHOTOS,
) -> str:
    """The page of the map; `reach_m` draws circles of so many metres around services, as the crow flies.

    Boundary lines lie underneath in the look of their `status`. Sites have `id` and their register's fields;
    `#item-<id>` in the address zooms to one. A map that stands `alone`, without a server, has no links to details.
    Popups of sites in `photos` show them.
    """
    layers = site_layers(
        facilities, cemeteries, lang, areas=areas, units=units, lines=lines, reach_m=reach_m, alone=alone, photos=photos
    )
    return map_page(layers, lang, TITLE, note, frame=[*placed(facilities), *placed(cemeteries)], tools=TOOLS)


def site_layers(
    facilities: Collection,
    cemeteries: Collection,
    lang: Lang,
    *,
    areas: Collection | None,
    units: Collection | None,
    lines: Collection | None,
    reach_m: int,
    alone: bool = True,
    photos: Photos = NO_PHOTOS,
) -> list[Layer]:
    """What map and sheet show, the lowest first."""
    registers = ((FACILITIES.name, facilities), (CEMETERIES.name, cemeteries))
    sites = [(name, each) for name, collection in registers for each in placed(collection)]
    many = len(sites) >= CLUSTERED_FROM
    layers = [*unit_layers(units), *_boundaries(lines)]
    ground = [_line(each, GROUND_OF_SITES) for each in placed(areas)]
    layers += [Layer(GROUND_OF_SITES, ground)] if ground else []
    circles = _circles(placed(facilities), reach_m)
    layers += [Layer(replace(COVERED, words=REACH.fill(n=reach_m)), circles, points=True, one_count=True)] if circles else []
    for words, look, of_it in _by_type(sites):
        shown = [_drawn(register, each, look, lang, alone, photos) for register, each in of_it]
        layers.append(Layer(replace(look, words=words), shown, points=True, clustered=many, one_count=True))
    return layers


def _by_type(sites: Sequence[tuple[str, Feature]]) -> Iterable[tuple[Text, Look, list[tuple[str, Feature]]]]:
    """The types there are, in the order of the list, each with its look and its sites as points."""
    for kind, words in TYPES.items():
        of_it = [(name, each) for name, each in sites if name == FACILITIES.name and each["properties"]["type"] == kind]
        if of_it:
            yield words, SITE_GROUPS[GROUP_OF[kind]], of_it
    for kind, words in CATEGORIES.items():
        of_it = [(name, each) for name, each in sites if name == CEMETERIES.name and each["properties"]["category"] == kind]
        if of_it:
            yield words, SITE_GROUPS["cemeteries"], of_it


def _drawn(register: str, site: Feature, look: Look, lang: Lang, alone: bool, photos: Photos) -> Feature:
    about = site["properties"]
    described = FACILITIES if register == FACILITIES.name else CEMETERIES
    rows = []
    for name in KEY_FIGURES[register]:
        each, value = described.field(name), about.get(name)
        if value is not None:
            said = each.words[value].in_(lang) if each.words and value in each.words else _figure(value, each.unit)
            rows.append((each.title.in_(lang), _ANSWERS[said].in_(lang) if said in _ANSWERS else said))
    link = None if alone else (f"/collections/{register}/items/{about['id']}", DETAILS.in_(lang))
    name, photo = str(about.get("name") or about["code"]), photos.get(str(about["id"]))
    if photo is not None and not photo[0]:
        rows.append((PHOTO.in_(lang), NOT_IN_FILE.in_(lang)))
    picture = photo if photo and photo[0] else None
    return drawn(_as_point(site), look, f"item-{about['id']}", name, rows, link=link, photo=picture)


_ANSWERS = {"yes": Text("是", "yes"), "no": Text("否", "no")}


def _figure(value: Any, unit: str) -> str:
    said = f"{value:g}" if isinstance(value, float) else str(value)
    return f"{said} {unit}".strip()


def _as_point(site: Feature) -> Mapping[str, Any]:
    """A site with ground is shown at a point on it."""
    if site["geometry"]["type"] == "Point":
        return site
    return {**site, "geometry": mapping(shape(site["geometry"]).representative_point())}


def _circles(facilities: Sequence[Feature], metres: int) -> list[Feature]:
    """Circles of so many metres around the services that are open."""
    if not metres:
        return []
    found: list[Feature] = []
    for each in facilities:
        about = each["properties"]
        if about["type"] in COVERS and about.get("state") == "open":
            look = {"style": COVERED.leaflet, "metres": metres}
            found.append({"type": "Feature", "geometry": _as_point(each)["geometry"], "properties": look})
    return found


def _boundaries(lines: Collection | None) -> list[Layer]:
    """Boundary lines in the look of what they are in law: working ones, agreed ones, the county's own."""
    kept: dict[str, list[Feature]] = {name: [] for name in LINES}
    for each in placed(lines):
        about = each["properties"]
        status = "outer" if about.get("role") == "outer" else str(about.get("status") or "working")
        kept[status if status in kept else "working"].append(each)
    return [Layer(LINES[name], [_line(each, LINES[name]) for each in of_it]) for name, of_it in kept.items() if of_it]


def _line(line: Feature, look: Look) -> Feature:
    """A shape that tells nothing when it is clicked."""
    made = drawn(line, look, "", "", ())
    del made["id"], made["properties"]["rows"]
    return made
