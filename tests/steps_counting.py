"""Counting: a plan, its figures on any day and from any milestone, and the page that shows them."""

from __future__ import annotations

import re

from pytest_bdd import given, then, when

from tests.steps import Story, parse

PLAN = "三镇勘界"
METRICS = {"界线": "lines", "里程": "km", "三交点": "tri_junctions", "乡镇": "towns"}
HTML = {"Accept": "text/html"}


@given(parse("计划自{starts}起,以“已定界”为完成,目标如下"))
def a_plan(story: Story, starts: str, datatable: list[list[str]]) -> None:
    goals = [
        {"goal": metric, "metric": metric, "target": float(target), "due": due, "period": "第一年",
         "title": {"zh": title, "en": metric}}
        for title, metric, target, due in datatable[1:]
    ]  # fmt: skip
    plan = {
        "plan": PLAN,
        "title": {"zh": "三镇勘界计划", "en": "Plan of three towns"},
        "scope": "990101",
        "milestone": "agreed",
        "starts": starts,
        "goals": goals,
    }
    answer = story.desk("administrator").post("/plans", json=plan)
    assert answer.status_code == 201, answer.text


@when(parse("{codes}的勘定成果报送、审核、公布,自{day}起生效"))
def demarcated(story: Story, codes: str, day: str) -> None:
    story.publish(story.survey(codes), day)


@when(parse("{codes}的勘定成果报送,并审核通过"))
def accepted(story: Story, codes: str) -> None:
    story.send("测绘员", story.survey(codes))
    answer = story.decide("审核员", "accept")
    assert answer.status_code == 200, answer.text


def _figures(story: Story, **asked: str) -> dict[str, float]:
    found = story.desk("测绘员").get(f"/progress/{PLAN}", params=asked).json()
    return {goal["metric"]: goal["done"] for goal in found["goals"]}


def _must_be(found: dict[str, float], names: list[str], numbers: list[str]) -> None:
    told = {METRICS[name]: round(found[METRICS[name]], 1) for name in names}
    assert told == {METRICS[name]: float(number) for name, number in zip(names, numbers, strict=True)}


@then("今天的进度是")
def progress_today(story: Story, datatable: list[list[str]]) -> None:
    _must_be(_figures(story), *datatable)


@then("各日的进度是")
def progress_by_day(story: Story, datatable: list[list[str]]) -> None:
    names, *days = datatable
    for day, *numbers in days:
        _must_be(_figures(story, on=day), names[1:], numbers)


@then("今天从各节点起算的进度是")
def progress_by_milestone(story: Story, datatable: list[list[str]]) -> None:
    names, *steps = datatable
    for milestone, *numbers in steps:
        _must_be(_figures(story, milestone=milestone), names[1:], numbers)


@then(parse("页面上“{title}”写着“{words}”"))
def page_tells(story: Story, title: str, words: str) -> None:
    assert re.search(f"{title} {words}", story.page("测绘员", f"/progress/{PLAN}"))


@then(parse("进度图上{one}是“{step}”,{other}是“{next_step}”"))
def map_tells(story: Story, one: str, step: str, other: str, next_step: str) -> None:
    found = story.desk("测绘员").get(f"/progress/{PLAN}", params={"f": "geojson"}).json()
    steps = {f["properties"]["code"]: f["properties"]["milestone"] for f in found["features"]}
    assert (steps[one], steps[other]) == (step, next_step)
    drawn = story.desk("测绘员").get(f"/progress/{PLAN}/map", headers=HTML)
    assert drawn.status_code == 200
    assert one in drawn.text


@then(parse("里程完成{percent:d}%"))
def percent_of_length(story: Story, percent: int) -> None:
    found = story.desk("测绘员").get(f"/progress/{PLAN}").json()
    (goal,) = [goal for goal in found["goals"] if goal["metric"] == "km"]
    assert goal["percent"] == percent
    assert goal["done"] < 2 * goal["target"] * 0.51


def _towns(story: Story) -> dict[str, str]:
    found = story.desk("测绘员").get(f"/progress/{PLAN}").json()["items"]
    return {
        item["name"]: item["reached"]
        for item in found
        if item["metric"] == "towns" and item["milestone"] == "agreed"
    }


@then("完成的乡镇是“”")
def no_town_is_complete(story: Story) -> None:
    assert _towns(story) == {}


@then(parse("完成的乡镇是“{name}”"))
def towns_complete(story: Story, name: str) -> None:
    assert list(_towns(story)) == name.split("、")


@then(parse("{name}自{day}完成"))
def complete_since(story: Story, name: str, day: str) -> None:
    assert _towns(story)[name] == day


@then(parse("从节点“{milestone}”起算的进度被拒绝,说“{words}”"))
def no_such_milestone(story: Story, milestone: str, words: str) -> None:
    answer = story.desk("测绘员").get(f"/progress/{PLAN}", params={"milestone": milestone})
    assert answer.status_code == 400
    assert words in answer.json()["detail"]


@then(parse("计划“{plan}”的进度被拒绝,说“{words}”"))
def no_such_plan(story: Story, plan: str, words: str) -> None:
    answer = story.desk("测绘员").get(f"/progress/{plan}")
    assert answer.status_code == 404
    assert words in answer.json()["detail"]


def _listed(story: Story, **chosen: str) -> list[str]:
    page = story.desk("测绘员").get(f"/progress/{PLAN}", params=chosen, headers=HTML).text
    return re.findall(r'<tr id="item-([^"]+)"', page)


@then(parse("页面按节点“{milestone}”筛选,只剩“{codes}”"))
def filtered_by_milestone(story: Story, milestone: str, codes: str) -> None:
    assert len(_listed(story)) == 3
    assert _listed(story, state=milestone) == codes.split("、")


@then(parse("页面按名称“{words}”筛选,只剩“{codes}”"))
def filtered_by_name(story: Story, words: str, codes: str) -> None:
    assert _listed(story, q=words) == codes.split("、")
