"""Rules about a name and the places around it: what a division, a facility or anything derived may be named after."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, any_, exists, func, literal, or_, select, true
from sqlalchemy import Text as SqlText
from sqlalchemy.dialects.postgresql import ARRAY

from boundaries.units import UNITS
from gis.intake.rules import Offence, Severity
from gis.sources import NAME_REGULATIONS, ZHEJIANG_NAME_MEASURES
from gis.text import Text
from placenames.appellations import APPELLATIONS, Kind, in_strata
from placenames.checks.asked import Asked
from placenames.checks.entering import check_of_places
from placenames.checks.ground import governs, metres, stands, units_above, within_m
from placenames.checks.scoping import at_level, begins_with
from placenames.disclosing import HIDDEN, town_of, unit_in_words
from placenames.language.screening import words_of
from placenames.names import NAMES

FAMOUS = "著名实体"


@check_of_places(
    "PN09",
    severity=Severity.WARNING,
    source=NAME_REGULATIONS.at("第九条第(九)项"),
    title=Text(
        "政区专名不用著名自然地理实体、遗产地和境外实体的名称",
        "Divisions are not named after famous features, heritage, or entities beyond them",
    ),
    message=Text(
        "专名“{core}”是著名实体的名称,请核对是否在本政区内",
        "the specific part “{core}” is that of a famous entity: see whether it lies within the division",
    ),
    fix=Text("该实体不在本政区内的,另拟专名", "if it lies elsewhere, find another specific part"),
    categories=("ADM",),
)
def divisions_are_not_named_after_what_lies_elsewhere(asked: Asked) -> Iterator[Offence]:
    """Two counties once fought over one mountain's name; where famous entities lie, the list does not say."""
    for row in asked.ask(_divisions_named_after_features):
        values = {"core": row.core, "other": row.other, "where": row.unit}
        key = row.code or row.name
        if row.other is None:
            yield Offence(row=row.row, values=values, key=key)
        else:
            severity = Severity.ERROR if row.famous and not row.settled else Severity.WARNING
            if asked.hides(row.unit, row.public_since):
                _, town = town_of(asked.tx, row.unit, asked.day)
                values |= {"other": HIDDEN, "where": unit_in_words(town)}
            yield Offence(row=row.row, values=values, severity=severity, key=key, text=_ELSEWHERE)


_ELSEWHERE = Text(
    "专名“{core}”与“{other}”相同,而该实体在本政区以外({where})",
    "the specific part “{core}” is that of “{other}”, which lies outside the division ({where})",
)


def _divisions_named_after_features(asked: Asked) -> Select[Any]:
    """Divisions whose specific part is a famous feature's, or that of a feature of their city, when none lies in them."""
    r, a, n = asked.rows.c, APPELLATIONS.c, NAMES.table
    famous = r.core == any_(literal(sorted(words_of(FAMOUS, asked.day)), ARRAY(SqlText)))
    features = [a.category.in_(("NAT", "PRK")), a.kind == Kind.STANDARD,
                or_(a.core == r.core, a.key == r.core)]  # fmt: skip
    inside = or_(
        begins_with(in_strata("unit"), r.unit),
        func.starts_with(r.unit, a.unit),
        func.coalesce(func.ST_Intersects(r.geom, a.geom), False),
    )
    city = at_level(r.unit, "prefecture", asked.settings)
    known = or_(famous, begins_with(in_strata("unit"), city))
    beyond = (
        select(a.text, a.unit, a.public_since).where(*features, known, ~inside).order_by(a.unit).limit(1).lateral("beyond")
    )
    settled = exists().where(n.c.code == r.code, stands(n), n.c.name == r.name)
    return (
        select(
            r.row, r.name, r.code, r.core, beyond.c.text.label("other"), beyond.c.unit,
            beyond.c.public_since, famous.label("famous"), settled.label("settled"),
        )
        .select_from(asked.rows.join(beyond, true(), isouter=True))
        .where(r.category == "ADM", func.char_length(r.core) > 1, or_(famous, beyond.c.text.is_not(None)))
        .where(~exists().where(*features, inside))
        .order_by(r.row)
    )  # fmt: skip


@check_of_places(
    "PN10",
    severity=Severity.WARNING,
    source=NAME_REGULATIONS.at("第九条第(十)项"),
    title=Text("设施一般与当地地名统一", "Facilities share the name of where they are"),
    message=Text(
        "“{name}”的专名与所在政区及周围 {metres:g} 米内的地名都不一致",
        "“{name}” shares its specific part with neither its units nor any name within {metres:g} m",
    ),
    fix=Text(
        "以所在地的地名作专名,或写明理由", "take the local name as its specific part, or write down why not"
    ),
    categories=("FAC",),
    position=True,
)
def facilities_share_the_local_name(asked: Asked) -> Iterator[Offence]:
    """Whoever gets off at a station expects the place whose name it bears."""
    reach = asked.settings.name_near_m
    for row in asked.ask(_facilities_with_foreign_names):
        yield Offence(row=row.row, values={"name": row.name, "metres": reach}, key=row.code or row.name)


