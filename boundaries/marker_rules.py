"""Rules about markers: numbered along their line, complete in their stones, standing where it runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from boundaries.marker_numbers import complete
from boundaries.network import NONE, Network, network
from boundaries.outlook import row_as_sent
from boundaries.stones import FAR_M, Stone, grouped, stones
from gis.intake.rules import Offence, Severity, Survey, rule
from gis.sources import HOUSE_PRACTICE, SURVEY_STANDARD
from gis.text import Text, series


@rule(
    "M02",
    "markers",
    severity=Severity.ERROR,
    source=SURVEY_STANDARD,
    title=Text("界桩编号合格、不重复、成套", "Marker numbers are well formed, single and complete"),
    message=Text("界桩编号“{number}”不合格", "“{number}” is no marker number"),
    fix=Text(
        "写作三位顺序号(001 起)加类型字母 Q、A、B、C、D 或 E,例如 003 或 003A;字母须与类型字段一致",
        "write three digits from 001 and the letter Q, A, B, C, D or E, such as 003 or 003A, "
        "the letter agreeing with the type",
    ),
)
def marker_numbers_are_well_formed(survey: Survey) -> Iterator[Offence]:
    """A marker is found on the ground, in the agreement and in the register by its number on its line."""
    net, found = network(survey), stones(survey)
    for stone in found:
        if stone.sent and stone.number and stone.read is None:
            yield of_stone(stone, {"number": stone.number})
        if stone.sent and stone.line and stone.at == NONE and (len(net.live) or "lines" in survey.in_force):
            yield _without_line(net, stone)
    read = [stone for stone in found if stone.read and stone.line]
    for same in grouped(read, lambda stone: (stone.line, stone.printed)).values():
        for stone, first in _delivered_twice(same):
            other = row_as_sent(survey, "markers", first.row)
            values = {"number": stone.number, "line": _line(net, stone), "other": other}
            yield of_stone(stone, values, text=_TWICE, fix=_TWICE_FIX)
        yield from _incomplete(net, same)


def _without_line(net: Network, stone: Stone) -> Offence:
    """A marker whose line is neither sent nor in force."""
    values: dict[str, Any] = {"number": stone.number, "code": stone.line}
    near = net.tree.query_nearest(stone.point, max_distance=FAR_M, all_matches=False)
    if not len(near):
        return of_stone(stone, values, text=_NO_LINE, fix=_NO_LINE_FIX)
    values |= {
        "line": net.view.line(near[0]),
        "metres": f"{net.metres(stone.point, net.shapes[near[0]]):,.2f}",
    }
    return of_stone(stone, values, text=_NO_LINE, fix=_NEAR_LINE_FIX)


_NO_LINE = Text(
    "界桩 {number} 所属的界线 {code} 未报送、也未生效",
    "marker {number} stands on line {code}, which was neither sent nor is in force",
)
_NO_LINE_FIX = Text("改正界线编号,或一并报送该界线", "correct the line code, or send that line too")
_NEAR_LINE_FIX = Text(
    "最近的界线是 {line}({metres} 米):改正界线编号,或一并报送该界线",
    "the nearest line is {line} ({metres} m): correct the line code, or send that line too",
)


def _delivered_twice(same: list[Stone]) -> Iterator[tuple[Stone, Stone]]:
    """Stones of one number with the same letter: each later one, and the first."""
    sent = [stone for stone in same if stone.sent]
    for first, *more in grouped(sent, lambda stone: stone.letter).values():
        yield from ((stone, first) for stone in more)


def _incomplete(net: Network, same: list[Stone]) -> Iterator[Offence]:
    letters = {stone.letter for stone in same}
    sent = [stone for stone in same if stone.sent]
    if sent and not complete(letters):
        named = series(sorted(letter or "?" for letter in letters))
        values = {"number": sent[0].printed, "line": _line(net, sent[0]), "stones": named}
        yield of_stone(sent[0], values, places_of(same), text=_SET, fix=_SET_FIX)


_TWICE = Text("界线 {line} 上界桩编号 {number} 重复", "marker {number} of line {line} was sent twice")
_TWICE_FIX = Text(
    "与第 {other} 行比较,改正其中一个的编号,或删去重复的记录",
    "compare it with row {other}; correct one of the two numbers or delete the copy",
)
_SET = Text(
    "界线 {line} 的 {number} 号界桩由 {stones} 组成,不成套",
    "marker {number} of line {line} is made of {stones}: no set",
)
_SET_FIX = Text(
    "单立用 Q;同号双立用 A、B;同号三立用 C、D、E,缺的一并报送",
    "a single stone is Q, two are A and B, three are C, D and E; send those that are missing",
)


@rule(
    "M01",
    "markers",
    severity=Severity.ERROR,
    source=HOUSE_PRACTICE.at("M01"),
    title=Text("界桩立在它的界线上", "Markers stand on their line"),
    message=Text(
        "界桩 {number} 距界线 {line} {metres} 米(允许 {allowed} 米)",
        "marker {number} stands {metres} m from line {line}; {allowed} m are allowed",
    ),
    fix=Text(
        "核对坐标:线上最近处为 {lon}, {lat};或改正界线编号",
        "check the coordinates: the line passes at {lon}, {lat}; or correct the line code",
    ),
    needs=("lines",),
)
def markers_stand_on_their_line(survey: Survey) -> Iterator[Offence]:
    """A single stone marks the line itself; two or three of one number face each other across it."""
    net = network(survey)
    customary = (net.view.lines["status"] == "working") & ~net.view.lines["sent"]
    firm = set(np.flatnonzero(~customary).tolist())
    known = [stone for stone in stones(survey) if stone.read and stone.at in firm]
    for same in grouped(known, lambda stone: (stone.at, stone.printed)).values():
        facing = len({stone.letter for stone in same}) > 1
        allowed = FAR_M if facing else survey.settings.marker_m
        yield from (
            _off_its_line(net, stone, allowed) for stone in same if stone.sent and stone.off > allowed
        )
        sent = [stone for stone in same if stone.sent]
        if facing and sent and len({stone.side for stone in same}) == 1:
            values = {"number": sent[0].printed, "line": _line(net, sent[0])}
            yield of_stone(
                sent[0], values, places_of(same), severity=Severity.WARNING, text=_SIDE, fix=_SIDE_FIX
            )


def _off_its_line(net: Network, stone: Stone, allowed: float) -> Offence:
    foot = shapely.line_interpolate_point(net.shapes[stone.at], stone.along)
    metres = {"metres": f"{net.metres(stone.point, foot):,.2f}", "allowed": f"{allowed:g}"}
    return of_stone(stone, {"number": stone.number, "line": _line(net, stone), **metres, **net.where(foot)})


_SIDE = Text(
    "界线 {line} 的 {number} 号同号界桩都在界线同一侧",
    "all stones of marker {number} stand on one side of line {line}",
)
_SIDE_FIX = Text(
    "同号双立、三立的界桩应分立两岸:核对坐标", "they should face each other across the line: check them"
)


def _line(net: Network, stone: Stone) -> Text:
    return Text(stone.line, stone.line) if stone.at == NONE else net.view.line(stone.at)


def places_of(found: list[Stone]) -> BaseGeometry:
    """The places of several stones as one shape (°)."""
    places: BaseGeometry = shapely.union_all([stone.place for stone in found])
    return places


def of_stone(
    stone: Stone,
    values: Mapping[str, Any],
    place: BaseGeometry | None = None,
    severity: Severity | None = None,
    text: Text | None = None,
    fix: Text | None = None,
) -> Offence:
    """An offence of one stone, known by its code or else its number."""
    place = stone.place if place is None else place
    return Offence(
        "markers", stone.row, place, values, severity, key=stone.code or stone.number, text=text, fix=fix
    )
