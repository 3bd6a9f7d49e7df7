"""Addresses written as in the register, found by their key; everything that is not certain is left to be read."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from api.county import County
from boundaries.units import UNITS
from gis import history
from gis.text import Text
from placenames.addresses.addresses import ADDRESSES
from placenames.addresses.finding.address_lookup import Question, answers
from placenames.addresses.finding.batch_answers import NamesOfDays, answered
from placenames.addresses.finding.exact_addresses import beginnings_of, exact_matches
from placenames.addresses.finding.matches import Match
from placenames.addresses.finding.toponyms_known import toponyms_on
from tests.conftest import Office
from tests.placenames.test_addresses import TOWN, in_register, published, written

TODAY = date.today()


@pytest.fixture
def addressed(county_office: Office, county: County, tmp_path: Path) -> Office:
    county_office.has("clerk", "staff")
    published(county_office, written(tmp_path, county))
    return county_office


def asked(office: Office, *questions: Question) -> list[Match | None]:
    with office.database.reading() as look:
        names = toponyms_on(look, TODAY)
        return exact_matches(look, names, beginnings_of(names), questions)


def one(q: str, **more: object) -> Question:
    return Question(q, limit=1, **more)  # type: ignore[arg-type]


def test_any_beginning_of_the_chain_of_units_is_known(addressed):
    with addressed.database.reading() as look:
        chain = toponyms_on(look, TODAY).chains[TOWN]
        c = UNITS.table.c
        names = [look.scalar(select(c.name).where(c.code == code)) for code in (TOWN[:6], TOWN)]
    said = [f"{beginning}样柳路2号" for beginning in {chain, "".join(names), names[1]}]
    found = asked(addressed, *map(one, said))
    assert [each.label for each in found] == [f"{chain}样柳路2号"] * len(said)
    assert {each.score for each in found} == {1.0}
    assert asked(addressed, one("样柳路2号"), one(f"{names[0]}样柳路2号"), one(names[1]), one("")) == [None] * 4


def test_what_is_found_so_is_what_is_read(addressed):
    with addressed.database.reading() as look:
        names = toponyms_on(look, TODAY)
        questions = [one(f"{names.chains[TOWN]}{row['text']}") for row in in_register(addressed)]
        exact = exact_matches(look, names, beginnings_of(names), questions)
        read = answers(look, names, questions)
    assert [(each.id, each.match_level, each.label) for each in exact] == [
        (each[0].id, each[0].match_level, each[0].label) for each in read
    ]


def test_another_writing_has_the_same_key(addressed, county):
    town = county.units.set_index("code").loc[TOWN, "name"]
    found = asked(addressed, *(one(f"{town}{said}") for said in ("样柳路１２－３号", "樣柳路 十二之三號", "样柳路12-3号")))
    assert len({each.id for each in found}) == 1


@pytest.mark.parametrize(
    "more", [{"on": date(2020, 1, 1)}, {"unit": "990101002"}, {"statuses": ("made",)}, {"box": (0.0, 0.0, 1.0, 1.0)}]
)
def test_what_is_asked_for_otherwise_is_left_to_be_read(addressed, county, more):
    said = f"{county.units.set_index('code').loc[TOWN, 'name']}样柳路2号"
    assert asked(addressed, one(said), one(said, **more))[1] is None
    assert asked(addressed, one(said, unit=TOWN, on=date(2026, 7, 1)))[0] is not None


def test_twins_and_numbers_given_up_are_left_to_be_read(addressed, county):
    rows = in_register(addressed)
    columns = [field.name for field in ADDRESSES.fields]
    twin, cancelled = ({name: row[name] for name in columns} | {"geom": None} for row in rows[:2])
    with addressed.database.writing() as tx:
        history.begin(tx, ADDRESSES.table, [twin | {"code": "TWIN"}], date(2026, 7, 1))
        history.begin(tx, ADDRESSES.table, [cancelled | {"id": rows[1]["id"], "status": "cancelled"}], date(2026, 7, 1))
    town = county.units.set_index("code").loc[TOWN, "name"]
    found = asked(addressed, *(one(f"{town}{row['text']}") for row in rows[:3]))
    assert [each is None for each in found] == [True, True, False]


def test_each_day_has_the_names_of_its_units(addressed):
    c = UNITS.table.c
    columns = [field.name for field in UNITS.fields]
    with addressed.database.writing() as tx:
        now = tx.execute(select(UNITS.table).where(c.code == TOWN, history.in_force(UNITS.table, TODAY))).mappings().one()
        row = {name: now[name] for name in columns} | {"id": now["id"], "name": "样新街道", "geom": None}
        history.begin(tx, UNITS.table, [row], date(2026, 8, 1))
    read: list[date] = []
    with addressed.database.reading() as look:
        days = NamesOfDays(look, lambda look, day: read.append(day) or toponyms_on(look, day))
        questions = [one("样柳路2号", on=date(2026, month, 3)) for month in (6, 7, 8, 9)]
        found = answered(look, days, [*questions, one("样柳路2号"), Text("坏", "bad")])
    labels = [each.found[0].label if each.found else "" for each in found]
    assert ["样新街道" in label for label in labels] == [False, False, True, True, True, False]
    assert found[-1].error == Text("坏", "bad")
    assert len(read) == 2

