"""Rules about an address and its unit: that it is registered, of the right level, and where the address lies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import CTE, Select, any_, case, cast, exists, func, literal, select, true
from sqlalchemy import Text as SqlText
from sqlalchemy.dialects.postgresql import ARRAY

from boundaries.areas import UNIT_PARTS
from boundaries.units import UNITS
from gis.codes import level_of, levels
from gis.history import in_force
from gis.intake.beside import Staged
from gis.intake.rules import Offence, Severity, table_rule
from gis.settings import Settings
from gis.sources import HOUSE_PRACTICE
from gis.text import Text, series
from placenames.addresses.addresses import ADDRESSES
from placenames.addresses.checks.addresses_together import in_use
from placenames.checks.asked import DAY, Asked
from placenames.checks.ground import metres, stands, units_above, within_m
from placenames.checks.place_code_rules import FAR_OUT_M, of_unknown_units

REGISTER = ADDRESSES.name
SHOWN = 5
MEASURED = 1000
"""So many distances are measured: no more findings are shown, and a list in a wrong system lies outside altogether."""


@table_rule(
    "AD07",
    REGISTER,
    severity=Severity.ERROR,
    source=HOUSE_PRACTICE.at("AD07"),
    title=Text("所在政区在册,且为乡级", "Units are known, and of the level of towns"),
    message=Text("所在政区“{unit}”当日不在册", "the unit “{unit}” is not in force on the day"),
    fix=Text(
        "改正政区代码;来文用其他代码的,由设置 JIEZHI_SENT_UNITS 对应",
        "correct the unit code; the setting JIEZHI_SENT_UNITS says what other codes mean",
    ),
)
def units_are_known_and_of_the_level_of_towns(staged: Staged) -> Iterator[Offence]:
    """The unit leads every key: by it an address is found, and nobody is sent to a street of that name in the next town."""
    s = staged.register.staging.c
    told = {unit: _wrong_level(unit, staged.settings) for unit in _units(staged)}
    unknown = _unknown(staged)
    wrong = sorted(unknown | {unit for unit, text in told.items() if text is not None})
    if not wrong:
        return
    meant = _codes_of(staged, unknown)
    rows = select(s.row, s.unit).where(staged.sent, s.unit == _one_of(wrong)).order_by(s.row)
    for row in staged.rows(rows):
        text, fix = None if row.unit in unknown else told[row.unit], None
        if row.unit in meant:
            text, fix = (_A_NAME, _ITS_CODE) if len(meant[row.unit]) == 1 else (_A_NAME, _ONE_OF_ITS_CODES)
        weight = Severity.WARNING if text is _TOO_LOW else Severity.ERROR
        values = {"unit": row.unit, "codes": series(meant.get(row.unit, ()))}
        yield Offence(REGISTER, row.row, values=values, severity=weight, text=text, fix=fix)


_A_NAME = Text("“{unit}”是政区名称,不是代码", "“{unit}” is the name of a unit, not its code")
_ITS_CODE = Text("填写其代码 {codes}", "give its code, {codes}")
_ONE_OF_ITS_CODES = Text("填写代码;叫这个名称的有 {codes}", "give the code; units of this name are {codes}")
_TOO_HIGH = Text("政区“{unit}”高于乡级,同名街路巷无从区分", "the unit “{unit}” is above a town: its streets of one name mix")
_TOO_LOW = Text("政区“{unit}”低于乡级;村、社区另有字段", "the unit “{unit}” is below a town; a village has its own field")


def _wrong_level(unit: str, settings: Settings) -> Text | None:
    order = list(levels(settings.unit_codes))
    level = level_of(unit, settings)
    if level is None or level == settings.parts_level or settings.parts_level not in order:
        return None
    return _TOO_HIGH if order.index(level) < order.index(settings.parts_level) else _TOO_LOW


def _codes_of(staged: Staged, names: set[str]) -> dict[str, list[str]]:
    """The codes of the units in force that bear these names, a few of each."""
    u = UNITS.table
    if not names:
        return {}
    asked = select(u.c.name, u.c.code).where(in_force(u, staged.day), u.c.name == _one_of(sorted(names)))
    found: dict[str, list[str]] = {}
    for row in staged.tx.execute(asked.order_by(u.c.code)):
        found.setdefault(row.name, []).append(row.code)
    return {name: codes[:SHOWN] for name, codes in found.items()}


def _units(staged: Staged) -> list[str]:
    s = staged.register.staging.c
    return list(staged.tx.scalars(select(s.unit).where(staged.sent, s.unit.is_not(None)).distinct()))


def _unknown(staged: Staged) -> set[str]:
    """The units of a delivery that are not registered, asked once for each."""
    s = staged.register.staging.c
    nothing = literal("").label("name"), literal("").label("code")
    units = select(func.min(s.row).label("row"), s.unit, *nothing).where(staged.sent).group_by(s.unit)
    asked = Asked(staged.tx, units.subquery("asked"), staged.day, staged.settings, staged=staged)
    return {row.unit for row in asked.ask(of_unknown_units)}


@table_rule(
    "AD12",
    REGISTER,
    severity=Severity.WARNING,
    source=HOUSE_PRACTICE.at("AD12"),
    title=Text("位置在所在政区内", "The point lies in the unit"),
    message=Text("位置在“{unit}”以外 {metres} 米", "the point lies {metres} m outside {unit}"),
    fix=Text("核对坐标或政区代码", "check the coordinates or the unit code"),
)
def points_lie_in_their_units(staged: Staged) -> Iterator[Offence]:
    """Where code and ground disagree, one of the two sends people to the wrong town; near the line it is a warning."""
    reach = staged.settings.outside_m
    for row in staged.rows(_outside(staged, reach)):
        far = f"{row.metres:,.0f}" if row.metres is not None else f"> {FAR_OUT_M if row.is_far else reach:,.0f}"
        weight = Severity.ERROR if row.is_far else Severity.WARNING
        yield Offence(REGISTER, row.row, values={"unit": row.unit_name, "metres": far}, severity=weight)


def _outside(staged: Staged, reach: float) -> Select[Any]:
    """Addresses off the ground of their unit, or of the lowest unit above it that has ground."""
    ground, p = _grounds(staged), UNIT_PARTS.c
    off = _off_the_ground(staged, ground)
    near = exists().where(p.version == off.c.version, within_m(p.geom, off.c.geom, reach))
    beyond = select(off, func.row_number().over(order_by=off.c.row).label("number")).where(~near).cte("beyond")
    by_far = ~exists().where(p.version == beyond.c.version, within_m(p.geom, beyond.c.geom, FAR_OUT_M))
    u = UNITS.table.c
    measured = case((beyond.c.number <= MEASURED, metres(beyond.c.geom, u.geom)))
    return (
        select(beyond.c.row, u.name.label("unit_name"), measured.label("metres"), by_far.label("is_far"))
        .join_from(beyond, UNITS.table, u.version == beyond.c.version)
        .order_by(beyond.c.row)
        .params({DAY: staged.day})
    )


def _grounds(staged: Staged) -> CTE:
    """Each unit of a delivery with the version of the lowest unit that has ground."""
    s, u = staged.register.staging.c, UNITS.table.c
    units = select(s.unit).where(staged.sent).distinct().subquery("named")
    lowest = (
        select(u.version)
        .where(u.code.in_(units_above(units.c.unit, staged.settings)), stands(UNITS.table), u.geom.is_not(None))
        .order_by(func.length(u.code).desc())
        .limit(1)
        .lateral("lowest")
    )
    return select(units.c.unit, lowest.c.version).join_from(units, lowest, true()).cte("ground")


def _off_the_ground(staged: Staged, ground: CTE) -> CTE:
    s, p = staged.register.staging.c, UNIT_PARTS.c
    on_it = exists().where(p.version == ground.c.version, func.ST_Intersects(p.geom, s.geom))
    return (
        select(s.row, s.geom, ground.c.version)
        .join_from(staged.register.staging, ground, ground.c.unit == s.unit)
        .where(staged.sent, in_use(s), s.geom.is_not(None), ~on_it)
        .cte("off")
        .prefix_with("MATERIALIZED")
    )


def _one_of(values: list[str]) -> Any:
    return any_(cast(values, ARRAY(SqlText)))
