"""Addresses as pages: what a lookup found beside its map, the plates nearest to a point, an address taken apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from sqlalchemy import Connection
from starlette.responses import Response

from api import address_answers, pages
from api.kept_maps import map_answer
from api.name_pages import ground, towns
from gis import features
from gis.features import Question as Days
from gis.settings import Settings
from gis.text import Lang, Text
from maps.address_map import address_map
from placenames.addresses.address_histories import AddressHistory, Inside
from placenames.addresses.addresses import ADDRESSES
from placenames.addresses.finding.address_lookup import Question
from placenames.addresses.finding.match_words import Sureness, note_of, sureness_of
from placenames.addresses.finding.matches import Match
from placenames.addresses.finding.nearest_plates import Nearest, nearest
from placenames.addresses.finding.toponym_names import Toponyms
from placenames.addresses.parsing.address_parts import Address
from placenames.addresses.plates import STATUSES

NOT_REPEATED = {"code", "unit", "text", "former", "status", "certified", "built", "document"}
FRAME = ("f", "lang", "explain")
TONES = {"cancelled": "red", "changed": "red", "damaged": "amber", "reserved": "amber", "temporary": "amber"}
AROUND = 40
"""So many plates are drawn around an address."""
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Row:
    """One answer as a list shows it."""

    match: Match
    name: str
    """The address without the units it lies in."""
    units: str
    sure: Sureness | None
    """How sure it is; nothing for what was found from a point."""
    note: Text | None
    """That it is no plate of the register, where it is none."""
    distance_m: float | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """What stands in the list and beside it."""

    asked: Question
    rows: Sequence[Row]
    steps: Sequence[Text] = ()
    point: Point | None = None
    units_there: Sequence[Mapping[str, Any]] = ()
    is_spelt: bool = False
    """What was typed are letters of their names' pinyin."""


def found_rows(found: Sequence[Match], names: Toponyms) -> list[Row]:
    """Matches as rows, in their order."""
    sure = sureness_of(found)
    return [
        Row(each, *_split(each, names), sure[n], note_of(each.match_level)) for n, each in enumerate(found)
    ]


def nearest_rows(found: Sequence[Nearest], names: Toponyms) -> list[Row]:
    """The plates nearest to a point as rows."""
    return [Row(each.match, *_split(each.match, names), None, None, each.distance_m) for each in found]


def _split(match: Match, names: Toponyms) -> tuple[str, str]:
    units = names.chains.get(match.unit, "")
    name = match.label.removeprefix(units)
    return (name, units) if name else (match.label, "")


def listing(request: Request, look: Connection, shown: Listing) -> Response:
    """The form, what it found, and where that is."""
    asked = shown.asked
    kept = {name: value for name, value in request.query_params.items() if name not in FRAME and value}
    return pages.page(
        request,
        "addresses.html",
        shown=shown,
        asked=asked,
        is_open=_is_open(shown.rows),
        is_asked=bool(asked.q.strip()) or shown.point is not None,
        towns=towns(look, asked.on or date.today()),
        statuses=list(STATUSES),
        tones=TONES,
        map_address="/addresses/map?" + urlencode(kept),
        json_address=f"/addresses/{_door(shown)}?{urlencode({**kept, 'f': 'json'})}",
    )  # fmt: skip


def _door(shown: Listing) -> str:
    """Where systems ask the same."""
    return "reverse" if shown.point else "suggest" if shown.is_spelt else "search"


def _is_open(rows: Sequence[Row]) -> bool:
    """Whether several answers are as good as each other: then the towns they lie in would tell them apart."""
    several = [row for row in rows[:2] if row.sure and row.sure.name != "certain"]
    return len(several) == 2 and rows[0].units != rows[1].units


def suggested(request: Request, found: Sequence[Match], names: Toponyms, asked: Question) -> Response:
    """Help while typing."""
    rows = [Row(each, *_split(each, names), None, None) for each in found]
    return pages.page(request, "addresses_suggested.html", rows=rows, on=asked.on)


def one(request: Request, found: AddressHistory, inside: Sequence[Inside], asked: Days) -> Response:
    """One address, and everything there is to know of it."""
    version = found.version
    linked = {each.part: each.id for each in found.places}
    shown = [each for each in ADDRESSES.shown(public=asked.public) if each.name not in NOT_REPEATED]
    rows = [
        {"title": each.title, "value": version[each.name], "place": linked.get(each.name)}
        for each in shown
        if version.get(each.name) is not None
    ]
    return pages.page(
        request,
        "address.html",
        found=found,
        rows=rows,
        inside=inside,
        tones=TONES,
        on=asked.on if "on" in request.query_params else None,
        day=asked.on,
        map_address=f"/addresses/{found.id}/map?" + urlencode({"on": found.on.isoformat()}),
        json_address=f"/addresses/{found.id}?" + urlencode({"on": found.on.isoformat(), "f": "json"}),
    )


def parsed(request: Request, found: Address, on: date | None) -> Response:
    """An address taken apart."""
    json_address = "/addresses/parse?" + urlencode({"q": found.text, "explain": "1", "f": "json"})
    return pages.page(
        request, "addresses_parse.html", found=found, steps=list(found.steps()), on=on, json_address=json_address
    )


@dataclass(frozen=True, slots=True)
class Sketch:
    """What a map is to show: features as lookups answer them, and how finely, of which day, for whom."""

    on: date
    decimals: int
    public: bool
    found: Sequence[Mapping[str, Any]]
    around: Sequence[Mapping[str, Any]] = ()
    point: Point | None = None


def plates_around(
    look: Connection, names: Toponyms, found: Sequence[Mapping[str, Any]], on: date, decimals: int
) -> list[dict[str, Any]]:
    """The plates around the first of some features that has a point, without these: a dot alone is hard to place."""
    placed = [each for each in found if each["geometry"]]
    if not placed:
        return []
    shown, (lon, lat) = {each.get("id") for each in placed}, placed[0]["geometry"]["coordinates"]
    near = (each for each in nearest(look, names, lon, lat, on, AROUND) if each.match.id not in shown)
    return [address_answers.as_feature(each.match, decimals, distance_m=each.distance_m) for each in near]


def map_of(request: Request, look: Connection, config: Settings, key: tuple[object, ...], sketch: Sketch) -> Response:
    """The map of what was found; `key` is the question that decides what that is."""

    def draw(lang: Lang, note: str) -> str:
        units = ground(look, Days(sketch.on, decimals=config.public_decimals, public=sketch.public))
        found, around = ({"type": "FeatureCollection", "features": each} for each in (sketch.found, sketch.around))
        home = features.extent(look, ADDRESSES, config.public_decimals)
        return address_map(found, units, lang, note, around=around, asked=sketch.point, home=home)

    return map_answer(request, look, config, ("addresses", sketch.on, sketch.decimals, *key), draw)
