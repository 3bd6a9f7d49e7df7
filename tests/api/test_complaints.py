"""What is wrong with a parameter is said in the reader's language, never in the words of a library."""

import re

import pytest
from pydantic_core._pydantic_core import list_all_errors

from api.complaints import INVALID, WORDS, complaint
from tests.conftest import COUNTY, Office, is_problem

FAULTS = {each["type"]: each for each in list_all_errors()}
LATIN = re.compile(r"[A-Za-z]{3,}")
OURS = {"JSON", "UUID", "ISO", "true", "false"}


@pytest.mark.parametrize("kind", WORDS)
def test_every_sentence_belongs_to_a_fault_and_takes_its_values(kind):
    values = FAULTS[kind].get("example_context") or {}
    said = complaint({"type": kind, "ctx": values, "msg": "in English"})
    assert "{" not in said.zh + said.en
    assert re.search(r"[\u4e00-\u9fff]", said.zh)
    given = {word for value in values.values() for word in LATIN.findall(str(value))}
    assert set(LATIN.findall(said.zh)) <= OURS | given
    for value in WORDS[kind].zh, WORDS[kind].en:
        assert {*re.findall(r"{(\w+)}", value)} <= set(values)


def test_a_fault_without_a_sentence_is_still_in_both_languages():
    for fault in ({"type": "ip_any_address", "msg": "x"}, {"type": "greater_than", "msg": "x"}):
        assert complaint(fault) == INVALID


@pytest.mark.parametrize(
    ("path", "zh", "en"),
    [
        ("/units/at?lon=110", "参数 lat 无效:必须填写", "parameter lat is not valid: it is missing"),
        (
            "/units/at?lon=x&lat=30",
            "参数 lon 无效:应为数字",
            "parameter lon is not valid: it should be a number",
        ),
        (
            "/collections/lines/items?limit=many",
            "参数 limit 无效:应为整数",
            "parameter limit is not valid: it should be a whole number",
        ),
        (
            f"/collections/lines/items?next={'x' * 500}",
            "参数 next 无效:太长,至多 400 个字符",
            "parameter next is not valid: it is too long: at most 400 characters",
        ),
    ],
)
def test_parameters_are_refused_in_both_languages(reading_office: Office, path, zh, en):
    answer = reading_office.client().get(path)
    assert is_problem(answer, 400)
    assert answer.json()["message"] == {"zh": zh, "en": en}
    assert answer.json()["detail"] == zh
    page = reading_office.client().get(path, headers={"accept": "text/html"}).text
    assert zh in page
    assert "Input should" not in page


def test_what_a_form_lacks_is_said_too(reading_office: Office):
    client = reading_office.client("surveyor")
    missing = client.post("/submissions", data={"title": COUNTY}).json()["message"]
    assert missing == {"zh": "参数 files 无效:必须填写", "en": "parameter files is not valid: it is missing"}
    words = client.post("/submissions", data={"files": "no file"}).json()["message"]
    assert words["zh"].endswith("应为上传的文件")
    broken = client.post("/submissions", content=b"x", headers={"content-type": "multipart/form-data"}).json()
    assert broken["message"]["zh"] == "请求内容无法解析"
