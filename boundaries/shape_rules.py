"""Rules about the shape of one line: it does not cross itself, turn on the spot or stand still."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely
from shapely import MultiPoint
from shapely.geometry.base import BaseGeometry

from boundaries.network import network
from boundaries.plane import Floats, Shapes
from gis.intake.rules import Offence, Severity, Survey, rule
from gis.sources import HOUSE_PRACTICE
from gis.text import Text

SPIKE_DEGREES = 1.0
"""A turn back as sharp as this is a slip of the hand, not a boundary."""


@rule(
    "G01",
    "lines",
    severity=Severity.ERROR,
    source=HOUSE_PRACTICE.at("G01"),
    title=Text("界线是一条不自交的连续线", "A line is one piece and never crosses itself"),
    message=Text("界线 {line} 自相交 {count} 处", "line {line} crosses itself at {count} place(s)"),
    fix=Text(
        "在标出的位置改正节点顺序,去掉多余的环", "put the vertices there in order and take out the loop"
    ),
)
def a_line_never_crosses_itself(survey: Survey) -> Iterator[Offence]:
    """A line that meets itself has no clear left and right side, so its ground has no clear owner."""
    net = network(survey)
    sent = np.flatnonzero(net.view.lines["sent"])
    shapes = net.shapes[sent]
    for line in sent[~shapely.is_simple(shapes) | (shapely.get_num_geometries(shapes) > 1)].tolist():
        values: dict[str, Any] = {"line": net.view.line(line)}
        places, values["count"], values["metres"] = _where_it_meets_itself(net.shapes[line])
        pieces = shapely.get_num_geometries(net.shapes[line])
        if places.is_empty and pieces > 1:
            gaps = net.degrees(shapely.boundary(net.shapes[line]))
            yield Offence(
                "lines", net.row(line), gaps, {**values, "count": pieces}, text=_PIECES, fix=_PIECES_FIX
            )
        elif places.length > 0:
            yield Offence("lines", net.row(line), net.degrees(places), values, text=_AGAIN, fix=_AGAIN_FIX)
        else:
            yield Offence("lines", net.row(line), net.degrees(places), values)


_PIECES = Text("界线 {line} 分成不相连的 {count} 段", "line {line} is in {count} separate pieces")
_PIECES_FIX = Text(
    "首尾相接合成一条;确为多段的,每段单独编号报送",
    "join them end to end, or send each piece under its own code",
)
_AGAIN = Text(
    "界线 {line} 有 {metres} 米自身重叠(往返折线)", "line {line} runs back over itself for {metres} m"
)
_AGAIN_FIX = Text("删去重复走过的节点", "delete the vertices that are walked twice")


def _where_it_meets_itself(shape: BaseGeometry) -> tuple[BaseGeometry, int, str]:
    """The places, how many points there are, and the metres that are walked twice."""
    steps = np.concatenate([_steps(part) for part in shapely.get_parts(shape)])
    one, other = shapely.STRtree(steps).query(steps, predicate="intersects")
    one, other = one[one < other], other[one < other]
    meetings = shapely.intersection(steps[one], steps[other])
    ends = shapely.get_coordinates(steps).reshape(-1, 2, 2)
    follows = (other == one + 1) | (ends[other, 1] == ends[one, 0]).all(axis=1)
    real = (shapely.length(meetings) > 0) | (~follows & ~shapely.is_empty(meetings))
    merged = shapely.union_all(meetings[real])
    lines = shapely.get_parts(merged)[shapely.get_dimensions(shapely.get_parts(merged)) == 1]
    place = shapely.line_merge(shapely.multilinestrings(lines)) if len(lines) else merged
    return place, len(shapely.get_parts(merged)), f"{place.length:,.1f}"


def _steps(part: BaseGeometry) -> Shapes:
    """The straight pieces of a line from vertex to vertex."""
    xy = shapely.get_coordinates(shapely.remove_repeated_points(part))
    return np.asarray(shapely.linestrings(np.stack([xy[:-1], xy[1:]], axis=1)), dtype=object)


@rule(
    "G02",
    "lines",
    severity=Severity.WARNING,
    source=HOUSE_PRACTICE.at("G02"),
    title=Text("节点不重复、不折返,界线有长度", "No doubled vertices, no spikes, no empty lines"),
    message=Text(
        "界线 {line} 有 {count} 个重复节点", "line {line} has {count} vertices that repeat the one before"
    ),
    fix=Text("删去重复节点", "delete the repeated vertices"),
)
def vertices_do_not_stumble(survey: Survey) -> Iterator[Offence]:
    """Doubled vertices and spikes are slips of the hand; a line without length bounds nothing."""
    net = network(survey)
    sent = np.flatnonzero(net.view.lines["sent"])
    short = shapely.length(net.shapes[sent]) <= net.snap_m
    for line in sent[short].tolist():
        values = {"line": net.view.line(line), "metres": f"{net.shapes[line].length:.3f}"}
        start = net.degrees(shapely.Point(shapely.get_coordinates(net.shapes[line])[0]))
        yield Offence("lines", net.row(line), start, values, Severity.ERROR, text=_EMPTY, fix=_EMPTY_FIX)
    for line, places in _by_line(*_repeated(net.shapes[sent[~short]]), sent[~short]):
        yield Offence(
            "lines",
            net.row(line),
            net.degrees(places),
            {"line": net.view.line(line), "count": len(places.geoms)},
        )
    plain = sent[~short & shapely.is_simple(net.shapes[sent])]  # the others are for G01
    for line, places in _by_line(*_spikes(net.shapes[plain]), plain):
        values = {"line": net.view.line(line), "count": len(places.geoms), "limit": f"{SPIKE_DEGREES:g}"}
        yield Offence("lines", net.row(line), net.degrees(places), values, text=_SPIKE, fix=_SPIKE_FIX)


_EMPTY = Text("界线 {line} 长度只有 {metres} 米", "line {line} is only {metres} m long")
_EMPTY_FIX = Text("删去此记录,或补绘界线", "delete the record or draw the line")
_SPIKE = Text(
    "界线 {line} 有 {count} 处尖刺(夹角小于 {limit}°)",
    "line {line} has {count} spike(s) sharper than {limit}°",
)
_SPIKE_FIX = Text("删去尖刺顶端的节点", "delete the vertex at the tip of the spike")


def _repeated(shapes: Shapes) -> tuple[Floats, Shapes]:
    """Vertices equal to the one before: their coordinates and the number of their line."""
    xy, line = shapely.get_coordinates(shapes, return_index=True)
    again = (line[1:] == line[:-1]) & (xy[1:] == xy[:-1]).all(axis=1)
    return xy[1:][again], line[1:][again]


def _spikes(shapes: Shapes) -> tuple[Floats, Shapes]:
    """Vertices where a line turns back almost on itself; exact returns are for G01."""
    xy, line = shapely.get_coordinates(shapely.remove_repeated_points(shapes), return_index=True)
    back, on = xy[:-2] - xy[1:-1], xy[2:] - xy[1:-1]
    cross = np.abs(back[:, 0] * on[:, 1] - back[:, 1] * on[:, 0])
    angle = np.degrees(np.arctan2(cross, (back * on).sum(axis=1)))
    sharp = (line[2:] == line[:-2]) & (angle < SPIKE_DEGREES) & (cross > 0)
    return xy[1:-1][sharp], line[1:-1][sharp]


def _by_line(xy: Floats, line: Shapes, positions: Shapes) -> Iterator[tuple[int, MultiPoint]]:
    for each in np.unique(line).tolist():
        yield int(positions[each]), MultiPoint(xy[line == each])
