"""Readings of the office's own: what it has settled for names that dictionaries misread, by whom and why.

They stand in one list, `tables/readings.csv` in `var`, which people may also write by hand; `sounds` reads it anew when
it changes. Who added and who ended a reading, and why, stays among the events. What follows from a change, follows in the
same transaction.
"""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from gis import events
from gis.db import alone
from gis.errors import BadInput, NotFound
from gis.events import EVENTS
from gis.people import PERSONS, Person
from gis.text import Text, keepable
from placenames.language.characters import HAN
from placenames.language.sounds import Readings, readings_list, without_tones

COLUMNS = ("text", "reading", "since", "by", "why")
LONGEST, LONGEST_REASON, SHOWN = 20, 1000, 100
SUBJECT = "reading/"
VERBS = {
    "settle_reading": Text("确定读音", "reading settled"),
    "end_reading": Text("停用读音", "reading ended"),
    "hear_names": Text("更新检索", "names heard anew"),
}
Follower = Callable[[Connection, str, Readings], int | None]
"""What follows from a change: (transaction, text, all readings as they will be) -> to how many names, None: not yet."""
FOLLOWERS: list[Follower] = []


def follows(follower: Follower) -> Follower:
    """Enters what follows from a change of readings."""
    FOLLOWERS.append(follower)
    return follower


def listed() -> list[dict[str, str]]:
    """The readings in use, by their texts, with whatever else the list says; without who and why where written by hand."""
    place = readings_list()
    if not place.exists():
        return []
    with place.open(encoding="utf-8-sig", newline="") as lines:
        rows = [dict.fromkeys(COLUMNS, "") | {name: row[name] or "" for name in row} for row in csv.DictReader(lines)]
    return sorted(rows, key=lambda row: row["text"])


def history(tx: Connection) -> list[dict[str, Any]]:
    """Who settled and ended which reading, when and why; the latest first, at most 100."""
    e = EVENTS.c
    statement = (
        select(e.at, e.verb, e.reason, e.detail, PERSONS.c.display)
        .join_from(EVENTS, PERSONS, PERSONS.c.id == e.person, isouter=True)
        .where(e.verb.in_(VERBS), e.subject.startswith(SUBJECT))
        .order_by(e.id.desc())
        .limit(SHOWN)
    )
    blank: dict[str, Any] = {"text": "", "reading": "", "names": None}
    return [{**row, "words": VERBS[row["verb"]], **blank, **row["detail"]} for row in tx.execute(statement).mappings()]


def texts_ever(tx: Connection) -> set[str]:
    """The texts of which the office has, or once had, a reading of its own."""
    text = EVENTS.c.detail["text"].astext
    known = select(text).where(EVENTS.c.verb.in_(VERBS), EVENTS.c.subject.startswith(SUBJECT), text.is_not(None))
    return {*tx.scalars(known.distinct()), *(each["text"] for each in listed())} - {""}


def note_heard(tx: Connection, names: int) -> None:
    """Notes that so many names are found by other sounds now."""
    events.record(tx, SUBJECT, "hear_names", None, names=names)


def settle(tx: Connection, person: Person, text: str, reading: str, reason: str) -> None:
    """Settles how a text is read from now on, in place of an earlier reading of it.

    Raises BadInput unless the text is Chinese characters, the reading has a syllable with its tone for each of them, and a
    reason is given.
    """
    text, reading, reason = keepable(text).strip(), " ".join(keepable(reading).lower().split()), _why(reason)
    if not 0 < len(text) <= LONGEST or not all(map(HAN.fullmatch, text)):
        raise BadInput("读音针对 1 至 {n} 个汉字", "a reading is of 1 to {n} Chinese characters", n=LONGEST)
    if without_tones(reading) == reading:
        raise BadInput("读音应带声调,如 lǐ shuǐ", "a reading has its tone marks, such as lǐ shuǐ")
    Readings({text: reading})
    alone(tx, SUBJECT)
    row = {"text": text, "reading": reading, "since": str(date.today()), "by": person.display, "why": reason}
    kept = [each for each in listed() if each["text"] != text]
    names = _followed(tx, text, [*kept, row])
    events.record(tx, SUBJECT + text, "settle_reading", person.id, reason=reason, text=text, reading=reading, names=names)
    _write([*kept, row])


def end(tx: Connection, person: Person, text: str, reason: str) -> None:
    """Ends a reading: from now on the text is read as the program reads it. Raises NotFound, BadInput without a reason."""
    text, reason = keepable(text).strip(), _why(reason)
    alone(tx, SUBJECT)
    rows = listed()
    ended = next((each for each in rows if each["text"] == text), None)
    if ended is None:
        raise NotFound("本单位没有“{text}”的读音", "the office has no reading of “{text}”", text=text[:LONGEST])
    kept = [each for each in rows if each["text"] != text]
    names = _followed(tx, text, kept)
    events.record(
        tx, SUBJECT + text, "end_reading", person.id, reason=reason, text=text, reading=ended["reading"], names=names
    )
    _write(kept)


def _followed(tx: Connection, text: str, rows: Sequence[dict[str, str]]) -> int | None:
    """How many names were heard anew; None when that is left to a job."""
    readings = Readings({each["text"]: each["reading"] for each in rows})
    numbers = [follower(tx, text, readings) for follower in FOLLOWERS]
    return None if None in numbers else sum(filter(None, numbers))


def _why(reason: str) -> str:
    said = keepable(reason).strip()
    if not said:
        raise BadInput("必须写明理由或依据", "a reason or a source is compulsory")
    if len(said) > LONGEST_REASON:
        raise BadInput("理由最多 {n} 个字", "a reason has at most {n} letters", n=LONGEST_REASON)
    return said


def _write(rows: Sequence[dict[str, str]]) -> None:
    """Writes the whole list beside the old one and lets it take its place: no reader ever meets half of it."""
    place = readings_list()
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, fresh = tempfile.mkstemp(dir=place.parent, prefix=".readings-")
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as lines:
        columns = dict.fromkeys((*COLUMNS, *(name for row in rows for name in row)))
        written = csv.DictWriter(lines, list(columns), restval="", lineterminator="\n")
        written.writeheader()
        written.writerows(rows)
    Path(fresh).chmod(0o644)
    Path(fresh).replace(place)

