"""Drafts of cases: what somebody asks for, read from what they sent, and whether it is complete.

The first question is the category: it decides who approves. What a case is about an existing place, it takes over from the
place as it stands; the version that was looked at is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from boundaries.units import UNITS
from gis import events, history
from gis.codes import level_of
from gis.db import alone
from gis.errors import BadInput, Conflict, NotAllowed, NotFound
from gis.history import in_force
from gis.people import Person
from gis.settings import settings
from gis.text import Text
from placenames.casework import case_contents, cases
from placenames.casework.cases import APPLICANTS, CASES, CLOSED, OPEN_TO_SENDER, STATES
from placenames.checks.keeping_rules import CHANGES, ENDS
from placenames.kinds import APPROVALS, Category, category_of
from placenames.names import NAMES

TAKEN_OVER = ("category", "class_code", "unit", "position", "origin", "meaning")
"""What a case about a place says as the place does, unless it says otherwise."""
WORDS = {
    "reason": Text("理由", "the reason"),
    "candidates": Text("拟用名称", "a proposed name"),
    "rename_reason": Text("更名事由", "why the name may be changed"),
    "class_code": Text("类别代码", "the class code"),
    "position": Text("位置描述", "the description of its position"),
}


def open_case(tx: Connection, person: Person, given: Mapping[str, Any]) -> int:
    """Opens a draft of what somebody asks for and answers its number in the table.

    `given` holds action, category, class_code, unit, place (its id or code), candidates, rename_reason, reason, origin,
    meaning, position, attributes, geometry (GeoJSON, EPSG:4490), applicant. Raises BadInput, NotFound, NotAllowed.
    """
    wanted = case_contents.read(given)
    if "action" not in wanted:
        raise BadInput("请选择办理类型(action)", "say what is asked for (action)")
    row = _whole(tx, person, wanted, {})
    person.must("staff", [row["unit"]])
    row |= {"number": next_number(tx, date.today()), "state": "draft", "sender": person.id}
    number: int = tx.execute(insert(CASES).values(row).returning(CASES.c.id)).scalar_one()
    _note_applicant(tx, number, given)
    events.record(tx, cases.subject(number), "open", person.id, was="", state="draft", round=0)
    return number


def change(tx: Connection, person: Person, number: int, given: Mapping[str, Any]) -> None:
    """Changes what a case says; for its sender, while it is a draft or has come back to them.

    Raises NotAllowed, Conflict, BadInput.
    """
    found = cases.locked(tx, number)
    must_be_open_to(person, found)
    wanted = case_contents.read(given)
    row = _whole(tx, person, wanted, found)
    person.must("staff", [row["unit"]])
    said = sorted(name for name in row if name != "geom" and row[name] != found[name])
    tx.execute(update(CASES).where(CASES.c.id == number).values(**row, changed_at=func.now()))
    _note_applicant(tx, number, given)
    events.record(tx, cases.subject(number), "change", person.id, round=found["round"], fields=said)


def must_be_open_to(person: Person, found: Mapping[str, Any]) -> None:
    """Raises NotAllowed unless the case is the person's own, Conflict unless it stands so that its sender may change it."""
    if found["sender"] != person.id:
        raise NotAllowed("只有登记人可以修改", "only whoever sent the case may change it")
    if found["state"] not in OPEN_TO_SENDER:
        state = STATES[found["state"]]
        raise Conflict(
            f"该事项“{state.zh}”,不能再修改", f"the case is “{state.en}” and can no longer be changed"
        )


def must_be_complete(tx: Connection, found: Mapping[str, Any]) -> None:
    """Raises BadInput with everything that is missing, Conflict while another case about the place is under way."""
    missing = [words for name, words in WORDS.items() if name in _needed(found["action"]) and not found[name]]
    if missing:
        raise BadInput(
            "还缺少:{zh}", "still missing: {en}",
            zh="、".join(each.zh for each in missing), en=", ".join(each.en for each in missing),
        )  # fmt: skip
    if found["place"] is None:
        return
    alone(tx, f"case/place/{found['place']}")
    c = CASES.c
    others = select(c.number).where(
        c.place == found["place"], c.id != found["id"], c.state.not_in((*CLOSED, "draft"))
    )
    if other := tx.scalar(others.limit(1)):
        raise Conflict(
            "该地名另有在办事项 {number}",
            "another case about this place is under way: {number}",
            number=other,
        )


