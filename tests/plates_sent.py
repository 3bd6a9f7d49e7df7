"""Lists of addresses as a clerk sends them: a street with both its sides, an estate on it, and what changed later."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from tests.conftest import Office

TOWN, OTHER_TOWN = "990101001", "990101100"
TITLES = (
    "地址代码", "乡镇代码", "村社区", "道路", "门牌号", "小区", "幢", "单元", "室", "门牌状态", "原门牌", "门牌证号",
    "产权人", "经度", "纬度",
)  # fmt: skip
WEST, NORTH = 110.293, 30.698
"""Where the street begins, in the county town."""
Row = dict[str, str]


def row(code: str, road: str = "样柳路", number: str = "", **more: str) -> Row:
    """An address of the county town; its number says how far along the street it stands, and on which side."""
    along = int("".join(filter(str.isdigit, number)) or 0)
    place = {"经度": f"{WEST + along * 1e-4:.6f}", "纬度": f"{NORTH + along % 2 * 2e-4:.6f}"}
    return {"地址代码": code, "乡镇代码": TOWN, "村社区": "样北社区", "道路": road, "门牌号": number, **place, **more}


FIRST = (
    *(row(f"DZ{number:04d}", number=f"{number}号") for number in (1, 2, 3, 4, 5, 12)),
    row("DZ0006", number="6号", 原门牌="样公社路3号(1966—1981)", 门牌证号="样证006", 产权人="样某某"),
    row("DZ0010", number="10号", 小区="样福小区"),
    row("DZ1001", number="10号", 小区="样福小区", 幢="3幢", 单元="2单元", 室="501室"),
    row("DZ1002", number="10号", 小区="样福小区", 幢="12幢", 单元="1单元", 室="101室"),
    row("DZ0020", number="20号", 门牌状态="注销"),
)
"""The first list: 8 is not there."""
LATER = (row("DZ0012", number="112号", 门牌状态="更换"),)
"""The second: 12 became 112."""


def sent(folder: Path, rows: Sequence[Row], name: str = "地址.csv") -> Path:
    """A list as a file."""
    with (folder / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, TITLES, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return folder / name


def publish(office: Office, folder: Path, rows: Sequence[Row], day: str, document: str = "样政函〔2026〕9号") -> None:
    """Brings a list into force by the ordinary doors; the office has staff."""
    number = office.send("staff", sent(folder, rows))
    state = office.state(number, "staff")
    assert state["state"] == "ready", [each["message"]["zh"] for each in state["findings"]]
    office.publish(number, day, document)
