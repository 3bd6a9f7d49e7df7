"""The pages in a real browser, before a real server and a real worker, with the rest of the network cut off."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyogrio
import pytest
from playwright.sync_api import Browser, Frame, Page, Route, expect, sync_playwright

from api.county import County, survey
from api.county_files import write_survey
from api.county_flaws import flawed_samples
from api.demo import PLAN, plan_of
from gis.cluster import Cluster
from gis.settings import Settings
from tests.conftest import COUNTY_SINCE, PASSWORD, ROOT, Office, office_of_its_own, serving
from tests.lists_made import ground_of, hills, write_list
from tests.steps import sheets_of, write

pytestmark = pytest.mark.browser
DASHBOARD = f"/progress/{PLAN}"
WAIT_MS = 30_000
PUBLIC = (
    DASHBOARD,
    "/collections",
    "/collections/lines/items",
    "/collections/units/items",
    "/rules",
    "/sign-in",
)
WORDS_OF_THE_MACHINE = ("{{", "{%", "None", "undefined", "NaN", "Text(")


THREE_TOWNS = """
图 1000米
. . b . .
. . . . .
a . t . c
. . . . .
. . d . .
界线
L1 乙|甲: b-t
L2 乙|丙: t-c
L3 甲|丙: a-t
三交点
T1 甲乙丙: t
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("there is no Chromium on this machine")
    expect.set_options(timeout=WAIT_MS)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield launched
        launched.close()


