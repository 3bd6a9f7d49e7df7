"""Rules about persons in texts of addresses: what must not be published with a number."""

from __future__ import annotations

import pytest

from gis.intake.rules import Severity
from placenames.addresses.addresses import ADDRESSES
from tests.naming import LittleCounty
from tests.placenames.plates import Plates, said


@pytest.fixture
def plates(little_county: LittleCounty) -> Plates:
    return Plates(little_county)


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("sent_text", "样柳路2号 收件人样某某13900000000", "来文地址含有电话号码"),
        ("former", "样街3号,139 0000 0000", "原门牌含有电话号码"),
        ("former", "样街3号(户主样某)", "原门牌含有收件人"),
        ("room", "101室0990-6543210", "户室号含有电话号码"),
        ("estate", "样福小区13900000000", "小区、院落含有电话号码"),
        ("number", "2号 TEL 6543210", "门牌号含有电话号码"),
        ("document", "样政函〔2026〕1号 联系人:样某", "编制文号含有收件人"),
        ("certificate", "证001 110101190001010018", "门牌证号含有身份证号码"),
        ("building", "11010119000101001x", "幢号含有身份证号码"),
    ],
)
def test_ad23_breaks_where_a_text_tells_of_a_person(plates, field, text, words):
    findings = plates.finds("AD23", plates.address(**{"number": "2号", field: text}), plates.address("4号"))
    assert words in said(findings)
    assert findings[0].severity is Severity.ERROR
    assert text not in findings[0].message.zh


@pytest.mark.parametrize(("field", "text"), [("building", "张样样"), ("former", "张样样家"), ("room", "李 样")])
def test_ad23_breaks_with_a_warning_where_a_text_may_be_a_name(plates, field, text):
    findings = plates.finds("AD23", plates.address("2号", **{field: text}))
    assert "像是姓名" in said(findings)
    assert findings[0].severity is Severity.WARNING


def test_ad23_passes_numbers_and_names_of_places(plates):
    rows = [
        plates.address("1390号", building="南楼", room="1501室", former="样街3号(1966—1981),李家湾5号"),
        plates.address("12-3号", estate="电话局宿舍", sent_text="样例县石桥镇样柳路12-3号3幢2单元501室", building="望江阁"),
        plates.address("8号", certificate="13900000000", code="13900000000", street_code="33010100210000000001"),
        plates.address("1002-1388号", estate="业主之家", community="人民社区", document="样政函〔2026〕13号"),
    ]
    assert plates.finds("AD23", *rows) == []


def test_what_was_sent_as_a_whole_is_internal():
    assert not ADDRESSES.field("sent_text").public
