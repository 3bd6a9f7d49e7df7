"""Heaps: the records of a large register on a map, as numbers where they stand close and as points where they do not."""

from __future__ import annotations

import json
import math
from dataclasses import replace

from fastapi import Request
from sqlalchemy import Connection
from starlette.responses import Response

from api.answers import JSON
from api.kept_maps import kept_answer
from gis import features
from gis.features import Box, Question
from gis.registers import Register

MANY = 4000
"""From so many records on a map asks for what it shows, box by box; fewer come with the page."""
MOST_CELLS = 96
"""Cells along one side of a box: what is asked for more coarsely than that is answered more coarsely."""
FINEST_ZOOM = 19
BLOCK = 4
"""Boxes are widened to whole blocks of so many cells, so that many who look about ask for the same."""


def are_many(look: Connection, register: Register, question: Question) -> bool:
    """Whether there are too many records to be sent with the page of their map."""
    return register.listed and features.ask(look, register, replace(question, limit=1)).matched > MANY


def heaps(request: Request, look: Connection, register: Register, question: Question, box: Box, zoom: int) -> Response:
    """The heaps of a box (west, south, east, north in °) at a zoom level of the web's map grid, made once for a state."""
    size, whole = _cells(box, zoom)

    def make() -> str:
        found = features.heaps(look, register, question, whole, size)
        return json.dumps({"heaps": found, "cell": size, "bbox": whole}, ensure_ascii=False, separators=(",", ":"))

    return kept_answer(request, look, ("heaps", register.name, question, whole, size), make, JSON)


def _cells(box: Box, zoom: int) -> tuple[float, Box]:
    """The side of a cell, 64 pixels at that zoom, and the box in whole blocks of them."""
    west, south, east, north = box
    size = 90.0 / 2 ** max(0, min(zoom, FINEST_ZOOM))
    while max(east - west, north - south) / size > MOST_CELLS:
        size *= 2
    block = BLOCK * size
    low = [math.floor(edge / block) * block for edge in (west, south)]
    high = [math.ceil(edge / block) * block for edge in (east, north)]
    return size, (low[0], low[1], high[0], high[1])
