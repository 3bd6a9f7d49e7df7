"""Cases as offices bring them in and lead them on, made short: real people, the sample county, the ordinary steps."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, select, update

from gis import people
from gis.people import PERSONS, Person
from placenames.casework import case_drafts, case_moves, cases
from placenames.casework.case_decisions import Decision
from placenames.casework.cases import CASES
from tests.conftest import COUNTY, Office

TODAY = date.today()
FIRST, SECOND = TODAY - timedelta(days=200), TODAY - timedelta(days=50)
"""The days on which the sample street got its first and its second name."""
TOWN = "990101001"
STREET = {
    "action": "naming",
    "category": "ROD",
    "class_code": "23514",
    "unit": TOWN,
    "candidates": ["样石桥街"],
    "reason": "新建道路,须命名",
    "origin": "因街口有石桥得名",
    "position": "东起样河路,西至样山路",
    "geometry": {"type": "LineString", "coordinates": [[110.293, 30.698], [110.298, 30.698]]},
}
OTHER = STREET | {"candidates": ["样听涛街"]}
RENAME = {"action": "rename", "candidates": ["样望江街"], "rename_reason": "construction", "reason": "石桥已拆除,名不副实"}
HOUSING = {**STREET, "category": "RES", "class_code": "22100", "candidates": ["样竹苑"]}
TOWNSHIP = {**STREET, "category": "ADM", "class_code": "21500", "candidates": ["样溪镇"], "unit": "990101100",
            "geometry": {"type": "Point", "coordinates": [110.265286, 30.743204]}}  # fmt: skip
NOBODY = {"name": "样申请人甲", "contact": "00000000001", "certificate": "样证00000001", "address": "样地址一号"}
Step = tuple[str, dict[str, Any]]


def way(track: str, on: date = FIRST, effective: date | None = None, document: str = "样政函〔2026〕1号") -> list[Step]:
    """The steps from a draft to its announcement: the verb, and what is written down with it."""
    approval = {"document": document, "approved_on": on}
    earlier = {"reason": "批准在先,补办登记"} if on < TODAY else {}
    decided = {
        "decide": [("recommend", {}), ("approve", approval)],
        "draft": [("recommend", {}), ("record_outcome", {**approval, **earlier, "approved_by": "样例省人民政府"})],
        "opinion": [
            ("issue_opinion", {"reason": "同意命名"}),
            ("record_outcome", {**approval, **earlier, "approved_by": "样例县住房和城乡建设局"}),
        ],
    }
    return [
        ("submit", {}),
        ("accept", {}),
        ("confirm_romanization", {}),
        *decided[track],
        ("file", {"filing_document": "样民备〔2026〕1号", "filed_on": on}),
        ("announce", {"effective": effective or on}),
    ]


def takes(verb: str) -> str:
    """The sample person whose step it is."""
    if verb in ("submit", "supplement", "withdraw"):
        return "staff"
    return "approver" if verb in ("approve", "reject", "announce") else "reviewer"


def somebody(tx: Connection, name: str) -> Person:
    """A person of the office as the doors know them."""
    row = tx.execute(select(PERSONS.c.id, PERSONS.c.display).where(PERSONS.c.name == name)).one()
    return Person(row.id, name, row.display, people.areas_of(tx, row.id))


def opened(office: Office, given: dict[str, Any], sender: str = "staff") -> int:
    """A draft of the sample clerk."""
    with office.database.writing() as tx:
        return case_drafts.open_case(tx, somebody(tx, sender), given)


def step(office: Office, number: int, who: str, verb: str, **more: Any) -> str:
    """One step in a transaction of its own; answers the new state."""
    with office.database.writing() as tx:
        return case_moves.decide(tx, somebody(tx, who), number, Decision(verb, **more))


def lead(office: Office, number: int, until: str = "announce", **more: Any) -> str:
    """Leads a draft on, up to and including a step; answers the state it has come to."""
    found = look(office, number)
    state = str(found["state"])
    for verb, given in way(found["track"], **more):
        if verb == "confirm_romanization" and found["action"] == "delete":
            continue
        state = step(office, number, takes(verb), verb, **given)
        if verb == "accept":
            taken_up(office, number, more.get("on", FIRST))
        if verb == until:
            break
    return state


def taken_up(office: Office, number: int, day: date) -> None:
    """The case counts as accepted on an earlier day: the sample offices decided long ago."""
    with office.database.writing() as tx:
        tx.execute(update(CASES).where(CASES.c.id == number).values(accepted_on=day))


def announced(office: Office, given: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A case led all the way."""
    number = opened(office, given)
    assert lead(office, number, **more) == "announced"
    return look(office, number)


def look(office: Office, number: int) -> dict[str, Any]:
    """A case as it stands."""
    with office.database.writing() as tx:
        return cases.find(tx, number)


def with_role(desk: tuple[Office, int], role: str, *, own: bool = False, area: str = COUNTY) -> Person:
    """Somebody with one role; the number is a real person's, as events ask."""
    office, number = desk
    with office.database.writing() as tx:
        sender = tx.scalar(select(CASES.c.sender).where(CASES.c.id == number))
        other = somebody(tx, "approver").id
    return Person(sender if own else other, role, role, {role: (area,)})
