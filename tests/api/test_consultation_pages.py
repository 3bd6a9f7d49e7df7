"""The pages of consultations: what everybody reads, how an answer is taken, and who learns who wrote it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import text

from gis.db import Role
from tests.api.case_pages_desk import EVIL, FORM, Page, page, posted
from tests.conftest import Office
from tests.placenames.case_desk import (
    NOBODY,
    RENAME,
    STREET,
    TODAY,
    lead,
    look,
    opened,
    step,
)


@pytest.fixture
def asked(named: Office) -> int:
    """A renaming that is out for consultation."""
    number = opened(named, RENAME | {"place": str(look(named, 1)["place"]), "applicant": NOBODY})
    lead(named, number, "accept")
    step(named, number, "reviewer", "consult", consult_until=TODAY + timedelta(days=10))
    return number


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_everybody_reads_what_is_proposed_and_until_when(named: Office, asked: int, lang: str):
    assert f"/consultations/{asked}" in page(named.client(), "/consultations", lang).links
    shown = page(named.client(), f"/consultations/{asked}", lang)
    for words in ("样石桥街", "样望江街", str(TODAY + timedelta(days=10))):
        assert words in re.sub(r"</?(del|ins|b)>", "", shown.source)
    assert "石桥已拆除" not in shown.words  # why it is asked for is for the office
    assert not [value for value in NOBODY.values() if value in shown.source]


def test_an_answer_is_taken_counted_and_its_writer_known_to_the_office_alone(named: Office, asked: int):
    given = {"stance": "object", "reason": "旧名用了百年", "name": "样居民乙", "contact": "00000000002"}
    answer = posted(named.client(), f"/consultations/{asked}", given)
    assert answer.headers["location"] == f"/consultations/{asked}?thanks=1"
    public = page(named.client(), answer.headers["location"])
    assert "意见已收到" in public.words
    assert "赞成 0 · 反对 1 · 建议 0" in public.words
    assert "样居民乙" not in public.source
    assert "旧名用了百年" not in public.source
    office = page(named.client("reviewer"), f"/cases/{asked}")
    assert {"样居民乙", "旧名用了百年", "00000000002"} <= set(re.split(r"[\s<>]", office.source))
    assert "收到 1 条,反对 1" in office.words
    assert "意见 1" in page(named.client("reviewer"), "/cases").words


def test_an_answer_that_lacks_something_is_shown_again(named: Office, asked: int):
    given = {"stance": "object", "reason": "", "name": "样居民乙", "contact": "00000000002"}
    answer = Page(posted(named.client(), f"/consultations/{asked}", given))
    assert answer.status == 400
    assert "反对或建议请写明理由" in answer.words
    assert answer.field("name")["value"] == "样居民乙"
    assert "checked" in answer.field("stance", value="object")
    assert "赞成 0 · 反对 0 · 建议 0" in answer.words


def test_a_consultation_is_not_closed_while_it_runs(named: Office, asked: int):
    shown = page(named.client("reviewer"), f"/cases/{asked}")
    assert f"征求意见到 {TODAY + timedelta(days=10)} 截止,届满后才能结束" in shown.words
    assert "close_consultation" not in {each.get("value") for each in shown.fields}


def test_after_the_closing_day_there_is_no_form(named: Office, asked: int):
    with named.database.engine(Role.OWNER).begin() as tx:
        tx.execute(text("UPDATE jiezhi.name_case SET consult_until = :day WHERE id = :id"),
                   {"day": TODAY - timedelta(days=1), "id": asked})  # fmt: skip
    shown = page(named.client(), f"/consultations/{asked}")
    assert not [each for each in shown.forms if each.get("action") == f"/consultations/{asked}"]
    assert "已截止" in shown.words
    given = {"stance": "support", "name": "样居民乙", "contact": "00000000002"}
    assert posted(named.client(), f"/consultations/{asked}", given).status_code == 409
    assert "已截止,待结束" in page(named.client("reviewer"), f"/cases/{asked}").words
    assert (
        posted(
            named.client("reviewer"),
            f"/cases/{asked}/decisions",
            {"verb": "close_consultation", "reason": "无人反对,照原案"},
        ).status_code
        == 303
    )
    assert "无人反对,照原案" in page(named.client("reviewer"), f"/cases/{asked}").words
    assert page(named.client(), f"/consultations/{asked}").status == 404


def test_what_came_by_letter_is_recorded_on_the_page_of_the_case(named: Office, asked: int):
    given = {
        "source": "letter",
        "stance": "comment",
        "reason": "可用样江街",
        "name": "样居委会",
        "contact": "",
    }
    assert posted(named.client("staff"), f"/cases/{asked}/opinions", given).status_code == 303
    assert "可用样江街" in page(named.client("staff"), f"/cases/{asked}").words


# -- what people write stays what they wrote


def test_names_stay_names(named: Office):
    number = opened(
        named,
        STREET
        | {
            "candidates": [EVIL],
            "reason": EVIL,
            "meaning": EVIL,
            "position": EVIL,
            "applicant": {"name": EVIL},
        },
    )
    with named.database.engine(
        Role.OWNER
    ).begin() as tx:  # no check lets it through: somebody else must have written it
        tx.execute(text("UPDATE jiezhi.name_case SET state = 'consulting', consult_until = :day WHERE id = :id"),
                   {"day": TODAY, "id": number})  # fmt: skip
    asked = {"at": "0", "action": "naming", "category": "ROD", "name-0": EVIL, "unit": "990101001"}
    staff = named.client("staff")
    shown = [page(staff, path) for path in ("/cases?mine=", f"/cases/{number}")]
    shown += [page(named.client(), path) for path in ("/cases", "/consultations", f"/consultations/{number}")]
    shown += [page(staff, "/cases/check", params=asked), page(staff, f"/cases/new?action=rename&q={EVIL}")]
    shown.append(Page(posted(staff, "/cases/new", FORM | {"name-0": EVIL, "meaning": EVIL, "lat": "x"})))
    for each in shown:
        assert "<script>alert(1)" not in each.source
        assert "49街" not in each.source
        assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}街" in each.source
