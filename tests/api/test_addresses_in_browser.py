"""Looking an address up in a real browser, with the rest of the network cut off: help, results, map, a click, a page."""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, Locator, Page, expect, sync_playwright

from api import heaping
from gis.cluster import Cluster
from maps.style import MATCHES
from tests.api.test_names_in_browser import WAIT_MS, Window
from tests.conftest import office_of_its_own, serving
from tests.plates_sent import FIRST, LATER, publish

pytestmark = pytest.mark.browser
DRAWN = "path.leaflet-interactive"
BROKEN = f"{DRAWN}[stroke-dasharray]"
STILL = 5
"""A place seen so many times in a row is where it stays."""


@pytest.fixture(scope="module")
def window(server: Cluster, county_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Window]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("there is no Chromium on this machine")
    expect.set_options(timeout=WAIT_MS)
    folder: Path = tmp_path_factory.mktemp("plates")
    with office_of_its_own(server, county_template, folder) as office:
        office.has("staff", "staff")
        publish(office, folder, FIRST, "2026-01-01")
        publish(office, folder, LATER, "2026-05-01")
        with serving(office) as address, sync_playwright() as playwright:
            launched = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            yield Window(launched, address)
            launched.close()


def drawn_map(page: Page) -> FrameLocator:
    frame = page.frame_locator("iframe[name=map]")
    expect(frame.locator(".leaflet-control-scale-line").first).to_be_visible()
    return frame


def test_a_street_fills_the_field_and_its_number_leads_to_the_plate_by_keyboard(window: Window) -> None:
    with window.opened("/addresses") as page:
        field = page.get_by_role("searchbox")
        field.press_sequentially("yll", delay=30)
        offered = page.locator(".suggested li")
        expect(offered.first).to_contain_text("样柳路")
        field.press("ArrowDown")
        expect(offered.first.locator("a")).to_be_focused()
        page.keyboard.press("Enter")
        expect(field).to_have_value("样例省样例市样例县样城街道样柳路")
        expect(field).to_be_focused()
        expect(page.locator("ol.found > li")).to_contain_text("只到街路巷")
        page.keyboard.press("End")
        field.press_sequentially("11", delay=30)
        expect(offered.first).to_contain_text("样柳路112号")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url("**/addresses/*-*")
        expect(page.locator("h1")).to_contain_text("样柳路112号")
        expect(page.locator("table").first).to_contain_text("样柳路12号")


def test_results_and_map_come_without_loading_the_page_anew(window: Window) -> None:
    with window.opened("/addresses") as page:
        page.evaluate("window.notReloaded = true")
        page.get_by_role("searchbox").fill("样流路2号")
        page.get_by_role("searchbox").press("Enter")
        found = page.locator("ol.found > li")
        expect(found.first).to_contain_text("“样流路”按同音认作“样柳路”")
        page.get_by_text("这是怎样理解的").click()
        expect(page.locator(".steps")).to_contain_text("读音相同")
        frame = drawn_map(page)
        found.first.get_by_role("link", name="定位").click()
        expect(frame.locator(".leaflet-popup-content")).to_contain_text("样柳路2号")
        page.get_by_label("门牌状态").select_option("cancelled")
        expect(page.locator("#results")).to_contain_text("没有查到")
        assert "status=cancelled" in page.url
        assert page.evaluate("window.notReloaded")


def test_what_was_worked_out_is_a_broken_ring(window: Window) -> None:
    with window.opened("/addresses?q=样柳路8号") as page:
        expect(page.locator(".unregistered")).to_contain_text("名录中没有这块门牌")
        ring = drawn_map(page).locator(BROKEN)
        expect(ring).to_have_count(1)
        assert ring.get_attribute("stroke-dasharray") == "3 4"
    with window.opened("/addresses?q=样柳路6号") as page:
        expect(drawn_map(page).locator(f"{DRAWN}[stroke='{MATCHES['plate'].colour}']")).to_have_count(1)
        expect(drawn_map(page).locator(BROKEN)).to_have_count(0)


def wait_until_it_rests(shown: Locator) -> None:
    """The map moves to make room for its popup, and the page when the list changes: a click in between misses."""
    places = deque([shown.bounding_box()], maxlen=STILL)
    while len(places) < STILL or any(place != places[-1] for place in places):
        shown.page.wait_for_timeout(100)
        places.append(shown.bounding_box())


def test_a_click_on_the_map_finds_the_nearest_plate(window: Window) -> None:
    with window.opened("/addresses?q=样柳路6号") as page:
        frame = drawn_map(page)
        frame.locator(".leaflet-container").click(position={"x": 120, "y": 500})
        expect(frame.locator(".leaflet-popup-content")).to_contain_text("米")
        expect(page.locator("#results")).to_contain_text("最近的门牌")
        expect(page.locator("#results ol.found > li").first).to_contain_text("米")
        assert "/addresses/reverse?lon=" in page.url
        details = frame.locator(".leaflet-popup-content").get_by_role("link", name="详情")
        wait_until_it_rests(details)
        details.click()
        page.wait_for_url("**/addresses/*-*")


def test_addresses_are_found_without_script(window: Window) -> None:
    with window.opened("/addresses", java_script_enabled=False) as page:
        page.get_by_role("searchbox").fill("样公社路3号")
        page.get_by_role("button", name="查询").click()
        expect(page.locator("ol.found > li").first).to_contain_text("现为“样柳路6号”")
        page.get_by_text("按坐标查最近的门牌").click()
        page.get_by_label("经度").fill("110.2934")
        page.get_by_label("纬度").fill("30.698")
        page.get_by_role("button", name="查最近").click()
        expect(page.locator("ol.found > li").first).to_contain_text("样柳路4号")


def test_the_map_of_a_large_register_asks_for_what_it_shows(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heaping, "MANY", 5)
    with window.opened("/collections/addresses/items") as page:
        frame = drawn_map(page)
        expect(frame.locator(".cluster, path.leaflet-interactive").first).to_be_visible()
        page.locator("tbody tr", has_text="样柳路12号").or_(page.locator("tbody tr", has_text="样柳路112号")).get_by_role(
            "link", name="定位"
        ).click()
        expect(frame.locator(".leaflet-popup-content")).to_contain_text("样柳路112号")
        expect(frame.locator("path.leaflet-interactive").first).to_be_visible()


def test_pages_fit_a_narrow_screen(window: Window) -> None:
    asked = ("?q=样柳路8号", "?q=样流路2号&lang=en", "/DZ1001", "/parse?q=样柳路8号 电联")
    for path in (f"/addresses{each}" for each in asked):
        with window.opened(path) as page:
            page.set_viewport_size({"width": 390, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
