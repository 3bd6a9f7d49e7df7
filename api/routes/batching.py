"""Batches of addresses: a list comes back with the answers behind each row; a long one is worked off by a job."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response, StreamingResponse

from api import batch_forms, limits, pages
from api.answers import address, json_answer, stamp
from api.asking import only
from api.batch_forms import CSV, JSON, Form, Row
from api.batch_work import answer_rows
from api.deps import Config, Db, Lookup, Tx, Visitor, Whoever, decimals_for
from api.known_names import toponyms_known
from gis.db import Database
from gis.errors import BadInput, Conflict, TooLarge
from gis.settings import Settings
from placenames.addresses import address_batches
from placenames.addresses.address_batches import STATES, Batch
from placenames.addresses.finding.batch_answers import NamesOfDays, pieces

router = APIRouter(prefix="/addresses/batch")
AT_ONCE = 1000
"""Rows that are answered while the asker waits."""
KINDS = {"text/csv": CSV, "application/csv": CSV, "application/json": JSON}


async def _sent(request: Request, config: Config) -> AsyncIterator[Path]:
    """What was sent, as a file that is gone afterwards. Raises BadInput, TooLarge."""
    kind = KINDS.get(request.headers.get("content-type", "").partition(";")[0].strip().lower())
    if kind is None:
        raise BadInput(
            "Content-Type 应为 text/csv 或 application/json", "the Content-Type should be text/csv or application/json"
        )
    with tempfile.TemporaryDirectory(prefix="jiezhi-") as folder:
        place, size = Path(folder) / f"sent.{kind}", 0
        with place.open("wb") as out:
            async for block in request.stream():
                size += len(block)
                if size > config.upload_mb << 20:
                    raise TooLarge("一次上传不能超过 {mb} MB", "one upload takes at most {mb} MB", mb=config.upload_mb)
                out.write(block)
        yield place


_CSV: dict[str, Any] = {"schema": {"type": "string"}, "example": "n,address\n1,样柳路2号\n"}
_OBJECT = {
    "type": "object", "required": ["q"],
    "properties": {
        **{name: {"type": "string"} for name in ("q", "on", "unit", "near", "bbox", "status")},
        "limit": {"type": "integer"},
    },
}  # fmt: skip
_JSON: dict[str, Any] = {
    "schema": {"type": "array", "items": {"oneOf": [{"type": "string"}, _OBJECT]}},
    "example": ["样柳路2号", {"q": "样街8号", "unit": "990101"}],
}
BODY: dict[str, Any] = {"requestBody": {"required": True, "content": {"text/csv": _CSV, "application/json": _JSON}}}
ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"description": "the same list with its answers"},
    202: {"description": "a longer list waits; the answer and Location say where its progress stands"},
}
"""What is sent and answered, for whoever reads the description of the doors."""
Sent = Annotated[Path, Depends(_sent, scope="function")]


@router.post(
    "", dependencies=[Lookup, Depends(only("on", "unit", "near", "column"))], openapi_extra=BODY, responses=ANSWERS
)
def answer(
    request: Request,
    database: Db,
    config: Config,
    person: Whoever,
    sent: Sent,
    on: Annotated[str, Query(description="legal day for all rows, 2026-05-01")] = "",
    unit: Annotated[str, Query(description="the beginning of unit codes")] = "",
    near: Annotated[str, Query(description="lon,lat in degrees: of several the nearer comes first")] = "",
    column: Annotated[str, Query(description="title of the column that holds the addresses")] = "",
) -> Response:
    """The same list with its answers, up to 1,000 rows; a longer one is 202 with the address where its progress stands."""
    decimals = decimals_for(config, person)
    form = Form(sent.suffix.removeprefix("."), decimals, pages.language(request), on, unit, near)
    form, rows = batch_forms.opened(sent, form, config, column)
    first = list(islice(rows, AT_ONCE + 1))
    if len(first) > AT_ONCE:
        return _queued(request, database, config, form, chain(first, rows))
    limits.spend(request, len(first))
    with database.reading() as look:
        days = NamesOfDays(look, lambda look, day: toponyms_known(database, look, day))
        body = answer_rows(look, days, form, first)
    whole = batch_forms.beginning(form) + body + batch_forms.ending(form)
    return Response(whole, 200, {"Cache-Control": "no-store"}, batch_forms.MEDIA[form.kind])


def queue(
    request: Request, database: Database, config: Settings, form: Form, rows: Iterable[Row]
) -> tuple[str, Batch]:
    """Stores a list for a worker; answers its token and how far it is. Raises TooLarge, TooMany."""
    limits.admit_job(request)
    with database.writing() as tx:
        parts = _parts(rows, config.batch_rows)
        token, of = address_batches.make(tx, form.as_dict(), parts, config.batch_hours)
        limits.spend_on_a_job(request, of)
        return token, address_batches.find(tx, token)


def _queued(request: Request, database: Database, config: Settings, form: Form, rows: Iterable[Row]) -> Response:
    token, batch = queue(request, database, config, form, rows)
    said = json_answer(request, _as_dict(request, token, batch), status=202)
    said.headers["Location"] = address(request, f"/addresses/batch/{token}")
    return said


def _parts(rows: Iterable[Row], most: int) -> Iterator[tuple[int, bytes]]:
    """Rows as they are stored. Raises TooLarge beyond so many."""
    count = 0
    for part in pieces(iter(rows), address_batches.PART):
        count += len(part)
        if count > most:
            raise TooLarge("一个批次至多 {most} 行", "a batch has at most {most} rows", most=most)
        yield len(part), batch_forms.as_stored(part)


@router.get("/{token}")
def progress(request: Request, token: str, tx: Tx, _visitor: Visitor) -> Response:
    """How far a batch is, and where its answers are to be had."""
    batch = address_batches.find(tx, token)
    if pages.wants_page(request):
        return pages.page(request, "addresses_batch_progress.html", token=token, batch=batch, words=STATES[batch.state])
    said = json_answer(request, _as_dict(request, token, batch))
    if batch.state in ("queued", "working"):
        said.headers["Retry-After"] = "1"
    return said


@router.get("/{token}/answers")
def answers(token: str, tx: Tx, database: Db, _visitor: Visitor) -> Response:
    """The answers of a finished batch, in the form and the order in which the questions came."""
    batch = address_batches.find(tx, token)
    if batch.state != "finished":
        state = STATES[batch.state]
        raise Conflict(f"该批次“{state.zh}”,还没有结果", f"this batch is “{state.en}”; there are no answers yet")
    form = Form.stored(batch.form)
    before, behind, between = batch_forms.beginning(form), batch_forms.ending(form), batch_forms.BETWEEN[form.kind]
    parts = -(-batch.of // address_batches.PART)
    size = len(before) + len(behind) + address_batches.size_of_answers(tx, batch.id) + len(between) * (parts - 1)
    headers = {
        "Cache-Control": "no-store", "Content-Length": str(size),
        "Content-Disposition": f'attachment; filename="addresses.{form.kind}"',
    }  # fmt: skip

    def body() -> Iterator[bytes]:
        yield before
        for at, part in enumerate(address_batches.answers_of(database, batch.id)):
            yield between + part if at else part
        yield behind

    return StreamingResponse(body(), 200, headers, batch_forms.MEDIA[form.kind])


def _as_dict(request: Request, token: str, batch: Batch) -> dict[str, Any]:
    here = address(request, f"/addresses/batch/{token}")
    return {
        "token": token,
        "state": batch.state,
        "words": STATES[batch.state].as_dict(),
        "done": batch.done,
        "of": batch.of,
        "percent": round(100 * batch.share, 1),
        "until": stamp(batch.until),
        "href": here,
        "download": f"{here}/answers" if batch.state == "finished" else None,
        "why": batch.why.as_dict() if batch.why else None,
    }
