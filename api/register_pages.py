"""Registers as pages: all of them, one as a table, one record with its versions, and the maps beside them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from sqlalchemy import Connection
from starlette.responses import Response

from api import pages
from api.asking import TIMES
from api.heaping import are_many
from api.kept_maps import map_answer
from gis import features
from gis.errors import NotFound
from gis.features import Answer, Question
from gis.registers import REGISTERS, Register
from gis.settings import Settings, settings
from gis.text import Lang
from maps.heap_map import heap_map
from maps.register_map import register_map
from placenames.sites import site_photos
from placenames.sites.cemeteries import CEMETERIES
from placenames.sites.site_photos import AUDIENCES, Sight, site_called


def all_registers(request: Request, look: Connection, registers: Iterable[Register], on: date) -> Response:
    """Every register with the number of its records in force."""
    rows = [
        {
            "id": each.name,
            "title": each.title,
            "count": features.ask(look, each, Question(on, limit=1)).matched,
        }
        for each in registers
    ]
    return pages.page(request, "collections.html", collections=rows)


def table(
    request: Request, register: Register, question: Question, answer: Answer, following: str | None
) -> Response:
    """One register as a table beside its map."""
    return pages.page(
        request,
        "collection.html",
        collection={"id": register.name, "title": register.title},
        fields=register.shown(public=question.public),
        rows=[_row(json.loads(feature)) for feature in answer.features],
        matched=answer.matched,
        on=question.on if question.until is None else min(question.until, date.today()),
        first=str(request.url.remove_query_params("next")) if question.after else None,
        following=following,
        map_address=_map_address(request, register),
        json_address=str(request.url.include_query_params(f="json")),
    )


def _row(feature: Mapping[str, Any]) -> dict[str, Any]:
    """What a record says, and whether it has a place."""
    return {**feature["properties"], "placed": bool(feature["geometry"])}


def record(
    request: Request, look: Connection, register: Register, fid: str, question: Question, found: str | None
) -> Response:
    """One record: what it says on that day, every version of it, and its place."""
    chain = features.versions(look, register, fid, question.public, question.decimals, question.areas)
    if not chain:
        raise NotFound("没有“{fid}”", "there is no “{fid}”", fid=fid)
    said = json.loads(found)["properties"] if found else chain[-1]
    fields = [register.field(name) for name in features.visible(register, question.public) if name in said]
    every = [{**version, "current": _is_current(version, date.today())} for version in chain]
    identity = str(chain[-1]["id"])
    return pages.page(
        request,
        "item.html",
        collection={"id": register.name, "title": register.title},
        item={"code": said["code"], "label": said.get("label") or said.get("name") or said["code"]},
        rows=[
            {"title": each.title, "value": said.get(each.name), "unit": each.unit, "words": each.words}
            for each in fields
        ],
        versions=every,
        may_grow=register is CEMETERIES and any(each["current"] and each["state"] != "closed" for each in every),
        map_address=_map_address(request, register, fid=fid) if found else None,
        photos=_photos(request, look, identity, question) if register in site_photos.REGISTERS else None,
        audiences=AUDIENCES,
    )


def _photos(request: Request, look: Connection, identity: str, question: Question) -> dict[str, Any]:
    """What the page of a site shows of its photos, and whether this reader may add some."""
    site, person = site_called(look, identity), getattr(request.state, "person", None)
    shown = site_photos.photos_of(look, site, Sight(question.public, question.areas))
    may_add = person is not None and person.may(site.register.sender, [site.unit])
    return {"home": f"/sites/{site.id}/photos", "shown": shown, "is_named": bool(site.named), "may_add": may_add}


def map_of(
    request: Request, look: Connection, register: Register, fid: str, question: Question, config: Settings
) -> Response:
    """The map of one register, or of one record."""
    is_large = not fid and are_many(look, register, question)

    def draw(lang: Lang, note: str) -> str:
        if is_large:
            return _asking(request, look, register, question, lang, note)
        return _drawn(look, register, fid, question, lang, note)

    return map_answer(request, look, config, ("register", register.name, fid, question), draw)


def _drawn(look: Connection, register: Register, fid: str, question: Question, lang: Lang, note: str) -> str:
    if fid:
        one = features.one(look, register, fid, question)
        shown = [] if one is None else [one]
    else:
        shown = features.ask(look, register, question).features
    items = {"type": "FeatureCollection", "features": [json.loads(each) for each in shown]}
    is_ground = register.ground and not fid
    return register_map(
        {} if is_ground else items,
        register.title,
        {name: register.field(name).title for name in features.visible(register, question.public)},
        lang,
        units=items if is_ground else _ground(look, question),
        note=note,
        place=f"/collections/{register.name}/items/",
    )


def _asking(request: Request, look: Connection, register: Register, question: Question, lang: Lang, note: str) -> str:
    """The map of a large register, which asks for what it shows."""
    base = f"/collections/{register.name}"
    times = urlencode({name: value for name, value in request.query_params.items() if name in TIMES})
    asks = {"heaps": f"{base}/heaps", "items": f"{base}/items", "query": times, "place": f"{base}/items/"}
    count = features.ask(look, register, replace(question, limit=1)).matched
    home = features.extent(look, register, question.decimals)
    return heap_map(register.title, count, asks, lang, units=_ground(look, question), home=home, note=note)


def _ground(look: Connection, question: Question) -> dict[str, Any]:
    """The units of the lowest level in force that day, to lie under a map."""
    units = next(each for each in REGISTERS.values() if each.ground)
    level = {"level": settings().parts_level}
    found = features.ask(look, units, replace(question, box=None, after="", equal=level)).features
    return {"type": "FeatureCollection", "features": [json.loads(each) for each in found]}


def _map_address(request: Request, register: Register, **more: str) -> str:
    """The map for the same days."""
    kept = {name: value for name, value in request.query_params.items() if name in TIMES}
    return f"/collections/{register.name}/map?{urlencode({**kept, **more})}"


def _is_current(version: Mapping[str, Any], on: date) -> bool:
    ends: date | None = version["valid_to"]
    return version["superseded_at"] is None and version["valid_from"] <= on and (ends is None or ends > on)
