"""A little county of two towns for lookups: its addresses, its names, how tests make one of their own, and ask it."""

from __future__ import annotations

from datetime import date

import pandas as pd

from gis.db import Database
from placenames.addresses.finding.address_lookup import Question, answers
from placenames.addresses.finding.matches import Match
from placenames.addresses.finding.toponym_names import Toponyms
from placenames.addresses.finding.toponyms_known import toponyms_on
from tests.benchmarks.made import PLATES, TOPONYMS, UNITS, Made

EAST, WEST = "990101001", "990101002"
THE_UNITS = [
    ("99", "样省", "province", ""), ("9901", "样州市", "prefecture", "99"), ("990101", "样例县", "county", "9901"),
    ("990102", "邻样县", "county", "9901"), (EAST, "江东街道", "township", "990101"), (WEST, "江西镇", "township", "990101"),
]  # fmt: skip
THE_NAMES = [("样文三路", "road", EAST, "", "老样街", "样三路", ""), ("样福小区", "estate", EAST, "", "", "样福苑", "样福")]
STREETS = [  # unit, village, hamlet, street, section, lane, number, estate, building, cell, room, former
    (EAST, "北社区", "", "样文三路", "", "", "1号", "", "", "", "", ""),
    (EAST, "北社区", "", "样文三路", "", "", "3号", "", "", "", "", ""),
    (EAST, "北社区", "", "样文三路", "", "", "9号", "", "", "", "", ""),
    (EAST, "北社区", "", "样文三路", "", "", "12号", "", "", "", "", "样旧巷8号"),
    (EAST, "北社区", "", "样文三路", "", "", "12-3号", "", "", "", "", ""),
    (EAST, "北社区", "", "样文三路", "", "25弄", "6号", "", "", "", "", ""),
    (EAST, "北社区", "", "样文二路", "", "", "12号", "", "", "", "", ""),
    (EAST, "北社区", "", "江东六路", "", "", "5号", "", "", "", "", ""),
    (EAST, "北社区", "", "公园路", "", "", "7号", "", "", "", "", ""),
    (EAST, "北社区", "", "阳富公园路", "", "", "7号", "", "", "", "", ""),
    (EAST, "北社区", "", "14号大街", "", "", "2号", "", "", "", "", ""),
    (EAST, "北社区", "", "中正路", "一段", "", "20号", "", "", "", "", ""),
    (EAST, "北社区", "", "中正路", "二段", "", "30号", "", "", "", "", ""),
    (EAST, "北社区", "", "金井巷", "三段", "", "9号", "", "", "", "", ""),
    (EAST, "北社区", "", "样福路", "", "", "30号", "样福小区", "", "", "", ""),
    (EAST, "北社区", "", "样福路", "", "", "30号", "样福小区", "3幢", "2单元", "501室", ""),
    (EAST, "北社区", "", "样福路", "", "", "30号", "样福小区", "3幢", "2单元", "502室", ""),
    (WEST, "上坪村", "里屋", "", "", "", "7号", "", "", "", "", ""),
    (WEST, "上坪村", "3组", "", "", "", "8号", "", "", "", "", ""),
    (WEST, "下坪村", "3组", "", "", "", "80号", "", "", "", "", ""),
    (WEST, "上坪村", "", "西样路", "", "", "4号", "", "", "", "", ""),
]


COLUMNS = (
    "unit", "community", "hamlet", "street", "section", "lane", "number", "estate", "building", "cell", "room", "former",
)  # fmt: skip


def county_of(addresses: list[tuple[str, ...]], names: list[tuple[str, ...]] = THE_NAMES) -> Made:
    """A county of two towns with these addresses (D000 and on, a thousandth of a degree apart) and other names of places."""
    rows = pd.DataFrame(addresses, columns=list(COLUMNS))
    rows["code"] = [f"D{number:03d}" for number in range(len(rows))]
    rows["lon"], rows["lat"] = 119.0 + rows.index * 0.001, 29.0 + (rows["unit"] == WEST) * 0.1
    plates = rows.assign(status="installed", certified="yes", plate="large").reindex(columns=list(PLATES), fill_value="")
    return Made(pd.DataFrame(THE_UNITS, columns=UNITS), pd.DataFrame(names, columns=TOPONYMS), plates)


def names_of_today(database: Database) -> Toponyms:
    with database.reading() as look:
        return toponyms_on(look, date.today())


def first(database: Database, names: Toponyms, q: str) -> Match:
    """The best answer; that there is none is a failure."""
    with database.reading() as look:
        return answers(look, names, [Question(q)])[0][0]


def told(match: Match) -> str:
    """What is said of an answer, in Chinese."""
    return ";".join(each.zh for each in match.changed)
