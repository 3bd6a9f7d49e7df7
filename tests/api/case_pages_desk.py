"""The desk of the pages of cases: an office with a case in every state, and its pages as their readers meet them."""

from __future__ import annotations

import re
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select

from placenames.casework import cases
from placenames.casework.cases import CASES
from tests.conftest import Office
from tests.placenames.case_desk import (
    HOUSING,
    NOBODY,
    STREET,
    TODAY,
    announced,
    lead,
    opened,
    step,
)

EVIL = "<script>alert(1)</script>{{7*7}}街"
HTML = {"Accept": "text/html"}
OTHERS = ("colleague", "reviewer", "approver", "administrator")
FORM = {
    "action": "naming", "category": "ROD", "unit": "990101001", "class_code": "23514", "name-0": "样和平街",
    "reason": "新建道路",
    "position": "东起样河路", "meaning": "祈愿和平", "lon": "110.2955", "lat": "30.698", "applicant-name": "样申请人甲",
    "applicant-contact": "00000000001", "floors": "", "step": "save",
}  # fmt: skip

STATES = tuple(each for each in cases.STATES if each not in cases.OF_REPORTS)
"""To which cases of names come; the pages of reports are tried in test_prior_reports_pages.py."""


class Page(HTMLParser):
    """A page as its reader meets it: words, links, and what every form would send."""

    def __init__(self, answer: Response) -> None:
        super().__init__()
        self.status, self.source = answer.status_code, answer.text
        self.links: list[str] = []
        self.fields: list[dict[str, str | None]] = []
        self.forms: list[dict[str, str | None]] = []
        self.feed(answer.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "a":
            self.links.append(found.get("href") or "")
        if tag == "form":
            self.forms.append(found)
        if tag in ("input", "textarea", "select", "button"):
            self.fields.append(found | {"tag": tag})

    @property
    def words(self) -> str:
        return " ".join(re.sub(r"<[^>]+>", " ", self.source).split())

    def field(self, name: str, **like: str) -> dict[str, str | None]:
        return next(each for each in self.fields if each.get("name") == name and like.items() <= each.items())


def page(desk: TestClient, path: str, lang: str = "zh", **more: Any) -> Page:
    return Page(desk.get(path, headers={**HTML, "Cookie": f"lang={lang}"}, **more))


def posted(desk: TestClient, path: str, form: dict[str, str], **more: Any) -> Response:
    return desk.post(path, data=form, headers=HTML, **more)


def staffed(office: Office) -> Office:
    office.has("staff", "staff")
    office.has("colleague", "staff")
    office.has("elsewhere", "reviewer", "staff", area="990199")
    announced(office, STREET)
    return office


def in_every_state(office: Office) -> dict[str, int]:
    """State -> number of a case that has come to it."""
    names = (f"样{tree}街" for tree in "松柏桐枫榆槐柳杨桃李杏梅兰")

    def asked(**more: Any) -> int:
        return opened(office, STREET | {"candidates": [next(names)], "applicant": NOBODY} | more)

    found = {"draft": asked()}
    ways = {"submitted": "submit", "accepted": "accept", "recommended": "recommend", "approved": "approve", "filed": "file"}
    for state, until in (ways | {"announced": "announce"}).items():
        found[state] = asked()
        lead(office, found[state], until)
    for state, before, who, verb, more in (
        ("supplement", "submit", "reviewer", "ask_supplement", {"reason": "缺四至图"}),
        ("refused", "submit", "reviewer", "refuse", {"reason": "不属于地名"}),
        ("consulting", "accept", "reviewer", "consult", {"consult_until": TODAY + timedelta(days=10)}),
        ("returned", "recommend", "approver", "return", {"reason": "请补充专家意见"}),
        ("rejected", "recommend", "approver", "reject", {"reason": "原名沿用多年"}),
        ("withdrawn", "submit", "staff", "withdraw", {}),
    ):
        found[state] = asked()
        lead(office, found[state], before)
        step(office, found[state], who, verb, **more)
    found["opinion_issued"] = opened(office, HOUSING)
    lead(office, found["opinion_issued"], "issue_opinion")
    return found


def numbers(office: Office) -> dict[str, int]:
    with office.database.writing() as tx:
        return {
            row.state: row.id for row in tx.execute(select(CASES.c.state, CASES.c.id).order_by(CASES.c.id))
        }
