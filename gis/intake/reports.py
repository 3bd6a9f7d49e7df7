"""Reports: a submission as people read it: verdict, findings by rule, what would change, what happened."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import shapely
from sqlalchemy import Connection, Select, and_, func, select

from gis import events, jobs
from gis.errors import NotFound
from gis.intake import changes
from gis.intake.finding_layers import write_layers
from gis.intake.publishing import about
from gis.intake.rounds import More, compared_with_before, failing_of, more_of
from gis.intake.rules import RULES, Rule
from gis.intake.staging import FINDINGS
from gis.intake.submissions import DELIVERIES, PUBLISHING, STATES, SUBMISSIONS, latest_delivery, subject
from gis.people import PERSONS, deeds
from gis.registers import REGISTERS, Register
from gis.text import Text

Collection = dict[str, Any]
_APPROVED = Text("批准公布", "publication approved")
CLOSED = ("published", "withdrawn")
LISTED = 500
SHOWN = 200
"""So many findings of a rule, and changes of a register, stand on a page; the rest is told as a number."""


@dataclass(frozen=True)
class Group:
    """The findings of one rule."""

    rule: Rule
    severity: str
    findings: list[dict[str, Any]]
    more: int = 0
    """How many there are beyond those kept."""

    @property
    def total(self) -> int:
        """All of them."""
        return len(self.findings) + self.more


@dataclass(frozen=True)
class Report:
    """Everything there is to say of a submission as it stands."""

    delivery: dict[str, Any] | None
    groups: list[Group] = field(default_factory=list)
    sent: dict[str, int] = field(default_factory=dict)
    """Records by register."""
    passing: int = 0
    aside: list[dict[str, Any]] = field(default_factory=list)
    gone: int | None = None
    """How many findings of the round before are no longer there; None in the first round."""
    came: int | None = None
    changes: dict[str, dict[str, int]] = field(default_factory=dict)
    listed: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """The first changes of each register; `changes` tells how many there are."""
    events: list[dict[str, Any]] = field(default_factory=list)
    progress: Mapping[str, Any] | None = None
    refused: Mapping[str, str] | None = None
    """Why the last publication was refused, while the submission waits for another decision."""
    not_checked: list[dict[str, Any]] = field(default_factory=list)

    @property
    def total(self) -> int:
        """All records sent."""
        return sum(self.sent.values())

    @property
    def ending(self) -> int:
        """Records in force that publication ends, because a whole list or survey does not hold them."""
        return sum(kinds.get("removed", 0) for kinds in self.changes.values())


def listed(
    tx: Connection, state: str | None, before: int | None, *, open_only: bool = False
) -> list[dict[str, Any]]:
    """Submissions, newest first, each with its sender's name and how many findings block."""
    statement = _submissions().order_by(SUBMISSIONS.c.id.desc()).limit(LISTED)
    if state:
        statement = statement.where(SUBMISSIONS.c.state == state)
    if before is not None:
        statement = statement.where(SUBMISSIONS.c.id < before)
    if open_only:
        statement = statement.where(SUBMISSIONS.c.state.not_in(CLOSED))
    return [_row(dict(row)) for row in tx.execute(statement).mappings()]


def find(tx: Connection, number: int) -> dict[str, Any]:
    """One submission. Raises NotFound."""
    row = tx.execute(_submissions().where(SUBMISSIONS.c.id == number)).mappings().first()
    if row is None:
        raise NotFound("没有第 {number} 号报送", "there is no submission {number}", number=number)
    return _row(dict(row))


def faulty_records(tx: Connection, delivery: int) -> set[tuple[str, int]]:
    """The records with errors of registers whose records may be set aside one by one, as (register, row)."""
    f = FINDINGS.c
    names = [name for name, register in REGISTERS.items() if register.setting_aside]
    statement = select(f.register, f.row).where(
        f.delivery == delivery, f.severity == "error", f.row.is_not(None), f.register.in_(names)
    )
    return {(row.register, row.row) for row in tx.execute(statement)}


def in_progress(tx: Connection, submission: Mapping[str, Any]) -> Report:
    """How far the job of a submission is, and no more: asked every second, of lists however long."""
    happened = [_event(each) for each in deeds(tx, subject(submission["id"]))]
    return Report(
        latest_delivery(tx, submission["id"]),
        events=happened,
        progress=jobs.progress(tx, about(submission["id"])),
    )


def of_submission(tx: Connection, submission: Mapping[str, Any]) -> Report:
    """The report on the newest delivery of a submission."""
    happened = [_event(each) for each in deeds(tx, subject(submission["id"]))]
    delivery = latest_delivery(tx, submission["id"])
    if delivery is None:
        return Report(None, events=happened)
    if delivery["checked_at"] is None:
        return Report(delivery, events=happened, progress=jobs.progress(tx, f"delivery/{delivery['id']}"))
    findings = findings_of(tx, delivery["id"])
    sent = {name: _count(tx, register, delivery["id"]) for name, register in sent_registers()}
    gone, came = compared_with_before(tx, submission["id"], delivery, findings)
    differences = changes.counts(tx, delivery["id"])
    return Report(
        delivery,
        _grouped(findings, more_of(delivery)),
        {name: number for name, number in sent.items() if number},
        sum(sent.values()) - failing_of(delivery, findings),
        _aside(tx, delivery["id"]),
        gone,
        came,
        differences,
        {name: changes.of_delivery(tx, delivery["id"], REGISTERS[name], SHOWN) for name in differences},
        happened,
        jobs.progress(tx, about(submission["id"])),
        _refused(submission, happened),
        delivery["not_checked"] or [],
    )


