"""Archives are opened so that nothing in them can do harm."""

import struct
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from gis import archives
from gis.archives import unpack
from gis.errors import TooLarge, UnreadableFile
from gis.files import Answers, Verdict, read
from tests.gis.sent import NAMES, SETTINGS, parts, reading, shapefile, zipped


def test_names_in_cp936_are_decoded(tmp_path: Path) -> None:
    shp = shapefile(tmp_path / "x")
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w") as out:
        for name, content in parts(shp).items():
            out.writestr(zipfile.ZipInfo("XX/" + name), content)
    archive.write_bytes(archive.read_bytes().replace(b"XX/", "界".encode("gbk") + b"/"))
    result = reading(archive)
    assert result.verdict is Verdict.ACCEPT
    with zipfile.ZipFile(archive) as opened:
        assert not opened.infolist()[0].filename.startswith("界")
    folder = tmp_path / "out"
    folder.mkdir()
    assert str(unpack(archive, folder, SETTINGS).members[0].name) == "界/units.cpg"


@pytest.mark.parametrize(
    "name", ["../units.shp", "/etc/units.shp", "a/../../b.shp", "C:\\x\\units.shp", "..\\b.shp"]
)
def test_names_that_point_outside_are_refused(tmp_path: Path, name: str) -> None:
    result = reading(zipped(tmp_path / "a.zip", {name: b"x"} | parts(shapefile(tmp_path / "x"))))
    assert result.verdict is Verdict.REJECT
    assert "points outside" in str(result.reason)
    assert not (tmp_path / "b.shp").exists()


def test_links_are_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("units.shp")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as out:
        out.writestr(link, "/etc/passwd")
    assert "points outside" in str(reading(tmp_path / "a.zip").reason)


def test_what_unpacks_to_too_much_is_stopped_while_unpacking(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "a.zip", {"a.shp": bytes(3_000_000), "a.dbf": b"x"})
    small = replace(SETTINGS, unpacked_mb=2)
    assert archive.stat().st_size < 10_000
    with pytest.raises(TooLarge):
        unpack(archive, tmp_path, small)
    lying = archive.read_bytes().replace(struct.pack("<I", 3_000_000), struct.pack("<I", 30))
    archive.write_bytes(lying)
    assert read(archive, Answers(), small).verdict is Verdict.REJECT
    assert sum(each.stat().st_size for each in tmp_path.glob("*.shp")) <= 2_000_000


def bomb(path: Path, megabytes: int, *names: str) -> Path:
    """A zip of zeros, each member of so many megabytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name in names:
            with out.open(name, "w") as member:
                for _ in range(megabytes):
                    member.write(bytes(1_000_000))
    return path


def test_a_bomb_is_refused_before_anything_is_unpacked(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    for archive, settings in (
        (bomb(tmp_path / "a.zip", 60, "a.shp", "a.dbf"), SETTINGS),  # within the limit, but out of nothing
        (bomb(tmp_path / "b.zip", 2, "b.shp", "b.dbf"), replace(SETTINGS, unpacked_mb=3)),
    ):
        with pytest.raises(TooLarge):
            unpack(archive, out, settings)
        assert list(out.iterdir()) == []
    result = reading(tmp_path / "a.zip")
    assert result.verdict is Verdict.REJECT
    assert "unpacks to more" in str(result.reason)


def test_what_is_not_read_does_not_count(tmp_path: Path) -> None:
    sound = parts(shapefile(tmp_path / "x"))
    archive = zipped(tmp_path / "a.zip", sound | {"photo.tif": bytes(110_000_000)})
    assert reading(archive).verdict is Verdict.ACCEPT


def test_a_wide_table_of_blanks_is_no_bomb(tmp_path: Path) -> None:
    """Twenty columns of 254 letters, nearly all empty: as desktop programs make them when nobody says how wide."""
    rows = b"".join(f"{430181000 + n:<254}{'镇' + str(n):<254}{'':<4572}".encode() for n in range(21_000))
    archive = zipped(tmp_path / "a.zip", {"a.dbf": rows, "a.shp": b"x"})
    assert len(rows) > archives.BLOWN_UP_FROM
    assert len(rows) > 150 * archive.stat().st_size
    out = tmp_path / "out"
    out.mkdir()
    assert len(unpack(archive, out, SETTINGS).members) == 2


def test_a_header_that_says_too_little_ends_the_unpacking_there(tmp_path: Path) -> None:
    archive = bomb(tmp_path / "a.zip", 60, "a.shp", "a.dbf")
    said = archive.read_bytes().replace(struct.pack("<I", 60_000_000), struct.pack("<I", 5000))
    archive.write_bytes(said)
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(UnreadableFile):
        unpack(archive, out, SETTINGS)
    assert sum(each.stat().st_size for each in out.iterdir()) <= 5000


def test_crowds_are_refused_before_they_are_listed(tmp_path: Path) -> None:
    few = zipped(tmp_path / "a.zip", {f"{n}.txt": b"" for n in range(2001)})
    many = zipped(tmp_path / "b.zip", {f"{n}": b"" for n in range(20_001)})
    for archive in (few, many):
        assert "too many files" in str(reading(archive).reason)


def test_archives_in_archives_are_named(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "i.zip", parts(shapefile(tmp_path / "x")))
    result = reading(zipped(tmp_path / "a.zip", {"内/数据.zip": inner.read_bytes()}))
    assert result.verdict is Verdict.REJECT
    assert "内/数据.zip" in str(result.reason)
    beside = reading(
        zipped(tmp_path / "b.zip", {"i.zip": inner.read_bytes()} | parts(shapefile(tmp_path / "x")))
    )
    assert beside.verdict is Verdict.ACCEPT
    assert "i.zip" in str(beside.notes[0])


def test_an_archive_without_data_says_so(tmp_path: Path) -> None:
    result = reading(zipped(tmp_path / "a.zip", {"a.tif": b"x", "units.dbf": b"y"}))
    assert result.verdict is Verdict.REJECT
    assert "no shapefile" in str(result.reason)


def test_passwords_and_damage_are_told_apart(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "a.zip", parts(shapefile(tmp_path / "x")))
    content = archive.read_bytes()
    locked = bytearray(content)
    for start in (b"PK\x01\x02", b"PK\x03\x04"):
        place = content.index(start)
        locked[place + (8 if start[2] == 1 else 6)] |= 1
    (tmp_path / "b.zip").write_bytes(bytes(locked))
    (tmp_path / "c.zip").write_bytes(content[: len(content) // 2])
    assert "password" in str(reading(tmp_path / "b.zip").reason)
    assert "not an intact ZIP" in str(reading(tmp_path / "c.zip").reason)


def test_a_spoiled_member_is_damage(tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as out:
        for name, content in parts(shapefile(tmp_path / "x")).items():
            out.writestr(name, content)
    archive.write_bytes(archive.read_bytes().replace(NAMES[0].encode(), b"x" * 12, 1))
    assert "not an intact ZIP" in str(reading(archive).reason)


def test_temporary_folders_are_gone_afterwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    archive = zipped(tmp_path / "a.zip", parts(shapefile(tmp_path / "x")))
    assert reading(archive).verdict is Verdict.ACCEPT
    archive.write_bytes(archive.read_bytes()[:500])
    assert reading(archive).verdict is Verdict.REJECT
    assert list((tmp_path / "tmp").iterdir()) == []


def test_unpacking_raises_our_own_errors_only(tmp_path: Path) -> None:
    empty = tmp_path / "a.zip"
    empty.write_bytes(b"")
    with pytest.raises(UnreadableFile):
        unpack(empty, tmp_path, SETTINGS)
