"""Addresses come in as lists, keep their identity, and are filed under keys that say what bears the number."""

from __future__ import annotations

import warnings
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from sqlalchemy import select

from api.county import County
from gis.history import as_known
from placenames.addresses.address_keys import numbered
from placenames.addresses.addresses import ADDRESSES, LOCAL, keys_of, standard_text
from placenames.addresses.toponyms import TOPONYMS
from tests.conftest import Office

TOWN = "990101001"
COLUMNS = ["道路", "门牌号", "小区", "幢", "单元", "室", "村社区", "自然村", "原门牌", "经度", "纬度"]
ROWS = [
    ("样柳路", "2号", None, None, None, None, "样北社区", None, None, 0, 0),
    ("样柳路", "12-3号", None, None, None, None, "样北社区", None, "样街8号", 5e-4, 0),
    ("样柳路", "12号附4号", None, None, None, None, "样北社区", None, None, 6e-4, 0),
    ("样柳路", "30号", "样福小区", "3幢", "2单元", "501室", "样北社区", None, None, 1e-3, 0),
    ("样柳路", "30号", "样福小区", "3号楼", "2单元", "502", "样北社区", None, None, 1e-3, 0),
    (None, "7号", None, None, None, None, "样坪村", "里样自然村", None, 2e-3, 2e-3),
    (None, "8号", None, None, None, None, "样坪村", "3组", None, 4e-3, 4e-3),
]
"""How far they lie east and north of the town's seat, in degrees."""


def written(folder: Path, county: County, rows: list[tuple] = ROWS, name: str = "地址.csv", unit: str = TOWN) -> Path:
    frame = pd.DataFrame(rows, columns=COLUMNS)
    seat = county.units.set_index("code").loc[unit]
    frame["经度"] += seat["seat_lon"]
    frame["纬度"] += seat["seat_lat"]
    frame.insert(0, "乡镇代码", unit)
    frame.to_csv(folder / name, index=False)
    return folder / name


@pytest.fixture
def addressed(county_office: Office) -> Office:
    county_office.has("clerk", "staff")
    return county_office


def send(office: Office, file: Path, **fields: str) -> dict:
    number = office.send("clerk", file, **fields)
    return office.state(number, "clerk")


def published(office: Office, file: Path, **fields: str) -> dict:
    state = send(office, file, **fields)
    office.publish(state["id"], "2026-06-01")
    return state


def in_register(office: Office) -> list[dict]:
    with office.database.writing() as tx:
        known = select(ADDRESSES.table).where(as_known(ADDRESSES.table, None)).order_by(ADDRESSES.table.c.version)
        return [dict(row) for row in tx.execute(known).mappings()]


def test_list_of_addresses_comes_into_force(addressed: Office, county: County, tmp_path: Path) -> None:
    published(addressed, written(tmp_path, county))
    found = in_register(addressed)
    assert [each["text"] for each in found] == [
        "样柳路2号", "样柳路12-3号", "样柳路12号附4号", "样柳路30号样福小区3幢2单元501室", "样柳路30号样福小区3号楼2单元502",
        "样坪村里样自然村7号", "样坪村3组8号",
    ]  # fmt: skip
    assert [(each["bearer_key"], each["plate_key"], each["inside_key"]) for each in found] == [
        (f"{TOWN}/样柳路", "2", ""),
        (f"{TOWN}/样柳路", "12-3", ""),
        (f"{TOWN}/样柳路", "12-4", ""),
        (f"{TOWN}/样柳路", "30", "3/2/501"),
        (f"{TOWN}/样柳路", "30", "3/2/502"),
        (f"{TOWN}/样坪村/里样自然村", "7", ""),
        (f"{TOWN}/样坪村/3组", "8", ""),
    ]
    assert len({each["code"] for each in found}) == len(ROWS)


def test_second_delivery_brings_only_the_difference(addressed: Office, county: County, tmp_path: Path) -> None:
    published(addressed, written(tmp_path, county))
    again = [("样柳路", "12-3号", "样福小区", *ROWS[1][3:]), ROWS[0], ("样柳路", "4号", *ROWS[0][2:])]
    state = send(addressed, written(tmp_path, county, again))
    assert state["changes"] == {"addresses": {"added": 2}}


def test_what_was_sent_without_a_code_keeps_what_a_later_list_leaves_out(
    addressed: Office, county: County, tmp_path: Path
) -> None:
    first = written(tmp_path, county)
    pd.read_csv(first).assign(门牌状态="已安装", 建成情况="在建", 核实="是").to_csv(first, index=False)
    published(addressed, first)
    assert {(each["status"], each["certified"]) for each in in_register(addressed)} == {("installed", "yes")}
    assert send(addressed, written(tmp_path, county))["changes"] == {}


def test_what_has_a_code_of_the_office_is_known_again_without_it(
    addressed: Office, county: County, tmp_path: Path
) -> None:
    first = written(tmp_path, county)
    sent = pd.read_csv(first)
    codes = [f"OFFICE{row}" for row in range(len(sent))]
    sent.assign(地址代码=codes, 门牌状态="已安装", 核实="是").to_csv(first, index=False)
    published(addressed, first)
    assert {each["code"][:6] for each in in_register(addressed)} == {"OFFICE"}
    assert send(addressed, written(tmp_path, county))["changes"] == {}


