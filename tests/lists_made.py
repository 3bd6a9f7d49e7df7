"""Lists of place names made up for tests: as many as asked for, none of which offends a rule."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice, product
from pathlib import Path
from typing import Any

import shapely
from sqlalchemy import Connection, func, select

from boundaries.units import UNITS
from gis.history import in_force
from tests.conftest import COUNTY

TOWN = COUNTY + "001"
SYLLABLES = "云安平松杨泉梅竹岭坪湾坡塘桥石青白乌金银铜高低方圆深浅古红黄蓝紫春夏秋冬晴雨雪霜风雷林杉枫桃李杏梨柳桑麻谷"
TITLES = ("地名代码", "标准名称", "类别代码", "地名类别", "所在政区代码", "汉语拼音", "来历", "命名时间", "经度", "纬度")
HILL = "13450"
ORIGIN = "样例:以形得名"


@dataclass(frozen=True)
class Ground:
    """A square that lies in a town: its south-western corner and its side in degrees."""

    west: float
    south: float
    side: float

    def place(self, count: int) -> tuple[float, float]:
        """One of a hundred and sixty thousand places in it."""
        east, north = divmod(count % 160_000, 400)
        return self.west + self.side * east / 400, self.south + self.side * north / 400


def ground_of(tx: Connection, town: str = TOWN) -> Ground:
    """The largest square around the middle of a town that is surely inside of it."""
    c = UNITS.table.c
    asked = select(func.ST_AsBinary(c.geom)).where(c.code == town, in_force(UNITS.table, date.today()))
    shape = shapely.from_wkb(bytes(tx.execute(asked).scalar_one()))
    middle, edge = shapely.get_coordinates(shapely.maximum_inscribed_circle(shape, 0.0005))
    reach = float(math.hypot(*(edge - middle))) / 2
    return Ground(float(middle[0]) - reach, float(middle[1]) - reach, 2 * reach)


def hills(number: int, ground: Ground | None = None, start: int = 0) -> Iterator[dict[str, Any]]:
    """Hills of a town of the sample county, each with its own name and code, and a place where there is ground."""
    names = ("".join(letters) + "山" for letters in product(SYLLABLES, repeat=3) if len(set(letters)) == 3)
    for count, name in enumerate(islice(names, start, start + number), start=start + 1):
        lon, lat = (f"{each:.7f}" for each in ground.place(count)) if ground else ("", "")
        yield {
            "地名代码": f"{TOWN}{HILL}{count:06d}", "标准名称": name, "类别代码": HILL, "地名类别": "自然地理实体",
            "所在政区代码": TOWN, "汉语拼音": "", "来历": ORIGIN, "命名时间": "1985-05-01", "经度": lon, "纬度": lat,
        }  # fmt: skip


def write_list(path: Path, rows: Iterator[dict[str, Any]] | list[dict[str, Any]], encoding: str = "utf-8-sig") -> Path:
    """Rows as a CSV with the titles people write."""
    rows = list(rows)
    with path.open("w", encoding=encoding, newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path
