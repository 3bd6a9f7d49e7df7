"""How the lines of a county meet: their ends, the nodes where ends come together, the tri-junctions there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from boundaries.line_ends import cluster_points
from boundaries.outlook import Outlook, once_per_survey, outlook
from boundaries.plane import Plane, Shapes
from boundaries.successors import end_points
from gis.intake.rules import Survey

Ints = npt.NDArray[np.intp]
NONE = -1


@dataclass(frozen=True)
class Network:
    """Lines by their position in `view.lines`, on a metre grid; one that doubles another does not count."""

    view: Outlook
    snap_m: float

    @property
    def plane(self) -> Plane:
        """The metre grid."""
        return self.view.plane

    @cached_property
    def shapes(self) -> Shapes:
        """Every line on the metre grid."""
        shapes = self.plane.to_metres(self.view.lines.geometry.array)
        shapely.prepare(shapes)
        return shapes

    @cached_property
    def tree(self) -> shapely.STRtree:
        """The lines, to be searched by place."""
        return shapely.STRtree(self.shapes)

    @cached_property
    def doubles(self) -> pd.DataFrame:
        """Lines that run where another runs, later ones and sent ones before those in force: line, other."""
        box = shapely.bounds(self.shapes)
        corners = np.asarray(shapely.points(box[:, :2]), dtype=object)
        one, other = shapely.STRtree(corners).query(corners, predicate="dwithin", distance=2 * self.snap_m)
        sent = self.view.lines["sent"].to_numpy()
        later = np.where(sent[one] == sent[other], one > other, sent[one])
        near = later & (np.abs(box[one] - box[other]).max(axis=1, initial=0) <= 2 * self.snap_m)
        one, other = one[near], other[near]
        length = shapely.length(self.shapes)
        alike = np.abs(length[one] - length[other]) <= 2 * self.snap_m + length[one] / 1000
        same = alike & (shapely.hausdorff_distance(self.shapes[one], self.shapes[other]) <= self.snap_m)
        found = pd.DataFrame({"line": one[same], "other": other[same]})
        return found.sort_values(["line", "other"]).drop_duplicates("line").reset_index(drop=True)

    @cached_property
    def live(self) -> Ints:
        """Positions of the lines that count: none that doubles another, none without length."""
        doubled = np.isin(np.arange(len(self.shapes)), self.doubles["line"])
        return np.flatnonzero(~doubled & (shapely.length(self.shapes) > self.snap_m))

    @cached_property
    def ends(self) -> pd.DataFrame:
        """Ends of lines that are not closed: line, which (start or end), x, y (m), node, sent, outer."""
        parts, index = shapely.get_parts(self.shapes[self.live], return_index=True)
        parts, lines = parts[~shapely.is_closed(parts)], self.live[index[~shapely.is_closed(parts)]]
        points = np.concatenate(end_points(parts))
        places = cluster_points(self.plane.to_degrees(points), self.snap_m)
        both = np.concatenate([lines, lines])
        return pd.DataFrame(
            {
                "line": both,
                "which": np.repeat(["start", "end"], len(lines)),
                "x": shapely.get_x(points),
                "y": shapely.get_y(points),
                "node": np.unique(places, return_inverse=True)[1],
                "sent": self.view.lines["sent"].to_numpy(dtype=bool)[both],
                "outer": (self.view.lines["role"] == "outer").to_numpy()[both],
            }
        )

    @cached_property
    def nodes(self) -> pd.DataFrame:
        """Where ends come together: x, y (m), ends, outer, inner, sent (how many), point (position or -1)."""
        by_node = self.ends.groupby("node")
        nodes = by_node[["x", "y"]].first()
        nodes["ends"] = by_node.size()
        nodes["outer"] = by_node["outer"].sum()
        nodes["inner"] = nodes["ends"] - nodes["outer"]
        nodes["sent"] = by_node["sent"].sum()
        point = np.full(len(nodes), NONE)
        node = self.node_of_point
        point[node[node != NONE]] = np.flatnonzero(node != NONE)
        nodes["point"] = point
        return nodes

    @cached_property
    def points(self) -> Shapes:
        """Every tri-junction on the metre grid."""
        return self.plane.to_metres(self.view.tri_junctions.geometry.array)

    @cached_property
    def doubled_points(self) -> dict[int, int]:
        """Sent tri-junctions that stand where an earlier one, or one in force, stands: position -> the other."""
        sent = self.view.tri_junctions["sent"].to_numpy(dtype=bool)
        one, other = shapely.STRtree(self.points).query(
            self.points, predicate="dwithin", distance=self.snap_m
        )
        later = sent[one] & ((one > other) | ~sent[other]) & (one != other)
        return dict(zip(one[later].tolist(), other[later].tolist(), strict=True))

    @cached_property
    def node_of_point(self) -> Ints:
        """The node at each tri-junction, -1 where no line ends."""
        found = np.full(len(self.points), NONE)
        at = self.ends.groupby("node")[["x", "y"]].first().to_numpy()
        if len(at) and len(found):
            point, node = shapely.STRtree(np.asarray(shapely.points(at))).query_nearest(
                self.points, max_distance=self.snap_m, all_matches=False
            )
            found[point] = node
        return found

    @cached_property
    def at(self) -> Shapes:
        """Every node as a point on the metre grid."""
        return np.asarray(shapely.points(self.nodes[["x", "y"]].to_numpy(dtype=float)), dtype=object)

    @cached_property
    def touches(self) -> pd.DataFrame:
        """Where ends meet the middle of a line that should have been cut there: node, line."""
        node, line = self.tree.query(self.at, predicate="dwithin", distance=self.snap_m)
        own = set(zip(self.ends["node"], self.ends["line"], strict=True))
        middle = [(n, at) not in own for n, at in zip(node, line, strict=True)]
        found = pd.DataFrame({"node": node[middle], "line": line[middle]})
        return found[found["line"].isin(self.live)].reset_index(drop=True)

    @cached_property
    def crossings(self) -> list[tuple[int, int, BaseGeometry]]:
        """Lines, one of them sent, that meet elsewhere than at their ends: both, and where they meet."""
        one, other = self.tree.query(self.shapes[self.live], predicate="intersects")
        one = self.live[one]
        sent = self.view.lines["sent"].to_numpy(dtype=bool)
        wanted = (one < other) & np.isin(other, self.live) & (sent[one] | sent[other])
        one, other = one[wanted], other[wanted]
        illegal = ~shapely.relate_pattern(self.shapes[one], self.shapes[other], "FF*F*****")
        one, other = one[illegal], other[illegal]
        start, end = end_points(self.shapes)
        ends = np.asarray(
            shapely.multipoints(np.column_stack([start[one], end[one], start[other], end[other]]))
        )
        meetings = shapely.intersection(self.shapes[one], self.shapes[other])
        meetings = shapely.difference(meetings, shapely.buffer(ends, self.snap_m))
        found = zip(one.tolist(), other.tolist(), meetings, strict=True)
        return [each for each in found if not each[2].is_empty]

    @cached_property
    def loose(self) -> pd.DataFrame:
        """Ends that meet nothing: neither another end, nor the middle of a line, nor a tri-junction."""
        alone = (self.nodes["ends"] == 1) & (self.nodes["point"] == NONE)
        alone[self.touches["node"].unique()] = False
        return self.ends[self.ends["node"].isin(self.nodes.index[alone])]

    @cached_property
    def outline_closed(self) -> bool:
        """Whether the county's own outline is known: outer lines that join into rings."""
        outer = self.view.lines["role"].to_numpy()[self.live] == "outer"
        return bool(outer.any()) and bool((self.nodes["outer"] != 1).all())

    @cached_property
    def units_expected(self) -> frozenset[str]:
        """Units under the same parents and of the same level as those that lines mention."""
        units = self.view.units
        ours = units[units["code"].isin(self.view.home)]
        alike = units["parent"].isin(set(ours["parent"]) - {""}) & units["level"].isin(ours["level"])
        return frozenset(units.loc[alike, "code"])

    @cached_property
    def whole(self) -> bool:
        """Whether the whole county is known: its outline is, and each of its units is mentioned by a line."""
        return self.outline_closed and self.units_expected <= self.view.home

    def degrees(self, shape: BaseGeometry) -> BaseGeometry:
        """A shape of the metre grid in degrees (lon, lat)."""
        moved: BaseGeometry = self.plane.to_degrees(shape)
        return moved

    def where(self, point: BaseGeometry) -> dict[str, str]:
        """A point of the grid as messages give it: lon and lat (°), to about a centimetre."""
        lon, lat = shapely.get_coordinates(self.degrees(point))[0]
        return {"lon": f"{lon:.7f}", "lat": f"{lat:.7f}"}

    def metres(self, one: BaseGeometry, other: BaseGeometry) -> float:
        """The shortest way between two shapes, measured on the ellipsoid."""
        way = shapely.get_coordinates(shapely.shortest_line(one, other))
        return float(self.plane.distance_m(way[0], way[1])[0])

    def called(self, lines: list[int]) -> dict[str, str]:
        """Several lines as messages list them: `lines` in Chinese, `lines_en` in English."""
        names = [self.view.line(line) for line in sorted(set(lines))]
        return {
            "lines": "、".join(name.zh for name in names),
            "lines_en": ", ".join(name.en for name in names),
        }

    def lines_at(self, node: int) -> list[int]:
        """The lines that end at a node, one entry for each end."""
        return self._lines_at.get(node, [])

    @cached_property
    def _lines_at(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for node, line in self.ends[["node", "line"]].to_numpy().tolist():
            found.setdefault(node, []).append(line)
        return found

    def sent_line_at(self, node: int) -> int | None:
        """A sent line that ends at a node, if there is one."""
        return next((line for line in self.lines_at(node) if self.row(line) != NONE), None)

    def row(self, line: int) -> int:
        """The row of a sent line in its sheet; -1 for one in force."""
        return self._rows[line]

    @cached_property
    def _rows(self) -> list[int]:
        rows: list[int] = self.view.lines["row"].tolist()
        return rows


@once_per_survey
def network(survey: Survey) -> Network:
    """How the lines meet that would be in force once this survey is published."""
    return Network(outlook(survey), survey.settings.snap_m)
