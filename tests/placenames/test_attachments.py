"""Attachments: what is taken, what is refused, and that nothing of it is opened here."""

from __future__ import annotations

import io
import struct
import threading
import zipfile
from dataclasses import replace

import pytest
from sqlalchemy import select

from gis.errors import BadInput, Conflict, NotFound, TooLarge
from gis.people import deeds
from placenames.casework import attachment_types, attachments
from placenames.casework.attachment_types import TYPES
from placenames.casework.attachments import ATTACHMENTS
from tests.placenames.case_desk import somebody
from tests.placenames.streets import case, with_clerks

SAMPLES = {
    ".pdf": b"%PDF-1.4\n%sample",
    ".docx": b"PK\x03\x04sample",
    ".xlsx": b"PK\x03\x04other",
    ".doc": bytes.fromhex("d0cf11e0a1b11ae1") + b"sample",
    ".xls": bytes.fromhex("d0cf11e0a1b11ae1") + b"other",
    ".ofd": b"PK\x03\x04ofd",
    ".zip": b"PK\x03\x04zip",
    ".png": b"\x89PNG\r\n\x1a\nsample",
    ".jpg": b"\xff\xd8\xff\xe0sample",
    ".jpeg": b"\xff\xd8\xff\xe1sample",
    ".tif": b"II*\0sample",
    ".txt": "样例文本\r\n第二行".encode("gb18030"),
}
PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00" + b"\0" * 64
HARMFUL = {"exe": PROGRAM, "html": b"<html><script>alert(1)</script>", "sh": b"#!/bin/sh\nrm -rf /"}


@pytest.fixture
def desk(office):
    return with_clerks(office)


def keep(office, number, name, content, kind="plan", settings=None):
    with office.database.writing() as tx:
        person = somebody(tx, "staff")
        return attachments.keep(tx, person, number, kind, name, io.BytesIO(content), settings or office.settings)


def stored(office):
    return [path for path in (office.settings.var / "uploads").rglob("*") if path.is_file()]


def listed(office, number):
    with office.database.writing() as tx:
        return attachments.of_case(tx, number)


def test_every_kind_of_file_has_a_sample():
    assert set(SAMPLES) == set(TYPES)


@pytest.mark.parametrize("ending", SAMPLES)
def test_what_is_attached_comes_back_byte_for_byte_under_its_name(desk, ending):
    number, name = case(desk), f"样例 方案{ending.upper()}"
    added = keep(desk, number, name, SAMPLES[ending])
    with desk.database.writing() as tx:
        found = attachments.opened(tx, number, added, desk.settings)
    assert (found.path.read_bytes(), found.name, found.type) == (SAMPLES[ending], name, TYPES[ending][0])


@pytest.mark.parametrize("ending", [each for each in SAMPLES if each != ".txt"])
@pytest.mark.parametrize("content", HARMFUL.values(), ids=HARMFUL)
def test_a_program_is_not_taken_under_any_ending(desk, ending, content):
    number = case(desk)
    with pytest.raises(BadInput, match=r"内容不是"):
        keep(desk, number, f"方案{ending}", content)
    assert stored(desk) == []
    assert listed(desk, number) == []


def test_a_program_is_no_text_either(desk):
    with pytest.raises(BadInput, match="内容不是"):
        keep(desk, case(desk), "说明.txt", PROGRAM)


@pytest.mark.parametrize("name", ["a.exe", "a.html", "a.svg", "a.pdf.exe", "a", ".pdf", "", "pdf", "a.docm", "a.pdf "])
def test_other_endings_are_refused_with_what_may_come(desk, name):
    number = case(desk)
    with pytest.raises(BadInput, match="不接收"):
        keep(desk, number, name, SAMPLES[".pdf"])


def test_a_path_in_a_name_leads_nowhere(desk):
    number = case(desk)
    for name in ("../../../etc/passwd.pdf", "C:\\windows\\方案.pdf", "/etc/方案\0.pdf"):
        keep(desk, number, name, SAMPLES[".pdf"] + name.encode())
    assert {each["name"] for each in listed(desk, number)} == {"passwd.pdf", "方案.pdf", "方案\ufffd.pdf"}
    uploads = desk.settings.var / "uploads"
    assert all(path.parent.parent == uploads and len(path.name) == 64 for path in stored(desk))


