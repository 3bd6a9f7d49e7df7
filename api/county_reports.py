"""The prior reports of the sample county: cemeteries that mean to grow, one report for every state it can be in.

Each is asked for at a public cemetery that is open or full, about ground beside it. All of it is invented.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import geopandas as gpd
import shapely

from api.county_cases import DOCUMENT, REVIEWER, SAMPLE, SENDER, SUBMIT, CaseStory, Deed

AHEAD_DAYS = 60
PLOT_M2, EXTENSION_M = 0.9, 30.0
DEGREE_M = 111_000.0
PUBLIC = ("rural_public", "urban_public")
ALL_THE_SAME = "现场核对后同意" + SAMPLE


def report_stories(cemeteries: gpd.GeoDataFrame, today: date) -> tuple[CaseStory, ...]:
    """The reports in the order in which they were opened; `cemeteries` as they stand today (EPSG:4490)."""
    public = cemeteries["category"].isin(PUBLIC) & (cemeteries["profit"] != "yes")
    standing = public & cemeteries["state"].isin(("open", "full")) & cemeteries.geometry.notna()
    grown = iter(cemeteries[standing].sort_values("code").to_dict("records"))
    return tuple(CaseStory(state, _asked(next(grown), state, today), deeds) for state, deeds in _ways(today))


def _ways(today: date) -> Iterator[tuple[str, tuple[Deed, ...]]]:
    submit = Deed(SENDER, SUBMIT.verb, {"reason": "周边情况已现场核对" + SAMPLE})
    accepted = (submit, Deed(REVIEWER, "acknowledge", {"document": _document(today, 51), "reason": ALL_THE_SAME}))
    built = (*accepted, Deed(SENDER, "report_built", {"built_on": today.isoformat()}))
    yield "draft", ()
    yield "submitted", (submit,)
    lacks = Deed(REVIEWER, "ask_supplement", {"reason": "请补充建设规划图和墓穴样式图" + SAMPLE})
    yield "supplement", (submit, lacks)
    yield "acknowledged", accepted
    yield "built", built


def _asked(cemetery: dict[str, Any], state: str, today: date) -> dict[str, Any]:
    """New plots while nothing is built yet, else an extension on ground beside the cemetery."""
    said = {
        "cemetery": cemetery["code"], "plots": 120, "plot_kind": "ash_double", "plot_m2": PLOT_M2,
        "starts_on": (today + timedelta(days=AHEAD_DAYS)).isoformat(), "reason": "现有墓穴将满" + SAMPLE,
    }  # fmt: skip
    if state in ("draft", "supplement"):
        return {"action": "report_plots", **said}
    ground = cemetery["geometry"].representative_point().buffer(EXTENSION_M / DEGREE_M, cap_style="square")
    return {
        "action": "report_extension", **said, "land_document": f"样自然资字〔{today.year}〕7号",
        "geometry": shapely.geometry.mapping(ground),
    }  # fmt: skip


def _document(today: date, number: int) -> str:
    return DOCUMENT.format(year=today.year, number=number)
