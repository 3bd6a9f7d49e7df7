"""Suggestions keep to the village that was named, to places of today, and to what is in the register."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from uuid import UUID

import geopandas as gpd
import pytest
import shapely
from sqlalchemy import insert

from gis.db import Database, Role
from gis.history import stored
from placenames.addresses.addresses import ADDRESSES, complete_addresses
from placenames.addresses.finding.address_lookup import Question
from placenames.addresses.finding.address_suggesting import suggestions
from placenames.addresses.finding.toponym_names import Toponyms
from placenames.addresses.finding.toponyms_known import toponyms_on
from placenames.addresses.toponyms import gather
from tests.benchmarks.addresses_filled import fill
from tests.conftest import TEMPLATE, copied
from tests.placenames.two_towns import EAST, WEST, county_of, names_of_today

SINCE, BEFORE, RENAMED = date(2024, 1, 1), date(2024, 6, 1), date(2025, 1, 1)
CHAIN = "样省样州市样例县"
PLATES = [
    (unit, village, hamlet, street, "", "", number, *[""] * 5)
    for unit, village, hamlet, street, number in [
        (WEST, "泉垭村", "1组", "", "3号"), (WEST, "泉垭村", "1组", "", "31号"), (WEST, "泉垭村", "2组", "", "4号"),
        (WEST, "下坪村", "1组", "", "3号"), (WEST, "下坪村", "1组", "", "5号"), (WEST, "下坪村", "1组", "", "6号"),
        (WEST, "下坪村", "9组", "", "3号"), (WEST, "永岗村", "里屋", "", "2号"), (WEST, "永岗村", "", "溪东路", "2号"),
        (EAST, "上坪村", "1组", "", "3号"), (EAST, "上坪村", "1组", "", "7号"), (EAST, "上坪村", "溪口", "", "7号"),
        (EAST, "溪边村", "里屋", "", "7号"), (EAST, "上坪村", "", "溪畔路", "1号"), (EAST, "上坪村", "", "溪畔路", "2号"),
        (WEST, "泉垭村", "", "新民路", "3号"), (EAST, "上坪村", "", "新民路", "3号"), (EAST, "上坪村", "", "新民路", "5号"),
        (EAST, "上坪村", "", "青龙街", "140号"), (EAST, "上坪村", "", "青龙街", "152号"),
        (EAST, "溪边村", "", "一号路", "3号"), (WEST, "永岗村", "", "十二号大街", "3号"),
    ]
]  # fmt: skip


@pytest.fixture(scope="module")
def villages(server) -> Iterator[Database]:
    with copied(server, TEMPLATE) as database:
        fill(database, county_of(PLATES))
        yield database


@pytest.fixture(scope="module")
def known(villages: Database) -> Toponyms:
    return names_of_today(villages)


def typed(villages: Database, known: Toponyms, q: str) -> list[str]:
    with villages.reading() as look:
        return [each.label.removeprefix(CHAIN) for each in suggestions(look, known, Question(q))]


@pytest.mark.parametrize(
    ("q", "labels"),
    [
        ("泉垭村1组", ["江西镇泉垭村1组"]), ("泉垭村一组", ["江西镇泉垭村1组"]), ("永岗村里", ["江西镇永岗村里屋"]),
        ("泉垭村1组3", ["江西镇泉垭村1组3号", "江西镇泉垭村1组31号"]), ("泉垭村1组6", ["江西镇泉垭村1组"]),
        ("泉垭村1组3号", ["江西镇泉垭村1组3号"]), ("江西镇泉垭村1组31", ["江西镇泉垭村1组31号"]),
    ],
)  # fmt: skip
def test_groups_and_their_plates_are_those_of_the_village_that_was_named(
    villages: Database, known: Toponyms, q: str, labels: list[str]
) -> None:
    assert typed(villages, known, q) == labels


@pytest.mark.parametrize(
    ("q", "label"),
    [
        ("永岗村溪", "江西镇溪东路"), ("泉垭村溪", "江西镇溪东路"), ("泉垭村1组 溪", "江西镇溪东路"),
        ("泉垭村新民", "江西镇新民路"), ("泉垭村新民路", "江西镇新民路"), ("泉垭村新民路3", "江西镇新民路3号"),
        ("泉垭村新民路5", "江西镇新民路"),
    ],
)  # fmt: skip
def test_streets_are_those_of_the_town_of_the_village_that_was_named(
    villages: Database, known: Toponyms, q: str, label: str
) -> None:
    assert typed(villages, known, q) == [label]


@pytest.mark.parametrize("q", ["泉垭村9组", "泉垭村9组3", "泉垭村里屋", "泉垭村里屋7", "泉垭村溪畔路", "泉垭村溪畔路1"])
def test_what_the_village_does_not_have_leads_to_the_village(villages: Database, known: Toponyms, q: str) -> None:
    assert typed(villages, known, q) == ["江西镇泉垭村"]


def test_where_no_village_was_named_all_are_offered(villages: Database, known: Toponyms) -> None:
    assert sorted(typed(villages, known, "1组3号")) == ["江东街道上坪村1组3号", "江西镇下坪村1组3号", "江西镇泉垭村1组3号"]
    assert sorted(typed(villages, known, "新民")) == ["江东街道新民路", "江西镇新民路"]


@pytest.mark.parametrize(
    ("q", "label"),
    [
        ("一号", "江东街道一号路"), ("1号", "江东街道一号路"), ("一號", "江东街道一号路"),
        ("江东街道一号", "江东街道一号路"), ("江东街道1号路", "江东街道一号路"),
        ("十二号", "江西镇十二号大街"), ("12号大", "江西镇十二号大街"),
    ],
)  # fmt: skip
def test_streets_whose_names_begin_with_a_numeral_are_offered(
    villages: Database, known: Toponyms, q: str, label: str
) -> None:
    assert typed(villages, known, q) == [label]


@pytest.mark.parametrize("q", ["青龙街148", "青龙街148号", "江东街道青龙街146", "上坪村青龙街148"])
def test_a_number_that_is_not_in_the_register_is_no_suggestion(villages: Database, known: Toponyms, q: str) -> None:
    assert typed(villages, known, q) == ["江东街道青龙街"]


@pytest.fixture(scope="module")
def renamed(server) -> Iterator[Database]:
    """沿江路 was renamed to 溪畔路, with its lane; 旧街 was given up, and nothing is called so since."""
    streets = [  # address, street, lane, from, until
        (0, "沿江路", None, SINCE, RENAMED), (0, "溪畔路", None, RENAMED, None), (1, "沿江路", "桂花弄", SINCE, RENAMED),
        (1, "溪畔路", "桂花弄", RENAMED, None), (2, "旧街", None, SINCE, RENAMED),
    ]  # fmt: skip
    with copied(server, TEMPLATE) as database:
        fill(database, county_of(PLATES[-1:], [("溪畔路", "road", EAST, "", "沿江路", "", "")]))
        with database.engine(Role.OWNER).begin() as owner:
            for n, street, lane, since, until in streets:
                row = dict.fromkeys((each.name for each in ADDRESSES.fields), None)
                row |= {"code": f"P{n}", "unit": EAST, "street": street, "lane": lane, "number": "1号"}
                frame = gpd.GeoDataFrame([row], geometry=[shapely.Point(119.5, 29.5)], crs="EPSG:4490")
                whole = complete_addresses(frame.assign(status="installed")).iloc[0]
                values = {each.name: whole[each.name] for each in ADDRESSES.fields} | {"id": UUID(int=n)}
                shape = stored(whole.geometry)
                owner.execute(insert(ADDRESSES.table).values(**values, geom=shape, valid_from=since, valid_to=until))
            gather(owner, [EAST])
        yield database


NOW, ONCE = "“沿江路”现为“溪畔路”", "“沿江路”是“溪畔路”的曾用名"


@pytest.mark.parametrize(
    ("q", "day", "found"),
    [
        *((q, None, [("江东街道溪畔路", NOW)]) for q in ("沿江", "沿江路", "yanjiang", "yjl", "江东街道沿江")),
        ("沿江", BEFORE, [("江东街道沿江路", "")]), ("溪畔", None, [("江东街道溪畔路", "")]),
        ("沿江路1", None, [("江东街道溪畔路1号", ONCE)]), ("桂花", None, [("江东街道溪畔路桂花弄", "")]),
        ("ghl", None, [("江东街道溪畔路桂花弄", "")]), ("旧街", None, [("江东街道旧街", "")]),
    ],
)  # fmt: skip
def test_a_street_that_was_renamed_is_offered_by_its_name_of_the_day(
    renamed: Database, q: str, day: date | None, found: list[tuple[str, str]]
) -> None:
    with renamed.reading() as look:
        some = suggestions(look, toponyms_on(look, day or date.today()), Question(q, on=day))
    assert [(each.label.removeprefix(CHAIN), "".join(one.zh for one in each.changed)) for each in some] == found
