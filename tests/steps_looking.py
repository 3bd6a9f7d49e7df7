"""Looking: units at a place, the versions of a line, what was known then, on any day."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pytest_bdd import given, then, when
from shapely.geometry import Point, shape

from tests.steps import STATUSES, Story, parse, redrawn

ITEMS = "/collections/{}/items/{}"


@given(parse("{code}改测为“{course}”,勘定成果公布,自{day}起生效"))
@when(parse("{code}更正为“{course}”,自{day}起生效"))
def surveyed_anew(story: Story, code: str, course: str, day: str) -> None:
    story.publish(story.survey(code, drawn=redrawn(story.map, "b-t", course)), day)


@given("记住此刻")
def remember_now(story: Story) -> None:
    story.kept["then"] = datetime.now(UTC).isoformat()


def _towns_at(story: Story, day: str, point: str, **asked: str) -> str:
    lon, lat = story.at(point)
    answer = story.desk("测绘员").get("/units/at", params={"lon": lon, "lat": lat, "on": day, **asked})
    assert answer.status_code == 200, answer.text
    return "、".join(unit["name"] for unit in answer.json()["units"] if unit["level"] == "township")


@then(parse("{day},“{point}”属于“{name}”"))
def governed_by(story: Story, day: str, point: str, name: str) -> None:
    assert _towns_at(story, day, point) == name


@then("各日各处属于")
def governed_by_day(story: Story, datatable: list[list[str]]) -> None:
    expected = {(day, point): name for day, point, name in datatable[1:]}
    assert {asked: _towns_at(story, *asked) for asked in expected} == expected


@then(parse("按那时所知,{day},“{point}”属于“{name}”"))
def was_thought_to_be(story: Story, day: str, point: str, name: str) -> None:
    assert _towns_at(story, day, point, known=story.kept["then"]) == name


def _record(story: Story, who: str, register: str, code: str, **asked: str) -> dict[str, Any]:
    answer = story.desk(who).get(ITEMS.format(register, code), params=asked)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def _passes(story: Story, code: str, point: str, **asked: str) -> bool:
    line = _record(story, "测绘员", "lines", code, **asked)["geometry"]["coordinates"]
    return story.at(point) in [tuple(each) for each in line]


@then(parse("按那时所知,{day}的界线{code}经过“{point}”"))
def was_thought_to_pass(story: Story, day: str, code: str, point: str) -> None:
    assert _passes(story, code, point, datetime=day, known=story.kept["then"])


@then(parse("现在所知,{day}的界线{code}经过“{point}”"))
def passes(story: Story, day: str, code: str, point: str) -> None:
    assert _passes(story, code, point, datetime=day)


@then(parse("测绘员看到界线{code}经过“{point}”,一点不差"))
def seen_exactly(story: Story, code: str, point: str) -> None:
    assert _passes(story, code, point)


@then(parse("没有登录的人看到界线{code}的坐标有{decimals:d}位小数"))
def seen_coarsely(story: Story, code: str, decimals: int) -> None:
    answer = story.office.client().get(ITEMS.format("lines", code)).json()
    numbers = [number for point in answer["geometry"]["coordinates"] for number in point]
    assert numbers == [round(number, decimals) for number in numbers]


@then(parse("界线{code}有两个版本"))
def versions_of(story: Story, code: str, datatable: list[list[str]]) -> None:
    told = story.desk("测绘员").get(ITEMS.format("lines", code) + "/versions").json()["versions"]
    known = [each for each in told if each["superseded_at"] is None]
    page = story.page("测绘员", ITEMS.format("lines", code))
    expected = datatable[1:]
    assert [[v["valid_from"], v["valid_to"] or "", STATUSES[v["status"]]] for v in known] == [
        each[:3] for each in expected
    ]
    for start, _, _, document in expected:
        assert start in page
        assert document in page


@then(parse("{day:Day}{name}的面包含“{point}”"))
def area_holds(story: Story, day: str, name: str, point: str) -> None:
    assert _area(story, day, name).contains(Point(story.at(point)))


@then(parse("{day:Day}{name}的面不包含“{point}”"))
def area_does_not_hold(story: Story, day: str, name: str, point: str) -> None:
    area = _area(story, day, name)
    assert area.area
    assert not area.intersects(Point(story.at(point)))


def _area(story: Story, day: str, name: str) -> Any:
    answer = story.desk("测绘员").get("/collections/units/items", params={"datetime": day, "name": name})
    assert answer.status_code == 200, answer.text
    (unit,) = answer.json()["features"]
    return shape(unit["geometry"])


@then("名录的地图页面可以按日期查看")
def map_by_day(story: Story) -> None:
    for path in ("/collections/lines/items", "/collections/units/items"):
        page = story.page("测绘员", path + "?datetime=2026-02-01")
        assert "截至" in page
    drawn = [
        story.desk("测绘员").get(f"/collections/lines/map?on={day}", headers={"Accept": "text/html"}).text
        for day in ("2026-02-01", "2026-06-01")
    ]
    assert drawn[0] != drawn[1]


@then(parse("查“{day}”的界线被拒绝,说“{words}”"))
def bad_day(story: Story, day: str, words: str) -> None:
    answer = story.desk("测绘员").get("/collections/lines/items", params={"datetime": day})
    assert answer.status_code == 400
    assert words in answer.json()["detail"]


@then(parse("查经度{lon:d}的单位被拒绝,说“{words}”"))
def bad_place(story: Story, lon: int, words: str) -> None:
    answer = story.desk("测绘员").get("/units/at", params={"lon": lon, "lat": 30})
    assert answer.status_code == 400
    assert words in answer.json()["detail"]
