"""The feed of addresses over HTTP: what was published, in its order, for systems that follow the register."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from api.answers import JSON, address, json_answer, link
from api.asking import only
from api.deps import Config, Db, Look, Lookup, Visitor, decimals_for
from api.known_names import toponyms_known
from gis.errors import BadInput
from gis.features import FULL
from placenames.addresses.address_feed import WHAT, Change, changes_after

router = APIRouter(prefix="/addresses/changes")
MOST = 1000
LARGEST = 2**63 - 1


@router.get("", dependencies=[Lookup, Depends(only("after", "limit"))])
def changes(
    request: Request,
    database: Db,
    look: Look,
    config: Config,
    visitor: Visitor,
    after: Annotated[int, Query(description="the number of the last change that is known; 0: from the beginning")] = 0,
    limit: Annotated[int, Query(description=f"at most so many, up to {MOST}")] = 100,
) -> Response:
    """Changes of addresses as they were published; whoever goes on after the last number misses none."""
    if not 0 <= after <= LARGEST or limit < 1:
        raise BadInput(
            "after 应为 0 到 {most} 的整数,limit 至少为 1", "after is a whole number from 0 to {most}, limit at least 1",
            most=LARGEST,
        )  # fmt: skip
    found = changes_after(look, after, min(limit, MOST))
    chains = toponyms_known(database, look, date.today()).chains
    decimals = decimals_for(config, visitor)
    last = found[-1].number if found else after
    more = len(found) == min(limit, MOST)
    here = f"{address(request, '/addresses/changes')}?limit={limit}&after="
    answer = {
        "changes": [_as_dict(each, chains.get(each.unit, ""), decimals) for each in found],
        "after": last,
        "more": more,
        "links": [link(f"{here}{last}", "next", JSON, "what was published after this")],
    }
    return json_answer(request, answer)


def _as_dict(change: Change, chain: str, decimals: int) -> dict[str, Any]:
    return {
        "number": change.number,
        "what": change.what,
        "words": WHAT[change.what].as_dict(),
        "id": change.id,
        "code": change.code,
        "unit": change.unit,
        "label": f"{chain}{change.text}",
        "text": change.text,
        "former": change.former,
        "status": change.status,
        "lon": None if change.lon is None else round(change.lon, min(decimals, FULL)),
        "lat": None if change.lat is None else round(change.lat, min(decimals, FULL)),
        "valid_from": change.valid_from,
        "valid_to": change.valid_to,
        "at": change.at,
    }
