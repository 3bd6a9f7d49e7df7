"""What laws say of cemeteries and the ground around them: on which ground none may stand, and how far from which."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from gis.errors import BadInput
from gis.settings import Settings
from gis.sources import Source
from placenames import shipped
from placenames.sites.prohibited_zones import KINDS

INTERSECTS, WITHIN = "intersects", "within_distance"
LOCAL = Source("本地设置 JIEZHI_ZONE_DISTANCES", "", None, "I")
MOST_M = 100_000.0
"""No law keeps cemeteries farther off than this."""


@dataclass(frozen=True, slots=True)
class ZoneRule:
    """No cemetery on (`intersects`) or near (`within_distance`) a kind of ground; without a distance a person decides."""

    kind: str
    relation: str
    distance_m: float | None
    jurisdiction: str
    source: Source

    @property
    def is_for_a_person(self) -> bool:
        """Whether nearness is asked for and nobody has said how near is too near."""
        return self.relation == WITHIN and self.distance_m is None


def zone_rules(unit: str, on: date, settings: Settings) -> list[ZoneRule]:
    """The rules that hold in a unit on a day: of one kind the most local ones, distances of this deployment before them."""
    local = _distances(settings.zone_distances)
    found: dict[tuple[str, str], ZoneRule] = {}
    for each in _shipped(on):
        key = (each.kind, each.relation)
        if shipped.applies(each.jurisdiction, unit) and (key not in found or _is_closer(each, found[key])):
            found[key] = each
    for kind, distance in local.items():
        found[(kind, WITHIN)] = ZoneRule(kind, WITHIN, distance, unit, LOCAL)
    order = list(KINDS)
    return sorted(found.values(), key=lambda each: (order.index(each.kind), each.relation))


def _is_closer(one: ZoneRule, other: ZoneRule) -> bool:
    return other.jurisdiction == shipped.NATIONAL or len(one.jurisdiction) > len(other.jurisdiction)


@cache
def _shipped(on: date) -> tuple[ZoneRule, ...]:
    return tuple(
        ZoneRule(
            row["kind"], row["relation"], float(row["distance_m"]) if row["distance_m"] else None, row["jurisdiction"],
            shipped.source_of(row),
        )
        for row in shipped.rows("cemetery_zone_rules.csv")
        if shipped.in_force(row, on)
    )  # fmt: skip


@cache
def _distances(said: str) -> dict[str, float]:
    """Kind -> m. Raises BadInput."""
    try:
        pairs = [each.split(":") for each in said.split(",") if each.strip()]
        found = {kind.strip(): float(distance) for kind, distance in pairs}
    except ValueError:
        found = {"": 0.0}
    if not (found.keys() <= KINDS.keys() and all(0 <= each < MOST_M for each in found.values())):
        raise BadInput(
            "设置 JIEZHI_ZONE_DISTANCES 应写作 类别:米,类别:米;类别为 {kinds}",
            "the setting JIEZHI_ZONE_DISTANCES should read kind:metres,kind:metres; kinds are {kinds}",
            kinds=", ".join(KINDS),
        )
    return found
