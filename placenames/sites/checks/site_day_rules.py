"""Rules about the days of sites: what has happened did not happen tomorrow, and no day is a slip of the pen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from gis.intake.rules import Offence, Severity, Survey, rule
from gis.sources import HOUSE_PRACTICE
from gis.text import Text
from placenames.sites.cemeteries import CEMETERIES, CEMETERY_AREAS
from placenames.sites.checks.rows_sent import broken, rows_sent
from placenames.sites.facilities import FACILITIES
from placenames.sites.graves import GRAVES

DATED = (FACILITIES, CEMETERIES, CEMETERY_AREAS, GRAVES)
LOOKED_AT = ("green_on", "measured_on", "found_on", "done_on", "rechecked_on")
"""Days on which somebody saw or did something; other days may be planned ahead."""
YEARS_AHEAD = 5
FIRST_YEAR = 1900


@rule(
    "SI04",
    *(each.name for each in DATED),
    severity=Severity.WARNING,
    source=HOUSE_PRACTICE.at("SI04"),
    title=Text("日期可信", "Days can be believed"),
    message=Text("{what} {day} 还没有到", "{what}: {day} is yet to come"),
    fix=Text("更正日期", "correct the day"),
)
def days_of_sites_can_be_believed(survey: Survey) -> Iterator[Offence]:
    """A year mistyped counts for plans all the same."""
    today = date.today()
    for register in DATED:
        dated = [each for each in register.fields if each.type is date]
        for row in rows_sent(survey, register):
            for each in dated:
                day = row[each.name]
                if day is None:
                    continue
                if not FIRST_YEAR <= day.year <= today.year + YEARS_AHEAD:
                    yield broken(register, row, text=_FAR_OFF, what=each.title, day=day)
                elif each.name in LOOKED_AT and day > today:
                    yield broken(register, row, what=each.title, day=day)


_FAR_OFF = Text("{what} {day} 年份不可信", "{what}: nobody believes the year of {day}")
