"""What went wrong at the ends of lines: where a loose end was meant to go, what a survey left behind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from boundaries.network import NONE, Network
from boundaries.successors import end_points
from gis.text import Text

REACH_M = 200.0
"""How far round a faulty end we look for the place that was meant."""


@dataclass(frozen=True)
class Meant:
    """Where a loose end was probably meant to go."""

    what: Text
    at: BaseGeometry
    metres: float
    point: int = NONE
    """The position of the tri-junction, if it is one."""


def meant_place(net: Network, node: int) -> Meant | None:
    """The nearest tri-junction or other end, unless a line passes much nearer; None if none is in reach."""
    here = net.at[node]
    places = [(net.view.point(i), net.points[i], i) for i in _near(net.points, here)]
    places += [
        (_end_of(net.view.line(net.lines_at(other)[0])), net.at[other], NONE)
        for other in _near(net.at, here)
        if other != node and net.nodes["point"].iloc[other] == NONE
    ]
    passing = _nearest_line(net, node)
    measured = [Meant(what, at, net.metres(here, at), point) for what, at, point in places]
    best = min(measured, key=lambda each: each.metres, default=passing)
    if best is not None and passing is not None and 5 * passing.metres + net.snap_m < best.metres:
        return passing
    return best


def places_left_behind(net: Network) -> pd.DataFrame:
    """Where only lines in force meet, since this survey moved away what met them: node, mover (sent line)."""
    gone = net.view.replaced
    quiet = (net.nodes["sent"] == 0) & (net.nodes["point"] == NONE)
    quiet[net.touches["node"].unique()] = False
    nodes = net.nodes.index[quiet].to_numpy()
    ends = np.concatenate(end_points(net.plane.to_metres(gone.geometry.array)))
    node, end = shapely.STRtree(ends).query(net.at[nodes], predicate="dwithin", distance=net.snap_m)
    sent = net.view.lines[net.view.lines["sent"]]
    position = dict(zip(sent["code"], sent.index, strict=True))
    movers = [position[code] for code in np.tile(gone["heir"].to_numpy(), 2)[end]]
    return pd.DataFrame({"node": nodes[node], "mover": movers}).drop_duplicates("node")


def points_explained(net: Network) -> frozenset[int]:
    """Tri-junctions that lack a line for a reason already reported: a loose end meant for them, or a move."""
    meant = [meant_place(net, node) for node in net.loose["node"]]
    found = {each.point for each in meant if each is not None}
    left = net.at[places_left_behind(net)["node"].to_numpy(dtype=int)]
    gone = net.view.replaced_points
    old = net.plane.to_metres(gone.geometry.array)
    moved = gone["heir"].to_numpy()[
        shapely.STRtree(old).query(left, predicate="dwithin", distance=net.snap_m)[1]
    ]
    codes = net.view.tri_junctions["code"]
    return frozenset(found | set(codes.index[codes.isin(moved)])) - {NONE}


def _near(shapes: np.ndarray, here: BaseGeometry) -> list[int]:
    found: list[int] = shapely.STRtree(shapes).query(here, predicate="dwithin", distance=REACH_M).tolist()
    return found


def _nearest_line(net: Network, node: int) -> Meant | None:
    here, own = net.at[node], net.lines_at(node)
    near = [
        i
        for i in net.tree.query(here, predicate="dwithin", distance=REACH_M)
        if i not in own and i in net.live
    ]
    if not near:
        return None
    line = near[int(np.argmin(shapely.distance(net.shapes[near], here)))]
    at = shapely.get_point(shapely.shortest_line(net.shapes[line], here), 0)
    name = net.view.line(line)
    return Meant(Text(f"界线 {name.zh}", f"line {name.en}"), at, net.metres(here, at))


def _end_of(line: Text) -> Text:
    return Text(f"界线 {line.zh} 的端点", f"the end of line {line.en}")
