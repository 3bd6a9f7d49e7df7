"""Numbers as they were sent: whether the whole address that came with the parts says another number or street.

Of the five defects this is 号址不一. What the text leaves out is no contradiction, nor is another way of writing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, and_, func, not_

from gis.intake.rules import Offence, Severity, Survey, rule
from gis.sources import FIVE_DEFECTS
from gis.text import Text
from placenames.addresses.address_keys import numbered, plain
from placenames.addresses.address_writing import LONGEST
from placenames.addresses.addresses import ADDRESSES

REGISTER = ADDRESSES.name
BEARING = ("street", "section", "lane", "alley")
ELSE = ("hamlet", "community", "estate")
READ = (*BEARING, *ELSE, "number", "sent_text")
SIGNS = ("号", "號")
FIRST = re.compile(
    "(?>(?:[0-9]+[弄巷])*[甲乙丙丁临特副东西南北]{0,2}[A-Z]*[0-9][0-9A-Z-]*号?(?:[附之-][0-9A-Z]+号?)?)(?![楼幢栋座室单])"
)
"""A number at the beginning of what follows a street; 3号楼 is a building."""
ROOM = "号-"
"""12号-301: most who write so mean room 301."""
STREET = re.compile(r"([\u4e00-\u9fff]{1,12}(?:路|街|大道|道|巷|弄|胡同))(?:[0-9]+[弄巷])*[甲乙丙丁临]?[0-9]")
"""What ends as a street does and bears a number."""


@rule(
    "AD16",
    REGISTER,
    severity=Severity.WARNING,
    source=FIVE_DEFECTS.at("号址不一"),
    title=Text("号址不一:来文地址与各字段一致", "The address as sent agrees with its parts"),
    message=Text(
        "来文地址“{sent}”写的是“{said}”,各字段是“{ours}”",
        "the address as sent, “{sent}”, says “{said}”; its parts say “{ours}”",
    ),
    fix=Text("核对现场门牌,改正其中一个", "look at the plate, and correct one of the two"),
)
def the_address_as_sent_agrees_with_its_parts(survey: Survey) -> Iterator[Offence]:
    """号址不一: the plate on the door and the address in the books are two different ones."""
    sheet = survey.sheet(REGISTER)
    if sheet is None:
        return
    told = sheet["sent_text"].notna().to_numpy().nonzero()[0]
    columns = [sheet[name].iloc[told].astype(object).fillna("").tolist() for name in READ]
    for at, words in zip(told.tolist(), zip(*columns, strict=True), strict=True):
        found = contradiction(*words)
        if found is not None:
            said, ours = found
            values = {"sent": words[-1][:60], "said": said, "ours": ours}
            yield Offence(REGISTER, int(sheet["row"].iat[at]), sheet.geometry.iat[at], values)


def contradiction(
    street: str, section: str, lane: str, alley: str, hamlet: str, community: str, estate: str, number: str, sent: str
) -> tuple[str, str] | None:
    """What an address as sent says instead of street and number, and what the parts say; None where they agree."""
    bearer = f"{street}{section}{lane}{alley}" or hamlet or community or estate
    if not bearer or (number.endswith(SIGNS) and f"{bearer}{number}" in sent):
        return None
    said, ours = plain(sent[:LONGEST]), plain(bearer)
    at = said.rfind(ours)
    if at < 0:
        return _another_street(said, plain(f"{street}{section}"), bearer, number) if street else None
    return _another_number(said[at + len(ours) :], bearer, number) if number else None


def may_contradict(c: Any) -> ColumnElement[bool]:
    """The records whose address as sent does not simply hold street and number as they are: those to be read."""
    street = func.concat(*(c[name] for name in BEARING))
    bearer = func.coalesce(func.nullif(street, ""), *(c[name] for name in ELSE))
    written = func.coalesce(func.strpos(c.sent_text, func.concat(bearer, c.number)) > 0, False)
    ends = func.right(c.number, 1).in_(SIGNS)
    return and_(c.sent_text.is_not(None), bearer.is_not(None), not_(func.coalesce(and_(ends, written), False)))


def _another_number(after: str, bearer: str, number: str) -> tuple[str, str] | None:
    """Where something else than our number follows what bears it."""
    said, ours = FIRST.match(after), numbered(number)
    if said is None or ours is None:
        return None
    read = numbered(said.group())
    same = read is not None and (
        read.key == ours.key or (ROOM in said.group() and read.key.startswith(f"{ours.key}-"))
    )
    return None if same else (said.group(), f"{bearer}{number}")


def _another_street(said: str, street: str, bearer: str, number: str) -> tuple[str, str] | None:
    """Where another street bears a number, and ours is not mentioned at all."""
    found = None if street in said else STREET.search(said)
    return None if found is None else (found[1][-8:], f"{bearer}{number}")
