"""`jiezhi addresses search|suggest|reverse`: what lookups find, for the terminal and for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import typer

from api import address_answers, asking, street
from api.deps import day
from api.name_search import near_of, unit_of
from boundaries import areas
from gis.db import Database
from gis.errors import BadInput
from gis.features import FULL
from gis.settings import settings
from gis.text import Text
from placenames.addresses.finding.address_lookup import Question, answers
from placenames.addresses.finding.address_suggesting import suggestions
from placenames.addresses.finding.explanations import level_words, steps
from placenames.addresses.finding.matches import Match
from placenames.addresses.finding.nearest_plates import nearest
from placenames.addresses.finding.toponyms_known import toponyms_on

assert street.REGISTERS
MOST = 20


@dataclass(frozen=True, slots=True)
class Place:
    """Where and how much is looked for, as it was typed."""

    on: str = ""
    unit: str = ""
    near: str = ""
    limit: int = 5

    def question(self, text: str) -> Question:
        """The question about a text. Raises BadInput."""
        most = min(asking.capped(self.limit), MOST)
        return Question(text, day(self.on, "--on"), unit_of(self.unit), near=near_of(self.near), limit=most)

    @property
    def day(self) -> date:
        """The day on which it is looked for. Raises BadInput."""
        return day(self.on, "--on") or date.today()


def search(database: Database, text: str, place: Place, *, explain: bool, as_json: bool) -> None:
    """Prints the addresses that are meant, the best first. Raises BadInput."""
    asked = place.question(text)
    with database.reading() as look:
        names = toponyms_on(look, place.day)
        found = answers(look, names, [asked])[0] if text.strip() else []
    told = steps(text, names, found) if explain else []
    if as_json:
        more = {"steps": address_answers.words(told)} if explain else {}
        _print_json(address_answers.collection(text, found, settings(), FULL, **more))
    else:
        _show(found, told)


def suggest(database: Database, text: str, place: Place, *, as_json: bool) -> None:
    """Prints what a text may be the beginning of. Raises BadInput."""
    asked = place.question(text)
    with database.reading() as look:
        found = suggestions(look, toponyms_on(look, place.day), asked)
    if as_json:
        _print_json(address_answers.collection(text, found, settings(), FULL))
    else:
        _show(found)


def reverse(database: Database, lon: float, lat: float, place: Place, *, as_json: bool) -> None:
    """Prints the plates nearest to a point (degrees, EPSG:4490) and the units that govern it. Raises BadInput."""
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise BadInput("LON、LAT 应为经度、纬度(度)", "LON and LAT are degrees of longitude and latitude")
    asked = place.question("")
    with database.reading() as look:
        found = nearest(look, toponyms_on(look, place.day), lon, lat, place.day, asked.limit, asked.unit)
        units = areas.units_at(look, lon, lat, place.day, None)
    if as_json:
        features = [address_answers.as_feature(each.match, FULL, distance_m=each.distance_m) for each in found]
        answer = address_answers.collection(f"{lon},{lat}", [], settings(), FULL)
        _print_json(answer | {"features": features, "units": units})
        return
    for unit in units:
        typer.echo(f"{unit['code']}  {unit['name']}")
    for each in found:
        typer.echo(f"{each.distance_m:8.1f} m  {each.match.label}  {each.match.code}")
    if not found:
        typer.echo("附近没有门牌 / no plate is near")


def _print_json(content: Any) -> None:
    typer.echo(json.dumps(content, ensure_ascii=False, default=str))


def _show(found: Sequence[Match], told: Sequence[Text] = ()) -> None:
    """One address after the other; a table would break them into pieces on a narrow terminal."""
    for step in told:
        typer.echo(f"· {step}")
    for each in found:
        typer.echo(f"{each.score:.3f}  {each.label}  {level_words(each.match_level)}")
        point = "" if each.lon is None or each.lat is None else f"{each.lon:.6f} {each.lat:.6f}"
        if each.code or point:
            typer.echo(f"       {each.code}  {point}".rstrip())
        for change in each.changed:
            typer.echo(f"       {change}")
    typer.echo(f"查到 {len(found)} 条 / {len(found)} found")
