"""Drafts, lists and lights: what a case says, who sees it, what waits for whom; and what never leaves the office."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import ProgrammingError

from gis import events
from gis.db import Role
from gis.errors import BadInput, Conflict, NotAllowed, NotFound
from placenames.casework import case_drafts, case_inbox, cases
from placenames.casework.case_inbox import Wanted
from placenames.casework.cases import APPLICANTS, CASES
from placenames.finding import biographies
from tests.conftest import Office
from tests.placenames.case_desk import (
    HOUSING,
    NOBODY,
    OTHER,
    RENAME,
    STREET,
    TODAY,
    TOWN,
    TOWNSHIP,
    lead,
    look,
    opened,
    somebody,
    step,
)

BOW_TIE = [[110, 30], [111, 31], [111, 30], [110, 31], [110, 30]]


def change(office: Office, number: int, given: dict[str, Any], who: str = "staff") -> None:
    with office.database.writing() as tx:
        case_drafts.change(tx, somebody(tx, who), number, given)


@pytest.fixture
def street(names_office: Office) -> dict[str, Any]:
    with names_office.database.writing() as tx:
        found = case_drafts.latest_version(tx, look(names_office, 1)["place"])
    assert found is not None
    return found


def test_a_draft_knows_who_decides_and_how_its_names_are_written(names_office):
    proposed = ["样听涛街", {"name": "样枫林路", "reason": "枫树成林"}]
    case = look(names_office, opened(names_office, STREET | {"candidates": proposed}))
    assert (case["state"], case["round"], case["track"], case["sender_name"]) == ("draft", 0, "decide", "staff")
    assert case["candidates"] == [
        {"name": "样听涛街", "specific": "样听涛", "generic": "街", "roman": "Yàngtīngtāo Jiē",
         "roman_plain": "YANGTINGTAO JIE", "roman_confirmed_by": None, "reason": None},
        {"name": "样枫林路", "specific": "样枫林", "generic": "路", "roman": "Yàngfēnglín Lù",
         "roman_plain": "YANGFENGLIN LU", "roman_confirmed_by": None, "reason": "枫树成林"},
    ]  # fmt: skip
    assert case["geometry"] == {"type": "LineString", "coordinates": [[110.293, 30.698], [110.298, 30.698]]}


@pytest.mark.parametrize(("given", "track"), [(STREET, "decide"), (HOUSING, "opinion"), (TOWNSHIP, "draft")])
def test_the_category_decides_who_approves(names_office, given, track):
    assert look(names_office, opened(names_office, given))["track"] == track


def test_numbers_follow_each_other_however_many_at_once(names_office):
    ready = threading.Barrier(4)

    def bring() -> None:
        ready.wait()
        opened(names_office, OTHER)

    threads = [threading.Thread(target=bring) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    with names_office.database.writing() as tx:
        numbers = sorted(tx.scalars(select(CASES.c.number)))
    assert numbers == [f"DM-{TODAY.year}-{n:04d}" for n in range(1, 6)]


def test_after_the_ten_thousandth_numbers_go_on(names_office):
    with names_office.database.engine(Role.OWNER).begin() as tx:  # the office itself cannot renumber
        tx.execute(update(CASES).values(number=f"DM-{TODAY.year}-9999"))
    assert [look(names_office, opened(names_office, OTHER))["number"] for _ in range(2)] == [
        f"DM-{TODAY.year}-10000",
        f"DM-{TODAY.year}-10001",
    ]


def test_a_case_about_a_place_takes_over_what_the_place_says(names_office, street):
    case = look(names_office, opened(names_office, RENAME | {"place": street["code"], "position": "东起样河路"}))
    assert (case["place"], case["version"], case["old_name"]) == (street["id"], street["version"], "样石桥街")
    assert (case["category"], case["class_code"], case["unit"]) == ("ROD", "23514", TOWN)
    assert (case["origin"], case["position"]) == (STREET["origin"], "东起样河路")
    assert cases.headline(case) == "样石桥街→样望江街"
    by_id = look(names_office, opened(names_office, RENAME | {"place": str(street["id"])}))
    assert by_id["version"] == street["version"]


def test_a_case_that_comes_back_is_about_the_place_as_it_stands_then(names_office, street):
    number = opened(names_office, RENAME | {"place": street["code"]})
    from gis import history
    from placenames.names import NAMES

    with names_office.database.writing() as tx:
        values = {"position": "东起样河路,西至样湖"}
        history.rewrite(tx, NAMES.table, [(street["id"], TODAY, None, values)], street["submission"])
    step(names_office, number, "staff", "submit")
    assert look(names_office, number)["version"] > street["version"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "办理类型"),
        ({"action": "rename"}, "哪个地名"),
        ({"action": "restore", "place": "{code}"}, "仍在使用"),
        ({"action": "nap"}, "action 应为"),
        (STREET | {"category": "XXX"}, "category 应为"),
        (STREET | {"class_code": "12"}, "5位数字"),
        (STREET | {"class_code": "22100"}, "不是“街路巷”"),
        (STREET | {"category": "", "class_code": ""}, "category 应为"),
        ({name: value for name, value in STREET.items() if name not in ("category", "class_code")}, "决定由谁批准"),
        (STREET | {"unit": ""}, "所在政区代码"),
        (STREET | {"unit": "990101999"}, "没有现行政区"),
        (STREET | {"unit": "x" * 201}, "最多 200 个字"),
        (STREET | {"candidates": ["甲街", "乙街", "丙街", "丁街"]}, "最多提出 3 个"),
        (STREET | {"candidates": ["样听涛街", "样听涛街 "]}, "提了两次"),
        (STREET | {"candidates": "样听涛街"}, "最多提出"),
        (STREET | {"candidates": [7]}, "拟用名称"),
        (STREET | {"candidates": ["街" * 51]}, "最多 50 个字"),
        (STREET | {"reason": 7}, "应为文字"),
        (STREET | {"reason": "理" * 4001}, "最多 4000 个字"),
        (STREET | {"attributes": {"floors": "many"}}, "应为数字"),
        (STREET | {"attributes": {"land_m2": -1}}, "不小于零"),
        (STREET | {"attributes": {"land_m2": "nan"}}, "不小于零"),
        (STREET | {"attributes": {"floors": "inf"}}, "应为数字"),
        (STREET | {"attributes": {"colour": 1}}, "没有属性"),
        (STREET | {"attributes": [1]}, "JSON 对象"),
        (STREET | {"geometry": {"type": "Point"}}, "GeoJSON"),
        (STREET | {"geometry": {"type": "GeometryCollection", "geometries": []}}, "GeoJSON"),
        (STREET | {"geometry": {"type": "Feature", "geometry": {"type": "Point", "coordinates": [1, 2]}}}, "GeoJSON"),
        (STREET | {"geometry": "{"}, "GeoJSON"),
        (STREET | {"geometry": {"type": "Point", "coordinates": [4200000, 500000]}}, "经纬度"),
        (STREET | {"geometry": {"type": "Point", "coordinates": [float("nan"), 30]}}, "经纬度"),
        (STREET | {"geometry": {"type": "Polygon", "coordinates": [BOW_TIE]}}, "自相交"),
        (STREET | {"applicant": "甲"}, "JSON 对象"),
        (STREET | {"applicant": {"contact": "1"}}, "申请人名称"),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_refused_in_words(names_office, street, given, words):
    given = given | ({"place": street["code"]} if given.get("place") else {})
    with pytest.raises(BadInput) as refusal:
        opened(names_office, given)
    assert words in refusal.value.text.zh


def test_a_place_that_nobody_knows_is_not_found(names_office):
    for place in ("99010100123514999999", "00000000-0000-0000-0000-000000000000", "nowhere"):
        with pytest.raises(NotFound):
            opened(names_office, RENAME | {"place": place})


def test_what_no_database_keeps_is_marked(names_office):
    case = look(names_office, opened(names_office, OTHER | {"reason": "a\0b"}))
    assert case["reason"] == "a\ufffdb"


def test_only_the_clerks_of_the_area_open_cases(names_office):
    names_office.has("staff elsewhere", "staff", area="990202")
    for who in ("reviewer", "approver", "staff elsewhere"):
        with pytest.raises(NotAllowed):
            opened(names_office, OTHER, who)


def test_what_is_not_sent_stays_as_it_is(names_office, street):
    number = opened(names_office, RENAME | {"place": street["code"], "position": "东起样河路"})
    change(names_office, number, {"reason": "石桥已拆"})
    case = look(names_office, number)
    assert (case["reason"], case["position"], case["rename_reason"]) == ("石桥已拆", "东起样河路", "construction")
    assert [each["name"] for each in case["candidates"]] == ["样望江街"]
    change(names_office, number, {"place": street["code"]})
    assert look(names_office, number)["position"] == "东起样河路"
    change(names_office, number, {"action": "delete"})
    case = look(names_office, number)
    assert (case["action"], case["candidates"], case["rename_reason"], case["place"]) == ("delete", [], None, street["id"])
    change(names_office, number, {"geometry": None, "action": "naming", "candidates": ["样听涛街"]})
    case = look(names_office, number)
    assert (case["place"], case["version"], case["geometry"]) == (None, None, None)


def test_only_the_sender_changes_a_case_and_only_while_it_is_theirs(names_office):
    number = opened(names_office, OTHER)
    with pytest.raises(NotAllowed):
        change(names_office, number, {"reason": "x"}, "colleague")
    for until, theirs in (("submit", False), ("accept", False), ("return", True)):
        if until == "return":
            step(names_office, number, "reviewer", "return", reason="位置不清")
        else:
            step(names_office, number, "staff" if until == "submit" else "reviewer", until)
        if theirs:
            change(names_office, number, {"position": "东起样河路"})
        else:
            with pytest.raises(Conflict, match="不能再修改"):
                change(names_office, number, {"reason": "x"})


def test_a_confirmation_lasts_only_while_name_and_spelling_stay(names_office):
    number = opened(names_office, OTHER)
    lead(names_office, number, "confirm_romanization")
    step(names_office, number, "reviewer", "return", reason="理由不足")
    change(names_office, number, {"candidates": [{"name": "样听涛街"}, {"name": "样枫林街"}], "reason": "理由更足"})
    assert [bool(each["roman_confirmed_by"]) for each in look(names_office, number)["candidates"]] == [True, False]
    change(names_office, number, {"candidates": [{"name": "样听涛街", "roman": "Yàng Tīngtāo Jiē"}]})
    assert look(names_office, number)["candidates"][0]["roman_confirmed_by"] is None


@pytest.mark.parametrize(
    ("given", "without", "words"),
    [
        (STREET, "reason", "理由"),
        (STREET, "candidates", "拟用名称"),
        (STREET, "class_code", "类别代码"),
        (STREET, "position", "位置描述"),
        (RENAME, "rename_reason", "更名事由"),
        (RENAME, "reason", "理由"),
        (RENAME, "candidates", "拟用名称"),
        ({"action": "delete", "reason": "x"}, "reason", "理由"),
    ],
)
def test_what_is_missing_is_told_when_it_is_sent_in(names_office, street, given, without, words):
    given = {name: value for name, value in given.items() if name != without}
    given |= {} if given["action"] == "naming" else {"place": street["code"]}
    number = opened(names_office, given)
    with pytest.raises(BadInput, match="还缺少:.*" + words):
        step(names_office, number, "staff", "submit")


def test_one_place_has_one_case_under_way(names_office, street):
    first, second = (opened(names_office, RENAME | {"place": street["code"]}) for _ in range(2))
    step(names_office, first, "staff", "submit")
    with pytest.raises(Conflict, match=look(names_office, first)["number"]):
        step(names_office, second, "staff", "submit")
    step(names_office, first, "staff", "withdraw")
    assert step(names_office, second, "staff", "submit") == "submitted"


# -- lists, lights, counts


def test_who_applies_is_known_to_the_office_alone(names_office):
    number = opened(names_office, OTHER | {"applicant": NOBODY})
    lead(names_office, number)
    with names_office.database.writing() as tx:
        for who in ("staff", "reviewer", "approver"):
            assert cases.applicant(tx, somebody(tx, who), cases.find(tx, number)) == NOBODY
        told = str(tx.execute(select(events.EVENTS)).all()) + str(tx.execute(select(CASES)).all())
        assert not [value for value in NOBODY.values() if value in told]
        listed_ = str(case_inbox.listed(tx, somebody(tx, "staff"), Wanted(), TODAY))
        assert not [value for value in NOBODY.values() if value in listed_]


def test_who_applies_can_be_corrected_and_forgotten(names_office):
    number = opened(names_office, OTHER | {"applicant": NOBODY})
    change(names_office, number, {"applicant": {"name": "样申请人乙"}})
    with names_office.database.writing() as tx:
        found = cases.applicant(tx, somebody(tx, "staff"), cases.find(tx, number))
    assert found == {"name": "样申请人乙", "contact": None, "certificate": None, "address": None}
    change(names_office, number, {"applicant": None})
    with names_office.database.writing() as tx:
        assert cases.applicant(tx, somebody(tx, "staff"), cases.find(tx, number)) is None


def test_the_public_role_reads_open_and_announced_cases_and_of_them_what_is_public(names_office):
    hidden = opened(names_office, OTHER | {"applicant": NOBODY})
    asked = opened(names_office, STREET | {"candidates": ["样枫林街"]})
    lead(names_office, asked, "accept")
    step(names_office, asked, "reviewer", "consult", consult_until=TODAY)
    with names_office.database.reading() as tx:
        assert set(tx.scalars(select(CASES.c.id))) == {1, asked}
        assert [each["id"] for each in cases.public_cases(tx)] == [asked, 1]
        assert [each["id"] for each in cases.public_cases(tx, "consulting")] == [asked]
        with pytest.raises(NotFound):
            cases.find_public(tx, hidden)
    for statement in (
        select(APPLICANTS),
        select(CASES),
        *(select(CASES.c[name]) for name in ("sender", "reason", "checks", "attributes", "geom", "due_internal")),
    ):
        with names_office.database.reading() as tx, pytest.raises(ProgrammingError, match="permission denied"):
            tx.execute(statement)


def test_whoever_works_elsewhere_sees_of_a_place_what_everybody_sees(names_office):
    """To sign in must not hide what the public reads: announced names and open consultations."""
    street = look(names_office, 1)["place"]
    opened(names_office, RENAME | {"place": str(street)})
    with names_office.database.reading() as public:
        known = [each["id"] for each in biographies.cases_of(public, street, None)]
    with names_office.database.writing() as tx:
        for who in ("surveyor", "other reviewer", "staff"):
            seen = [each["id"] for each in biographies.cases_of(tx, street, somebody(tx, who))]
            assert set(known) <= set(seen)
            assert (len(seen) > len(known)) is (who != "surveyor")
    assert known == [1]
