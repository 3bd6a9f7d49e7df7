"""Listed words, odd symbols and lengths."""

from datetime import date

import pytest

from placenames.language.screening import hits, length_problem, odd_symbols, words_of
from placenames.language.wording import folded, split
from placenames.shipped import rows, source_of

TODAY = date(2026, 6, 1)


@pytest.mark.parametrize(
    ("name", "word", "kind", "rule", "severity"),
    [
        ("样例宇宙城", "宇宙", "大", "PN02", "warning"),
        ("环球中心", "环球", "大", "PN02", "warning"),
        ("风情小镇", "小镇", "大", "PN02", "note"),
        ("加州商业广场", "加州", "洋", "PN05", "error"),
        ("帕提欧公馆", "帕提欧", "洋", "PN05", "error"),
        ("威 尼·斯水城", "威尼斯", "洋", "PN05", "error"),
        ("威尼斯水城", "威尼斯", "洋", "PN05", "error"),
        ("普羅旺斯花园", "普罗旺斯", "外国地名", "PN05", "error"),
        ("柏林庄", "柏林", "外国地名", "PN05", "note"),
        ("列宁公园", "列宁", "外国人名", "PN05", "error"),
        ("毛泽东大道", "毛泽东", "领导人", "PN04", "error"),
        ("孙悟空路", "孙悟空", "人名", "PN04", "warning"),
        ("黄泉路", "黄泉", "怪", "PN01", "warning"),
        ("星巴克大厦", "星巴克", "企业", "PN06", "warning"),
        ("长江路", "长江", "著名实体", "PN07", "note"),
        ("鬼市街", "鬼", "含义", "PN01", "note"),
    ],
)
def test_a_listed_word_is_found(name: str, word: str, kind: str, rule: str, severity: str):
    (hit,) = hits(name, TODAY)
    assert (hit.word, hit.kind, hit.rule, hit.severity) == (word, kind, rule, severity)


@pytest.mark.parametrize("name", ["人民路", "样例村", "丹枫苑", "", "武夷路"])
def test_an_innocent_name_hits_nothing(name: str):
    assert not hits(name, TODAY)


def test_words_come_in_their_order_and_each_once():
    assert [hit.word for hit in hits("世界天下世界城", TODAY)] == ["世界", "天下"]


def test_a_longer_word_goes_before_a_shorter_one_inside_it():
    assert [hit.word for hit in hits("澳大利亚街", TODAY)] == ["澳大利亚"]


def test_what_only_a_person_can_judge_is_for_the_checklist():
    assert [hit.checklist for hit in hits("鬼市加州街", TODAY)] == [True, False]


def test_a_local_list_holds_in_its_place_only():
    assert [hit.word for hit in hits("样例帝都花园", TODAY, "370101")] == ["帝都"]
    assert not hits("样例帝都花园", TODAY, "330381")
    assert not hits("样例帝都花园", TODAY)


def test_a_list_holds_from_its_day():
    assert not hits("样例宇宙城", date(2018, 12, 9))
    assert hits("样例宇宙城", date(2018, 12, 10))


def test_a_hit_says_why_and_what_is_exempt():
    (hit,) = hits("列宁公园", TODAY)
    assert "纪念" in hit.exemption.zh
    assert "foreign" in hit.criterion.en
    assert hit.law.citation == "地名管理条例(国务院令第753号) 第九条第(五)项"
    assert (hit.law.grade, hit.source.grade) == ("A", "I")


def test_words_can_be_asked_by_their_kind():
    assert {"泰山", "长江", "故宫"} <= words_of("著名实体", TODAY)
    assert "宇宙" not in words_of("著名实体", TODAY)
    assert words_of("重", TODAY) == frozenset()


def test_every_word_is_folded_and_belongs_to_a_kind():
    kinds = {row["kind"]: row for row in rows("screening_kinds.csv")}
    listed = list(rows("screened_words.csv"))
    assert len({(row["kind"], row["word"], row["jurisdiction"]) for row in listed}) == len(listed) > 300
    for row in listed:
        assert row["word"] == folded(row["word"])
        assert row["kind"] in kinds, row
        assert (row["severity"] or kinds[row["kind"]]["severity"]) in {"error", "warning", "note"}
        assert source_of(row).title
    for row in kinds.values():
        assert all(
            row[column] for column in ("criterion", "criterion_en", "exemption", "exemption_en", "rule")
        ), row
        assert row["checklist"] in {"true", "false"}
        assert source_of(row).title


@pytest.mark.parametrize(
    ("name", "category", "found"),
    [
        ("人民路", "ROD", []),
        ("二〇一路", "ROD", [("numeric", "二〇一", "note")]),
        ("五一路", "ROD", [("numeric", "五一", "note")]),
        ("五一东路", "ROD", []),
        ("24克拉", "RES", [("digit", "24", "error")]),
        ("8哩岛", "", [("digit", "8", "error")]),
        ("８号院", "", [("digit", "８", "error")]),
        ("EE新城", "RES", [("letter", "EE", "error")]),
        ("MOMOPARK", "RES", [("letter", "MOMOPARK", "error")]),
        ("A座8号", "RES", [("letter", "A", "error"), ("digit", "8", "error")]),
        ("样例·花园", "RES", [("symbol", "·", "error")]),
        ("样例-花园-小区", "RES", [("symbol", "-", "error")]),
        ("人民路(东段)", "ROD", [("symbol", "(", "error"), ("symbol", ")", "error")]),
        ("人民 路", "ROD", [("symbol", " ", "error")]),
        ("G60高速公路", "FAC", [("letter", "G", "warning"), ("digit", "60", "warning")]),
        ("1203高地", "NAT", [("digit", "1203", "warning")]),
        ("G60花园", "RES", [("letter", "G", "error"), ("digit", "60", "error")]),
        ("𬇕洲村", "VIL", []),
        ("", "", []),
    ],
)
def test_what_is_no_character_is_told(name: str, category: str, found: list[tuple[str, str, str]]):
    assert [(each.kind, each.found, each.severity) for each in odd_symbols(name, category)] == found
    assert all(each.found in each.text.zh for each in odd_symbols(name, category))


@pytest.mark.parametrize(
    ("name", "category", "kind", "severity"),
    [
        ("南京路", "ROD", None, None),
        ("朝阳门内大街", "ROD", None, None),
        ("样例湿地森林公园", "PRK", "long", "note"),
        ("样例新世纪国际商务花园", "RES", "too_long", "warning"),
        ("人民", "ROD", "no_generic", "warning"),
        ("王村", "VIL", "short_specific", "warning"),
        ("", "ROD", "no_specific", "warning"),
    ],
)
def test_the_gravest_misfit_of_length_is_told(
    name: str, category: str, kind: str | None, severity: str | None
):
    problem = length_problem(*split(name, category))
    assert (problem and (problem.kind, problem.severity)) == (kind and (kind, severity))


def test_a_misfit_tells_its_numbers():
    problem = length_problem("样例新世纪国际商务", "花园")
    assert problem
    assert problem.text.zh == "共 11 个字,超过 8 个字"
