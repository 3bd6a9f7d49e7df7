"""The feed of addresses: every change in the order in which it was published, and none that a follower could miss."""

from __future__ import annotations

import threading
import time
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from geoalchemy2.shape import to_shape
from sqlalchemy import Connection, func, select, text

from api.county import County
from gis import history
from gis.db import Role
from placenames.addresses.address_feed import FEED, changes_after, write_down
from placenames.addresses.addresses import ADDRESSES
from tests.conftest import Office, is_problem
from tests.placenames.test_addresses import ROWS, TOWN, in_register, published, written


@pytest.fixture
def addressed(county_office: Office, county: County, tmp_path: Path) -> Office:
    """The county with its first addresses."""
    county_office.has("clerk", "staff")
    published(county_office, written(tmp_path, county))
    return county_office


def feed(office: Office, after: int = 0, limit: int = 100) -> dict[str, Any]:
    answer = office.client().get("/addresses/changes", params={"after": after, "limit": limit})
    assert answer.status_code == 200, answer.text
    return answer.json()


TITLES = {
    "code": "地址代码", "unit": "乡镇代码", "community": "村社区", "hamlet": "自然村", "street": "道路", "number": "门牌号",
    "estate": "小区", "building": "幢", "cell": "单元", "room": "室", "status": "门牌状态",
}  # fmt: skip


def list_of(folder: Path, rows: list[dict[str, Any]], **changed: dict[str, str]) -> Path:
    """A list of what is in the register, some of it changed: text -> {field: value}."""
    frame = pd.DataFrame([{**row, **changed.get(row["text"], {})} for row in rows])[list(TITLES)].rename(columns=TITLES)
    places = [to_shape(row["geom"]) for row in rows]
    frame["经度"], frame["纬度"] = [each.x for each in places], [each.y for each in places]
    frame.to_csv(folder / "地址.csv", index=False)
    return folder / "地址.csv"


def test_what_is_published_first_is_added(addressed):
    found = feed(addressed)
    assert [each["what"] for each in found["changes"]] == ["added"] * len(ROWS)
    assert [each["number"] for each in found["changes"]] == sorted(each["number"] for each in found["changes"])
    known = {str(row["id"]): row for row in in_register(addressed)}
    for each in found["changes"]:
        row = known[each["id"]]
        assert (each["code"], each["text"], each["unit"]) == (row["code"], row["text"], TOWN)
        assert each["label"].endswith(row["text"]) and "样城街道" in each["label"]  # noqa: PT018
        assert (each["valid_from"], each["valid_to"], each["former"]) == ("2026-06-01", None, None)
        assert len(str(each["lon"]).partition(".")[2]) <= 4
    assert (found["after"], found["more"]) == (found["changes"][-1]["number"], False)


def test_what_was_changed_and_what_ended_is_told_once_each(addressed, tmp_path):
    last, rows = feed(addressed)["after"], in_register(addressed)
    cancelled = {"样柳路30号样福小区3幢2单元501室": {"status": "cancelled"}}
    file = list_of(tmp_path, rows[:-1], 样柳路2号={"number": "4号"}, **cancelled)
    number = addressed.send("clerk", file, whole="1")
    addressed.publish(number, "2026-09-01")
    found = {each["text"]: each for each in feed(addressed, last)["changes"]}
    assert {name: each["what"] for name, each in found.items()} == {
        "样柳路4号": "changed", "样柳路30号样福小区3幢2单元501室": "changed", "样坪村3组8号": "ended"
    }  # fmt: skip
    moved, gone = found["样柳路4号"], found["样坪村3组8号"]
    assert (moved["former"], moved["valid_from"], moved["id"]) == ("样柳路2号", "2026-09-01", str(rows[0]["id"]))
    assert (gone["valid_from"], gone["valid_to"], gone["former"]) == ("2026-06-01", "2026-09-01", None)
    assert found["样柳路30号样福小区3幢2单元501室"]["status"] == "cancelled"


def test_what_ended_before_it_began_is_told_too(addressed, tmp_path):
    last, rows = feed(addressed)["after"], in_register(addressed)
    addressed.publish(addressed.send("clerk", list_of(tmp_path, rows[:-1]), whole="1"), "2026-06-01")
    (gone,) = feed(addressed, last)["changes"]
    assert (gone["what"], gone["id"]) == ("ended", str(rows[-1]["id"]))
    assert (gone["valid_from"], gone["valid_to"]) == ("2026-06-01", "2026-06-01")


def test_pages_follow_each_other_without_a_gap(addressed):
    whole, after, pages = feed(addressed)["changes"], 0, []
    while True:
        page = feed(addressed, after, 2)
        pages += page["changes"]
        after = page["after"]
        if not page["more"]:
            break
    assert pages == whole
    here = feed(addressed, after)
    assert (here["changes"], here["after"]) == ([], after)
    assert here["links"][0]["href"].endswith(f"/addresses/changes?limit=100&after={after}")


@pytest.mark.parametrize("asked", ["after=-1", "after=x", "limit=0", "no=1", f"after={2**63}"])
def test_what_cannot_be_answered_is_refused(office, asked):
    assert is_problem(office.client().get(f"/addresses/changes?{asked}"), 400)


def record(tx: Connection, number: str) -> None:
    history.record_from_now_on(tx)
    row = {"code": number, "unit": TOWN, "text": f"样路{number}", "geom": None}
    history.begin(tx, ADDRESSES.table, [row], date(2026, 6, 1))


def test_publications_that_end_in_another_order_than_they_began_leave_no_gap(database):
    engine = database.engine(Role.WRITER)
    with engine.connect() as first, engine.connect() as second:
        record(first, "1号")
        record(second, "2号")
        write_down(second, 2, date.today(), set())
        waits = threading.Thread(target=write_down, args=(first, 1, date.today(), set()))
        waits.start()
        time.sleep(0.3)
        assert waits.is_alive()
        with database.reading() as look:
            assert not changes_after(look, 0, 10)
        second.commit()
        waits.join(10)
        with database.reading() as look:
            assert [each.code for each in changes_after(look, 0, 10)] == ["2号"]
        first.commit()
    with database.reading() as look:
        found = changes_after(look, 0, 10)
    assert [each.code for each in found] == ["2号", "1号"]
    assert found[0].number < found[1].number


def test_one_that_was_taken_back_leaves_nothing(database):
    with database.engine(Role.WRITER).connect() as tx:
        record(tx, "1号")
        write_down(tx, 1, date.today(), set())
        tx.rollback()
    with database.reading() as look:
        assert not changes_after(look, 0, 10)


def test_what_is_in_the_feed_is_never_changed(database):
    with database.writing() as tx:
        record(tx, "1号")
        write_down(tx, 1, date.today(), set())
    for statement in ("UPDATE address_feed SET what = 'x'", "DELETE FROM address_feed"):
        with database.engine(Role.WRITER).connect() as tx, pytest.raises(Exception, match="permission denied"):
            tx.execute(text(statement))
    with database.reading() as look:
        assert look.scalar(select(func.count()).select_from(FEED)) == 1