def _facilities_with_foreign_names(asked: Asked) -> Select[Any]:
    reach = asked.settings.name_near_m
    r, a, u = asked.rows.c, APPELLATIONS.c, UNITS.table
    stem = func.regexp_replace(u.c.name, "(?<=..)(?:自治县|社区|街道|民族乡|[村镇乡县区市省旗盟])$", "")
    by_unit = exists().where(stands(u), u.c.code.in_(units_above(r.unit, asked.settings)), _says(r.key, stem))
    others = [a.place.is_distinct_from(r.place), a.code.is_distinct_from(r.code)]
    by_place = exists().where(within_m(a.geom, r.geom, reach), _says(r.key, a.core), *others)
    which = [r.category == "FAC", r.geom.is_not(None), ~by_unit, ~by_place]
    return select(r.row, r.name, r.code).where(*which).order_by(r.row)


def _says(name: ColumnElement[str], part: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a name holds another's specific part of at least two characters."""
    return (func.char_length(part) > 1) & (func.strpos(name, part) > 0)


@check_of_places(
    "PN11",
    severity=Severity.WARNING,
    source=ZHEJIANG_NAME_MEASURES,
    title=Text(
        "名称中有政区名、路名的,应在该政区内、该路沿线",
        "What bears a division's or road's name lies in it or along it",
    ),
    message=Text(
        "“{name}”含路名“{part}”,而距该路 {far}",
        "“{name}” bears the name of the road “{part}”, which is {far} away",
    ),
    fix=Text("另拟名称,或核对位置", "find another name, or check the position"),
    position=True,
    jurisdiction="33",
)
def derived_names_lie_where_they_say(asked: Asked) -> Iterator[Offence]:
    """中山路小学 is looked for along 中山路; Ningbo has the same rule (Article 10)."""
    for _, roads in groupby(asked.ask(_named_after_roads), key=lambda road: (road.row, road.part)):
        row = next(roads)  # the nearest of its name
        if row.far is not None and row.far > asked.settings.road_near_m:
            said = Text(f"{row.far:,.0f} 米", f"{row.far:,.0f} m")
            values = {"name": row.name, "part": row.part, "far": said}
            hidden = asked.hides(row.unit, row.public_since)
            yield Offence(row=row.row, values=values, key=row.code or row.name, text=_NOT_ALONG_IT if hidden else None)
    for row in asked.ask(_named_after_divisions):
        values = {"name": row.name, "part": row.part}
        yield Offence(row=row.row, values=values, key=row.code or row.name, text=_OUTSIDE)


_NOT_ALONG_IT = Text(
    "“{name}”含路名“{part}”,而不在该路沿线",
    "“{name}” bears the name of the road “{part}” but does not lie along it",
)
_OUTSIDE = Text(
    "“{name}”含政区名“{part}”,而不在该政区内",
    "“{name}” bears the name of the division “{part}” but does not lie in it",
)
ROAD_ENDS, DIVISION_ENDS = "路街道巷弄", "省市县区镇乡道旗"
LONGEST = 30
"""Longer texts are no names: what stands in them is not looked for."""


def _parts(rows: FromClause, ends: str) -> Any:
    """Every part of a name, of two characters or more, that ends as roads or divisions do; never the whole name."""
    key = rows.c.key
    length = func.least(func.char_length(key), LONGEST)
    stop = func.generate_series(2, length).table_valued("at", name="stop").render_derived()
    start = func.generate_series(1, stop.c.at - 1).table_valued("at", name="start").render_derived()
    part = func.substr(key, start.c.at, stop.c.at - start.c.at + 1)
    ends_so = func.strpos(ends, func.substr(key, stop.c.at, 1)) > 0
    return (
        select(part.label("part"))
        .select_from(stop.join(start, true()))
        .where(ends_so, func.char_length(part) < func.char_length(key))
        .correlate(rows)
        .lateral("said")
    )


def _named_after_roads(asked: Asked) -> Select[Any]:
    """Names that hold a road's name of their county, and how far each such road is (m), the nearest first."""
    r, a, n = asked.rows.c, APPELLATIONS.c, NAMES.table
    said = _parts(asked.rows, ROAD_ENDS)
    shape = select(n.c.geom).where(n.c.id == a.place, stands(n)).limit(1).scalar_subquery()
    county = at_level(r.unit, "county", asked.settings)
    road = [a.key == said.c.part, begins_with(in_strata("unit"), county), a.category == "ROD", a.kind == Kind.STANDARD,
            a.place.is_distinct_from(r.place), a.code.is_distinct_from(r.code)]  # fmt: skip
    far = func.coalesce(metres(r.geom, shape), metres(r.geom, a.geom)).label("far")
    return (
        select(r.row, r.name, r.code, said.c.part, far, a.unit, a.public_since)
        .select_from(asked.rows.join(said, true()).join(APPELLATIONS, true()))
        .where(r.geom.is_not(None), *road)
        .order_by(r.row, said.c.part, far)
    )


def _named_after_divisions(asked: Asked) -> Select[Any]:
    """Names that hold the name of a division of their city or county without lying in any division of that name."""
    r, u, other = asked.rows.c, UNITS.table, UNITS.table.alias("other_unit")
    said = _parts(asked.rows, DIVISION_ENDS)
    city = at_level(r.unit, "prefecture", asked.settings)
    inside = exists().where(stands(other), other.c.name == said.c.part, governs(other.c, r))
    return (
        select(r.row, r.name, r.code, said.c.part)
        .select_from(asked.rows.join(said, true()).join(u, u.c.name == said.c.part))
        .where(stands(u), func.starts_with(u.c.code, city), r.category != "ADM", r.geom.is_not(None), ~inside)
        .distinct()
        .order_by(r.row)
    )
