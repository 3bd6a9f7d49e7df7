"""How fast a batch is answered: rows that are written as in the register beside the bare join, and all kinds mixed.

What counts is the work of the processors, ours and the database's together, so that whoever else is at the machine does not
count; the clock of the same run is printed beside it.
"""

from __future__ import annotations

import csv
import os
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from api.batch_files import answer_file
from api.batch_forms import JSON, Form
from api.batch_work import answer_rows
from api.known_names import for_long
from gis.db import Database
from placenames.addresses.finding.batch_answers import NamesOfDays, pieces
from placenames.addresses.finding.toponyms_known import toponyms_on
from tests.benchmarks.addresses_filled import fill
from tests.benchmarks.made import Made
from tests.benchmarks.plates_made import county
from tests.benchmarks.queries_made import queries
from tests.benchmarks.query_book import Book
from tests.conftest import TEMPLATE, copied

pytestmark = pytest.mark.benchmark
MANY = int(os.environ.get("JIEZHI_BENCH_ADDRESSES", "1000000"))
SEED = 20264
EXACT, EACH, AT_ONCE = 100_000, 150, 5000
EXACT_S, A_SECOND = 5.0, 2000
BUSY = 1.5
"""Work takes half as long again where others keep the processors busy."""
TIMES_THE_JOIN = 6.0
"""What a file from reading to writing may cost, in bare joins of the same rows whose keys are known."""
TIMES_A_ROW = 8.0
"""What a question of any kind may cost, in fetches of one row by its primary key."""
JOIN = text("""
    SELECT asked.n, a.id, a.code, a.text, ST_X(a.geom), ST_Y(a.geom)
    FROM unnest(CAST(:keys AS text[])) WITH ORDINALITY AS asked(key, n)
    JOIN jiezhi.addresses AS a ON a.exact_key = asked.key AND a.superseded_at IS NULL
""")
BY_KEY = text("SELECT version, id, code, text FROM jiezhi.addresses WHERE version = :version")
TICK_S = 1 / os.sysconf("SC_CLK_TCK")


@dataclass
class Cost:
    """What a piece of work took: of the processors, and by the clock, in seconds."""

    work: float = 0.0
    clock: float = 0.0

    def __str__(self) -> str:
        return f"{self.work:.2f} s of work ({self.clock:.2f} s by the clock)"


@pytest.fixture(scope="module")
def made() -> Made:
    return county(SEED, MANY)


@pytest.fixture(scope="module")
def filled(server, made: Made) -> Iterator[Database]:
    with copied(server, TEMPLATE) as database:
        fill(database, made)
        yield database


@contextmanager
def costing(database: Database) -> Iterator[Cost]:
    """Measures what is done inside: by us, and by every connection of ours in the database."""
    cost, begun, ours, theirs = Cost(), time.perf_counter(), time.process_time(), work_of(database)
    yield cost
    cost.clock = time.perf_counter() - begun
    cost.work = time.process_time() - ours + work_of(database) - theirs


def work_of(database: Database) -> float:
    """What the database has worked for us so far, in seconds."""
    with database.reading() as look:
        pids = look.scalars(text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")).all()
    return sum(ticks(pid) for pid in pids) * TICK_S


def slowness() -> float:
    return BUSY if os.getloadavg()[0] > (os.cpu_count() or 1) else 1.0


def ticks(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:  # it has gone
        return 0
    return int(fields[11]) + int(fields[12])


def test_rows_written_as_in_the_register(filled: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with filled.reading() as look:
        chains = toponyms_on(look, date.today()).chains
        sample = text("SELECT code, unit, text, exact_key FROM jiezhi.addresses ORDER BY md5(code) LIMIT :n")
        rows = look.execute(sample, {"n": EXACT}).all()
    sent, out = tmp_path / "sent.csv", tmp_path / "answered.csv"
    with sent.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("n", "地址"), *((row.code, chains[row.unit] + row.text) for row in rows)])
    with costing(filled) as joined, filled.reading() as look:
        for some in pieces([row.exact_key for row in rows], AT_ONCE):
            look.execute(JOIN, {"keys": some}).all()
    with costing(filled) as whole:
        answer_file(filled, sent, out, Form(""), "")
    with out.open(encoding="utf-8", newline="") as stream:
        answers = list(csv.DictReader(stream))
    told = f"{len(rows):,} exact rows: {whole}; the bare join {joined}: {whole.work / joined.work:.1f} times"
    with capsys.disabled():
        print(f"\n{MANY:,} plates; {told}")  # noqa: T201
    missed = [each for each in answers if each["code"] != each["n"]]
    assert len(answers) == len(rows)
    assert len(missed) < len(rows) / 1000, missed[:5]
    assert whole.work <= EXACT_S * slowness(), told
    assert whole.work <= TIMES_THE_JOIN * joined.work, told


def test_all_kinds_mixed(filled: Database, made: Made, capsys: pytest.CaptureFixture[str]) -> None:
    asked = [{"q": each.q} for each in queries(Book(made), SEED, EACH) if each.near is None]
    random.Random(SEED).shuffle(asked)
    form = Form(JSON)
    with filled.reading() as look:
        days = NamesOfDays(look, for_long(toponyms_on))
        answer_rows(look, days, form, asked[:200])  # the names are read once
        versions = look.scalars(text("SELECT version FROM jiezhi.addresses ORDER BY md5(code) LIMIT 2000")).all()
    with costing(filled) as whole, filled.reading() as look:
        for some in pieces(asked, AT_ONCE):
            answer_rows(look, days, form, some)
    with costing(filled) as peer, filled.reading() as look:
        one_by_one(look, versions)
    a_second = len(asked) / whole.work
    times = whole.work / len(asked) / (peer.work / len(versions))
    told = f"{len(asked):,} rows of all kinds: {whole}, {a_second:,.0f} a second; {times:.1f} times a row by its key"
    with capsys.disabled():
        print(f"\n{MANY:,} plates; {told}")  # noqa: T201
    assert a_second * slowness() >= A_SECOND, told
    assert times <= TIMES_A_ROW, told


def one_by_one(look: Connection, versions: Sequence[int]) -> None:
    for version in versions:
        look.execute(BY_KEY, {"version": version}).one()
