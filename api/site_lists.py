"""Which sites are asked for, and the sites themselves as everybody may see them."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Annotated, Any

from fastapi import Depends, Query
from sqlalchemy import Connection

from api.asking import MOST
from api.deps import Config, OnDay, Visitor, areas_read_by, decimals_for, reads_as_public
from api.popup_photos import photos_for_popups
from api.single_maps import as_one_file
from gis import features
from gis.codes import levels
from gis.errors import BadInput, not_one_of
from gis.feature_sql import EVERYWHERE
from gis.features import Question
from gis.registers import REGISTERS, Register
from gis.settings import Settings, settings
from gis.text import Lang
from maps.layers import map_note
from maps.site_map import site_map
from placenames.sites.cemeteries import CATEGORIES, CEMETERIES, CEMETERY_AREAS
from placenames.sites.cemeteries import STATES as CEMETERY_STATES
from placenames.sites.facilities import FACILITIES, TYPES
from placenames.sites.facilities import STATES as FACILITY_STATES
from placenames.sites.site_photos import Sight

KIND = {FACILITIES.name: "type", CEMETERIES.name: "category"}
STATES = {**FACILITY_STATES, **CEMETERY_STATES}
REACHES = (0, 300, 500, 1000)
ASKED = ("types", "towns", "state", "on", "q", "reach", "lines")
"""What an address may say of the sites it asks for."""


@dataclass(frozen=True)
class Sites:
    """The sites that are asked for: of which types, in which towns, in which state, on which day, called how."""

    types: tuple[str, ...]
    towns: tuple[str, ...]
    state: str
    on: date
    q: str
    reach: int
    lines: bool
    decimals: int
    public: bool
    areas: tuple[str, ...] = EVERYWHERE

    def question(self) -> Question:
        """The same day, as finely as the asker may see."""
        return Question(self.on, limit=MOST, decimals=self.decimals, public=self.public, areas=self.areas)

    def holds(self, register: Register, about: Mapping[str, Any]) -> bool:
        """Whether a site is asked for."""
        kind = about[KIND[register.name]]
        return (
            (not self.types or kind in self.types)
            and (not self.towns or str(about["unit"]).startswith(self.towns))
            and (not self.state or about["state"] == self.state)
            and self.q.lower() in f"{about['name']} {about['code']} {about['address'] or ''}".lower()
        )


async def _wanted(
    config: Config,
    visitor: Visitor,
    on: OnDay,
    types: Annotated[list[str] | None, Query(description="types of facilities and categories of cemeteries")] = None,
    towns: Annotated[list[str] | None, Query(description="the beginning of unit codes")] = None,
    state: Annotated[str, Query(description="planned, building, open, closed, …")] = "",
    q: Annotated[str, Query(max_length=100, description="part of a name, code or address")] = "",
    reach: Annotated[int, Query(description="circles of so many metres: 300, 500 or 1000")] = 0,
    lines: Annotated[bool, Query(description="boundary lines underneath")] = False,
) -> Sites:
    decimals = decimals_for(config, visitor)
    asked = asked_for(types, towns, state, on, q, reach, lines, decimals, public=reads_as_public(visitor))
    return replace(asked, areas=areas_read_by(visitor))


def asked_for(
    types: Sequence[str] | None, towns: Sequence[str] | None, state: str, on: date | None, q: str, reach: int, lines: bool,
    decimals: int, *, public: bool,
) -> Sites:  # fmt: skip
    """The sites that some words ask for; several types and towns with commas. Raises BadInput."""
    kinds = tuple(each for said in types or () for each in said.split(",") if each)
    must_be_one_of("types", kinds, {**TYPES, **CATEGORIES})
    must_be_one_of("state", (state,) if state else (), STATES)
    must_be_one_of("reach", (str(reach),), tuple(map(str, REACHES)))
    codes = tuple(each for said in towns or () for each in said.split(",") if each)
    if not all(each.isascii() and each.isdigit() for each in codes):
        raise BadInput("towns 应为政区代码的开头", "towns are the beginnings of unit codes")
    return Sites(kinds, codes, state, on or date.today(), q.strip(), reach, lines, decimals, public)


Wanted = Annotated[Sites, Depends(_wanted)]


def as_for_everybody(asked: Sites, config: Settings) -> Sites:
    """The same question as the public may ask it: what is taken away on paper or as a file is passed on to anybody."""
    return replace(asked, decimals=config.public_decimals, public=True, areas=EVERYWHERE)


def must_be_one_of(name: str, given: tuple[str, ...], known: Collection[str]) -> None:
    """Raises BadInput for a word that is not among those known."""
    for each in given:
        if each not in known:
            raise not_one_of(name, each, known)


def sites_asked_for(look: Connection, asked: Sites) -> dict[str, list[dict[str, Any]]]:
    """The facilities and cemeteries that are asked for, as features, by register."""
    found: dict[str, list[dict[str, Any]]] = {}
    for register in (FACILITIES, CEMETERIES):
        every = (json.loads(each) for each in features.ask(look, register, asked.question()).features)
        found[register.name] = [each for each in every if asked.holds(register, each["properties"])]
    found[CEMETERIES.name] = _on_their_ground(look, asked, found[CEMETERIES.name])
    return found


def _on_their_ground(look: Connection, asked: Sites, cemeteries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Cemeteries of which only areas are drawn have their place there."""
    placeless = [each for each in cemeteries if not each["geometry"]]
    drawn = areas_of(look, asked, placeless)["features"] if placeless else ()
    ground = {each["properties"]["cemetery"]: each["geometry"] for each in reversed(drawn)}
    return [{**each, "geometry": each["geometry"] or ground.get(each["properties"]["code"])} for each in cemeteries]


