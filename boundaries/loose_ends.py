"""What went wrong at the ends of lines: where a loose end was meant to go, what a survey left behind."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from boundaries.network import NONE, Network, network
from boundaries.outlook import once_per_survey
from boundaries.plane import Shapes
from boundaries.successors import end_points
from gis.intake.rules import Survey
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


@dataclass(frozen=True)
class LooseEnds:
    """Ends that meet nothing, and ends in force from which this survey moved away."""

    net: Network

    @cached_property
    def meant(self) -> dict[int, Meant | None]:
        """For the node of each loose end the place that was probably meant, None if nothing is in reach."""
        return {node: self._meant_at(node) for node in self.net.loose["node"].tolist()}

    @cached_property
    def overshot(self) -> frozenset[tuple[int, int]]:
        """Nodes that a line passes through on its way to a loose end just beyond: node, line."""
        found: set[tuple[int, int]] = set()
        for line, node in self.net.loose[["line", "node"]].to_numpy().tolist():
            meant = self.meant[node]
            if meant is not None:
                at = self._nodes.query(meant.at, predicate="dwithin", distance=self.net.snap_m)
                found |= {(each, line) for each in at.tolist()}
        return frozenset(found)

    def crossed(self, line: int, node: int) -> int | None:
        """The line that this one crosses just before it ends in the open, None if it crosses none there."""
        here, meant = self.net.at[node], self.meant[node]
        reach = 0.0 if meant is None else 2 * meant.metres
        for first, second, meeting in self.net.crossings:
            if line in (first, second) and meeting.distance(here) <= reach:
                return second if line == first else first
        return None

    @cached_property
    def left_behind(self) -> pd.DataFrame:
        """Where only lines in force meet, since this survey moved away what met them: node, mover (sent line)."""
        net, gone = self.net, self.net.view.replaced
        quiet = (net.nodes["sent"] == 0) & (net.nodes["point"] == NONE)
        quiet[net.touches["node"].unique()] = False
        nodes = net.nodes.index[quiet].to_numpy()
        ends = np.concatenate(end_points(net.plane.to_metres(gone.geometry.array)))
        node, end = shapely.STRtree(ends).query(net.at[nodes], predicate="dwithin", distance=net.snap_m)
        sent = net.view.lines[net.view.lines["sent"]]
        position = dict(zip(sent["code"], sent.index, strict=True))
        movers = [position[code] for code in np.tile(gone["heir"].to_numpy(), 2)[end]]
        return pd.DataFrame({"node": nodes[node], "mover": movers}).drop_duplicates("node")

    @cached_property
    def explain(self) -> frozenset[int]:
        """Tri-junctions that lack a line because its loose end misses them, or because they were moved away."""
        net = self.net
        found = {meant.point for meant in self.meant.values() if meant is not None}
        left = net.at[self.left_behind["node"].to_numpy(dtype=int)]
        gone = net.view.replaced_points
        old = shapely.STRtree(net.plane.to_metres(gone.geometry.array))
        moved = gone["heir"].to_numpy()[old.query(left, predicate="dwithin", distance=net.snap_m)[1]]
        codes = net.view.tri_junctions["code"]
        return frozenset(found | set(codes.index[codes.isin(moved)])) - {NONE}

    def nearest_point(self, here: BaseGeometry) -> int:
        """The tri-junction nearest to a place, -1 if none is in reach."""
        found = self._points.query_nearest(here, max_distance=REACH_M, all_matches=False)
        return int(found[0]) if len(found) else NONE

    @cached_property
    def _recorded(self) -> set[int]:
        """Nodes at which a tri-junction stands."""
        return set(self.net.node_of_point.tolist())

    @cached_property
    def _nodes(self) -> shapely.STRtree:
        return shapely.STRtree(self.net.at)

    @cached_property
    def _points(self) -> shapely.STRtree:
        return shapely.STRtree(self.net.points)

    def _meant_at(self, node: int) -> Meant | None:
        """The nearest tri-junction or other end, unless a line passes much nearer."""
        net, here = self.net, self.net.at[node]
        point = self.nearest_point(here)
        found = (
            [] if point == NONE else [_measured(net, here, net.view.point(point), net.points[point], point)]
        )
        for other in _nearest(self._nodes, here, {node} | self._recorded):
            name = net.view.line(net.lines_at(other)[0])
            what = Text(f"界线 {name.zh} 的端点", f"the end of line {name.en}")
            found.append(_measured(net, here, what, net.at[other]))
        best = min(found, key=lambda each: each.metres, default=None)
        passing = self._passing(node)
        if passing is None or (best is not None and 5 * passing.metres + net.snap_m >= best.metres):
            return best
        return passing

    def _passing(self, node: int) -> Meant | None:
        """The nearest place on the nearest line that does not end here."""
        net, here = self.net, self.net.at[node]
        for line in _nearest(net.tree, here, {*net.lines_at(node), *net.doubles["line"]}):
            at = shapely.get_point(shapely.shortest_line(net.shapes[line], here), 0)
            name = net.view.line(line)
            return _measured(net, here, Text(f"界线 {name.zh}", f"line {name.en}"), at)
        return None


@once_per_survey
def loose_ends(survey: Survey) -> LooseEnds:
    """What went wrong at the ends of the lines that would be in force once this survey is published."""
    return LooseEnds(network(survey))


def _measured(net: Network, here: BaseGeometry, what: Text, at: BaseGeometry, point: int = NONE) -> Meant:
    return Meant(what, at, net.metres(here, at), point)


def _nearest(tree: shapely.STRtree, here: BaseGeometry, but: set[int]) -> list[int]:
    """The nearest shape within reach that is none of these; a list of one or of none."""
    near = [i for i in tree.query(here, predicate="dwithin", distance=REACH_M).tolist() if i not in but]
    shapes: Shapes = tree.geometries[near]
    return [near[int(np.argmin(shapely.distance(shapes, here)))]] if near else []
