"""Rules about where sites are: in a unit that is known and holds them, not twice, and not where none may be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import CTE, Integer, Select, and_, cast, exists, func, null, or_, select, true, union
from sqlalchemy.sql.selectable import LateralFromClause

from boundaries.areas import UNIT_PARTS
from boundaries.units import UNITS
from gis.intake.beside import Staged
from gis.intake.rules import Offence, Severity, table_rule
from gis.sources import HOUSE_PRACTICE
from gis.text import Text
from placenames.checks.asked import DAY
from placenames.checks.ground import metres, stands, units_above, within_m
from placenames.sites.cemeteries import CEMETERIES, CEMETERY_AREAS
from placenames.sites.facilities import FACILITIES
from placenames.sites.graves import GRAVES
from placenames.sites.prohibited_zones import PROHIBITED_ZONES

SITES = tuple(each.name for each in (FACILITIES, CEMETERIES, GRAVES))
FAR_OUT_M = 100.0
LEAST_M_PER_DEGREE = 55_000.0
"""Of longitude at 60° north, less than anywhere in the country (m): no distance in degrees is taken for too long."""
KIND_OF = {FACILITIES.name: "type", CEMETERIES.name: "category"}
"""What sites must have in common to be the same."""
ENDED = ("closed",)


@table_rule(
    "SI01",
    *SITES, CEMETERY_AREAS.name, PROHIBITED_ZONES.name,
    severity=Severity.ERROR,
    source=HOUSE_PRACTICE.at("SI01"),
    title=Text("所在政区在册", "The unit is known"),
    message=Text("所在政区“{unit}”当日不在册", "the unit “{unit}” is not in force on the day"),
    fix=Text("改正政区代码", "correct the unit code"),
)  # fmt: skip
def units_of_sites_are_known(staged: Staged) -> Iterator[Offence]:
    """By its unit a site is counted; one of no unit is counted by nobody."""
    s, u = staged.register.staging.c, UNITS.table
    known = exists().where(u.c.code == s.unit, stands(u))
    rows = select(s.row, s.unit).where(staged.sent, s.unit.is_not(None), ~known).order_by(s.row)
    for row in staged.rows(rows.params({DAY: staged.day})):
        yield Offence(staged.register.name, row.row, values={"unit": row.unit})


@table_rule(
    "SI02",
    *SITES,
    severity=Severity.WARNING,
    source=HOUSE_PRACTICE.at("SI02"),
    title=Text("位置在所在政区内", "The site lies in its unit"),
    message=Text("位置在“{unit}”以外", "it lies outside {unit}"),
    fix=Text("核对坐标或政区代码", "check the coordinates or the unit code"),
)
def sites_lie_in_their_units(staged: Staged) -> Iterator[Offence]:
    """Near the line it is a warning; farther off, one of the two is wrong."""
    for row in staged.rows(_outside(staged)):
        weight = Severity.ERROR if row.is_far else Severity.WARNING
        yield Offence(staged.register.name, row.row, values={"unit": row.name}, severity=weight)


def _outside(staged: Staged) -> Select[Any]:
    """Sites off the ground of their unit, or of the lowest unit above it that has ground."""
    s, p, ground = staged.register.staging.c, UNIT_PARTS.c, ground_of_its_unit(staged)
    on_it = exists().where(p.version == ground.c.version, func.ST_Intersects(p.geom, s.geom))
    near = exists().where(p.version == ground.c.version, within_m(p.geom, s.geom, FAR_OUT_M))
    return (
        select(s.row, ground.c.name, (~near).label("is_far"))
        .join_from(staged.register.staging, ground, ground.c.version.is_not(None))
        .where(staged.sent, s.geom.is_not(None), ~on_it)
        .order_by(s.row)
        .params({DAY: staged.day})
    )


def ground_of_its_unit(staged: Staged) -> LateralFromClause:
    """The unit that a row sent names, or the lowest above it that has ground: `version` and `name`; none where none has."""
    s, u = staged.register.staging.c, UNITS.table.c
    return (
        select(u.version, u.name)
        .where(u.code.in_(units_above(s.unit, staged.settings)), stands(UNITS.table), u.geom.is_not(None))
        .order_by(func.length(u.code).desc())
        .limit(1)
        .lateral("ground")
    )


@table_rule(
    "SI03",
    *KIND_OF,
    severity=Severity.WARNING,
    source=HOUSE_PRACTICE.at("SI03"),
    title=Text("同一场所不重复", "No site is there twice"),
    message=Text("与“{other}”({code}):{how}", "{how} “{other}” ({code})"),
    fix=Text("同一场所的,只留一条;不是的,写明区别", "keep one record of one site; of two, tell them apart by name"),
)
def no_site_is_there_twice(staged: Staged) -> Iterator[Offence]:
    """What is there twice is counted twice."""
    for row in staged.rows(_twice(staged)):
        how = (_SAME_NAME if row.same_kind else _NAMESAKE) if row.same_name else _SAME_PLACE
        yield Offence(staged.register.name, row.row, values={"other": row.name or row.code, "code": row.code, "how": how})


_SAME_NAME = Text("同名同类", "has the name and the type of")
_NAMESAKE = Text("在同一政区同名", "has the name, in one unit, of")
_SAME_PLACE = Text("同类且位置相同", "is of the type and at the place of")


def _twice(staged: Staged) -> Select[Any]:
    """Sites sent that have the name, or the kind and the place, of another that is sent or stays."""
    sites, reach = _sites(staged), staged.settings.same_site_m
    s, o = sites.alias("s"), sites.alias("o")
    told = s.c.row, o.c.code, o.c.name, (o.c.name == s.c.name).label("same_name"), (o.c.kind == s.c.kind).label("same_kind")
    other = and_(s.c.row.is_not(None), o.c.code != s.c.code, or_(o.c.row.is_(None), o.c.row < s.c.row))
    of_kind = true() if staged.register is CEMETERIES else o.c.kind == s.c.kind
    named = select(*told).where(other, o.c.unit == s.c.unit, o.c.name == s.c.name, of_kind)
    together = o.c.kind == s.c.kind, o.c.huddle == s.c.huddle
    placed = select(*told).where(other, *together, metres(o.c.geom, s.c.geom) <= reach)
    both = union(named, placed).subquery("twice")
    return select(both).order_by(both.c.row, both.c.code)


def _sites(staged: Staged) -> CTE:
    """What is sent and what stays, but for what was given up; those of a kind that may be near share a `huddle`."""
    s, v = staged.register.staging.c, staged.register.table.c
    kind = KIND_OF[staged.register.name]
    sent = select(s.row, s.code, s.unit, s.name, s[kind].label("kind"), s.geom).where(staged.sent, _lasts(s))
    staying = select(cast(null(), Integer), v.code, v.unit, v.name, v[kind], v.geom).where(staged.staying, _lasts(v))
    all_of_them = sent.union_all(staying).subquery("all_of_them")
    huddle = func.ST_ClusterDBSCAN(all_of_them.c.geom, staged.settings.same_site_m / LEAST_M_PER_DEGREE, 2)
    return select(all_of_them, huddle.over(partition_by=all_of_them.c.kind).label("huddle")).cte("sites")


def _lasts(site: Any) -> Any:
    """A site that was given up makes room for the next."""
    return func.coalesce(site.state, "").not_in(ENDED)


@table_rule(
    "CM09",
    CEMETERY_AREAS.name,
    severity=Severity.ERROR,
    source=HOUSE_PRACTICE.at("CM09"),
    title=Text("范围所属的公墓在册", "The cemetery of an area is known"),
    message=Text("公墓“{cemetery}”不在册,也未一同报送", "the cemetery “{cemetery}” is neither in force nor sent along"),
    fix=Text("先报送公墓,或改正公墓代码", "send the cemetery first, or correct its code"),
)
def cemeteries_of_areas_are_known(staged: Staged) -> Iterator[Offence]:
    """An area of nobody is green land, tombs and fences on a map without a name."""
    s, v, along = CEMETERY_AREAS.staging.c, CEMETERIES.table, CEMETERIES.staging.c
    sent = exists().where(along.delivery == staged.delivery, ~along.set_aside, along.code == s.cemetery)
    known = exists().where(v.c.code == s.cemetery, stands(v))
    rows = select(s.row, s.cemetery).where(staged.sent, ~sent, ~known).order_by(s.row)
    for row in staged.rows(rows.params({DAY: staged.day})):
        yield Offence(CEMETERY_AREAS.name, row.row, values={"cemetery": row.cemetery})
