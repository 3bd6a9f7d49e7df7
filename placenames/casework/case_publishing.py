"""Announcing: a decided name comes into force, with everything that follows from it, in one transaction.

The county stays locked until the transaction ends. The change goes through the common publication of registers, so that
history, documents and the version of everything work as they do for surveys. A place keeps its identity and its code
through a change of name; the name it bore stays findable, on past days as what it was and from then on as a former name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, func, insert, select

from boundaries.areas import cut_into_parts
from boundaries.units import UNITS
from gis import events, history
from gis.db import alone
from gis.errors import BadInput, Conflict
from gis.history import in_force
from gis.intake import publishing, standing, submissions
from gis.intake.publishing import PUBLICATIONS
from gis.intake.submissions import SUBMISSIONS
from gis.people import Person
from gis.settings import settings
from gis.text import series
from placenames.appellations import earlier_names
from placenames.casework import case_screening, cases, follow_ups
from placenames.casework.case_contents import SIZES
from placenames.casework.case_decisions import Decision
from placenames.casework.case_drafts import is_disclosed
from placenames.casework.mentioning import bears_the_name
from placenames.casework.renamings import BEARERS, renaming
from placenames.checks.asked import names_around
from placenames.kinds import Category
from placenames.language import keys
from placenames.names import NAMES

UNIT_DIGITS, NUMBER_DIGITS = 9, 6
"""A place-name code: county and township (9), class (5), number (6 digits) (民地办发〔2010〕1号)."""
COMPULSORY = ("name", "roman", "unit", "position", "approved_by", "approved_on")
"""What an announcement must say: name, spelling, unit, position, approving organ and day (measures of 2023)."""


def announce(tx: Connection, case: Mapping[str, Any], person: Person, decision: Decision) -> dict[str, Any]:
    """Brings what was decided into force from the effective day; answers what the case gains.

    Raises Conflict when the place or the county has moved on meanwhile, BadInput while something compulsory is missing.
    """
    day = decision.effective
    assert day is not None
    name = _confirmed(case)
    touched = [NAMES.name, *([UNITS.name] if case["category"] == Category.ADM else [])]
    publishing.lock(tx, _parents(case))
    case_screening.nothing_new_blocks(tx, case, day)
    submission = _published(tx, case, name, person, day)
    before = None if case["action"] == "naming" else _still_as_looked_at(tx, case, day)
    if case["action"] == "delete":
        assert before is not None
        history.end(tx, NAMES.table, [before["id"]], day)
        after = None
    elif before is None or case["action"] == "restore":
        after = _begin(tx, case, name, before, day, submission)
    else:
        after = _rename(tx, case, name, before, day, submission)
        _rename_unit(tx, case, before, after, day, submission)
        change = renaming(before, after["name"])
        touched += [name for name, bearer in BEARERS.items() if bearer.rename(tx, change, day, submission)]
    _let_follow(tx, case, submission, day, touched)
    if before is not None and case["action"] in ("rename", "delete"):
        follow_ups.open_for(tx, {**case, "effective": day}, before, after)
    place = after["id"] if after else case["place"]
    said = {"announced_on": date.today(), "effective": day, "submission": submission, "place": place}
    # a place that was closed to the public since the case was sent in keeps its case to the office too
    return said | {"open_to_public": case["open_to_public"] and (before is None or is_disclosed(before))}


def next_code(tx: Connection, unit: str, class_code: str) -> str:
    """The lowest free 20-digit code of a class in a township; whoever asks next waits until this one is kept.

    Raises Conflict when all numbers of the class are used up.
    """
    begins = unit[:UNIT_DIGITS].ljust(UNIT_DIGITS, "0") + class_code
    alone(tx, f"place-code/{begins}")
    c = NAMES.table.c
    first, last = begins + "0" * NUMBER_DIGITS, begins + "9" * NUMBER_DIGITS
    codes = tx.scalars(
        select(c.code).distinct().where(c.code.between(first, last), func.length(c.code) == len(first))
    )
    used = {code[len(begins) :] for code in codes}  # one stray high number does not use up those below it
    number = next(each for each in count(1) if f"{each:0{NUMBER_DIGITS}d}" not in used)
    if number >= 10**NUMBER_DIGITS:
        raise Conflict("代码 {begins} 的顺序号已用完", "the numbers of {begins} are used up", begins=begins)
    return f"{begins}{number:0{NUMBER_DIGITS}d}"


def confirmed_candidate(case: Mapping[str, Any]) -> dict[str, Any] | None:
    """The candidate that was chosen, if a person has confirmed its romanization."""
    at = case["chosen"]
    if at is None or at >= len(case["candidates"]):
        return None
    found: dict[str, Any] = case["candidates"][at]
    return found if found.get("roman_confirmed_by") else None


def _confirmed(case: Mapping[str, Any]) -> dict[str, Any]:
    """The name as it will stand in the register. Raises BadInput while what an announcement must say is missing."""
    if case["action"] == "delete":
        return {}
    name = confirmed_candidate(case)
    if name is None:
        raise BadInput(
            "所选名称的罗马字母拼写还没有核定", "nobody has confirmed the romanization of the chosen name"
        )
    said = {**case, **name}
    missing = [each for each in COMPULSORY if not said.get(each)]
    if missing:
        raise BadInput("公告缺少:{what}", "the announcement lacks {what}", what=series(missing))
    return name


def _published(
    tx: Connection, case: Mapping[str, Any], name: Mapping[str, Any], person: Person, day: date
) -> int:
    """Enters the case among what was published, under its document; answers the number of its submission."""
    title = " ".join(filter(None, (case["number"], name.get("name"))))
    row = {"title": title, "sender": case["sender"], "state": "published", "units": [case["unit"]]}
    number: int = tx.execute(insert(SUBMISSIONS).values(row).returning(SUBMISSIONS.c.id)).scalar_one()
    tx.execute(
        insert(PUBLICATIONS).values(
            submission=number, document=case["document"], effective=day, published_at=history.moment()
        )
    )
    events.record(
        tx, submissions.subject(number), "publish", person.id,
        document=case["document"], effective=day, round=0, state="published", case=case["id"],
    )  # fmt: skip
    return number


def _still_as_looked_at(tx: Connection, case: Mapping[str, Any], day: date) -> dict[str, Any]:
    """The place as it stands on the day, or for a restoring as it last stood. Raises Conflict when it has moved on."""
    v = NAMES.table.c
    looked_at = tx.execute(select(v.name, v.unit).where(v.version == case["version"])).one()
    known = _known_versions(tx, case["place"])
    since = known[0]["valid_from"] if known else None
    if since is not None and day <= since and case["action"] == "delete":
        raise BadInput(
            "“{name}”自 {since} 起才有记录,销名的生效日期应晚于这一天",
            "“{name}” is on record from {since} on; it can only end after that day",
            name=looked_at.name,
            since=since,
        )
    if since is not None and since > day:
        raise BadInput(
            "“{name}”自 {since} 起才有记录,生效日期不能早于这一天",
            "“{name}” is on record from {since} on; it cannot change before that day",
            name=looked_at.name,
            since=since,
        )
    if case["action"] == "restore":
        found, later = known[-1:], [each for each in known if _lasts(each, day)]
    else:
        found = [each for each in known if each["valid_from"] <= day and _lasts(each, day)]
        later = [each for each in known if each["valid_from"] > day and _moved_on(case, each, looked_at)]
    if not found or later or (found[0]["name"], found[0]["unit"]) != tuple(looked_at):
        raise Conflict(
            "审查以后,“{name}”又有了变化,请撤回办理意见、重新审查",
            "“{name}” has changed since it was reviewed; take the steps back and review it again",
            name=looked_at.name,
        )
    return found[0]


def _lasts(version: Mapping[str, Any], day: date) -> bool:
    return version["valid_to"] is None or version["valid_to"] > day


def _moved_on(case: Mapping[str, Any], version: Mapping[str, Any], looked_at: Any) -> bool:
    """A later version stands in the way of a deletion always, of a renaming when it has another name."""
    return bool(case["action"] == "delete" or version["name"] != looked_at.name)


def _known_versions(tx: Connection, place: UUID) -> list[dict[str, Any]]:
    """Every version of a place as known now, in the order of their days."""
    v = NAMES.table.c
    names = ["id", *(field.name for field in NAMES.fields), "valid_from", "valid_to"]
    statement = select(*(v[name] for name in names), history.raw(v.geom).label("geom")).where(
        v.id == place, v.superseded_at.is_(None)
    )
    return [dict(row) for row in tx.execute(statement.order_by(v.valid_from)).mappings()]


def _begin(
    tx: Connection,
    case: Mapping[str, Any],
    name: Mapping[str, Any],
    before: Mapping[str, Any] | None,
    day: date,
    submission: int,
) -> dict[str, Any]:
    """A place enters the register: a new one under a code of its own, or one that comes back under its old code."""
    kept = {} if before is None else {each: before[each] for each in before if not each.startswith("valid_")}
    row = {
        "id": uuid4(),
        "disclosure": "public",
        **kept,
        "use": "current",
        **_as_decided(tx, case, name, day),
        "submission": submission,
    }
    if before is None:
        row |= {name: case[name] for name in ("category", "class_code", "unit")}
        row["code"] = next_code(tx, case["unit"], case["class_code"])
    elif before["name"] != row["name"]:
        row["former_names"] = _with_former(before)
    history.begin(tx, NAMES.table, [row], day)
    return row


def _rename(
    tx: Connection,
    case: Mapping[str, Any],
    name: Mapping[str, Any],
    before: Mapping[str, Any],
    day: date,
    submission: int,
) -> dict[str, Any]:
    """The place bears its new name from the day on, in what is planned for later too; nothing else of that changes."""
    decided = _as_decided(tx, case, name, day) | {"former_names": _with_former(before)}
    values = {each: value for each, value in decided.items() if value != before[each]}
    history.rewrite(tx, NAMES.table, [(before["id"], day, None, values)], submission)
    return {**before, **values}


def _as_decided(
    tx: Connection, case: Mapping[str, Any], name: Mapping[str, Any], day: date
) -> dict[str, Any]:
    """What the decision writes into the register: the name and its keys, who decided it, and what the case says of it."""
    around = names_around(tx, case["unit"], day, settings())
    said = {each: case[each] for each in ("origin", "meaning", "position", "geom") if case[each] is not None}
    return {
        **{each: name[each] for each in ("name", "specific", "generic", "roman", "roman_plain")},
        "roman_confirmed": "yes",
        "named_on": case["approved_on"],
        "authority": case["approved_by"],
        "document": case["document"],
        **keys.keys_of(name["name"], case["category"], around=around)._asdict(),
        **said,
        **{each: value for each, value in case["attributes"].items() if each in SIZES},
    }


def _with_former(before: Mapping[str, Any]) -> str:
    """The former names of a place with its last one added; since when and by whom it was called so, its versions tell."""
    known = before["former_names"]
    if before["name"] in {each.name for each in earlier_names(known)}:
        return str(known)
    return "、".join(filter(None, (known, before["name"])))


def _rename_unit(
    tx: Connection,
    case: Mapping[str, Any],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    day: date,
    submission: int,
) -> None:
    """The unit that bears the name follows: its name is written by name cases and division changes only."""
    if case["category"] != Category.ADM:
        return
    its_own = bears_the_name(before["code"] or "", before["unit"], before["name"])
    found = tx.scalars(select(UNITS.table.c.id).where(in_force(UNITS.table, day), its_own)).all()
    if len(found) > 1:
        raise Conflict(
            "有多个行政区划单位名为“{name}”", "several units are called “{name}”", name=before["name"]
        )
    history.rewrite(
        tx, UNITS.table, [(each, day, None, {"name": after["name"]}) for each in found], submission
    )
    cut_into_parts(tx)


def _let_follow(
    tx: Connection, case: Mapping[str, Any], submission: int, day: date, touched: Sequence[str]
) -> None:
    """Calls everything that is made from the registers that were touched."""
    followers = {each: None for name in touched for each in publishing.FOLLOWERS.get(name, ())}
    for follower in followers:
        follower(tx, submission, day, _parents(case))


def _parents(case: Mapping[str, Any]) -> set[str]:
    """Whose ground is touched: the county, and the town when the place is said to lie in a village."""
    return standing.parents({case["unit"]}, settings()) | {cases.county_of(case["unit"])}
