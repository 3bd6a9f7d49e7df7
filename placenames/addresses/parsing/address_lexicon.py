"""The names of a deployment for its address parser: its units and everything its places are or were called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from sqlalchemy import Connection, select, true

from boundaries.units import UNITS
from gis import history
from placenames.addresses.parsing.address_grammar import (
    ANYTHING,
    CITY,
    COMMUNITY,
    DISTRICT,
    ESTATE,
    HAMLET,
    PLACE,
    PROV,
    ROAD,
    TOWN,
)
from placenames.addresses.parsing.address_names import (
    SHORTEST,
    Known,
    Lexicon,
    shipped_names,
    ways_of_writing,
)
from placenames.appellations import APPELLATIONS, Kind
from placenames.kinds import NATURAL_VILLAGE_CLASS

STATE_OF_LEVEL = {"province": PROV, "prefecture": CITY, "county": DISTRICT, "township": TOWN, "village": COMMUNITY}
STATE_OF_CATEGORY = {"ROD": ROAD, "VIL": COMMUNITY, "RES": ESTATE, "FAC": PLACE, "PRK": PLACE, "OTH": PLACE, "NAT": ANYTHING}
_COMMITTEE = re.compile("(村|社区)?(?:(村民|村)|居民|居)(?:委员会|委会)$")
_TOWN = re.compile("(.{2,})(?:街道|镇|乡)$")


def lexicon_on(look: Connection, on: date, *, public: bool = True) -> Lexicon:
    """The country's units and the names of this deployment, seen from a legal day; former names among them."""
    return shipped_names().and_also([*_units(look, on), *_places(look, on, public=public)])


def days_of_other_names(look: Connection) -> list[date]:
    """The days from which on `lexicon_on` differs, ascending: of two days between them the names are the same."""
    ends = look.scalars(select(APPELLATIONS.c.until).where(APPELLATIONS.c.until.is_not(None)).distinct())
    return sorted({*history.change_days(look, UNITS.table, date.min, true()), *ends})


def _units(look: Connection, on: date) -> Iterator[tuple[str, Known]]:
    c = UNITS.table.c
    statement = select(c.code, c.name, c.level, c.valid_from, c.valid_to).where(history.as_known(UNITS.table, None))
    for code, name, level, since, until in look.execute(statement):
        if level in STATE_OF_LEVEL and name:
            in_force = since <= on and (until is None or on < until)
            yield from ways_of_writing_a_unit(Known(STATE_OF_LEVEL[level], name, code, ended=not in_force, own=True))


def ways_of_writing_a_unit(known: Known) -> Iterator[tuple[str, Known]]:
    """A unit's name as people write it: a committee by its village, a town also without 镇, higher units also short."""
    if known.state == COMMUNITY:
        yield known.name, known
        if (plain := without_committee(known.name)) != known.name:
            yield plain, known
    elif known.state == TOWN:
        yield known.name, known
        if found := _TOWN.match(known.name):
            yield found[1], known._replace(whole=False)
    else:
        yield from ways_of_writing(known)


def without_committee(name: str) -> str:
    """The village or community that a committee is of: 上坪村村民委员会 -> 上坪村, 九溪社区居委会 -> 九溪社区."""
    found = _COMMITTEE.search(name)
    if found is None or not found.start():
        return name
    return name[: found.start()] + (found[1] or ("村" if found[2] else "社区"))


def _places(look: Connection, on: date, *, public: bool) -> Iterator[tuple[str, Known]]:
    c = APPELLATIONS.c
    statement = select(c.text, c.code, c.category, c.class_code, c.kind, c.until).where(c.category.in_(STATE_OF_CATEGORY))
    if public:
        statement = statement.where(c.public_since <= date.today())
    for text, code, category, class_code, kind, until in look.execute(statement):
        state = HAMLET if class_code == NATURAL_VILLAGE_CLASS else STATE_OF_CATEGORY[category]
        if len(text) >= SHORTEST:
            ended = kind == Kind.FORMER or (until is not None and until <= on)
            yield text, Known(state, text, code, whole=kind != Kind.SHORT, ended=ended, own=True)