def test_letters_that_turn_the_reading_direction_are_left_out(desk):
    number = case(desk)
    keep(desk, number, "方案\u202efdp.txt", SAMPLES[".txt"])
    assert [each["name"] for each in listed(desk, number)] == ["方案fdp.txt"]


def test_an_endless_name_is_cut_and_keeps_its_ending(desk):
    number = case(desk)
    keep(desk, number, "长" * 5000 + ".pdf", SAMPLES[".pdf"])
    (found,) = listed(desk, number)
    assert len(found["name"]) < 100
    assert found["name"].endswith(".pdf")


def test_a_zip_bomb_is_kept_as_it_came_and_never_unpacked(desk):
    """Two gigabytes of nothing in two megabytes: kept in the time of two megabytes."""
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("bomb", "w", force_zip64=True) as inside:
        for _ in range(256):
            inside.write(b"\0" * (8 << 20))
    content = bomb.getvalue()
    number = case(desk)
    keep(desk, number, "材料.zip", content)
    assert [path.stat().st_size for path in stored(desk)] == [len(content)]


def test_a_paper_beyond_the_limit_is_refused_and_leaves_nothing(desk):
    small = replace(desk.settings, attachment_mb=1)
    with pytest.raises(TooLarge, match="1 MB"):
        keep(desk, case(desk), "图.tif", SAMPLES[".tif"] + b"\1" * (1 << 20), settings=small)
    assert stored(desk) == []


def test_an_empty_paper_is_refused(desk):
    with pytest.raises(BadInput, match="是空的"):
        keep(desk, case(desk), "空.pdf", b"")


def test_the_same_content_twice_is_one_paper_of_a_case_and_one_file_of_all(desk):
    first, second = case(desk), case(desk)
    added = keep(desk, first, "方案.pdf", SAMPLES[".pdf"])
    assert keep(desk, first, "同一方案.pdf", SAMPLES[".pdf"], "other") == added
    assert keep(desk, second, "方案.pdf", SAMPLES[".pdf"]) != added
    assert len(listed(desk, first)) == 1
    assert len(stored(desk)) == 1


def test_the_same_content_twice_at_once_is_one_paper(desk):
    number, found = case(desk), []
    threads = [
        threading.Thread(target=lambda: found.append(keep(desk, number, "方案.pdf", SAMPLES[".pdf"]))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1


def test_a_case_takes_only_so_many(desk, monkeypatch):
    monkeypatch.setattr(attachments, "MOST", 2)
    number = case(desk)
    for content in (b"1", b"2"):
        keep(desk, number, "方案.pdf", SAMPLES[".pdf"] + content)
    with pytest.raises(Conflict, match="最多 2 份"):
        keep(desk, number, "方案.pdf", SAMPLES[".pdf"] + b"3")


def test_an_unknown_kind_of_paper_is_refused(desk):
    with pytest.raises(BadInput, match="没有材料种类"):
        keep(desk, case(desk), "方案.pdf", SAMPLES[".pdf"], kind="{0.__class__}")


def test_a_paper_of_another_case_is_not_found_under_this_one(desk):
    first, second = case(desk), case(desk)
    added = keep(desk, first, "方案.pdf", SAMPLES[".pdf"])
    with desk.database.writing() as tx, pytest.raises(NotFound):
        attachments.opened(tx, second, added, desk.settings)


def test_a_file_that_is_gone_is_said_to_be_gone(desk):
    number = case(desk)
    added = keep(desk, number, "方案.pdf", SAMPLES[".pdf"])
    stored(desk)[0].unlink()
    with desk.database.writing() as tx, pytest.raises(NotFound, match="已不在库中"):
        attachments.opened(tx, number, added, desk.settings)


def test_attaching_is_an_event_with_the_person(desk):
    number = case(desk)
    added = keep(desk, number, "方案.pdf", SAMPLES[".pdf"])
    with desk.database.writing() as tx:
        (event,) = deeds(tx, f"case/{number}")
        assert tx.scalar(select(ATTACHMENTS.c.person)) == event["person"]
    assert (event["verb"], event["who"], event["detail"]["attachment"]) == ("attach", "staff", added)


def test_text_may_be_utf16_and_a_picture_big_endian():
    fits = {ending: check for ending, (_, check) in TYPES.items()}
    assert fits[".txt"]("样例".encode("utf-16"))
    assert fits[".tif"](b"MM\0*" + struct.pack(">I", 8))
    assert not fits[".txt"](b"a\0b")
    assert attachment_types.plain("方\u200b案.pdf") == "方案.pdf"
