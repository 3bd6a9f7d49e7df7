"""Rules about the units of a tri-junction: the lines that meet there carry exactly those."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import shapely

from boundaries.network import NONE, Network, network
from boundaries.successors import units_at
from boundaries.tri_junction_rules import about_point, points_to_judge
from gis.intake.rules import Offence, Severity, Survey, rule
from gis.sources import HOUSE_PRACTICE
from gis.text import Text

OUTSIDE = ""
"""Whatever lies outside the county, under whatever code."""


@rule(
    "G08",
    "tri_junctions",
    "lines",
    severity=Severity.ERROR,
    source=HOUSE_PRACTICE.at("G08"),
    title=Text(
        "三交点的界线恰好带有它的三个单位", "The lines at a tri-junction carry exactly its three units"
    ),
    message=Text(
        "三交点 {point} 登记的单位是{units},而在此相接的界线({lines})分隔的是{found}",
        "tri-junction {point} names {units}, but the lines that meet there ({lines_en}) part {found}",
    ),
    fix=Text("把三交点的单位改为{found}", "let the tri-junction name {found}"),
    needs=("lines",),
)
def lines_carry_the_units_of_their_tri_junction(survey: Survey) -> Iterator[Offence]:
    """Each of the three units lies between two of the three lines: each code comes twice, and no other."""
    net = network(survey)
    faulty = meetings_that_do_not_fit(net)
    guilty = [each for meeting in faulty if (each := meeting.guilty()) and net.row(each[0]) != NONE]
    accused = list(dict.fromkeys(guilty))
    for meeting in faulty:
        if not any(meeting.would_fit(line, pair) for line, pair in accused):
            yield _mismatch(net, meeting)
    for line, pair in accused:
        points = [meeting.point for meeting in faulty if meeting.would_fit(line, pair)]
        record = net.view.lines.iloc[line]
        values = {
            "line": net.view.line(line),
            "points": _listed([net.view.point(point) for point in points]),
            "units": _units(net, pair),
            "found": _units(net, {record["left"], record["right"]}),
        }
        places = shapely.multipoints(net.view.tri_junctions.geometry.to_numpy()[points])
        yield Offence("lines", net.row(line), places, values, text=_GUILTY, fix=_GUILTY_FIX)


_GUILTY = Text(
    "界线 {line} 在三交点 {points} 处应分隔{units},填写的却是{found}",
    "line {line} should part {units} at tri-junction {points}, but names {found}",
)
_GUILTY_FIX = Text("把界线 {line} 两侧的单位改为{units}", "let line {line} name {units}")
_UNCLEAR_FIX = Text(
    "核对三交点与各界线的单位代码:每个单位应恰好出现在两条界线上",
    "check the codes of the tri-junction and of its lines: each unit should be named by two of them",
)


def meetings_that_do_not_fit(net: Network) -> list[Meeting]:
    """Tri-junctions whose lines carry other units than they name."""
    return [meeting for meeting in _meetings(net) if not meeting.fits]


@dataclass(frozen=True)
class Meeting:
    """A tri-junction and the lines that end there, with their units; all that is outside counts as one."""

    point: int
    lines: tuple[int, ...]
    pairs: tuple[frozenset[str], ...]
    named: frozenset[str]
    wanted: int
    partial: bool
    """Only some of its units are named."""

    @property
    def counts(self) -> Counter[str]:
        """How often the lines carry each unit."""
        return Counter(code for pair in self.pairs for code in pair)

    @property
    def agree(self) -> bool:
        """Whether the lines agree among themselves: each unit lies between two of them."""
        return len(self.lines) >= self.wanted and all(count % 2 == 0 for count in self.counts.values())

    @property
    def fits(self) -> bool:
        """Whether the lines carry the units that the tri-junction names, as far as all of them are there."""
        allowed = self.named | ({OUTSIDE} if len(self.named) < 3 else set())
        if not self.partial and set(self.counts) - allowed:
            return False
        return len(self.lines) < self.wanted or (self.agree and self.named <= set(self.counts))

    def would_fit(self, line: int, pair: frozenset[str]) -> bool:
        """Whether all would be well if that line parted those units."""
        if line not in self.lines:
            return False
        pairs = tuple(pair if each == line else old for each, old in zip(self.lines, self.pairs, strict=True))
        return replace(self, pairs=pairs).fits

    def guilty(self) -> tuple[int, frozenset[str]] | None:
        """The one line whose units do not fit while the others do, and the units it should part."""
        three = self.named | ({OUTSIDE} if len(self.named) == 2 else set())
        if self.agree or len(self.lines) != 3 or len(three) != 3:
            return None
        right = [pair for pair in self.pairs if pair <= three]
        wrong = [line for line, pair in zip(self.lines, self.pairs, strict=True) if not pair <= three]
        if len(wrong) != 1 or right[0] == right[1]:
            return None
        return wrong[0], right[0] ^ right[1]


def _meetings(net: Network) -> Iterator[Meeting]:
    named, home = units_at(net.view.tri_junctions).tolist(), net.view.home
    degree = net.view.tri_junctions["degree"].fillna(3).astype(int).tolist()
    sides = net.view.lines[["left", "right"]].to_numpy().tolist()
    inner = (net.view.lines["role"] != "outer").tolist()
    for point in points_to_judge(net):
        lines = net.lines_at(int(net.node_of_point[point]))
        pairs = [sides[line] for line in lines]
        if not named[point] or any(left == right for left, right in pairs):
            continue
        if any(inner[line] and "" in sides[line] for line in lines):
            continue  # a missing code is for A01
        yield Meeting(
            point,
            tuple(lines),
            tuple(frozenset(code if code in home else OUTSIDE for code in pair) for pair in pairs),
            frozenset(code if code in home else OUTSIDE for code in named[point]),
            degree[point],
            degree[point] > len(named[point]) >= 3,
        )


def _mismatch(net: Network, meeting: Meeting) -> Offence:
    values = {
        "units": _units(net, units_at(net.view.tri_junctions).iloc[meeting.point]),
        "found": _units(net, set(meeting.counts)),
    }
    fix = None if meeting.agree else _UNCLEAR_FIX
    return about_point(net, meeting.point, list(meeting.lines), values, Severity.ERROR, fix=fix)


def _units(net: Network, codes: Iterable[str]) -> Text:
    return _listed([net.view.unit(code) for code in sorted(codes, key=lambda code: (code == OUTSIDE, code))])


def _listed(words: list[Text]) -> Text:
    return Text("、".join(word.zh for word in words), ", ".join(word.en for word in words))
