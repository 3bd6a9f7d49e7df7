"""What a refusal of the database means for people: the disk is full, the server is away, somebody else was quicker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import DataError, DBAPIError, OperationalError

from gis.errors import BadInput, Conflict, JiezhiError, Unavailable
from gis.text import Text

REFUSED = (DBAPIError, psycopg.Error)
"""Psycopg's own errors come from COPY, which SQLAlchemy does not see."""
LOST = (OperationalError, psycopg.OperationalError)

FULL = Text("磁盘已满,没有保存", "the disk is full; nothing was stored")
SLOW = Text("查询超时,请缩小范围", "the question took too long; narrow it down")
AWAY = Text("连不上数据库:{why}", "the database cannot be reached: {why}")
BROKEN = Text("数据库不能工作:{why}", "the database does not work: {why}")
RESTARTING = Text("数据库正在停止或启动,请几秒后再试", "the database is stopping or starting; try again in a few seconds")
NO_RIGHT = Text("数据库用户的权限不够:{why}", "the database user may not do this: {why}")
WRONG_PASSWORD = Text(
    "数据库拒绝登录:用户名或密码不对(JIEZHI_DATABASE_URL)",
    "the database refused the sign-in: wrong user or password (JIEZHI_DATABASE_URL)",
)
OVERTAKEN = Text("与他人的操作冲突,请重试", "somebody else was at it; try again")

MEANINGS = {
    "53100": FULL, "57014": SLOW, **dict.fromkeys(("57P01", "57P02", "57P03"), RESTARTING),
    "08": AWAY, "3D": AWAY, "53": BROKEN, "57": BROKEN, "58": BROKEN,
}  # fmt: skip
"""By SQLSTATE or its class: disk full, cancelled, shut down; connection, no database, resources, intervention, system."""
OVERTAKING = ("40001", "40P01", "23P01", "55P03")
"""Serialisation, deadlock, a version that somebody else began meanwhile, a lock that could not be had."""
UNHEARD_OF = {
    "22003": Text("数字超出范围", "a number is out of range"),
    "22008": Text("日期或时间超出范围", "a day or moment is out of range"),
    **dict.fromkeys(("", "22021", "22P05"), Text("有的值数据库不能接受", "a value that no record can hold")),
}
"""Values no column can take: numbers and days out of range, a letter NUL (psycopg itself says so), foreign letters."""
TOO_LONG = Text("有的内容过长,没有保存", "something is too long to be kept; nothing was stored")
LIMITS = "54"
"""The class of what is beyond the limits of the database: a text too long for an index, a question too involved."""
INSUFFICIENT_PRIVILEGE = "42501"


@contextmanager
def in_one_line() -> Iterator[None]:
    """Turns what the database refuses to a command into an error with words; our own mistakes stay what they are."""
    try:
        yield
    except REFUSED as problem:
        state, said = _state_and_words(problem)
        known = _in_words(NO_RIGHT, said) if state == INSUFFICIENT_PRIVILEGE else explained(problem)
        if known is None:
            raise
        raise known from problem


def explained(problem: Exception) -> JiezhiError | None:
    """What a refusal means for people; None when it is none, or when the mistake is our own."""
    if not isinstance(problem, REFUSED):
        return None
    state, said = _state_and_words(problem)
    if state in OVERTAKING:
        return Conflict(OVERTAKEN.zh, OVERTAKEN.en)
    if state in UNHEARD_OF and isinstance(problem, DataError | psycopg.DataError):
        return BadInput(UNHEARD_OF[state].zh, UNHEARD_OF[state].en)
    if state[:2] == LIMITS:
        return BadInput(TOO_LONG.zh, TOO_LONG.en)
    meaning = MEANINGS.get(state) or MEANINGS.get(state[:2])
    if "No space left" in said:
        meaning = FULL
    if meaning is None and isinstance(problem, LOST):
        meaning = WRONG_PASSWORD if "password" in said else AWAY
    return _in_words(meaning, said) if meaning else None


def is_passing(problem: Exception) -> bool:
    """Whether the same may well succeed in a moment: the database was away, or others were at it."""
    if not isinstance(problem, REFUSED):
        return False
    state, _ = _state_and_words(problem)
    return state[:2] in ("08", "40") or state.startswith("57P") or (not state and isinstance(problem, LOST))


def _in_words(meaning: Text, why: str) -> Unavailable:
    words = meaning.fill(why=why)
    return Unavailable(words.zh, words.en)


def _state_and_words(problem: Exception) -> tuple[str, str]:
    """SQLSTATE (empty when no server answered) and the first line that says why."""
    cause = getattr(problem, "orig", None) or problem
    lines = [line.strip() for line in str(cause).splitlines() if line.strip()]
    grave = [line for line in lines if "FATAL:" in line or "failed:" in line or "could not" in line]
    words = (grave or lines or ["?"])[0]
    return getattr(cause, "sqlstate", None) or "", words.rsplit("FATAL:", 1)[-1].strip()
