"""Toponyms: the streets, lanes, hamlets, villages and estates that bear numbers, gathered from the register of addresses.

One row per toponym of a unit, with how many plates it bears and where their middle is; an estate that lies behind plates
of a street or hamlet has a row for each such gate. The list is brought up to date with every publication, in its
transaction. A row stays when the last of its plates is gone: people ask for former names too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Double,
    Identity,
    Index,
    Integer,
    RowMapping,
    Select,
    Table,
    and_,
    any_,
    case,
    cast,
    delete,
    func,
    null,
    or_,
    select,
)
from sqlalchemy import Text as SqlText
from sqlalchemy.dialects.postgresql import ARRAY

from gis import history
from gis.db import SCHEMA, copy_rows, metadata
from gis.features import FINEST
from gis.intake.publishing import follows
from placenames.addresses.address_keys import PATH, bearer_of, grouped, plain, street_of
from placenames.addresses.addresses import ADDRESSES
from placenames.hearing import HEARD, Heard
from placenames.language.numerals import ANY
from placenames.language.romanise import sound_of

TOPONYMS = Table(
    "toponym",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("unit", SqlText, nullable=False),
    Column("level", SqlText, nullable=False),
    Column("name", SqlText, nullable=False),
    Column("path", SqlText, nullable=False),
    Column("sound", SqlText, nullable=False),
    Column("gate_bearer", SqlText),
    Column("gate_plate", SqlText),
    Column("street_code", SqlText),
    Column("plates", Integer, nullable=False),
    Column("lowest", Integer),
    Column("highest", Integer),
    Column("lon", Double),
    Column("lat", Double),
    Index("ix_toponym_path", "path", postgresql_ops={"path": "text_pattern_ops"}),
    schema=SCHEMA,
)
"""`path` is the beginning of the bearer keys of its plates; `lon` and `lat` (EPSG:4490, °) are the middle of its plates."""
COLUMNS = [column.name for column in TOPONYMS.c if column.name != "id"]
HEARD.append(
    Heard(TOPONYMS, "name", ("id",), lambda row, said: {"sound": sound_of(plain(row["name"]), said)}, ("name", "sound"))
)
LEVELS = ("road", "section", "lane", "hamlet", "community", "estate")
BY_NUMBER = re.compile(f"(?:[0-9A-Z-]+|[{ANY}]+)[弄巷衖].*")
"""Lanes that are told by their number are no names: 25弄, 二巷. 桂花弄 and 东二巷 are."""
SECTION_AS_WRITTEN = re.compile("[0-9０-９一二三四五六七八九十]+段$")


class Place(NamedTuple):
    """What a row of the list is about."""

    unit: str
    level: str
    path: str
    gate_bearer: str | None = None
    gate_plate: str | None = None


@dataclass
class Plates:
    """What is known of the plates of one toponym; sums while they are gathered."""

    name: str
    street_code: str | None = None
    number: int = 0
    lowest: int | None = None
    highest: int | None = None
    placed: int = 0
    """How many of them have a point; the coordinates are summed up."""
    lon: float = 0.0
    lat: float = 0.0

    def take(self, row: RowMapping) -> None:
        """Adds the plates of one group of addresses."""
        self.number += row["plates"]
        self.street_code = self.street_code or row["street_code"]
        self.lowest = _of(min, self.lowest, row["lowest"])
        self.highest = _of(max, self.highest, row["highest"])
        self.placed += row["placed"]
        self.lon += row["lon"] or 0.0
        self.lat += row["lat"] or 0.0

    def as_row(self, place: Place) -> tuple[Any, ...]:
        """The values of a row, in the order of COLUMNS."""
        lon, lat = (round(each / self.placed, FINEST) if self.placed else None for each in (self.lon, self.lat))
        return (place.unit, place.level, self.name, place.path, sound_of(plain(self.name)), place.gate_bearer,
                place.gate_plate, self.street_code, self.number, self.lowest, self.highest, lon, lat)  # fmt: skip


@follows(ADDRESSES.name)
def gather_toponyms(tx: Connection, _submission: int, _day: date, _parents: set[str]) -> None:
    """Gathers anew the toponyms of all units in which this transaction recorded or superseded an address."""
    c = ADDRESSES.table.c
    touched = or_(c.recorded_at == history.moment(), c.superseded_at == history.moment())
    gather(tx, list(tx.scalars(select(c.unit).where(touched).distinct())))


def gather(tx: Connection, units: list[str]) -> None:
    """Gathers anew the toponyms of some units, former ones among them."""
    found: dict[Place, Plates] = {}
    for row in tx.execute(_grouped(units)).mappings():
        for place, name in _places_in(row):
            found.setdefault(place, Plates(name)).take(row)
    tx.execute(delete(TOPONYMS).where(_one_of(TOPONYMS.c.unit, units)))
    copy_rows(tx, TOPONYMS, COLUMNS, (plates.as_row(place) for place, plates in found.items()))


_WORDS = ("unit", "community", "hamlet", "street", "section", "estate")
_DIGIT_FIRST = "^[0-9０-９]"


def _grouped(units: list[str]) -> Select[Any]:
    """The addresses of all legal days as known now, one row for all of the same street, village and estate."""
    c = ADDRESSES.table.c
    behind = and_(or_(c.street.is_not(None), c.hamlet.is_not(None)), c.estate.is_not(None))
    gate = case((behind, c.bearer_key), else_=null()).label("gate_bearer")
    plate = case((behind, c.plate_key), else_=null()).label("gate_plate")
    lane = case((c.lane.regexp_match(_DIGIT_FIRST), null()), else_=c.lane).label("lane")
    grouped = (*(c[each] for each in _WORDS), lane, gate, plate)
    x, y = func.ST_X(c.geom), func.ST_Y(c.geom)
    return (
        select(*grouped, func.max(c.street_code).label("street_code"), func.count().label("plates"),
               func.min(func.nullif(c.ordinal, 0)).label("lowest"), func.max(func.nullif(c.ordinal, 0)).label("highest"),
               func.count(c.geom).label("placed"), func.sum(x).label("lon"), func.sum(y).label("lat"))
        .where(_one_of(c.unit, units), history.as_known(ADDRESSES.table, None))
        .group_by(*grouped)
    )  # fmt: skip


def _places_in(row: RowMapping) -> Iterator[tuple[Place, str]]:
    """The toponyms that a group of addresses is about, with their names as they are written."""
    unit, community, hamlet, estate = (row[each] or "" for each in ("unit", "community", "hamlet", "estate"))
    street, section, lane = (row[each] or "" for each in ("street", "section", "lane"))
    name, part = street_of(street, section)
    if street:
        yield Place(unit, "road", bearer_of(unit, "", "", name, "")), _without(street, part)
        if part:
            yield Place(unit, "section", bearer_of(unit, "", "", name, "", (part,))), f"{street}{section}"
    elif hamlet:
        yield Place(unit, "hamlet", bearer_of(unit, plain(community), grouped(hamlet), "", "")), hamlet
    if lane and not BY_NUMBER.fullmatch(plain(lane)):
        bearer = bearer_of(unit, plain(community), grouped(hamlet), name, plain(estate), (part, plain(lane)))
        yield Place(unit, "lane", bearer), lane
    if community:
        yield Place(unit, "community", PATH.join((unit, plain(community)))), community
    if estate:
        yield Place(unit, "estate", PATH.join((unit, plain(estate))), row["gate_bearer"], row["gate_plate"]), estate


def _without(street: str, section: str) -> str:
    """A street as it is written, without the section that may stand behind its name."""
    found = SECTION_AS_WRITTEN.search(street) if section else None
    return street[: found.start()] if found else street


def _of(which: Callable[..., int | None], one: int | None, other: int | None) -> int | None:
    return which((each for each in (one, other) if each is not None), default=None)


def _one_of(column: Any, values: Iterable[str]) -> Any:
    return column == any_(cast(list(values), ARRAY(SqlText)))
