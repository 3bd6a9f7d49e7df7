"""Reviewing: what would change, returning, accepting, publishing, and who may do what."""

from __future__ import annotations

import re
import threading
from datetime import date
from typing import Any

from fastapi.testclient import TestClient
from pytest_bdd import given, then, when

from tests.steps import REGISTERS, ROLES, STATUSES, Story, parse, redrawn, text_of

HTML = {"Accept": "text/html"}


@given(parse("测绘员已报送全县的勘定成果,把“{old}”改测为“{new}”,把“{stone}”改为“{moved}”"))
def a_survey_waits(story: Story, old: str, new: str, stone: str, moved: str) -> None:
    drawn = redrawn(redrawn(story.map, old, new), stone, moved)
    story.send("测绘员", story.survey(drawn=drawn))
    assert story.state()["state"] == "ready", story.state()["findings"]


@given(parse("“{who}”既是测绘员又是审核员"))
def two_roles(story: Story, who: str) -> None:
    story.office.has(who, "surveyor", "reviewer")


@given(parse("“{who}”是审核员"))
def another_reviewer(story: Story, who: str) -> None:
    story.office.has(who, "reviewer")


@given(parse("{who:Who}已报送{codes}的勘定成果,检查通过"))
def has_sent(story: Story, who: str, codes: str) -> None:
    story.send(who, story.survey(codes))
    assert story.state()["state"] == "ready", story.state()["findings"]


@given(parse("{who:Who}打开了这次报送的页面"))
def opens_the_page(story: Story, who: str) -> None:
    story.kept["delivery"] = story.state()["delivery"]
    assert "审核通过" in story.page(who)


@given(parse("{who:Who}审核通过"))
@when(parse("{who:Who}审核通过"))
def accepts(story: Story, who: str) -> None:
    story.decide(who, "accept")


@when(parse("{who:Who}在刚才的页面上点“审核通过”"))
def accepts_what_was_seen(story: Story, who: str) -> None:
    story.decide(who, "accept", delivery=story.kept["delivery"])


@when(parse("{who:Who}不写理由就退回"))
def returns_without_reason(story: Story, who: str) -> None:
    story.decide(who, "return", reason="  ")


@when(parse("{who:Who}退回,理由是“{reason}”"))
def returns(story: Story, who: str, reason: str) -> None:
    story.decide(who, "return", reason=reason)


@when(parse("{who:Who}撤回"))
def withdraws(story: Story, who: str) -> None:
    story.decide(who, "withdraw")


@when(parse("{who:Who}撤回,理由是“{reason}”"))
def withdraws_because(story: Story, who: str, reason: str) -> None:
    story.decide(who, "withdraw", reason=reason)


@when(parse("{who:Who}批准公布,文号“{document}”,自{day}起生效"))
def publishes(story: Story, who: str, document: str, day: str) -> None:
    story.decide(who, "publish", document=document, effective=day)


@then(parse("缺一样,{who:Who}就不能公布"))
def cannot_publish(story: Story, who: str, datatable: list[list[str]]) -> None:
    for document, day, words in datatable[1:]:
        answer = story.decide(who, "publish", document=document, effective=day)
        assert answer.status_code == 400
        assert words in answer.json()["detail"]


