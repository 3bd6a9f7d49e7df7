"""What the stories share: a county drawn on a map, people at their desks, surveys sent over HTTP."""

from __future__ import annotations

import html
import re
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
from fastapi.testclient import TestClient
from parse import with_pattern
from pytest_bdd import given, parsers, then, when
from shapely.geometry import shape

from gis.cluster import Cluster
from gis.db import Database
from gis.exports import write_geopackage
from gis.settings import settings
from tests.conftest import COUNTY, TEMPLATE, Office, clone, copied, drop, with_people
from tests.drawing import draw, place


@with_pattern(r"[^“”,、\s以想]+")
def _who(words: str) -> str:
    return words


@with_pattern(r"\d{4}-\d{2}-\d{2}")
def _day(words: str) -> str:
    return words


parse = partial(parsers.parse, extra_types={"Who": _who, "Day": _day})
REGISTERS = {"界线": "lines", "三交点": "tri_junctions", "界桩": "markers"}
ROLES = {"测绘员": "surveyor", "审核员": "reviewer", "审批人": "approver"}
STATUSES = {"working": "工作界", "agreed": "已定界"}
CENSUS = {
    "lines": {"code": "JXDM", "name": "JXMC", "left": "ZCDM", "right": "YCDM", "role": "JXJS",
              "status": "JXXZ", "stated_km": "JXCD"},
    "tri_junctions": {"code": "SJDBH", "name": "SJDMC", "unit_a": "DWDM1", "unit_b": "DWDM2",
                      "unit_c": "DWDM3", "degree": "DEGREE", "status": "SJDXZ"},
    "markers": {"number": "JZBH", "line": "JXDM", "type": "JZLX"},
}  # fmt: skip
SHORT = {"lines": "JX", "tri_junctions": "SJD", "markers": "JZ"}
SYSTEMS = {"三度带带号37": 4525, "三度带中央经线111": 4546, "西安80": 2361}
HOMEMADE = {"code": "c1", "name": "c2", "left": "c3", "right": "c4", "role": "c5", "status": "c6",
            "unit_a": "c7", "unit_b": "c8", "unit_c": "c9"}  # fmt: skip
ABOVE = [
    ("99", "样例省", "province", None),
    ("9901", "样例市", "prefecture", "99"),
    (COUNTY, "样例县", "county", "9901"),
]


