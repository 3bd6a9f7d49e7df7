"""Learns the weights of the address lookup from made counties and made questions.

`python -m tests.benchmarks.learn_weights` fills a database of its own for each seed, asks, and takes every address that
came into question with its features and whether it was the one meant. The weights are those of a conditional logit: of all
addresses that came into question for one question, the one meant shall stand first. What `certain` weighs is set last, so
that scores are shares. Weights are printed beside the present ones, and written to the table with --write.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import numpy as np

from api import schema, street
from gis import cluster
from gis.db import Database, prepare
from placenames.addresses.finding.address_lookup import Question, candidates
from placenames.addresses.finding.match_scores import FEATURES, weights
from placenames.addresses.finding.toponyms_known import toponyms_on
from tests.benchmarks.addresses_filled import fill
from tests.benchmarks.made import Made
from tests.benchmarks.nonexistent_made import nonexistent
from tests.benchmarks.plates_made import county
from tests.benchmarks.queries_made import queries
from tests.benchmarks.query_book import Book
from tests.conftest import drop

assert street.REGISTERS
ROOT = Path(__file__).parents[2]
TABLE = ROOT / "placenames/tables/match_weights.csv"
SEEDS, PLATES, EACH = (401, 402, 403), 60_000, 120
RIDGE, ROUNDS, RATE, AT_ONCE = 1.0, 4000, 0.5, 200
MERITS = frozenset({"certain", "same_village", "same_estate", "plates"})
NAME = "jiezhi_learning"
Sample = tuple[int, dict[str, float], bool]
"""The question, the features of an address that came into question for it, and whether it was meant."""


_numbers = itertools.count()


PRIOR = {
    "certain": 3.2, "sound": -1.0, "swap": -1.1, "slip": -1.3, "faint": -2.4, "begun": -2.6, "alias": -0.1, "short": -0.3,
    "former_name": -0.3, "slip_in_a_unit": -0.3, "elsewhere": -0.6, "doubt": -1.5, "gate": -0.4, "less_inside": -0.8,
    "leftover": -0.12, "same_village": 0.6, "other_village": -0.6, "same_estate": 0.8, "other_estate": -0.5, "ended": -2.0,
    "former_number": -0.4, "given_up": -1.0, "distance": -0.35, "plates": 0.05,
}  # fmt: skip
"""What we expect before anything is asked; questions move it as far as they tell."""


def samples(database: Database, made: Made, seed: int) -> Iterator[Sample]:
    """Every address that came into question for the questions of a county, and whether it was meant."""
    fill(database, made)
    book = Book(made)
    asked = [*queries(book, seed, EACH), *nonexistent(book, seed, EACH)]
    with database.reading() as look:
        names = toponyms_on(look, date.today())
        for start in range(0, len(asked), AT_ONCE):
            some = asked[start : start + AT_ONCE]
            cases = candidates(look, names, [Question(each.q, near=each.near) for each in some])
            for each, case in zip(some, cases, strict=True):
                number = next(_numbers)
                for found in case.found.values():
                    yield number, found.features, each.exists and found.plate.code == each.expected_code


def learnt(found: list[Sample]) -> dict[str, float]:
    """The weights; a feature that no question showed keeps the weight we expect.

    A weight that would count a shortcoming as a merit, because no question tells, is left at nothing.
    """
    whole = [sample for sample in found if "less_inside" not in sample[1]]
    seen = {name for _, features, _ in whole for name in features}
    shown = [name for name in FEATURES if name in seen and name != "certain"]
    while True:
        weight = _conditional_logit(whole, shown)
        wrong = [name for name, value in weight.items() if name not in MERITS and value > 0]
        if not wrong:
            break
        shown = [name for name in shown if name not in wrong]
    weight["certain"] = _offset(whole, weight)
    kept = {name: 0.0 if name in seen else PRIOR[name] for name in FEATURES}
    return {name: round(weight.get(name, kept[name]), 3) for name in FEATURES}


def _conditional_logit(samples: list[Sample], names: list[str]) -> dict[str, float]:
    """By gradient ascent with momentum, over the questions for which the address meant came into question."""
    answered = {number for number, _, meant in samples if meant}
    rows = [sample for sample in samples if sample[0] in answered]
    x = np.array([[features.get(name, 0.0) for name in names] for _, features, _ in rows])
    y = np.array([meant for _, _, meant in rows], dtype=float)
    _, of = np.unique([number for number, _, _ in rows], return_inverse=True)
    expected = np.array([PRIOR[name] for name in names])
    weight, speed = expected.copy(), np.zeros(len(names))
    for _ in range(ROUNDS):
        likely = np.exp(x @ weight - (x @ weight).max())
        likely /= np.bincount(of, likely)[of]
        slope = (x.T @ (y - likely) - RIDGE * (weight - expected)) / len(answered)
        speed = 0.9 * speed + slope
        weight += RATE * speed
    return dict(zip(names, weight.tolist(), strict=True))


def _offset(samples: list[Sample], weight: dict[str, float]) -> float:
    """What makes the scores of the best answers add up to how many of them are right."""
    best: dict[int, tuple[float, bool]] = {}
    for number, features, meant in samples:
        worth = sum(weight.get(name, 0.0) * value for name, value in features.items())
        best[number] = max(best.get(number, (-np.inf, False)), (worth, meant))
    worth, meant = (np.array(values, dtype=float) for values in zip(*best.values(), strict=True))
    low, high = -20.0, 20.0
    while high - low > 1e-3:
        middle = (low + high) / 2
        low, high = (middle, high) if (1 / (1 + np.exp(-worth - middle))).sum() < meant.sum() else (low, middle)
    return low


def main() -> None:
    """Learns, prints the weights beside the present ones, and writes them where asked."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--write", action="store_true")
    chosen = options.parse_args()
    found: list[Sample] = []
    with cluster.running(ROOT / "var") as server:
        for seed in SEEDS:
            name = f"{NAME}_{seed}"
            drop(server, name)
            url = cluster.create_database(server, name)
            prepare(url)
            with closing(Database(url)) as database:
                schema.migrate(database)
                found += samples(database, county(seed, PLATES), seed)
            drop(server, name)
    now = weights()
    new = learnt(found)
    for name in FEATURES:
        sys.stdout.write(f"{name:16}{now.get(name, 0.0):9.3f}{new[name]:9.3f}\n")
    if chosen.write:
        with TABLE.open("w", encoding="utf-8", newline="") as out:
            table = csv.writer(out, lineterminator="\n")
            table.writerow(("feature", "weight"))
            table.writerows(new.items())


if __name__ == "__main__":
    main()
