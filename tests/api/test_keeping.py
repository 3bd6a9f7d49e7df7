"""The whole office in one file, and back again into an empty one."""

from __future__ import annotations

import io

import pytest

from api import keeping
from api.batch_forms import Form, as_stored
from gis import uploads
from gis.errors import BadInput, Conflict, NotFound
from gis.uploads import Kept
from placenames.addresses import address_batches
from tests.conftest import TEMPLATE, Office, copied


def test_what_was_backed_up_comes_back_whole(county_office, server, tmp_path):
    kept = uploads.keep(county_office.settings.var, "survey.zip", io.BytesIO(b"a survey"), 1)
    own = county_office.settings.var / "tables" / "readings.csv"
    own.parent.mkdir(parents=True)
    own.write_text("text,reading\n样柏,yàng bó\n", "utf-8")
    saved = tmp_path / "office.jiezhi"
    assert keeping.backup(county_office.database, county_office.settings.var, saved) > 10_000
    assert saved.stat().st_mode & 0o077 == 0

    with copied(server, TEMPLATE) as empty:
        var = tmp_path / "elsewhere"
        keeping.restore(empty, var, saved)
        restored = Office(empty, county_office.settings)
        was, now = (
            each.client().get("/collections/lines/items", params={"limit": 1000}).json()["features"]
            for each in (county_office, restored)
        )
        assert now == was
        assert len(now) == 30
        with uploads.laid_out(var, [Kept("survey.zip", kept.sha256, kept.size)]) as [path]:
            assert path.read_bytes() == b"a survey"
        assert (var / "tables" / "readings.csv").read_bytes() == own.read_bytes()


def test_what_others_asked_is_in_no_backup(office, server, tmp_path):
    with office.database.writing() as tx:
        token, _ = address_batches.make(tx, Form("json").as_dict(), [(1, as_stored(["样柳路1号"]))], hours=1)
    saved = tmp_path / "office.jiezhi"
    keeping.backup(office.database, office.settings.var, saved)
    with copied(server, TEMPLATE) as empty:
        keeping.restore(empty, tmp_path / "elsewhere", saved)
        with empty.writing() as tx, pytest.raises(NotFound):
            address_batches.find(tx, token)
        Office(empty, office.settings).work()  # the jobs that waited find nothing to do


def test_nothing_is_restored_over_an_office_that_is_in_use(office, tmp_path):
    saved = tmp_path / "office.jiezhi"
    keeping.backup(office.database, office.settings.var, saved)
    with pytest.raises(Conflict):
        keeping.restore(office.database, office.settings.var, saved)


def test_a_backup_overwrites_no_file(office, tmp_path):
    (tmp_path / "there").write_text("mine")
    with pytest.raises(BadInput):
        keeping.backup(office.database, office.settings.var, tmp_path / "there")


def test_what_is_no_backup_is_refused(database, tmp_path):
    (tmp_path / "note.txt").write_text("not a backup")
    with pytest.raises(BadInput):
        keeping.restore(database, tmp_path, tmp_path / "note.txt")