def next_number(tx: Connection, today: date, letters: str = "DM") -> str:
    """The next number of the year, DM-2026-0031; whoever asks next waits until this one is kept."""
    begins = f"{letters}-{today.year}-"
    alone(tx, f"case-number/{begins}")
    c = CASES.c
    last = tx.scalar(
        select(c.number)
        .where(c.number.startswith(begins))
        .order_by(func.length(c.number).desc(), c.number.desc())
        .limit(1)
    )
    return f"{begins}{(int(last.removeprefix(begins)) if last else 0) + 1:04d}"


def read_by(tx: Connection, person: Person, place: UUID | str) -> dict[str, Any] | None:
    """A place as `latest_version` has it; None also where it is not open to the public and outside the person's areas."""
    found = latest_version(tx, place)
    return found if found and (is_disclosed(found) or found["unit"].startswith(person.reads_in)) else None


def latest_version(tx: Connection, place: UUID | str) -> dict[str, Any] | None:
    """A place as it stands today, or as it last stood; by its id or its code. With `geom` as hexadecimal text."""
    v = NAMES.table.c
    which = v.id == place if isinstance(place, UUID) else v.code == place
    today = date.today()
    statement = (
        select(*(column for column in v if column.name != "geom"), history.raw(v.geom).label("geom"))
        .where(which, v.superseded_at.is_(None))
        .order_by(in_force(NAMES.table, today).desc(), (v.valid_from <= today).desc(), v.valid_from.desc())
    )
    row = tx.execute(statement.limit(1)).mappings().first()
    return dict(row) if row else None


def is_disclosed(place: Mapping[str, Any]) -> bool:
    """Whether the public may know of a place, and so of a case about it."""
    return bool(place["disclosure"] == "public")


def nothing_is_announced_for(tx: Connection, found: Mapping[str, Any], name: str) -> None:
    """Raises Conflict with the day when a later change that stands in the way was announced for a day to come."""
    if said := announced_already(tx, found["place"], found["action"], name):
        raise Conflict(said.zh, said.en)


def announced_already(tx: Connection, place: UUID, action: str, name: str) -> Text | None:
    """Which later change of a place, announced for a day to come, stands in the way of a case."""
    v = NAMES.table.c
    later = select(v.valid_from).where(v.id == place, v.superseded_at.is_(None), v.valid_from > date.today())
    if action == "rename":
        later = later.where(v.name != name)  # a later version under the same name is renamed along
    if day := tx.scalar(later.order_by(v.valid_from).limit(1)):
        return CHANGES.fill(old=name, day=day)
    known = (v.id == place, v.superseded_at.is_(None))
    lasts = tx.scalar(select(func.bool_or(v.valid_to.is_(None))).where(*known))
    ends = tx.scalar(select(func.max(v.valid_to)).where(*known))
    if not lasts and ends is not None and ends > date.today() and action != "restore":
        return ENDS.fill(old=name, day=ends)
    return None


def must_change_the_name(found: Mapping[str, Any], name: str) -> None:
    """Raises BadInput when a renaming proposes the name that the place bears already."""
    if found["action"] == "rename" and name in {each["name"] for each in found["candidates"]}:
        raise BadInput(
            "“{name}”就是现用名,请另拟名称", "“{name}” is its present name; propose another one", name=name
        )


def standing_place(tx: Connection, person: Person, which: UUID | str | None, action: str) -> dict[str, Any]:
    """The place that a case is about: in force, or no longer so where it is to be restored. Raises BadInput, NotFound.

    One that the person does not read is as if it were not there.
    """
    if not which:
        raise BadInput(
            "请指明是哪个地名(place:代码或编号)", "say which place it is about (place: its code or id)"
        )
    place = read_by(tx, person, which)
    if place is None:
        raise NotFound("没有地名 {place}", "there is no place {place}", place=which)
    stands = place["valid_to"] is None or place["valid_to"] > date.today()
    if stands and action == "restore":
        raise BadInput(
            "“{name}”仍在使用,无须恢复", "“{name}” is in use; there is nothing to restore", name=place["name"]
        )
    if not stands and action != "restore":
        raise BadInput(
            "“{name}”已销名,只能恢复", "“{name}” was deleted; it can only be restored", name=place["name"]
        )
    return place


