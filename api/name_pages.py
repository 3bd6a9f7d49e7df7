"""Place names as pages: what was found beside its map, and one place with all that is recorded of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from sqlalchemy import Connection, select
from starlette.responses import Response

from api import pages
from boundaries.units import UNITS
from gis import features, history
from gis.feature_sql import ALWAYS
from gis.features import Question
from gis.settings import Settings, settings
from gis.text import Text
from maps import layers
from maps.register_map import register_map
from placenames.finding.biographies import Biography
from placenames.finding.called import WORDS
from placenames.finding.found import Found
from placenames.finding.gazetteer import Search
from placenames.kinds import TITLES
from placenames.names import NAMES

SHOWN = {
    "label": Text("位置", "Where"),
    "roman": Text("汉语拼音", "Romanization"),
    "code": Text("地名代码", "Place-name code"),
}
STORY = ("origin", "meaning", "history", "position")
NOT_REPEATED = {*ALWAYS, *STORY, "category", "class_code", "unit", "roman", "aliases", "short_names", "former_names"}
UNITS_SHOWN = 500
"""Towns that a list to choose from still shows."""


def results(request: Request, look: Connection, asked: Search, found: Sequence[Found]) -> Response:
    """The form, what it found, and where that is."""
    kept = {name: value for name, value in request.query_params.items() if name not in ("f", "lang")}
    return pages.page(
        request,
        "names_search.html",
        asked=asked,
        found=found,
        is_asked=any(kept.values()),
        categories=TITLES,
        units=towns(look, asked.day),
        map_address="/names/map?" + urlencode(kept),
        json_address="/names/search?" + urlencode({**kept, "f": "json"}),
    )


def place(request: Request, found: Biography, of_it: list[dict[str, Any]], asked: Search) -> Response:
    """One place, and everything there is to know of it."""
    shown = [each for each in NAMES.shown(public=asked.public) if each.name not in NOT_REPEATED]
    version = found.version
    return pages.page(
        request,
        "names_place.html",
        place=found,
        rows=[{"title": each.title, "value": version.get(each.name), "unit": each.unit} for each in shown],
        story=[{"title": NAMES.field(name).title, "value": version.get(name)} for name in STORY],
        called=[(each, each.kind_on(date.today())) for each in found.called],
        words=WORDS,
        versions=[{**each, "current": _is_shown(each, found)} for each in found.versions],
        cases=of_it,
        on=asked.on,
        day=asked.day,
        map_address="/collections/names/map?" + urlencode({"fid": str(found.id), "datetime": found.on.isoformat()}),
    )


def map_of(
    request: Request, look: Connection, shown: Sequence[Mapping[str, Any]], asked: Search, config: Settings
) -> Response:
    """The map of what was found."""
    lang = pages.language(request)
    question = Question(asked.day, decimals=config.public_decimals, public=asked.public)
    placed = [{**each, "properties": {**each["properties"], "label": each["properties"]["name"],
                                      "place": each["properties"]["label"]}} for each in shown]  # fmt: skip
    drawn = register_map(
        {"type": "FeatureCollection", "features": placed},
        NAMES.title,
        {"place" if name == "label" else name: title for name, title in SHOWN.items()},
        lang,
        units=ground(look, question),
        note=layers.map_note(config, lang),
        place="/names/",
    )
    return pages.map_page(drawn)


def feature_of(look: Connection, found: Biography, question: Question) -> dict[str, Any]:
    """The version that is shown as a GeoJSON feature."""
    text = features.one(look, NAMES, str(found.id), question)
    feature: dict[str, Any] = json.loads(text) if text else {"type": "Feature", "id": str(found.id), "geometry": None}
    return feature


def towns(look: Connection, on: date) -> list[tuple[str, str]]:
    """(code, name) of the towns of the day, to choose one from."""
    c = UNITS.table.c
    statement = select(c.code, c.name).where(c.level == settings().parts_level, history.in_force(UNITS.table, on))
    return [(row.code, row.name) for row in look.execute(statement.order_by(c.code).limit(UNITS_SHOWN))]


def ground(look: Connection, question: Question) -> dict[str, Any]:
    """The towns of the day, to lie under the map."""
    towns = replace(question, equal={"level": settings().parts_level})
    found = features.ask(look, UNITS, towns).features
    return {"type": "FeatureCollection", "features": [json.loads(each) for each in found]}


def _is_shown(version: Mapping[str, Any], found: Biography) -> bool:
    return bool(version["version"] == found.version["version"])
