"""Streets, villages and estates are answered on the days and in the states in which they bear addresses, and in the box."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import geopandas as gpd
import pytest
import shapely
from sqlalchemy import insert

from gis.db import Database, Role
from gis.history import stored
from placenames.addresses.addresses import ADDRESSES, complete_addresses
from placenames.addresses.finding.address_lookup import Question, answers
from placenames.addresses.finding.address_suggesting import suggestions
from placenames.addresses.finding.toponym_names import Toponyms
from placenames.addresses.finding.toponyms_known import toponyms_on
from placenames.addresses.toponyms import gather
from tests.benchmarks.addresses_filled import fill
from tests.conftest import TEMPLATE, copied
from tests.placenames.two_towns import EAST, WEST, county_of

ENDED, BEGINS = date(2025, 1, 1), date(2026, 6, 1)
BEFORE, BETWEEN, AFTER = date(2024, 6, 1), date(2025, 6, 1), date(2026, 7, 1)
STREETS = [
    (EAST, "北社区", "", "样文路", "", "", "6号", *[""] * 5),
    (EAST, "北社区", "", "样福路", "", "25弄", "30号", "样福小区", *[""] * 4),
    (WEST, "上坪村", "里屋", "", "", "", "7号", *[""] * 5),
]
PASSING = [  # street, village, estate, state, from, until
    ("旧街", "老社区", "旧苑", "installed", BEFORE, ENDED), ("新街", "新社区", "新苑", "reserved", BEGINS, None),
]  # fmt: skip
EVERYTHING, NOTHING = (110.0, 20.0, 130.0, 40.0), (1.0, 1.0, 2.0, 2.0)


@pytest.fixture(scope="module")
def passing(server) -> Iterator[Database]:
    with copied(server, TEMPLATE) as database:
        fill(database, county_of(STREETS))
        with database.engine(Role.OWNER).begin() as owner:
            for n, (street, community, estate, status, since, until) in enumerate(PASSING):
                row = dict.fromkeys((each.name for each in ADDRESSES.fields), None)
                row |= {"code": f"P{n}", "unit": EAST, "street": street, "community": community, "estate": estate,
                        "number": "2号", "status": status}  # fmt: skip
                frame = gpd.GeoDataFrame([row], geometry=[shapely.Point(119.5, 29.5)], crs="EPSG:4490")
                whole = complete_addresses(frame).iloc[0]
                values = {each.name: whole[each.name] for each in ADDRESSES.fields}
                shape = stored(whole.geometry)
                owner.execute(insert(ADDRESSES.table).values(**values, geom=shape, valid_from=since, valid_to=until))
            gather(owner, [EAST])
        yield database


@pytest.fixture(scope="module")
def known(passing: Database) -> Toponyms:
    with passing.reading() as look:
        return toponyms_on(look, date.today())


def found(passing: Database, known: Toponyms, q: str, **more) -> bool:
    """Whether a place is answered by its name, in a search and while it is typed."""
    with passing.reading() as look:
        asked = Question(q, **more)
        labels = [
            [each.label for each in some if each.match_level in ("street", "village")]
            for some in (answers(look, known, [asked])[0], suggestions(look, known, asked))
        ]
    assert len({any(label.endswith(q) for label in each) for each in labels}) == 1, labels
    return any(label.endswith(q) for each in labels for label in each)


@pytest.mark.parametrize(
    ("q", "days"),
    [
        ("旧街", (True, False, False)), ("老社区", (True, False, False)), ("新街", (False, False, True)),
        ("新社区", (False, False, True)), ("样文路", (True, True, True)), ("样福路", (True, True, True)),
        ("北社区", (True, True, True)), ("上坪村", (True, True, True)), ("里屋", (True, True, True)),
    ],
)  # fmt: skip
def test_a_place_is_answered_on_the_days_on_which_it_bears_addresses(
    passing: Database, known: Toponyms, q: str, days: tuple[bool, ...]
) -> None:
    assert tuple(found(passing, known, q, on=day) for day in (BEFORE, BETWEEN, AFTER)) == days
    assert found(passing, known, q), "whoever names no day finds what once was too"


def test_a_number_that_was_never_there_is_answered_by_a_street_of_that_day(passing: Database, known: Toponyms) -> None:
    with passing.reading() as look:
        asked = (("旧街99号", []), ("样文路99号", ["street"]), ("样福路25弄99号", ["street"]), ("上坪村99号", ["village"]))
        for q, levels in asked:
            some = answers(look, known, [Question(q, on=BETWEEN)])[0]
            assert [(each.match_level, each.id) for each in some] == [(level, "") for level in levels]


def test_an_estate_is_suggested_on_its_days(passing: Database, known: Toponyms) -> None:
    with passing.reading() as look:
        for typed, day, is_there in (("样福小", BETWEEN, True), ("旧苑", BETWEEN, False), ("旧苑", BEFORE, True),
                                     ("新苑", BEFORE, False), ("新苑", AFTER, True)):  # fmt: skip
            assert bool(suggestions(look, known, Question(typed, on=day))) == is_there, (typed, day)


@pytest.mark.parametrize(
    ("more", "is_there"),
    [
        ({"statuses": ("installed",)}, True), ({"statuses": ("reserved",)}, False),
        ({"statuses": ("reserved", "installed")}, True),
        ({"box": EVERYTHING}, True), ({"box": NOTHING}, False), ({"unit": EAST}, True), ({"unit": WEST}, False),
        ({"unit": EAST, "box": EVERYTHING, "statuses": ("installed",), "on": BETWEEN}, True),
    ],
)  # fmt: skip
@pytest.mark.parametrize("q", ["样文路", "北社区"])
def test_filters_hold_for_places(passing: Database, known: Toponyms, q: str, more: dict, is_there: bool) -> None:
    assert found(passing, known, q, **more) is is_there


@pytest.mark.parametrize(
    ("more", "is_there"),
    [
        ({"statuses": ("installed",)}, True), ({"statuses": ("reserved",)}, False), ({"box": EVERYTHING}, True),
        ({"box": NOTHING}, False), ({"unit": WEST}, False), ({"on": date(2023, 1, 1)}, False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("typed", ["样文", "样文路", "样文路6", "样文路6号", "yangwen", "ywl"])
def test_filters_hold_while_somebody_types(
    passing: Database, known: Toponyms, typed: str, more: dict, is_there: bool
) -> None:
    with passing.reading() as look:
        assert bool(suggestions(look, known, Question(typed, **more))) is is_there
