"""Papers: filled from the record, only when true, with everything the law asks for."""

from __future__ import annotations

import io
import shutil

import docx
import pytest

from gis.errors import BadInput, Conflict, NotFound
from placenames.casework import case_papers, cases
from placenames.casework.case_papers import PAPERS, SHIPPED, SIX
from tests.placenames.case_desk import (
    RENAME,
    SECOND,
    STREET,
    announced,
    lead,
    opened,
    somebody,
)
from tests.placenames.streets import APPROVED, candidate, case, place, with_clerks
from tests.placenames.test_paper_filling import template

EVIL = "<script>{{ 7*7 }}&{% x %}街"


@pytest.fixture
def desk(county_office):
    return with_clerks(county_office)


def made(office, number, kind="announcement"):
    with office.database.writing() as tx:
        return case_papers.paper(tx, somebody(tx, "staff"), cases.find(tx, number), kind, office.settings)


def cells(paper):
    """The table of a paper: what stands left of what."""
    found = {}
    for table in docx.Document(io.BytesIO(paper.content)).tables:
        for row in table.rows:
            texts = [cell.text for cell in dict.fromkeys(row.cells)]  # a merged cell comes once for each column
            found |= dict(zip(texts[::2], texts[1::2], strict=True))
    return found


def words(paper):
    return "\n".join(each.text for each in docx.Document(io.BytesIO(paper.content)).paragraphs)


def approved(office, state="approved", **values):
    return case(office, state, **{**APPROVED, **values})


def test_an_announcement_says_the_six_things(desk):
    found = cells(made(desk, approved(desk, approved_on=SECOND)))
    assert found == {
        "标准名称": "样望江街",
        "罗马字母拼写": "Yàngwàngjiāng Jiē",
        "所属政区": "样例省样例市样例县样城街道",
        "位置描述": "东起样河路,西至样山路",
        "批准机关": "样例县人民政府",
        "批准时间": f"{SECOND.year}年{SECOND.month}月{SECOND.day}日",
    }
    assert set(found) == set(SIX)


def test_an_announcement_of_a_renaming_names_the_old_name_too(desk):
    paper = made(desk, approved(desk, about=place(desk, "样石桥街")))
    assert cells(paper)["原名称"] == "样石桥街"
    assert "样石桥街的更名" in words(paper)
    assert paper.name.startswith("地名公告-DM-2026-")
    assert paper.name.endswith("-样望江街.docx")


def test_an_announcement_is_marked_until_it_is_made(desk):
    assert "公告前不生效" in words(made(desk, approved(desk)))
    assert "公告前不生效" in words(made(desk, approved(desk, "filed")))


@pytest.mark.parametrize("state", [each for each in cases.STATES if each not in case_papers.DECIDED])
def test_no_paper_exists_before_it_is_true(desk, state):
    number = approved(desk, state)
    for kind in PAPERS:
        with pytest.raises(Conflict):
            made(desk, number, kind)
    with desk.database.writing() as tx:
        assert case_papers.open_papers(cases.find(tx, number)) == []


def test_a_letter_is_written_by_whoever_approves(desk):
    for track in ("draft", "opinion"):
        number = approved(desk, track=track)
        with pytest.raises(Conflict, match="批准机关出具"):
            made(desk, number, "approval")
        made(desk, number, "filing")
        with desk.database.writing() as tx:
            assert case_papers.open_papers(cases.find(tx, number)) == ["announcement", "filing"]


@pytest.mark.parametrize(
    ("lacking", "why"),
    [
        ({"position": None}, "位置描述"),
        ({"approved_by": None}, "批准机关"),
        ({"approved_on": None}, "批准时间"),
        ({"unit": "880101"}, "所属政区"),
        ({"candidates": [candidate("样望江街", roman_confirmed_by=None)]}, "罗马字母拼写"),
        ({"candidates": [candidate("样望江街", roman="")]}, "罗马字母拼写"),
        ({"candidates": []}, "标准名称、罗马字母拼写"),
    ],
)
def test_what_is_missing_is_named(desk, lacking, why):
    with pytest.raises(BadInput, match=why):
        made(desk, approved(desk, **lacking))


def test_a_name_is_written_down_as_it_is(desk):
    paper = made(desk, approved(desk, candidates=[candidate(EVIL)], position="样&路<东>\x0c\x07旁"))
    assert cells(paper)["标准名称"] == EVIL
    assert cells(paper)["位置描述"] == "样&路<东>旁"
    assert "49" not in words(paper)
    assert not set('\\/:*?"<>|') & set(paper.name)


