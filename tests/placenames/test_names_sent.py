"""A list of names is sent by a clerk: the same checks as while somebody types, told row by row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from placenames.checks.likeness import Likeness
from tests.conftest import Office
from tests.lists_made import TOWN, Ground, ground_of, write_list


def village(number: int, name: str, ground: Ground, **more: str) -> dict[str, Any]:
    lon, lat = ground.place(number * 4100)
    return {
        "地名代码": f"{TOWN}21610{number:06}", "标准名称": name, "类别代码": "21610", "地名类别": "VIL",
        "所在政区代码": TOWN, "汉语拼音": "", "来历": "样例", "命名时间": "", "经度": f"{lon:.7f}", "纬度": f"{lat:.7f}",
        **more,
    }  # fmt: skip


def told(office: Office, number: int) -> set[tuple[str, str, int | None]]:
    found = office.state(number, "staff")["findings"]
    return {(each["rule"], each["severity"], each["row"]) for each in found if each["severity"] != "note"}


def test_a_list_is_checked_as_a_typed_name_is(county_office: Office, tmp_path: Path):
    county_office.has("staff", "staff")
    with county_office.database.writing() as tx:
        ground = ground_of(tx)
    first = write_list(tmp_path / "first.csv", [village(1, "青山村", ground), village(2, "绿水村", ground)])
    number = county_office.send("staff", first)
    assert told(county_office, number) == set()
    county_office.publish(number, "2026-03-01")

    rows = [village(3, "新青山村", ground), village(4, "红枫村", ground), village(5, "红枫村", ground),
            village(6, "曼哈顿村", ground), village(7, "白云-村", ground)]  # fmt: skip
    number = county_office.send("staff", write_list(tmp_path / "second.csv", rows))
    wrong = {("PN08b", "error", 2), ("PN08b", "error", 4), ("PN05", "error", 5), ("PN15", "error", 6)}
    assert told(county_office, number) >= wrong
    assert county_office.state(number, "staff")["state"] == "blocked"

    lon, lat = ground.place(3 * 4100)
    asked = {
        "name": "新青山村",
        "category": "VIL",
        "class_code": "21610",
        "unit": TOWN,
        "lon": lon,
        "lat": lat,
    }
    said = county_office.client("staff").get("/names/check", params=asked).json()
    assert [(each["name"], each["likeness"]) for each in said["same"]] == [("青山村", Likeness.FOLDED.value)]
    (message,) = (
        each["message"]
        for each in county_office.state(number, "staff")["findings"]
        if (each["rule"], each["row"]) == ("PN08b", 2)
    )
    (verdict,) = (each for each in said["checks"] if each["rule"] == "PN08b")
    assert verdict["findings"][0]["message"] == message


def test_a_list_tells_its_sender_of_undisclosed_places_elsewhere_without_their_names(county_office: Office, tmp_path: Path):
    """What typing a name does not tell, sending a list does not tell either."""
    county_office.has("staff", "staff")
    county_office.has("of a town", "staff", area=TOWN)
    with county_office.database.writing() as tx:
        ground = ground_of(tx)
    elsewhere = "990101100"
    secret = village(1, "秘泉村", ground, 密级="内部") | {
        "地名代码": f"{elsewhere}21610000001", "所在政区代码": elsewhere, "经度": "110.265286", "纬度": "30.743204",
    }  # fmt: skip
    number = county_office.send("staff", write_list(tmp_path / "first.csv", [secret]))
    county_office.publish(number, "2026-03-01")
    sent = write_list(tmp_path / "second.csv", [village(3, "密泉村", ground)])
    for who, named in (("of a town", False), ("staff", True)):
        found = county_office.state(county_office.send(who, sent), who)["findings"]
        (message,) = (each["message"]["zh"] for each in found if each["rule"] == "PN08b")
        assert ("秘泉" in message, "不公开的地名" in message) == (named, not named)
        assert ("千米" in message) is named
