"""Rules about what the fields of addresses hold: short plain texts, names without numbers, numbers without zeros before."""

from __future__ import annotations

import pytest

from gis.intake.rules import Severity
from tests.naming import LittleCounty
from tests.placenames.plates import Plates, rows_of, said


@pytest.fixture
def plates(little_county: LittleCounty) -> Plates:
    return Plates(little_county)


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("building", "幢" * 51, "幢号长 51 个字,至多 50 个"),
        ("room", "1" * 51, "户室号长 51 个字"),
        ("estate", "样" * 51, "小区、院落长 51 个字"),
        ("sent_text", "样" * 301, "来文地址长 301 个字"),
        ("former", "样" * 501, "原门牌长 501 个字"),
        ("street", "=1+1", "街路巷“=1+1”像是公式或网页标记"),
        ("cell", "<script>x", "单元“<script>x”像是公式或网页标记"),
        ("document", "+HYPERLINK(1)", "像是公式或网页标记"),
    ],
)
def test_ad24_breaks_where_a_text_is_long_or_more_than_text(plates, field, text, words):
    findings = plates.finds("AD24", plates.address(**{"number": "2号", field: text}), plates.address("4号"))
    assert rows_of(findings) == [1]
    assert words in said(findings)
    assert findings[0].severity is Severity.ERROR


@pytest.mark.parametrize("field", ["street", "hamlet", "community", "estate", "number", "room", "sent_text", "former"])
def test_ad24_breaks_where_a_character_was_broken(plates, field):
    row = plates.address(**{"number": "2号", field: "样\ufffd1号"})
    findings = plates.finds("AD24", plates.address("4号"), row)
    assert "“样\ufffd1号”中有损坏的字符" in said(findings)
    assert "UTF-8 或 GBK" in findings[0].fix.zh
    assert (findings[0].row, findings[0].severity) == (2, Severity.ERROR)


def test_marks_of_direction_make_no_other_street(plates):
    plates.has(plates.address("2号", code="OLD"))
    rows = [plates.address("2号", street=f"样{mark}柳路", code="NEW") for mark in "\u200e\u202e\u2069"]
    assert rows_of(plates.finds("AD10", rows[0])) == rows_of(plates.finds("AD10", rows[1])) == [1]
    assert rows_of(plates.finds("AD10", rows[2])) == [1]


def test_ad24_passes_short_plain_texts(plates):
    former = "样街1号、样街3号"
    row = plates.address("2号", building="A-1幢", room="-101室", former=former, sent_text="样柳路2号", estate="5+1小区")
    assert plates.finds("AD24", row) == []


@pytest.mark.parametrize(
    ("field", "name"),
    [("street", "样柳路12号"), ("hamlet", "样坪３号"), ("estate", "样福小区十二號"), ("community", "样坪村7号")],
)
def test_ad25_breaks_where_a_name_ends_in_a_number(plates, field, name):
    rows = [plates.address("717号", **{field: name}), plates.address("719号", **{field: name}), plates.address("4号")]
    findings = plates.finds("AD25", *rows)
    assert rows_of(findings) == [1]
    assert "以门牌号结尾(2 条地址)" in said(findings)
    assert findings[0].severity is Severity.ERROR


def test_ad25_passes_names_that_are_registered_and_numbers_within_names(plates):
    plates.street("样柳1号")
    within = plates.address("4号", street="二号路", estate="12号院")
    assert plates.finds("AD25", plates.address("2号", street="样柳1号"), within, plates.address("6号")) == []


@pytest.mark.parametrize(("number", "read"), [("0221号", "221号"), ("12-03号", "12-3号"), ("００7號", "7号")])
def test_ad26_breaks_where_zeros_stand_before_a_number(plates, number, read):
    findings = plates.finds("AD26", plates.address(number), plates.address("100号"))
    assert f"按 {read} 入库" in said(findings)
    assert findings[0].severity is Severity.NOTE


def test_ad26_passes_other_zeros(plates):
    rows = [plates.address(each) for each in ("100号", "A012号", "12.05号", "10-20号", None)]
    assert plates.finds("AD26", *rows) == []


def test_zeros_before_a_number_make_no_other_plate(plates):
    plates.has(plates.address("221号", code="OLD"))
    assert rows_of(plates.finds("AD10", plates.address("0221号", code="NEW"))) == [1]