def test_the_filing_form_has_the_census_fields_that_are_known(desk):
    values = {"about": place(desk, "样石桥街", aliases="石桥", history="始建于2001年", protected="县级"),
              "attributes": {"land_m2": 1200}, "filing_document": "样民备〔2026〕1号"}  # fmt: skip
    found = cells(made(desk, approved(desk, "filed", **values), "filing"))
    assert found["标准名称"] == "样望江街"
    assert found["无声调拼写"] == "YANGWANGJIANG JIE"
    assert (found["专名"], found["通名"], found["原名称"]) == ("样望江", "街", "样石桥街")
    assert (found["别名"], found["历史沿革"], found["保护名录"]) == ("石桥", "始建于2001年", "县级")
    assert (found["使用时间"], found["类别代码"], found["政区代码"]) == ("现今地名", "23514", "990101001")
    assert (found["东经"], found["北纬"]) == ("110°17′34.8″", "30°41′52.8″")
    assert (found["占地面积(m²)"], found["备案文号"], found["登记人"]) == ("1200", "样民备〔2026〕1号", "staff")
    assert len(found["地名代码"]) == 20


def test_a_deletion_announces_the_name_that_ends(desk):
    street = place(desk, "样石桥街", roman="Yàngshíqiáo Jiē", meaning="有石桥")
    number = approved(desk, about=street, action="delete", candidates=[], chosen=None)
    assert cells(made(desk, number))["标准名称"] == "样石桥街"
    assert "样石桥街的销名" in words(made(desk, number))
    assert cells(made(desk, number, "filing"))["使用时间"] == "历史地名"


def test_the_papers_of_a_case_led_all_the_way(names_office):
    """By the ordinary steps: a street is named, then renamed, and its papers say so."""
    office = names_office
    naming = cells(made(office, 1))
    assert (naming["标准名称"], naming["所属政区"]) == ("样石桥街", "样例省样例市样例县样城街道")
    number = opened(office, RENAME | {"place": cells(made(office, 1, "filing"))["地名代码"], "meaning": "街可望江"})
    assert lead(office, number, "approve", on=SECOND) == "approved"
    letter = made(office, number, "approval")
    assert (cells(letter)["标准名称"], cells(letter)["原名称"]) == ("样望江街", "样石桥街")


def test_an_announced_paper_has_its_days_and_no_mark(names_office):
    number = announced(names_office, {**STREET, "candidates": ["样柳岸街"]})["id"]
    paper = made(names_office, number)
    assert "公告前不生效" not in words(paper)
    assert "起生效" in words(paper)
    assert "    年" not in words(paper)


def test_a_deployments_own_template_wins(desk):
    own = desk.settings.var / "papers"
    own.mkdir(parents=True)
    items = "|".join(f"{{{{ {each} }}}}" for each in SIX)
    (own / "announcement.docx").write_bytes(template("本县自用模板", items))
    number = approved(desk)
    assert words(made(desk, number)).startswith("本县自用模板\n样望江街|Yàngwàngjiāng Jiē|样例省")
    shutil.copy(SHIPPED / "announcement.docx", own / "announcement.docx")
    assert cells(made(desk, number))["标准名称"] == "样望江街"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (template("{{ 标准名称 }}"), "缺少必备项目:罗马字母拼写、所属政区"),
        (template("{{ 标准名 }}" + "".join(f"{{{{ {each} }}}}" for each in SIX)), "没有这一项"),
        (template("".join(f"{{{{ {each} }}}}" for each in SIX) + "{{ ''.__class__.__mro__ }}"), "不允许"),
        (b"not a document", "不是 docx"),
    ],
    ids=["incomplete", "unknown item", "hostile", "no document"],
)
def test_a_deployments_bad_template_is_refused_in_one_sentence(desk, content, why):
    own = desk.settings.var / "papers"
    own.mkdir(parents=True)
    (own / "announcement.docx").write_bytes(content)
    with pytest.raises(BadInput, match=why):
        made(desk, approved(desk))


def test_there_are_three_papers(desk):
    with pytest.raises(NotFound):
        made(desk, approved(desk), "../announcement")
    assert {each.stem for each in SHIPPED.glob("*.docx")} == set(PAPERS)


def test_papers_are_signed_by_the_countys_bureau_and_not_by_the_name_of_the_program(desk):
    announcement = words(made(desk, approved(desk)))
    assert "样例县民政局" in announcement
    assert "界址" not in announcement
    assert cells(made(desk, approved(desk), "filing"))["登记单位"] == "样例县民政局"
