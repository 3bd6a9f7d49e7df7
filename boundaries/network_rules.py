"""Rules about how lines lie beside each other: none twice, and meeting at their ends only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import shapely

from boundaries.loose_ends import loose_ends
from boundaries.network import NONE, Network, network
from boundaries.outlook import row_as_sent
from gis.intake.rules import Offence, Severity, Survey, rule
from gis.sources import HOUSE_PRACTICE
from gis.text import Text


@rule(
    "G03",
    "lines",
    severity=Severity.ERROR,
    source=HOUSE_PRACTICE.at("G03"),
    title=Text("界线不重复", "No line is delivered twice"),
    message=Text("界线 {line} 与界线 {other} 重合", "line {line} runs where line {other} runs"),
    fix=Text("只保留一条,删除第 {row} 行", "keep one of them and delete row {row}"),
)
def no_line_is_delivered_twice(survey: Survey) -> Iterator[Offence]:
    """A line recorded twice counts twice in every length, and two records claim to be the law."""
    net = network(survey)
    for line, other in net.doubles.itertuples(index=False):
        row = net.row(line)
        if row != NONE:
            values = {
                "line": net.view.line(line),
                "other": net.view.line(other),
                "row": row_as_sent(survey, "lines", row),
            }
            yield Offence("lines", row, net.view.lines.geometry.iloc[line], values)


@rule(
    "G04",
    "lines",
    severity=Severity.ERROR,
    source=HOUSE_PRACTICE.at("G04"),
    title=Text("界线只在端点相接", "Lines meet only at their ends"),
    message=Text(
        "界线 {line} 与界线 {other} 相交 {count} 处", "line {line} crosses line {other} at {count} place(s)"
    ),
    fix=Text(
        "把其中一条改到另一条的同一侧;如确为交点,在此断开两条界线并登记交会点",
        "move one of them to one side of the other; if they do meet here, cut both and record the junction",
    ),
)
def lines_meet_only_at_their_ends(survey: Survey) -> Iterator[Offence]:
    """Where lines cross or run together, the same ground would belong to two units or to none."""
    net = network(survey)
    yield from _crossings(net)
    yield from _ends_on_the_middle_of_a_line(net, loose_ends(survey).overshot)


def _crossings(net: Network) -> Iterator[Offence]:
    sent = net.view.lines["sent"].to_numpy()
    for first, second, meeting in net.crossings:
        line, against = (first, second) if sent[first] else (second, first)
        values: dict[str, Any] = {"line": net.view.line(line), "other": net.view.line(against)}
        stretches = [part for part in shapely.get_parts(meeting) if part.length > net.snap_m]
        place = net.degrees(shapely.union_all(stretches) if stretches else meeting)
        if stretches:
            values["metres"] = f"{meeting.length:,.1f}"
            yield Offence("lines", net.row(line), place, values, text=_ALONG, fix=_ALONG_FIX)
        else:
            values["count"] = shapely.get_num_geometries(meeting)
            yield Offence("lines", net.row(line), place, values)


_ALONG = Text(
    "界线 {line} 与界线 {other} 有 {metres} 米重叠",
    "line {line} and line {other} run together for {metres} m",
)
_ALONG_FIX = Text(
    "重叠段只能属于一条界线:在重叠段两端断开,其余部分删除",
    "a stretch belongs to one line only: cut at both ends of the shared stretch and delete one copy",
)


def _ends_on_the_middle_of_a_line(net: Network, overshot: frozenset[tuple[int, int]]) -> Iterator[Offence]:
    sent = net.view.lines["sent"].to_numpy()
    for node, through in net.touches.itertuples(index=False):
        if (node, through) in overshot:
            continue
        line = net.sent_line_at(node)
        if line is None and not sent[through]:
            continue
        ending = net.lines_at(node)[0] if line is None else line
        yield Offence(
            "lines",
            net.row(through if line is None else line),
            net.degrees(net.at[node]),
            {"line": net.view.line(ending), "other": net.view.line(through), **net.where(net.at[node])},
            text=_MIDDLE,
            fix=_MIDDLE_FIX,
        )


_MIDDLE = Text("界线 {line} 的端点落在界线 {other} 的中间", "line {line} ends on the middle of line {other}")
_MIDDLE_FIX = Text(
    "在 {lon}, {lat} 处把界线 {other} 断开,并登记三交点;如端点有误,移到正确的三交点",
    "cut line {other} at {lon}, {lat} and record the tri-junction; if the end is wrong, bring it to its own",
)
