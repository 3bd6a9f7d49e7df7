"""What a prior report says of what is to be built at a cemetery, read from what was sent: bounded and of its kind."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np
import shapely
from shapely.geometry import mapping

from gis import crs
from gis.errors import BadInput, not_one_of
from gis.text import Text
from placenames.casework import case_contents
from placenames.casework.case_contents import LARGEST, LONGEST_LINE, LONGEST_TEXT, text
from placenames.casework.cases import REPORTS

MOST_PLOTS = 1_000_000
LEAST_CORNERS = 2
PLOT_KINDS = {
    "ash_single": Text("骨灰单穴", "single ash plot"),
    "ash_double": Text("骨灰双穴", "double ash plot"),
    "body_single": Text("遗体单穴", "single body plot"),
    "body_double": Text("遗体双穴", "double body plot"),
}
FIRST_DAY, FURTHEST = date(1949, 10, 1), timedelta(days=3660)
"""Building begins between the founding of the state and ten years ahead; days before today are told, not refused."""
FIELDS = {
    "plots": Text("墓穴数", "Plots"),
    "plot_kind": Text("墓穴种类", "Kind of plot"),
    "plot_m2": Text("每穴最大面积(m²)", "Largest plot (m²)"),
    "land_m2": Text("用地面积(m²)", "Land (m²)"),
    "land_document": Text("用地手续", "Land document"),
    "starts_on": Text("计划开工日期", "Building is planned to begin on"),
}
"""What is asked of a report, beside its reason and the planned area."""
COMPULSORY = ("reason", "plots", "plot_kind", "plot_m2", "starts_on")
NEEDED = {"report_extension": (*COMPULSORY, "land_document", "geom"), "report_plots": COMPULSORY}
"""What a report must say before it is submitted."""
WORDS = {**FIELDS, "reason": Text("理由", "the reason"), "geom": Text("规划范围(面)", "the planned area")}


def read(given: Mapping[str, Any]) -> dict[str, Any]:
    """What was sent: `action`, `reason`, `geom` (EPSG:4490, as stored), `report` with the fields sent. Raises BadInput."""
    found: dict[str, Any] = {"report": {name: reads(name, given[name]) for name, reads in _READERS.items() if name in given}}
    if "action" in given:
        found["action"] = _choice("action", given["action"], REPORTS)
    if "reason" in given:
        found["reason"] = text(given["reason"], LONGEST_TEXT) or None
    if "geometry" in given:
        found["geom"] = _area(given["geometry"])
    return found


def missing(case: Mapping[str, Any]) -> list[Text]:
    """What is still missing before a report can be submitted."""
    said = {**case["report"], "reason": case["reason"], "geom": case["geom"]}
    return [WORDS[name] for name in NEEDED[case["action"]] if said.get(name) in (None, "")]


def starts_on(case: Mapping[str, Any]) -> date | None:
    """The day on which building is planned to begin."""
    said = case["report"].get("starts_on")
    return date.fromisoformat(said) if said else None


def area_m2(case: Mapping[str, Any]) -> float | None:
    """How large the planned area is (m², on the ellipsoid), where one was drawn."""
    if not case.get("geom"):
        return None
    return float(crs.areas_m2(np.array([shapely.from_wkb(case["geom"])], dtype=object))[0])


def _area(given: Any) -> str | None:
    """An area, or its outline as a line, in the form in which tables keep it. Raises BadInput."""
    if given in (None, ""):
        return None
    kept: str = case_contents.read({"geometry": given})["geom"]
    ground = shapely.from_wkb(kept)
    if ground.geom_type == "LineString" and len(ground.coords) > LEAST_CORNERS:
        ground = shapely.Polygon(ground.coords)
        kept = case_contents.read({"geometry": mapping(ground)})["geom"]
    if ground.geom_type not in ("Polygon", "MultiPolygon"):
        raise BadInput(
            "规划范围应为面(GeoJSON Polygon),或其外框线", "the planned area should be a polygon (GeoJSON), or its outline"
        )
    return kept


def _choice(name: str, given: Any, known: Mapping[str, Text]) -> str | None:
    if given in (None, ""):
        return None
    if not isinstance(given, str) or given not in known:
        raise not_one_of(name, given, known)
    return str(given)


def _plots(name: str, given: Any) -> int | None:
    if given in (None, ""):
        return None
    digits = str(given).strip()
    if not digits.isascii() or not digits.isdigit() or not 0 < int(digits[:9]) <= MOST_PLOTS:
        raise BadInput(
            "{words}应为 1 至 {most} 的整数,收到“{given}”", "{words_en}: a whole number from 1 to {most}, not “{given}”",
            words=FIELDS[name].zh, words_en=FIELDS[name].en, most=MOST_PLOTS, given=digits[:40],
        )  # fmt: skip
    return int(digits)


def _size(name: str, given: Any) -> float | None:
    if given in (None, ""):
        return None
    try:
        number = float(given)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not 0 < number < LARGEST:
        raise BadInput(
            "{words}应为大于零的数字,收到“{given}”", "{words_en}: a number above zero, not “{given}”",
            words=FIELDS[name].zh, words_en=FIELDS[name].en, given=str(given)[:40],
        )  # fmt: skip
    return number


def _day(name: str, given: Any) -> str | None:
    if given in (None, ""):
        return None
    try:
        day = date.fromisoformat(str(given))
    except ValueError:
        day = None
    if day is not None and not FIRST_DAY <= day <= date.today() + FURTHEST:
        raise BadInput(
            "{words}不合理:{given}", "{words_en}: the day is out of reach: {given}",
            words=FIELDS[name].zh, words_en=FIELDS[name].en, given=str(given)[:40],
        )  # fmt: skip
    if day is None or len(str(given)) != len("2026-05-01"):
        raise BadInput(
            "{words}应写作 2026-05-01,收到“{given}”", "{words_en}: written as 2026-05-01, not “{given}”",
            words=FIELDS[name].zh, words_en=FIELDS[name].en, given=str(given)[:40],
        )  # fmt: skip
    return day.isoformat()


_READERS: dict[str, Callable[[str, Any], Any]] = {
    "plots": _plots,
    "plot_kind": lambda name, given: _choice(name, given, PLOT_KINDS),
    "plot_m2": _size,
    "land_m2": _size,
    "land_document": lambda _name, given: text(given, LONGEST_LINE) or None,
    "starts_on": _day,
}