def as_json(report: Report) -> dict[str, Any]:
    """A report for programs."""
    delivery = report.delivery or {}
    return {
        "delivery": delivery.get("id"),
        "verdict": delivery.get("verdict"),
        "reading": delivery.get("reading"),
        "records": report.sent,
        "passing": report.passing,
        "gone": report.gone,
        "came": report.came,
        "changes": report.changes,
        "not_checked": report.not_checked,
        "set_aside": [
            {"register": each["register"], "row": each["row"], "code": each["code"]} for each in report.aside
        ],
        "findings": [_finding_json(each) for group in report.groups for each in group.findings],
        "more": (delivery.get("reading") or {}).get("more", []),
        "events": [
            {
                "at": e["at"],
                "who": e["who"],
                "verb": e["verb"],
                "reason": e["reason"],
                "document": e["document"],
                "effective": e["effective"],
                "note": e["note"],
            }
            for e in report.events
        ],
        "refused": report.refused,
        "progress": None
        if report.progress is None
        else {"done": report.progress["done"], "words": report.progress["words"]},
    }


def write_geopackage(tx: Connection, number: int, place: Path) -> None:
    """The findings of a submission, one layer for each kind of geometry."""
    delivery = latest_delivery(tx, number)
    write_layers(
        place, [_for_desktop(each) for each in (findings_of(tx, delivery["id"]) if delivery else [])]
    )


def _for_desktop(each: Mapping[str, Any]) -> dict[str, Any]:
    words = {f"{name}_{lang}": each[name][lang] for name in ("message", "fix") for lang in ("zh", "en")}
    place = shapely.from_geojson(each["geometry"]) if each["geometry"] else None
    plain = {name: each[name] for name in ("rule", "severity", "register", "key", "source")}
    return {**plain, **words, "row": each["source_row"], "owner": "", "geometry": place}


def _submissions() -> Select[Any]:
    s, d = SUBMISSIONS, DELIVERIES
    return (
        select(
            *(column for column in s.c if column.name != "sender"),
            s.c.sender.label("sender_id"),
            PERSONS.c.display,
            d.c.blocking,
        )
        .join_from(s, PERSONS, s.c.sender == PERSONS.c.id)
        .outerjoin(d, and_(d.c.submission == s.c.id, d.c.round == s.c.round))
    )


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "sender": row["display"], "words": STATES[row["state"]]}


def findings_of(tx: Connection, delivery: int) -> list[dict[str, Any]]:
    """The findings of a delivery in the order of the report, numbered from 1, each with its place as GeoJSON text."""
    f = FINDINGS.c
    statement = (
        select(
            *(column for column in f if column.name != "geom"), func.ST_AsGeoJSON(f.geom, 9).label("geometry")
        )
        .where(f.delivery == delivery)
        .order_by(f.id)
    )
    rows = [dict(row) for row in tx.execute(statement).mappings()]
    return [{**row, "n": number} for number, row in enumerate(rows, start=1)]


def _grouped(findings: list[dict[str, Any]], more: More) -> list[Group]:
    """By rule and weight, the heaviest first."""
    weights = ["error", "warning", "note"]
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for each in findings:
        groups.setdefault((each["severity"], each["rule"]), []).append(each)
    found = [Group(RULES[rule], weight, rows, more.get((weight, rule), 0)) for (weight, rule), rows in groups.items()]
    return sorted(found, key=lambda group: (weights.index(group.severity), group.rule.id))


def sent_registers() -> list[tuple[str, Register]]:
    """The registers that come in through submissions."""
    return [(name, register) for name, register in REGISTERS.items() if register.sent]


def _count(tx: Connection, register: Register, delivery: int) -> int:
    s = register.staging.c
    return tx.scalar(select(func.count()).where(s.delivery == delivery, ~s.set_aside)) or 0


def _aside(tx: Connection, delivery: int) -> list[dict[str, Any]]:
    found = []
    for name, register in sent_registers():
        s = register.staging.c
        rows = tx.execute(
            select(s.row, s.source_row, s.code).where(s.delivery == delivery, s.set_aside).order_by(s.row)
        )
        found += [{"register": name, **row} for row in rows.mappings()]
    return found


def _event(each: dict[str, Any]) -> dict[str, Any]:
    left_to_the_job = (each["verb"], each["detail"].get("state")) == ("publish", PUBLISHING)
    words = _APPROVED if left_to_the_job else events.VERBS[each["verb"]]
    return {**each, "words": words, "note": _note(each["detail"])}


def _refused(submission: Mapping[str, Any], happened: list[dict[str, Any]]) -> dict[str, str] | None:
    last = happened[-1] if happened else None
    if submission["state"] != "accepted" or last is None or last["verb"] != "refuse":
        return None
    return dict(last["detail"]["message"])


def _note(detail: Mapping[str, Any]) -> dict[str, str] | None:
    if "message" in detail:
        return dict(detail["message"])
    if "findings" not in detail:
        return None
    number, blocking = detail["findings"], detail["blocking"]
    if detail["state"] == "unreadable":
        return {
            "zh": f"第 {detail['round']} 轮:文件不能按原样读入",
            "en": f"round {detail['round']}: the files cannot be read as they are",
        }
    return {
        "zh": f"第 {detail['round']} 轮:{number} 个问题,其中 {blocking} 个阻止入库",
        "en": f"round {detail['round']}: {number} findings, {blocking} of them block",
    }


def _finding_json(each: Mapping[str, Any]) -> dict[str, Any]:
    names = ("rule", "severity", "register", "file", "layer", "key", "message", "fix", "source")
    place = json.loads(each["geometry"]) if each["geometry"] else None
    return {name: each[name] for name in names} | {
        "row": each["source_row"],
        "record": each["row"],
        "geometry": place,
    }
