"""A made county: towns, names by the grammar of real ones, and as many plates and flats as asked for.

About 45 of a hundred are plates on roads (odd and even sides along the road's line, gaps, sub-numbers, lanes, sections),
10 in villages, and 45 flats in estates whose gate is a plate on a road. Another seed makes another county: its towns,
names and shares differ. Nothing in it is real.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from tests.benchmarks.county_names import Above, Toponym, Town, above, name_places, towns_of
from tests.benchmarks.estates_made import Gate, flats_of
from tests.benchmarks.made import PLATES, TOPONYMS, UNITS, Made
from tests.benchmarks.name_stock import Stock
from tests.benchmarks.roads_made import Ground, plates_of_hamlets, plates_of_roads

NAMES_PER_MILLION, AS_PLATES_GROW = 4000, 0.7
"""Names grow more slowly than plates: larger counties have longer roads, too."""
SIDE = 0.08
"""How wide a town is (degrees)."""
STATUSES = {"installed": 0.93, "assigned": 0.03, "made": 0.01, "damaged": 0.02, "replaced": 0.01}


@dataclass(frozen=True)
class Shares:
    """What share of a county's addresses is on roads, in villages, and flats."""

    road: float
    village: float
    flat: float


def county(seed: int, plates: int, towns: int | None = None, shares: Shares | None = None) -> Made:
    """A county with so many addresses in so many towns: 8 to 20 by the seed where none is given."""
    chance, draw = random.Random(seed), np.random.default_rng(seed)
    stock = Stock(chance)
    over = above(seed, chance)
    listed = towns_of(over.county[0], towns or chance.randint(8, 20), stock)
    name_places(listed, int(NAMES_PER_MILLION * (plates / 1e6) ** AS_PLATES_GROW), stock)
    grounds = _grounds(listed, chance, draw)
    frame = _plates(listed, grounds, plates, shares or _shares(chance), draw)
    toponyms = pd.DataFrame(
        [asdict(place) for town in listed for place in town.everything()], columns=list(TOPONYMS)
    )
    return Made(_units(over, listed), toponyms, frame)


def _shares(chance: random.Random) -> Shares:
    village, flat = chance.uniform(0.07, 0.13), chance.uniform(0.4, 0.5)
    return Shares(1 - village - flat, village, flat)


def _units(over: Above, towns: Sequence[Town]) -> pd.DataFrame:
    rows = [(*over.province, "province", ""), (*over.city, "prefecture", over.province[0])]
    rows.append((*over.county, "county", over.city[0]))
    for town in towns:
        rows.append((town.code, town.name, "township", over.county[0]))
        named = enumerate(town.communities, start=1)
        rows += [
            (f"{town.code}{number + 200:03d}", place.name, "village", town.code) for number, place in named
        ]
    return pd.DataFrame(rows, columns=list(UNITS))


def _grounds(towns: Sequence[Town], chance: random.Random, draw: np.random.Generator) -> dict[str, Ground]:
    """The towns beside each other, somewhere in the east of China; the urban ones in the middle."""
    across = int(np.ceil(len(towns) ** 0.5))
    west, south = chance.uniform(110, 121), chance.uniform(26, 36)
    middle = (across - 1) / 2
    cells = [(x, y) for x in range(across) for y in range(across)]
    cells.sort(key=lambda at: (at[0] - middle) ** 2 + (at[1] - middle) ** 2)
    ordered = sorted(towns, key=lambda town: not town.is_urban)
    return {
        town.code: Ground(
            west + x * SIDE, south + y * SIDE, SIDE, draw.random((max(1, len(town.communities)), 2))
        )
        for town, (x, y) in zip(ordered, cells, strict=False)
    }


def _plates(
    towns: Sequence[Town], grounds: dict[str, Ground], count: int, shares: Shares, draw: np.random.Generator
) -> pd.DataFrame:
    hamlets = [(town, place) for town in towns for place in (*town.hamlets, *_undivided(town))]
    villages = int(count * shares.village) if hamlets else 0
    flats = int(count * shares.flat)
    roads = [(town, place) for town in towns for place in town.roads]
    on_roads = plates_of_roads(roads, count - villages - flats, grounds, draw)
    gates = _gates(towns, on_roads, draw)
    frames = [on_roads, plates_of_hamlets(hamlets, villages, grounds, draw), flats_of(gates, flats, draw)]
    frame = (
        pd.concat(frames, ignore_index=True)
        .reindex(columns=list(PLATES), fill_value="")
        .fillna(dict.fromkeys(PLATES[:-2], ""))
    )
    frame = frame.iloc[np.argsort(frame["unit"].to_numpy(dtype=str), kind="stable")].reset_index(drop=True)
    frame["code"] = [f"{unit}{number:08d}" for number, unit in enumerate(frame["unit"], start=1)]
    frame["status"] = _drawn(draw, len(frame), STATUSES)
    frame["certified"] = _drawn(draw, len(frame), {"yes": 0.7, "no": 0.3})
    return frame


def _undivided(town: Town) -> list[Toponym]:
    """Villages that are numbered as a whole."""
    divided = {place.community for place in town.hamlets}
    villages = [
        place.name for place in town.communities if place.name.endswith("村") and place.name not in divided
    ]
    return [Toponym("", "hamlet", town.code, name) for name in villages]


def _drawn(draw: np.random.Generator, count: int, shares: dict[str, float]) -> np.ndarray:
    return np.array(list(shares), dtype=object)[draw.choice(len(shares), count, p=list(shares.values()))]


def _gates(towns: Sequence[Town], on_roads: pd.DataFrame, draw: np.random.Generator) -> list[Gate]:
    """Makes a large plate of a road each estate's gate."""
    plain = on_roads.index[(on_roads["plate"] == "large").to_numpy()]
    by_town = pd.Series(plain, index=on_roads.loc[plain, "unit"])
    gates = []
    estates, numbers = on_roads["estate"].to_numpy(dtype=object), by_town.groupby(level=0)
    pools = {unit: draw.permutation(group.to_numpy()) for unit, group in numbers}
    for town in towns:
        for estate, at in zip(town.estates, pools.get(town.code, ()), strict=False):
            estates[at] = estate.name
            row = on_roads.iloc[at]
            gates.append(
                Gate(
                    *(row[name] for name in Gate._fields[:-3]),
                    estate.name,
                    float(row["lon"]),
                    float(row["lat"]),
                )
            )
    on_roads["estate"] = estates
    return gates
