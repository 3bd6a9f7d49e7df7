"""Rules about the street an address names: its place-name code, and the name itself, beside the register of names.

They are asked where the register holds streets of the county at all: numbers may come before names do.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Text as SqlText
from sqlalchemy import any_, cast, select
from sqlalchemy.dialects.postgresql import ARRAY

from gis.history import in_force
from gis.intake.beside import Staged
from gis.intake.rules import Offence, Severity, table_rule
from gis.sources import NAME_REGULATIONS
from gis.text import Text, series
from placenames.addresses.address_keys import plain
from placenames.addresses.addresses import ADDRESSES
from placenames.addresses.checks.street_register import (
    Said,
    Streets,
    counties_of,
    said_of_streets,
    streets_around,
)
from placenames.names import NAMES

REGISTER = ADDRESSES.name
STANDARD_ADDRESSES = NAME_REGULATIONS.at("第二十一条")


@table_rule(
    "AD08",
    REGISTER,
    severity=Severity.WARNING,
    source=STANDARD_ADDRESSES,
    title=Text("街路巷代码是在册街路巷", "Street codes are those of registered streets"),
    message=Text(
        "街路巷代码“{code}”不在地名名录({rows} 条地址)",
        "the street code “{code}” is not in the register of names ({rows} addresses)",
    ),
    fix=Text("改正代码,或先登记该街路巷", "correct the code, or register the street first"),
)
def street_codes_are_those_of_streets(staged: Staged) -> Iterator[Offence]:
    """The code ties an address to its street, so that it follows when the street is renamed."""
    said, streets, around = _known(staged)
    named = _named(staged, {each.street_code for each in said if each.street_code})
    for each in said:
        if not each.street_code or not streets.are_known_around(each.unit, around):
            continue
        values = {"code": each.street_code, "rows": each.rows, "street": each.street + each.section}
        street = streets.by_code.get(each.street_code)
        if street is not None:
            if each.street and plain(street.name) not in {plain(each.street), plain(each.street + each.section)}:
                yield Offence(REGISTER, each.row, values={**values, "name": street.name}, text=_OTHER_STREET)
        elif (name := named.get(each.street_code)) is not None:
            yield Offence(REGISTER, each.row, values={**values, "name": name}, text=_NO_STREET)
        else:
            yield Offence(REGISTER, each.row, values=values)


_OTHER_STREET = Text(
    "街路巷代码 {code} 是“{name}”,地址写的是“{street}”({rows} 条地址)",
    "the street code {code} is that of “{name}”; the address says “{street}” ({rows} addresses)",
)
_NO_STREET = Text(
    "代码 {code} 是“{name}”,不是本县的街路巷({rows} 条地址)",
    "the code {code} is that of “{name}”, which is no street of this county ({rows} addresses)",
)


def _named(staged: Staged, codes: set[str]) -> dict[str, str]:
    """The names of registered places of whatever kind, by their codes."""
    n = NAMES.table
    these = n.c.code == any_(cast(sorted(codes), ARRAY(SqlText)))
    found = select(n.c.code, n.c.name).where(in_force(n, staged.day), these)
    return {row.code: row.name for row in staged.tx.execute(found)} if codes else {}


@table_rule(
    "AD09",
    REGISTER,
    severity=Severity.WARNING,
    source=STANDARD_ADDRESSES,
    title=Text("街路巷使用标准名称", "Streets go by their standard names"),
    message=Text(
        "地名名录中没有街路巷“{street}”({rows} 条地址)",
        "the register of names has no street “{street}” ({rows} addresses)",
    ),
    fix=Text(
        "核对名称;确有其路的,先办理命名或登记",
        "check the name; where there is such a street, have it named or registered",
    ),
)
def streets_go_by_their_standard_names(staged: Staged) -> Iterator[Offence]:
    """Standard addresses are made of standard names; each street is said once, with how many addresses it is about."""
    said, streets, around = _known(staged)
    for (unit, street), first, rows in _each_once(said):
        if not streets.are_known_around(unit, around):
            continue
        found, is_standard = streets.meant_by(first)
        values = {"street": street, "rows": rows}
        if not found:
            yield Offence(REGISTER, first.row, values=values)
        elif not is_standard:
            name = found[0].name
            yield Offence(REGISTER, first.row, values={**values, "name": name}, text=_OTHERWISE, fix=_OTHERWISE_FIX)
        elif not any(each.lies_in(unit) for each in found):
            where = series(each.unit for each in found[:3])
            values = {**values, "where": where}
            yield Offence(REGISTER, first.row, values=values, severity=Severity.NOTE, text=_ELSEWHERE, fix=_ELSEWHERE_FIX)


_OTHERWISE = Text(
    "“{street}”是“{name}”的别名或曾用名,不是标准名称({rows} 条地址)",
    "“{street}” is another or a former name of “{name}”, not its standard name ({rows} addresses)",
)
_OTHERWISE_FIX = Text("改用标准名称“{name}”", "use the standard name, “{name}”")
_ELSEWHERE = Text(
    "“{street}”登记在其他乡镇({where}),本乡镇没有({rows} 条地址)",
    "“{street}” is registered in another town ({where}), not in this one ({rows} addresses)",
)
_ELSEWHERE_FIX = Text(
    "跨乡镇的道路可以保留;否则改正政区或名称", "a street across towns is fine; otherwise correct unit or name"
)


def _known(staged: Staged) -> tuple[list[Said], Streets, set[str]]:
    around = counties_of(staged)
    return said_of_streets(staged), streets_around(staged, around), around


def _each_once(said: list[Said]) -> Iterator[tuple[tuple[str, str], Said, int]]:
    """Each street of a unit that is named without a registered code, with its first mention and its number of rows."""
    found: dict[tuple[str, str], list[Said]] = {}
    for each in said:
        if each.street:
            found.setdefault((each.unit, each.street + each.section), []).append(each)
    for key, mentions in found.items():
        yield key, mentions[0], sum(each.rows for each in mentions)
