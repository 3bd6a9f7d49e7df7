"""Address keys: what plates are found by, made of the parts of an address in one writing.

A number belongs to what bears it: a lane of a street, a hamlet or group of a village, an estate. `bearer_key` names that
with the unit it lies in, so that a street of the same name in the next town is another bearer; `plate_key` is the number
within it and `inside_key` what lies behind the plate.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

from gis.text import UNKEEPABLE, is_keepable
from placenames.addresses.address_writing import LONGEST, normalised, tidied

MEMORY = 1 << 16
SECTION = re.compile("(.+?[路街道线巷弄])([0-9]+段)$")
APART = re.compile("(.+?[^0-9])([0-9]+段)$")
"""A section that was sent as such, behind a street of whatever ending."""
GROUP = re.compile("^第?([0-9]+)(?:村民小组|小组|生产队|组|队)$")
PATH = "/"
"""Parts the steps of a path; no part holds it."""
NUMBER = re.compile(
    r"(?P<before>[甲乙丙丁临特副]|[东西南北][甲乙丙丁])?(?P<main>[A-Z]*[0-9]+[A-Z]*)"
    r"(?P<subs>(?:-[A-Z]*[0-9]+[A-Z]*)*)号?(?:[附之-](?P<attached>[A-Z]*[0-9]+[A-Z]*)号?)?(?P<rest>.*)"
)
NOT_WHOLE = re.compile("[.⁄/+*=%×Xx十百千万Ee]")
NO_NUMBER = re.compile(
    "(?<![0-9A-Za-z.⁄/+])[0-9]+(?:(?:[.⁄/+*=%×Xx]+[0-9]+)+|[十百千万][0-9十百千万]*|[Ee][+-]?[0-9]+)(?P<unit>号楼?|弄|巷)"
)
"""12.5号, 1/2号, 12+1号 and 1e3号 are no numbers of plates: neither 12 nor 5 nor 1000 was written; nor is 1 in 1千2百号."""
FLOOR = re.compile(
    "(?:(?P<below>地下|负|B)|(?P<ground>底))?-?(?P<floor>[0-9]+)?(?:楼|层|F)(?:[之-](?P<part>[0-9]+))?(?:号|室)?$"
)
CELLAR = "地下室"
DIGITS = re.compile("[0-9]+")
ZEROS = re.compile("(?<![0-9A-Z.⁄])0+(?=[0-9])")
"""Zeros before a number: 0221号 is 221号, 12-03号 is 12-3号; those of A012 belong to it."""
_SPACES = re.compile(r"[\s/]+")
_OTHER_SIGN = re.compile("(?<=[0-9A-Za-z])號")
_FRACTION = re.compile("(?<=[0-9])/(?=[0-9])")
"""1/2号 must not become 12号."""
COUNTED = re.compile(
    "第?([A-Z]*[0-9]+[A-Z]*(?:-[A-Z0-9]+)*|[A-Z]+|-[0-9]+|[甲乙丙丁戊己庚辛东西南北中])"
    "(?:号楼|号|幢|栋|座|楼|#|单元|门|室|房|户|层|F)?"
)


class Numbered(NamedTuple):
    """A plate's number: its key (`12-3`), the whole number that orders it, and the floor that was written with it."""

    key: str
    ordinal: int
    """0 where its digits are too many to be a number."""
    floor: str = ""
    storey: str = ""
    """The floor as it was written."""
    aside: str = ""
    """What was written behind it in brackets."""
    depth: int = 0
    """How many sub-numbers hang on each other: 1 in 12-3号, 2 in 12-3号附1."""


class Keys(NamedTuple):
    """Where an address is filed: equal keys are one address."""

    bearer_key: str
    plate_key: str
    inside_key: str
    ordinal: int
    """0 where there is no number."""
    exact_key: str


KEYS = Keys._fields
"""The columns that hold them."""


@lru_cache(MEMORY)
def plain(text: str) -> str:
    """A part of an address in our writing, without spaces and without what would part a path."""
    kept = text[:LONGEST]
    said = normalised(kept if is_keepable(kept) else UNKEEPABLE.sub("", kept))
    if PATH in said:
        said = _FRACTION.sub("⁄", said)
    if PATH in said or " " in said or not said.isprintable():  # a space of another kind cannot be printed
        said = _SPACES.sub("", said)
    return said.upper()


