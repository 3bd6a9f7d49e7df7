"""Rules about left and right: round a tri-junction, the two lines beside a unit both name it on that side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
import pandas as pd
import shapely

from boundaries.network import NONE, Network, network
from gis.intake.rules import Offence, Severity, Survey, rule
from gis.sources import HOUSE_PRACTICE
from gis.text import Text

OUTSIDE = ""


@dataclass(frozen=True)
class Turn:
    """The lines that leave a node, counter-clockwise, with what each names on its left and right going out."""

    node: int
    lines: tuple[int, ...]
    left: tuple[str, ...]
    right: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether every unit is named by two lines; if not, a code is wrong or a line is missing (G08)."""
        return all(count % 2 == 0 for count in Counter(self.left + self.right).values())

    @property
    def agrees(self) -> bool:
        """Whether every two neighbours name the same unit for the ground between them."""
        return all(
            one == other for one, other in zip(self.left, (*self.right[1:], self.right[0]), strict=True)
        )

    def with_swapped(self, line: int) -> Turn:
        """The same with the two sides of one line exchanged."""
        sides = zip(self.lines, self.left, self.right, strict=True)
        left, right = zip(*((b, a) if each == line else (a, b) for each, a, b in sides), strict=True)
        return replace(self, left=left, right=right)


@rule(
    "G14",
    "lines",
    severity=Severity.ERROR,
    source=HOUSE_PRACTICE.at("G14"),
    title=Text("界线左右侧的单位没有填反", "Left and right of a line are not exchanged"),
    message=Text(
        "界线 {line} 的左右侧单位填反了:顺绘制方向左侧应为 {left},右侧应为 {right}",
        "line {line} has its sides exchanged: along its direction {left} lies on the left, {right} on the right",
    ),
    fix=Text("对调左右侧单位代码,或反转界线方向", "exchange the two codes, or turn the line round"),
)
def left_and_right_are_not_exchanged(survey: Survey) -> Iterator[Offence]:
    """Areas are made of lines by the unit on either side: an exchanged pair gives each the ground of the other."""
    net = network(survey)
    faulty = turns_that_contradict(net)
    swapped = dict.fromkeys(
        line
        for turn in faulty
        for line in turn.lines
        if net.row(line) != NONE and turn.with_swapped(line).agrees
    )
    for line in swapped:
        record = net.view.lines.iloc[line]
        values = {
            "line": net.view.line(line),
            "left": net.view.unit(record["right"]),
            "right": net.view.unit(record["left"]),
        }
        yield Offence("lines", net.row(line), record["geometry"], values)
    for turn in faulty:
        sent = net.sent_line_at(turn.node)
        if sent is not None and not any(
            turn.with_swapped(line).agrees for line in swapped if line in turn.lines
        ):
            place, lines = net.degrees(net.at[turn.node]), net.called(list(turn.lines))
            yield Offence("lines", net.row(sent), place, lines, text=_UNCLEAR, fix=_UNCLEAR_FIX)


_UNCLEAR = Text(
    "在此相接的界线({lines})左右侧单位互相矛盾",
    "the lines that meet here ({lines_en}) contradict each other about their sides",
)
_UNCLEAR_FIX = Text("逐条核对左右侧单位代码与绘制方向", "check the sides and the direction of each of them")


def turns_that_contradict(net: Network) -> list[Turn]:
    """Nodes whose lines name the right units, but not on the sides where they lie."""
    return [turn for turn in _turns(net) if turn.complete and not turn.agrees]


def _turns(net: Network) -> Iterator[Turn]:
    """Every node where three or more lines meet, one of them sent."""
    busy = net.nodes.index[(net.nodes["ends"] >= 3) & (net.nodes["sent"] > 0)]
    ends = net.ends[net.ends["node"].isin(busy)]
    home = net.view.home
    sides = [
        [code if code in home else OUTSIDE for code in pair]
        for pair in net.view.lines[["left", "right"]].to_numpy().tolist()
    ]
    for node, going_out in groupby(_in_turn(net, ends), key=lambda end: end[0]):
        out = [
            (line, *(sides[line] if which == "start" else sides[line][::-1])) for _, line, which in going_out
        ]
        lines, left, right = zip(*out, strict=True)
        yield Turn(node, lines, left, right)


def _in_turn(net: Network, ends: pd.DataFrame) -> list[tuple[int, int, str]]:
    """Ends as (node, line, which), those of a node one after the other, counter-clockwise from east."""
    shapes = net.shapes[ends["line"].to_numpy()]
    at_start = (ends["which"] == "start").to_numpy()
    vertex = shapely.get_point(
        shapely.get_geometry(shapes, np.where(at_start, 0, -1)), np.where(at_start, 1, -2)
    )
    here = ends[["x", "y"]].to_numpy(dtype=float)
    step = np.hypot(*(np.column_stack([shapely.get_x(vertex), shapely.get_y(vertex)]) - here).T)
    step = np.maximum(step, 10 * net.snap_m)  # nearer, ends that meet within the tolerance may lie either way
    ahead = shapely.line_interpolate_point(shapes, np.where(at_start, step, -step))
    way = np.column_stack([shapely.get_x(ahead), shapely.get_y(ahead)]) - here
    order = np.lexsort((np.arctan2(way[:, 1], way[:, 0]), ends["node"].to_numpy()))
    return [tuple(end) for end in ends[["node", "line", "which"]].iloc[order].to_numpy().tolist()]
