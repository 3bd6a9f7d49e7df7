"""Consultations as pages: what is proposed, why, until when, and the form in which everybody may answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from fastapi import Request
from sqlalchemy import Connection
from starlette.responses import Response

from api import pages
from api.differences import compared
from gis.errors import JiezhiError
from placenames.casework import cases, consultations
from placenames.casework.opinions import LONGEST_CONTACT, LONGEST_NAME, LONGEST_REASON, STANCES
from placenames.finding.found import unit_names
from placenames.kinds import Category

LENGTHS = {"reason": LONGEST_REASON, "name": LONGEST_NAME, "contact": LONGEST_CONTACT}


def listed(request: Request, look: Connection, rows: Sequence[Mapping[str, Any]], following: int | None) -> Response:
    """Everything that the public is asked about now."""
    today = date.today()
    return pages.page(
        request,
        "consultations.html",
        consultations=[consultations.as_public(look, each, today) for each in rows],
        following=f"/consultations?before={following}" if following else None,
        actions=cases.ACTIONS,
        categories={each.value: each.text for each in Category},
        unit_names=unit_names(look, {each["unit"] for each in rows}, today),
        today=today,
    )


def one(
    request: Request,
    look: Connection,
    found: Mapping[str, Any],
    written: Mapping[str, Any] | None = None,
    problem: JiezhiError | None = None,
) -> Response:
    """One consultation, with the form to answer while it is open; or with what was written and what is wrong with it."""
    today = date.today()
    about = consultations.as_public(look, found, today)
    return pages.page(
        request,
        "consultation.html",
        status=problem.status if problem else 200,
        about=about,
        headline=cases.headline(found),
        names=[(each, compared(found["old_name"], each["name"])) for each in about["candidates"]],
        what=cases.ACTIONS[found["action"]],
        category=Category(found["category"]).text,
        units=unit_names(look, [found["unit"]], today).get(found["unit"], ()),
        stances=STANCES,
        lengths=LENGTHS,
        thanks="thanks" in request.query_params,
        written={name: str((written or {}).get(name) or "") for name in ("stance", *LENGTHS)},
        problem=problem.text if problem else None,
        left=(found["consult_until"] - today).days if found["consult_until"] else None,
    )