class Story:
    """A county, its office, and what was said last."""

    def __init__(self, office: Office, drawn: str, folder: Path, tokens: dict[str, str]) -> None:
        self.office, self.map, self.folder = office, drawn, folder
        self.number = 0
        self.answer: Any = None
        self.kept: dict[str, Any] = {}
        self.sender = ""
        self._desks: dict[str, TestClient] = {}
        self._tokens = tokens
        self._documents = 1

    def desk(self, who: str) -> TestClient:
        """Somebody signed in; the usual people go by their role."""
        if who not in self._desks:
            token = self._tokens.get(who)
            desk = self.office.client(None if token else ROLES.get(who, who))
            if token:
                desk.headers["Authorization"] = f"Bearer {token}"
            self._desks[who] = desk
        return self._desks[who]

    def send(self, who: str, file: Path, to: int = 0, **fields: str) -> None:
        """Sends a file as a new submission, or delivers it to one, and has it checked."""
        path = f"/submissions/{to}/deliveries" if to else "/submissions"
        parts = [("files", (file.name, file.read_bytes()))]
        self.answer = self.desk(who).post(path, files=parts, data=fields)
        if self.answer.status_code == 202:
            self.number, self.sender = self.answer.json()["id"], who
            self.office.work()

    def again(self, who: str, **answers: Any) -> None:
        """Delivers the same files with other choices."""
        self.answer = self.desk(who).post(f"/submissions/{self.number}/deliveries", json=answers)
        self.office.work()

    def decide(self, who: str, verb: str, number: int = 0, **rest: Any) -> Any:
        path = f"/submissions/{number or self.number}/decisions"
        self.answer = self.desk(who).post(path, json={"verb": verb, **rest})
        return self.answer

    def state(self) -> dict[str, Any]:
        """The submission as its sender's program sees it."""
        seen = self.desk(self.sender).get(f"/submissions/{self.number}")
        assert seen.status_code == 200, seen.text
        return dict(seen.json())

    def page(self, who: str, path: str = "") -> str:
        """What somebody reads on a page."""
        path = path or f"/submissions/{self.number}"
        seen = self.desk(who).get(path, headers={"Accept": "text/html"})
        assert seen.status_code == 200, seen.text
        return text_of(seen.text)

    def publish(self, file: Path, day: str) -> None:
        """The whole way of a survey."""
        self.send("测绘员", file)
        assert self.state()["state"] == "ready", self.state()["findings"]
        assert self.decide("审核员", "accept").status_code == 200
        self._documents += 1
        document = f"样政函〔2026〕{self._documents}号"
        answer = self.decide("审批人", "publish", document=document, effective=day)
        assert answer.status_code == 200, answer.text

    def survey(self, codes: str = "", drawn: str = "", form: str = "GeoPackage") -> Path:
        """A file with the agreed survey of some lines (all of them otherwise), as the map shows them."""
        sheets = cut_out(sheets_of(drawn or self.map), codes.split("、") if codes else [])
        sheets["tri_junctions"] = sheets["tri_junctions"].assign(status="agreed")
        return write(sheets, self.folder, form)

    def at(self, point: str) -> tuple[float, float]:
        """Longitude and latitude of a place of the map."""
        found = place(point, self.map)
        return found.x, found.y


def redrawn(drawn: str, old: str, new: str) -> str:
    """The map with one thing drawn otherwise; nothing instead means that its whole record is left out."""
    records = [line for line in drawn.splitlines() if old in line and "图" not in line]
    assert len(records) == 1, f"“{old}” stands {len(records)} times on the map"
    other = records[0].replace(old, new.replace("标称千米", "stated_km")) if new else ""
    return drawn.replace(records[0], other)


def sheets_of(drawn: str) -> dict[str, gpd.GeoDataFrame]:
    """The sheets that a map shows, with the columns a surveyor would fill."""
    sheets = {name: sheet for name, sheet in draw(drawn).sheets.items() if name != "units"}
    for name, sheet in sheets.items():
        kept = sheet.drop(columns=["row", "file", "layer"])
        sheets[name] = kept.drop(columns=[c for c in kept if c != "geometry" and kept[c].isna().all()])
    return sheets


def cut_out(sheets: dict[str, gpd.GeoDataFrame], codes: list[str]) -> dict[str, gpd.GeoDataFrame]:
    """Some lines, the tri-junctions at their ends, the markers along them."""
    if not codes:
        return sheets
    lines = sheets["lines"][sheets["lines"]["code"].isin(codes)]
    ends = lines.geometry.boundary.explode().to_list()
    points = sheets["tri_junctions"]
    chosen = {"lines": lines, "tri_junctions": points[points.geometry.isin(ends)]}
    if "markers" in sheets:
        markers = sheets["markers"][sheets["markers"]["line"].isin(codes)]
        chosen |= {"markers": markers} if len(markers) else {}
    return chosen


