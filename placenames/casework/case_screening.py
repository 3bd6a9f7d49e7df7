"""Screening a case: its names go through the same checks as names while they are typed, and what was found is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import shapely
from shapely.geometry import mapping
from sqlalchemy import Connection, select

from gis.errors import Conflict
from gis.features import Areas
from gis.intake.rules import Severity
from gis.settings import settings
from gis.sources import HOUSE_PRACTICE
from gis.text import Text
from placenames.casework.case_contents import PLAN, SIZES
from placenames.casework.cases import CASES, CLOSED, county_of
from placenames.checks.asked import Candidate
from placenames.checks.name_checks import CandidateReport, check_candidate
from placenames.language import wording
from placenames.names import NAMES

Found = dict[str, Any]
SPELT = ("name", "specific", "generic", "roman", "roman_plain")
ELSEWHERE = "other_case"
"""What a finding is called that comes from another case under way, not from a rule about names."""


def screen(tx: Connection, case: Mapping[str, Any], day: date | None = None) -> list[Found]:
    """Everything that is found about the names of a case on a day (today), each with its candidate's place in the list.

    A deletion is screened under the name that ends. What is kept may be read by everybody who may see the case, so it names
    no place outside its unit that is not open to the public.
    """
    found = enumerate(reports(tx, case, (case["unit"],), day))
    said = [{"candidate": at, **_as_json(finding)} for at, report in found for finding in report]
    return said + _proposed_elsewhere(tx, case)


def reports(
    tx: Connection, case: Mapping[str, Any], areas: Areas, day: date | None = None
) -> list[CandidateReport]:
    """What every check says of each name of a case, also what it passes, to a colleague of some areas."""
    names = case["candidates"] if case["action"] != "delete" else [{"name": case["old_name"]}]
    return [
        check_candidate(tx, _candidate(tx, case, each), day or date.today(), settings(), areas) for each in names
    ]


def blocking(found: Sequence[Found], at: int) -> list[Found]:
    """What stands in the way of one candidate, unless somebody writes down why it may be used all the same."""
    return [each for each in found if each["candidate"] == at and each["severity"] == Severity.ERROR]


def nothing_new_blocks(tx: Connection, case: Mapping[str, Any], day: date) -> None:
    """Raises Conflict when something blocks the chosen name on the day that its reviewer did not see."""
    at = case["chosen"] or 0
    seen = {(each["rule"], each["message"]["zh"]) for each in blocking(case["checks"], at)}
    new = [
        each
        for each in blocking(screen(tx, case, day), at)
        if (each["rule"], each["message"]["zh"]) not in seen
    ]
    if new:
        raise Conflict(
            "审查以后又有了新的问题({rule}:{zh}),请撤回办理意见、重新审查",
            "since the review something new stands in the way ({rule}: {en}); take the steps back and review it again",
            rule=new[0]["rule"], zh=new[0]["message"]["zh"], en=new[0]["message"]["en"],
        )  # fmt: skip


def _proposed_elsewhere(tx: Connection, case: Mapping[str, Any]) -> list[Found]:
    """Other cases of the county that are under way and propose the same name: whoever is announced first, has it."""
    c = CASES.c
    wanted = [_folded(each["name"]) for each in case["candidates"]]
    under_way = select(c.number, c.candidates).where(
        c.id != case["id"],
        c.state.not_in((*CLOSED, "draft")),
        c.unit.startswith(county_of(case["unit"]), autoescape=True),
    )
    return [
        {"candidate": wanted.index(_folded(each["name"])), **_also_wanted(other.number)}
        for other in (tx.execute(under_way.order_by(c.id)) if wanted else ())
        for each in other.candidates
        if _folded(each["name"]) in wanted
    ]


def _folded(name: str) -> str:
    return wording.folded(name)


def _also_wanted(number: str) -> Found:
    message = Text(f"另一事项 {number} 也拟用此名", f"another case, {number}, proposes this name too")
    return {
        "rule": ELSEWHERE,
        "severity": str(Severity.WARNING),
        "message": message.as_dict(),
        "fix": Text("两件事项一并审查", "review the two cases together").as_dict(),
        "source": HOUSE_PRACTICE.citation,
        "geometry": None,
    }


def _candidate(tx: Connection, case: Mapping[str, Any], each: Mapping[str, Any]) -> Candidate:
    """A candidate as the checks see it: with the place that bears another name until now, and where it lies."""
    v = NAMES.table.c
    stands = select(v.code, v.protected, v.named_on, v.document).where(v.version == case["version"])
    place: dict[str, Any] = dict(tx.execute(stands).mappings().first() or {})
    if case["action"] == "rename":
        place["named_on"] = None  # however old the place is, its new name is new
    spelt: dict[str, Any] = {name: each[name] for name in SPELT if each.get(name)}
    sizes: dict[str, Any] = {name: case["attributes"].get(name) for name in SIZES}
    return Candidate(
        **spelt,
        category=case["category"],
        unit=case["unit"],
        class_code=case["class_code"] or "",
        geom=_where(tx, case),
        roman_confirmed=bool(each.get("roman_confirmed_by")),
        place=case["place"],
        action=case["action"],
        rename_reason=case["rename_reason"],
        protection_plan=case["attributes"].get(PLAN),
        **sizes,
        **place,
    )


def _where(tx: Connection, case: Mapping[str, Any]) -> Any:
    """Where the place is (EPSG:4490): as the case draws it, or as the register has it."""
    v = NAMES.table.c
    drawn = case["geom"]
    if drawn is None and case["version"] is not None:
        drawn = tx.scalar(select(v.geom.ST_AsEWKB()).where(v.version == case["version"]))
    return None if drawn is None else shapely.from_wkb(drawn if isinstance(drawn, str) else bytes(drawn))


def _as_json(finding: Any) -> Found:
    return {
        "rule": finding.rule,
        "severity": str(finding.severity),
        "message": finding.message.as_dict(),
        "fix": finding.fix.as_dict(),
        "source": finding.source,
        "geometry": None if finding.geometry is None else mapping(finding.geometry),
    }