@when(parse("{who:Who}和{other:Who}同时办理,一个通过,一个以“{reason}”退回"))
def both_decide(story: Story, who: str, other: str, reason: str) -> None:
    ready = threading.Barrier(2)
    answers: list[Any] = []

    def decide(desk: TestClient, **what: Any) -> None:
        ready.wait()
        answers.append(desk.post(f"/submissions/{story.number}/decisions", json=what))

    seen = {"state": "ready", "delivery": story.state()["delivery"]}
    desks = {who: {"verb": "accept", **seen}, other: {"verb": "return", "reason": reason, **seen}}
    threads = [
        threading.Thread(target=decide, args=(story.desk(name),), kwargs=what) for name, what in desks.items()
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    story.kept["answers"] = answers
    story.kept["names"] = [ROLES.get(name, name) for name in desks]


@then("一人成功,另一人得知是谁已经办理")
def one_wins(story: Story) -> None:
    won, lost = sorted(story.kept["answers"], key=lambda answer: answer.status_code)
    assert (won.status_code, lost.status_code) == (200, 409), (won.text, lost.text)
    winner = [e for e in story.state()["events"] if e["verb"] in ("accept", "return")][-1]["who"]
    assert winner in story.kept["names"]
    assert winner in lost.json()["detail"]


@then("办理过程里只有一个决定")
def one_decision(story: Story) -> None:
    assert len([e for e in story.state()["events"] if e["verb"] in ("accept", "return")]) == 1


@then(parse("{who:Who}看到将会发生的变更"))
def what_would_change(story: Story, who: str, datatable: list[list[str]]) -> None:
    expected = {
        REGISTERS[name]: {
            kind: int(number) for kind, number in (("added", added), ("changed", changed)) if number
        }
        for name, added, changed in datatable[1:]
    }
    found = story.state()["changes"]
    assert {
        n: {k: c for k, c in counts.items() if c} for n, counts in found.items() if any(counts.values())
    } == (expected)
    assert "将会发生的变更" in story.page(who)


@then("变更前后两个位置都在地图上")
def both_sides_are_drawn(story: Story) -> None:
    shapes = story.desk("审核员").get(f"/submissions/{story.number}/changes").json()["features"]
    sides = {f["properties"]["side"]: f["geometry"] for f in shapes if f["properties"]["code"] == "L1"}
    assert sides["before"]["coordinates"] != sides["after"]["coordinates"]
    drawn = story.desk("审核员").get(f"/submissions/{story.number}/changes/map", headers=HTML)
    assert drawn.status_code == 200
    assert "L1" in drawn.text


@then(parse("页面写着界线{code}的长度由{before}千米变为{after}千米"))
def lengths_are_told(story: Story, code: str, before: str, after: str) -> None:
    page = story.page("审核员")
    assert code in page
    assert f"{before} → {after}" in page


@then(parse("{who:Who}看到退回理由“{reason}”"))
def reason_is_told(story: Story, who: str, reason: str) -> None:
    assert f"退回理由: {reason}" in story.page(who)


@then(parse("{who:Who}的页面上没有“{words}”的按钮"))
def not_offered(story: Story, who: str, words: str) -> None:
    page = story.desk(who).get(f"/submissions/{story.number}", headers=HTML).text
    buttons = [text_of(each) for each in re.findall(r"(?s)<button.*?</button>", page)]
    assert "按这些选择重新检查" in buttons
    assert words not in buttons


@then(parse("办理过程依次是“{verbs}”"))
def what_happened(story: Story, verbs: str) -> None:
    page = story.page("测绘员")
    places = [page.rindex(verb) for verb in verbs.split("、")]
    assert len(story.state()["events"]) == len(places)
    assert places == sorted(places)


@then(parse("批准公布记有文号“{document}”和生效日{day}"))
def decision_is_kept(story: Story, document: str, day: str) -> None:
    (event,) = [e for e in story.state()["events"] if e["verb"] == "publish"]
    assert (event["who"], event["document"], event["effective"]) == ("approver", document, day)


@then(parse("{day}界线{code}是“{status}”"))
def line_is(story: Story, day: str, code: str, status: str) -> None:
    record = story.desk("测绘员").get(f"/collections/lines/items/{code}", params={"datetime": day}).json()
    assert STATUSES[record["properties"]["status"]] == status


@then(parse("{day}界线{code}止于“{point}”"))
def line_ends_at(story: Story, day: str, code: str, point: str) -> None:
    record = story.desk("测绘员").get(f"/collections/lines/items/{code}", params={"datetime": day}).json()
    assert tuple(record["geometry"]["coordinates"][-1]) == story.at(point)


@then(parse("{day}有{number:d}个界桩"))
def markers_in_force(story: Story, day: str, number: int) -> None:
    for on, expected in ((day, number), (date(2026, 1, 1).isoformat(), 0)):
        found = story.desk("测绘员").get("/collections/markers/items", params={"datetime": on}).json()
        assert found["numberMatched"] == expected


@given(parse("另一份报送只把{code}改测为“{course}”,已审核通过"))
def another_survey(story: Story, code: str, course: str) -> None:
    first = story.number
    story.send("测绘员", story.survey(code, drawn=redrawn(story.map, "a-t", course)))
    assert story.state()["state"] == "ready", story.state()["findings"]
    assert story.decide("审核员", "accept").status_code == 200
    story.kept["other"], story.number = story.number, first


@given(parse("三交点{code}连同三条界线已另案移到“{point}”,自{day}起生效"))
def the_point_moves(story: Story, code: str, point: str, day: str) -> None:
    drawn = story.map
    for old, new in (
        ("b-t", f"b-{point}"),
        ("t-c", f"{point}-c"),
        ("a-t", f"a-{point}"),
        (": t\n", f": {point}\n"),
    ):
        assert drawn.count(old) == 1
        drawn = drawn.replace(old, new)
    story.publish(story.survey("L1、L2、L3", drawn=drawn), day)


@when(parse("{who:Who}批准公布另一份,文号“{document}”,自{day}起生效"))
def publishes_the_other(story: Story, who: str, document: str, day: str) -> None:
    story.decide(who, "publish", number=story.kept["other"], document=document, effective=day)