def of_the_office(county: County, folder: Path, rows: list[int], **more: object) -> Path:
    """Some rows with codes of the office."""
    path = written(folder, county, [ROWS[row] for row in rows])
    sent = pd.read_csv(path)
    sent.assign(地址代码=[f"OFFICE{row}" for row in rows], **more).to_csv(path, index=False)
    return path


def test_what_was_given_up_lends_its_code_to_nobody(addressed: Office, county: County, tmp_path: Path) -> None:
    published(addressed, of_the_office(county, tmp_path, [0], 门牌状态="注销"))
    assert send(addressed, written(tmp_path, county, [ROWS[0]]))["changes"] == {"addresses": {"added": 1}}


def test_what_another_row_bears_by_now_is_not_lent(addressed: Office, county: County, tmp_path: Path) -> None:
    published(addressed, of_the_office(county, tmp_path, [0]))
    path = written(tmp_path, county, [ROWS[0], ROWS[0]])
    sent = pd.read_csv(path)
    sent.assign(门牌号=["6号", sent["门牌号"][1]], 地址代码=["OFFICE0", None]).to_csv(path, index=False)
    state = send(addressed, path)
    assert (state["state"], state["changes"]) == ("ready", {"addresses": {"added": 1, "changed": 1}})


def test_toponyms_are_gathered(addressed: Office, county: County, tmp_path: Path) -> None:
    published(addressed, written(tmp_path, county))
    c = TOPONYMS.c
    with addressed.database.reading() as look:
        found = look.execute(select(c.level, c.name, c.path, c.gate_plate, c.plates).order_by(c.level, c.name)).all()
    assert [tuple(row) for row in found] == [
        ("community", "样北社区", f"{TOWN}/样北社区", None, 5),
        ("community", "样坪村", f"{TOWN}/样坪村", None, 2),
        ("estate", "样福小区", f"{TOWN}/样福小区", "30", 2),
        ("hamlet", "3组", f"{TOWN}/样坪村/3组", None, 1),
        ("hamlet", "里样自然村", f"{TOWN}/样坪村/里样自然村", None, 1),
        ("road", "样柳路", f"{TOWN}/样柳路", None, 5),
    ]


@pytest.mark.parametrize(
    ("said", "key", "ordinal", "floor"),
    [
        ("12号", "12", 12, ""),
        ("12", "12", 12, ""),
        ("12-3号", "12-3", 12, ""),
        ("12之3號", "12-3", 12, ""),
        ("12号附3号", "12-3", 12, ""),
        ("12号之3", "12-3", 12, ""),
        ("2之1號二樓", "2-1", 2, "2"),
        ("102號十樓之3", "102", 102, "10-3"),
        ("6號地下室", "6", 6, "-1"),
        ("临7号", "临7", 7, ""),
        ("A12号", "A12", 12, ""),
        ("一百二十号", "120", 120, ""),
        ("0221号", "221", 221, ""),
        ("１２-０3號", "12-3", 12, ""),
        ("A012号", "A012", 12, ""),
    ],
)
def test_number_in_one_writing(said: str, key: str, ordinal: int, floor: str) -> None:
    read = numbered(said)
    assert read is not None
    assert (read.key, read.ordinal, read.floor) == (key, ordinal, floor)


@pytest.mark.parametrize("said", ["号", "样柳路", "12号东", "", "12.5号", "-5号", "1e3号", "1/2号", "12½号", "12.0"])
def test_what_is_no_number(said: str) -> None:
    assert numbered(said) is None


@pytest.mark.parametrize("said", ["12.5号", "1e3号", "1/2号"])
def test_what_is_no_number_is_kept_as_sent_and_filed_under_no_other(
    addressed: Office, county: County, tmp_path: Path, said: str
) -> None:
    rows = [("样柳路", number, *[None] * 7, 0, at * 1e-4) for at, number in enumerate([said, "12号", "5号"])]
    state = published(addressed, written(tmp_path, county, rows))
    assert [(each["rule"], said in each["message"]["zh"]) for each in state["findings"] if each["rule"] == "AD03"] == [
        ("AD03", True)
    ]
    found = {each["number"]: each for each in in_register(addressed)}
    assert set(found) == {said, "12号", "5号"}
    assert found[said]["ordinal"] == 0
    assert len({each["plate_key"] for each in found.values()} | {"1000", "1", "2", "3"}) == 7
    assert len({each["exact_key"] for each in found.values()}) == len({each["code"] for each in found.values()}) == 3


def test_same_parts_have_the_same_keys_however_written() -> None:
    words = dict.fromkeys(["community", "hamlet", "section", "lane", "alley", "estate", "cell", "floor", "room"])
    one = keys_of(TOWN, {**words, "street": "樣柳路", "number": "12號", "building": "3栋"})
    other = keys_of(TOWN, {**words, "street": "样柳路", "number": "12号", "building": "3幢"})
    assert one[:4] == other[:4]
    assert standard_text({**words, "street": "样柳路", "number": "12号", "building": None}) == "样柳路12号"


