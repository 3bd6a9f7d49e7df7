"""Screening a prior report: the ground around it, the rules of cemeteries, and whether it comes before the building.

What was found is kept with the report as it was when it was sent in, and is looked up anew while it is under way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import shapely
from geoalchemy2 import Geometry
from sqlalchemy import Connection, cast, func, literal, select

from gis.history import in_force
from gis.intake.rules import Severity
from gis.settings import settings
from gis.sources import FUNERAL_REGULATIONS, HOUSE_PRACTICE, Source
from gis.text import Text
from placenames.casework import attachments, report_contents, report_drafts
from placenames.casework.attachment_types import DRAWINGS, REPORT_KINDS
from placenames.checks.ground import metres
from placenames.sites.candidate_sites import VERDICTS, report_on, told
from placenames.sites.capacity import NOT_FOR_RESIDENTS
from placenames.sites.cemeteries import CATEGORIES, CEMETERIES, CEMETERY_AREAS, STATES
from placenames.sites.zone_answers import Verdict, ZoneAnswer

Found = dict[str, Any]
PASSED = "passed"
WEIGHTS = {
    Verdict.HIT: str(Severity.ERROR),
    Verdict.PERSON: str(Severity.WARNING),
    Verdict.NOT_LOADED: str(Severity.NOTE),
    Verdict.CLEAR: PASSED,
}
BEFORE = Source("本地设置 JIEZHI_REPORT_BEFORE_DAYS(事前报备的法定时限未查到)", "", None, "I")
THREE_DRAWINGS = Source("公墓建设的三张图(瓯海的做法,网页转载)", "", None, "C")
NEW_FOR_PROFIT = "CM05"
"""The rule that no for-profit site is newly set up: an extension is no new site, so a person decides instead."""
ALIKE = 0.1
"""A stated area may differ from the drawn one by this share."""
BEGUN = Text("计划开工日期 {day} 已过,不是事前报备", "building was planned to begin on {day}: this is no report beforehand")
SOON = Text(
    "距计划开工 {n} 天,本地要求提前 {least} 天报备",
    "{n} days are left until building begins; here reports come in {least} days before",
)
NOWHERE = Text(
    "没有规划范围,公墓也没有登记位置:禁葬区域未能检查",
    "neither the plan nor the cemetery has a place: zones were not checked",
)
ELSEWHERE = Text(
    "规划范围位于 {where},公墓登记在 {unit}",
    "the planned area lies in {where}, the cemetery is registered in {unit}",
)
UNLIKE = Text("填报用地 {said} m²,图上范围 {drawn} m²", "{said} m² are stated, {drawn} m² are drawn")
FOR_PROFIT = Text(
    "经营性公墓扩建:2026年起不再新设经营性殡葬设施,是否适用于扩建须人工判断",
    "a for-profit cemetery grows: from 2026 on none is newly set up; whether that holds for extensions, a person decides",
)
FAR_M = 500.0
"""A planned area that lies farther (m) from the cemetery and all its ground is hardly its extension; our own measure (I)."""
FAR = Source("本系统的经验值:规划范围距公墓 500 米以上即提示", "", None, "I")
FAR_OFF = Text(
    "规划范围距公墓“{name}”{far} 米,请核对是否画错位置",
    "the planned area lies {far} m from the cemetery “{name}”: was it drawn in the right place?",
)
NOT_YET = ("site_chosen", "approved")
"""States of a cemetery in which nothing has been built yet."""
UNBUILT = Text(
    "公墓状态为“{state}”,尚未建设,不应新增墓穴",
    "the cemetery's state is “{state}”: nothing is built yet to which plots are added",
)
NO_MORE = Text(
    "“{category}”不再新增墓穴,须人工判断",
    "plots are not added to a place of this kind ({category}); a person decides",
)
NO_DRAWING = Text("缺少图件:{zh}", "drawings are missing: {en}")


def screen(tx: Connection, case: Mapping[str, Any], on: date) -> list[Found]:
    """Everything that is said of what is to be built, as JSON: rule, severity (or passed), message, source, grade."""
    cemetery = report_drafts.standing_cemetery(tx, case["cemetery"])
    return [
        *_in_time(case, on),
        *_of_new_plots(case, cemetery),
        *_of_the_site(tx, case, cemetery, on),
        *_drawings(tx, case),
    ]


def blocking(found: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """What speaks against it, unless somebody writes down why it may go on all the same."""
    return [each for each in found if each["severity"] == Severity.ERROR]


def _in_time(case: Mapping[str, Any], on: date) -> list[Found]:
    """Whether it is reported beforehand; only until it is accepted: then it may be built."""
    day, least = report_contents.starts_on(case), settings().report_before_days
    if day is None or case["state"] not in ("draft", "submitted", "supplement", "returned"):
        return []
    if day < on:
        return [_said("in_time", Severity.ERROR, BEGUN.fill(day=day), BEFORE)]
    if day < on + timedelta(days=least):
        return [_said("in_time", Severity.WARNING, SOON.fill(n=(day - on).days, least=least), BEFORE)]
    return []


def _of_new_plots(case: Mapping[str, Any], cemetery: Mapping[str, Any]) -> list[Found]:
    """Whether plots are added where none have been built yet, or to a place in which nobody is given one."""
    if case["action"] != "report_plots":
        return []
    found = []
    if cemetery["state"] in NOT_YET:
        found.append(_said("state", Severity.WARNING, UNBUILT.fill(state=STATES[cemetery["state"]]), HOUSE_PRACTICE))
    if cemetery["category"] in NOT_FOR_RESIDENTS:
        words = NO_MORE.fill(category=CATEGORIES[cemetery["category"]])
        found.append(_said("category", Severity.WARNING, words, HOUSE_PRACTICE))
    return found


def _of_the_site(tx: Connection, case: Mapping[str, Any], cemetery: Mapping[str, Any], on: date) -> list[Found]:
    """What zones and the rules of cemeteries say of the planned area, or of the cemetery where none was drawn."""
    ground = case["geom"] or cemetery["geom"]
    for_profit = cemetery["profit"] == "yes" or cemetery["category"] == "commercial"
    found = [_said("for_profit", Severity.WARNING, FOR_PROFIT, FUNERAL_REGULATIONS)] if for_profit else []
    if not ground:
        return [*found, _said("zones", Severity.NOTE, NOWHERE, HOUSE_PRACTICE)]
    report = report_on(tx, shapely.from_wkb(ground), _wish(case, cemetery, on), on, settings())
    if report.ground.crosses:
        found.append(_said("crosses", Severity.WARNING, report.ground.told(), HOUSE_PRACTICE))
    found += [_of_a_zone(each) for each in report.zones]
    found += [
        {"rule": each.rule, "severity": str(each.severity), "message": each.message.as_dict(), "source": each.source}
        for each in report.findings
        if not (for_profit and each.rule == NEW_FOR_PROFIT)
    ]
    return [*found, *_of_the_plan(tx, case, cemetery, (report.unit, report.unit_name), on)]


def _of_the_plan(
    tx: Connection, case: Mapping[str, Any], cemetery: Mapping[str, Any], lies_in: tuple[str, str], on: date
) -> list[Found]:
    """Whether the planned area lies in the cemetery's unit and near to it, and is as large as is said."""
    unit, name = lies_in
    drawn, said = report_contents.area_m2(case), case["report"].get("land_m2")
    found = []
    if drawn is not None and unit and not cemetery["unit"].startswith(unit):
        where = ELSEWHERE.fill(where=f"{name} {unit}", unit=cemetery["unit"])
        found.append(_said("unit", Severity.WARNING, where, HOUSE_PRACTICE))
    far = _how_far(tx, case, cemetery, on)
    if far is not None and far > FAR_M:
        words = FAR_OFF.fill(name=cemetery["name"], far=f"{far:,.0f}")
        found.append({**_said("distance", Severity.WARNING, words, FAR), "distance_m": round(far, 1)})
    if drawn and said and abs(drawn - said) > ALIKE * drawn:
        words = UNLIKE.fill(said=f"{said:,.0f}", drawn=f"{drawn:,.0f}")
        found.append(_said("land_m2", Severity.WARNING, words, HOUSE_PRACTICE))
    return found


