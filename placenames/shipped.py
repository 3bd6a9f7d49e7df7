"""Tables that ship with the program: lists of terms, words and codes, each row with what it rests on."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from importlib.resources import files

from gis.sources import Source

GRADES = {"S": "A", "S-part": "B", "2": "C", "C": "C", "I": "I", "R": "R"}
"""How the tables mark their rows -> how rules do: read in the law, in part, in a secondary text, seen in deployed
systems or public data, our own inference, recalled and unverified."""
NATIONAL = "CN"


def text_of(name: str) -> str:
    """The text of a shipped table (UTF-8)."""
    return files("placenames").joinpath("tables", name).read_text("utf-8")


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of a shipped CSV table; what is not said is an empty text."""
    yield from csv.DictReader(text_of(name).splitlines(), strict=True)


def source_of(row: Mapping[str, str]) -> Source:
    """What a row rests on, from its columns `source`, `grade` and, where it has one, `article`."""
    return sourced(row["source"], row["grade"], row.get("article", ""))


def sourced(key: str, grade: str, article: str = "") -> Source:
    """The source with this key, read as far as the grade says. Raises KeyError for an unknown key or grade."""
    title, number, since = _titles()[key]
    return Source(title, number, since, GRADES[grade], article)


def day(text: str) -> date | None:
    """A day as tables write it, or None where they leave it open."""
    return date.fromisoformat(text) if text else None


def in_force(row: Mapping[str, str], on: date) -> bool:
    """Whether a row holds on a legal day: from its first day up to, not including, its last."""
    begins, ends = day(row["effective_from"]), day(row["effective_to"])
    return (begins is None or begins <= on) and (ends is None or on < ends)


def applies(local: str, jurisdiction: str) -> bool:
    """Whether what holds in `local` (CN, or the beginning of unit codes) holds in a jurisdiction too."""
    return local == NATIONAL or (local != "" and jurisdiction.startswith(local))


@cache
def _titles() -> dict[str, tuple[str, str, date | None]]:
    return {
        each["key"]: (each["title"], each["number"], day(each["in_force_from"]))
        for each in rows("sources.csv")
    }
