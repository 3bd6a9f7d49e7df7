"""Lists of units come in as a whole or not at all, however long; what differs makes a version, what does not, none."""

from __future__ import annotations

import gzip
import tracemalloc
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pytest
import shapely
from sqlalchemy import Connection, event, func, select

from api import street
from boundaries import areas, unit_list, unit_rows
from boundaries.unit_list import BEGINNING, Outcome
from boundaries.units import UNITS
from gis import history, people
from gis.errors import BadInput, NotAllowed
from gis.history import in_force
from gis.settings import Settings
from tests.conftest import PASSWORD, SHARED, needs_shared

assert street.REGISTERS
TODAY = date.today()
SETTINGS = Settings()
TOWNS = replace(SETTINGS, unit_codes=r"county:\d{5},township:\d{8}")
LIST = """代码,名称,驻地,驻地经度,驻地纬度
430181,样县,,,
430181001,样甲镇,样甲社区,113.5,28.1
430181002,样乙乡,,,
"""


def bring_in(
    tx: Connection, path: Path, settings: Settings = SETTINGS, since: date | None = None, area: str = ""
) -> Outcome:
    """Brings a list in as an administrator of an area."""
    number = people.add(tx, f"administrator {area}", PASSWORD, [("administrator", area)])
    person = people.Person(number, "administrator", "administrator", {"administrator": (area,)})
    return unit_list.bring_in(tx, path, settings, person, since)


def write(folder: Path, text: str, name: str = "units.csv") -> Path:
    place = folder / name
    place.write_text(text, encoding="utf-8")
    return place


def units(tx: Connection, on: date = TODAY, *columns: str) -> list[tuple[Any, ...]]:
    c = UNITS.table.c
    wanted = select(*(c[name] for name in columns or ("code", "name", "level", "parent")))
    return [tuple(row) for row in tx.execute(wanted.where(in_force(UNITS.table, on)).order_by(c.code))]


COUNTED = """代码,名称,户数,人口
430181001001,样甲村,"1,204",3012.0
430181001002,样乙村,,
"""


def test_households_and_people_come_in_and_stay_when_a_list_is_silent(tx: Connection, tmp_path: Path) -> None:
    bring_in(tx, write(tmp_path, COUNTED))
    counts = ("households", "population")
    assert units(tx, TODAY, *counts) == [(1204, 3012), (None, None)]
    assert bring_in(tx, write(tmp_path, COUNTED.replace('"1,204",3012.0', ",")), area="43").changed == 0
    assert bring_in(tx, write(tmp_path, COUNTED.replace("1,204", "1210")), area="4301").changed == 1
    assert units(tx, TODAY, *counts) == [(1210, 3012), (None, None)]
    assert units(tx, TODAY - timedelta(days=1), *counts)[0] == (1204, 3012)


@pytest.mark.parametrize("said", ["约三百", "-4", "12.5", "9999999999"])
def test_a_count_that_is_none_is_refused(tx: Connection, tmp_path: Path, said: str) -> None:
    with pytest.raises(BadInput, match="430181001001 的户数不是不小于零的整数"):
        bring_in(tx, write(tmp_path, COUNTED.replace('"1,204"', said)))


def test_a_list_comes_in_with_levels_parents_and_seats(tx: Connection, tmp_path: Path) -> None:
    assert bring_in(tx, write(tmp_path, LIST)) == Outcome(3, 0, 0, 1)
    assert units(tx) == [
        ("430181", "样县", "county", "4301"),
        ("430181001", "样甲镇", "township", "430181"),
        ("430181002", "样乙乡", "township", "430181"),
    ]
    assert units(tx, BEGINNING, "seat", "seat_lon", "seat_lat")[1] == ("样甲社区", 113.5, 28.1)
    assert units(tx, BEGINNING - timedelta(days=1)) == []


@pytest.mark.parametrize("kind", ["csv", "gbk", "gz", "excel", "layer"])
def test_every_kind_of_list_says_the_same(tx: Connection, tmp_path: Path, kind: str) -> None:

    rows = [line.split(",") for line in LIST.splitlines()]
    path = write(tmp_path, LIST)
    if kind == "gbk":
        path.write_bytes(LIST.encode("gbk"))
    elif kind == "gz":
        path = tmp_path / "units.csv.gz"
        path.write_bytes(gzip.compress(LIST.encode()))
    elif kind == "excel":
        book = openpyxl.Workbook()
        for row in rows:
            book.worksheets[0].append([int(cell) if cell.isdigit() else cell or None for cell in row])
        path = tmp_path / "units.xlsx"
        book.save(path)
        book.close()
    elif kind == "layer":
        path = tmp_path / "units.gpkg"
        columns = {title: [row[i] for row in rows[1:]] for i, title in enumerate(rows[0][:3])}
        points = [shapely.Point(113.6, 28.2), shapely.Point(113.5, 28.1), shapely.Point(113.7, 28.3)]
        gpd.GeoDataFrame(columns, geometry=points, crs="EPSG:4490").to_file(path)
    assert bring_in(tx, path).added == 3
    assert units(tx, TODAY, "code", "name", "seat", "seat_lon", "seat_lat")[1] == (
        "430181001", "样甲镇", "样甲社区", 113.5, 28.1,
    )  # fmt: skip
    assert bring_in(tx, path) == Outcome(0, 0, 3, 1)


