"""Lists come in as text, cell for cell, whichever program wrote them."""

import gzip
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from gis.errors import TooLarge, UnreadableFile
from gis.files import read_table
from gis.tables import filled_sheets
from tests.gis.sent import SETTINGS, zipped

ROWS = "代码,名称,备注\n430181001,镇甲街道,\n043018100,乙乡,有“引号”\n"


def rows(path: Path) -> list[list[str]]:
    table = read_table(path, SETTINGS)
    return [list(table.columns), *table.to_numpy().tolist()]


WANTED = [["代码", "名称", "备注"], ["430181001", "镇甲街道", ""], ["043018100", "乙乡", "有“引号”"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_of_any_kind(tmp_path: Path, encoding: str, separator: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(ROWS.replace(",", separator).replace("\n", "\r\n").encode(encoding))
    assert rows(path) == WANTED
    packed = tmp_path / "a.csv.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert rows(packed) == WANTED


def workbook(path: Path, **sheets: list[list[object]]) -> Path:
    book = openpyxl.Workbook(write_only=True)
    for title, lines in sheets.items():
        sheet = book.create_sheet(title)
        for line in lines:
            sheet.append(line)
    book.save(path)
    book.close()
    return path


def test_excel_gives_its_one_filled_sheet_as_text(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        [" 代码 ", "面积", "日期"],
        [430181001, 12.5, date(2026, 1, 31)],
        [None, None, None],
        ["乙", 3.0, None],
    ):
        sheet.append(row)
    book.create_sheet("empty").append(["", None, " "])
    path = tmp_path / "a.xlsx"
    book.save(path)
    book.close()
    wanted = [["代码", "面积", "日期"], ["430181001", "12.5", date(2026, 1, 31).isoformat()], ["乙", "3", ""]]
    assert rows(path) == wanted


def test_the_sheet_that_is_filled_is_read_wherever_it_stands(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", 封面=[[None]], 名单=[["代码"], ["甲"], ["乙"]])
    assert rows(path) == [["代码"], ["甲"], ["乙"]]
    assert filled_sheets(path) == ("名单",)


def test_a_workbook_of_several_filled_sheets_is_not_read_in_part(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", 东片=[["代码"], ["甲"]], 空=[], 西片=[["代码"], ["乙"]])
    with pytest.raises(UnreadableFile, match="2 张有数据的工作表:东片、西片;请只留要读取的一张") as refused:
        rows(path)
    assert "2 sheets with data: 东片, 西片" in refused.value.text.en


def test_short_and_long_rows_fit_the_heading(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1\n1,2,3\n\n")
    assert rows(path) == [["a", "b"], ["1", ""], ["1", "2"]]


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "a.xlsx", "a.txt"])
def test_what_is_no_table_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadableFile):
        read_table(tmp_path / name, SETTINGS)
    for content in (b"", b"\n\n", b"PK\x03\x04 nonsense", b"\x1f\x8b nonsense"):
        if name.endswith((".csv", ".txt")) and content[:2] in (b"PK", b"\x1f\x8b"):
            continue
        (tmp_path / name).write_bytes(content)
        with pytest.raises(UnreadableFile):
            read_table(tmp_path / name, SETTINGS)


def test_tables_that_unpack_to_too_much_are_refused(tmp_path: Path) -> None:
    from dataclasses import replace

    small = replace(SETTINGS, unpacked_mb=1)
    packed = tmp_path / "a.csv.gz"
    packed.write_bytes(gzip.compress(b"a,b\n" * 500_000))
    book = zipped(tmp_path / "a.xlsx", {"xl/worksheets/sheet1.xml": bytes(2_000_000)})
    for path in (packed, book):
        with pytest.raises(TooLarge):
            read_table(path, small)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('a,b,c\n1,"2,3\n4,5,6\n7,8,9\n', 2),
        ('a,b,c\n1,2,3\n4,"5,6\n', 3),
        ('a,b,c\n1,2,3\n4,"5,6\n7,"8",9\n1,2,3\n', 3),
        ('a,b,c\n"1\n2",2,3\n4,5,"6', 4),
        ('a,b,c\n"1\n2",3,"4\n5,6,7\n8,9,0\n', 3),
        ('\n\na,b,c\r\n1,"2,3\r\n4,5,6\r\n', 4),
        ('a,"b,c\n1,2,3\n4,5,6\n', 1),
        ('a,b\n1,2\n"3,4\n5,6"\n7,8\n', 3),
        ('a,b,c\n1,2,"3\n4,5,6\n7,8,"\n9,0,1\n', 2),
        ('a,b,c\n1,2,3\n4,"5,6\n' + "7,8,9\n" * 40_000, 3),
        ('a,b,"c\n' + "7,8,9\n" * 40_000, 1),
    ],
)
def test_a_quote_left_open_swallows_no_rows(tmp_path: Path, text: str, line: int) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(UnreadableFile, match=f"line {line} "):
        rows(path)


def test_cells_of_several_lines_and_stray_quotes_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('a,b,c\n"1\none, more",2,3\n4,5"6,7\n8,"9 ""x""",0\n')
    assert rows(path)[1:] == [["1\none, more", "2", "3"], ["4", '5"6', "7"], ["8", '9 "x"', "0"]]
    path.write_text('a,b,c\n1,2,"one, two, three\nfour, five, six\n"\n4,"5\n6,7,8\n9,0,1",2\n3,4,5\n')
    assert [row[0] for row in rows(path)[1:]] == ["1", "4", "3"]


@pytest.mark.parametrize("cell", ["9" * 200_000, '"' + "9" * 200_000 + '"'])
def test_a_cell_that_is_too_long_says_so(tmp_path: Path, cell: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"a,b\n1,2\n3,{cell}\n")
    with pytest.raises(UnreadableFile, match=r"line 3 .* more than 131,072 characters"):
        rows(path)
