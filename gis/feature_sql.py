"""Questions about features as SQL, each form of a question written once: to write one costs more than to run it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    UUID,
    ColumnElement,
    Date,
    DateTime,
    Double,
    FromClause,
    Integer,
    Numeric,
    Select,
    Text,
    and_,
    bindparam,
    case,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
)

from gis.history import as_known, in_force
from gis.intake.beside import lies_in
from gis.record_tables import SRID
from gis.registers import REGISTERS, Field, Register

ALWAYS = ("id", "code", "name", "label", "valid_from", "valid_to")
"""What the properties of every feature hold."""
PUBLIC = "public"
EVERYWHERE = ("",)
FORMS = 256
"""So many forms are kept; hostile combinations push each other out."""


@dataclass(frozen=True)
class Form:
    """What decides how a question is written; its values are put in when it is asked."""

    register: str
    public: bool
    areas: tuple[str, ...]
    """Beginnings of the unit codes among which a reader who is no public reads internal records and fields."""
    rounded: bool
    spans_days: bool
    of_a_moment: bool
    halves: int
    """Boxes that are asked of: none, one, or the two on either side of the antimeridian."""
    equal: tuple[str, ...]
    """Fields that must have a value."""
    follows: bool = False
    """Whether it is a later page."""
    box_first: bool = False
    """Whether what is in the box is found before anything is put in order."""


@lru_cache(FORMS)
def page(form: Form) -> Select[Any]:
    """One page: code, id, feature; one record more than is shown, to know whether there are more."""
    return _page_out_of(_in_the_box(form), form) if form.box_first else _page_in_order(form)


@lru_cache(FORMS)
def counted_page(form: Form) -> Select[Any]:
    """A page with how many there are in all and the moment: (matched, moment, code, id, feature); always has a row."""
    number = select(func.count().label("matched"), func.now().label("moment"))
    if form.box_first:
        picked = _in_the_box(form)
        counted, shown = number.select_from(picked), _page_out_of(picked, form)
    else:
        counted = number.select_from(REGISTERS[form.register].table).where(_chosen(form))
        shown = _page_in_order(form)
    one, many = counted.cte("counted"), shown.cte("page")
    return select(one, many).select_from(one.outerjoin(many, true())).order_by(many.c.code, many.c.id)


def _page_in_order(form: Form) -> Select[Any]:
    """Along the index of codes until the page is full."""
    t = REGISTERS[form.register].table
    return _cut(select(t.c.code, t.c.id, _feature(form).label("feature")).where(_chosen(form)), t, form)


def _in_the_box(form: Form) -> CTE:
    """First everything in the box: the planner would rather follow the codes, which may begin far from the box."""
    c = REGISTERS[form.register].table.c
    return select(c.version, c.code, c.id).where(_chosen(form)).cte("picked").prefix_with("MATERIALIZED")


def _page_out_of(picked: CTE, form: Form) -> Select[Any]:
    t = REGISTERS[form.register].table
    few = _cut(select(picked), picked, form).subquery("few")
    return select(few.c.code, few.c.id, _feature(form).label("feature")).join_from(
        few, t, t.c.version == few.c.version
    )


def _cut(rows: Select[Any], of: FromClause, form: Form) -> Select[Any]:
    """The page of some rows, in the order of codes."""
    key = tuple_(of.c.code, of.c.id)
    behind = key > tuple_(_value("code", Text), _value("id", UUID)) if form.follows else true()
    return rows.where(behind).order_by(of.c.code, of.c.id).limit(_value("limit", Integer))


@lru_cache(FORMS)
def one(form: Form, *, by_id: bool) -> Select[Any]:
    """One feature by its id or its code."""
    c = REGISTERS[form.register].table.c
    is_it = c.id == _value("id", UUID) if by_id else c.code == _value("code", Text)
    return select(_feature(form)).where(is_it, _chosen(form)).order_by(c.valid_from.desc()).limit(1)


@lru_cache(FORMS)
def heaps(form: Form) -> Select[Any]:
    """Records by the cells of a grid that lie in a box: how many, their middle, and the id and label of one of them.

    Cells and box are asked of the places that are shown, so that they tell no more than those.
    """
    register = REGISTERS[form.register]
    c = register.table.c
    edges = {edge: _value(edge, Double) for edge in ("west", "south", "east", "north")}
    point = c.geom if register.geometry == "POINT" else func.ST_PointOnSurface(c.geom)
    if form.rounded:
        point = func.ST_SnapToGrid(point, _value("cell", Double))
    around = func.ST_Expand(func.ST_MakeEnvelope(*edges.values(), SRID), _value("cell", Double))
    columns = (c.id, _label(register).label("label"), func.ST_X(point).label("x"), func.ST_Y(point).label("y"))
    here = select(*columns).where(_chosen(form), c.geom.op("&&")(around)).subquery("here")
    x, y, size = here.c.x, here.c.y, _value("size", Double)
    inside = and_(x >= edges["west"], x < edges["east"], y >= edges["south"], y < edges["north"])
    told: tuple[ColumnElement[Any], ...] = (
        func.count(), func.avg(x), func.avg(y), func.min(cast(here.c.id, Text)), func.min(here.c.label),
    )  # fmt: skip
    named = (column.label(name) for column, name in zip(told, ("number", "lon", "lat", "id", "label"), strict=True))
    return select(*named).where(inside).group_by(func.floor(x / size), func.floor(y / size))


def shown(register: Register, field: Field, *, rounded: bool) -> ColumnElement[Any]:
    """A field as its readers see it: degrees as fine as the shapes."""
    column = register.table.c[field.name]
    if rounded and field.unit == "°":
        fine = func.round(cast(column, Numeric), _value("decimals", Integer))
        return cast(fine, Double).label(field.name)
    return column


def is_open(
    register: Register, *, public: bool, areas: tuple[str, ...] = EVERYWHERE, on: Any = None
) -> ColumnElement[bool]:
    """Whether a record may be read: by the public where nothing speaks against it, by a colleague also in their areas."""
    field = register.disclosed_by
    if not field or (not public and areas == EVERYWHERE):
        return true()
    disclosed = register.table.c[field] == PUBLIC
    return disclosed if public else or_(disclosed, lies_within(register, areas, on))


def lies_within(register: Register, units: Collection[str], on: Any) -> ColumnElement[bool]:
    """The record mentions one of the units or one below, itself or through the record it belongs to on a day."""
    if "" in units:
        return true()
    own = register.table
    tests = [lies_in(register, own, units)]
    for name, target in register.refers.items():
        owner = REGISTERS[target]
        here = and_(in_force(owner.table, on), lies_in(owner, owner.table, units))
        tests.append(own.c[name].in_(select(owner.table.c.code).where(here)))
    return or_(false(), *tests)


def _value(name: str, kind: Any) -> Any:
    return bindparam(name, type_=kind() if isinstance(kind, type) else kind)


def _feature(form: Form) -> ColumnElement[str]:
    """The feature as text; put together as text, because to check what was just written costs twice the time."""
    c = REGISTERS[form.register].table.c
    shape = func.coalesce(func.ST_AsGeoJSON(c.geom, _value("decimals", Integer), 0), "null")
    properties: ColumnElement[Any] = func.json_build_object(*_properties(form, public=form.public))
    if not form.public and form.areas != EVERYWHERE:
        elsewhere = func.json_build_object(*_properties(form, public=True))
        properties = case((_in_areas(form), properties), else_=elsewhere)
    return func.concat(
        '{"type":"Feature","id":"', c.id, '","geometry":', shape, ',"properties":', properties, "}"
    )


def _in_areas(form: Form) -> ColumnElement[bool]:
    return lies_within(REGISTERS[form.register], form.areas, _value("on", Date))


def _properties(form: Form, *, public: bool) -> list[Any]:
    register = REGISTERS[form.register]
    c = register.table.c
    label = _label(register)
    named: dict[str, Any] = {name: c.get(name, label) for name in ALWAYS}
    for field in register.shown(public=public):
        named[field.name] = shown(register, field, rounded=form.rounded)
    return [part for pair in named.items() for part in pair]


def _label(register: Register) -> ColumnElement[str]:
    c = register.table.c
    return func.coalesce(c[_label_field(register)], c.code)


def _label_field(register: Register) -> str:
    named = (register.labelled_by, "name", "number")
    return next((name for name in named if name and name in register.table.c), "code")


def _chosen(form: Form) -> ColumnElement[bool]:
    table = REGISTERS[form.register].table
    known = _value("known", DateTime(timezone=True)) if form.of_a_moment else None
    tests = [_in_span(table, known) if form.spans_days else in_force(table, _value("on", Date), known)]
    tests.append(
        is_open(REGISTERS[form.register], public=form.public, areas=form.areas, on=_value("on", Date))
    )
    if form.halves:
        tests.append(or_(*(_in_box(table.c.geom, form, half) for half in range(form.halves))))
    tests += [table.c[name] == _value(f"equal_{name}", Text) for name in form.equal]
    asks_inside = any(not REGISTERS[form.register].field(name).public for name in form.equal)
    if REGISTERS[form.register].kept_to_areas or asks_inside:
        tests.append(_in_areas(form))  # whoever finds a record by a field knows what the field says
    return and_(*tests)


def _in_span(table: Any, known: Any) -> ColumnElement[bool]:
    """Of each record the newest version that shares a day with the span."""
    later = table.alias()
    span = func.daterange(_value("on", Date), _value("until", Date), "[]")
    here, there = (
        and_(as_known(each, known), func.daterange(each.c.valid_from, each.c.valid_to).op("&&")(span))
        for each in (table, later)
    )
    newer = select(literal(1)).where(later.c.id == table.c.id, later.c.valid_from > table.c.valid_from, there)
    return and_(here, ~newer.exists())


def _in_box(geom: Any, form: Form, half: int) -> ColumnElement[bool]:
    """What meets the box, in the precision that is shown: asking again and again tells no more than looking."""
    edges = (_value(f"{edge}_{half}", Double) for edge in ("west", "south", "east", "north"))
    envelope = func.ST_MakeEnvelope(*edges, SRID)
    if not form.rounded:
        return func.ST_Intersects(geom, envelope)
    cell = _value("cell", Double)
    near = geom.op("&&")(func.ST_Expand(envelope, cell))
    return and_(near, func.ST_Intersects(_on_the_grid(geom, cell), func.ST_Expand(envelope, cell / 1000)))


def _on_the_grid(geom: Any, cell: Any) -> ColumnElement[Any]:
    """A shape as it is shown; one that is smaller than a cell becomes a point."""
    snapped = func.ST_SnapToGrid(geom, cell)
    return case(
        (func.ST_IsEmpty(snapped), func.ST_SnapToGrid(func.ST_PointOnSurface(geom), cell)), else_=snapped
    )
