"""Maps in a real browser: they draw, zoom to what the address names, and take nobody's name for a script."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect

from api.assets import fetch, read_lock
from gis.text import Text
from maps.progress_map import progress_map
from maps.register_map import register_map
from maps.report_map import report_map
from tests.maps.maps_drawn import (
    EVIL,
    FINDINGS,
    ITEMS,
    NOTE,
    RECORDS,
    SENT,
    UNITS,
    collection,
    feature,
    square,
)

pytestmark = pytest.mark.browser
API = Path(__file__).parents[2] / "api"
TYPES = {".js": "text/javascript", ".css": "text/css", ".png": "image/png", ".svg": "image/svg+xml"}
OURS = "http://jiezhi.test"
ITEMS_TITLE = Text("界线", "Lines")


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    fetch(read_lock())
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def show(browser):
    """Opens a map's HTML with our static files behind it; anything else it asks for is noted and refused."""
    page = browser.new_page(viewport={"width": 900, "height": 640})
    page.foreign, page.faults = [], []
    page.on("pageerror", lambda fault: page.faults.append(str(fault)))
    page.on("dialog", lambda dialog: (page.faults.append(dialog.message), dialog.dismiss()))

    def open_it(html, at=""):
        def answer(route):
            path = route.request.url.removeprefix(OURS).split("?")[0]
            if path == "/map":
                route.fulfill(body=html, content_type="text/html; charset=utf-8")
            elif route.request.url.startswith(OURS) and (API / path.lstrip("/")).is_file():
                route.fulfill(
                    body=(API / path.lstrip("/")).read_bytes(), content_type=TYPES[Path(path).suffix]
                )
            else:
                page.foreign.append(route.request.url)
                route.abort()

        page.route("**/*", answer)
        page.goto(f"{OURS}/map{at}")
        return page

    yield open_it
    assert [each for each in page.foreign if "favicon" not in each] == []
    assert page.faults == []
    page.close()


def test_lines_points_labels_and_legend_are_drawn(show):
    page = show(progress_map(ITEMS, UNITS, "zh", NOTE))
    assert page.locator("path.leaflet-interactive").count() == 2
    assert page.locator(".leaflet-control-layers-overlays label").count() == 5
    assert "云台镇" in page.locator(".unit-label:visible").all_inner_texts()
    assert "审图号" in page.locator(".leaflet-control-attribution").inner_text()
    assert page.locator(".leaflet-control-scale-line").inner_text().endswith(("m", "km"))
    assert page.evaluate("document.fonts.check('14px sans-serif')")


def test_the_address_zooms_to_a_finding_and_to_the_whole_line(show):
    page = show(report_map(FINDINGS, SENT, UNITS, "zh"), at="#finding-1")
    assert page.locator(".leaflet-popup th").all_inner_texts() == ["规则", "对象", "问题", "怎样改"]
    near = page.locator(".leaflet-control-scale-line").inner_text()
    page.evaluate("location.hash = 'item-L1'")
    page.wait_for_selector(f".leaflet-popup strong:has-text('{EVIL[:8]}')")
    assert page.locator(".leaflet-control-scale-line").inner_text() != near


def test_a_name_that_is_a_script_is_shown_as_it_is(show):
    page = show(register_map(RECORDS, ITEMS_TITLE, {}, "zh", units=UNITS, note=EVIL), at="#item-L1")
    assert page.locator(".leaflet-popup strong").inner_text() == EVIL
    assert EVIL in page.locator(".leaflet-control-attribution").inner_text()


def test_a_clustered_point_is_brought_out_of_its_cluster(show):
    page = show(register_map(RECORDS, ITEMS_TITLE, {}, "zh", units=UNITS), at="#item-M80")
    page.wait_for_selector(".leaflet-popup strong", timeout=5000)


def test_a_point_out_of_a_cluster_tells_of_itself_when_it_is_clicked(show):
    html = register_map(RECORDS, ITEMS_TITLE, {"code": Text("编号", "Code")}, "zh", place="/collections/markers/items/")
    page = show(html, at="#item-M159")
    page.wait_for_selector(".leaflet-popup strong", timeout=5000)
    page.locator(".leaflet-popup-close-button").click()
    expect(page.locator(".leaflet-popup")).to_have_count(0)
    page.locator("path.leaflet-interactive[fill='#ffffff']").last.click()
    expect(page.locator(".leaflet-popup strong")).to_have_text(EVIL)
    expect(page.locator(".leaflet-popup th")).to_have_text(["编号"])
    code = page.locator(".leaflet-popup td").inner_text()
    expect(page.locator(f".about a[href='/collections/markers/items/{code}']")).to_have_text("详情")


def test_a_county_leaves_the_room_for_names_to_its_towns(show):
    towns = [feature("Polygon", square(110.0 + i / 10, 30.0), code=str(i), name=f"第{i}镇") for i in range(3)]
    county = feature(
        "Polygon", [[[110, 30], [110.3, 30], [110.3, 30.1], [110, 30.1], [110, 30]]], code="c", name="某某县"
    )
    page = show(progress_map(collection(), collection(*towns, county), "zh"))
    assert page.locator(".unit-label:visible").all_inner_texts() == ["第0镇", "第1镇", "第2镇"]


def test_layers_can_be_switched_off(show):
    page = show(progress_map(ITEMS, UNITS, "en", NOTE))
    page.locator("label", has_text="Agreed").click()
    assert page.locator("path.leaflet-interactive").count() == 1
