"""Addresses: taking one apart as people write it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from api.answers import json_answer
from api.asking import only
from api.deps import Db, Look, OnDay
from api.known_names import names_known
from placenames.addresses.address_parse import parse

router = APIRouter(prefix="/addresses")
PARSING = ("q", "on", "explain")


@router.get("/parse", dependencies=[Depends(only(*PARSING))])
def parse_address(
    request: Request,
    database: Db,
    look: Look,
    on: OnDay,
    q: Annotated[str, Query(description="an address as people write it, at most 300 characters")] = "",
    explain: Annotated[bool, Query(description="tell every step")] = False,
) -> Response:
    """The parts of an address by level, each with where it stands; what says nothing of the place is told as well."""
    found = parse(q, names_known(database, look, on))
    steps = {"steps": [each.as_dict() for each in found.steps()]} if explain else {}
    return json_answer(request, found.as_dict() | steps)
