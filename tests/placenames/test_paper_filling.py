"""Filling papers: values stay values, and a template can do nothing but write them down."""

from __future__ import annotations

import io
import re
import time
import zipfile

import docx
import pytest

from gis.errors import BadInput
from placenames.casework import paper_filling
from placenames.casework.case_papers import SHIPPED

VALUES = {"标准名称": "样望江街", "批准机关": "样例县人民政府"}
EVIL = ["{{ 7*7 }}", "{% raw %}", "<script>alert(1)</script>", "样&桥<街>\"'", "]]>", "&amp;&lt;", "{{r x }}", "{#", "}}"]
HOSTILE = {
    "dunder": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "format": "{{ '{0.__class__}'.format(标准名称) }}",
    "attribute filter": "{{ (标准名称|attr('__class__')).mro() }}",
    "global": "{{ lipsum.__globals__['os'].popen('id').read() }}",
    "cycler": "{{ cycler.__init__.__globals__ }}",
    "self": "{{ self.__init__.__globals__ }}",
    "include": "{% include '/etc/passwd' %}",
    "import": "{% import 'os' as os %}",
    "extends": "{% extends 'x' %}",
    "unknown": "{{ 标准名 }}",
    "syntax": "{{ 标准名称 ",
    "block": "{% if 标准名称 %}",
    "division": "{{ 1/0 }}",
    "types": "{{ 标准名称 + 1 }}",
    "recursion": "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
}


def template(*paragraphs: str) -> bytes:
    """A Word document with these paragraphs."""
    document, out = docx.Document(), io.BytesIO()
    for words in paragraphs:
        document.add_paragraph(words)
    document.save(out)
    return out.getvalue()


def text_of(content: bytes) -> list[str]:
    return [each.text for each in docx.Document(io.BytesIO(content)).paragraphs]


def test_values_take_their_places():
    made = paper_filling.filled(template("名称:{{ 标准名称 }}", "{{ 批准机关 }}批准"), VALUES)
    assert text_of(made) == ["名称:样望江街", "样例县人民政府批准"]


@pytest.mark.parametrize("value", EVIL)
def test_a_value_is_written_down_as_it_is(value):
    assert text_of(paper_filling.filled(template("{{ 标准名称 }}"), {"标准名称": value})) == [value]


def test_a_value_cannot_begin_a_page_or_break_the_document():
    made = paper_filling.filled(template("{{ 标准名称 }}"), {"标准名称": "样\x0c\x07\x00\x0b桥\ud800\uffff街"})
    assert text_of(made) == ["样桥街"]


@pytest.mark.parametrize("fill", [paper_filling.filled, paper_filling.filled_apart], ids=["here", "apart"])
@pytest.mark.parametrize("words", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_or_broken_template_ends_in_one_sentence(fill, words):
    with pytest.raises(BadInput) as refused:
        fill(template(words), VALUES)
    said = refused.value.text
    assert said.zh.startswith("文书模板")
    assert said.en.startswith("the template of the paper is refused")
    assert "\n" not in said.zh + said.en
    assert "uid=" not in said.zh


ENDLESS = {"time": "{% for a in '123456789'*999 %}" * 3 + "x" + "{% endfor %}" * 3, "memory": "{{ 'x' * 4000000000 }}"}


@pytest.mark.parametrize("words", ENDLESS.values(), ids=ENDLESS)
def test_a_template_that_never_ends_is_stopped(words, monkeypatch):
    monkeypatch.setattr(paper_filling, "SECONDS", 3)
    begun = time.monotonic()
    with pytest.raises(BadInput, match="文书模板"):
        paper_filling.filled_apart(template(words), VALUES)
    assert time.monotonic() - begun < 15


def test_a_process_apart_makes_the_same_document():
    given = template("{{ 标准名称 }}")
    assert text_of(paper_filling.filled_apart(given, VALUES)) == ["样望江街"]


def test_a_template_that_leaves_out_what_is_compulsory_is_refused():
    with pytest.raises(BadInput, match="缺少必备项目:批准机关"):
        paper_filling.filled(template("{{ 标准名称 }}"), VALUES, ("标准名称", "批准机关"))


def bomb() -> bytes:
    out = io.BytesIO(template("{{ 标准名称 }}"))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/zeros.bin", b"\0" * (80 << 20))
    return out.getvalue()


def entities() -> bytes:
    """A document whose text is a million laughs."""
    plain, out = template("{{ 标准名称 }}"), io.BytesIO()
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
    with zipfile.ZipFile(io.BytesIO(plain)) as old, zipfile.ZipFile(out, "w") as new:
        for each in old.infolist():
            content = old.read(each)
            if each.filename == "word/document.xml":
                head, _, rest = content.decode().partition("?>")
                rest = rest.replace("{{ 标准名称 }}", "&l8;")
                content = f'{head}?><!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]>{rest}'.encode()
            new.writestr(each, content)
    return out.getvalue()


UNSOUND = {
    "empty": b"",
    "text": b"not a document",
    "broken": b"PK\x03\x04broken",
    "bomb": bomb(),
    "million laughs": entities(),
}


@pytest.mark.parametrize("content", UNSOUND.values(), ids=UNSOUND)
def test_a_file_that_is_no_sound_document_is_refused(content):
    with pytest.raises(BadInput, match="文书模板"):
        paper_filling.filled_apart(content, VALUES)


@pytest.mark.parametrize("kind", ["announcement", "filing", "approval"])
def test_a_shipped_template_is_chinese_in_every_respect(kind):
    with zipfile.ZipFile(SHIPPED / f"{kind}.docx") as archive:
        styles, body = archive.read("word/styles.xml").decode(), archive.read("word/document.xml").decode()
        names = archive.namelist()
    assert 'w:eastAsia="zh-CN"' in styles
    assert {"宋体", "黑体"} <= set(re.findall(r'w:eastAsia="([^"]+)"', body))
    assert not [each for each in names if each.endswith((".bin", ".jpeg", ".vml")) or "macro" in each.lower()]
