"""Rules about the whole county: its lines close to faces, and every unit has its ground with its seat on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from boundaries.faces import Areas, areas, faces
from boundaries.line_ends import snap_ends
from boundaries.network import NONE, Network, network
from boundaries.side_rules import turns_that_contradict
from boundaries.tri_junction_unit_rules import meetings_that_do_not_fit
from gis.intake.rules import Offence, Severity, Survey, rule
from gis.sources import HOUSE_PRACTICE
from gis.text import Text


@dataclass(frozen=True)
class Ground:
    """The faces that the lines of a county close to, and the units whose lines are at fault already."""

    net: Network

    @cached_property
    def lines(self) -> gpd.GeoDataFrame:
        """Lines that count, ends brought together exactly: code is their position; nobody is outside."""
        view = self.net.view
        lines = view.lines.iloc[self.net.live][["left", "right", "geometry"]].copy()
        for side in ("left", "right"):
            lines[side] = lines[side].where(lines[side].isin(view.home), "")
        lines["code"] = self.net.live
        return snap_ends(lines, view.tri_junctions, self.net.snap_m).lines

    @cached_property
    def faces(self) -> gpd.GeoDataFrame:
        """unit, agreed, geometry Polygon (°)."""
        return faces(self.lines)

    @cached_property
    def areas(self) -> Areas:
        """What does not close or is claimed twice."""
        return areas(self.lines)

    @cached_property
    def blamed(self) -> frozenset[str]:
        """Units beside a line that other rules report: their ground cannot be judged before it is mended."""
        net = self.net
        lines = set(net.loose["line"]) | set(net.touches["line"])
        lines |= {line for node in net.touches["node"] for line in net.lines_at(node)}
        lines |= {line for first, second, _ in net.crossings for line in (first, second)}
        lines |= {line for meeting in meetings_that_do_not_fit(net) for line in meeting.lines}
        lines |= {line for turn in turns_that_contradict(net) for line in turn.lines}
        lines |= set(
            np.flatnonzero(~shapely.is_simple(net.shapes) | (shapely.get_num_geometries(net.shapes) > 1))
        )
        found = net.view.lines.iloc[sorted(lines)]
        return frozenset([*found["left"], *found["right"]]) - {""}

    def sent_line_of(self, unit: str) -> int | None:
        """A sent line that names a unit."""
        lines = self.net.view.lines
        named = lines[lines["sent"] & ((lines["left"] == unit) | (lines["right"] == unit))]
        return None if named.empty else int(named.index[0])


@rule(
    "G10",
    "lines",
    "units",
    severity=Severity.ERROR,
    source=HOUSE_PRACTICE.at("G10"),
    title=Text(
        "界线闭合成面,每个单位的驻地在自己的面内", "Lines close to faces, each with the seat of its unit"
    ),
    message=Text(
        "界线围成的一块地同时属于{units}",
        "the lines close to a piece of ground that belongs to {units} at once",
    ),
    fix=Text(
        "补报它们之间的界线,或核对这块地四周界线的左右侧单位代码",
        "send the line between them, or check the codes on either side of the lines round it",
    ),
    needs=("units", "lines"),
)
def every_unit_has_its_ground(survey: Survey) -> Iterator[Offence]:
    """Each spot of the county belongs to exactly one unit, and no unit governs from another one's ground."""
    net = network(survey)
    if not len(net.live):
        return
    if not net.whole:
        yield Offence(
            "lines", values=_what_is_missing(net), severity=Severity.NOTE, text=_PARTIAL, fix=_PARTIAL_FIX
        )
        return
    ground = Ground(net)
    yield from _claimed_twice(ground)
    yield from _left_open(ground)
    yield from _misplaced_seats(ground)


_PARTIAL = Text("未核对各单位是否成面:{why}", "whether every unit has its ground was not checked: {why}")
_PARTIAL_FIX = Text(
    "连接数据库,或把全县界线和县界一并检查", "check with a database, or all lines of the county at once"
)


def _what_is_missing(net: Network) -> dict[str, Text]:
    if not net.outline_closed:
        return {"why": Text("县界线未知或未闭合", "the county's own outline is not known or not closed")}
    units = _named(net, sorted(net.units_expected - net.view.home))
    return {"why": Text(f"没有界线提到{units.zh}", f"no line mentions {units.en}")}


def _claimed_twice(ground: Ground) -> Iterator[Offence]:
    net = ground.net
    for face, claims in ground.areas.disagreements.groupby("face"):
        units = sorted(set(claims["unit"]))
        lines = sorted(set(claims["line"].tolist()))
        sent = [line for line in lines if net.row(line) != NONE]
        if sent and not ground.blamed & set(units):
            values = {"units": _named(net, units)}
            yield Offence("lines", net.row(sent[0]), ground.faces.geometry[face], values)


def _left_open(ground: Ground) -> Iterator[Offence]:
    net = ground.net
    for line, unit in ground.areas.open_sides[["line", "unit"]].to_numpy().tolist():
        if net.row(line) != NONE and unit not in ground.blamed:
            values = {"line": net.view.line(line), "unit": net.view.unit(unit)}
            place = net.view.lines.geometry.iloc[line]
            yield Offence("lines", net.row(line), place, values, text=_OPEN, fix=_OPEN_FIX)


_OPEN = Text("界线 {line} 在 {unit} 一侧没有闭合成面", "line {line} closes to no face on the side of {unit}")
_OPEN_FIX = Text(
    "核对两侧单位代码,或补报其余界线", "check the codes on both sides, or send the lines that are missing"
)


def _misplaced_seats(ground: Ground) -> Iterator[Offence]:
    net, units = ground.net, ground.net.view.units
    known = units[units["code"].isin(net.view.home - ground.blamed) & units["seat_lon"].notna()]
    seats = np.asarray(shapely.points(known["seat_lon"], known["seat_lat"]), dtype=object)
    seat, face = shapely.STRtree(ground.faces.geometry.array).query(seats, predicate="intersects")
    owner = pd.Series(ground.faces["unit"].to_numpy()[face]).groupby(seat).agg(set)
    torn = set(seat[~ground.faces["agreed"].to_numpy()[face]])
    for at, code, row in zip(range(len(known)), known["code"], known["row"], strict=True):
        owners = owner.get(at, set())
        if code not in owners and at not in torn:
            yield from _misplaced(ground, code, row, seats[at], owners)


def _misplaced(
    ground: Ground, code: str, row: int, seat: shapely.Point, owners: Iterable[str]
) -> Iterator[Offence]:
    """A seat on another unit's ground, told to whoever sent the unit or a line of either."""
    net = ground.net
    where = next(iter(owners), "")
    line = next((line for unit in (code, where) if (line := ground.sent_line_of(unit)) is not None), None)
    values = {"unit": net.view.unit(code), "where": net.view.unit(where)}
    if row != NONE:
        yield Offence("units", row, seat, values, text=_SEAT, fix=_SEAT_FIX)
    elif line is not None:
        yield Offence("lines", net.row(line), seat, values, key=code, text=_SEAT, fix=_SEAT_FIX)


_SEAT = Text("{unit} 的驻地落在{where}的地面上", "the seat of {unit} lies on the ground of {where}")
_SEAT_FIX = Text(
    "核对驻地坐标,以及 {unit} 周围的界线", "check the coordinates of the seat and the lines round {unit}"
)


def _named(net: Network, codes: list[str]) -> Text:
    units = [net.view.unit(code) for code in codes]
    return Text("、".join(unit.zh for unit in units), ", ".join(unit.en for unit in units))