def write(sheets: dict[str, gpd.GeoDataFrame], folder: Path, form: str) -> Path:
    """Sheets as a file, in one of the forms that the stories speak of."""
    place = Path(tempfile.mkdtemp(dir=folder))
    if form == "GeoPackage":
        write_geopackage(place / "成果.gpkg", sheets)
        return place / "成果.gpkg"
    if form == "GeoJSON":
        for name, sheet in sheets.items():
            pyogrio.write_dataframe(
                sheet, place / f"{name}.geojson", driver="GeoJSON", COORDINATE_PRECISION=9
            )
        return zipped(place)
    if form.startswith("两个图层"):
        layers = {"图一": sheets["lines"], "图二": sheets["tri_junctions"]}
        write_geopackage(place / "成果.gpkg", {n: s.rename(columns=HOMEMADE) for n, s in layers.items()})
        return place / "成果.gpkg"
    encoding = "UTF-8" if "UTF-8" in form else "GBK"
    system = next((code for words, code in SYSTEMS.items() if words in form), 4490)
    for name, sheet in sheets.items():
        spoken = sheet.rename(columns=CENSUS[name]).to_crs(system)
        pyogrio.write_dataframe(spoken, place / f"{SHORT[name]}.shp", encoding=encoding)
    for suffix in re.findall(r"(?:没有|缺少)(\.\w+)", form):
        for each in place.glob(f"*{suffix}"):
            each.unlink()
    return zipped(place)


def zipped(folder: Path) -> Path:
    archive = folder / "成果.zip"
    files = sorted(folder.iterdir())
    with zipfile.ZipFile(archive, "w") as packed:
        for each in files:
            packed.write(each, each.name)
    return archive


def text_of(page: str) -> str:
    """What a page says, without its marks."""
    bare = re.sub(r"(?s)<(script|style|head).*?</\1>|<[^>]+>", " ", page)
    return re.sub(r"\s+", " ", html.unescape(bare)).strip()


def units_of(drawn: str) -> pd.DataFrame:
    """The list of units that a map shows, with the county and what stands above it."""
    columns = ["code", "name", "level", "parent", "seat_lon", "seat_lat"]
    above = pd.DataFrame([(*row, None, None) for row in ABOVE], columns=columns)
    return pd.concat([above.astype(object), draw(drawn).sheets["units"][columns].astype(object)])


def working(drawn: str) -> dict[str, gpd.GeoDataFrame]:
    """The lines of a map as custom has them: nothing inside is agreed, no marker is set."""
    sheets = sheets_of(drawn)
    lines = sheets["lines"]
    return {
        "lines": lines.assign(status=lines["role"].map({"inner": "working", "outer": "agreed"})),
        "tri_junctions": sheets["tri_junctions"].assign(status="working"),
    }


@dataclass(frozen=True)
class InForce:
    """A database in which a drawn county is in force, to copy from, and the usual people's tokens."""

    template: str
    tokens: dict[str, str]


@pytest.fixture(scope="session")
def counties(server: Cluster) -> Iterator[dict[tuple[str, str], InForce]]:
    """The counties drawn so far; each map comes into force once."""
    made: dict[tuple[str, str], InForce] = {}
    yield made
    for each in made.values():
        drop(server, each.template)


@pytest.fixture
def leaving() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def bring_into_force(url: str, drawn: str, day: str) -> dict[str, str]:
    """A drawn county comes into force by the ordinary doors; answers the tokens of who is signed in."""
    with (
        tempfile.TemporaryDirectory() as folder,
        pytest.MonkeyPatch.context() as patch,
        closing(Database(url)) as database,
    ):
        patch.setenv("JIEZHI_VAR", folder)
        settings.cache_clear()
        office = with_people(Office(database, settings()))
        listed = Path(folder) / "units.csv"
        units_of(drawn).to_csv(listed, index=False)
        office.has("administrator", "administrator", area="99")
        answer = office.client("administrator").post("/units", files={"file": ("u.csv", listed.read_bytes())})
        assert answer.status_code == 201, answer.text
        number = office.send("surveyor", write(working(drawn), Path(folder), "GeoPackage"))
        assert office.state(number, "surveyor")["findings"] == []
        office.publish(number, day)
        people = {**ROLES, "administrator": "administrator"}
        desks = {who: office.client(name).headers["Authorization"] for who, name in people.items()}
    settings.cache_clear()
    return {who: shown.removeprefix("Bearer ") for who, shown in desks.items()}


