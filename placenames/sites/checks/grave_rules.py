"""Rules about graves outside cemeteries: the legal category fits, and what was to be done has its days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from gis.intake.rules import Offence, Severity, Survey, rule
from gis.sources import FUNERAL_REGULATIONS, GRAVE_CLEANING, HOUSE_PRACTICE
from gis.text import Text
from placenames.sites.checks.rows_sent import broken, rows_sent
from placenames.sites.figures_set import figures
from placenames.sites.graves import GRAVES

SETTLED = ("done", "confirmed")


@rule(
    "GR01",
    GRAVES.name,
    severity=Severity.WARNING,
    source=GRAVE_CLEANING,
    title=Text("违法类别与情形相符", "The legal category fits"),
    message=Text("类别与情形不符:{problem}", "the category does not fit: {problem}"),
    fix=Text("更正类别,或更正面积、是否已葬", "correct the category, or the area and whether it is in use"),
)
def the_legal_category_fits(survey: Survey) -> Iterator[Offence]:
    """What may be done about a grave depends on its category."""
    large = figures("JIEZHI_GRAVE_M2", survey.settings.grave_m2, "single|double")
    for row in rows_sent(survey, GRAVES):
        limit = large.get("double" if (row["places"] or 1) > 1 else "single", 0.0)
        if row["category"] == "hardened" and row["area_m2"] is not None and row["area_m2"] <= limit:
            yield broken(GRAVES, row, problem=_NOT_LARGE.fill(size=row["area_m2"], limit=limit))
        if row["category"] == "for_the_living" and row["occupied"] == "yes":
            yield broken(GRAVES, row, problem=_IN_USE)
        if row["category"] == "hardened" and row["occupied"] == "no":
            yield broken(GRAVES, row, problem=_NOT_IN_USE)


_NOT_LARGE = Text("占地 {size:g} 平方米,不超过 {limit:g} 平方米", "{size:g} m² are not more than {limit:g} m²")
_IN_USE = Text("活人墓尚未安葬", "a tomb for the living is not in use yet")
_NOT_IN_USE = Text("硬化大墓指已使用的,未使用的是活人墓", "a large hardened tomb is one in use")


@rule(
    "GR02",
    GRAVES.name,
    severity=Severity.ERROR,
    source=FUNERAL_REGULATIONS,
    title=Text("骨灰房自 2026 年 3 月 30 日起查处", "Homes for ashes from 30 March 2026 on"),
    message=Text("发现于 {day},当时尚无此项规定", "found on {day}, before the rule was there"),
    fix=Text("改用其他类别,或在该日之后重新核查", "take another category, or look again after that day"),
)
def homes_for_ashes_are_found_since_the_rule(survey: Survey) -> Iterator[Offence]:
    """No rule holds before its day."""
    since = FUNERAL_REGULATIONS.in_force_from
    assert since is not None
    for row in rows_sent(survey, GRAVES):
        if row["category"] == "ash_home" and row["found_on"] is not None and row["found_on"] < since:
            yield broken(GRAVES, row, day=row["found_on"])


@rule(
    "GR03",
    GRAVES.name,
    severity=Severity.WARNING,
    source=HOUSE_PRACTICE.at("GR03"),
    title=Text("处置有期限、有结果", "What is to be done has its days"),
    message=Text("期限 {day} 已过,尚未处理", "the deadline, {day}, is past, and nothing was done"),
    fix=Text("处理后填写处置日期和结果", "act, then give the day and the result"),
)
def what_is_to_be_done_has_its_days(survey: Survey) -> Iterator[Offence]:
    """A finding without a deadline is forgotten; one without a re-check comes back."""
    today = date.today()
    for row in rows_sent(survey, GRAVES):
        found, deadline, done, again = (row[name] for name in ("found_on", "deadline", "done_on", "rechecked_on"))
        settled = row["result"] in SETTLED
        if deadline is not None and deadline < today and not settled and row["result"] != "relapsed":
            yield broken(GRAVES, row, day=deadline)
        if deadline is None and not settled:
            yield broken(GRAVES, row, Severity.NOTE, _NO_DEADLINE, fix=_GIVE_A_DEADLINE)
        if deadline is not None and found is not None and deadline < found:
            yield broken(GRAVES, row, text=_BEFORE_FOUND, day=deadline, found=found)
        if settled and done is None:
            yield broken(GRAVES, row, text=_NO_DAY)
        if done is not None and found is not None and done < found:
            yield broken(GRAVES, row, Severity.ERROR, _DONE_BEFORE_FOUND, fix=_CORRECT_THE_DAYS, day=done, found=found)
        if row["result"] == "confirmed" and again is None:
            yield broken(GRAVES, row, text=_NO_RECHECK, fix=_GIVE_THE_RECHECK)
        if again is not None and (done is None or again < done):
            yield broken(GRAVES, row, text=_TOO_EARLY, day=again)


_NO_DEADLINE = Text("没有整改期限,到期不会提醒", "no deadline is given: nobody is reminded of it")
_GIVE_A_DEADLINE = Text("补充整改期限", "give the deadline")
_DONE_BEFORE_FOUND = Text("处置日期 {day} 早于发现日期 {found}", "done on {day}, before the day it was found, {found}")
_CORRECT_THE_DAYS = Text("更正处置日期或发现日期", "correct the day it was done, or the day it was found")
_NO_RECHECK = Text("结果为“复查通过”,缺少复查日期", "it is said to be re-checked, and the day of the re-check is not given")
_GIVE_THE_RECHECK = Text("补充复查日期", "give the day of the re-check")
_BEFORE_FOUND = Text("期限 {day} 早于发现日期 {found}", "the deadline, {day}, is before the day it was found, {found}")
_NO_DAY = Text("已处理,缺少处置日期", "it is done, and the day is not given")
_TOO_EARLY = Text("复查日期 {day} 早于处置,或没有处置日期", "re-checked on {day}, but not done before")


@rule(
    "GR04",
    GRAVES.name,
    severity=Severity.NOTE,
    source=HOUSE_PRACTICE.at("GR04"),
    checklist=True,
    title=Text("有照片", "There is a photo"),
    message=Text("没有照片,复查时无从比较", "without a photo there is nothing to compare with at the re-check"),
    fix=Text("补充照片文件名", "add the name of the photo"),
)
def there_is_a_photo_of_it(survey: Survey) -> Iterator[Offence]:
    """Before and after are told apart by pictures."""
    for row in rows_sent(survey, GRAVES):
        if row["photo"] is None:
            yield broken(GRAVES, row)


@rule(
    "GR05",
    GRAVES.name,
    severity=Severity.ERROR,
    source=HOUSE_PRACTICE.at("GR05"),
    title=Text("面积、穴数和年份合理", "Figures of graves can be right"),
    message=Text("{what} {value:g} 不合理", "{what}: {value:g} cannot be right"),
    fix=Text("核对并更正", "check it and correct it"),
)
def figures_of_graves_can_be_right(survey: Survey) -> Iterator[Offence]:
    """By its area a tomb falls into one category or another."""
    for row in rows_sent(survey, GRAVES):
        found = row["found_on"] or date.today()
        wrong = {
            "area_m2": row["area_m2"] is not None and row["area_m2"] <= 0,
            "places": row["places"] is not None and row["places"] < 1,
            "built_year": row["built_year"] is not None and not 0 < row["built_year"] <= found.year,
        }
        for name in (each for each, is_wrong in wrong.items() if is_wrong):
            yield broken(GRAVES, row, what=GRAVES.field(name).title, value=row[name])
