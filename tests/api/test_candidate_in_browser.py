"""A candidate site in a real browser, the rest of the network cut off: a click, an outline, what the map shows of it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from shapely.geometry import LineString, MultiPolygon, Point, box, mapping
from shapely.geometry.base import BaseGeometry
from sqlalchemy import insert

from gis.history import stored
from placenames.sites.prohibited_zones import PROHIBITED_ZONES
from placenames.sites.zone_parts import cut_zones_into_parts
from tests.api.test_names_in_browser import WAIT_MS, Window
from tests.conftest import PASSWORD, Office, serving
from tests.sites_made import SINCE, TOWN

pytestmark = pytest.mark.browser
HERE = Point(110.30, 30.70)
WICKED = "<script>alert(1)</script>"
ZONES = (
    ("Z1", "farmland", WICKED, HERE.buffer(0.003)),
    ("Z2", "reservoir", "样水库", box(110.32, 30.70, 110.33, 30.71)),
    ("Z3", "railway", "样铁路", LineString([(110.28, 30.69), (110.34, 30.69)])),
)


@pytest.fixture
def window(county_office: Office) -> Iterator[Window]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("there is no Chromium on this machine")
    expect.set_options(timeout=WAIT_MS)
    with county_office.database.writing() as tx:
        for code, kind, name, ground in ZONES:
            row = {"code": code, "name": name, "kind": kind, "unit": TOWN, "valid_from": SINCE}
            tx.execute(insert(PROHIBITED_ZONES.table).values(**row, geom=stored(ground)))
        cut_zones_into_parts(tx, 0, SINCE, set())
    with serving(county_office) as address, sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield Window(launched, address)
        launched.close()


def come(page: Page) -> None:
    """Signs in and goes to the page."""
    page.get_by_label("用户名").fill("surveyor")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_label("密码").press("Enter")
    page.wait_for_url("**/cemeteries/candidate")
    expect(page.frame_locator("iframe.map").locator(".leaflet-control-scale-line").first).to_be_visible()


def test_a_click_and_an_outline_are_answered_in_words_and_on_the_map(window: Window) -> None:
    with window.opened("/sign-in?next=/cemeteries/candidate") as page:
        come(page)
        frame = page.frame_locator("iframe.map")
        drawn = frame.locator("path.answer")
        expect(drawn).to_have_count(0)
        frame.locator(".leaflet-container").click(position={"x": 200, "y": 150})
        expect(page.get_by_label("经度")).not_to_have_value("")
        page.get_by_label("经度").fill("110.30")
        page.get_by_label("纬度").fill("30.70")
        page.get_by_role("button", name="查看规则结论").click()
        expect(page.get_by_role("status")).to_contain_text("不允许")
        expect(page.get_by_role("row", name="位于耕地")).to_contain_text(WICKED)
        expect(page.get_by_role("row", name="样水库")).to_contain_text("1,916 米")
        expect(frame.locator("path.answer.hit")).to_have_count(1)
        expect(frame.locator("path.answer.person")).to_have_count(2)
        expect(page.get_by_role("row", name="样铁路")).to_contain_text("须人工判断")

        page.get_by_label("范围(逐点)").check()
        page.get_by_role("button", name="清除").click()
        for x, y in ((120, 60), (200, 60), (200, 120)):
            frame.locator(".leaflet-container").click(position={"x": x, "y": y})
        page.get_by_role("button", name="查看规则结论").click()
        expect(page.get_by_label("范围(逐点)")).to_be_checked()
        expect(page.locator("input[name=geometry]")).to_have_value(re.compile('"LineString"'))
        expect(page.get_by_role("row", name="耕地")).to_contain_text("不在耕地内")
        page.get_by_role("link", name="English").click()
        expect(page.get_by_role("row", name="Railway")).to_contain_text("a person decides")


ONE, OTHER = box(110.303, 30.70, 110.306, 30.703), box(110.309, 30.70, 110.311, 30.702)
HOLLOW = ONE.difference(box(110.304, 30.701, 110.305, 30.702))


@pytest.mark.parametrize(
    ("area", "outlines"), [(ONE, 5), (MultiPolygon([ONE, OTHER]), 2), (MultiPolygon([HOLLOW]), 2), (HOLLOW, 2), (HERE, 1)]
)
def test_a_place_that_an_address_names_is_drawn(window: Window, area: BaseGeometry, outlines: int) -> None:
    with window.opened("/sign-in?next=/cemeteries/candidate") as page:
        come(page)
        page.goto(f"{window.address}/cemeteries/candidate?drawn=line&geometry={quote(json.dumps(mapping(area)))}")
        expect(page.get_by_role("heading", name="已有的公墓和设施")).to_be_visible()
        drawn = page.frame_locator("iframe.map").locator('path[stroke="#c21e56"]:not([d="M0 0"])')
        expect(drawn.last).to_be_visible()
        told = [path.get_attribute("d") or "" for path in drawn.all()]
        assert sum(each.count("M") for each in told) == outlines
        page.get_by_role("button", name="清除").click()
        expect(drawn).to_have_count(0)
        expect(page.locator("input[name=geometry]")).to_have_value("")
