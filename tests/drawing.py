"""Little maps drawn in text, for people: a grid of points, and what is made of them.

    图 100米                     one cell is 100 m; north is up; every character but . is a point
    a . b
    . c .
    d . e
    界线                         code left|right: points; words=values fill other fields
    L1 甲|乙: a-c
    L2 甲|外: a-d-c  stated_km=1.2
    三交点                       code units: point
    T1 甲乙丙: c
    界桩                         number line: point
    001 L1: a
    单位                         unit: the point of its seat
    甲: d

甲 to 辛 are towns of the county, 外 is outside. Points may be moved off the grid, in metres:
`c东2.31北0.5`. What is in force stands under 生效界线, 生效三交点, 生效界桩, 生效单位; without any
of these no database is asked.
"""

import re

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import Geod
from shapely.geometry import LineString, Point

from gis.intake.rules import Finding, Survey, check
from gis.settings import Settings

UNITS = {name: f"990101{number:03}" for number, name in enumerate("甲乙丙丁戊己庚辛", start=1)}
CODES = {**UNITS, "邻": "990102001", "远": "990102002", "外": ""}
"""甲 to 辛 are towns of the county, 邻 and 远 lie in the next one, 外 is nothing at all."""
REGISTERS = {"界线": "lines", "三交点": "tri_junctions", "界桩": "markers", "单位": "units"}
COLUMNS = {
    "lines": ["code", "name", "left", "right", "role", "status", "start", "end", "stated_km"],
    "tri_junctions": ["code", "name", "unit_a", "unit_b", "unit_c", "units", "degree", "status"],
    "markers": ["code", "number", "line", "type"],
    "units": ["code", "name", "level", "parent", "seat_lon", "seat_lat"],
}
ORIGIN = (110.3, 30.7)
NORTH, EAST = (
    Geod(ellps="GRS80").inv(*ORIGIN, *there)[2] * 1000 for there in ((110.3, 30.701), (110.301, 30.7))
)


def draw(drawing: str, **settings: object) -> Survey:
    """The survey that a drawing shows."""
    sections = _sections(drawing)
    points = _points(*sections.pop("图"))
    sheets, in_force = {}, {}
    for heading, (_, records) in sections.items():
        register = REGISTERS[heading.removeprefix("生效")]
        frame = _frame(register, [_RECORDS[register](record, points) for record in records])
        (in_force if heading.startswith("生效") else sheets)[register] = frame
    if in_force:
        in_force = {
            name: in_force.get(name, _frame(name, [])).drop(columns=["row", "file", "layer"])
            for name in COLUMNS
        }
    return Survey(sheets, Settings(**settings), in_force)


def findings(rule: str, survey: Survey) -> list[Finding]:
    """What one rule finds in a survey."""
    return [finding for finding in check(survey)[0] if finding.rule == rule]


def says(finding: Finding, *words: str) -> bool:
    """Whether its message and its fix, in both languages together, hold all these words."""
    said = f"{finding.message} {finding.fix}"
    return all(word in said for word in words)


def rules_broken(survey: Survey) -> set[str]:
    """The ids of all rules that a survey breaks."""
    return {finding.rule for finding in check(survey)[0]}


def place(survey_point: str, drawing: str) -> Point:
    """Where a point of a drawing lies, in degrees."""
    return _place(survey_point, _points(*_sections(drawing)["图"]))


def _sections(drawing: str) -> dict[str, tuple[str, list[str]]]:
    sections: dict[str, tuple[str, list[str]]] = {}
    for line in filter(None, (each.strip() for each in drawing.splitlines())):
        heading, _, rest = line.partition(" ")
        if heading.removeprefix("生效") in {"图", *REGISTERS}:
            _, current = sections.setdefault(heading, (rest, []))
        else:
            current.append(line)
    return sections


def _points(scale: str, rows: list[str]) -> dict[str, tuple[float, float]]:
    cell = float(scale.strip().removesuffix("米") or 100)
    return {
        name: (column * cell, (len(rows) - 1 - row) * cell)
        for row, cells in enumerate(rows)
        for column, name in enumerate(cells.split())
        if name != "."
    }


