"""Cases in a real browser, the rest of the network cut off: a street is renamed, and its old name still finds it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Frame, Page, expect

from gis.cluster import Cluster
from tests.api.test_pages_in_browser import (
    NAMELESS,
    TWICE,
    WORDS_OF_THE_MACHINE,
    House,
    browser,
    map_of,
    walk,
)
from tests.conftest import office_of_its_own, serving
from tests.placenames.case_desk import NOBODY, RENAME, STREET, TODAY, announced, lead, look, opened, step

__all__ = ["browser"]
pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def house(
    server: Cluster, county_template: str, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """An office with a street in force behind a real server."""
    with office_of_its_own(server, county_template, tmp_path_factory.mktemp("house-of-cases")) as office:
        office.has("staff", "staff")
        announced(office, STREET)
        with serving(office) as address:
            yield House(office, address, None, [], browser)  # type: ignore[arg-type]  # no survey is sent, none checked


def test_a_street_is_renamed_and_its_old_name_still_finds_it(house: House, tmp_path: Path) -> None:
    with house.opened("staff") as page:
        chooses_a_street(page)
        writes_the_form(page, tmp_path)
        number = submits(page)
    with house.opened("reviewer") as page:
        expect_waiting(page, "1")
        page.locator(f"a[href='/cases/{number}']").first.click()
        takes(page, "受理")
        cannot_return_without_a_reason(page, number)
        takes(page, "核定拼写")
        expect(page.locator(".facts").first).to_contain_text("已核定")
        takes(page, "通过,报请批准")
        expect(page.locator("h1 + .tag")).to_have_text("报请批准")
    with house.opened("approver") as page:
        expect_waiting(page, "1")
        page.goto(f"/cases/{number}")
        takes(page, "批准", {"批准文号": "样政函〔2026〕21号"})
    with house.opened("reviewer") as page:
        page.goto(f"/cases/{number}")
        takes(page, "登记备案", {"备案文号": "样民备〔2026〕3号"})
        with page.expect_download() as downloaded:
            page.get_by_role("link", name="下载地名公告").click()
        assert downloaded.value.suggested_filename.endswith("样望江街.docx")
    with house.opened("approver") as page:
        page.goto(f"/cases/{number}")
        takes(page, "公告")
        expect(page.locator("h1 + .tag")).to_have_text("已公告")
        expect(page.locator(".timeline li.done")).to_have_count(8)
    with house.opened() as page:
        page.goto("/cases")
        expect(page.locator("main")).to_contain_text("样石桥街 → 样望江街")
        page.goto("/names?q=样石桥街")
        expect(page.locator("ol.found li").first).to_contain_text("样望江街")
        expect(page.locator("ol.found li").first).to_contain_text("曾用名")


def chooses_a_street(page: Page) -> None:
    page.goto("/cases")
    page.get_by_role("link", name="登记新事项").click()
    expect(page.locator(".choice", has_text="街路巷")).to_contain_text("县级人民政府")
    page.get_by_label("更名").check()
    page.get_by_role("button", name="下一步").click()
    page.wait_for_load_state()  # who types before the page is there is not helped
    page.get_by_role("searchbox").press_sequentially("yangshiq", delay=20)
    page.locator(".suggested a", has_text="样石桥街").click()
    expect(page.locator("h1")).to_contain_text("样石桥街")
    page.wait_for_load_state()


def writes_the_form(page: Page, folder: Path) -> None:
    """While one types it is said what is known against a name; another is taken."""
    name, said = page.locator("#name-0"), page.locator("#check-0")
    name.fill("样中央街")
    expect(said).to_contain_text("中央")
    name.fill("样重行街")
    expect(said.locator("mark").first).to_have_text("重")
    name.fill("样望江街")
    expect(said).to_contain_text("Yàngwàngjiāng Jiē")
    expect(said).to_contain_text("有 1 处不允许")  # nobody has said why it may be changed
    page.get_by_label("更名事由").select_option("construction")
    expect(said).not_to_contain_text("处不允许")
    page.get_by_label("申请理由").fill("石桥已拆除")
    page.get_by_label("含义").fill("街可望江")
    page.get_by_label("姓名或单位").fill("样申请人甲")
    paper = folder / "地名志.txt"
    paper.write_text("第 112 页", "utf-8")
    page.locator("input[type=file]").set_input_files(paper)
    page.get_by_role("button", name="保存").click()


def submits(page: Page) -> int:
    expect(page.locator("ins").first).to_have_text("望江")
    expect(page.locator("del").first).to_have_text("石桥")
    expect(page.locator(".facts").first).to_contain_text("地名志.txt")
    expect(page.locator(".restricted")).to_contain_text("样申请人甲")
    assert map_of(page).locator("path.leaflet-interactive").count() >= 1
    takes(page, "提交")
    expect(page.locator("h1 + .tag")).to_have_text("待受理")
    return int(page.url.rsplit("/", 1)[1])


def takes(page: Page, button: str, said: dict[str, str] | None = None) -> None:
    """Opens the form of a step where it is closed, fills it in, and sends it."""
    move = page.locator("details.move", has=page.get_by_text(button, exact=True)).first
    if move.get_attribute("open") is None:
        move.locator("summary").click()
    for label, value in (said or {}).items():
        move.get_by_label(label).fill(value)
    with page.expect_navigation():
        move.get_by_role("button", name=button).click()


def expect_waiting(page: Page, number: str) -> None:
    page.goto("/cases")
    expect(page.locator("nav a[href='/cases'] .badge")).to_have_text(number)


def cannot_return_without_a_reason(page: Page, number: int) -> None:
    here = page.url
    move = page.locator("details.move", has_text="退回修改")
    move.locator("summary").click()
    move.get_by_role("button", name="退回修改").click()
    assert page.url == here
    assert page.locator("textarea:invalid").count() >= 1
    move.locator("textarea").evaluate("box => box.required = false")
    move.get_by_role("button", name="退回修改").click()
    expect(page.get_by_role("alert")).to_contain_text("必须写明理由")
    page.goto(f"/cases/{number}")
    expect(page.locator("h1 + .tag")).to_have_text("审查中")


def test_a_returned_case_opens_on_its_reason(house: House) -> None:
    number = opened(house.office, STREET | {"candidates": ["样松街"]})
    lead(house.office, number, "recommend")
    with house.opened("approver") as page:
        page.goto(f"/cases/{number}")
        page.locator("details.move", has_text="退回修改").locator("summary").click()
        page.get_by_label("退回理由").fill("请补充专家意见")
        with page.expect_navigation():
            page.get_by_role("button", name="退回修改").click()
    with house.opened("staff") as page:
        page.goto(f"/cases/{number}")
        reason = page.locator("#came-back")
        expect(reason).to_contain_text("请补充专家意见")
        assert reason.bounding_box()["y"] < page.locator(".facts").first.bounding_box()["y"]  # type: ignore[index]
        reason.get_by_role("link", name="修改").click()
        page.get_by_label("含义").fill("多松")
        page.get_by_role("button", name="保存").click()
        takes(page, "补正后重新提交")
        expect(page.locator("h1 + .tag")).to_have_text("待受理")


def test_the_position_is_shown_by_clicks_on_the_map(house: House) -> None:
    with house.opened("staff") as page:
        page.goto("/cases/new?action=naming&category=ROD")
        frame, lon, shape = picking(page), page.locator("#lon"), page.locator("input[name=geometry]")
        click(page, 0.5)
        expect(lon).to_have_value(re.compile(r"110\.\d+"))
        assert '"Point"' in shape.input_value()
        click(page, 0.55)
        assert frame.locator("path.leaflet-interactive").count() == 2  # one dot, and the line that is none yet
        page.get_by_label("线(逐点)").check()
        click(page, 0.6)
        click(page, 0.65)
        assert shape.input_value().count("110.") == 3
        page.get_by_role("button", name="退一点").click()
        assert '"LineString"' in shape.input_value()
        assert shape.input_value().count("110.") == 2
        lon.fill("110.3")
        page.locator("#lat").fill("30.7")
        assert shape.input_value() == ""
        page.get_by_role("button", name="清除").click()
        assert lon.input_value() == ""


def picking(page: Page) -> Frame:
    frame = page.wait_for_selector("iframe[name=pick]").content_frame()  # type: ignore[union-attr]
    assert frame is not None
    frame.wait_for_selector(".leaflet-control-scale-line")
    return frame


def click(page: Page, share: float) -> None:
    box = page.locator("iframe[name=pick]").bounding_box()
    assert box is not None
    page.mouse.move(0, 0)
    page.locator("iframe[name=pick]").click(position={"x": box["width"] * share, "y": box["height"] * share})
    page.wait_for_timeout(300)


def test_a_case_is_registered_without_script(house: House) -> None:
    with house.opened("staff", java_script_enabled=False) as page:
        page.goto("/cases/new")
        page.get_by_label("更名").check()
        page.get_by_role("button", name="下一步").click()
        page.get_by_role("searchbox").fill("样石桥街")
        page.get_by_role("button", name="查找").click()
        expect(page.locator("ul.found, main")).to_have_count(2)
        page.goto("/cases/new?action=naming&category=ROD")
        expect(page.locator("iframe[name=pick]")).not_to_be_visible()
        page.locator("#name-0").fill("样望江街")
        page.get_by_label("所在政区").select_option("990101001")
        page.get_by_label("类别代码").select_option("23514")
        page.get_by_label("经度").fill("110.2955")
        page.get_by_label("纬度").fill("30.698")
        page.get_by_role("button", name="检查这些名称").click()
        expect(page.locator("#check-0")).to_contain_text("Yàngwàngjiāng Jiē")
        expect(page.locator("#name-0")).to_have_value("样望江街")
        page.get_by_role("button", name="保存").click()
        expect(page.locator("h1 + .tag")).to_have_text("草稿")


def test_the_public_answers_a_consultation(house: House) -> None:
    number = opened(house.office, STREET | {"candidates": ["样柏街"], "applicant": NOBODY})
    lead(house.office, number, "accept")
    step(house.office, number, "reviewer", "consult", consult_until=TODAY + timedelta(days=5))
    with house.opened() as page:
        page.goto("/cases")
        page.locator(f"a[href='/consultations/{number}']").first.click()
        page.get_by_role("radio", name="反对").check()
        page.get_by_label("姓名").fill("样居民乙")
        page.get_by_label("联系方式").fill("00000000002")
        page.get_by_role("button", name="提交意见").click()
        expect(page.get_by_role("alert")).to_contain_text("反对或建议请写明理由")
        expect(page.get_by_role("radio", name="反对")).to_be_checked()
        page.get_by_label("理由或建议").fill("旧名用了百年")
        page.get_by_role("button", name="提交意见").click()
        expect(page.get_by_role("status")).to_contain_text("意见已收到")
        expect(page.locator("main")).to_contain_text("反对 1")


def test_filters_change_the_list_without_loading_it_anew(house: House) -> None:
    opened(house.office, STREET | {"candidates": ["样榆街"]})
    with house.opened("staff") as page:
        page.goto("/cases?mine=")
        page.evaluate("window.notReloaded = true")
        page.get_by_label("状态").select_option("draft")
        expect(page.locator("tbody tr", has_text="已公告")).to_have_count(0)
        expect(page.locator("tbody tr", has_text="样榆街")).to_have_count(1)
        assert "state=draft" in page.url
        assert "state=draft" in str(page.locator("#language").get_attribute("href"))
        assert page.evaluate("window.notReloaded")


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_every_page_is_whole_wide_and_narrow(house: House, lang: str) -> None:
    place = look(house.office, 1)["place"]
    names = {"candidates": ["样望山街", "样重行街"], "applicant": NOBODY}
    number = opened(house.office, RENAME | {"place": str(place)} | names)
    lead(house.office, number, "accept")
    consulted = opened(house.office, STREET | {"candidates": ["样枫街"]})
    lead(house.office, consulted, "accept")
    step(house.office, consulted, "reviewer", "consult", consult_until=TODAY)
    draft = opened(house.office, STREET | {"candidates": ["样桐街"], "applicant": NOBODY})
    pages = {
        "reviewer": ("/cases", "/cases?mine=", "/cases?tab=follow-ups", f"/cases/{number}", f"/cases/{consulted}"),
        "staff": ("/cases/new", "/cases/new?action=rename&q=样", f"/cases/new?action=rename&place={place}",
                  f"/cases/new?action=delete&place={place}", f"/cases/{draft}/edit", f"/cases/{draft}"),
        None: ("/cases", "/cases/1", "/consultations", f"/consultations/{consulted}"),
    }  # fmt: skip
    for who, paths in pages.items():
        with house.opened(who) as page:
            for path in paths:
                page.goto(path + ("&" if "?" in path else "?") + f"lang={lang[:2]}")
                is_whole(page, lang, path)
    step(house.office, number, "staff", "withdraw", reason="样例")  # a place has one case under way


def is_whole(page: Page, lang: str, path: str) -> None:
    if page.locator("iframe[name=map]").count():
        map_of(page)
    assert {frame.locator("html").get_attribute("lang") for frame in page.frames} == {lang}
    words = " ".join(frame.locator("body").inner_text() for frame in page.frames)
    assert not [each for each in WORDS_OF_THE_MACHINE if each in words], path
    assert page.locator("h1").count() == 1
    assert page.evaluate(NAMELESS) == [], path
    assert page.evaluate(TWICE) == [], path
    for size in ({"width": 1366, "height": 900}, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} is too wide at {size}"


def test_a_decision_is_reached_by_keyboard(house: House) -> None:
    number = opened(house.office, STREET | {"candidates": ["样桃街"]})
    lead(house.office, number, "accept")
    with house.opened("reviewer") as page:
        page.goto(f"/cases/{number}")
        reached = walk(page, 60)
        assert {"通过,报请批准", "退回修改", "核定拼写", "撤回办理意见"} <= set(reached)
        page.locator("details.move summary", has_text="退回修改").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_label("退回理由")).to_be_visible()
