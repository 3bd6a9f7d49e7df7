"""Rules about the order of markers: their numbers rise along the line, from west to east or north to south."""

from __future__ import annotations

from collections.abc import Iterator

import shapely

from boundaries.marker_numbers import in_order
from boundaries.marker_rules import of_stone, places_of
from boundaries.network import NONE, Network, network
from boundaries.stones import FAR_M, Stone, grouped, stones
from boundaries.successors import end_points
from gis.intake.rules import Offence, Severity, Survey, rule
from gis.sources import SURVEY_STANDARD
from gis.text import Text


@rule(
    "M03",
    "markers",
    severity=Severity.ERROR,
    source=SURVEY_STANDARD,
    title=Text("界桩沿界线顺序编号", "Marker numbers rise along the line"),
    message=Text(
        "界线 {line} 的界桩 {number} 位于 {along} 米处,顺序应在 {between}",
        "marker {number} of line {line} stands at {along} m, out of order: it belongs {between}",
    ),
    fix=Text("核对该桩的编号与坐标", "check the number and the coordinates of this marker"),
    needs=("lines",),
)
def marker_numbers_rise_along_the_line(survey: Survey) -> Iterator[Offence]:
    """A line is described and walked from marker to marker, from west to east or north to south."""
    net = network(survey)
    for line, row in _numbered_lines(survey):
        kept, backwards = _order(row)
        if backwards:
            yield from _numbered_backwards(net, line, row)
        for stone in row:
            if stone.sent and stone not in kept:
                values = {"line": net.view.line(line), "number": stone.number, "along": f"{stone.along:,.0f}"}
                yield of_stone(stone, values | {"between": _between(stone, kept)})


def _numbered_lines(survey: Survey) -> Iterator[tuple[int, list[Stone]]]:
    """Lines with two stones or more, and those stones from start to end."""
    net = network(survey)
    usable = [stone for stone in stones(survey) if stone.read and stone.at != NONE and stone.off <= FAR_M]
    for line, row in grouped(usable, lambda stone: stone.at).items():
        touched = net.row(line) != NONE or any(stone.sent for stone in row)
        if len(row) > 1 and touched and not net.shapes[line].is_closed:
            yield line, sorted(row, key=lambda stone: stone.along)


def _order(row: list[Stone]) -> tuple[list[Stone], bool]:
    """The stones that stand in order, lowest number first, and whether that order runs against the line."""
    numbers = [stone.read for stone in row if stone.read]
    rising, falling = in_order(numbers), in_order(numbers[::-1])
    if len(falling) > len(rising):
        return [row[::-1][at] for at in falling], True
    return [row[at] for at in rising], False


def _numbered_backwards(net: Network, line: int, row: list[Stone]) -> Iterator[Offence]:
    values, sent = {"line": net.view.line(line)}, [stone for stone in row if stone.sent]
    if _runs_backwards(net, line) and net.row(line) != NONE:
        place = net.view.lines.geometry.iloc[line]
        yield Offence("lines", net.row(line), place, values, Severity.WARNING, text=_DRAWN, fix=_DRAWN_FIX)
    elif sent:
        weight = Severity.WARNING if _runs_backwards(net, line) else Severity.ERROR
        yield of_stone(sent[0], values, places_of(row), severity=weight, text=_FALLING, fix=_FALLING_FIX)


_DRAWN = Text(
    "界线 {line} 的绘制方向与界桩编号方向相反", "line {line} is drawn against the order of its marker numbers"
)
_DRAWN_FIX = Text(
    "反转界线方向,并对调左右侧单位代码", "turn the line round and swap its left and right units"
)
_FALLING = Text(
    "界线 {line} 的界桩编号逆着界线方向递增", "the marker numbers of line {line} rise against its direction"
)
_FALLING_FIX = Text(
    "界桩应自西向东或自北向南编号:核对编号,或连同界线一起反转方向",
    "markers are numbered from west to east or north to south: check the numbers, or turn the line too",
)


def _runs_backwards(net: Network, line: int) -> bool:
    """Whether a line was drawn from east to west and from south to north at once."""
    start, end = (shapely.get_coordinates(point)[0] for point in end_points(net.shapes[line]))
    return bool(start[0] > end[0] and start[1] < end[1])


def _between(stone: Stone, order: list[Stone]) -> Text:
    lower = [each.printed for each in order if each.printed < stone.printed]
    higher = [each.printed for each in order if each.printed > stone.printed]
    if lower and higher:
        return Text(f"{lower[-1]} 与 {higher[0]} 之间", f"between {lower[-1]} and {higher[0]}")
    if higher:
        return Text(f"{higher[0]} 之前", f"before {higher[0]}")
    return Text(f"{lower[-1]} 之后" if lower else "别处", f"after {lower[-1]}" if lower else "elsewhere")


@rule(
    "G18",
    "lines",
    severity=Severity.WARNING,
    source=SURVEY_STANDARD,
    title=Text("界线自西向东或自北向南编号", "Lines are numbered from west to east or from north to south"),
    message=Text(
        "界线 {line} 由东向西、由南向北绘制和编号",
        "line {line} is drawn and numbered from the south-east to the north-west",
    ),
    fix=Text(
        "反转界线方向,对调左右侧单位代码,并重新编号",
        "turn the line round, swap its units, and number its markers anew",
    ),
)
def lines_are_numbered_from_west_or_north(survey: Survey) -> Iterator[Offence]:
    """Everybody who walks a line with its description starts from the same end."""
    net = network(survey)
    for line, row in _numbered_lines(survey):
        if net.row(line) != NONE and _runs_backwards(net, line) and not _order(row)[1]:
            values = {"line": net.view.line(line)}
            yield Offence("lines", net.row(line), net.view.lines.geometry.iloc[line], values)
