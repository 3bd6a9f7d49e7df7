"""Communities as facilities and cemeteries name them: 样桥 for 样桥社区, 样桥村委会, 全镇; and whom a site serves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial

from gis.registers import split

FOR_HOUSEHOLDS = ("service_centre", "service_station", "community_office", "village_hall", "party_service")
"""The types that together are the service facilities of a community."""
COMMITTEE = re.compile("(居民委员会|居委会|村民委员会|村委会)$")
ALL_OF_IT = re.compile("^(全[县市区镇乡村]|全街道|全社区|本[县市区镇乡村]|本街道|本社区|辖区|全辖区).{0,2}$")
WHOLE_TOWN = re.compile("^(全[镇乡]|全街道|本[镇乡]|本街道|辖区|全辖区).{0,2}$")
KINDS = ("", "社区", "村")
"""How communities are cut short: 样桥 for 样桥社区."""
plain = partial(COMMITTEE.sub, "")
"""The name of a community without that of its committee."""


@dataclass(frozen=True, slots=True)
class Place:
    """A community: its unit code, its name, the code of its town."""

    code: str
    name: str
    town: str


@dataclass(slots=True)
class Directory:
    """Communities by their names, each within its town first."""

    _towns: dict[str, list[str]] = field(default_factory=dict)
    _town_of: dict[str, str] = field(default_factory=dict)
    _town_of_unit: dict[str, str] = field(default_factory=dict)
    """Kept once looked for: towns are many, and most sites say the code of one."""
    _named: dict[tuple[str, str], str] = field(default_factory=dict)
    _anywhere: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, places: Iterable[Place]) -> Directory:
        """The directory of some communities."""
        made = cls()
        for each in places:
            made._towns.setdefault(each.town, []).append(each.code)
            made._town_of[each.code] = each.town
            made._named[each.town, plain(each.name)] = each.code
            made._anywhere.setdefault(plain(each.name), []).append(each.code)
        return made

    def town(self, unit: str) -> str:
        """The town that a unit code belongs to; empty where none is known."""
        if unit not in self._town_of_unit:
            around = (town for town in self._towns if town and unit.startswith(town))
            self._town_of_unit[unit] = self._town_of[unit] if unit in self._town_of else next(around, "")
        return self._town_of_unit[unit]

    def whom_it_serves(self, unit: str, community: str | None, served: str | None) -> list[str]:
        """The codes of the communities that a site serves: those it names, else the one it stands in; maybe none."""
        town, own = self.town(unit), self._own(unit, community)
        found: list[str] = []
        for said in split(served or ""):
            if WHOLE_TOWN.match(said):
                found += self._towns.get(town, [])
            elif not ALL_OF_IT.match(said):
                found += self._called(said, town)
        return list(dict.fromkeys(found)) or own

    def _own(self, unit: str, community: str | None) -> list[str]:
        return [unit] if unit in self._town_of else self._called(community or "", self.town(unit))

    def _called(self, said: str, town: str) -> list[str]:
        if said in self._town_of:
            return [said]
        names = [plain(said) + kind for kind in KINDS] if said else []
        here = [self._named[town, name] for name in names if (town, name) in self._named]
        elsewhere = [code for name in names for code in self._anywhere.get(name, ())]
        return here[:1] or (elsewhere if len(elsewhere) == 1 else [])


def shares(communities: Iterable[str], households: Mapping[str, int | None]) -> dict[str, float]:
    """Which part of a site is whose: by households where all of them are known, else in equal parts."""
    codes = list(communities)
    known = [households.get(code) for code in codes]
    weights = [float(each or 0) for each in known] if all(known) else [1.0] * len(codes)
    return {code: weight / sum(weights) for code, weight in zip(codes, weights, strict=True)}
