"""A million addresses from a file to addresses in force, beside a bare COPY of the same rows into indexed twins.

Every rule is asked: the units have their ground, and the register of names holds the streets as lines. Then the same list
comes a second time with a few rows changed, and brings only the difference.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from time import perf_counter

import pandas as pd
import pytest
import shapely
from sqlalchemy import insert, text

from boundaries.areas import cut_into_parts
from boundaries.units import UNITS
from gis import history, people, uploads
from gis.history import stored
from gis.intake import submissions
from gis.settings import Settings
from placenames.addresses.toponyms import TOPONYMS
from placenames.names import NAMES
from tests.benchmarks.made import Made
from tests.benchmarks.plates_made import county
from tests.benchmarks.test_lists import at_work, bare_copy
from tests.conftest import PASSWORD, TEMPLATE, Office, copied

pytestmark = pytest.mark.benchmark
MANY = int(os.environ.get("JIEZHI_BENCH_ADDRESSES", "1000000"))
SINCE = date(2024, 1, 1)
TITLES = {
    "unit": "乡镇代码", "code": "地址代码", "community": "村社区", "hamlet": "自然村", "street": "道路", "section": "段",
    "lane": "弄巷", "alley": "支弄", "number": "门牌号", "estate": "小区", "building": "幢", "cell": "单元", "floor": "层",
    "room": "室", "plate": "门牌种类", "status": "门牌状态", "certified": "核实", "former": "原门牌",
    "lon": "经度", "lat": "纬度",
}  # fmt: skip
ASIDE = 0.002
"""Degrees by which a town's ground reaches beyond its plates."""


@pytest.fixture
def office(server, tmp_path: Path) -> Iterator[Office]:
    with copied(server, TEMPLATE) as database:
        office = Office(database, Settings(var=tmp_path / "var", upload_mb=2000))
        for name, role in (("staff", "staff"), ("reviewer", "reviewer"), ("approver", "approver")):
            office.has(name, role, area="")
        yield office


def lay_ground(office: Office, made: Made) -> None:
    """Units with ground around their plates, and streets as lines through theirs."""
    plates = made.plates
    with office.database.writing() as tx:
        for unit in made.units.itertuples(index=False):
            of_it = plates[plates["unit"] == unit.code]
            ground = shapely.MultiPoint(of_it[["lon", "lat"]].to_numpy()).convex_hull.buffer(ASIDE) if len(of_it) else None
            shape = stored(shapely.MultiPolygon([ground])) if ground is not None else None
            row = {"code": unit.code, "name": unit.name, "level": unit.level, "parent": unit.parent or None, "geom": shape}
            tx.execute(insert(UNITS.table).values(**row, valid_from=SINCE))
        cut_into_parts(tx)
        streets = plates[(plates["street"] != "") & (plates["lane"] == "")].drop_duplicates(["unit", "street", "lon", "lat"])
        lines = []
        for at, ((unit, street), of_it) in enumerate(streets.groupby(["unit", "street"]), start=1):
            points = of_it.sort_values(["lon", "lat"])[["lon", "lat"]].to_numpy()
            if len(points) > 1:
                lines.append({"code": f"{unit}23513{at:06d}", "name": street, "unit": unit, "category": "ROD",
                              "geom": stored(shapely.LineString(points))})  # fmt: skip
        history.begin(tx, NAMES.table, lines, SINCE)


def sent(office: Office, made: Made, path: Path) -> tuple[int, int]:
    """Sends the plates as a list; answers the submission and its delivery."""
    listed = made.plates.rename(columns=TITLES)[list(TITLES.values())]
    listed.to_csv(path, index=False)
    with office.database.writing() as tx:
        staff = people.sign_in(office.database, "staff", PASSWORD, 1)[0]
        with path.open("rb") as stream:
            kept = uploads.keep(office.settings.var, path.name, stream, office.settings.upload_mb)
        number = submissions.submit(tx, staff, [kept])
        delivery = submissions.latest_delivery(tx, number)
    assert delivery is not None
    return number, delivery["id"]


def published(office: Office, made: Made, path: Path) -> tuple[list[float], list[float]]:
    number, delivery = sent(office, made, path)
    checked = at_work(office, "check", delivery)
    at_work(office, "decide", number, "accept", "reviewer", PASSWORD)
    return checked, at_work(office, "decide", number, "publish", "approver", PASSWORD)


def _another(statuses: pd.Series) -> list[str]:
    return ["installed" if each == "damaged" else "damaged" for each in statuses]


def test_a_million_addresses_come_in_at_the_pace_of_the_indexes(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = county(20262, MANY)
    lay_ground(office, made)
    (checked, read, tables, compared, much), (took, *_, most) = published(office, made, tmp_path / "addresses.csv")
    with office.database.writing() as tx:
        bare = {table: bare_copy(tx, table) for table in ("staged_addresses", "addresses")}
        listed = tx.scalar(text("SELECT count(*) FROM jiezhi.addresses"))
        toponyms = tx.scalar(text(f"SELECT count(*) FROM jiezhi.{TOPONYMS.name}"))
    few = made.plates[:10].assign(status=_another(made.plates["status"][:10]))
    again = Made(made.units, made.toponyms, pd.concat([made.plates[10:], few]))
    begin = perf_counter()
    _, delivery = sent(office, again, tmp_path / "again.csv")
    second, *_ = at_work(office, "check", delivery)
    with office.database.writing() as tx:
        told = text("SELECT kind, count(*) FROM jiezhi.change WHERE delivery = :delivery GROUP BY kind")
        found = dict(tx.execute(told, {"delivery": delivery}).all())
    copying = bare["addresses"]
    with capsys.disabled():
        print(  # noqa: T201
            f"\n{listed:,} addresses, {toponyms:,} toponyms: COPY into the register's twin {copying:.1f} s, into that of"
            f" what was sent {bare['staged_addresses']:.1f} s; check {checked:.1f} s (reading and rules of rows {read:.1f},"
            f" rules of tables {tables:.1f}, comparison {compared:.1f}), publication {took:.1f} s;"
            f" both {(checked + took) / copying:.1f} times the copying;"
            f"\npeak memory of the check {much:.0f} MB, of the publication {most:.0f} MB; a second delivery with ten rows"
            f" changed: check {second:.1f} s ({perf_counter() - begin:.1f} s with sending), {found}"
        )
    assert listed == MANY
    assert found == {"changed": 10}
    assert (checked + took) / copying < 6
    assert max(much, most) < 800
