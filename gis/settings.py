"""Every setting of a deployment; the only reader of the environment.

Each setting is an environment variable `JIEZHI_<NAME>`. The README lists them all (a test holds it to that).
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path

from gis.errors import BadInput

PREFIX = "JIEZHI_"
COUNTRY_CODES = r"province:\d{2},prefecture:\d{4},county:\d{6},township:\d{9},village:\d{12}"
PATTERNS = ("line_codes", "address_codes")
"""Settings that are one regular expression."""
CHOICES = {"number_sides": ("left", "right", "none")}
"""Settings that are one of some words."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a deployment may decide. Lengths in metres, times in seconds, sizes in megabytes."""

    database_url: str = ""
    """PostgreSQL address; empty means the embedded PostGIS in `var`."""
    host: str = "127.0.0.1"
    port: int = 8000
    proxies: str = ""
    """Addresses of the proxies before it, with commas: whom they name as the client is believed; others are not."""
    var: Path = Path("var")
    """Where the embedded database, uploads and samples live."""
    title: str = "界址"
    """The name of the office, shown in the page head."""
    unit_codes: str = COUNTRY_CODES
    """Levels from the top down, each with the pattern of its codes: `county:\\d{5},township:\\d{8}`."""
    sent_units: str = ""
    """Unit codes or names as they are sent, and ours: `1001701=10017010,七堵区=10017020`; empty: they are the same."""
    parts_level: str = "township"
    """The level whose areas the boundary lines bound."""
    line_codes: str = ""
    """The pattern of line codes, `\\d{12}|\\d{18}`; empty takes any, because no national rule reaches down to townships."""
    address_codes: str = ""
    """The pattern of address codes, `\\d{15}`; empty takes any. Codes made here for addresses sent without one fit too."""
    number_sides: str = ""
    """Where odd numbers stand, seen as numbers rise: left, right, none (not checked); empty: as most of the street's do."""
    outside_m: float = 30.0
    """How far outside its unit an address may lie; farther is a warning, and beyond 100 m an error."""
    snap_m: float = 0.01
    """How far apart two ends may lie and still be one point (edge-matched data)."""
    near_m: float = 0.5
    """How far apart two ends may lie and be reported as a near miss (raw data)."""
    marker_m: float = 1.0
    """How far a marker may stand off its line."""
    length_relative: float = 0.005
    length_absolute_m: float = 50.0
    """A stated length may differ from the measured one by the larger of the two."""
    name_jurisdiction: str = ""
    """Beginning of the unit codes whose local limits for generic terms are followed (3407); empty: none are."""
    name_compare: str = ""
    """Which part of names is compared, where the table is not followed: `ROD:specific,RES:full`."""
    name_characters: str = ""
    """Characters outside the 通用规范汉字表 that were approved for place names here."""
    name_near_m: float = 2000.0
    """Within this distance names count as near: those that a facility may be named after, those easily confused."""
    road_near_m: float = 100.0
    """How far from a road something that bears the road's name may lie."""
    same_place_m: float = 50.0
    """Two records of one name and kind this close are taken for one place."""
    plot_m2: str = "ash_single:1,ash_double:1,body_single:4,body_double:6"
    """The largest plots of cemeteries (m²), by what they hold; where a province is stricter, its rule is asked too."""
    green_share: str = "0:0.5,9:0.8"
    """How much of a cemetery's tomb area is to be green, from how many full years after its completion on."""
    zone_distances: str = ""
    """How far cemeteries keep from kinds of ground here (m): `reservoir:500,railway:300`; laws above name no distance."""
    activity_share: float = 0.6
    """How much of a community facility is to be for residents' activities."""
    households_m2: float = 30.0
    """How much service area a community is to have for each hundred households (m²)."""
    service_types: str = (
        "centre:service_centre|service_station|village_hall|party_service,"
        "elderly:home_care_centre|home_care_station|day_care,canteen:canteen"
    )
    """Which types of facilities count for a service when coverage is asked for; no list of this kind is national."""
    demand_per_1000: str = ""
    """What is wanted for every thousand people here: `beds:9,meal_seats:20`; empty: nothing is called too little."""
    grave_m2: str = "single:4,double:6"
    """Outside cemeteries, a hardened tomb that takes more (m²) is one of the large ones."""
    grave_soon_days: int = 30
    """A grave outside cemeteries whose deadline is at most so many days away shows amber."""
    same_site_m: float = 30.0
    """Two facilities of one type, or two cemeteries of one category, this close are asked about."""
    site_beyond_m2: float = 10.0
    """An area of a site that leaves its unit by no more than this (m²) is not told: two surveys of one line differ."""
    near_site_m: float = 500.0
    """Sites that stand this close to a candidate site (m) are told with their distance."""
    public_decimals: int = 4
    """Decimals of a degree that the public sees of a surveyed coordinate (4 is about 10 m)."""
    map_approval: str = ""
    """The approval number (审图号) printed on public maps; empty prints the recorded reason instead."""
    map_approval_reason: str = "示例或内部使用,未公开出版 / a sample or for internal use, not published"
    """Why a map needs no number: `中文 / English`, or the same words for both."""
    upload_mb: int = 200
    attachment_mb: int = 50
    """The largest paper that can be attached to a case."""
    unpacked_mb: int = 2000
    long_list: int = 2000
    """From so many records on that a list holds or changes, it is published by a job: nobody waits at the door."""
    read_timeout_s: float = 5.0
    """How long a public question may keep the database busy."""
    case_days: str = "accept:5,review:10,approve:10,supplement:10"
    """Within how many working days the office means to take each step of a place-name case."""
    second_person: bool = True
    """Whoever put a place-name case forward does not approve it too, even where they hold both roles."""
    significant_names: str = ""
    """Categories whose names always have significant social influence here, so that three reports are due: `ADM,NAT`."""
    report_days: str = "acknowledge:5,supplement:10,inspect:10,close:5"
    """The same for prior reports of cemeteries, also build; no law that was read sets days for them."""
    report_before_days: int = 20
    """So many days before building begins a prior report is to come in; later ones are told, not refused."""
    anonymous_per_s: int = 50
    """How many lookups of addresses and names a client address may ask a second without a key; 0: as many as it likes."""
    batch_rows: int = 1_000_000
    """How many rows a batch of addresses may have."""
    batch_hours: int = 24
    """For how long a batch and its answers are kept; they may be about persons."""
    session_hours: int = 12
    secure_cookie: bool = False
    """Send the sign-in cookie over https only."""
    token: str = field(default="", repr=False)
    """A sign-in token for commands, instead of a password."""


