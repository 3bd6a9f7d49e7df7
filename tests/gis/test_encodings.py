"""Chinese texts arrive readable, whatever the file says of its encoding."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.encodings import cut_off, decide, fits, guess, named, text_of
from gis.files import Verdict
from tests.gis.sent import NAMES, only, patched, said, shapefile

CPG = ".cpg"


def test_gbk_without_a_cpg_is_guessed_and_shown(tmp_path: Path) -> None:
    shp = shapefile(tmp_path, encoding="GBK")
    shp.with_suffix(CPG).unlink()
    for language in (0x00, 0x4D, 0x57):
        patched(shp.with_suffix(".dbf"), 29, bytes([language]))
        found = only(shp)
        assert (found.verdict, found.encoding) == (Verdict.ACCEPT_WITH_WARNING, "GBK")
        assert list(found.frame["MC"]) == NAMES
        assert found.sample == tuple(NAMES)


@pytest.mark.parametrize(
    ("true", "stated", "verdict"),
    [
        ("GBK", "GB2312", Verdict.ACCEPT),
        ("GBK", "936", Verdict.ACCEPT),
        ("GBK", "UTF-8", Verdict.ACCEPT_WITH_WARNING),
        ("UTF-8", "GBK", Verdict.ACCEPT_WITH_WARNING),
        ("UTF-8", "<!DOCTYPE html><html>", Verdict.ACCEPT_WITH_WARNING),
        ("GBK", "zip", Verdict.ACCEPT_WITH_WARNING),
        ("UTF-8", "65001", Verdict.ACCEPT),
    ],
)
def test_the_bytes_outweigh_the_cpg(tmp_path: Path, true: str, stated: str, verdict: Verdict) -> None:
    shp = shapefile(tmp_path, encoding=true)
    shp.with_suffix(CPG).write_text(stated)
    found = only(shp)
    assert (found.verdict, found.encoding, list(found.frame["MC"])) == (verdict, true, NAMES)


def test_the_sender_has_the_last_word(tmp_path: Path) -> None:
    shp = shapefile(tmp_path, encoding="GBK")
    shp.with_suffix(CPG).unlink()
    assert only(shp, encoding="gbk").encoding == "GBK"
    assert only(shp, encoding="gbk").verdict is Verdict.ACCEPT
    assert "cannot be read as UTF-8" in said(only(shp, encoding="UTF-8"))
    assert only(shp, encoding="UTF-8").encoding == "UTF-8"
    assert only(shp, encoding="hex").verdict is Verdict.ASK


def test_column_names_are_decoded_too(tmp_path: Path) -> None:
    shp = shapefile(tmp_path)
    dbf = shp.with_suffix(".dbf")
    patched(dbf, 32 + 32, "界线名称".encode("gbk") + b"\x00")
    shp.with_suffix(CPG).write_text("GBK")
    patched(dbf, dbf.read_bytes().index(NAMES[0].encode()), "甲".encode("gbk").ljust(12))
    patched(dbf, dbf.read_bytes().index(NAMES[1].encode()), "乙".encode("gbk").ljust(6))
    patched(dbf, dbf.read_bytes().index(NAMES[2].encode()), "丙".encode("gbk").ljust(6))
    assert list(only(shp).frame["界线名称"]) == ["甲", "乙", "丙"]


def test_a_text_cut_in_the_middle_of_a_character_is_told() -> None:
    cut = "长沙县".encode()[:-1]
    found = decide([cut], stated="UTF-8", language=0, chosen=None)
    assert (found.codec, found.text(cut)) == ("utf-8", "长沙")
    (told,) = cut_off({"地名": [cut, cut], "DH": [b"1390000", "样".encode()]}, found.codec)
    assert told.text.en.startswith("2 texts are cut off by the width of their field (地名)")
    assert "长沙" not in told.text.zh, "it may be a name of somebody"
    assert not cut_off({"地名": ["长沙".encode()]}, found.codec)


def test_a_shapefile_says_which_fields_are_too_narrow(tmp_path: Path) -> None:
    shp = shapefile(tmp_path)
    dbf = shp.with_suffix(".dbf")
    place = dbf.read_bytes().index(NAMES[0].encode())
    patched(dbf, place, NAMES[0].encode()[:-1] + b" ")
    found = only(shp)
    assert "1 texts are cut off by the width of their field (MC)" in said(found)


@pytest.mark.parametrize(
    ("texts", "language", "codec"),
    [
        (["蓉湖区", "堃镇"], 0, "gb18030"),  # 堃 is not in GB2312
        (["朱镕村"], 0x57, "gb18030"),
        (["臺北市", "新竹縣竹北市"], 0, "big5"),
        (["臺北市", "新竹縣竹北市"], 0x57, "big5"),
        (["Ñandú", "café"], 0, "cp1252"),
        (["Łódź"], 0xC8, "cp1250"),
    ],
)
def test_guesses_follow_the_evidence(texts: list[str], language: int, codec: str) -> None:
    assert guess([each.encode(codec) for each in texts], language) == codec


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("UTF-8", "utf-8"), ("utf8\n", "utf-8"), ("\ufeffUTF-8", "utf-8"), ("ANSI 936", "gb18030"), ("CP936", "gb18030"),
        ("GBK", "gb18030"), ("GB18030", "gb18030"), ("54936", "gb18030"), ("Big5", "big5"), ("950", "cp950"),
        ("ISO 88591", "iso8859-1"), ("ISO-8859-1", "iso8859-1"), ("8859_1", "iso8859-1"), ("1252", "cp1252"), ("", None),
        ("base64", None), ("../etc", None), ("a" * 99, None), ("rot13", None),
    ],
)  # fmt: skip
def test_names_of_encodings_as_people_write_them(name: str, codec: str | None) -> None:
    assert named(name) == codec


@given(st.lists(st.binary(max_size=30), max_size=8), st.none() | st.text(max_size=9), st.integers(0, 255))
def test_any_bytes_become_some_text(raw: list[bytes], stated: str | None, language: int) -> None:
    found = decide(raw, stated=stated, language=language, chosen=None)
    assert all(isinstance(found.text(each), str) for each in raw)


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=3, max_size=12))
def test_chinese_in_utf8_is_never_taken_for_gbk(text: str) -> None:
    assert guess([text.encode()], 0x4D) == "utf-8"
    assert text_of(text.encode()) == text
    assert fits([text.encode("gb18030")], "gb18030")
