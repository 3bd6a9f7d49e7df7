"""Rules of rows and of tables: asked while their source is in force, where they hold, with the weight they have."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from gis.files import Answers
from gis.intake import rules
from gis.intake.beside import Staged, counties
from gis.intake.checking import Examination, examine
from gis.intake.desk import DatabaseDesk
from gis.intake.recognition import Choices
from gis.intake.rules import RULES, Offence, Rule, Severity
from gis.settings import Settings
from gis.sources import HOUSE_PRACTICE, Source
from gis.text import Text
from placenames.names import NAMES
from tests.conftest import COUNTY, Office, office_of_its_own
from tests.lists_made import TOWN, hills, write_list

WORDS = (Text("标题", "title"), Text("问题", "problem"), Text("改", "mend"), "Why.")
TODAY = date.today()
NO_DELIVERY = 1_000_000


def every_row(survey: Any) -> Iterator[Offence]:
    sheet = survey.sheet("names")
    for row in () if sheet is None else sheet["row"]:
        yield Offence("names", int(row))


def every_staged_row(staged: Staged) -> Iterator[Offence]:
    s = staged.register.staging.c
    for row in staged.rows(select(s.row).where(staged.sent).order_by(s.row)):
        yield Offence("names", row.row)


@pytest.fixture
def entered(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Enters a rule for the length of a test."""

    def enter(check: Any, **more: Any) -> None:
        plain = Rule("X01", ("names",), Severity.ERROR, HOUSE_PRACTICE, *WORDS, check)
        monkeypatch.setitem(RULES, "X01", replace(plain, of_tables=check is every_staged_row, **more))

    return enter


@pytest.fixture(scope="module")
def office(server, county_template, tmp_path_factory) -> Iterator[Office]:
    """A county office in which these tests leave nothing."""
    with office_of_its_own(server, county_template, tmp_path_factory.mktemp("rules")) as made:
        yield made


@pytest.fixture
def looked(office: Office, tmp_path) -> Callable[[], Examination]:
    """Has four hills looked at, two of them in another town, beside the database."""
    rows = [{**row, "所在政区代码": TOWN if n < 2 else COUNTY + "002"} for n, row in enumerate(hills(4))]
    path = write_list(tmp_path / "names.csv", rows)

    def look() -> Examination:
        with office.database.writing() as tx:
            desk = DatabaseDesk(tx, NO_DELIVERY, TODAY, Settings())
            seen = examine([path], Answers(), Choices(), Settings(), desk=desk)
            tx.rollback()
        return seen

    return look


def found(seen: Examination) -> list[tuple[int | None, str]]:
    return [(each.row, each.severity.value) for each in seen.findings if each.rule == "X01"]


@pytest.mark.parametrize("check", [every_row, every_staged_row])
def test_a_rule_finds_rows_and_tells_them_as_the_sender_knows_them(entered, looked, check):
    entered(check)
    seen = looked()
    assert found(seen) == [(1, "error"), (2, "error"), (3, "error"), (4, "error")]
    assert seen.passed.failing == {"names": 4}
    told = next(each for each in seen.findings if each.rule == "X01")
    assert (told.file, told.layer, told.source_row, told.key) == ("names.csv", "names", 2, next(hills(1))["地名代码"])


@pytest.mark.parametrize("check", [every_row, every_staged_row])
@pytest.mark.parametrize(
    ("begins", "ends", "asked"),
    [(None, None, True), (TODAY, None, True), (TODAY + timedelta(1), None, False), (None, TODAY, False),
     (None, TODAY + timedelta(1), True)],
)  # fmt: skip
def test_a_rule_is_asked_while_its_source_is_in_force(entered, looked, check, begins, ends, asked):
    entered(check, source=Source("办法", "1号", begins, "A", in_force_to=ends))
    assert bool(found(looked())) == asked


@pytest.mark.parametrize("check", [every_row, every_staged_row])
def test_what_only_a_person_can_judge_is_a_note(entered, looked, check):
    entered(check, checklist=True)
    seen = looked()
    assert {severity for _, severity in found(seen)} == {"note"}


@pytest.mark.parametrize("check", [every_row, every_staged_row])
@pytest.mark.parametrize(("where", "rows"), [("CN", [1, 2, 3, 4]), (TOWN, [1, 2]), ("99", [1, 2, 3, 4]), ("33", [])])
def test_a_rule_of_one_place_looks_at_its_rows_only(entered, looked, check, where, rows):
    entered(check, jurisdiction=where)
    assert [row for row, _ in found(looked())] == rows


def test_rules_know_which_registers_they_look_at():
    whole = {each.id for each in rules.rules_of_surveys()}
    rows = {each.id for each in rules.rules_of_rows(NAMES)}
    tables = {each.id for each in rules.rules_of_tables(NAMES)}
    assert {"G05", "A05", "F03"} <= whole
    assert {"A05", "F03", "F01", "F02"} <= rows
    assert "F04" in tables
    assert not whole & tables
    assert not rows & tables
    assert "G05" not in rows


@pytest.mark.parametrize(
    ("units", "locked"),
    [
        ({TOWN, COUNTY + "002", COUNTY + "002001"}, {COUNTY}),
        ({COUNTY}, {COUNTY}),
        ({"990101001", "990202003001"}, {"990101", "990202"}),
        ({"9901", TOWN}, {"", COUNTY}),
        ({"nonsense"}, {""}),
        (set(), set()),
    ],
)
def test_a_list_belongs_to_the_counties_of_its_units(units, locked):
    assert counties(units, Settings()) == locked
