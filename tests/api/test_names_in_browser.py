"""Looking a place name up in a real browser, with the rest of the network cut off: help while typing, results, map, page."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from gis.cluster import Cluster
from gis.db import Database
from tests.conftest import TEMPLATE, Office, clone, drop, serving, settled_in
from tests.naming import settle
from tests.sorts_of_names import many_names, renamed

pytestmark = pytest.mark.browser
WAIT_MS = 30_000


@dataclass
class Window:
    """A browser before a real server with names of every sort."""

    browser: Browser
    address: str
    faults: list[str] = field(default_factory=list)

    @contextmanager
    def opened(self, path: str, **options: bool) -> Iterator[Page]:
        context = self.browser.new_context(base_url=self.address, viewport={"width": 1366, "height": 900}, **options)  # type: ignore[arg-type]
        context.set_default_timeout(WAIT_MS)
        context.route("**/*", self._only_ours)
        context.on("weberror", lambda error: self.faults.append(str(error.error)))
        context.on("console", lambda said: self.faults.append(said.text) if said.type == "error" else None)
        page = context.new_page()
        page.goto(path)
        yield page
        context.close()
        assert self.faults == []

    def _only_ours(self, route: Route) -> None:
        if route.request.url.startswith((self.address, "data:")):
            route.continue_()
        else:
            self.faults.append(f"asks another host: {route.request.url}")
            route.abort()


@pytest.fixture(scope="module")
def window(server: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Window]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("there is no Chromium on this machine")
    expect.set_options(timeout=WAIT_MS)
    name = TEMPLATE + "_window"
    drop(server, name)
    clone(server, TEMPLATE, name)
    with closing(Database(server.url(name))) as database, settled_in(tmp_path_factory.mktemp("window")) as config:
        with database.writing() as tx:
            many_names(settle(tx))
        with database.writing() as tx:
            renamed(tx)
        with serving(Office(database, config)) as address, sync_playwright() as playwright:
            launched = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            yield Window(launched, address)
            launched.close()
    drop(server, name)


def test_help_comes_while_one_types_and_leads_on_by_keyboard(window: Window) -> None:
    with window.opened("/names") as page:
        field = page.get_by_role("searchbox")
        field.press_sequentially("smj", delay=30)
        offered = page.locator(".suggested li")
        expect(offered.first).to_contain_text("石门街")
        field.fill("石桥")
        expect(page.locator(".suggested")).to_contain_text("曾用名 → 望江街")
        field.press("Escape")
        expect(offered).to_have_count(0)
        field.fill("石桥街")
        expect(offered.first).to_contain_text("石桥街")
        field.press("ArrowDown")
        expect(offered.first.locator("a")).to_be_focused()
        page.keyboard.press("ArrowUp")
        expect(field).to_be_focused()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url("**/names/*-*")
        expect(page.locator("h1")).to_contain_text("望江街")
        expect(page.locator("table").first).to_contain_text("石桥街")


def test_results_and_map_come_without_loading_the_page_anew(window: Window) -> None:
    with window.opened("/names") as page:
        page.evaluate("window.notReloaded = true")
        page.get_by_role("searchbox").fill("石门")
        page.get_by_role("searchbox").press("Enter")
        found = page.locator("ol.found > li")
        expect(found.first).to_contain_text("石门街村")
        page.get_by_label("类别").select_option("NAT")
        expect(found).to_have_count(1)
        expect(found).to_contain_text("北石门山")
        assert "category=NAT" in page.url
        page.evaluate("history.back()")
        expect(found.first).to_contain_text("石门街村")
        page.get_by_label("类别").select_option("NAT")
        expect(found).to_have_count(1)
        frame = page.wait_for_selector("iframe[name=map]").content_frame()  # type: ignore[union-attr]
        assert frame is not None
        frame.wait_for_selector(".leaflet-control-scale-line")
        found.get_by_role("link", name="定位").click()
        expect(frame.locator(".leaflet-popup-content")).to_contain_text("北石门山")
        assert page.evaluate("window.notReloaded")
        expect(page.locator(".suggested")).to_have_count(0)


def test_names_are_found_without_script(window: Window) -> None:
    with window.opened("/names", java_script_enabled=False) as page:
        page.get_by_role("searchbox").fill("shimenjie")
        page.get_by_role("button", name="查询").click()
        expect(page.locator("ol.found > li").first).to_contain_text("石门街")


def test_pages_fit_a_narrow_screen(window: Window) -> None:
    for path in ("/names?q=石门", "/names?q=石桥街&on=2022-06-01&lang=en"):
        with window.opened(path) as page:
            page.set_viewport_size({"width": 390, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= 390
