"""Plates along made roads and in made villages: numbers with gaps, sides, sub-numbers, lanes and sections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tests.benchmarks.county_names import Toponym, Town

Places = Sequence[tuple[Town, Toponym]]
METRE = 1 / 100_000
"""About a metre (degrees)."""
FORMER = 0.02
"""The share of road plates that had another number before."""
SECTIONS = ("一段", "二段", "三段", "四段")


@dataclass(frozen=True)
class Ground:
    """A square in which a town lies (degrees), and where in it its communities are (shares of its side)."""

    west: float
    south: float
    side: float
    centres: np.ndarray

    def nearest(self, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        """Which community is nearest to each place."""
        east, north = (lon - self.west) / self.side, (lat - self.south) / self.side
        far = (east[:, None] - self.centres[:, 0]) ** 2 + (north[:, None] - self.centres[:, 1]) ** 2
        return np.argmin(far, axis=1)


def shared_out(
    count: int, among: int, draw: np.random.Generator, spread: float = 0.9, least: int = 3
) -> np.ndarray:
    """Divides a number among places, most of them small and some large."""
    if not among:
        return np.zeros(0, dtype=int)
    weights = draw.lognormal(0, spread, among)
    each = np.maximum(np.floor(weights / weights.sum() * count).astype(int), min(least, count // among))
    while (over := int(each.sum()) - count) != 0:
        at = np.argsort(each)[::-1][: min(among, abs(over))]
        each[at] -= np.sign(over)
    return each


def plates_of_roads(
    roads: Places, count: int, grounds: dict[str, Ground], draw: np.random.Generator
) -> pd.DataFrame:
    """Plates on roads; one of a lane or with a sub-number is small, the others are large."""
    pieces: list[dict[str, Any]] = []
    counts = shared_out(count, len(roads), draw)
    for (town, road), number in zip(roads, counts, strict=True):
        ground = grounds[town.code]
        line = _Line(ground, draw)
        sections = int(draw.integers(2, 5)) if number > 60 and draw.random() < 0.02 else 1
        for section, part in enumerate(np.array_split(np.arange(number), sections)):
            piece = _along(road, len(part), line, draw)
            if sections > 1:  # each section begins with 1, so that a number alone would not tell
                piece["former"] = np.full(len(part), "", dtype=object)
            piece["section"] = np.full(len(part), SECTIONS[section] if sections > 1 else "", dtype=object)
            line.s += 6000 * METRE / sections if sections > 1 else 0
            pieces.append(_in_town(piece, town, ground))
    return _joined(pieces)


def plates_of_hamlets(
    hamlets: Places, count: int, grounds: dict[str, Ground], draw: np.random.Generator
) -> pd.DataFrame:
    """Plates in villages, around the middle of their hamlet."""
    pieces: list[dict[str, Any]] = []
    for (town, hamlet), number in zip(hamlets, shared_out(count, len(hamlets), draw), strict=True):
        ground = grounds[town.code]
        middle = np.array([ground.west, ground.south]) + draw.random(2) * ground.side
        at = middle + draw.normal(0, 80, (number, 2)) * METRE
        numbers, is_sub, _ = _numbers(number, draw, is_odd_only=False, sub_share=0.05)
        rural, sub = np.full(number, "rural", dtype=object), np.full(number, "small", dtype=object)
        pieces.append({
            "unit": np.full(number, town.code, dtype=object), "community": np.full(number, hamlet.community, dtype=object),
            "hamlet": np.full(number, hamlet.name, dtype=object), "number": numbers, "plate": np.where(is_sub, sub, rural),
            "lon": np.round(at[:, 0], 7), "lat": np.round(at[:, 1], 7),
        })  # fmt: skip
    return _joined(pieces)


class _Line:
    """A slightly bent road that starts somewhere in a town."""

    def __init__(self, ground: Ground, draw: np.random.Generator) -> None:
        self.start = np.array([ground.west, ground.south]) + (0.15 + 0.7 * draw.random(2)) * ground.side
        self.heading, self.bend = draw.random() * 2 * np.pi, draw.normal(0, 8)
        self.step = draw.uniform(5, 12) * METRE
        self.s = 0.0

    def at(self, along: np.ndarray, across: np.ndarray) -> np.ndarray:
        """Places so far along (in numbers) and across (in metres)."""
        s = self.s + along * self.step
        heading = self.heading + self.bend * s
        middle = np.stack([np.cos(heading), np.sin(heading)], axis=1) * s[:, None]
        side = np.stack([-np.sin(heading), np.cos(heading)], axis=1) * (across * METRE)[:, None]
        return self.start + middle + side


def _along(road: Toponym, count: int, line: _Line, draw: np.random.Generator) -> dict[str, Any]:
    in_lanes = min(count // 2, int(draw.integers(5, 80))) if count > 20 and draw.random() < 0.15 else 0
    main = count - in_lanes
    numbers, is_sub, values = _numbers(main, draw, is_odd_only=draw.random() < 0.08, sub_share=0.08)
    lanes, inside, lane_values = _lanes(in_lanes, values, draw)
    along = np.concatenate([values // 2, lane_values // 2])
    odd = np.concatenate([values % 2, lane_values % 2]) * 2 - 1
    deep = (
        np.concatenate([np.full(main, 10.0), 20 + 8.0 * np.arange(in_lanes) % 160]) + draw.random(count) * 3
    )
    places = line.at(along, odd * deep)
    large, small = np.full(count, "large", dtype=object), np.full(count, "small", dtype=object)
    in_lane = np.arange(count) >= main
    return {
        "street": np.full(count, road.name, dtype=object), "lane": np.concatenate([np.full(main, "", dtype=object), lanes]),
        "number": np.concatenate([numbers, inside]), "former": _former(road, main, in_lanes, values, draw),
        "plate": np.where(np.concatenate([is_sub, in_lane[main:]]), small, large),
        "lon": np.round(places[:, 0], 7), "lat": np.round(places[:, 1], 7),
    }  # fmt: skip


def _numbers(
    count: int, draw: np.random.Generator, *, is_odd_only: bool, sub_share: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """So many numbers of a street, which of them are sub-numbers, and their values; some numbers are left out."""
    subs = int(draw.binomial(count, sub_share)) if count > 8 else 0
    whole = count - subs
    slots = np.arange(1, int(whole / (1 - draw.uniform(0.05, 0.25))) + 2)
    kept = np.sort(draw.permutation(slots)[:whole])
    values = kept * 2 - 1 if is_odd_only else kept
    texts = [f"{value}号" for value in values]
    bearers = values[draw.integers(0, whole, subs)] if subs else np.zeros(0, dtype=int)
    is_attached = draw.random() < 0.4  # 12号附3号, not 12-3号
    seen: dict[int, int] = {}
    for bearer in bearers:
        seen[bearer] = seen.get(bearer, 0) + 1
        texts.append(f"{bearer}号附{seen[bearer]}号" if is_attached else f"{bearer}-{seen[bearer]}号")
    is_sub = np.arange(count) >= whole
    return np.array(texts, dtype=object), is_sub, np.concatenate([values, bearers]).astype(int)


def _lanes(
    count: int, values: np.ndarray, draw: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Plates in lanes that leave the road at numbers which are no plates: 123弄45号."""
    if not count:
        return np.zeros(0, dtype=object), np.zeros(0, dtype=object), np.zeros(0, dtype=int)
    free = np.setdiff1d(np.arange(1, values.max() + 6), values)
    mouths = draw.permutation(free)[: max(1, count // 15)]
    which = np.sort(draw.integers(0, len(mouths), count))
    first = np.searchsorted(which, which)
    kind = "弄" if draw.random() < 0.6 else "巷"
    lanes = np.array([f"{mouth}{kind}" for mouth in mouths[which]], dtype=object)
    return (
        lanes,
        np.array([f"{number}号" for number in np.arange(count) - first + 1], dtype=object),
        mouths[which],
    )


def _former(
    road: Toponym, main: int, in_lanes: int, values: np.ndarray, draw: np.random.Generator
) -> np.ndarray:
    """What a few plates were before: a number of the same road that nothing bears now."""
    former = np.full(main + in_lanes, "", dtype=object)
    renumbered = np.flatnonzero(draw.random(main) < FORMER)
    free = np.setdiff1d(np.arange(1, values.max() + 2 * len(renumbered) + 2), values) if main else np.zeros(0)
    for at, old in zip(renumbered, draw.permutation(free), strict=False):
        former[at] = f"{road.name}{old}号"
    return former


def _in_town(piece: dict[str, Any], town: Town, ground: Ground) -> dict[str, Any]:
    count = len(piece["number"])
    names = np.array([each.name for each in town.communities] or [""], dtype=object)
    piece["community"] = (
        names[ground.nearest(piece["lon"], piece["lat"])] if count else np.zeros(0, dtype=object)
    )
    piece["unit"] = np.full(count, town.code, dtype=object)
    return piece


def _joined(pieces: Sequence[dict[str, Any]]) -> pd.DataFrame:
    columns = dict.fromkeys(name for piece in pieces for name in piece)
    frame = pd.DataFrame({name: np.concatenate([piece[name] for piece in pieces]) for name in columns})
    return frame.assign(estate="") if "street" in columns else frame
