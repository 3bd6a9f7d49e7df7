"""A hundred thousand names from a file to names in force, beside a bare COPY of the same rows into indexed twins."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from time import perf_counter

import pytest
from psycopg import sql
from sqlalchemy import Connection, text

from gis import people, uploads
from gis.export_lists import Extract, write
from gis.intake import submissions
from gis.registers import REGISTERS
from tests.conftest import COUNTY, PASSWORD, Office
from tests.lists_made import ground_of, hills, write_list

pytestmark = pytest.mark.benchmark
NAMES = 100_000
DAY = "2026-11-01"
WORKER = """
import sys, warnings
from pathlib import Path
from datetime import date
from time import perf_counter
from api import street
from gis import people
from gis.db import Database
from gis.intake import queued_work, reviews, submissions
from gis.intake.reviews import Decision
database = Database(sys.argv[1])
begin, told = perf_counter(), []
if sys.argv[2] == "check":
    submissions.check_delivery(database, int(sys.argv[3]), lambda done, words: told.append((perf_counter(), words.zh)))
else:
    person = people.sign_in(database, sys.argv[5], sys.argv[6], 1)[0]
    with database.writing() as tx:
        decision = Decision(sys.argv[4], "", "benchmark", date(2026, 11, 1) if sys.argv[4] == "publish" else None)
        state = reviews.decide(tx, person, int(sys.argv[3]), decision)
    if state == "publishing":
        queued_work.publish_submission(database, int(sys.argv[3]))
end = perf_counter()
read = max((at for at, words in told if words.startswith("正在读取“")), default=begin)
compared = max((at for at, words in told if "比较" in words), default=end)
status = dict(line.split(":") for line in Path("/proc/self/status").read_text().splitlines())
peak = int(status["VmHWM"].split()[0]) / 1024  # getrusage would count the process that started this one
print(end - begin, read - begin, compared - read, end - compared, peak)
"""


def at_work(office: Office, *given: object) -> list[float]:
    """Has a process of its own do it; answers seconds in all, for reading, for rules of tables, for the rest, and MB."""
    settled = {**os.environ, "JIEZHI_VAR": str(office.settings.var)}
    command = [sys.executable, "-c", WORKER, office.database.url, *map(str, given)]
    done = subprocess.run(command, capture_output=True, text=True, env=settled, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return [float(number) for number in done.stdout.split()]


def bare_copy(tx: Connection, table: str) -> float:
    """Seconds to COPY the rows of a table into a twin with all its indexes and constraints, exclusions among them."""
    source, twin = sql.Identifier("jiezhi", table), sql.Identifier(f"twin_{table}")
    tx.execute(text(f"CREATE TEMPORARY TABLE twin_{table} (LIKE jiezhi.{table} INCLUDING ALL)"))
    cursor = tx.connection.cursor()
    plain = [name for (name,) in cursor.execute(
        "SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND attgenerated = ''"
        " AND NOT attisdropped AND attidentity = '' ORDER BY attnum", [f"jiezhi.{table}"])]  # fmt: skip
    columns = sql.SQL(", ").join(map(sql.SQL, plain))
    with cursor.copy(sql.SQL("COPY {} ({}) TO STDOUT").format(source, columns)) as out:
        rows = [bytes(block) for block in out]
    begin = perf_counter()
    with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(twin, columns)) as into:
        for block in rows:
            into.write(block)
    return perf_counter() - begin


@pytest.fixture
def desk(county_office: Office) -> Office:
    county_office.has("staff", "staff", area=COUNTY)
    return county_office


def test_a_hundred_thousand_names_come_in_at_the_pace_of_the_indexes(
    desk: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with desk.database.writing() as tx:
        path = write_list(tmp_path / "names.csv", hills(NAMES, ground_of(tx)))
        few = write_list(tmp_path / "few.csv", hills(100, ground_of(tx), start=NAMES))
        staff = people.sign_in(desk.database, "staff", PASSWORD, 1)[0]
        numbers = []
        for each in (few, path):
            with each.open("rb") as stream:
                kept = uploads.keep(desk.settings.var, each.name, stream, 100)
            numbers.append(submissions.submit(tx, staff, [kept]))
        deliveries = [submissions.latest_delivery(tx, number) for number in numbers]
    *_, little = at_work(desk, "check", deliveries[0]["id"])  # type: ignore[index]
    checked, read, tables, compared, much = at_work(desk, "check", deliveries[1]["id"])  # type: ignore[index]
    at_work(desk, "decide", numbers[1], "accept", "reviewer", PASSWORD)
    published, *_, most = at_work(desk, "decide", numbers[1], "publish", "approver", PASSWORD)
    with desk.database.writing() as tx:
        bare = {table: bare_copy(tx, table) for table in ("names", "appellation")}
        begin = perf_counter()
        write(tx, Extract(REGISTERS["names"], date.fromisoformat(DAY)), tmp_path / "out.csv")
        exported = perf_counter() - begin
    total, copied = checked + published, sum(bare.values())
    with capsys.disabled():
        print(  # noqa: T201
            f"\n{NAMES:,} names: COPY into the register's twin {bare['names']:.1f} s, into that of what places are called"
            f" {bare['appellation']:.1f} s; check {checked:.1f} s (reading and rules of rows {read:.1f}, rules of tables"
            f" {tables:.1f}, comparison {compared:.1f}), publication {published:.1f} s;"
            f" both {total / copied:.1f} times the copying, publication alone {published / copied:.1f} times;"
            f"\npeak memory of the check {much:.0f} MB ({little:.0f} MB with a hundred names),"
            f" of the publication {most:.0f} MB; export as CSV {exported:.1f} s"
        )
    assert total / copied < 5
    assert published / copied < 3
    assert much - little < 100
    assert most - little < 200