@dataclass
class House:
    """An office with its plan, its server and its worker."""

    office: Office
    address: str
    worker: subprocess.Popen[bytes]
    samples: list[Path]
    browser: Browser
    cookies: dict[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    @contextmanager
    def opened(self, name: str | None = None, **options: Any) -> Iterator[Page]:
        """A window in which nothing but our own server can be reached; somebody signed in, or nobody."""
        context = self.browser.new_context(
            base_url=self.address, viewport={"width": 1366, "height": 900}, locale="zh-CN", **options
        )
        context.set_default_timeout(WAIT_MS)
        context.route("**/*", self._only_ours)
        context.on("weberror", lambda error: self.faults.append(f"{error.page.url}: {error.error}"))
        context.on("console", lambda said: self._hear(said.type, said.text))
        page = context.new_page()
        if name in self.cookies:
            context.add_cookies(self.cookies[name])
            page.goto("/submissions")
        elif name:
            sign_in(page, name)
            self.cookies[name] = context.cookies()
        yield page
        context.close()
        assert self.faults == []

    def _only_ours(self, route: Route) -> None:
        if route.request.url.startswith((self.address, "data:")):
            route.continue_()
        else:
            self.faults.append(f"asks another host: {route.request.url}")
            route.abort()

    def _hear(self, kind: str, text: str) -> None:
        if kind == "error" and "status of 4" not in text:  # that something is refused is no fault of the page
            self.faults.append(text)


@pytest.fixture(scope="module")
def house(
    server: Cluster,
    county: County,
    county_template: str,
    browser: Browser,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    with ExitStack() as stack:
        office = stack.enter_context(office_of_its_own(server, county_template, folder))
        answer = office.client("administrator").post(
            "/plans", json=plan_of(county, date.fromisoformat(COUNTY_SINCE))
        )
        assert answer.status_code == 201, answer.text
        worker = stack.enter_context(working(office, office.settings.var))
        address = stack.enter_context(serving(office))
        yield House(office, address, worker, flawed_samples(county, folder / "samples"), browser)


@contextmanager
def working(office: Office, var: Path) -> Iterator[subprocess.Popen[bytes]]:
    asked = os.environ | {"JIEZHI_DATABASE_URL": office.database.url, "JIEZHI_VAR": str(var)}
    worker = subprocess.Popen([sys.executable, "-m", "api", "worker"], cwd=ROOT, env=asked)
    try:
        yield worker
    finally:
        worker.kill()
        worker.wait()


def sign_in(page: Page, name: str) -> None:
    page.goto("/sign-in?next=/submissions")
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_label("密码").press("Enter")
    page.wait_for_url("**/submissions")


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="退出").click()
    page.wait_for_url(lambda url: "submissions" not in url)


def map_of(page: Page) -> Frame:
    """The map beside a page, drawn."""
    frame = page.wait_for_selector("iframe[name=map]").content_frame()  # type: ignore[union-attr]
    assert frame is not None
    frame.wait_for_selector(".leaflet-control-scale-line")
    return frame


SCALE = ".leaflet-control-scale-line"


def scale_of(frame: Frame) -> str:
    return frame.locator(SCALE).inner_text()


def mended(county: County, sample: Path) -> Path:
    """The good survey of the lines of the first sample."""
    codes = pyogrio.read_dataframe(f"/vsizip/{sample}/JX.shp", read_geometry=False)["JXDM"]
    place = Path(tempfile.mkdtemp(dir=sample.parent)) / "改好.gpkg"
    return write_survey(survey(county, list(codes), "agreed"), place, "geopackage")


def test_a_survey_goes_its_whole_way_in_the_browser(house: House, county: County, tmp_path: Path) -> None:
    with house.opened("surveyor") as page:
        number = sends_a_flawed_survey(page, house)
        reads_the_report(page, tmp_path)
        sets_a_marker_aside(page)
        uploads_again(page, mended(county, house.samples[0]))
    with house.opened("reviewer") as page:
        page.goto(f"/submissions/{number}")
        assert {"审核通过", "reason", "退回报送人", "定位"} <= set(walk(page, 60))
        sees_what_would_change(page)
        cannot_return_without_a_reason(page, number)
        page.goto(f"/submissions/{number}")
        page.get_by_label("理由(必填").fill("002号界桩缺一方签字")
        page.get_by_role("button", name="退回报送人").click()
        expect(page.locator(".notice.red")).to_contain_text("002号界桩缺一方签字")
    with house.opened("surveyor") as page:
        page.goto(f"/submissions/{number}")
        expect(page.locator(".notice.red")).to_contain_text("002号界桩缺一方签字")
        uploads_again(page, mended(county, house.samples[0]))
    with house.opened("reviewer") as page:
        page.goto("/submissions")
        expect(page.locator("nav .badge")).to_have_text("1")
        page.locator(f"a[href='/submissions/{number}']").first.click()
        page.get_by_role("button", name="审核通过").click()
        expect(page.get_by_text("待批准").first).to_be_visible()
    with house.opened("approver") as page:
        before = figures(page)
        publishes(page, number)
        assert figures(page) == {
            "界线勘定": before["界线勘定"] + 3,
            "三交点确认": before["三交点确认"] + 4,
        }
        expect(page.locator("tr", has_text="已定界")).to_have_count(3)


def sends_a_flawed_survey(page: Page, house: House) -> int:
    os.kill(house.worker.pid, signal.SIGSTOP)
    try:
        page.locator("input[type=file]").set_input_files(house.samples[0])
        expect(page.locator("[data-chosen]")).to_have_text(house.samples[0].name)
        page.get_by_label("标题").fill("样泉—样林线等三条")
        page.get_by_role("button", name="上传并检查").click()
        expect(page.locator("progress.work")).to_be_visible()
        page.evaluate("window.notReloaded = true")
    finally:
        os.kill(house.worker.pid, signal.SIGCONT)
    expect(page.locator(".verdict")).to_contain_text("不能入库")
    assert page.evaluate("window.notReloaded"), "the report came without loading the page anew"
    return int(urlsplit(page.url).path.rsplit("/", 1)[1])


def reads_the_report(page: Page, folder: Path) -> None:
    rules = page.locator("#findings summary a.code").all_inner_texts()
    assert {"G04", "G05", "M03"} <= set(rules)
    frame = map_of(page)
    whole = scale_of(frame)
    page.locator("#findings").get_by_role("link", name="问题处").first.click()
    expect(frame.locator(".leaflet-popup-content")).to_contain_text("怎样改")
    expect(frame.locator(SCALE)).not_to_have_text(whole)
    near = scale_of(frame)
    page.locator("#findings").get_by_role("link", name="整条线").first.click()
    expect(frame.locator(".leaflet-popup-content strong")).to_have_count(1)
    expect(frame.locator(SCALE)).not_to_have_text(near)
    with page.expect_download() as downloaded:
        page.get_by_role("link", name="下载 GeoPackage").click()
    place = folder / downloaded.value.suggested_filename
    downloaded.value.save_as(place)
    assert "findings_points" in {name for name, _ in pyogrio.list_layers(place)}


def sets_a_marker_aside(page: Page) -> None:
    page.get_by_label("搁置这条记录,其余先入库").first.check()
    page.get_by_role("button", name="按勾选的搁置后重新检查").click()
    expect(page.locator(".verdict")).to_contain_text("搁置 1")


def uploads_again(page: Page, file: Path) -> None:
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="上传并检查").click()
    expect(page.locator(".verdict")).to_contain_text("可以入库")
    expect(page.locator(".verdict")).to_contain_text("比上一轮消除")


def sees_what_would_change(page: Page) -> None:
    expect(page.locator("#changes")).to_contain_text("将会发生的变更")
    frame = map_of(page)
    assert frame.locator("path.leaflet-interactive").count() >= 6
    legend = frame.locator(".leaflet-control-layers-overlays").inner_text()
    assert "变更前位置" in legend
    assert "新增" in legend
    whole = scale_of(frame)
    page.locator("#changes").get_by_role("link", name="定位").first.click()
    expect(frame.locator(".leaflet-popup-content")).to_have_count(1)
    assert scale_of(frame) != whole


