"""A real county in the shape of a made one: door plates as their authority lists them, in traditional characters.

`NUMBER` holds what is behind the plate too (2之1號二樓) and stays whole. Units are called as the full addresses call them.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd
from opencc import OpenCC

from tests.benchmarks.made import PLATES, TOPONYMS, UNITS, Made
from tests.benchmarks.queries_made import queries
from tests.benchmarks.query_book import Book, Draft, Part, Row
from tests.benchmarks.query_desk import Desk
from tests.benchmarks.query_kinds import GROUPS, KINDS, Asked, Kind
from tests.benchmarks.query_writing import in_characters

CHAIN = re.compile("(?P<county>.{2,3}?[市縣])(?P<town>.{1,4}?[區鎮鄉市])(?P<village>.{1,5}?[里村])")
NUMERALS = "一二三四五六七八九十"
STOREY = re.compile(f"[{NUMERALS}]{{1,3}}(?=樓|層)")
SHARED_KINDS = (
    "written in full", "without the units above", "only the town and what is in it", "with short names of units",
    "in full width", "with spaces and commas", "with a remark in brackets", "with a word behind", "with a shop behind",
    "without the last word", "one homophone", "one wrong character", "one dropped character", "one added character",
    "two swapped character", "from small to large", "with the town last", "with the number first",
    "with the number last", "in any order", "two thirds of the road with the town", "two thirds of the road nearby",
)  # fmt: skip
"""Kinds of questions about a made county that a real one gives occasion for."""


def real_county(path: Path, most: int | None = None) -> Made:
    """Reads a list of door plates, or the first of them; of addresses listed twice the first is kept."""
    listed = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8", nrows=most)
    same = ["TOWN", "ROAD", "SECTION", "LANE", "ALLEY", "SUB_ALLEY", "NUMBER"]
    same += [] if (listed["ROAD"] != "").all() else ["VILLAGE", "NEIGHBORHOOD"]
    listed = listed.drop_duplicates(same, ignore_index=True)
    chain = listed["FULL_ADDR"].str.extract(CHAIN)
    plates = pd.DataFrame("", index=listed.index, columns=list(PLATES)).assign(
        code=[f"{county}{number:07d}" for number, county in enumerate(listed["COUNTY"], start=1)],
        unit=listed["TOWN"], community=chain["village"].fillna(""), hamlet=listed["NEIGHBORHOOD"],
        street=listed["ROAD"], section=listed["SECTION"], lane=listed["LANE"], alley=listed["ALLEY"],
        number=listed["NUMBER"], plate="large", status="installed", certified="yes",
        lon=listed["X"].astype(float).round(7), lat=listed["Y"].astype(float).round(7),
    )  # fmt: skip
    return Made(_units(listed, chain), _toponyms(plates), plates)


def _units(listed: pd.DataFrame, chain: pd.DataFrame) -> pd.DataFrame:
    county, town = listed["COUNTY"], listed["TOWN"]
    counties = pd.DataFrame({"code": county, "name": chain["county"], "level": "county", "parent": ""})
    towns = pd.DataFrame({"code": town, "name": chain["town"], "level": "township", "parent": county})
    villages = pd.DataFrame(
        {"code": listed["VILLAGE"], "name": chain["village"], "level": "village", "parent": town}
    )
    whole = pd.concat([counties, towns, villages]).dropna()
    return whole[whole["code"] != ""].drop_duplicates("code", ignore_index=True)[list(UNITS)]


def _toponyms(plates: pd.DataFrame) -> pd.DataFrame:
    frames = []
    for column, level in (("street", "road"), ("community", "community")):
        named = plates.loc[plates[column] != "", ["unit", column]].drop_duplicates()
        frames.append(named.rename(columns={column: "name"}).assign(level=level))
    return pd.concat(frames, ignore_index=True).reindex(columns=list(TOPONYMS), fill_value="")


def as_listed(desk: Desk, row: Row) -> Draft | None:
    """With village and neighbourhood, as the authority writes it."""
    draft = desk.in_full(row)
    at = next(number for number, part in enumerate(draft.parts) if part.level == "town") + 1
    named = (Part("community", row.community), Part("hamlet", row.hamlet))
    rest = tuple(part for part in draft.parts[at:] if part.level not in ("community", "hamlet"))
    return replace(draft, parts=(*draft.parts[:at], *(part for part in named if part.text), *rest))


def with_storeys_in_digits(desk: Desk, row: Row) -> Draft | None:
    """2之1號二樓 as 2之1號2樓."""
    written = STOREY.sub(lambda found: str(_value(found.group())), row.number)
    return desk.draft(row).with_part("number", written) if written != row.number else None


def with_a_dash(desk: Desk, row: Row) -> Draft | None:
    """2之1號 as 2-1號."""
    number, sign, rest = row.number.partition("號")
    return (
        desk.draft(row).with_part("number", number.replace("之", "-") + sign + rest)
        if "之" in number
        else None
    )


def with_numerals_in_characters(desk: Desk, row: Row) -> Draft | None:
    """12號 as 十二號."""
    told = re.sub("[0-9]+", lambda found: in_characters(int(found.group()), by_digit=False), row.number)
    return desk.draft(row).with_part("number", told)


OWN: dict[str, Kind] = {
    each.__name__.replace("_", " "): each
    for each in (as_listed, with_storeys_in_digits, with_a_dash, with_numerals_in_characters)
}
REAL_KINDS: dict[str, Kind] = OWN | {kind: KINDS[kind] for kind in SHARED_KINDS}
REAL_GROUPS: Mapping[str, str] = dict.fromkeys(OWN, "form") | {kind: GROUPS[kind] for kind in SHARED_KINDS}


def real_queries(made: Made | Book, seed: int, per_kind: int) -> list[Asked]:
    """Questions of each kind, by chance as they are or in simplified characters."""
    chance = random.Random(f"{seed} characters")
    found = queries(made, seed, per_kind, REAL_KINDS)
    return [
        replace(each, q=_simplified().convert(each.q)) if chance.random() < 0.5 else each for each in found
    ]


@cache
def _simplified() -> OpenCC:
    return OpenCC("t2s")


def _value(numeral: str) -> int:
    tens, ten, ones = numeral.rpartition("十")
    return (NUMERALS.index(tens) + 1 if tens else 1 if ten else 0) * 10 + (
        NUMERALS.index(ones) + 1 if ones else 0
    )
