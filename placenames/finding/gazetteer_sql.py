"""Questions of the gazetteer as SQL: each looks for candidates in one way, in a bounded time, and is written once.

Names are read off the indexes stratum by stratum (see `name_order`), so that a question which half a million names
would answer costs no more than one that none does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Double,
    Integer,
    Select,
    SmallInteger,
    and_,
    any_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy import Text as SqlText
from sqlalchemy.dialects.postgresql import ARRAY

from gis.feature_sql import EVERYWHERE
from gis.record_tables import SRID
from placenames.appellations import APPELLATIONS, Kind, in_strata
from placenames.checks.ground import metres
from placenames.disclosing import may_be_read
from placenames.name_order import CATEGORIES
from placenames.names import NAMES

FORMS = 512
CODE_DIGITS = 20
FEW = {"unit": 1000, "class_code": 1000, "dated": 1000, "boxes": 500}
"""So many appellations are looked at one by one; ground that holds more is searched by the words first. Boxes cost more
to count."""
AROUND = 500
"""So many around the middle of a box are put in order when nothing but the box is asked for."""
NAMESAKES = 1000
"""So many names of one stratum are laid side by side when the nearest is wanted."""
CANDIDATES = 400
"""Names that contain the words, or nearly are them, from which the best are taken: as many as come first."""
EDGES = ("west", "south", "east", "north")
LAST = "\U0010ffff"
ALONE = select(func.set_config("max_parallel_workers_per_gather", "0", True))
"""Until the transaction ends, no question calls for helpers: to start them takes longer than the answer."""


class By(StrEnum):
    """What of a name is compared with what was typed."""

    KEY = "key"
    END = "end"
    SOUND = "sound"
    INITIALS = "initials"


@dataclass(frozen=True)
class Form:
    """What decides how a question is written; its values are put in when it is asked."""

    public: bool
    areas: tuple[str, ...] = EVERYWHERE
    """Beginnings of the unit codes among which a reader who is no public reads internal places too."""
    unit: bool = False
    category: bool = False
    class_code: bool = False
    boxes: int = 0
    """Boxes: none, one, or the two on either side of the antimeridian."""
    dated: bool = False
    """Only places that were there on the day."""
    then: bool = False
    """Only what they were called on the day."""
    near: bool = False


def ends(text: str) -> str:
    """The end of a text read backwards, as the index of ends holds it."""
    return text[::-1]


@lru_cache(FORMS)
def beginning(form: Form, by: By) -> Select[Any]:
    """Appellations that begin with `text` in one respect, stratum by stratum (`strata`), at most `cap`."""
    return _by_strata(form, _begins(by))


@lru_cache(FORMS)
def heard(form: Form) -> Select[Any]:
    """Appellations that begin with the syllables `syllables`, whose letters are `text`; in the same order."""
    parted: Any = bindparam("syllables", type_=SqlText)
    alike = func.starts_with(func.textcat(APPELLATIONS.c.sound, " "), func.textcat(parted, " "))
    return _by_strata(form, and_(_begins(By.SOUND), alike))


@lru_cache(FORMS)
def whole(form: Form, by: By) -> Select[Any]:
    """Appellations that are `text` in one respect, stratum by stratum (`strata`), at most `cap`."""
    return _by_strata(form, _compared(by) == bindparam("text", type_=SqlText))


@lru_cache(FORMS)
def listed(form: Form) -> Select[Any]:
    """Any appellations, stratum by stratum (`strata`), at most `cap`."""
    return _by_strata(form, true())


@lru_cache(FORMS)
def inside(form: Form) -> Select[Any]:
    """Appellations that hold `text` between their first and last character: `pieces` are its pairs, or its one character."""
    pieces: Any = bindparam("pieces", type_=ARRAY(SqlText))
    a = APPELLATIONS.c
    typed: Any = bindparam("text", type_=SqlText)
    holds = and_(func.jiezhi.pieces(a.key).op("@>")(pieces), func.strpos(a.key, typed) > 1)
    return _some(form, holds, by_index=not form.boxes)


@lru_cache(FORMS)
def slipped(form: Form) -> Select[Any]:
    """Appellations that may be what was typed but for one character: those with a slip in common with it (`slips`)."""
    slips: Any = bindparam("slips", type_=ARRAY(SqlText))
    return _some(form, func.jiezhi.slips(APPELLATIONS.c.key).op("&&")(slips), by_index=False)


@lru_cache(FORMS)
def coded(form: Form) -> Select[Any]:
    """Standard appellations of places whose code is `code`, or one of the 20-digit codes from `first` to `last`."""
    c, a = NAMES.table.c, APPELLATIONS.c
    code, first, last = (bindparam(name, type_=SqlText) for name in ("code", "first", "last"))
    begins_so = and_(c.code.between(first, last), func.length(c.code) == CODE_DIGITS)
    places = select(c.id).where(or_(c.code == code, begins_so), c.superseded_at.is_(None)).order_by(c.code).limit(CANDIDATES)
    rows = select(*_columns(form)).where(a.place.in_(places), a.kind == Kind.STANDARD.value)
    return rows.where(*_filters(form, by_index=True), *_kind(form)).order_by(a.code, a.since.desc()).limit(CANDIDATES)


@lru_cache(FORMS)
def among_few(form: Form, *heard: By) -> Select[Any]:
    """Appellations on ground of few that hold `text`, or begin with `sound` or `initials` where these are asked for."""
    a = APPELLATIONS.c
    typed: Any = bindparam("text", type_=SqlText)
    holds = func.strpos(a.key, typed) > 0
    ways, tests = [a.key == typed, func.starts_with(a.key, typed), holds], [holds]
    for by in heard:
        said: Any = bindparam(by.value, type_=SqlText)
        begins = and_(func.left(a.sound, 1) == func.left(said, 1), func.starts_with(_compared(by), said))
        ways += [_compared(by) == said, begins]
        tests.append(begins)
    best = case(*((way, place) for place, way in enumerate(ways)), else_=len(ways))
    rows = select(*_columns(form)).where(*_filters(form, by_index=True), *_kind(form), or_(*tests))
    return rows.order_by(best, a.stratum, literal_column("metres")).limit(_cap())


@lru_cache(FORMS)
def how_many(form: Form, ground: str) -> Select[Any]:
    """How many appellations lie on some ground (unit, class_code, boxes, dated), counted up to a little more than `FEW`."""
    a = APPELLATIONS.c
    if ground == "boxes":  # from the middle outwards, or else the planner may gather all of them first
        parts = [select(a.id).where(a.geom.op("&&")(box)).order_by(_from_the_middle(box)) for box in _boxes(form)]
    elif ground == "dated":
        parts = [select(a.id).where(a.lives_from <= _day("on"))]
    else:
        parts = [select(a.id).where(*_by_class() if ground == "class_code" else _begins_with(ground, a[ground]))]
    limited = [part.limit(FEW[ground] + 1).subquery() for part in parts]
    return select(func.count()).select_from(union_all(*(select(each.c.id) for each in limited)).subquery())


@lru_cache(1)
def kinds_of_class() -> Select[Any]:
    """The kinds of places that are registered with some class, whatever the table of classes says of it."""
    a = APPELLATIONS.c
    group = func.unnest(cast(list(CATEGORIES), ARRAY(SqlText))).column_valued("group_of_kinds")
    one = select(a.id).where(a.category == group, *_begins_with("class_code", a.class_code)).limit(1)
    return select(group).where(one.exists())


@lru_cache(FORMS)
def around(form: Form) -> Select[Any]:
    """The best of the appellations around the middle of a box."""
    a = APPELLATIONS.c
    shown = select(*_columns(form), a.stratum).where(*_filters(form)).limit(AROUND)
    parts = [shown.where(a.geom.op("&&")(box)).order_by(_from_the_middle(box)).subquery() for box in _boxes(form)]
    found = union_all(*(select(each) for each in parts)).subquery()
    return select(found).order_by(found.c.stratum, found.c.metres).limit(_cap())


def _from_the_middle(box: ColumnElement[Any]) -> ColumnElement[Any]:
    return APPELLATIONS.c.geom.op("<->")(func.ST_Centroid(box))


def _boxes(form: Form) -> list[ColumnElement[Any]]:
    return [_around(form, half) for half in range(form.boxes)]


def _begins(by: By) -> ColumnElement[bool]:
    typed: Any = bindparam("text", type_=SqlText)
    column = _compared(by)
    return and_(column.op("~>=~")(typed), column.op("~<~")(_after(typed)))


def _by_strata(form: Form, test: ColumnElement[bool]) -> Select[Any]:
    wanted = func.unnest(bindparam("strata", type_=ARRAY(SmallInteger)))
    layer = select(wanted.label("stratum")).order_by("stratum").subquery("layer")
    a = APPELLATIONS.c
    rows = select(*_columns(form)).where(a.stratum == layer.c.stratum, test, *_filters(form))
    hit = rows.limit(NAMESAKES if form.near else _cap()).lateral("hit")
    order = (layer.c.stratum, hit.c.metres) if form.near else (layer.c.stratum,)
    return select(hit).select_from(layer.join(hit, true())).order_by(*order).limit(_cap())


def _some(form: Form, test: ColumnElement[bool], *, by_index: bool) -> Select[Any]:
    """The first candidates there are: to put all of them in order would mean to look at all of them."""
    return select(*_columns(form)).where(test, *_filters(form, by_index=by_index), *_kind(form)).limit(CANDIDATES)


def _cap() -> Any:
    return bindparam("cap", type_=Integer)


def _columns(form: Form) -> Sequence[ColumnElement[Any]]:
    a = APPELLATIONS.c
    here = func.ST_SetSRID(func.ST_MakePoint(_number("lon"), _number("lat")), SRID)
    far = metres(_shown(form), here) if form.near else cast(null(), Double)
    return (
        a.place, a.code, a.text, a.kind, a.since, a.until, a.historical, a.lives_to, a.category, a.key,
        a.sound, a.initials, far.label("metres"),
    )  # fmt: skip


def _compared(by: By) -> ColumnElement[Any]:
    """What an index holds, written as the index has it."""
    a = APPELLATIONS.c
    joined = func.replace(a.sound, literal_column("' '"), literal_column("''"))
    every = {By.KEY: in_strata("key"), By.END: func.reverse(a.key), By.SOUND: joined, By.INITIALS: a.initials}
    return every[by]


def _filters(form: Form, *, by_index: bool = False) -> list[ColumnElement[bool]]:
    return [*_ground(form, by_index=by_index), *_days(form), *may_be_read(_day("today"), form.public, form.areas)]


def _ground(form: Form, *, by_index: bool) -> list[ColumnElement[bool]]:
    """Units, classes and boxes; where strata lead the way, boxes are tested so that no index tempts the planner."""
    tests: list[ColumnElement[bool]] = []
    if form.unit:
        tests += _begins_with("unit", APPELLATIONS.c.unit if by_index else in_strata("unit"))
    if form.class_code:
        tests += _by_class() if by_index else _begins_with("class_code", in_strata("class_code"))
    if form.boxes:
        tests.append(or_(*(_in_box(form, half, by_index=by_index) for half in range(form.boxes))))
    return tests


def _by_class() -> list[ColumnElement[bool]]:
    """Names of a class, by the index of kinds: nothing is registered without a category."""
    a = APPELLATIONS.c
    return [a.category == any_(cast(list(CATEGORIES), ARRAY(SqlText))), *_begins_with("class_code", a.class_code)]


def _begins_with(name: str, column: ColumnElement[str]) -> list[ColumnElement[bool]]:
    given: Any = bindparam(name, type_=SqlText)
    return [column.op("~>=~")(given), column.op("~<~")(_after(given))]


def _kind(form: Form) -> list[ColumnElement[bool]]:
    """Where no strata say it."""
    return [APPELLATIONS.c.category == bindparam("category", type_=SqlText)] if form.category else []


def _days(form: Form) -> list[ColumnElement[bool]]:
    a, on = APPELLATIONS.c, _day("on")
    tests: list[ColumnElement[bool]] = []
    if form.dated:
        tests += [a.lives_from <= on, or_(a.lives_to.is_(None), a.lives_to > on)]
    if form.then:
        tests += [a.since <= on, or_(a.until.is_(None), a.until > on)]
    return tests


def _in_box(form: Form, half: int, *, by_index: bool) -> ColumnElement[bool]:
    """Points in a box, in the precision that is shown: asking again and again tells no more than looking."""
    geom, box = APPELLATIONS.c.geom, _envelope(half)
    exact: ColumnElement[bool] = func.ST_Intersects(_shown(form), func.ST_Expand(box, _number("cell") / 1000))
    if not form.public:
        x, y = func.ST_X(geom), func.ST_Y(geom)
        west, south, east, north = (_number(f"{edge}_{half}") for edge in EDGES)
        exact = and_(x.between(west, east), y.between(south, north))
    return and_(geom.op("&&")(_around(form, half)), exact) if by_index else exact


def _around(form: Form, half: int) -> ColumnElement[Any]:
    """The box, and a little more where points are shown rounded."""
    return func.ST_Expand(_envelope(half), _number("cell")) if form.public else _envelope(half)


def _envelope(half: int) -> ColumnElement[Any]:
    return func.ST_MakeEnvelope(*(_number(f"{edge}_{half}") for edge in EDGES), SRID)


def _shown(form: Form) -> ColumnElement[Any]:
    geom = APPELLATIONS.c.geom
    return func.ST_SnapToGrid(geom, _number("cell")) if form.public else geom


def _after(beginning: ColumnElement[Any]) -> ColumnElement[Any]:
    """What comes after every text that begins so."""
    return func.textcat(beginning, LAST)


def _number(name: str) -> Any:
    return bindparam(name, type_=Double)


def _day(name: str) -> ColumnElement[date]:
    return bindparam(name, type_=Date)