def test_areas_say_nothing_of_seats(tx: Connection, tmp_path: Path) -> None:
    path = tmp_path / "areas.gpkg"
    columns = {"XZQDM": ["430181"], "XZQMC": ["样县"]}
    gpd.GeoDataFrame(columns, geometry=[shapely.box(113, 28, 114, 29)], crs="EPSG:4490").to_file(path)
    bring_in(tx, path)
    assert units(tx, TODAY, "seat_lon", "geom") == [(None, None)]


def test_a_new_name_begins_on_its_day_and_the_old_one_answers_before(tx: Connection, tmp_path: Path) -> None:
    bring_in(tx, write(tmp_path, LIST))
    (before,) = tx.execute(select(UNITS.table.c.id).where(UNITS.table.c.code == "430181002")).scalars()
    ground = shapely.multipolygons([shapely.box(113, 28, 114, 29)])
    drawn = [(before, BEGINNING, None, {"geom": history.stored(ground), "agreed_share": 0.5})]
    history.rewrite(tx, UNITS.table, drawn, 1)
    areas.cut_into_parts(tx)
    renamed = write(tmp_path, "code,name\n430181002,样乙镇\n")
    assert bring_in(tx, renamed, since=date(2026, 3, 1)) == Outcome(0, 1, 0, 0)

    assert [row[1] for row in units(tx, date(2026, 2, 28))] == ["样县", "样甲镇", "样乙乡"]
    assert [row[1] for row in units(tx, date(2026, 3, 1))] == ["样县", "样甲镇", "样乙镇"]
    identities = select(UNITS.table.c.id, UNITS.table.c.agreed_share).where(
        UNITS.table.c.code == "430181002", in_force(UNITS.table, date(2026, 3, 1))
    )
    assert tx.execute(identities).all() == [(before, 0.5)]
    for day, name in ((date(2026, 2, 28), "样乙乡"), (date(2026, 3, 1), "样乙镇")):
        assert [unit["name"] for unit in areas.units_at(tx, 113.5, 28.5, day)] == ["样县", name]


def test_what_a_list_does_not_say_stays(tx: Connection, tmp_path: Path) -> None:
    bring_in(tx, write(tmp_path, LIST))
    assert bring_in(tx, write(tmp_path, "code,name\n430181001,样甲镇\n")) == Outcome(0, 0, 1, 0)
    moved = write(tmp_path, "code,name,seat_lon,seat_lat\n430181001,样甲镇,113.6,28.1\n")
    assert bring_in(tx, moved) == Outcome(0, 1, 0, 0)
    assert units(tx, TODAY, "seat", "seat_lon")[1] == ("样甲社区", 113.6)
    assert len(units(tx)) == 3


def test_a_unit_that_comes_back_keeps_its_identity_and_its_gap(tx: Connection, tmp_path: Path) -> None:
    c = UNITS.table.c
    bring_in(tx, write(tmp_path, LIST))
    (identity,) = tx.execute(select(c.id).where(c.code == "430181002")).scalars()
    history.end(tx, UNITS.table, [identity], date(2020, 1, 1))
    assert bring_in(tx, write(tmp_path, LIST), since=date(2026, 1, 1)) == Outcome(1, 0, 2, 1)
    assert [len(units(tx, date(year, 6, 1))) for year in (2019, 2021, 2026)] == [3, 2, 3]
    assert set(tx.scalars(select(c.id).where(c.code == "430181002"))) == {identity}


def test_units_above_come_in_with_the_list_that_names_them(tx: Connection, tmp_path: Path) -> None:
    towns = "TOWNCODE,TOWNNAME,COUNTYCODE,COUNTYNAME\n10017010,甲區,10017,某市\n10017020,乙區,10017,某市\n"
    assert bring_in(tx, write(tmp_path, towns), TOWNS) == Outcome(3, 0, 0, 0)
    assert units(tx)[0] == ("10017", "某市", "county", None)
    assert bring_in(tx, write(tmp_path, towns), TOWNS) == Outcome(0, 0, 2, 0)
    other = towns.replace("10017", "10018").replace("乙區,10018,某市", "乙區,10018,另市")
    with pytest.raises(BadInput, match="two names: 另市, 某市"), tx.begin_nested():
        bring_in(tx, write(tmp_path, other), TOWNS)


