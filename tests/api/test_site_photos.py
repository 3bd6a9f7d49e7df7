"""Photos of facilities and cemeteries: who adds and sees them, what is kept, and where they are shown."""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from PIL import Image
from shapely.geometry import Point
from sqlalchemy import select

from api import popup_photos
from gis import system_keys
from gis.system_keys import Terms
from placenames.sites.site_photos import MOST, SITE_PHOTOS
from tests.conftest import COUNTY, PASSWORD, Office, is_problem
from tests.sites_made import OTHER_TOWN, TOWN, has_cemetery, has_facility, has_many_facilities

HTML = {"Accept": "text/html"}
WICKED = "<script>alert(1)</script>{{ 7*7 }}\"'"
Add = Callable[..., Any]


def png(colour: Any = "red", size: tuple[int, int] = (640, 480)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def office(county_office: Office) -> Office:
    county_office.has("clerk", "staff")
    county_office.has("clerk of a town", "staff", area=TOWN)
    with county_office.database.writing() as tx:
        has_facility(tx, "F1", Point(110.30, 30.70), name=WICKED, photo="张样.jpg")
        has_facility(tx, "F2", Point(110.31, 30.71), unit=OTHER_TOWN)
        has_cemetery(tx, "C1", Point(110.33, 30.73))
    return county_office


def add(office: Office, site: str = "F1", who: str = "clerk", content: bytes | None = None, **about: str) -> Any:
    photo = {"file": ("a <b>.png", png() if content is None else content)}
    return office.client(who).post(f"/sites/{site}/photos", files=photo, data=about)


def added(office: Office, site: str = "F1", **about: Any) -> int:
    answer = add(office, site, **about)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def listed(office: Office, site: str = "F1", who: str | None = None) -> list[dict[str, Any]]:
    return office.client(who).get(f"/sites/{site}/photos").json()["photos"]


def test_what_nobody_said_is_public_is_for_colleagues_alone(office):
    hidden, shown = added(office, caption="后院"), added(office, content=png("blue"), audience="public")
    assert [each["id"] for each in listed(office)] == [shown]
    assert [(each["id"], each["audience"]) for each in listed(office, who="surveyor")] == [
        (shown, "public"), (hidden, "internal"),
    ]  # fmt: skip
    with office.database.writing() as tx:
        _, key = system_keys.add(tx, "tax", Terms((COUNTY,)))
    system = office.client()
    system.headers["X-API-Key"] = key
    for reader in (office.client(), system):
        assert is_problem(reader.get(f"/sites/F1/photos/{hidden}"), 404)
        assert is_problem(reader.get(f"/sites/F1/photos/{hidden}?size=small"), 404)
        assert reader.get(f"/sites/F1/photos/{shown}").status_code == 200
        assert "后院" not in reader.get("/collections/facilities/items/F1", headers=HTML).text
        assert f"/photos/{hidden}" not in reader.get("/sites/map").text


def test_internal_photos_are_seen_in_the_areas_of_ones_roles(office):
    hidden = added(office, "F2")
    clerk = office.client("clerk of a town")
    assert clerk.get("/sites/F2/photos").json()["photos"] == []
    assert is_problem(clerk.get(f"/sites/F2/photos/{hidden}"), 404)
    assert f"/photos/{hidden}" not in clerk.get("/sites/map").text
    assert f"/photos/{hidden}" in office.client("surveyor").get("/sites/map").text


def test_a_photo_is_handed_out_as_a_picture_and_nothing_else(office):
    number = added(office, audience="public")
    for size, edge in (("", 640), ("?size=small", 320)):
        answer = office.client().get(f"/sites/F1/photos/{number}{size}")
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "private, no-store"
        assert Image.open(io.BytesIO(answer.content)).width == edge
    assert is_problem(office.client().get(f"/sites/F1/photos/{number}?size=huge"), 400)
    assert is_problem(office.client().get(f"/sites/C1/photos/{number}"), 404)
    assert is_problem(office.client().get("/sites/no-such/photos"), 404)


def test_only_staff_of_the_area_add_and_withdraw(office):
    number = added(office, "F2", audience="public")
    for who, status in ((None, 401), ("surveyor", 403), ("reviewer", 403), ("clerk of a town", 403)):
        client = office.client(who)
        assert is_problem(client.post("/sites/F2/photos", files={"file": ("a.png", png("blue"))}), status)
        assert is_problem(client.post(f"/sites/F2/photos/{number}/withdraw"), status)
        assert 'enctype="multipart/form-data"' not in client.get("/collections/facilities/items/F2", headers=HTML).text
    assert len(listed(office, "F2")) == 1


@pytest.mark.parametrize(
    ("content", "about", "status"),
    [
        (b"", {}, 400), (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", {}, 400), (b"MZ\x90\0", {}, 400),
        (b"\xff\xd8\xff" + b"\0" * (21 << 20), {}, 413), (png(), {"audience": "everybody"}, 400),
        (png(), {"caption": "长" * 101}, 400),
    ],
    ids=range(6),
)  # fmt: skip
def test_what_is_no_photo_is_refused_and_nothing_stays(office, content, about, status):
    assert is_problem(add(office, content=content, **about), status)
    assert listed(office, who="clerk") == []


def test_the_same_picture_is_kept_once_and_there_is_an_end(office):
    first = added(office, audience="public")
    assert added(office) == first
    for shade in range(1, MOST):
        added(office, content=png((0, shade * 10, 255), (16, 16)))
    assert is_problem(add(office, content=png("white")), 409)
    with office.database.writing() as tx:
        (sha256,) = tx.scalars(select(SITE_PHOTOS.c.sha256).where(SITE_PHOTOS.c.id == first))
    assert (office.settings.var / "uploads" / sha256[:2] / sha256).is_file()


def test_what_is_withdrawn_is_seen_no_more_and_may_come_again(office):
    number = added(office, audience="public")
    assert f"/photos/{number}?" in office.client().get("/sites/map").text
    clerk = office.client("clerk")
    assert clerk.post(f"/sites/F1/photos/{number}/withdraw").status_code == 200
    assert is_problem(clerk.post(f"/sites/F1/photos/{number}/withdraw"), 404)
    assert is_problem(clerk.get(f"/sites/F1/photos/{number}"), 404)
    assert f"/photos/{number}?" not in office.client().get("/sites/map").text
    assert added(office, audience="public") > number


def test_the_page_of_a_site_shows_them_and_names_stay_names(office):
    clerk = office.client("clerk")
    page = clerk.get("/collections/facilities/items/F1", headers=HTML).text
    assert "照片库中没有该文件" in page
    assert "没有照片。" in clerk.get("/collections/cemeteries/items/C1", headers=HTML).text
    number = added(office, caption=WICKED, audience="public")
    for who in (None, "clerk"):
        for lang in ("zh", "en"):
            page = office.client(who).get(f"/collections/facilities/items/F1?lang={lang}", headers=HTML).text
            assert f"/photos/{number}?size=small" in page
            assert "<script>alert" not in page
            assert ('enctype="multipart/form-data"' in page) is (who == "clerk")
    assert 'id="photos"' not in office.client().get("/collections/units/items/990101001", headers=HTML).text


def test_a_form_of_a_page_needs_its_token_and_leads_back(office):
    client = office.client()
    client.post("/sign-in", data={"name": "clerk", "password": PASSWORD, "next": "/"}, headers=HTML)
    page = client.get("/collections/facilities/items/F1", headers=HTML).text
    photo = {"file": ("a.png", png())}
    assert client.post("/sites/F1/photos", files=photo, headers=HTML).status_code == 403
    token = re.search(r'name="csrf" value="([^"]+)"', page)[1]
    back = client.post("/sites/F1/photos", files=photo, data={"csrf": token}, headers=HTML, follow_redirects=False)
    assert back.status_code == 303
    assert back.headers["location"].endswith("#photos")


@pytest.mark.parametrize("many", [False, True])
def test_the_map_and_the_one_file_show_them(office, many):
    if many:
        with office.database.writing() as tx:
            has_many_facilities(tx, 200, 7, (110.3, 30.7, 110.4, 30.8))
    number, hidden = added(office, caption=WICKED, audience="public"), added(office, "C1")
    said = office.client().get("/sites/map").text
    assert f"/photos/{number}?size=small" in said
    assert "base64,/9j/" not in said
    taken = office.client("clerk").get("/sites/map?download=true").text
    pictures = re.findall(r"data:image/jpeg;base64,([A-Za-z0-9+/=]+)", taken)
    assert len(pictures) == 1
    assert Image.open(io.BytesIO(base64.b64decode(pictures[0]))).width == 320
    assert "/photos/" not in taken
    for text in (said, taken):
        assert "<script>alert" not in text
        assert f"/photos/{hidden}" not in text


def test_one_file_does_not_grow_without_end(office, monkeypatch):
    added(office, audience="public")
    monkeypatch.setattr(popup_photos, "ROOM", 10)
    taken = office.client().get("/sites/map?download=true&lang=zh").text
    assert "data:image/jpeg;base64,/9j" not in taken
    assert "有,未附入本文件" in taken


def test_a_photo_comes_from_the_terminal(office, terminal, tmp_path):
    jiezhi = partial(terminal(office), "sites", "photo")
    path, page = tmp_path / "a.png", tmp_path / "a.svg"
    path.write_bytes(png())
    page.write_text("<svg/>")
    code, said, _ = jiezhi("C1", str(path), "--public", "--caption", "大门", who="clerk")
    assert (code, "公开" in said) == (0, True)
    assert [each["caption"] for each in listed(office, "C1")] == ["大门"]
    assert json.loads(jiezhi("C1", str(path), "--json", who="clerk")[1])["audience"] == "internal"
    assert jiezhi("C1", str(page), who="clerk")[0] == 2
    assert jiezhi("C1", str(tmp_path / "none.png"), who="clerk")[0] == 2
    assert jiezhi("C9", str(path), who="clerk")[0] == 1
    assert jiezhi("C1", str(path), who="surveyor")[0] == 1
    assert len(listed(office, "C1", "clerk")) == 1
