"""Ten thousand facilities on the map in a real browser, beside an empty map of the same build with the same data in it."""

from __future__ import annotations

import json
import shutil
from statistics import median
from time import perf_counter

import pytest
from playwright.sync_api import Browser, sync_playwright

from gis.settings import settings
from maps.layers import map_page
from maps.site_map import TITLE, site_map
from tests.conftest import ROOT

pytestmark = pytest.mark.benchmark
SITES, TIMES = 10_000, 5
PEER_TIMES = 2.0


def facilities() -> dict[str, object]:
    """So many facilities of all types on a grid."""
    from placenames.sites.facilities import TYPES

    kinds = list(TYPES)
    found = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [110 + (number % 100) / 200, 30 + (number // 100) / 200]},
            "properties": {
                "id": f"{number}", "code": f"F{number}", "name": f"样设施{number}", "type": kinds[number % len(kinds)],
                "state": "open", "address": f"样路{number}号", "hours": "8:00-17:00", "beds": number % 40,
            },
        }
        for number in range(SITES)
    ]  # fmt: skip
    return {"type": "FeatureCollection", "features": found}


def seconds(browser: Browser, page: str, is_usable: str) -> float:
    """From the first byte to a map that can be used; our files come from the disk."""
    context = browser.new_context(viewport={"width": 1366, "height": 900})
    tab = context.new_page()
    tab.route("**/static/**", lambda route: route.fulfill(path=ROOT / "api" / route.request.url.split("/", 3)[3]))
    tab.route("**/map", lambda route: route.fulfill(body=page, content_type="text/html; charset=utf-8"))
    begin = perf_counter()
    tab.goto("http://map.test/map")
    tab.wait_for_function(is_usable)
    took = perf_counter() - begin
    context.close()
    return took


def test_ten_thousand_sites_are_usable_as_soon_as_an_empty_map_with_their_data(capsys: pytest.CaptureFixture[str]) -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("there is no Chromium on this machine")
    assert settings()
    data = facilities()
    begin = perf_counter()
    ours = site_map(data, {"features": []}, "zh")
    drawn = perf_counter() - begin
    told = json.dumps(data, ensure_ascii=False)
    empty = map_page([], "zh", TITLE, "").replace("</body>", f"<script>window.sites = {told};</script></body>")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        runs = [
            (seconds(browser, ours, "document.querySelectorAll('.cluster').length > 3"),
             seconds(browser, empty, "window.sites && document.querySelector('.leaflet-control-scale')"))
            for _ in range(TIMES)
        ]  # fmt: skip
        browser.close()
    mine, peer = (median(run[side] for run in runs) for side in (0, 1))
    with capsys.disabled():
        print(  # noqa: T201
            f"\n{SITES:,} facilities: page of {len(ours) / 1e6:.1f} MB drawn in {drawn:.1f} s, usable after {mine:.2f} s;"
            f" an empty map with the data ({len(empty) / 1e6:.1f} MB) after {peer:.2f} s: {mine / peer:.2f} times"
        )
    assert mine / peer <= PEER_TIMES