def _needed(action: str) -> tuple[str, ...]:
    return {
        "naming": ("reason", "candidates", "class_code", "position"),
        "rename": ("reason", "candidates", "rename_reason", "position"),
        "restore": ("reason", "candidates", "position"),
        "delete": ("reason",),
    }[action]


def _whole(tx: Connection, person: Person, wanted: dict[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """What is written down of a case: what was sent, what follows from the place it is about, and who approves."""
    row = dict(wanted)
    action: str = row["action"] if "action" in row else before["action"]
    if action == "naming":
        row |= {"place": None, "version": None, "open_to_public": True}
    elif "place" in row or action != before.get("action"):
        row = _of_the_place(tx, person, row, before, action)
    if action != "rename":
        row["rename_reason"] = None
    if action == "delete":
        row["candidates"] = []
    row["category"] = _category(row, before)
    row["track"] = APPROVALS[Category(row["category"])].track
    row["unit"] = row.get("unit") or before.get("unit")
    _is_a_unit(tx, row["unit"])
    if "candidates" in row:
        row["candidates"] = case_contents.spelt(
            row["candidates"], row["category"], before.get("candidates") or []
        )
        row["chosen"] = None
    return row


def _of_the_place(
    tx: Connection, person: Person, row: dict[str, Any], before: Mapping[str, Any], action: str
) -> dict[str, Any]:
    """A case about a place: takes over from it what the case does not say itself."""
    place = standing_place(tx, person, row.get("place") or before.get("place"), action)
    person.must("staff", [place["unit"]])  # whatever unit the case says
    said = before if before.get("place") == place["id"] else {}
    taken = {name: row.get(name) or said.get(name) or place[name] for name in TAKEN_OVER}
    row = row | taken | {"place": place["id"], "version": place["version"]}
    row["open_to_public"] = is_disclosed(place)
    if action == "restore" and not row.get("candidates"):
        row["candidates"] = [{"name": place["name"], "roman": place["roman"] or ""}]
    return row


def _category(row: Mapping[str, Any], before: Mapping[str, Any]) -> str:
    """The legal group: as given, or that of the class. Raises BadInput."""
    code = row.get("class_code", before.get("class_code"))
    of_class = category_of(code) if code else None
    given = row.get("category") or before.get("category") or of_class
    if not given:
        raise BadInput(
            "请选择地名类别(category):它决定由谁批准", "choose the category: it decides who approves"
        )
    if of_class and of_class != given:
        raise BadInput(
            "类别代码 {code} 属于“{other}”,不是“{given}”", "the class {code} belongs to {other_code}, not to {given_code}",
            code=code, other=of_class.text.zh, given=Category(given).text.zh, other_code=of_class, given_code=given,
        )  # fmt: skip
    return str(Category(given))


def _is_a_unit(tx: Connection, code: str | None) -> None:
    if not code:
        raise BadInput("请填写所在政区代码(unit)", "say in which unit it lies (unit)")
    u = UNITS.table.c
    known = select(u.code).where(u.code == code, in_force(UNITS.table, date.today()))
    if level_of(code, settings()) is None or tx.scalar(known.limit(1)) is None:
        raise BadInput("没有现行政区 {code}", "no unit {code} is in force", code=code[:40])


def _note_applicant(tx: Connection, number: int, given: Mapping[str, Any]) -> None:
    """Keeps who applies, apart from everything else; nothing at all when it was emptied."""
    if "applicant" not in given:
        return
    who = case_contents.applicant(given["applicant"])
    if not who:
        tx.execute(delete(APPLICANTS).where(APPLICANTS.c.case == number))
        return
    row = upsert(APPLICANTS).values(case=number, **who)
    tx.execute(row.on_conflict_do_update(index_elements=["case"], set_=who))