@given(parse("样例县的工作界自{day}起生效,如图"), target_fixture="story")
def county_in_force(
    server: Cluster,
    counties: dict[tuple[str, str], InForce],
    leaving: ExitStack,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    day: str,
    docstring: str,
) -> Story:
    template = f"{TEMPLATE}_story_{len(counties)}"
    if (day, docstring) not in counties:
        drop(server, template)
        clone(server, TEMPLATE, template)
        tokens = bring_into_force(server.url(template), docstring, day)
        counties[day, docstring] = InForce(template, tokens)
    ready = counties[day, docstring]
    monkeypatch.setenv("JIEZHI_VAR", str(tmp_path / "var"))
    settings.cache_clear()
    leaving.callback(settings.cache_clear)
    database = leaving.enter_context(copied(server, ready.template))
    return Story(Office(database, settings()), docstring, tmp_path, ready.tokens)


@given(parse("另有一名只管{area}的“{who:Who}”"))
def somebody_of_another_area(story: Story, area: str, who: str) -> None:
    story.office.has(who, "surveyor", area=area)


@when(parse("{who:Who}报送全县的勘定成果"))
def sends_all(story: Story, who: str) -> None:
    story.send(who, story.survey())


@given(parse("{who:Who}报送{codes}的勘定成果"))
@when(parse("{who:Who}报送{codes}的勘定成果"))
def sends_some(story: Story, who: str, codes: str) -> None:
    story.send(who, story.survey(codes))
    assert story.state()["state"] == "ready", story.state()["findings"]


@when(parse("{who:Who}报送全县的勘定成果,但把“{old}”画成了“{new}”"))
def sends_a_mistake(story: Story, who: str, old: str, new: str) -> None:
    story.send(who, story.survey(drawn=redrawn(story.map, old, new)))


@when(parse("{who:Who}报送全县的勘定成果,但把“{old}”画成了“”"))
def leaves_something_out(story: Story, who: str, old: str) -> None:
    sends_a_mistake(story, who, old, "")


@when(parse("{who:Who}报送全县的勘定成果,还多画了"))
def sends_more(story: Story, who: str, docstring: str) -> None:
    story.send(who, story.survey(drawn=story.map.replace("三交点\n", f"{docstring}\n三交点\n", 1)))


@when(parse("{who:Who}报送全县的勘定成果,但界线{code}只有属性、没有图形"))
def sends_a_record_without_shape(story: Story, who: str, code: str) -> None:
    sheets = sheets_of(story.map)
    lines = sheets["lines"]
    sheets["lines"] = lines.set_geometry(lines.geometry.where(lines["code"] != code))
    story.send(who, write(sheets, story.folder, "shapefile,GBK"))


@when(parse("{who:Who}以“{form}”报送全县的勘定成果"))
def sends_in_a_form(story: Story, who: str, form: str) -> None:
    story.send(who, story.survey(form=form))


@given(parse("{who:Who}改正后重新上传"))
@when(parse("{who:Who}改正后重新上传"))
def delivers_again(story: Story, who: str) -> None:
    story.send(who, story.survey(), to=story.number)


@when(parse("{who:Who}选择坐标系“{crs}”"))
def chooses_a_system(story: Story, who: str, crs: str) -> None:
    story.again(who, crs=crs)


@when(parse("{who:Who}指定图层“{lines}”是界线、“{points}”是三交点,并对好字段"))
def says_what_is_what(story: Story, who: str, lines: str, points: str) -> None:
    layers = {f"成果.gpkg/{lines}": "lines", f"成果.gpkg/{points}": "tri_junctions"}
    fields = {"lines": CENSUS["lines"], "tri_junctions": CENSUS["tri_junctions"]}
    columns = {
        layer: {field: HOMEMADE[field] for field in fields[register] if field in HOMEMADE}
        for layer, register in layers.items()
    }
    story.again(who, layers=layers, columns=columns)


