"""Scores say how sure an answer is: what is written as in the register has 1, what contradicts what was said is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from importlib import import_module
from typing import Any

import pytest
from sqlalchemy import select, update

from gis import history
from gis.db import Database, Role
from placenames.addresses.addresses import ADDRESSES
from placenames.addresses.finding.address_lookup import Question, answers
from placenames.addresses.finding.address_suggesting import suggestions
from placenames.addresses.finding.matches import Match
from placenames.addresses.finding.toponym_names import Toponyms
from placenames.addresses.finding.toponyms_known import toponyms_on
from placenames.addresses.toponyms import TOPONYMS, gather
from tests.benchmarks.addresses_filled import fill
from tests.conftest import TEMPLATE, copied
from tests.placenames.two_towns import EAST, WEST, county_of

TODAY, COMING = date.today(), date.today() + timedelta(30)
NOTHING = ("",) * 5
PLATES = [
    (EAST, "北社区", "", "人民路", "", "", "12号", *NOTHING),
    (EAST, "北社区", "", "人民路", "", "", "40号", *NOTHING),
    (EAST, "北社区", "", "人民路", "", "", "40-1号", *NOTHING),
    (EAST, "北社区", "", "人民路", "", "", "14号", "", "", "", "", "人民路16号"),
    (EAST, "北社区", "", "人民路", "", "", "16号", *NOTHING),
    (EAST, "南社区", "", "中兴路", "", "", "9号", *NOTHING),
    (WEST, "上坪村", "茶源", "", "", "", "24号", "和河苑", "", "", "", ""),
    (WEST, "上坪村", "茶源", "", "", "", "24号", "和河苑", "1幢", "1单元", "401室", ""),
    (WEST, "上坪村", "茶源", "", "", "", "24号", "和河苑", "1幢", "1单元", "402室", ""),
    (WEST, "下坪村", "", "", "", "", "", "无牌苑", "", "", "", ""),
    (WEST, "下坪村", "里屋", "", "", "", "11号", *NOTHING),
    (WEST, "下坪村", "", "新民路", "", "", "3号", *NOTHING),
    (EAST, "南社区", "", "新民路", "", "", "3号", *NOTHING),
    (EAST, "南社区", "", "书院路", "", "", "38号", *NOTHING),
    (WEST, "下坪村", "", "书院街", "", "", "38号", *NOTHING),
    (WEST, "下坪村", "", "柳荫街", "", "", "82号", *NOTHING),
]  # fmt: skip
NAMES = [("人民路", "road", EAST, "", "缘明街", "", "")]
CHAIN = "样省样州市样例县"


@pytest.fixture(scope="module")
def scored(server) -> Iterator[Database]:
    with copied(server, TEMPLATE) as database:
        fill(database, county_of(PLATES, NAMES))
        recorded(database, "人民路12号", code="LATER", number="99号", text="人民路99号", ordinal=99, plate_key="99")
        cancelled(database, "上坪村茶源24号和河苑1幢1单元402室")
        cancelled(database, "人民路40-1号")
        yield database


@pytest.fixture(scope="module")
def known(scored: Database) -> Toponyms:
    with scored.reading() as look:
        return toponyms_on(look, TODAY)


def version(database: Database, text: str) -> dict[str, Any]:
    c = ADDRESSES.table.c
    with database.reading() as look:
        row = look.execute(select(ADDRESSES.table).where(c.text == text)).mappings().one()
    return {field.name: row[field.name] for field in ADDRESSES.fields} | {"geom": None, "id": row["id"]}


def recorded(database: Database, like: str, **values: Any) -> None:
    """An address like another one, in force from a day that is to come."""
    row = version(database, like) | values
    del row["id"]
    with database.writing() as tx:
        history.begin(tx, ADDRESSES.table, [row], COMING)


def cancelled(database: Database, text: str) -> None:
    with database.writing() as tx:
        history.begin(tx, ADDRESSES.table, [version(database, text) | {"status": "cancelled"}], date(2025, 1, 1))


def found(scored: Database, known: Toponyms, q: str, **more: Any) -> list[Match]:
    with scored.reading() as look:
        return answers(look, known, [Question(q, **more)])[0]


def told(match: Match) -> list[str]:
    return [each.zh for each in match.changed]


@pytest.mark.parametrize("before", ["", "江东街道", "样例县江东街道", f"{CHAIN}江东街道", "样省江东街道"])
@pytest.mark.parametrize("text", ["人民路12号", "人民路40-1号", "人民路16号", "人民路１２號"])
def test_what_is_written_as_in_the_register_has_the_score_one(scored, known, before, text):
    first = found(scored, known, f"{before}{text}")[0]
    assert (first.score, first.id != "") == (1.0, True)
    assert told(first) == (["该门牌已注销或变更"] if "40-1" in text else [])


def test_a_flat_and_its_plate_do_not_share_the_odds(scored, known):
    (whole,) = found(scored, known, "江西镇上坪村茶源24号和河苑1幢1单元401室")
    assert (whole.score, whole.match_level, told(whole)) == (1.0, "flat", [])
    (without,) = found(scored, known, "上坪村茶源24号1幢1单元401室")
    assert (without.id, without.match_level) == (whole.id, "flat")
    assert without.score > 0.9


def test_a_flat_that_was_given_up_comes_first_with_its_state(scored, known):
    (flat,) = found(scored, known, "江西镇上坪村茶源24号和河苑1幢1单元402室")
    assert (flat.match_level, flat.status, told(flat)) == ("flat", "cancelled", ["该门牌已注销或变更"])


def test_several_written_so_share_what_there_is_and_the_nearer_comes_first(scored, known):
    assert [each.score for each in found(scored, known, "新民路3号")] == [0.5, 0.5]
    for town, near in (("江东", (119.011, 29.0)), ("江西", (119.01, 29.1))):
        first, second = found(scored, known, "新民路3号", near=near)
        assert town in first.label
        assert first.score > second.score


@pytest.mark.parametrize("q", ["人民路12号", "人民路12号旁边", "人敏路12号"])
def test_where_somebody_is_takes_nothing_from_a_sole_answer(scored, known, q):
    for near in ((119.2, 29.2), (110.0, 20.0)):
        assert found(scored, known, q, near=near)[0].score == found(scored, known, q)[0].score


def test_what_is_not_yet_in_force_says_so(scored, known):
    (first,) = found(scored, known, "江东街道人民路99号")
    assert first.score <= 0.8
    assert told(first) == [f"“人民路99号”自 {COMING} 起生效,目前尚未生效"]
    assert found(scored, known, "江东街道人民路99号", on=TODAY) == [first]
    later = found(scored, known, "江东街道人民路99号", on=COMING)[0]
    assert (later.id, later.score, told(later)) == (first.id, 1.0, [])


@pytest.mark.parametrize("q", ["人民路12号", "中兴路", "人民路900号", "和河苑", "江西镇下坪村", "新民路3号"])
def test_whoever_asks_of_today_asks_as_everybody_does(scored, known, q):
    assert found(scored, known, q, on=TODAY) == found(scored, known, q)


@pytest.mark.parametrize(
    ("q", "label", "left_out"),
    [
        ("中兴路人民路12号", "江东街道人民路12号", "未采用“中兴路”"),
        ("江西镇江东街道人民路12号", "江东街道人民路12号", "未采用“江西镇”"),
        ("江西镇上坪村里屋11号", "江西镇下坪村里屋11号", "“上坪村”没有“里屋”,给出的在“下坪村”"),
        ("人民路12号和河苑", "江东街道人民路12号", "未采用“和河苑”"),
    ],
)
def test_what_contradicts_an_answer_is_told_and_it_is_less_sure(scored, known, q, label, left_out):
    first = found(scored, known, q)[0]
    assert first.label == f"{CHAIN}{label}"
    assert left_out in told(first)
    assert first.score <= 0.5


def test_a_mistaken_village_of_a_street_is_told(scored, known):
    first = found(scored, known, "江东街道南社区人民路12号")[0]
    assert told(first) == ["未采用“南社区”,该门牌在“北社区”"]
    assert first.score > 0.5


def test_a_street_of_another_town_is_no_slip_for_one_of_the_town_that_was_named(scored, known):
    town, elsewhere = found(scored, known, "江东街道书院街38号")
    assert (town.label, town.match_level, told(town)) == (f"{CHAIN}江东街道", "town", ["未采用“书院街”", "未采用“38号”"])
    assert (elsewhere.label, elsewhere.match_level) == (f"{CHAIN}江西镇书院街", "street")
    assert elsewhere.score < town.score
    assert told(elsewhere) == [f"“书院街”在“{CHAIN}江西镇”,不在所写的乡镇街道"]
    assert found(scored, known, "江东街道书元路38号")[0].label == f"{CHAIN}江东街道书院路38号"


@pytest.mark.parametrize(
    ("q", "word"),
    [
        ("江西镇柳荫街老王饭店82号", "老王饭店"), ("柳荫街便民超市82号", "便民超市"), ("张伟柳荫街82号", "张伟"),
        ("江西镇柳荫街 老王饭店 82号", "老王饭店"), ("江西镇老王饭店柳荫街82号", "老王饭店"),
        ("欧阳明柳荫街82号", "欧阳明"),
    ],
)  # fmt: skip
def test_a_word_beside_a_street_is_ignored_and_told(scored, known, q, word):
    first = found(scored, known, q)[0]
    assert first.label == f"{CHAIN}江西镇柳荫街82号"
    assert f"未采用“{word}”" in told(first)
    assert first.score <= 0.8


@pytest.mark.parametrize(
    "q",
    [
        "江西镇柳荫街新村82号", "江西镇柳荫街北路82号", "江西镇柳荫街锦绣花园82号", "江西镇张伟柳荫街82号",
        "张家村柳荫街82号", "张柳荫街82号",
    ],
)  # fmt: skip
def test_what_may_be_another_place_is_no_word_beside_a_street(scored, known, q):
    assert not any(each.match_level == "plate" and each.score > 0.5 and not each.changed for each in found(scored, known, q))
    assert all(each.match_level != "plate" or "按一字之差" in "".join(told(each)) for each in found(scored, known, q))


@pytest.mark.parametrize("q", ["和河苑1幢1单元401室", "江西镇和河苑1幢401", "401室1单元1幢和河苑", "和河苑1-1-401"])
def test_a_flat_is_found_by_its_estate_alone_behind_the_plate_of_a_hamlet(scored, known, q):
    (flat,) = found(scored, known, q)
    assert flat.label == f"{CHAIN}江西镇上坪村茶源24号和河苑1幢1单元401室"
    assert (flat.match_level, told(flat)) == ("flat", [])
    with scored.reading() as look:
        assert [each.id for each in suggestions(look, known, Question(q))] == [flat.id]


def test_what_an_estate_does_not_have_is_told(scored, known):
    (gate,) = found(scored, known, "和河苑9幢1单元401室")
    assert (gate.match_level, gate.label) == ("plate", f"{CHAIN}江西镇上坪村茶源24号和河苑")
    assert told(gate) == ["“9幢1单元401室”未登记,给出所在门牌"]
    (estate,) = found(scored, known, "江西镇无牌苑9幢401室")
    assert (estate.label, told(estate)) == (f"{CHAIN}江西镇无牌苑", ["“9幢401室”未登记,给出所在门牌"])


def suggested(scored: Database, known: Toponyms, typed: str) -> list[tuple[str, list[str]]]:
    with scored.reading() as look:
        return [(each.label.removeprefix(CHAIN), told(each)) for each in suggestions(look, known, Question(typed))]


SPELT = ("rml4", "renminlu4", "rml 4", "RML40", "RenMinLu 40号", "ren min lu 4", "rén mín lù 40", "ren'min'lu40",
         "ｒｍｌ４０", "Renmin Lu 4", "jiangdong jiedao rml 4")  # fmt: skip


@pytest.mark.parametrize("typed", SPELT)
def test_pinyin_or_initials_before_a_number_suggest_plates(scored, known, typed):
    assert ("江东街道人民路40号", []) in suggested(scored, known, typed)


@pytest.mark.parametrize("typed", ["ymj", "yuanmingjie", "缘明街", "缘明"])
def test_a_former_name_is_suggested_with_what_it_is_now(scored, known, typed):
    assert suggested(scored, known, typed) == [("江东街道人民路", ["“缘明街”现为“人民路”"])]


def test_plates_of_a_former_name_say_what_it_is_now(scored, known):
    assert ("江东街道人民路12号", ["“缘明街”现为“人民路”"]) in suggested(scored, known, "缘明街1")
    assert suggested(scored, known, "缘明街12号")[0][0] == "江东街道人民路12号"


def test_a_register_that_is_older_gets_the_gates_of_its_hamlets(scored):
    migration = import_module("api.migrations.versions.0019_gates_of_hamlets")
    columns = [c for c in TOPONYMS.c if c.name not in ("id", "lon", "lat")]
    estates = select(*columns).where(TOPONYMS.c.level == "estate").order_by(TOPONYMS.c.path)
    with scored.engine(Role.OWNER).connect() as owner:
        gather(owner, [WEST])
        now = owner.execute(estates).all()
        owner.execute(update(TOPONYMS).values(gate_bearer=None, gate_plate=None))
        owner.exec_driver_sql(migration.GATES)
        owner.exec_driver_sql(migration.WITHOUT_GATE)
        assert owner.execute(estates).all() == now
        owner.rollback()


@pytest.mark.parametrize(
    ("q", "place", "left_out"),
    [
        ("中兴路人民路999号", "江东街道人民路", "未采用“中兴路”"),
        ("江西镇江东街道人民路999号", "江东街道人民路", "未采用“江西镇”"),
        ("江西镇上坪村里屋999号", "江西镇下坪村里屋", "“上坪村”没有“里屋”,给出的在“下坪村”"),
        ("中兴路人民路20号", "江东街道人民路20号", "未采用“中兴路”"),
    ],
)
def test_what_contradicts_a_place_is_told(scored, known, q, place, left_out):
    first = found(scored, known, q)[0]
    assert (first.id, first.label) == ("", f"{CHAIN}{place}")
    assert left_out in told(first)
    assert first.score <= 0.55