def from_environment(environment: Mapping[str, str]) -> Settings:
    """The settings that an environment asks for; what it does not name keeps its default."""
    given: dict[str, object] = {}
    for setting in fields(Settings):
        raw = environment.get(PREFIX + setting.name.upper())
        if raw is not None and raw != "":
            given[setting.name] = _converted(setting.name, raw, setting.default)
    return Settings(**given)  # type: ignore[arg-type]


@cache
def settings() -> Settings:
    """The settings of this process."""
    return from_environment(os.environ)


def _converted(name: str, raw: str, default: object) -> object:
    try:
        if isinstance(default, bool):
            return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[
                raw.lower()
            ]
        if name in PATTERNS:
            re.compile(raw)
        return _not_negative(type(default)(_choice(name, raw)))  # type: ignore[call-arg]
    except (ValueError, KeyError, re.error) as problem:
        raise BadInput(
            "设置 {name} 的值“{raw}”无效",
            "setting {name} has no valid value: “{raw}”",
            name=PREFIX + name.upper(),
            raw=raw,
        ) from problem


def _choice(name: str, raw: str) -> str:
    if raw not in CHOICES.get(name, (raw,)):
        raise ValueError(raw)
    return raw


def _not_negative(value: object) -> object:
    if isinstance(value, int | float) and value < 0:
        raise ValueError(value)
    return value