@pytest.mark.parametrize(
    ("street", "number", "inside", "text"),
    [
        ("溪畔路", "二百零三號", {}, "溪畔路203号"),
        ("溪畔路", "303號", {}, "溪畔路303号"),
        ("溪畔路", "１２３号", {}, "溪畔路123号"),
        ("溪 畔　路", "715 号", {}, "溪畔路715号"),
        ("溪畔路", "0221号", {}, "溪畔路221号"),
        ("文三路", "12号附3号", {"building": "三號樓", "cell": "二单元", "room": "５０１"}, "文三路12号附3号3号楼2单元501"),
        ("樣柳路", "7、9號", {"room": "301號房"}, "樣柳路7、9号301号房"),
        ("二號路", "邊6號", {"building": "號子樓"}, "二號路邊6号號子樓"),
        ("樣柳路", "12.5号", {"building": "金樺樓 A座"}, "樣柳路12.5号金樺樓A座"),
    ],
)
def test_standard_text_is_in_one_writing(street: str, number: str, inside: dict[str, str], text: str) -> None:
    words = {**dict.fromkeys(LOCAL), "street": street, "number": number, **inside}
    assert standard_text(words) == text
    assert standard_text({**dict.fromkeys(LOCAL), "street": text}) == text


def test_another_writing_of_the_same_address_changes_nothing(addressed: Office, county: County, tmp_path: Path) -> None:
    published(addressed, written(tmp_path, county, [("样柳路", "123号", *[None] * 7, 0, 0)]))
    (before,) = in_register(addressed)
    published(addressed, written(tmp_path, county, [("样 柳路", "１２３号", *[None] * 7, 0, 0)]))
    (after,) = in_register(addressed)
    assert (after["version"], after["text"]) == (before["version"], "样柳路123号")


def test_the_address_as_sent_is_shown_to_colleagues_alone(addressed: Office, county: County, tmp_path: Path) -> None:
    path = written(tmp_path, county, [("样柳路", "2号", *[None] * 7, 0, 0)])
    frame = pd.read_csv(path, dtype=str).assign(来文地址="样例县样城街道样柳路2号门房转")
    frame.to_csv(path, index=False)
    published(addressed, path)
    (row,) = in_register(addressed)
    assert row["sent_text"] == "样例县样城街道样柳路2号门房转"
    pages = (f"/addresses/{row['id']}", "/collections/addresses/items", f"/collections/addresses/items/{row['id']}",
             "/addresses/changes", "/addresses/search?q=样柳路2号", "/collections/addresses/export")  # fmt: skip
    for page in pages:
        for kind in ("application/json", "text/html"):
            answer = addressed.client().get(page, headers={"accept": kind})
            assert "门房转" not in answer.text, page
    assert "门房转" in addressed.client("clerk").get(pages[0], headers={"accept": "application/json"}).text


def test_a_list_with_persons_in_its_texts_is_not_taken(addressed: Office, county: County, tmp_path: Path) -> None:
    path = written(tmp_path, county, [("样柳路", "2号", *[None] * 6, "样街3号(户主样某)", 0, 0)])
    state = send(addressed, path)
    assert state["state"] == "blocked"
    assert [each["rule"] for each in state["findings"] if each["severity"] == "error"] == ["AD23"]


def test_a_line_among_addresses_blocks_its_row_and_breaks_nothing(addressed: Office, county: County, tmp_path: Path) -> None:
    seat = county.units.set_index("code").loc[TOWN]
    x, y = float(seat["seat_lon"]), float(seat["seat_lat"])
    line = shapely.LineString([(x, y), (x + 1e-3, y)])
    shapes = [shapely.Point(x, y), line, shapely.Point(), shapely.Point(x + 2e-3, y, 7)]
    columns = {"乡镇代码": [TOWN] * 4, "道路": ["样柳路"] * 4, "门牌号": [f"{at}号" for at in (1, 3, 5, 7)]}
    path = tmp_path / "地址.gpkg"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        gpd.GeoDataFrame(columns, geometry=shapes, crs=4490).to_file(path, layer="addresses")
    state = send(addressed, path)
    assert state["state"] == "blocked"
    errors = [each for each in state["findings"] if each["severity"] == "error"]
    assert [(each["rule"], each["row"], each["message"]["zh"]) for each in errors] == [
        ("F01", 2, "这一行的图形是线,不是点")
    ]


def test_storey_written_with_the_number_is_written_once() -> None:
    words = dict.fromkeys(["community", "hamlet", "section", "lane", "alley", "estate", "building", "cell", "room"])
    assert standard_text({**words, "street": "樣柳路", "number": "2之1號三樓", "floor": "3楼"}) == "樣柳路2-1号3楼"
    assert standard_text({**words, "street": "样柳路", "number": "2号", "floor": "3楼"}) == "样柳路2号3楼"
