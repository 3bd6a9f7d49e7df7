"""Kinds of places: the eight groups of the law, classes and codes, and who decides on a name of each kind."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Literal, NamedTuple

from gis.sources import Source
from gis.text import Text
from placenames import shipped

Track = Literal["decide", "draft", "opinion"]
"""The bureau prepares the county government's decision, drafts for an organ above, or gives its opinion to another."""
Clock = Literal["approval", "filing"]
"""The day from which the announcement is due."""

FILING_DAYS = 15
"""Calendar days from the approval to the filing (Regulations on Place Names, Article 13)."""
ANNOUNCEMENT_DAYS = 15
"""Calendar days from the approval or the filing to the announcement (Article 14)."""
CODE = re.compile(r"([0-9]{6})([0-9]{3})([12][0-9]{4})([0-9]{6})")
NATURAL_VILLAGE_CLASS = "22200"
"""Rural settlements; below the seats of committees that the law speaks of."""


class Category(StrEnum):
    """The legal group a place belongs to (Regulations on Place Names, Article 3)."""

    NAT = "NAT"
    ADM = "ADM"
    VIL = "VIL"
    PRK = "PRK"
    ROD = "ROD"
    RES = "RES"
    FAC = "FAC"
    OTH = "OTH"

    @property
    def text(self) -> Text:
        """The group as the law calls it."""
        return TITLES[self]


TITLES = {
    Category.NAT: Text("自然地理实体", "Natural features"),
    Category.ADM: Text("行政区划", "Administrative divisions"),
    Category.VIL: Text("村民委员会、居民委员会所在地", "Seats of villagers' and residents' committees"),
    Category.PRK: Text("城市公园、自然保护地", "City parks and protected nature"),
    Category.ROD: Text("街路巷", "Streets, roads and lanes"),
    Category.RES: Text("住宅区、楼宇", "Residential areas and buildings"),
    Category.FAC: Text(
        "交通运输、水利、电力、通信、气象等设施", "Transport, water, power and other facilities"
    ),
    Category.OTH: Text("其他地理实体", "Other places"),
}


class CodeParts(NamedTuple):
    """The parts of a 20-digit place-name code: county (6), town (3), class (5) and number (6 digits)."""

    county: str
    town: str
    class_code: str
    number: str


@dataclass(frozen=True, slots=True)
class PlaceClass:
    """A class of places as the national database codes it. Its group of the law is our own reading."""

    code: str
    name: Text
    category: Category
    certainty: str
    """How sure code and name are, as the marks of the tables say; `confirmed` in national data."""
    verified: bool
    source: Source


@dataclass(frozen=True, slots=True)
class Approval:
    """Who decides on a name, what the bureau does, and who hears of it."""

    organ: Text
    track: Track
    filed_to: Text
    clock: Clock
    announced_by: Text
    source: Source

    @property
    def grade(self) -> str:
        """How far this was read in the law (see `gis.sources`)."""
        return self.source.grade


def _approval(
    organ: Text, track: Track, filed_to: Text, clock: Clock, announced_by: Text, *source: str
) -> Approval:
    return Approval(organ, track, filed_to, clock, announced_by, shipped.sourced(*source))


COUNTY_OFFICE = Text("县级民政部门", "the county's civil-affairs department")
CITY = Text(
    "设区的市人民政府(材料报市民政部门)", "the city government (papers to its civil-affairs department)"
)
BY_ORGAN = Text("依批准机关而定", "depends on who approved it")
APPROVALS: dict[Category, Approval] = {
    Category.NAT: _approval(
        Text("依省级规定(国内著名的、跨省的等报国务院)", "as the province decides (famous ones: the State Council)"),
        "draft", BY_ORGAN, "approval", BY_ORGAN, "L1", "S", "第十二条",
    ),
    Category.ADM: _approval(
        Text("省级人民政府(街道:批准设立的机关)", "the provincial government (subdistricts: who approved them)"),
        "draft", BY_ORGAN, "approval", BY_ORGAN, "L5", "S", "",
    ),
    Category.VIL: _approval(
        Text("依省级规定", "as the province decides"), "draft", BY_ORGAN, "approval", BY_ORGAN, "L1", "S", "第十二条"
    ),
    Category.PRK: _approval(
        Text("依国家有关规定", "by the rules of the state"),
        "opinion", COUNTY_OFFICE, "filing", COUNTY_OFFICE, "L1", "S-part", "第十二条",
    ),
    Category.ROD: _approval(
        Text("县级人民政府", "the county government"),
        "decide", CITY, "approval", COUNTY_OFFICE, "L1", "S", "第十二条至第十四条",
    ),
    Category.RES: _approval(
        Text("县级住房城乡建设部门(征求民政部门意见)", "the county's housing department, having asked civil affairs"),
        "opinion", COUNTY_OFFICE, "filing", COUNTY_OFFICE, "L1", "S", "第十二条至第十四条",
    ),
    Category.FAC: _approval(
        Text("设施主管部门(征求县级人民政府意见)", "the facility's department, having asked the county governments"),
        "opinion", COUNTY_OFFICE, "filing", COUNTY_OFFICE, "L1", "S", "第十二条至第十四条",
    ),
    Category.OTH: _approval(
        Text("县级人民政府", "the county government"), "decide", CITY, "approval", COUNTY_OFFICE, "I", "I", ""
    ),
}  # fmt: skip
"""Who approves (Article 12), who hears of it (Article 13) and who announces (Article 14), as far as the text says.

Where it leaves the organ to the province or the state, whom to file to is not said either; that parks go the way of
facilities, and other places the way of streets, is our own inference.
"""


def class_of(code: str) -> PlaceClass | None:
    """The class with this five-digit code, or None when the table does not hold it."""
    return classes().get(code)


def category_of(class_code: str) -> Category | None:
    """The group of a class; a class that the table lacks follows the one above it (13451 -> 13450). None when unknown."""
    for length in range(len(class_code), 1, -1):
        if found := class_of(class_code[:length].ljust(len(class_code), "0")):
            return found.category
    return Category.NAT if re.fullmatch("1[0-9]{4}", class_code) else None


def parts_of_code(code: str) -> CodeParts | None:
    """The parts of a 20-digit place-name code (民地办发〔2010〕1号), or None when it is not written as one."""
    found = CODE.fullmatch(code)
    return CodeParts(*found.groups()) if found else None


@cache
def classes() -> dict[str, PlaceClass]:
    """Every class of the table by its code."""
    return {row["code"]: _class(row) for row in shipped.rows("class_codes.csv")}


def _class(row: Mapping[str, str]) -> PlaceClass:
    certainty = row["certainty"]
    source = shipped.sourced(row["source"], {"confirmed": "C", "unverified": "R"}.get(certainty, certainty))
    name, category = Text(row["name"], row["name_en"]), Category(row["category"])
    return PlaceClass(row["code"], name, category, certainty, row["verified"] == "true", source)
