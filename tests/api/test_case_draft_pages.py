"""The forms of cases: what is written is kept, checked while it is typed, and nothing of it is lost when it is refused."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from api import case_forms, draft_pages
from gis import history
from placenames.casework import cases
from placenames.casework.cases import CASES
from placenames.kinds import APPROVALS, Category
from placenames.names import NAMES
from tests.api.case_pages_desk import FORM, HTML, Page, numbers, page, posted
from tests.conftest import Office
from tests.placenames.case_desk import (
    NOBODY,
    STREET,
    look,
    opened,
    somebody,
)
from tests.placenames.streets import place


def test_the_first_screen_says_who_approves_each_category_and_how_sure_that_is(whole: Office):
    found = page(whole.client("staff"), "/cases/new")
    for category in Category:
        about = APPROVALS[category]
        assert category.text.zh in found.words
        assert about.organ.zh in found.words
        assert cases.TRACKS[about.track].zh in found.words
        assert draft_pages.GRADES[about.grade].zh in found.words
    missing = page(whole.client("staff"), "/cases/new?action=naming")
    assert missing.status == 400
    assert "请选择地名类别" in missing.words
    for who in ("reviewer", "surveyor"):
        assert page(whole.client(who), "/cases/new").status == 403
    assert whole.client().get("/cases/new", headers=HTML).status_code == 303


def test_a_place_is_found_by_name_or_sound_in_ones_own_area_and_brings_its_category(whole: Office):
    staff = whole.client("staff")
    place = look(whole, 1)["place"]
    for query in ("样石桥街", "样石", "yangshiqiao"):
        assert (
            f"/cases/new?action=rename&place={place}"
            in page(staff, f"/cases/new?action=rename&q={query}").links
        )
        assert (
            f"/cases/new?action=rename&place={place}"
            in page(staff, f"/cases/places?action=rename&q={query}").links
        )
    assert not page(staff, "/cases/places?action=restore&q=样石桥街").links
    assert not [
        each
        for each in page(whole.client("elsewhere"), "/cases/new?action=rename&q=样石桥街").links
        if "place=" in each
    ]
    form = page(staff, f"/cases/new?action=rename&place={place}")
    assert "样石桥街" in form.words
    assert "县级人民政府" in form.words
    assert form.field("place")["value"] == str(place)
    assert page(staff, f"/cases/new?action=restore&place={place}").status == 400
    assert page(whole.client("elsewhere"), f"/cases/new?action=rename&place={place}").status == 403


def test_a_place_that_is_announced_to_end_is_told_so_from_the_first_screen_on(named: Office):
    """Not only when all is written and sent in: on the form, by the checks while typing, and on the page of the draft."""
    staff, identity, ends = named.client("staff"), look(named, 1)["place"], date.today() + timedelta(days=30)
    with named.database.writing() as tx:
        history.end(tx, NAMES.table, [identity], ends)
    said = f"已公告自 {ends} 起销名"
    asked = {"place": str(identity), "reason": "样"}
    for action, more in (("rename", {"candidates": ["样望江街"], "rename_reason": "construction"}), ("delete", {})):
        assert said in page(staff, f"/cases/new?action={action}&place={identity}").words
        number = opened(named, asked | more | {"action": action})
        assert said in page(staff, f"/cases/{number}").words
    typed = {"action": "rename", "place": str(identity), "name-0": "样望江街", "rename_reason": "construction", "at": "0"}
    assert said in page(staff, "/cases/check", params=typed).words


def test_a_form_becomes_a_draft_with_all_that_was_written(named: Office):
    answer = posted(
        named.client("staff"), "/cases/new", FORM, files={"files": ("申请.txt", b"please", "text/plain")}
    )
    assert answer.status_code == 303, answer.text
    number = int(answer.headers["location"].rsplit("/", 1)[1])
    found = look(named, number)
    assert (found["state"], found["category"], found["reason"], found["meaning"]) == (
        "draft",
        "ROD",
        "新建道路",
        "祈愿和平",
    )
    assert found["candidates"][0]["roman"] == "Yànghépíng Jiē"
    assert found["geometry"]["coordinates"] == [110.2955, 30.698]
    said = page(named.client("staff"), f"/cases/{number}")
    assert {"申请.txt", "样申请人甲", "00000000001"} <= set(re.split(r"[\s<>\"]", said.source))
    assert (
        posted(
            named.client("staff"), f"/cases/{number}/decisions", {"verb": "submit", "state": "draft"}
        ).status_code
        == 303
    )
    assert look(named, number)["state"] == "submitted"


def test_what_cannot_be_kept_is_shown_again_and_nothing_of_it_is_lost(named: Office):
    wrong = FORM | {"lat": "930", "class_code": "22100"}
    for given, words in (
        (wrong, "坐标为经纬度"),
        (FORM | {"class_code": "22100"}, "类别代码"),
        (FORM | {"floors": "三"}, "floors"),
    ):
        answer = Page(posted(named.client("staff"), "/cases/new", given))
        assert answer.status == 400
        assert words in answer.words
        for name in ("name-0", "applicant-contact", "lon"):
            assert answer.field(name)["value"] == given[name]
        assert "祈愿和平" in answer.source
    with named.database.writing() as tx:
        assert tx.scalars(select(CASES.c.state)).all() == ["announced"]


def test_a_form_can_be_checked_before_it_is_kept(named: Office):
    answer = Page(posted(named.client("staff"), "/cases/new", FORM | {"name-0": "样石桥街", "step": "check"}))
    assert answer.status == 200
    assert "街路巷名称在同一建成区不重名" in answer.words
    assert answer.field("name-0")["value"] == "样石桥街"
    with named.database.writing() as tx:
        assert tx.scalars(select(CASES.c.state)).all() == ["announced"]


def test_while_one_types_it_is_said_where_how_far_and_why(whole: Office):
    asked = {
        "at": "1",
        "action": "naming",
        "category": "ROD",
        "unit": "990101001",
        "class_code": "23514",
        "lon": "110.2955",
        "lat": "30.698",
    }
    staff = whole.client("staff")
    found = page(staff, "/cases/check", params=asked | {"name-1": "样石桥街"})
    assert "✕ 街路巷名称在同一建成区不重名" in found.words
    assert re.search(r"样城街道.*相距 \d+ 米", found.words)
    assert "文字相同" in found.words
    assert f"/names/{look(whole, 1)['place']}" in found.links
    doubtful = page(staff, "/cases/check", params=asked | {"name-1": "样重行街"})
    assert re.search(r"<mark[^>]*>重</mark>", doubtful.source)
    assert "Yàng" in doubtful.words
    assert page(staff, "/cases/check", params=asked | {"name-1": ""}).words == ""
    assert (
        "经度、纬度应为度数"
        in page(staff, "/cases/check", params=asked | {"name-1": "样街", "lon": "x"}).words
    )
    assert page(whole.client("reviewer"), "/cases/check", params=asked).status == 403


def test_a_new_name_is_new_however_old_the_place_is(named: Office):
    old = place(named, "样老街", named_on=date(1980, 1, 1))
    asked = {"at": "0", "action": "rename", "place": str(old), "rename_reason": "law", "name-0": "样石桥街"}
    found = page(named.client("staff"), "/cases/check", params=asked)
    assert "✕ 街路巷名称在同一建成区不重名" in found.words


def test_a_place_leads_its_clerk_to_a_case_about_it(whole: Office):
    identity = look(whole, 1)["place"]
    shown = {who: page(whole.client(who), f"/names/{identity}").links for who in (None, "staff", "reviewer", "elsewhere")}
    for action in ("rename", "delete"):
        address = f"/cases/new?action={action}&place={identity}"
        assert {who for who, links in shown.items() if address in links} == {"staff"}
        assert page(whole.client("staff"), address).status == 200


def test_nothing_about_an_applicant_is_ever_asked_for_by_an_address(whole: Office):
    form = page(whole.client("staff"), "/cases/new?action=naming&category=ROD")
    assert next(each for each in form.forms if each.get("action") == "/cases/new")["method"] == "post"
    applicants = [each for each in form.fields if str(each.get("name")).startswith(case_forms.WHO)]
    assert len(applicants) == 4
    assert not [each for each in applicants if "data-checked" in each]
    assert re.findall(r'hx-include="([^"]+)"', form.source) == ["#draft [data-checked]"] * 3


LINE = {"type": "LineString", "coordinates": [[110.293, 30.698], [110.2955, 30.699], [110.298, 30.698]]}
AREA = {
    "type": "Polygon",
    "coordinates": [[[110.29, 30.69], [110.30, 30.69], [110.30, 30.70], [110.29, 30.69]]],
}


@pytest.mark.parametrize(
    ("drawn", "change", "kept"),
    [
        (LINE, {}, LINE),
        (AREA, {}, AREA),
        (LINE, {"lon": "110.3", "lat": "30.7"}, {"type": "Point", "coordinates": [110.3, 30.7]}),
        (LINE, {"lon": "", "lat": "", "geometry": ""}, None),
        (
            AREA,
            {"geometry": '{"type": "Point", "coordinates": [110.31, 30.71]}'},
            {"type": "Point", "coordinates": [110.31, 30.71]},
        ),
    ],
)
def test_a_position_stays_as_it_was_unless_it_is_changed(
    named: Office, drawn: Any, change: dict[str, str], kept: Any
):
    number = opened(named, STREET | {"candidates": ["样松街"], "geometry": drawn, "applicant": NOBODY})
    form = page(named.client("staff"), f"/cases/{number}/edit")
    typed = [
        each
        for each in form.fields
        if each["tag"] == "input" and each.get("name") and each.get("type") != "file"
    ]
    sent = {str(each["name"]): each.get("value") or "" for each in typed}
    sent |= {
        "unit": "990101001",
        "class_code": "23514",
        "reason": "改了",
        "position": "样处",
        "step": "save",
    } | change
    assert posted(named.client("staff"), f"/cases/{number}/edit", sent).status_code == 303
    found = look(named, number)
    shape = found["geometry"]
    assert (shape and {"type": shape["type"], "coordinates": shape["coordinates"]}) == kept
    assert found["reason"] == "改了"
    with named.database.writing() as tx:
        assert cases.applicant(tx, somebody(tx, "staff"), found) == NOBODY


def test_only_whoever_sent_a_case_changes_it_and_only_while_it_is_theirs(whole: Office):
    found = numbers(whole)
    assert page(whole.client("staff"), f"/cases/{found['draft']}/edit").status == 200
    assert page(whole.client("colleague"), f"/cases/{found['draft']}/edit").status == 403
    assert page(whole.client("elsewhere"), f"/cases/{found['draft']}/edit").status == 404
    assert page(whole.client("staff"), f"/cases/{found['accepted']}/edit").status == 409
    for lang in ("zh", "en"):
        assert page(whole.client("staff"), f"/cases/{found['returned']}/edit", lang).status == 200


# -- deciding