@when(parse("{who:Who}搁置{register}“{key}”"))
@when(parse("{who:Who}想搁置{register}“{key}”"))
def sets_aside(story: Story, who: str, register: str, key: str) -> None:
    found = next(f for f in story.state()["findings"] if key in f["key"] or key in str(f["message"]))
    story.again(who, set_aside=[[REGISTERS[register], found["record"]]])


@then(parse("结论是“{words}”"))
def verdict_is(story: Story, words: str) -> None:
    assert words in _verdict(story), [f["message"]["zh"] for f in story.state()["findings"]]


@then(parse("结论说到“{words}”"))
def verdict_says(story: Story, words: str) -> None:
    assert words in _verdict(story)


def _verdict(story: Story) -> str:
    page = story.desk(story.sender).get(f"/submissions/{story.number}", headers={"Accept": "text/html"}).text
    found = re.search(r'(?s)<div class="verdict.*?</div>', page)
    assert found, text_of(page)
    return text_of(found.group())


@then("报告中没有问题")
def nothing_was_found(story: Story) -> None:
    assert story.state()["findings"] == []
    assert "没有发现问题" in story.page("审核员")


@then(parse("这次报送的状态是“{words}”"))
def state_is(story: Story, words: str) -> None:
    assert story.state()["words"]["zh"] == words


@then(parse("报告按规则{rule}列出问题,其中说到“{words}”"))
def rule_found(story: Story, rule: str, words: str) -> None:
    found = [f for f in story.state()["findings"] if f["rule"] == rule]
    assert found, sorted({f["rule"] for f in story.state()["findings"]})
    told = [f for f in found if words in f["message"]["zh"] + f["fix"]["zh"]]
    assert told, [f["message"]["zh"] + " → " + f["fix"]["zh"] for f in found]
    story.kept["finding"] = told[0]


@then("这个问题指出了位置、改法和依据")
def finding_is_complete(story: Story) -> None:
    found = story.kept["finding"]
    assert found["geometry"]["coordinates"]
    assert found["fix"]["zh"]
    assert found["fix"]["en"]
    assert found["source"]
    page = story.page("测绘员")
    for part in (found["message"]["zh"], found["fix"]["zh"], found["rule"]):
        assert re.sub(r"\s+", " ", part) in page


@then("现行的界线仍是工作界")
def nothing_changed(story: Story) -> None:
    answer = story.desk("测绘员").get("/collections/lines/items", params={"role": "inner"}).json()
    assert {each["properties"]["status"] for each in answer["features"]} == {"working"}


@then(parse("理由说到“{words}”"))
def reason_says(story: Story, words: str) -> None:
    assert words in _verdict(story)
    assert words in _reasons(story)


def _reasons(story: Story) -> str:
    files = story.state()["reading"]["files"]
    return " ".join(
        str(file["reason"]) + str([layer["reason"] for layer in file["layers"]]) for file in files
    )


@then(parse("系统请测绘员补充选择,理由说到“{words}”,建议“{crs}”"))
def asks(story: Story, words: str, crs: str) -> None:
    assert story.state()["state"] == "asking"
    assert words in _reasons(story)
    assert crs in story.page("测绘员")


@then(parse("界线{code}读作“{name}”,坐标与图一致"))
def read_as(story: Story, code: str, name: str) -> None:
    seen = story.desk("测绘员").get(f"/submissions/{story.number}/changes").json()["features"]
    (sent,) = [f for f in seen if f["properties"]["code"] == code and f["properties"]["side"] == "after"]
    drawn = next(line for line in sheets_of(story.map)["lines"].itertuples() if line.code == code)
    assert sent["properties"]["name"] == name
    assert shape(sent["geometry"]).hausdorff_distance(drawn.geometry) < 1e-7


@then(parse("系统拒绝,说“{words}”"))
def refused(story: Story, words: str) -> None:
    assert 400 <= story.answer.status_code < 500, story.answer.text
    assert words in story.answer.json()["detail"]
