"""Match scores: how likely it is that a plate is the one that was meant, between 0 and 1.

A score is the logistic function of weighted features. The weights are learnt from made counties and made questions, never
from anybody's data, by `python -m tests.benchmarks.learn_weights`; the table holds what it found last.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from math import exp

from placenames import shipped

_FEATURES = (
    "certain sound swap slip faint begun alias short former_name slip_in_a_unit elsewhere doubt gate less_inside leftover "
    "same_village other_village same_estate other_estate ended former_number given_up distance plates"
)
FEATURES = tuple(_FEATURES.split())
"""`certain` is always 1; `elsewhere` counts the other towns that have such a name, in logarithms; `distance` is how much
farther it is from the asker than the nearest, in logarithms of kilometres; `plates` the logarithm of how many plates the
street bears."""
Features = dict[str, float]
"""Features that are not 0."""


def score(features: Mapping[str, float]) -> float:
    """How likely it is, between 0 and 1, that a plate with these features is the one that was meant."""
    known = weights()
    return 1.0 / (1.0 + exp(-sum(known[name] * value for name, value in features.items())))


@cache
def weights() -> dict[str, float]:
    """What each feature weighs."""
    return {row["feature"]: float(row["weight"]) for row in shipped.rows("match_weights.csv")}
