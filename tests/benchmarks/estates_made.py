"""Made estates: behind a gate on a road stand buildings with staircases, floors and flats."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from tests.benchmarks.roads_made import METRE, shared_out

TOWERS = 0.12
"""The share of estates that are towers without staircases of their own: 3幢1204室."""


class Gate(NamedTuple):
    """The plate on a road that leads into an estate."""

    unit: str
    community: str
    street: str
    section: str
    lane: str
    number: str
    estate: str
    lon: float
    lat: float


def flats_of(gates: Sequence[Gate], count: int, draw: np.random.Generator) -> pd.DataFrame:
    """Flats and the buildings they are in, so many of both together, behind these gates."""
    shares = shared_out(count, len(gates), draw)
    pieces = [_estate(gate, int(number), draw) for gate, number in zip(gates, shares, strict=True)]
    if not pieces:
        return pd.DataFrame()
    return pd.DataFrame({name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]})


def _estate(gate: Gate, count: int, draw: np.random.Generator) -> dict[str, Any]:
    """The flats of an estate in their order; the first address of each building is the building itself."""
    is_tower = draw.random() < TOWERS
    floors = int(draw.integers(12, 31) if is_tower else draw.choice([5, 6, 6, 7, 11, 18]))
    cells = 1 if is_tower else int(draw.integers(1, 5))
    on_floor = int(draw.integers(4, 9) if is_tower else draw.choice([2, 2, 2, 3, 4]))
    in_building = floors * cells * on_floor + 1
    which, within = np.divmod(np.arange(count), in_building)
    cell, rest = np.divmod(within - 1, floors * on_floor)
    floor, door = np.divmod(rest, on_floor)
    is_building = within == 0
    blank, number = np.full(count, "", dtype=object), len(str(floors))
    rooms = np.array([f"{f + 1}{d + 1:02d}室" for f, d in zip(floor, door, strict=True)], dtype=object)
    cell_names = np.array([f"{each + 1}单元" for each in cell], dtype=object)
    floor_names = np.array([f"{each + 1}层" for each in floor], dtype=object)
    lettered = is_tower and draw.random() < 0.3 and which.max(initial=0) < 20
    names = [
        f"{chr(65 + each)}座" if lettered else f"{each + 1}幢"
        for each in range(int(which.max(initial=0)) + 1)
    ]
    around = draw.normal(0, 60, (len(names), 2)) * METRE
    shown = is_tower and number == 2 and draw.random() < 0.3
    same = {name: np.full(count, getattr(gate, name), dtype=object) for name in Gate._fields[:-2]}
    return same | {
        "building": np.array(names, dtype=object)[which],
        "cell": blank if is_tower else np.where(is_building, blank, cell_names),
        "floor": np.where(is_building, blank, floor_names) if shown else blank,
        "room": np.where(is_building, blank, rooms),
        "plate": np.where(is_building, np.full(count, "building", dtype=object), np.full(count, "room", dtype=object)),
        "lon": np.round(gate.lon + around[which, 0] + cell * 12 * METRE, 7),
        "lat": np.round(gate.lat + around[which, 1], 7),
    }  # fmt: skip