def areas_of(look: Connection, asked: Sites, cemeteries: list[dict[str, Any]]) -> dict[str, Any]:
    """The ground of some cemeteries."""
    codes = {each["properties"]["code"] for each in cemeteries}
    every = (json.loads(each) for each in features.ask(look, CEMETERY_AREAS, asked.question()).features)
    return as_collection([each for each in every if each["properties"]["cemetery"] in codes])


def boundary_lines(look: Connection, asked: Sites) -> dict[str, Any]:
    """The boundary lines of that day."""
    found = features.ask(look, REGISTERS["lines"], asked.question()).features
    return as_collection([json.loads(each) for each in found])


def as_collection(found: list[dict[str, Any]]) -> dict[str, Any]:
    """Features as a GeoJSON collection."""
    return {"type": "FeatureCollection", "features": found}


def named_towns(look: Connection, config: Settings, on: date) -> dict[str, str]:
    """The towns that stand on a day, code -> name."""
    question = Question(on, limit=MOST, equal={"level": config.parts_level})
    found = (json.loads(each)["properties"] for each in features.ask(look, REGISTERS["units"], question).features)
    return {each["code"]: each["name"] for each in found}


def grounds(look: Connection, config: Settings, on: date, decimals: int) -> dict[str, Any]:
    """The towns as GeoJSON, to lie under what is drawn."""
    question = Question(on, limit=MOST, decimals=decimals, equal={"level": config.parts_level})
    return as_collection([json.loads(each) for each in features.ask(look, REGISTERS["units"], question).features])


def town_of(unit: str, config: Settings) -> str:
    """The code of the town in which a unit lies, by its first digits; a unit above the towns is itself."""
    pattern = _of_towns(config.unit_codes, config.parts_level)
    begins = pattern.match(unit) if pattern else None
    return begins.group() if begins else unit


@cache
def _of_towns(unit_codes: str, level: str) -> re.Pattern[str] | None:
    return levels(unit_codes).get(level)


def counts_by_type(found: Mapping[str, list[dict[str, Any]]], config: Settings) -> dict[str, Counter[str]]:
    """How many sites of each type there are in each town, by type; towns by the first digits of the site's unit."""
    counted: dict[str, Counter[str]] = {}
    for register, sites in found.items():
        for each in sites:
            about = each["properties"]
            counted.setdefault(about[KIND[register]], Counter())[town_of(about["unit"], config)] += 1
    return counted


def one_file(look: Connection, asked: Sites, lang: Lang, config: Settings) -> tuple[str, int]:
    """The map as one file that needs neither server nor network, and how many sites it has."""
    count = sum(map(len, sites_asked_for(look, asked).values()))
    return as_one_file(drawn_map(look, asked, lang, map_note(config, lang), alone=True)), count


def drawn_map(look: Connection, asked: Sites, lang: Lang, note: str, *, alone: bool = False) -> str:
    """The page of the map; `alone` where no server answers its links."""
    found = sites_asked_for(look, asked)
    return site_map(
        as_collection(found["facilities"]),
        as_collection(found["cemeteries"]),
        lang,
        areas=areas_of(look, asked, found["cemeteries"]),
        units=as_collection(ground_of(look, asked)),
        lines=boundary_lines(look, asked) if asked.lines else None,
        reach_m=asked.reach,
        note=f"{asked.on} · {note}",
        alone=alone,
        photos=photos_for_popups(look, found, Sight(asked.public, asked.areas), alone=alone),
    )


def ground_of(look: Connection, asked: Sites) -> list[dict[str, Any]]:
    """The units of the lowest level that has areas."""
    question = replace(asked.question(), equal={"level": settings().parts_level})
    return [json.loads(each) for each in features.ask(look, REGISTERS["units"], question).features]
