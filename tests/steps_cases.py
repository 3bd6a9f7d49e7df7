"""Cases: registering, reviewing, deciding and announcing a change of name; who sees what of it."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

from fastapi.testclient import TestClient
from parse import with_pattern
from pytest_bdd import given, parsers, then, when

from placenames.casework.case_dates import working_days_between
from placenames.casework.case_moves import VERBS
from placenames.casework.cases import RENAME_REASONS, STATES, TRACKS
from tests.conftest import Office
from tests.placenames.case_desk import FIRST, RENAME, TODAY, taken_up
from tests.placenames.offices import named_template, names_office
from tests.steps import _who

__all__ = ["named_template", "names_office"]
ROLES = {"地名工作人员": "staff", "审核员": "reviewer", "审批人": "approver"}
STEPS = {"提交": "submit", "受理": "accept"}
LIGHTS = {"绿": "green", "黄": "amber", "红": "red"}


@with_pattern("|".join(STEPS))
def _step(words: str) -> str:
    return words


parse = partial(parsers.parse, extra_types={"Who": _who, "Step": _step})
COMPULSORY = ("name", "roman_plain", "unit", "position", "approved_by", "approved_on")


class Desks:
    """An office with one street, its people, the case in hand and what was answered last."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.number = 0
        self.answer: Any = None
        self.approved_on = FIRST
        self.street = self.place(TODAY)
        self._desks: dict[str, TestClient] = {}

    def desk(self, who: str) -> TestClient:
        name = ROLES.get(who, who)
        if name not in self._desks:
            self._desks[name] = self.office.client(None if name == "公众" else name)
        return self._desks[name]

    def register(self, who: str, **wanted: Any) -> None:
        content = RENAME | {"place": self.street["code"]} | wanted
        self.answer = self.desk(who).post("/cases", json=content)
        assert self.answer.status_code == 201, self.answer.text
        self.number = self.answer.json()["id"]

    def decide(self, who: str, verb: str, **more: Any) -> None:
        content = {"verb": verb} | {name: str(value) for name, value in more.items()}
        self.answer = self.desk(who).post(f"/cases/{self.number}/decisions", json=content)

    def case(self, who: str = "审核员") -> dict[str, Any]:
        seen = self.desk(who).get(f"/cases/{self.number}")
        assert seen.status_code == 200, seen.text
        return dict(seen.json())

    def place(self, on: date) -> dict[str, Any]:
        """The street as it stands on a day."""
        found = self.office.client().get("/collections/names/items", params={"datetime": str(on)}).json()["features"]
        return dict(found[0]["properties"])

    def which(self, name: str) -> int:
        """Which candidate a name is."""
        return [each["name"] for each in self.case()["candidates"]].index(name)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@given(parse("样例县的街路“{name}”已依法命名,自{days:d}天前起使用"), target_fixture="desks")
def a_street(names_office: Office, name: str, days: int) -> Desks:
    desks = Desks(names_office)
    assert (desks.street["name"], desks.street["valid_from"]) == (name, str(ago(days)))
    return desks


@given(parse("“{old}”更名为“{new}”已经{step}"))
def led_to(desks: Desks, old: str, new: str, step: str) -> None:
    assert desks.street["name"] == old
    desks.register("地名工作人员", candidates=[new])
    desks.decide("地名工作人员", "submit")
    desks.decide("审核员", "accept")
    if step == "批准":
        desks.decide("审核员", "confirm_romanization")
        desks.decide("审核员", "recommend")
        taken_up(desks.office, desks.number, ago(50))
        desks.decide("审批人", "approve", document="样政函〔2026〕2号", approved_on=ago(50))
    assert desks.answer.status_code == 200, desks.answer.text


@given(parse("“{who}”既是地名工作人员又是审核员和审批人"))
def all_roles(desks: Desks, who: str) -> None:
    desks.office.has(who, "staff", "reviewer", "approver")


@when(parse("{who:Who}登记更名:“{old}”拟更名为“{names}”,事由是“{why}”,理由是“{reason}”"))
def registers(desks: Desks, who: str, old: str, names: str, why: str, reason: str) -> None:
    assert desks.street["name"] == old
    chosen = next(name for name, words in RENAME_REASONS.items() if words.zh == why)
    desks.register(who, candidates=names.split("”或“"), rename_reason=chosen, reason=reason)


@when(parse("{who:Who}把拟用名称改为“{name}”,重新提交"))
def changes(desks: Desks, who: str, name: str) -> None:
    answer = desks.desk(who).patch(f"/cases/{desks.number}", json={"candidates": [name]})
    assert answer.status_code == 200, answer.text
    desks.decide(who, "submit")


@when(parse("{who:Who}{step:Step}"))
def takes_a_step(desks: Desks, who: str, step: str) -> None:
    desks.decide(who, STEPS[step])


@when(parse("{who:Who}退回,写明“{reason}”"))
def returns(desks: Desks, who: str, reason: str) -> None:
    desks.decide(who, "return", reason=reason)


@when(parse("{who:Who}核定“{name}”的拼写为“{roman}”"))
def confirms(desks: Desks, who: str, name: str, roman: str) -> None:
    desks.decide(who, "confirm_romanization", chosen=desks.which(name), roman=roman)
    assert desks.answer.status_code == 200, desks.answer.text


@when(parse("{who:Who}报请批准“{name}”"))
def recommends(desks: Desks, who: str, name: str) -> None:
    desks.decide(who, "recommend", chosen=desks.which(name))


@when(parse("{who:Who}于{days:d}天前批准,文号“{document}”"))
def approves(desks: Desks, who: str, days: int, document: str) -> None:
    desks.approved_on = ago(days)
    taken_up(desks.office, desks.number, ago(days))
    desks.decide(who, "approve", document=document, approved_on=ago(days))


