"""Prior reports of cemeteries: who writes them, who accepts them, and what becomes of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pytest_bdd import given, parsers, then, when

from tests.conftest import Office, is_problem
from tests.placenames.case_desk import TODAY
from tests.placenames.report_desk import EXTENSION, settled


class Report:
    """The report that the story is about, led on over HTTP."""

    def __init__(self, office: Office) -> None:
        self.office = settled(office)
        self.number = 0

    def is_written(self, starts_in: int) -> None:
        asked = EXTENSION | {"starts_on": str(TODAY + timedelta(days=starts_in))}
        answer = self.office.client("staff").post("/cases", json=asked)
        assert answer.status_code == 201, answer.text
        self.number = int(answer.json()["id"])

    def takes(self, who: str, verb: str, **said: str) -> Any:
        return self.office.client(who).post(f"/cases/{self.number}/decisions", json={"verb": verb, **said})

    def is_led_on(self, who: str, verb: str, **said: str) -> None:
        answer = self.takes(who, verb, **said)
        assert answer.status_code == 200, answer.text

    def seen(self) -> dict[str, Any]:
        return self.office.client("reviewer").get(f"/cases/{self.number}").json()  # type: ignore[no-any-return]


@given("样例县有公墓“样山公墓”,报备由“小墓”登记", target_fixture="report")
def report(county_office: Office) -> Report:
    return Report(county_office)


@when(parsers.parse("小墓报备扩建,{days:d}天以后开工"))
def writes(report: Report, days: int) -> None:
    report.is_written(days)


@when("小墓报备扩建,昨天开工")
def writes_too_late(report: Report) -> None:
    report.is_written(-1)


@when("小墓提交报备")
def submits(report: Report) -> None:
    report.is_led_on("staff", "submit")


@when("小墓写明理由提交报备")
def submits_with_a_reason(report: Report) -> None:
    report.is_led_on("staff", "submit", reason="汛期抢险,先行砌筑挡墙")


@when(parsers.parse("审核员以“{document}”接受报备"))
def accepts(report: Report, document: str) -> None:
    report.is_led_on("reviewer", "acknowledge", document=document)


@when("小墓报告已经建成")
def is_built(report: Report) -> None:
    report.is_led_on("staff", "report_built", built_on=str(TODAY))


@when(parsers.parse("审核员以“{document}”验收该公墓"))
def inspects(report: Report, document: str) -> None:
    report.is_led_on("reviewer", "inspect", document=document, inspected_on=str(TODAY))


@when("审批人办结该报备")
def closes(report: Report) -> None:
    report.is_led_on("approver", "close")


@then(parsers.parse("该报备是“{state}”"))
def stands(report: Report, state: str) -> None:
    assert report.seen()["words"]["zh"] == state


@then(parsers.parse("该报备的办理过程依次是“{verbs}”"))
def went_through(report: Report, verbs: str) -> None:
    assert [each["verb"] for each in report.seen()["events"]] == verbs.split("、")


@then("小墓不能报告已经建成")
def cannot_be_built(report: Report) -> None:
    assert is_problem(report.takes("staff", "report_built", built_on=str(TODAY)), 409)


@then(parsers.parse("小墓不写理由不能提交,提示说到“{words}”"))
def cannot_be_submitted(report: Report, words: str) -> None:
    answer = report.takes("staff", "submit")
    assert is_problem(answer, 400)
    assert words in answer.json()["message"]["zh"]


@then("没有登录的人看不到报备")
def nobody_else_sees_it(report: Report) -> None:
    assert report.office.client().get(f"/cases/{report.number}").status_code in (401, 404)
