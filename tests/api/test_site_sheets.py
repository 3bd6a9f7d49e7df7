"""Sheets of sites: a picture of the asked size, a PDF with its letters inside, as everybody may see them."""

from __future__ import annotations

import re
import struct
import zlib

import pytest
from shapely.geometry import Point

from tests.conftest import Office, is_problem
from tests.sites_made import OTHER_TOWN, has_cemetery, has_facility

WICKED = "<script>alert(1)</script>$x_{1}$"


@pytest.fixture
def office(county_office: Office) -> Office:
    with county_office.database.writing() as tx:
        has_facility(tx, "S1", Point(110.301234567, 30.701234567), name=WICKED)
        has_facility(tx, "S2", Point(110.31, 30.71), type="canteen", unit=OTHER_TOWN)
        has_cemetery(tx, "C1", Point(110.33, 30.73))
    return county_office


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@pytest.mark.parametrize(("paper", "mm"), [("A4", (297, 210)), ("A3", (420, 297))])
def test_a_picture_has_the_size_of_the_paper(office: Office, paper: str, mm: tuple[int, int]) -> None:
    answer = office.client().get(f"/sites/sheet?form=png&paper={paper}&reach=500&lines=true")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert size(answer.content) == tuple(int(each / 25.4 * 150) for each in mm)
    assert f"{paper}.png" in answer.headers["content-disposition"]


@pytest.mark.parametrize(("lang", "title"), [("zh", "社区服务设施与公墓"), ("en", "Community facilities and cemeteries")])
def test_a_pdf_has_its_title_and_its_letters(office: Office, lang: str, title: str) -> None:
    found = office.client().get(f"/sites/sheet?form=pdf&lang={lang}&q={WICKED[:8]}").content
    assert found.startswith(b"%PDF")
    assert title.encode("utf-16-be") in unescaped(found) or title.encode() in found
    assert re.search(rb"/FontFile[23]?\b", found), "no font is embedded"
    assert re.search(rb"/MediaBox \[\s*0 0 841\.8\d* 595\.2\d*", found)


def unescaped(pdf: bytes) -> bytes:
    return re.sub(rb"\\([()\\])", rb"\1", pdf.replace(b"\\r", b"\r").replace(b"\\n", b"\n"))


def test_what_there_is_not_is_refused(office: Office) -> None:
    for wrong in ("form=svg", "form=", "paper=A0", "types=castle", "foo=1", "reach=7"):
        assert is_problem(office.client().get(f"/sites/sheet?{wrong}"), 400)


def test_a_sheet_without_sites_is_a_sheet(office: Office) -> None:
    assert size(office.client().get("/sites/sheet?form=png&q=nothing&towns=990101001").content)


@pytest.mark.parametrize("reader", [None, "surveyor"])
def test_the_sheet_is_rounded_whoever_asks(office: Office, monkeypatch: pytest.MonkeyPatch, reader: str | None) -> None:
    from maps import sheets

    drawn: list[sheets.Sheet] = []
    monkeypatch.setattr(sheets, "sheet_of", lambda sheet, *_, **__: drawn.append(sheet) or b"")
    office.client(reader).get("/sites/sheet?form=png")
    places = str([each["geometry"] for each in drawn[0].about])
    assert "110.3012," in places
    assert "110.301234567" not in places
    assert drawn[0].told.endswith("3 处")
    assert "未公开" in drawn[0].note or "审图号" in drawn[0].note


def test_the_page_leads_to_the_sheets_with_its_filters(office: Office) -> None:
    said = office.client().get("/sites?types=canteen&lang=en", headers={"Accept": "text/html"}).text
    for form in ("pdf", "png"):
        assert f"/sites/sheet?types=canteen&amp;form={form}&amp;paper=A4" in said


def test_the_same_sheet_is_not_drawn_twice(office: Office) -> None:
    first = office.client().get("/sites/sheet?form=png")
    again = office.client().get("/sites/sheet?form=png", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert zlib.crc32(office.client().get("/sites/sheet?form=png").content) == zlib.crc32(first.content)
