"""Names are found and compared by the readings of the office as they are now, also those registered before."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, insert, select, text
from typer.testing import CliRunner

from api import name_commands
from gis import jobs
from gis.db import Role
from gis.errors import BadInput
from gis.people import Person
from placenames import hearing
from placenames.addresses.toponyms import TOPONYMS
from placenames.appellations import APPELLATIONS, call_places_by_their_names
from placenames.finding import gazetteer
from placenames.finding.gazetteer import Search
from placenames.language import office_readings
from placenames.language.sounds import readings_list
from placenames.names import NAMES
from tests.conftest import Office
from tests.naming import EAST, EASTERN, LittleCounty, settle

TAN = ("谭垌", "tán dòng", "tán tóng")
"""A text with how the program reads it, and how the office does."""


@pytest.fixture
def reading_office(office: Office) -> Iterator[Office]:
    """An office with a street, which was called otherwise, and a village; nobody has settled a reading yet."""
    with office.database.engine(Role.OWNER).begin() as tx:
        county = settle(tx)
        county.has("谭垌路", "ROD", EAST, EASTERN, former_names="老谭垌街")
        county.has("样石村", "VIL", EAST)
    office.has("clerk", "staff", area="330901")
    yield office
    readings_list().unlink(missing_ok=True)


def clerk(tx: Any) -> Person:
    row = tx.execute(text("SELECT id FROM jiezhi.person WHERE name = 'clerk'")).one()
    return Person(row.id, "clerk", "clerk", {"staff": ("330901",)})


def settled(office: Office) -> None:
    with office.database.writing() as tx:
        office_readings.settle(tx, clerk(tx), TAN[0], TAN[2], "县志")


def ended(office: Office) -> None:
    with office.database.writing() as tx:
        office_readings.end(tx, clerk(tx), TAN[0], "更正")


def found(office: Office, typed: str) -> list[str]:
    with office.database.writing() as tx:
        return [each.name for each in gazetteer.search(tx, Search(typed, public=False))]


def sounds(office: Office) -> dict[str, tuple[str, str, str]]:
    c = APPELLATIONS.c
    with office.database.writing() as tx:
        return {row.text: tuple(row)[1:] for row in tx.execute(select(c.text, c.sound, c.core_sound, c.initials))}


def versions(office: Office) -> list[Any]:
    n = NAMES.table
    with office.database.writing() as tx:
        return list(tx.execute(select(n.c.version, n.c.recorded_at, n.c.superseded_at, n.c.roman).order_by(n.c.version)))


def test_a_name_registered_before_is_found_by_the_new_reading_and_by_the_old_no_more(reading_office: Office):
    before, history = sounds(reading_office), versions(reading_office)
    assert found(reading_office, "tandonglu") == ["谭垌路"]
    settled(reading_office)
    assert found(reading_office, "tantonglu") == ["谭垌路"]
    assert found(reading_office, "tandonglu") == []
    assert found(reading_office, "laotantong") == ["谭垌路"]  # its former name too
    assert found(reading_office, "ttl") == ["谭垌路"]
    assert sounds(reading_office)["样石村"] == before["样石村"]
    assert versions(reading_office) == history
    with reading_office.database.writing() as tx:
        (said,) = office_readings.history(tx)
    assert said["names"] == 2
    ended(reading_office)
    assert sounds(reading_office) == before


def test_homophones_of_names_registered_before_are_found(reading_office: Office):
    settled(reading_office)
    with reading_office.database.engine(Role.OWNER).connect() as tx:
        county = LittleCounty(tx, reading_office.settings)
        (hit,) = county.typed("坛同路", "ROD").as_dict()["homophones"]
        assert hit["name"] == "谭垌路"
        assert county.typed("坛洞路", "ROD").as_dict()["homophones"] == []


def test_nothing_is_changed_where_the_reading_is_refused_or_the_rest_fails(reading_office: Office):
    before = sounds(reading_office)
    with reading_office.database.engine(Role.WRITER).connect() as tx:
        with pytest.raises(BadInput):
            office_readings.settle(tx, clerk(tx), TAN[0], "tan tong", "县志")
        office_readings.settle(tx, clerk(tx), TAN[0], TAN[2], "县志")
        tx.rollback()
    assert sounds(reading_office) == before


def test_whatever_is_recorded_of_a_place_later_keeps_the_sound_of_today(reading_office: Office):
    """Its versions keep the keys they were recorded with; what is made of them follows the readings."""
    settled(reading_office)
    after = sounds(reading_office)
    n = NAMES.table
    with reading_office.database.engine(Role.OWNER).begin() as tx:
        street = tx.scalar(select(n.c.id).where(n.c.name == "谭垌路"))
        tx.execute(text("SELECT set_config('jiezhi.moment', now()::text, true)"))
        tx.execute(n.update().where(n.c.id == street).values(superseded_at=func.jiezhi.moment()))
        kept = [c for c in n.c if c.name not in ("version", "recorded_at", "superseded_at")]
        tx.execute(insert(n).from_select([c.name for c in kept], select(*kept).where(n.c.id == street)))
        call_places_by_their_names(tx, 1, date.today(), set())
    assert sounds(reading_office) == after


def test_many_names_are_heard_by_a_job_that_says_how_far_it_is(reading_office: Office, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(hearing, "FEW", 1)
    monkeypatch.setattr(hearing, "AT_ONCE", 1)
    before = sounds(reading_office)
    settled(reading_office)
    assert sounds(reading_office) == before
    with reading_office.database.writing() as tx:
        (job,) = tx.execute(text("SELECT task_name, args FROM procrastinate_jobs WHERE status = 'todo'")).all()
        assert job.task_name == hearing.HEAR
        assert jobs.progress(tx, hearing.SUBJECT)
    hearing.hear_queued(reading_office.database, 0)
    assert found(reading_office, "tantonglu") == ["谭垌路"]
    after = sounds(reading_office)
    hearing.hear_queued(reading_office.database, 0)
    assert sounds(reading_office) == after
    with reading_office.database.writing() as tx:
        assert jobs.progress(tx, hearing.SUBJECT) is None
        assert [each["names"] for each in office_readings.history(tx)] == [0, 2, None]


def test_after_the_list_was_written_by_hand_all_names_are_heard_anew(reading_office: Office):
    toponym = {"unit": EAST, "level": "road", "name": "谭垌路", "path": "x", "sound": "tan dong lu", "plates": 1}
    with reading_office.database.engine(Role.OWNER).begin() as tx:
        tx.execute(insert(TOPONYMS).values(toponym))
    place = readings_list()
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("text,reading\n谭垌,tán tóng\n", "utf-8")
    assert hearing.hear_all(reading_office.database, lambda _done, _words: None) == 3
    assert found(reading_office, "tantonglu") == ["谭垌路"]
    with reading_office.database.writing() as tx:
        assert tx.scalar(select(TOPONYMS.c.sound)) == "tan tong lu"
    place.unlink()
    app = name_commands.commands(lambda: nullcontext(reading_office.database))
    assert json.loads(CliRunner().invoke(app, ["rekey", "--json"]).stdout) == {"names": 3}
    assert found(reading_office, "tandonglu") == ["谭垌路"]
    assert "0 names" in CliRunner().invoke(app, ["rekey"]).stdout
