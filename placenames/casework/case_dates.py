"""Days of a case: working days by the Chinese calendar, days that are due, and the light that goes with them.

Three sets of days are kept apart: what the law sets (calendar days: it says 日, not 工作日), what the office sets itself
(working days, a setting), and when a step was really taken.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

import chinese_calendar

from gis.errors import BadInput
from gis.text import Text
from placenames.kinds import ANNOUNCEMENT_DAYS, FILING_DAYS, Clock

AMBER_DAYS = 2
"""So many working days before a day is due, or fewer, the light is amber."""
STEPS = {
    "accept": Text("受理", "accepting"),
    "review": Text("审查", "review"),
    "approve": Text("批准", "approval"),
    "supplement": Text("补正", "supplementing"),
}
WAITS_FOR = {
    "submitted": "accept",
    "supplement": "supplement",
    "returned": "supplement",
    "accepted": "review",
    "recommended": "approve",
}
"""The internal limit that runs while a case stands so; it begins anew with each state."""
REPORT_STEPS = {
    "acknowledge": Text("接受报备", "accepting the report"),
    "supplement": Text("补正", "supplementing"),
    "build": Text("建设", "building"),
    "inspect": Text("验收", "inspection"),
    "close": Text("办结", "closing"),
}
REPORT_WAITS_FOR = {
    "submitted": "acknowledge",
    "supplement": "supplement",
    "returned": "supplement",
    "acknowledged": "build",
    "built": "inspect",
    "inspected": "close",
}
"""The same of reports on cemeteries: no law that was read sets days for them, so all are the office's own."""
KNOWN_YEARS = frozenset(day.year for day in chinese_calendar.holidays)
ONE_DAY = timedelta(days=1)


class Light(StrEnum):
    """How pressing a case is."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


LIGHTS = {
    Light.GREEN: Text("尚有余时", "in time"),
    Light.AMBER: Text("即将到期", "due soon"),
    Light.RED: Text("已逾期", "overdue"),
}


@dataclass(frozen=True, slots=True)
class Due:
    """By which days the next step is due: what the office set itself, and what the law says."""

    internal: date | None = None
    legal: date | None = None


def is_working_day(day: date) -> bool:
    """Whether offices work: by the State Council's calendar with its holidays and make-up days.

    For years whose calendar is not published yet: Monday to Friday (see `calendar_is_known`).
    """
    return chinese_calendar.is_workday(day) if calendar_is_known(day) else day.weekday() < 5


def calendar_is_known(day: date) -> bool:
    """Whether the holidays of that year are known here; otherwise the day was counted by weekdays alone."""
    return day.year in KNOWN_YEARS


def working_days_after(day: date, number: int) -> date:
    """The day on which so many working days have passed; the day itself does not count."""
    while number > 0:
        day += ONE_DAY
        number -= is_working_day(day)
    return day


def next_working_day(day: date) -> date:
    """The day itself when offices work on it, else the next one on which they do."""
    return day if is_working_day(day) else working_days_after(day, 1)


def working_days_between(day: date, due: date) -> int:
    """Working days from the day after `day` up to `due`; below zero when `due` has passed."""
    first, last = sorted((day, due))
    passed = sum(is_working_day(first + n * ONE_DAY) for n in range(1, (last - first).days + 1))
    return passed if day <= due else -max(passed, 1)


def last_amber_day(today: date) -> date:
    """What is due up to this day shows amber today; what is due later shows green."""
    return working_days_after(today, AMBER_DAYS + 1) - ONE_DAY


def light(due: date | None, today: date) -> Light | None:
    """Green: more than 2 working days left; amber: 0 to 2; red: overdue. None where nothing is due."""
    if due is None:
        return None
    if due < today:
        return Light.RED
    return Light.AMBER if due <= last_amber_day(today) else Light.GREEN


def first_due(case: Mapping[str, Any]) -> date | None:
    """Whichever of a case's days comes first."""
    return min((day for day in (case["due_internal"], case["due_legal"]) if day), default=None)


@cache
def limits(case_days: str) -> dict[str, int]:
    """Step -> working days, from the setting `accept:5,review:10`. Raises BadInput."""
    return _limits(case_days, "JIEZHI_CASE_DAYS", STEPS)


@cache
def report_limits(report_days: str) -> dict[str, int]:
    """Step -> working days of reports on cemeteries, from the setting `acknowledge:5,inspect:10`. Raises BadInput."""
    return _limits(report_days, "JIEZHI_REPORT_DAYS", REPORT_STEPS)


def _limits(said: str, setting: str, steps: Mapping[str, Text]) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in filter(None, re.split(r"[\s,;]+", said)):
        step, _, days = part.partition(":")
        if step not in steps or not days.isascii() or not days.isdigit():
            raise BadInput(
                "设置 {setting} 中“{part}”应写作 步骤:工作日数,步骤为 {steps}",
                "in {setting}, “{part}” should read step:working days; the steps are {steps}",
                setting=setting,
                part=part,
                steps=" ".join(steps),
            )
        found[step] = int(days)
    return found


def report_due(state: str, since: date, report_days: str) -> Due:
    """By when a report on a cemetery that stands in a state since a day is to move on."""
    days = report_limits(report_days).get(REPORT_WAITS_FOR.get(state, ""))
    return Due(internal=None if days is None else working_days_after(since, days))


def due_days(case: Mapping[str, Any], state: str, since: date, case_days: str, *, clock: Clock) -> Due:
    """By when a case that stands in a state since a day is to move on.

    `clock` says from what the days of the announcement count (`kinds.Approval`): filing and announcing each have 15
    calendar days, the announcement from the approval or from the filing, depending on who approved.
    A case out for consultation is due on the first working day from its closing day on.
    """
    if state == "consulting" and case["consult_until"]:
        return Due(internal=next_working_day(case["consult_until"]))
    if state == "approved" and case["approved_on"]:
        return Due(legal=case["approved_on"] + timedelta(days=FILING_DAYS))
    if state == "filed":
        begun = case["filed_on"] if clock == "filing" else case["approved_on"]
        return Due(legal=begun + timedelta(days=ANNOUNCEMENT_DAYS) if begun else None)
    days = limits(case_days).get(WAITS_FOR.get(state, ""))
    return Due(internal=None if days is None else working_days_after(since, days))
