"""The map of sites in a real browser, with the rest of the network cut off: popups, circles, one file from the disk."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pyproj import Geod
from shapely.geometry import Point

from api.county_photos import drawn
from tests.conftest import Office, serving
from tests.sites_made import has_cemetery, has_facility, has_many_facilities

pytestmark = pytest.mark.browser
CGCS2000 = Geod(ellps="GRS80")  # the ellipsoid of CGCS2000 in all digits that matter
WICKED = "<script>alert(1)</script>"


@pytest.fixture
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("there is no Chromium on this machine")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield launched
        launched.close()


@contextmanager
def opened(browser: Browser, address: str, ours: str, width: int = 1366) -> Iterator[Page]:
    faults: list[str] = []
    context = browser.new_context(viewport={"width": width, "height": 800})
    context.on("weberror", lambda error: faults.append(str(error.error)))
    page = context.new_page()
    page.on("dialog", lambda _: faults.append("a name ran as a program"))
    page.on("request", lambda asked: None if asked.url.startswith((ours, "data:")) else faults.append(asked.url))
    page.goto(address)
    yield page
    context.close()
    assert faults == []


@pytest.fixture
def address(county_office: Office) -> Iterator[str]:
    with county_office.database.writing() as tx:
        has_facility(tx, "S1", Point(110.30, 30.70), name="样桥社区服务站", hours="8:00-17:00")
        has_facility(tx, "S2", Point(110.31, 30.71), name=WICKED, type="canteen")
        has_cemetery(tx, "C1", Point(110.33, 30.73))
    with serving(county_office) as found:
        yield found


def test_a_site_is_found_in_the_list_and_tells_of_itself_on_the_map(browser: Browser, address: str) -> None:
    with opened(browser, f"{address}/sites?reach=500&lang=zh", address) as page:
        page.get_by_role("row", name="样桥社区服务站").get_by_role("link", name="定位").click()
        popup = page.frame_locator("iframe.map").locator(".leaflet-popup").last
        expect(popup).to_contain_text("样桥社区服务站")
        expect(popup).to_contain_text("8:00-17:00")
        page.get_by_role("row", name=WICKED).get_by_role("link", name="定位").click()
        expect(popup).to_contain_text(WICKED)
        legend = page.frame_locator("iframe.map").locator(".leaflet-control-layers")
        expect(legend).to_contain_text("500 米内(直线距离)")


def test_it_is_useful_on_a_phone(browser: Browser, address: str) -> None:
    with opened(browser, f"{address}/sites?lang=en", address, width=390) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        expect(page.frame_locator("iframe.map").locator("path.leaflet-interactive")).to_have_count(3)


def test_one_file_opens_from_the_disk(browser: Browser, address: str, tmp_path: Path, county_office: Office) -> None:
    path = tmp_path / "sites.html"
    path.write_text(county_office.client().get("/sites/map?download=true").text, "utf-8")
    with opened(browser, path.as_uri(), "file://") as page:
        expect(page.locator("path.leaflet-interactive")).to_have_count(3)
        page.locator("path.leaflet-interactive").first.click()
        expect(page.locator(".leaflet-popup")).to_be_visible()


def test_a_site_is_found_on_the_map_by_its_name_or_its_type(browser: Browser, address: str) -> None:
    with opened(browser, f"{address}/sites/map?lang=zh", address) as page:
        box, popup = page.get_by_role("searchbox"), page.locator(".leaflet-popup").last
        box.fill("样桥 服务站")
        box.press("Enter")
        expect(popup).to_contain_text("8:00-17:00")
        page.wait_for_timeout(600)  # one that was closed at once is gone by now
        expect(page.locator(".leaflet-popup")).to_have_count(1)
        box.fill("食堂")
        expect(page.locator(".find li")).to_have_count(1)
        box.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(popup).to_contain_text(WICKED)
        box.fill("没有这个")
        expect(page.locator(".find")).to_contain_text("没有找到")
    with opened(browser, f"{address}/sites/map?lang=en", address, width=390) as page:
        page.get_by_label("Find by name, type, address").fill("ALERT(1)")
        page.locator(".find li button").click()
        expect(page.locator(".leaflet-popup").last).to_contain_text(WICKED)
        expect(page.get_by_role("button", name="Measure")).to_be_hidden()  # the popup needs its room


def test_a_popup_has_the_key_figures_and_loads_no_picture(browser: Browser, address: str, county_office: Office) -> None:
    with county_office.database.writing() as tx:
        figures = {"beds": 12, "floor_area_m2": 300.5, "services": "助餐、<b>送餐</b>", "photo": "https://elsewhere.test/a.jpg"}
        has_facility(tx, "S9", Point(110.32, 30.72), name="样养老院", type="care_home", **figures)
    with opened(browser, f"{address}/sites/map?lang=zh", address) as page:
        page.get_by_role("searchbox").fill("养老机构")
        page.get_by_role("searchbox").press("Enter")
        for said in ("样养老院", "12", "300.5 m²", "<b>送餐</b>"):
            expect(page.locator(".leaflet-popup")).to_contain_text(said)
        expect(page.locator(".leaflet-popup img")).to_have_count(0)


@pytest.mark.parametrize("many", [False, True])
def test_a_popup_shows_the_photo_of_the_site_here_and_in_the_one_file(
    browser: Browser, address: str, county_office: Office, tmp_path: Path, many: bool
) -> None:
    if many:
        with county_office.database.writing() as tx:
            has_many_facilities(tx, 200, 7, (110.3, 30.7, 110.4, 30.8))
    county_office.has("clerk", "staff")
    photo = {"file": ("a.png", drawn("facilities", 1))}
    about = {"caption": WICKED, "audience": "public"}
    assert county_office.client("clerk").post("/sites/S1/photos", files=photo, data=about).status_code == 201
    path = tmp_path / "sites.html"
    path.write_text(county_office.client().get("/sites/map?download=true&lang=zh").text, "utf-8")
    for place, ours in ((f"{address}/sites/map?lang=zh", address), (path.as_uri(), "file://")):
        with opened(browser, place, ours) as page:
            page.get_by_role("searchbox").fill("样桥社区服务站")
            page.get_by_role("searchbox").press("Enter")
            picture = page.locator(".leaflet-popup img")
            expect(picture).to_have_js_property("naturalWidth", 320)
            expect(page.locator(".leaflet-popup p").filter(has_text=WICKED)).to_be_visible()


def test_what_the_legend_has_switched_off_is_shown_when_it_is_found(browser: Browser, address: str) -> None:
    with opened(browser, f"{address}/sites/map?lang=zh", address) as page:
        page.locator(".leaflet-control-layers-selector").first.uncheck()
        expect(page.locator("path.leaflet-interactive")).to_have_count(2)
        page.get_by_role("searchbox").fill("样桥社区服务站")
        page.get_by_role("searchbox").press("Enter")
        expect(page.locator(".leaflet-popup").last).to_contain_text("样桥社区服务站")


def test_a_site_is_found_out_of_a_cluster_also_in_the_file(
    browser: Browser, address: str, tmp_path: Path, county_office: Office
) -> None:
    with county_office.database.writing() as tx:
        has_many_facilities(tx, 200, 7, (110.30, 30.70, 110.3002, 30.7002))
    path = tmp_path / "sites.html"
    path.write_text(county_office.client().get("/sites/map?download=true").text, "utf-8")
    with opened(browser, path.as_uri(), "file://") as page:
        page.get_by_role("searchbox").fill("样设施117")
        page.get_by_role("searchbox").press("Enter")
        page.wait_for_timeout(1000)
        expect(page.locator(".leaflet-popup")).to_contain_text("样设施117")
        page.get_by_role("searchbox").fill("样设施")
        expect(page.locator(".find")).to_contain_text("另有 190 处")


def clicked(page: Page, corners: list[tuple[int, int]]) -> tuple[list[float], list[float]]:
    """The longitudes and latitudes of the points clicked on the map."""
    name = page.locator(".folium-map").get_attribute("id")
    places = []
    for x, y in corners:
        page.mouse.click(x, y)
        at = page.evaluate(f"(() => {{ const at = {name}.containerPointToLatLng([{x}, {y}]); return [at.lng, at.lat]; }})()")
        places.append(at)
    return [at[0] for at in places], [at[1] for at in places]


def test_lengths_and_areas_are_measured_on_the_ellipsoid(browser: Browser, address: str) -> None:
    corners = [(400, 200), (900, 250), (800, 700)]
    with opened(browser, f"{address}/sites/map?lang=zh", address) as page:
        page.get_by_role("button", name="测量").click()
        lons, lats = clicked(page, corners)
        metres = float(page.locator(".length").get_attribute("data-metres") or 0)
        m2 = float(page.locator(".area").get_attribute("data-m2") or 0)
        assert metres == pytest.approx(CGCS2000.line_length(lons, lats), rel=1e-4)
        assert m2 == pytest.approx(abs(CGCS2000.polygon_area_perimeter(lons, lats)[0]), rel=1e-3)
        expect(page.locator(".length")).to_contain_text("km")
        for unit in ("m²", "亩", "公顷"):
            expect(page.locator(".area")).to_contain_text(unit)
        clicked(page, [(400, 600), (900, 150)])
        expect(page.locator(".area")).to_have_text("线自相交,不计面积")
        page.get_by_role("button", name="清除").click()
        expect(page.locator(".length")).to_have_text("")
        page.get_by_role("button", name="结束测量").click()
        page.locator("path.leaflet-interactive").first.click()
        expect(page.locator(".leaflet-popup")).to_be_visible()


def test_measuring_needs_no_mouse_and_clicks_on_sites_are_points_too(browser: Browser, address: str) -> None:
    with opened(browser, f"{address}/sites/map?lang=en", address) as page:
        page.get_by_role("button", name="Measure").focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        for _ in range(3):
            page.keyboard.press("ArrowRight")
            page.wait_for_timeout(400)  # Leaflet glides
        page.keyboard.press("Enter")
        expect(page.locator(".length")).to_contain_text("Length")
        page.keyboard.press("Backspace")
        expect(page.locator(".length")).to_have_text("")
        page.locator("path.leaflet-interactive").first.click(force=True)
        expect(page.locator(".length")).to_contain_text("Length")
        expect(page.locator(".leaflet-popup")).to_have_count(0)
        page.locator(".leaflet-container").focus()
        page.keyboard.press("Escape")
        expect(page.get_by_role("button", name="Measure", exact=True)).to_be_visible()
        expect(page.locator("path.leaflet-interactive")).to_have_count(3)
