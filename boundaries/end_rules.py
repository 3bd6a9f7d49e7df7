"""Rules about where lines end: at recorded tri-junctions, never in the open."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import shapely

from boundaries.loose_ends import LooseEnds, Meant, loose_ends
from boundaries.network import NONE, Network, network
from gis.intake.rules import Offence, Severity, Survey, rule
from gis.sources import HOUSE_PRACTICE
from gis.text import Text


@rule(
    "G05",
    "lines",
    severity=Severity.ERROR,
    source=HOUSE_PRACTICE.at("G05"),
    title=Text("界线没有悬空的端点", "No line ends in the open"),
    message=Text(
        "界线 {line} 的{end}悬空,未与任何界线或三交点相接",
        "the {end_en} of line {line} meets no line and no tri-junction",
    ),
    fix=Text(
        "把端点接到它的三交点上;如三交点或相邻界线(例如县界)未报送,请一并报送",
        "bring the end to its tri-junction; if that point or the next line (the county's own, say) "
        "was not sent, send it too",
    ),
)
def no_line_ends_in_the_open(survey: Survey) -> Iterator[Offence]:
    """A line that stops short of the next one encloses no ground: two units run into each other there."""
    ends = loose_ends(survey)
    net = ends.net
    for line, which, node in net.loose.loc[net.loose["sent"], ["line", "which", "node"]].to_numpy().tolist():
        meant = ends.meant[node]
        end = {"start": "起点", "end": "止点"}[which]
        values = {"line": net.view.line(line), "end": end, "end_en": which}
        place = net.degrees(net.at[node])
        if meant is None:
            yield Offence("lines", net.row(line), place, values)
            continue
        values |= {"what": meant.what, "metres": f"{meant.metres:,.2f}", **net.where(meant.at)}
        crossed = ends.crossed(line, node)
        values["other"] = "" if crossed is None else net.view.line(crossed)
        past = _TOO_LONG if _overshoots(net, line, meant) else _TOO_SHORT
        yield Offence(
            "lines", net.row(line), place, values, text=past if crossed is None else _ACROSS, fix=_MOVE_END
        )
    yield from _ends_left_behind(ends)


_TOO_LONG = Text(
    "界线 {line} 的{end}越过{what} {metres} 米", "the {end_en} of line {line} overshoots {what} by {metres} m"
)
_TOO_SHORT = Text(
    "界线 {line} 的{end}悬空,距{what} {metres} 米", "the {end_en} of line {line} stops {metres} m from {what}"
)
_ACROSS = Text(
    "界线 {line} 的{end}越过界线 {other} 后悬空,距{what} {metres} 米",
    "the {end_en} of line {line} lies beyond line {other}, {metres} m from {what}",
)
_MOVE_END = Text(
    "把{end}移动 {metres} 米到{what}({lon}, {lat})",
    "move the {end_en} by {metres} m to {what} ({lon}, {lat})",
)


def _overshoots(net: Network, line: int, meant: Meant) -> bool:
    return bool(shapely.distance(net.shapes[line], meant.at) <= net.snap_m)


def _ends_left_behind(ends: LooseEnds) -> Iterator[Offence]:
    net = ends.net
    for node, mover in ends.left_behind.to_numpy().tolist():
        here = net.at[node]
        metres = f"{net.metres(net.shapes[mover], here):,.2f}"
        values = {"line": net.view.line(mover), "metres": metres}
        values |= net.called(net.lines_at(node)) | net.where(here)
        yield Offence("lines", net.row(mover), net.degrees(here), values, text=_LEFT, fix=_LEFT_FIX)


_LEFT = Text(
    "界线 {line} 离开原接点 {metres} 米,{lines} 仍留在原处",
    "line {line} leaves its old meeting place by {metres} m, but {lines_en} still end(s) there",
)
_LEFT_FIX = Text(
    "把 {lines} 一并报送,止于新的接点;或把界线 {line} 接回 {lon}, {lat}",
    "send {lines_en} too, ending at the new place; or bring line {line} back to {lon}, {lat}",
)


@rule(
    "G06",
    "lines",
    severity=Severity.ERROR,
    source=HOUSE_PRACTICE.at("G06"),
    title=Text("界线的两端都在三交点上", "Both ends of a line lie on tri-junctions"),
    message=Text(
        "{count} 条界线端点在此相接({lines}),但没有三交点",
        "{count} line ends meet here ({lines_en}) without a tri-junction",
    ),
    fix=Text("在 {lon}, {lat} 登记三交点", "record a tri-junction at {lon}, {lat}"),
    needs=("tri_junctions",),
)
def lines_end_at_tri_junctions(survey: Survey) -> Iterator[Offence]:
    """A line runs from one tri-junction to the next: a point on which its units agreed with the third."""
    ends = loose_ends(survey)
    net, nodes = ends.net, ends.net.nodes
    bare = (nodes["point"] == NONE) & (nodes["ends"] >= 2) & (nodes["outer"] == 0) & (nodes["sent"] > 0)
    bare[net.touches["node"].unique()] = False
    for node in nodes.index[bare].tolist():
        if len(set(net.lines_at(node))) > 1:  # a closed line may begin and end where nothing else does
            yield _without_tri_junction(ends, node)


def _without_tri_junction(ends: LooseEnds, node: int) -> Offence:
    net = ends.net
    lines, here = net.lines_at(node), net.at[node]
    values = {"count": len(lines), **net.called(lines), **net.where(here)}
    row = net.row(net.sent_line_at(node) or 0)
    near = ends.nearest_point(here)
    if near != NONE:
        values |= {
            "point": net.view.point(near),
            "metres": f"{net.metres(here, net.points[near]):,.2f}",
        }
        return Offence("lines", row, net.degrees(here), values, text=_ASIDE, fix=_ASIDE_FIX)
    merge = len(lines) == 2 and _part_the_same_units(net.view.lines.iloc[lines])
    return Offence("lines", row, net.degrees(here), values, fix=_MERGE_FIX if merge else None)


_ASIDE = Text(
    "{count} 条界线端点在此相接({lines}),而三交点 {point} 在 {metres} 米外",
    "{count} line ends meet here ({lines_en}), but tri-junction {point} lies {metres} m away",
)
_ASIDE_FIX = Text(
    "把三交点 {point} 移动 {metres} 米到 {lon}, {lat},或把各端点移到三交点",
    "move tri-junction {point} by {metres} m to {lon}, {lat}, or move the ends to it",
)
_MERGE_FIX = Text(
    "两段两侧单位相同:合并为一条界线;如有第三个单位在此相接,登记三交点",
    "both pieces part the same two units: make them one line; "
    "if a third unit meets here, record the tri-junction",
)


def _part_the_same_units(lines: pd.DataFrame) -> bool:
    return len({frozenset(pair) for pair in zip(lines["left"], lines["right"], strict=True)}) == 1


@rule(
    "G09",
    "lines",
    severity=Severity.WARNING,
    source=HOUSE_PRACTICE.at("G09"),
    title=Text("接点之间没有微小错位", "No two meeting places nearly coincide"),
    message=Text(
        "界线 {line} 与界线 {other} 的接点相距仅 {metres} 米",
        "line {line} and line {other} end only {metres} m apart",
    ),
    fix=Text(
        "如为同一点,把两处移到同一坐标 {lon}, {lat}", "if they are one place, bring both to {lon}, {lat}"
    ),
)
def no_two_places_nearly_coincide(survey: Survey) -> Iterator[Offence]:
    """Two places a hand's breadth apart are nearly always one, and leave a sliver of nobody's land."""
    net = network(survey)
    one, other = shapely.STRtree(net.at).query(net.at, predicate="dwithin", distance=survey.settings.near_m)
    sent = net.nodes["sent"].to_numpy() > 0
    loose = np.isin(net.nodes.index, net.loose["node"])
    wanted = (one != other) & sent[one] & ~(sent[other] & (one > other)) & ~loose[one] & ~loose[other]
    for here, there in zip(one[wanted].tolist(), other[wanted].tolist(), strict=True):
        line = net.sent_line_at(here)
        if line is None or set(net.lines_at(here)) & set(net.lines_at(there)):
            continue
        values = {"line": net.view.line(line), "other": net.view.line(net.lines_at(there)[0])}
        metres = {"metres": f"{net.metres(net.at[here], net.at[there]):.2f}"}
        yield Offence(
            "lines",
            net.row(line),
            net.degrees(net.at[here]),
            {**values, **metres, **net.where(net.at[there])},
        )
