"""The targets of the sample county for its sites: so many stations, offices, beds, halls and cemeteries, by when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from api.county import COUNTY
from gis.plans import metrics

PLAN = "sample-sites"
YEAR = 365
TARGETS: dict[str, tuple[tuple[int, int], ...]] = {
    "home_care_stations": ((26, 1),),
    "service_centres": ((1, 1),),
    "service_stations": ((4, 1),),
    "community_offices": ((8, 1), (16, 2), (38, 3)),
    "day_care_centres": ((10, 2),),
    "beds": ((1000, 2),),
    "village_halls": ((48, 2),),
    "rural_cemeteries": ((16, 1),),
}
"""Metric -> (how many in all, by the end of which year)."""


def plan_of_sites(starts: date) -> dict[str, Any]:
    """The plan as the door for plans takes it."""
    known = metrics()
    goals = [
        {
            "goal": f"{metric}-{year}", "metric": metric, "target": target,
            "due": (starts + timedelta(days=YEAR * year)).isoformat(),
            "period": f"第{'一二三'[year - 1]}年 / year {year}", "title": known[metric].title.as_dict(),
        }
        for metric, steps in TARGETS.items()
        for target, year in steps
    ]  # fmt: skip
    return {
        "plan": PLAN,
        "title": {"zh": "样例县设施与公墓建设目标", "en": "Sample county: targets for facilities and cemeteries"},
        "scope": COUNTY,
        "milestone": "site_open",
        "starts": starts.isoformat(),
        "goals": goals,
    }