def _place(words: str, points: dict[str, tuple[float, float]]) -> Point:
    name, *moves = re.findall(r"^[^东南西北]|[东南西北][\d.]+", words.strip())
    east, north = points[name]
    for move in moves:
        metres = float(move[1:])
        east += {"东": metres, "西": -metres}.get(move[0], 0)
        north += {"北": metres, "南": -metres}.get(move[0], 0)
    return Point(ORIGIN[0] + east / EAST, ORIGIN[1] + north / NORTH)


def _line(record: str, points: dict) -> dict:
    head, tail = record.split(":", 1)
    code, sides = head.split()
    left, right = sides.split("|")
    path, *words = tail.split()
    outer = {left, right} & {"外", "邻", "远"}
    return {
        "code": code,
        "name": "".join(sorted((left, right), key=lambda side: CODES.get(side, side))) + "线",
        "left": CODES.get(left, left),
        "right": CODES.get(right, right),
        "role": "outer" if outer else "inner",
        "status": "agreed",
        **_values(words),
        "geometry": LineString([_place(point, points) for point in path.split("-")]),
    }


def _tri_junction(record: str, points: dict) -> dict:
    head, tail = record.split(":", 1)
    code, units = head.split()
    where, *words = tail.split()
    codes = [CODES[unit] for unit in units]
    sides = dict(zip(("unit_a", "unit_b", "unit_c"), codes, strict=False))
    listed = {"units": ",".join(filter(None, codes))} if len(codes) > 3 else {}
    return {
        "code": code,
        "name": code,
        **sides,
        **listed,
        **_values(words),
        "geometry": _place(where, points),
    }


def _marker(record: str, points: dict) -> dict:
    head, tail = record.split(":", 1)
    number, line = head.rsplit(maxsplit=1)
    where, *words = tail.split()
    return {"number": number, "line": line, **_values(words), "geometry": _place(where, points)}


def _unit(record: str, points: dict) -> dict:
    name, tail = (part.strip() for part in record.split(":", 1))
    where, *words = tail.split() or [""]
    seat = _place(where, points) if where else None
    return {
        "code": CODES[name],
        "name": f"{name}镇",
        "level": "township",
        "parent": CODES[name][:6],
        "seat_lon": seat.x if seat else np.nan,
        "seat_lat": seat.y if seat else np.nan,
        **_values(words),
        "geometry": None,
    }


def _values(words: list[str]) -> dict:
    return dict(word.split("=", 1) for word in words if word)


_RECORDS = {"lines": _line, "tri_junctions": _tri_junction, "markers": _marker, "units": _unit}


def _frame(register: str, records: list[dict]) -> gpd.GeoDataFrame:
    frame = gpd.GeoDataFrame(
        records, columns=[*COLUMNS[register], "geometry"], geometry="geometry", crs="EPSG:4490"
    )
    frame = frame.astype(dict.fromkeys(COLUMNS[register], object))
    frame = frame.where(frame.notna(), None) if len(frame) else frame
    for number in {"degree", "stated_km", "seat_lon", "seat_lat"} & set(frame.columns):
        frame[number] = pd.to_numeric(frame[number])
    frame["row"] = range(1, len(frame) + 1)
    return frame.assign(file="drawing", layer=register)


COUNTY = """
图 1000米
. . b . .
. . . . .
a . t . c
. . . . .
. . d . .
界线
L1 乙|甲: b-t
L2 乙|丙: t-c
L3 甲|丙: a-t
L4 外|乙: b-c
L5 外|丙: c-d-a
L6 外|甲: a-b
三交点
T1 甲乙丙: t
T2 甲乙外: b
T3 乙丙外: c
T4 丙甲外: a
"""


def county(old: str = "", new: str = "", also: str = "") -> Survey:
    """A county of three towns without a fault, or with one thing in its drawing changed and others added."""
    assert old in COUNTY
    return draw(COUNTY.replace(old, new) + also)
