"""How often the lookup finds the right address, by kind of question, and how often it answers one that does not exist.

Counties and questions are made: one of a million plates that is always the same, one of a hundred thousand that is
another every day (its seed is printed), and where it is present a real one. The thresholds hold for all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pytest

from gis.db import Database
from placenames.addresses.finding.address_lookup import Question, answers
from placenames.addresses.finding.toponyms_known import toponyms_on
from tests.benchmarks.accuracy import Table, measure, shortcomings
from tests.benchmarks.addresses_filled import fill
from tests.benchmarks.made import Made
from tests.benchmarks.nonexistent_made import nonexistent
from tests.benchmarks.plates_made import county
from tests.benchmarks.queries_made import queries
from tests.benchmarks.query_book import Book
from tests.benchmarks.query_kinds import GROUPS, Asked
from tests.benchmarks.real_county import REAL_GROUPS, real_county, real_queries
from tests.conftest import SHARED, TEMPLATE, copied, needs_shared

pytestmark = pytest.mark.benchmark
MANY, FEW = 1_000_000, 100_000
EACH, NOWHERE_EACH = 300, 1000
SEED = 20261
AT_ONCE = 200
DOORPLATES = SHARED / "addresses/doorplates-10017.csv.gz"


def test_a_million_made_plates(server, capsys: pytest.CaptureFixture[str]) -> None:
    made = county(SEED, MANY)
    with copied(server, TEMPLATE) as database:
        table = asked_in(database, made, SEED)
    tell(capsys, f"{MANY:,} made plates, seed {SEED}", table)
    assert not shortcomings(table)


def test_a_county_that_nobody_has_seen(server, capsys: pytest.CaptureFixture[str]) -> None:
    seed = date.today().toordinal()
    with copied(server, TEMPLATE) as database:
        table = asked_in(database, county(seed, FEW), seed)
    tell(capsys, f"{FEW:,} made plates, seed {seed}", table)
    assert not shortcomings(table)


@needs_shared
def test_the_real_county(server, capsys: pytest.CaptureFixture[str]) -> None:
    book = Book(real_county(DOORPLATES))
    asked = [*real_queries(book, SEED, EACH), *nonexistent(book, SEED, NOWHERE_EACH)]
    with copied(server, TEMPLATE) as database:
        fill(database, book.made)
        table = answered(database, asked, REAL_GROUPS)
    tell(capsys, "the real county, in traditional and simplified characters", table)
    assert not shortcomings(table)


def asked_in(database: Database, made: Made, seed: int) -> Table:
    """Fills a database with a county and asks every kind of question about it."""
    fill(database, made)
    book = Book(made)
    asked = [*queries(book, seed, EACH), *nonexistent(book, seed, NOWHERE_EACH)]
    return answered(database, asked, GROUPS)


def answered(database: Database, asked: Sequence[Asked], groups: Mapping[str, str]) -> Table:
    with database.reading() as look:
        names = toponyms_on(look, date.today())
        told = []
        for begin in range(0, len(asked), AT_ONCE):
            some = [
                Question(each.q, near=each.near, limit=each.limit) for each in asked[begin : begin + AT_ONCE]
            ]
            told += answers(look, names, some)
    return measure(asked, told, groups)


def tell(capsys: pytest.CaptureFixture[str], title: str, table: Table) -> None:
    with capsys.disabled():
        print(f"\n{title}\n{table}\nmissed: {'; '.join(shortcomings(table)) or 'nothing'}")  # noqa: T201