def in_full(plate_key: str) -> str:
    """A plate's number as it is said: 12-3 is 12-3号; one that could not be read stands as it was written."""
    return plate_key.replace("⁄", PATH) if plate_key.endswith("号") else f"{plate_key}号"


def no_numbers_in(text: str) -> Iterator[re.Match[str]]:
    """What stands where numbers of plates, buildings and lanes do, and is none: 12.5号; with its `unit`."""
    if NOT_WHOLE.search(text):
        yield from NO_NUMBER.finditer(text)


@lru_cache(MEMORY)
def numbered(text: str) -> Numbered | None:
    """Reads a plate's number: 12号, 12-3号, 12号附3号, 2之1号二楼; None where it is none."""
    said, _, aside = plain(text).rstrip(")").partition("(")
    found = NUMBER.fullmatch(ZEROS.sub("", said) if "0" in said else said)
    if found is None:
        return None
    storey = found["rest"].removeprefix("号")
    floor = storey_of(storey) if storey else ""
    if storey and not floor:
        return None
    attached = f"-{found['attached']}" if found["attached"] else ""
    subs = found["subs"] + attached
    digits = DIGITS.search(found["main"])
    ordinal = int(digits.group()) if digits and len(digits.group()) < 10 else 0
    return Numbered(f"{found['before'] or ''}{found['main']}{subs}", ordinal, floor, storey, aside, subs.count("-"))


@lru_cache(MEMORY)
def standard_part(text: str) -> str:
    """A building, storey or room as the standard text has it: what counts in our writing (3幢), names as they are."""
    said = plain(text)
    return said if COUNTED.fullmatch(said) or storey_of(text) else _one_sign(tidied(text))


@lru_cache(MEMORY)
def standard_number(text: str) -> str:
    """A plate's number as the standard text has it: ０２２１號 is 221号; what is no number stays as it was, but for 號."""
    return ZEROS.sub("", plain(text)) if numbered(text) else _one_sign(tidied(text))


def _one_sign(text: str) -> str:
    """What is no name with 号 alone: 7、9號 beside 7号 would be two ways of writing in one list of answers."""
    return _OTHER_SIGN.sub("号", text)


@lru_cache(MEMORY)
def storey_of(text: str) -> str:
    """A storey in one writing: 2楼 is 2, 地下1层之12 is -1-12, 底层 is 底1; empty where it is none."""
    if plain(text) == CELLAR:
        return "-1"
    found = FLOOR.fullmatch(plain(text))
    if found is None:
        return ""
    number = found["floor"] or "1"
    part = f"-{found['part']}" if found["part"] else ""
    return f"{'-' if found['below'] else '底' if found['ground'] else ''}{number}{part}"


@lru_cache(MEMORY)
def grouped(text: str) -> str:
    """A hamlet or group in one writing: 第三村民小组 is 3组."""
    return GROUP.sub(r"\1组", plain(text))


@lru_cache(MEMORY)
def street_of(street: str, section: str = "") -> tuple[str, str]:
    """A street and its section in our writing, wherever the section was written: 中正路, 1段."""
    said = plain(street) + plain(section)
    found = SECTION.match(said) or (APART.match(said) if section else None)
    return (found[1], found[2]) if found else (said, "")


@lru_cache(MEMORY)
def counted(text: str) -> str:
    """What stands before 幢, 单元, 室 …: 3 of 3号楼; the text itself where it counts nothing."""
    said = plain(text)
    found = COUNTED.fullmatch(said)
    return found[1] if found else said


def bearer_of(
    unit: str, community: str, hamlet: str, street: str, estate: str, lanes: tuple[str, ...] = ()
) -> str:
    """The path of what bears a number, all parts in our writing: the street before the hamlet, before the estate.

    `lanes` are the section of a street and the lanes that lead off it.
    """
    if street:
        steps = (unit, street, *lanes)
    elif hamlet or (community and not estate):
        steps = (unit, community, hamlet, *lanes)
    else:
        steps = (unit, estate, *lanes)
    return PATH.join(step for step in steps if step)


def inside_of(building: str, cell: str, floor: str, room: str) -> str:
    """What lies behind a plate, as one key: building/staircase/room, or the floor where there is no room."""
    last = room or (f"F{floor}" if floor else "")
    return f"{building}{PATH}{cell}{PATH}{last}" if building or cell or last else ""


def exact_key_of(unit: str, text: str) -> str:
    """A short key of the standard text within a unit: whoever writes the same has the same key."""
    return blake2b(f"{unit}{PATH}{text}".encode(), digest_size=9).hexdigest()