def cannot_return_without_a_reason(page: Page, number: int) -> None:
    here = page.url
    page.get_by_role("button", name="退回报送人").click()
    assert page.url == here
    assert page.locator("textarea:invalid").count() == 1
    page.locator("textarea[name=reason]").evaluate("box => box.required = false")
    page.get_by_role("button", name="退回报送人").click()
    expect(page.get_by_role("alert")).to_contain_text("必须写明理由")
    page.goto(f"/submissions/{number}")
    expect(page.get_by_text("待审核").first).to_be_visible()


def publishes(page: Page, number: int) -> None:
    page.goto(f"/submissions/{number}")
    page.get_by_label("批准文号").fill("样政函〔2026〕8号")
    page.get_by_role("button", name="批准公布").click()
    expect(page.get_by_text("已公布").first).to_be_visible()
    expect(page.locator(".timeline")).to_contain_text("样政函〔2026〕8号")


def figures(page: Page) -> dict[str, int]:
    page.goto(DASHBOARD)
    return {title: goal_of(page, title) for title in ("界线勘定", "三交点确认")}


def goal_of(page: Page, title: str) -> int:
    return int(page.get_by_role("progressbar", name=title).first.get_attribute("value") or "-1")


def test_questions_about_a_file_are_answered_on_its_page(house: House, tmp_path: Path) -> None:
    sheets = sheets_of(THREE_TOWNS)
    with house.opened("surveyor") as page:
        sends(page, write(sheets, tmp_path, "shapefile,GBK,没有.prj"))
        expect(page.locator(".verdict")).to_contain_text("没有坐标系说明")
        page.get_by_label("选择或填写").fill("EPSG:4490")
        page.get_by_label("GBK").check()
        page.get_by_role("button", name="按这些选择重新检查").click()
        expect(page.locator("#reading")).to_contain_text("EPSG:4490 · GBK")
        page.goto("/submissions")
        sends(page, write(sheets, tmp_path, "两个图层"))
        expect(page.locator("#findings")).to_contain_text("未能识别")
        page.locator("#reading summary").first.click()
        page.get_by_label("这个图层是").first.select_option(label="行政区域界线")
        page.get_by_role("button", name="按这些选择重新检查").click()
        expect(page.locator("#reading summary").first).to_contain_text("行政区域界线")
        page.locator("#reading summary").first.click()
        page.get_by_label("界线编号").select_option("c1")
        page.get_by_label("界线名称").select_option("c2")
        page.get_by_role("button", name="按这些选择重新检查").click()
        expect(page.locator("#changes")).to_contain_text("L1")


def test_a_long_list_is_published_while_its_page_shows_how_far_it_is(house: House, tmp_path: Path) -> None:
    office = house.office
    office.has("staff", "staff")
    with office.database.writing() as tx:
        listed = write_list(tmp_path / "names.csv", hills(Settings().long_list, ground_of(tx)))
    with house.opened("staff") as page:
        sends(page, listed)
        expect(page.locator(".verdict")).to_contain_text("可以入库")
        number = int(urlsplit(page.url).path.rsplit("/", 1)[1])
    assert office.decide("reviewer", number, "accept").status_code == 200
    with house.opened("approver") as page:
        page.goto(f"/submissions/{number}")
        page.get_by_label("批准文号").fill("样政函〔2026〕31号")
        os.kill(house.worker.pid, signal.SIGSTOP)
        try:
            page.get_by_role("button", name="批准公布").click()
            expect(page.get_by_role("progressbar", name="公布进度")).to_be_visible()
            expect(page.locator("h1 + .tag, .line .tag").first).to_have_text("正在公布")
            expect(page.get_by_role("button", name="批准公布")).to_have_count(0)
            page.evaluate("window.notReloaded = true")
        finally:
            os.kill(house.worker.pid, signal.SIGCONT)
        expect(page.locator(".timeline")).to_contain_text("公布完成")
        expect(page.locator("#changes")).to_contain_text("发生的变更")
        assert page.evaluate("window.notReloaded"), "the page found out by itself"


def sends(page: Page, file: Path) -> None:
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="上传并检查").click()


def test_the_language_changes_and_the_place_stays(house: House) -> None:
    with house.opened() as page:
        page.goto(DASHBOARD + "?state=planned&q=样城")
        shown = page.locator("#lines tbody tr").count()
        page.locator("#language").click()
        expect(page.locator("html")).to_have_attribute("lang", "en")
        expect(page.locator("caption")).to_contain_text("lines")
        assert page.locator("input[name=q]").input_value() == "样城"
        assert page.locator("select[name=state]").input_value() == "planned"
        assert page.locator("#lines tbody tr").count() == shown
        assert map_of(page).locator("html").get_attribute("lang") == "en"
        page.goto("/rules")
        expect(page.locator("html")).to_have_attribute("lang", "en")
        assert "{" not in page.locator("table").inner_text()
        page.locator("#language").click()
        expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
        assert urlsplit(page.url).path == "/rules"