def _how_far(tx: Connection, case: Mapping[str, Any], cemetery: Mapping[str, Any], on: date) -> float | None:
    """From the planned area to the cemetery's place or ground, whichever is nearer (m, on the ellipsoid)."""
    if not case["geom"]:
        return None
    c, a = CEMETERIES.table.c, CEMETERY_AREAS.table.c
    place = select(c.geom).where(c.code == cemetery["code"], in_force(CEMETERIES.table, on))
    ground = select(a.geom).where(a.cemetery == cemetery["code"], in_force(CEMETERY_AREAS.table, on))
    both = place.union_all(ground).subquery()
    plan = cast(literal(case["geom"]), Geometry)
    far: float | None = tx.scalar(select(func.min(metres(both.c.geom, plan))))
    return far


def _wish(case: Mapping[str, Any], cemetery: Mapping[str, Any], on: date) -> dict[str, Any]:
    """What is known of what is to be built, by the fields of the register of cemeteries."""
    said = case["report"]
    plot = {f"{said['plot_kind']}_m2": said["plot_m2"]} if said.get("plot_kind") and said.get("plot_m2") else {}
    taken = {name: cemetery[name] for name in ("code", *report_drafts.TAKEN_OVER)}
    return {**taken, "state": "approved", "approved_on": on, "plots_planned": said.get("plots"), **plot}


def _drawings(tx: Connection, case: Mapping[str, Any]) -> list[Found]:
    lacking = [REPORT_KINDS[kind] for kind in DRAWINGS if kind not in attachments.kinds_of(tx, case["id"])]
    if not lacking:
        return []
    words = NO_DRAWING.fill(zh="、".join(each.zh for each in lacking), en=", ".join(each.en for each in lacking))
    return [_said("drawings", Severity.WARNING, words, THREE_DRAWINGS)]


def _of_a_zone(answer: ZoneAnswer) -> Found:
    source = answer.rule.source
    found = _said(f"zone/{answer.rule.kind}", WEIGHTS[answer.verdict], told(answer), source)
    distance = None if answer.distance_m is None else round(answer.distance_m, 1)
    return {**found, "verdict": str(answer.verdict), "words": VERDICTS[answer.verdict].as_dict(), "distance_m": distance}


def _said(rule: str, severity: str, message: Text, source: Source) -> Found:
    words = {"rule": rule, "severity": str(severity), "message": message.as_dict()}
    return {**words, "source": source.citation, "grade": source.grade}