@when(parse("{who:Who}于{days:d}天前备案,文号“{document}”"))
def files(desks: Desks, who: str, days: int, document: str) -> None:
    desks.decide(who, "file", filing_document=document, filed_on=ago(days))


@when(parse("{who:Who}公告,自{days:d}天前起生效"))
def announces(desks: Desks, who: str, days: int) -> None:
    desks.decide(who, "announce", effective=ago(days))
    assert desks.answer.status_code == 200, desks.answer.text


@when(parse("{who:Who}征求意见,{days:d}天后截止"))
def consults(desks: Desks, who: str, days: int) -> None:
    desks.decide(who, "consult", consult_until=TODAY + timedelta(days=days))


@when(parse("{who:Who}结束征求意见,写明“{reason}”"))
def closes(desks: Desks, who: str, reason: str) -> None:
    desks.decide(who, "close_consultation", reason=reason)


@when(parse("{who:Who}撤回办理意见,写明“{reason}”"))
def revokes(desks: Desks, who: str, reason: str) -> None:
    desks.decide(who, "revoke", reason=reason)


@when(parse("{who:Who}撤销申请,写明“{reason}”"))
def withdraws(desks: Desks, who: str, reason: str) -> None:
    desks.decide(who, "withdraw", reason=reason)


@when(parse("{who:Who}撤销申请,写明“”"))
def withdraws_without_reason(desks: Desks, who: str) -> None:
    desks.decide(who, "withdraw")


@then(parse("系统不予办理,说“{words}”"))
def refuses(desks: Desks, words: str) -> None:
    assert desks.answer.status_code in (400, 403, 409), desks.answer.text
    assert words in desks.answer.json()["message"]["zh"]


@then(parse("事项的状态是“{words}”"))
def state_is(desks: Desks, words: str) -> None:
    assert desks.answer.status_code in (200, 201), desks.answer.text
    assert STATES[desks.case()["state"]].zh == words


@then(parse("事项的状态是“{words}”,是第{number:d}轮"))
def state_and_round_are(desks: Desks, words: str, number: int) -> None:
    state_is(desks, words)
    assert desks.case()["round"] == number


@then(parse("事项走“{words}”"))
def track_is(desks: Desks, words: str) -> None:
    assert TRACKS[desks.case()["track"]].zh == words


@then(parse("事项应在{number:d}个工作日内办理,灯是{colour}的"))
def due_within(desks: Desks, number: int, colour: str) -> None:
    case = desks.case()
    assert working_days_between(TODAY, date.fromisoformat(case["due_internal"])) == number
    assert case["light"] == LIGHTS[colour]


@then(parse("灯是{colour}的"))
def light_is(desks: Desks, colour: str) -> None:
    assert desks.case()["light"] == LIGHTS[colour]


@then(parse("法定期限是批准之日起{days:d}日"))
def legally_due(desks: Desks, days: int) -> None:
    assert desks.case()["due_legal"] == str(desks.approved_on + timedelta(days=days))


@then(parse("事项在{who:Who}的待办中,不在{other:Who}的待办中"))
def waits_for(desks: Desks, who: str, other: str) -> None:
    todo = {
        name: [each["id"] for each in desks.desk(name).get("/cases?mine=1").json()["cases"]] for name in (who, other)
    }
    assert desks.number in todo[who]
    assert desks.number not in todo[other]


@then(parse("{who:Who}打开事项,先看到“{reason}”"))
def opens_on_the_reason(desks: Desks, who: str, reason: str) -> None:
    case = desks.case(who)
    assert (case["came_back"]["reason"], case["may_change"]) == (reason, True)


@then(parse("“{name}”仍是现行地名"))
def still_called(desks: Desks, name: str) -> None:
    assert desks.place(TODAY) == desks.street
    assert desks.street["name"] == name


@then(parse("今天这条街叫“{name}”,拼写为“{roman}”"))
def is_called(desks: Desks, name: str, roman: str) -> None:
    now = desks.place(TODAY)
    assert (now["name"], now["roman_plain"]) == (name, roman)


@then(parse("{days:d}天前这条街叫“{name}”"))
def was_called(desks: Desks, days: int, name: str) -> None:
    assert desks.place(ago(days))["name"] == name


@then(parse("用“{name}”仍查得到这条街"))
def still_found(desks: Desks, name: str) -> None:
    found = desks.desk("公众").get("/names/search", params={"q": name})
    assert found.status_code == 200, found.text
    assert desks.street["code"] in found.text


@then("它的地名代码没有变")
def same_code(desks: Desks) -> None:
    now = desks.place(TODAY)
    assert (now["id"], now["code"]) == (desks.street["id"], desks.street["code"])


@then(parse("事项的办理过程依次是“{verbs}”"))
def what_happened(desks: Desks, verbs: str) -> None:
    assert [VERBS[each["verb"]].zh for each in desks.case()["events"]] == verbs.split("、")


@then("公众看到公告的标准名称、罗马字母拼写、所属政区、位置描述、批准机关和批准时间")
def is_announced(desks: Desks) -> None:
    seen = desks.desk("公众").get(f"/cases/{desks.number}").json()
    assert all(seen[name] for name in COMPULSORY), seen
    assert seen["name"] == desks.place(TODAY)["name"]


@then(parse("公众看到拟用名称“{name}”和截止日期"))
def is_asked(desks: Desks, name: str) -> None:
    seen = desks.desk("公众").get(f"/cases/{desks.number}").json()
    assert [each["name"] for each in seen["candidates"]] == [name]
    assert date.fromisoformat(seen["consult_until"]) > TODAY
