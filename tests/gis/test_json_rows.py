"""Long JSON lists, element by element."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gis import json_rows
from gis.errors import BadInput
from gis.json_rows import LONGEST_ELEMENT, elements_of


def sent(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "sent.json"
    path.write_text(text, encoding)
    return path


@pytest.mark.parametrize(
    "text", ["[]", " [ ] \n", '["样"]', '\n[ 1 ,\t{"q": "样[,]"}, [[], null], true, -1.5e3, "\\ud800" ]\n']
)
def test_a_list_is_read_as_json_reads_it(tmp_path, text):
    assert list(elements_of(sent(tmp_path, text))) == json.loads(text)
    assert list(elements_of(sent(tmp_path, text, "utf-8-sig"))) == json.loads(text)


@pytest.mark.parametrize("block", [1, 2, 7, 1000])
def test_wherever_it_is_cut_it_is_read_the_same(tmp_path, monkeypatch, block):
    monkeypatch.setattr(json_rows, "BLOCK", block)
    monkeypatch.setattr(json_rows, "LONGEST_ELEMENT", 60)
    rows = [{"q": f"样柳路{n}号", "n": n} if n % 3 else n * 12345 for n in range(200)]
    for separators in ((",", ":"), (" , ", " : ")):
        text = json.dumps(rows, ensure_ascii=bool(block % 2), separators=separators)
        assert list(elements_of(sent(tmp_path, text))) == rows


@pytest.mark.parametrize(
    "text",
    ["", "{}", "1", "[", "[1", "[1,", "[1 2]", "[1]]", "[1,]", "[,1]", "[nul]", "[" * 9999, f'["{"x" * LONGEST_ELEMENT}"]'],
)
def test_what_is_no_list_is_refused(tmp_path, text):
    with pytest.raises(BadInput):
        list(elements_of(sent(tmp_path, text)))


def test_a_list_that_breaks_off_says_where(tmp_path):
    with pytest.raises(BadInput, match="第 2 个元素之后没有结束"):
        list(elements_of(sent(tmp_path, "[1, 2 \n")))


def test_the_element_that_is_broken_is_named(tmp_path):
    with pytest.raises(BadInput, match="第 3 个元素"):
        list(elements_of(sent(tmp_path, "[1, 2, {]")))