def test_an_administrator_brings_in_their_own_area_only(tx: Connection, tmp_path: Path) -> None:
    towns = "TOWNCODE,TOWNNAME,COUNTYNAME\n10017010,甲區,某市\n10018020,乙區,另市\n"
    with pytest.raises(NotAllowed, match="10018020"), tx.begin_nested():
        bring_in(tx, write(tmp_path, towns), TOWNS, area="10017")
    # the county lies above the area and is left to whoever holds it
    own = write(tmp_path, "TOWNCODE,TOWNNAME,COUNTYNAME\n10017010,甲區,某市\n")
    assert bring_in(tx, own, TOWNS, area="100170") == Outcome(1, 0, 0, 1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("代码,人口\n430181,1\n", "no column for “Name”; its columns are 代码, 人口"),
        ("code,name\n430181,a\n430182,b\n430181,c\n", "row 3: the code 430181 stands in row 1 already"),
        ("code,name\n430181,a\n43018,b\n,c\n430183,\n", "3 rows of units.csv"),
        ("code,name\n43018,b\n", "row 1: the code 43018 fits no level"),
        ("code,name,level\n430181,样县,镇\n", "row 1: 430181 is no code of the level “镇”"),
        ("code,name,level\n430181,样县,星\n", "row 1: 430181 is no code of the level “星”"),
        ("code,name,lon,lat\n430181,样县,113°30′,28\n", "the seat of 430181 is not in degrees"),
        ("code,name,lon,lat\n430181,样县,28,113\n", "the seat of 430181 is not in degrees"),
    ],
)
def test_a_bad_list_is_refused_as_a_whole(tx: Connection, tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(BadInput) as told, tx.begin_nested():
        bring_in(tx, write(tmp_path, text))
    assert words in told.value.text.en
    assert units(tx) == []


@pytest.mark.parametrize(
    ("code", "word", "level"),
    [
        ("430181", None, "county"), ("430181", "市", "county"), ("4301", "市", "prefecture"), ("430181", "县级", "county"),
        ("430181001", "街道", "township"), ("430181", "county", "county"), ("430181", "镇", None), ("99", None, "province"),
    ],
)  # fmt: skip
def test_a_word_for_a_level_may_fit_several(code: str, word: str | None, level: str | None) -> None:
    assert unit_rows.level_named(code, word, SETTINGS) == level


def test_thousands_of_units_come_in_by_a_handful_of_statements(tx: Connection, tmp_path: Path) -> None:
    asked: list[str] = []
    event.listen(tx, "before_cursor_execute", lambda *given: asked.append(given[2]))
    towns = [f"430181{number:03},样{number}镇" for number in range(1000)]
    villages = [f"430181{town:03}{number:03},样{number}村" for town in range(3) for number in range(1000)]
    path = write(tmp_path, "code,name\n" + "\n".join([*towns, *villages, ""]))
    assert bring_in(tx, path) == Outcome(4000, 0, 0, 1000)
    path = write(tmp_path, path.read_text(encoding="utf-8").replace("村\n", "社区\n"))
    assert bring_in(tx, path, since=TODAY) == Outcome(0, 3000, 1000, 1000)
    assert bring_in(tx, path) == Outcome(0, 0, 4000, 1000)
    assert len(asked) < 80, len(asked)


def most_memory_while_reading(path: Path) -> tuple[int, int]:
    tracemalloc.start()
    read = sum(1 for _ in unit_rows.rows(path, SETTINGS))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return read, most


@needs_shared
def test_a_list_five_times_as_long_takes_no_more_memory(tmp_path: Path) -> None:
    head, *units = gzip.decompress((SHARED / "divisions/streets.csv.gz").read_bytes()).splitlines(keepends=True)
    once, five_times = tmp_path / "once.csv", tmp_path / "five.csv"
    once.write_bytes(head + b"".join(units))
    five_times.write_bytes(head + b"".join(units * 5))
    most_memory_while_reading(once)  # what the first reading loads is no part of the list
    (read, few), (all_read, many) = most_memory_while_reading(once), most_memory_while_reading(five_times)
    assert (read, all_read) == (41_352, 206_760)
    assert many < 1.5 * few, (many, few)


@needs_shared
def test_the_countrys_streets_come_in(tx: Connection) -> None:
    lists = SHARED / "divisions"
    outcomes = [
        bring_in(tx, lists / f"{name}.csv.gz") for name in ("provinces", "cities", "areas", "streets")
    ]
    assert [(each.added, each.without_parent) for each in outcomes] == [
        (31, 0), (342, 0), (2978, 0), (41_352, 0),
    ]  # fmt: skip
    assert bring_in(tx, lists / "streets.csv.gz") == Outcome(0, 0, 41_352, 0)
    levels = select(UNITS.table.c.level, func.count()).group_by(UNITS.table.c.level)
    assert dict(tx.execute(levels).all()) == {
        "province": 31, "prefecture": 342, "county": 2978, "township": 41_352,
    }  # fmt: skip
