"""Publishing: old versions end, new ones begin, and whatever follows from them is made anew; all or nothing.

The county stays locked until the transaction ends. The survey is checked once more against what is in force on the
effective day, because something else may have been published since; followers then rebuild what is derived (unit
areas) for the effective day and every later one, and refuse what would not hold. Long lists never leave the database:
their rules of tables are asked again, and their versions end and begin in a few statements. What takes long is done by
a job (`queued_work`) and tells how far it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import geopandas as gpd
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Date,
    DateTime,
    Identity,
    Index,
    Select,
    Table,
    func,
    insert,
    literal,
    select,
)
from sqlalchemy import Text as SqlText

from gis import history
from gis.db import SCHEMA, alone, metadata
from gis.errors import Conflict
from gis.intake import changes, personal, rules, standing
from gis.intake.beside import counties, lists_of, measure, units_of
from gis.intake.changes import CHANGES
from gis.intake.chunks import Tell
from gis.intake.desk import DatabaseDesk
from gis.intake.tallies import Tally
from gis.registers import REGISTERS, Register
from gis.settings import settings
from gis.text import Text, series

PUBLICATIONS = Table(
    "publication",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("submission", BigInteger, nullable=False, unique=True),
    Column("document", SqlText, nullable=False),
    Column("effective", Date, nullable=False),
    Column("published_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("ix_publication_effective", "effective"),
    schema=SCHEMA,
)


PUBLISH = "publish_submission"
EVERYWHERE = ""
"""The beginning of every code."""
Follower = Callable[[Connection, int, date, set[str]], None]
"""Makes anew what is derived: (transaction, submission, effective day, parents touched)."""
FOLLOWERS: dict[str, list[Follower]] = {}


def follows(*registers: str) -> Callable[[Follower], Follower]:
    """Enters a function that is called, once, after any of these registers was published."""

    def enter(follower: Follower) -> Follower:
        for name in registers:
            FOLLOWERS.setdefault(name, []).append(follower)
        return follower

    return enter


def about(number: int) -> str:
    """How jobs and progress name the publication of a submission."""
    return f"publication/{number}"


def is_long(tx: Connection, submission: Mapping[str, Any]) -> bool:
    """Whether a list of the submission holds, or changes, so many records that its publication is a job."""
    delivery = _delivery_of(tx, submission)
    for register in lists_of(tx, delivery["id"]):
        s, c = register.staging.c, CHANGES.c
        sent = select(s.row).where(s.delivery == delivery["id"], ~s.set_aside)
        changed = select(c.id).where(c.delivery == delivery["id"], c.register == register.name)
        if any(_hold(tx, each, settings().long_list) for each in (sent, changed)):
            return True
    return False


def _hold(tx: Connection, question: Select[Any], number: int) -> bool:
    """Whether a question has at least so many answers; no more of them are counted."""
    found = tx.scalar(select(func.count()).select_from(question.limit(number).subquery()))
    return found == number


def silent(_done: float, _words: Text) -> None:
    """Tells nobody."""


def publish(
    tx: Connection, submission: Mapping[str, Any], document: str, day: date, tell: Tell = silent
) -> None:
    """Brings the accepted set of a submission into force. Raises Conflict when the county has moved on meanwhile."""
    delivery = _delivery_of(tx, submission)
    tell(0.0, _WAITING)
    lists = lists_of(tx, delivery["id"])
    parents = _parents(tx, submission, delivery["id"], lists)
    lock_counties(tx, parents)
    tell(0.02, _ASKING)
    survey = _staged_survey(tx, delivery["id"], day, submission["whole"])
    sent = [*(REGISTERS[name] for name in survey.sheets), *lists]
    _nothing_was_published_meanwhile(tx, delivery["id"], sent)
    _still_passes(survey)
    for register in lists:
        desk = DatabaseDesk(tx, delivery["id"], day, settings(), submission["whole"])
        _list_still_passes(desk, register, tell)
    tell(0.25, _COMPARING)
    changes.compare(tx, delivery["id"], survey, submission["whole"], day)
    statement = insert(PUBLICATIONS).values(
        submission=submission["id"], document=document, effective=day, published_at=history.moment()
    )
    tx.execute(statement)
    for number, register in enumerate(sent):
        part = _part(tell, 0.3 + 0.45 * number / len(sent), 0.45 / len(sent), _WRITING.fill(register=register.title))
        _bring_into_force(tx, register, delivery["id"], submission["id"], day, part)
        personal.bring_into_force(tx, register, delivery["id"], submission["id"], day)
    tell(0.75, _FOLLOWING)
    for follower in _called_followers([each.name for each in sent]):
        follower(tx, submission["id"], day, parents - {EVERYWHERE})


_WAITING = Text("等待本县其他公布结束", "waiting for other publications of the county")
_ASKING = Text("正在按生效日的现行数据复查", "checking once more against what is in force on the effective day")
_ASKING_RULE = Text("正在复查:{rule}", "checking once more: {rule}")
_COMPARING = Text("正在与生效日的现行数据比较", "comparing with what is in force on the effective day")
_WRITING = Text("正在写入{register}", "bringing into force: {register}")
_FOLLOWING = Text("正在更新由此推导的内容(如检索、范围)", "making anew what follows, such as the search and areas")


def _part(tell: Tell, start: float, share: float, words: Text) -> history.Tell:
    """Tells how far one part of the work is as how far the whole is."""
    return lambda done: tell(start + share * done, words)


def _delivery_of(tx: Connection, submission: Mapping[str, Any]) -> dict[str, Any]:
    from gis.intake.submissions import latest_delivery  # noqa: PLC0415 - submissions stand above

    delivery = latest_delivery(tx, submission["id"])
    assert delivery is not None
    return delivery


def _parents(
    tx: Connection, submission: Mapping[str, Any], delivery: int, lists: Sequence[Register]
) -> set[str]:
    """The counties that a submission touches: of its lists those their units lie in, of its sheets as ever."""
    if not lists:
        return standing.parents(set(submission["units"]), settings())
    listed = {code for register in lists for code in units_of(tx, register, delivery)}
    touched = standing.units_touched(tx, _staged_sheets(tx, delivery), date.today())
    return counties(listed or {EVERYWHERE}, settings()) | standing.parents(touched, settings())


def lock_counties(tx: Connection, parents: set[str]) -> None:
    """Holds the counties, or all of them when something reaches beyond a county."""
    if EVERYWHERE in parents:
        lock_everything(tx)
    else:
        lock(tx, parents)


def lock(tx: Connection, parents: set[str]) -> None:
    """Holds the counties until the transaction ends, always in the same order, and records from then on."""
    alone(tx, "counties", shared=True)
    for parent in sorted(parents):
        alone(tx, f"county/{parent}")
    history.record_from_now_on(tx)


def lock_everything(tx: Connection) -> None:
    """Holds all counties until the transaction ends: for lists that reach across them."""
    alone(tx, "counties")
    history.record_from_now_on(tx)


def version_of_everything(tx: Connection) -> str:
    """Changes with every publication: the key under which answers may be kept.

    A long publication gets its number long before it is there, so the highest alone would miss it.
    """
    c = PUBLICATIONS.c
    highest, number = tx.execute(select(func.coalesce(func.max(c.id), 0), func.count())).one()
    return f"{highest}/{number}"


def _called_followers(registers: Iterable[str]) -> list[Follower]:
    called: dict[Follower, None] = {}
    for name in registers:
        called |= dict.fromkeys(FOLLOWERS.get(name, []))
    return list(called)


def _staged_sheets(tx: Connection, delivery: int) -> dict[str, gpd.GeoDataFrame]:
    return {
        register.name: sheet
        for register in REGISTERS.values()
        if register.sent
        and not register.listed
        and not (sheet := standing.staged_frame(tx, register, delivery)).empty
    }


def _staged_survey(tx: Connection, delivery: int, day: date, whole: bool) -> rules.Survey:
    sheets = _staged_sheets(tx, delivery)
    return rules.Survey(sheets, settings(), standing.around(tx, sheets, day, settings(), whole=whole))


def _nothing_was_published_meanwhile(tx: Connection, delivery: int, sent: Iterable[Register]) -> None:
    """What the reviewer compared with must still be what is known. Raises Conflict."""
    c = CHANGES.c
    moved: list[str] = []
    for register in sent:
        v = register.table
        mine = (c.delivery == delivery, c.register == register.name)
        gone = select(c.code).join(v, v.c.version == c.version).where(*mine, v.c.superseded_at.is_not(None))
        new = select(c.code).where(
            *mine, c.kind == "added", c.code.in_(select(v.c.code).where(history.in_force(v, date.today())))
        )
        moved += [*tx.scalars(gone), *tx.scalars(new)]
    if moved:
        raise Conflict(
            "检查以后,这些记录又有了新的公布:{codes}。请退回,由报送人重新上传检查",
            "since the check, something else was published for {codes}; return it to be delivered and checked again",
            codes=series(sorted(set(moved))[:6]),
        )


def _still_passes(survey: rules.Survey) -> None:
    findings, _ = rules.check(survey)
    blocking = [finding for finding in findings if finding.severity is rules.Severity.ERROR]
    if blocking:
        raise _passes_no_more(blocking[0], len(blocking))


def _list_still_passes(desk: DatabaseDesk, register: Register, tell: Tell) -> None:
    """Asks the rules of tables again; what they look at may have changed since the check. Raises Conflict."""
    tally, day = Tally(), max(desk.day, date.today())
    asked = [rule.id for rule in rules.rules_of_tables(register, day)]

    def heard(rule: rules.Rule) -> None:
        tell(0.05 + 0.2 * asked.index(rule.id) / len(asked), _ASKING_RULE.fill(rule=rule.title))

    tally.ask_tables(desk, register, day, heard)
    if tally.blocking:
        raise _passes_no_more(
            next(each for each in tally.findings if each.severity is rules.Severity.ERROR), tally.blocking
        )


def _passes_no_more(first: rules.Finding, number: int) -> Conflict:
    return Conflict(
        "按生效日的现行数据复查发现 {number} 个问题,不能公布。例如 {rule}:{zh}",
        "checked against what is in force on the effective day, {number} findings block; for example {rule}: {en}",
        number=number,
        rule=first.rule,
        zh=first.message.zh,
        en=first.message.en,
    )


def _bring_into_force(
    tx: Connection, register: Register, delivery: int, submission: int, day: date, tell: history.Tell
) -> None:
    tell(0.0)
    c, s, v = CHANGES.c, register.staging, register.table
    mine = (c.delivery == delivery, c.register == register.name)
    ended = (
        select(v.c.id)
        .join(CHANGES, c.version == v.c.version)
        .where(*mine, c.kind.in_(["removed", "related"]))
    )
    if register.listed:
        history.end_all(tx, v, ended, day)
    else:
        history.end(tx, v, list(tx.scalars(ended)), day)
    names = [field.name for field in register.fields]
    beginning = (
        select(
            func.coalesce(v.c.id, _known_before(register)).label("id"),
            *(s.c[name] for name in names),
            history.raw(s.c.geom).label("geom"),
        )
        .select_from(CHANGES)
        .join(s, (s.c.delivery == c.delivery) & (s.c.row == c.row))
        .outerjoin(v, v.c.version == c.version)
        .where(*mine, c.kind.in_(["added", "changed"]))
    )
    if register.listed:
        history.begin_all(tx, v, beginning.add_columns(literal(submission).label("submission")), day, tell)
        measure(tx, v)
        return
    rows = [{**row, "submission": submission} for row in tx.execute(beginning).mappings()]
    history.begin(tx, v, rows, day)


def _known_before(register: Register) -> Any:
    """The record that bore the code at another time, so that it keeps its identity."""
    s, v = register.staging.c, register.table.alias()
    return (
        select(v.c.id)
        .where(v.c.code == s.code, v.c.superseded_at.is_(None))
        .order_by(v.c.valid_from.desc())
        .limit(1)
        .correlate(register.staging)
        .scalar_subquery()
    )