def test_the_table_of_lines_is_filtered_as_one_types(house: House, county: County) -> None:
    name = county.lines["working"]["name"][0]
    with house.opened() as page:
        page.goto(DASHBOARD)
        expect(page.locator("#lines tbody tr")).to_have_count(25)
        page.evaluate("window.notReloaded = true")
        page.get_by_label("查找").fill(name)
        expect(page.locator("#lines tbody tr")).to_have_count(1)
        expect(page.locator("#lines caption")).to_have_text("1 / 25 条界线")
        page.get_by_label("节点").select_option("accepted")
        expect(page.locator("#lines")).to_contain_text("没有符合条件的界线")
        assert page.evaluate("window.notReloaded")
        assert "state=accepted" in page.url
        assert "state=accepted" in str(page.locator("#language").get_attribute("href"))
        page.reload()
        assert page.get_by_label("查找").input_value() == name
        page.goto(DASHBOARD)
        frame, row = map_of(page), page.locator("#lines tbody tr").first
        whole = scale_of(frame)
        row.get_by_role("link", name="定位").click()
        expect(frame.locator(".leaflet-popup-content strong")).to_have_count(1)
        assert scale_of(frame) != whole


def test_everything_is_reached_by_keyboard(house: House) -> None:
    with house.opened() as page:
        page.goto("/sign-in")
        assert page.evaluate("document.activeElement.name") == "name"
        page.keyboard.type("surveyor")
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "sign-in" not in url)
        page.goto("/submissions")
        reached = walk(page, 20)
        assert reached[0] == "跳到正文"
        assert {"files", "title", "whole", "上传并检查", "退出"} <= set(reached)
        page.goto("/submissions")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.url.endswith("#content")


def walk(page: Page, steps: int) -> list[str]:
    """What the tabulator reaches, one after the other, each of it visibly in focus."""
    reached = []
    for _ in range(steps):
        page.keyboard.press("Tab")
        told = page.evaluate(
            """() => { const it = document.activeElement;
                const seen = it.type === "file" ? it.parentElement : it;
                const ring = getComputedStyle(seen).outlineStyle !== "none";
                return [it.name || it.innerText || it.tagName, ring || ["BODY", "IFRAME"].includes(it.tagName)]; }"""
        )
        assert told[1], f"{told[0]} does not show that it has the focus"
        reached.append(told[0].strip())
    return reached


def test_pages_work_without_script(house: House) -> None:
    with house.opened("reviewer", java_script_enabled=False) as page:
        page.goto(DASHBOARD)
        page.get_by_label("查找").fill("样城")
        page.get_by_role("button", name="筛选").click()
        assert "q=" in page.url
        assert 0 < page.locator("#lines tbody tr").count() < 25
        sign_out(page)
        del house.cookies["reviewer"]


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_every_page_is_whole_and_asks_nobody_else(house: House, lang: str) -> None:
    with house.opened("surveyor") as page:
        page.locator("input[type=file]").set_input_files(house.samples[2])
        page.get_by_role("button", name="上传并检查").click()
        expect(page.locator(".verdict")).to_be_visible()
        own = urlsplit(page.url).path
        item = "/collections/tri_junctions/items/990101-S01"
        for path in (*PUBLIC, "/submissions", own, item, "/collections/lines/items?datetime=2025-01-01"):
            page.goto(path + ("&" if "?" in path else "?") + f"lang={lang[:2]}")
            if page.locator("iframe").count():
                map_of(page)
            assert page.locator("html").get_attribute("lang") == lang
            for frame in page.frames:
                assert frame.locator("html").get_attribute("lang") == lang, frame.url
            words = " ".join(frame.locator("body").inner_text() for frame in page.frames)
            assert not [each for each in WORDS_OF_THE_MACHINE if each in words], path
            assert page.locator("h1").count() == 1
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} is too wide"
            assert page.evaluate(NAMELESS) == [], path
            assert page.evaluate(TWICE) == [], path


NAMELESS = """[...document.querySelectorAll("input:not([type=hidden]), select, textarea, button, a, iframe, img")]
    .filter(it => !(it.labels && it.labels.length) && !it.textContent.trim() && !it.title && !it.ariaLabel && !it.alt)
    .map(it => it.outerHTML)"""
TWICE = """[...document.querySelectorAll("[id]")].map(it => it.id)
    .filter((id, place, all) => all.indexOf(id) !== place)"""
