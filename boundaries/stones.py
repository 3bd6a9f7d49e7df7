"""Markers beside their lines: what number each stone bears, how far along and off its line it stands."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from boundaries.marker_numbers import MarkerNumber, read_number
from boundaries.network import NONE, network
from boundaries.outlook import once_per_survey
from boundaries.plane import Floats, Shapes
from gis.intake.rules import Survey

FAR_M = 500.0
"""A marker this far from its line belongs to another one; its place along the line means nothing."""
STEP_M = 1.0

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Stone:
    """One stone that would stand, sent or in force."""

    code: str
    line: str
    """The code of its line, as given; `at` is the position of that line, -1 when there is none."""
    number: str
    read: MarkerNumber | None
    """What its number says, None when it says nothing."""
    row: int
    """In the sheet of markers, -1 when it was not sent."""
    place: BaseGeometry
    """In degrees; `point` is the same on the metre grid."""
    point: BaseGeometry
    at: int
    along: float
    """Metres from the start of its line, NaN without one."""
    off: float
    """Metres between it and its line, NaN without one."""
    side: float
    """1 on the left of its line, -1 on the right, NaN without one."""

    @property
    def sent(self) -> bool:
        """Whether it is part of the survey."""
        return self.row != NONE

    @property
    def letter(self) -> str:
        """The letter of the stone, empty when it has none."""
        return self.read.stone if self.read else ""

    @property
    def printed(self) -> str:
        """Its number without the letter, such as 003."""
        return self.read.printed if self.read else ""


@once_per_survey
def stones(survey: Survey) -> tuple[Stone, ...]:
    """Every stone that would stand once this survey is published."""
    net = network(survey)
    markers = net.view.markers
    codes = net.view.lines["code"].to_numpy()[net.live]
    position = dict(zip(codes.tolist(), net.live.tolist(), strict=True))
    at = [position.get(code, NONE) for code in markers["line"].tolist()]
    shapes = np.array([None if each == NONE else net.shapes[each] for each in at], dtype=object)
    places = np.asarray(markers.geometry.array, dtype=object)
    points = net.plane.to_metres(places)
    along, off = shapely.line_locate_point(shapes, points), shapely.distance(shapes, points)
    given = markers[["code", "line", "number", "type", "row"]].to_numpy().tolist()
    measured = zip(
        places, points, at, along.tolist(), off.tolist(), _sides(shapes, points, along).tolist(), strict=True
    )
    return tuple(
        Stone(code, line, number, read_number(number, line, stand), row, *rest)
        for (code, line, number, stand, row), rest in zip(given, measured, strict=True)
    )


def grouped(found: Iterable[Stone], by: Callable[[Stone], Key]) -> dict[Key, list[Stone]]:
    """Stones that have something in common, in the order in which it first occurs."""
    groups: dict[Key, list[Stone]] = {}
    for stone in found:
        groups.setdefault(by(stone), []).append(stone)
    return groups


def _sides(shapes: Shapes, points: Shapes, along: Floats) -> Floats:
    """On which side of its line each point lies: 1 left, -1 right, NaN without a line."""
    back, on = (
        _xy(shapely.line_interpolate_point(shapes, np.clip(along + step, 0, shapely.length(shapes))))
        for step in (-STEP_M, STEP_M)
    )
    run, out = on - back, _xy(points) - back
    side: Floats = np.sign(run[:, 0] * out[:, 1] - run[:, 1] * out[:, 0])
    return side


def _xy(points: Shapes) -> Floats:
    return np.column_stack([shapely.get_x(points), shapely.get_y(points)])
