"""Rules about tri-junctions: three line ends meet there, no fewer and no more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from boundaries.loose_ends import loose_ends
from boundaries.network import NONE, Network, network
from boundaries.outlook import row_as_sent
from boundaries.successors import units_at
from gis.intake.rules import Offence, Severity, Survey, rule
from gis.sources import HOUSE_PRACTICE
from gis.text import Text


@rule(
    "G07",
    "tri_junctions",
    severity=Severity.ERROR,
    source=HOUSE_PRACTICE.at("G07"),
    title=Text("三交点处恰有三条界线", "Three lines meet at a tri-junction"),
    message=Text(
        "三交点 {point} 处有 {count} 条界线端点({lines}),应为 {wanted} 条",
        "{count} line end(s) meet at tri-junction {point} ({lines_en}) instead of {wanted}",
    ),
    fix=Text(
        "补报缺少的界线{missing},或改正三交点位置",
        "send the line that is missing{missing}, or correct the place of the tri-junction",
    ),
    needs=("lines",),
)
def three_lines_meet_at_a_tri_junction(survey: Survey) -> Iterator[Offence]:
    """Three units agreed on one point; fewer or more lines there mean that one is missing or wrong."""
    net = network(survey)
    explained = loose_ends(survey).explain
    yield from _points_delivered_twice(survey)
    for point in points_to_judge(net):
        lines = net.lines_at(int(net.node_of_point[point]))
        declared = net.view.tri_junctions["degree"].iloc[point]
        wanted = 3 if np.isnan(declared) else int(declared)
        if len(lines) == wanted == 3 or (len(lines) < wanted and point in explained):
            continue
        if len(lines) > wanted or len(lines) > 3:
            yield _crowded(net, point, lines, wanted)
        elif len(lines) < _least(net, point, wanted):
            yield _lonely(net, point, lines, wanted)


def _points_delivered_twice(survey: Survey) -> Iterator[Offence]:
    net = network(survey)
    for point, earlier in net.doubled_points.items():
        row = int(net.view.tri_junctions["row"].iloc[point])
        values = {"other": net.view.point(earlier), "row": row_as_sent(survey, "tri_junctions", row)}
        lines = net.lines_at(int(net.node_of_point[point]))
        yield about_point(net, point, lines, values, Severity.ERROR, text=_TWICE, fix=_TWICE_FIX)


_TWICE = Text(
    "三交点 {point} 与 {other} 在同一位置", "tri-junctions {point} and {other} are at the same place"
)
_TWICE_FIX = Text("只保留一个,删除第 {row} 行", "keep one of them and delete row {row}")


def points_to_judge(net: Network) -> list[int]:
    """Tri-junctions that were sent, and those in force at which a sent line ends."""
    sent = net.view.tri_junctions["sent"].tolist()
    nodes = net.node_of_point.tolist()
    return [
        i for i, node in enumerate(nodes) if sent[i] or (node != NONE and net.sent_line_at(node) is not None)
    ]


def about_point(
    net: Network, point: int, lines: list[int], values: dict[str, Any], severity: Severity, **words: Any
) -> Offence:
    """An offence of a tri-junction's own record if it was sent, else of the sent line that ends there."""
    record = net.view.tri_junctions.iloc[point]
    values = {"point": net.view.point(point), "count": len(lines), **net.called(lines), **values}
    values |= {} if lines else {"lines": "无", "lines_en": "none"}
    if record["sent"]:
        return Offence("tri_junctions", int(record["row"]), record["geometry"], values, severity, **words)
    line = next(line for line in lines if net.row(line) != NONE)
    return Offence("lines", net.row(line), record["geometry"], values, severity, **words)


def _crowded(net: Network, point: int, lines: list[int], wanted: int) -> Offence:
    if len(lines) == wanted:
        return about_point(net, point, lines, {}, Severity.NOTE, text=_DECLARED, fix=_DECLARED_FIX)
    return about_point(net, point, lines, {"wanted": wanted}, Severity.ERROR, fix=_CROWDED_FIX)


_DECLARED = Text("交点 {point} 有 {count} 条界线汇合(已声明)", "{count} lines meet at {point}, as declared")
_DECLARED_FIX = Text("无须处理", "nothing needs doing")
_CROWDED_FIX = Text(
    "确为 {count} 条界线的交点时,把汇合界线数(DEGREE)写为 {count};否则删去多余的界线",
    "if {count} lines do meet here, state {count} as its degree (DEGREE); otherwise delete the line too many",
)


def _least(net: Network, point: int, wanted: int) -> int:
    """How few line ends are acceptable, given what is known around the tri-junction.

    Lines between two units outside the county are not ours; while the county's own outline is unknown, a
    tri-junction on it may lack that as well.
    """
    codes = units_at(net.view.tri_junctions).iloc[point]
    outside = len(codes - net.view.home)
    if len(codes) >= 3 and not outside:
        return wanted
    node = int(net.node_of_point[point])
    outline_known = net.outline_closed or (node != NONE and net.nodes["outer"].iloc[node] > 0)
    return wanted - max(outside - 1, 0) if outline_known else 1


def _lonely(net: Network, point: int, lines: list[int], wanted: int) -> Offence:
    values = {"wanted": wanted, "missing": _missing_pairs(net, point, lines)}
    pairs = {frozenset(net.view.lines.loc[line, ["left", "right"]]) for line in lines}
    if len(lines) == 2 and len(pairs) == 1:
        return about_point(net, point, lines, values, Severity.WARNING, text=_PSEUDO, fix=_PSEUDO_FIX)
    if net.whole:
        return about_point(net, point, lines, values, Severity.ERROR)
    return about_point(net, point, lines, values, Severity.WARNING, fix=_PART_FIX)


_PART_FIX = Text(
    "如其余界线不在本次报送之内,可不处理;否则补报缺少的界线{missing},或改正三交点位置",
    "nothing to do if the others are not part of this survey; else send the line that is missing{missing}, "
    "or correct the place of the tri-junction",
)


_PSEUDO = Text(
    "三交点 {point} 处只有同两个单位之间的两段界线({lines})",
    "only two pieces of line between the same two units meet at tri-junction {point} ({lines_en})",
)
_PSEUDO_FIX = Text(
    "合并两段界线并删去此点;如第三个单位在此相接,补报其界线{missing}",
    "make one line of both and delete the point; if a third unit meets here, send its line{missing}",
)


def _missing_pairs(net: Network, point: int, lines: list[int]) -> Text:
    """The units between which no line ends here, as far as the tri-junction names three."""
    codes = sorted(units_at(net.view.tri_junctions).iloc[point])
    present = {frozenset(net.view.lines.loc[line, ["left", "right"]]) for line in lines}
    pairs = [(one, other) for i, one in enumerate(codes) for other in codes[i + 1 :]]
    lacking = [[net.view.unit(code) for code in pair] for pair in pairs if frozenset(pair) not in present]
    if len(codes) != 3 or len(lacking) == len(pairs):
        return Text("", "")
    zh = "、".join(f"{one.zh}与{other.zh}之间" for one, other in lacking)
    en = ", ".join(f"between {one.en} and {other.en}" for one, other in lacking)
    return Text(f"({zh})", f" ({en})")
