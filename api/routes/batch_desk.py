"""The desk for batches: a page on which a list is handed in, for people who have a spreadsheet and no program."""

from __future__ import annotations

import shutil
import tempfile
from datetime import date
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, File, Request, UploadFile
from starlette.responses import RedirectResponse, Response

from api import batch_forms, pages
from api.answers import address, json_answer
from api.asking import only
from api.batch_forms import ANSWERED_IN, CSV, Form
from api.deps import Body, Config, Db, Look, Lookup, Visitor, decimals_for
from api.name_pages import towns
from api.routes.batching import AT_ONCE, queue
from gis.errors import BadInput, TooLarge

router = APIRouter(prefix="/addresses/batch")
BLOCK = 1 << 20
SPREADSHEETS = (".csv", ".txt", ".xlsx")
OneFile = Annotated[UploadFile, File()]


@router.get("", dependencies=[Depends(only())])
def desk(request: Request, look: Look, config: Config, _visitor: Visitor) -> Response:
    """What a batch may hold; for a browser the form to hand one in."""
    if pages.wants_page(request):
        return pages.page(
            request, "addresses_batch.html", towns=towns(look, date.today()), limits=config, answered_in=ANSWERED_IN
        )
    return json_answer(request, {
        "takes": ["text/csv", "application/json"], "at_once": AT_ONCE, "most_rows": config.batch_rows,
        "kept_hours": config.batch_hours, "answered_in": ANSWERED_IN, "href": address(request, "/addresses/batch"),
    })  # fmt: skip


@router.post("/upload", dependencies=[Lookup])
def hand_in(
    request: Request, database: Db, config: Config, visitor: Visitor, body: Body, file: OneFile
) -> Response:
    """Takes a CSV or Excel list in and leads to the page of its progress, where the answers are had as CSV."""
    on, unit, column = (str(body.get(name, "")) for name in ("on", "unit", "column"))
    decimals = decimals_for(config, visitor)
    with tempfile.TemporaryDirectory(prefix="jiezhi-") as folder:
        place = _laid_down(file, Path(folder), config.upload_mb)
        form, rows = batch_forms.opened(place, Form(CSV, decimals, pages.language(request), on, unit), config, column)
        token, _ = queue(request, database, config, form, rows)
    return RedirectResponse(f"/addresses/batch/{token}", 303)


def _laid_down(file: UploadFile, folder: Path, limit_mb: int) -> Path:
    """What was handed in, as a file of its own kind. Raises BadInput, TooLarge."""
    ending = Path(file.filename or "").suffix.lower()
    if ending not in SPREADSHEETS:
        raise BadInput(
            "请选择 CSV 或 Excel(.xlsx)文件,收到“{name}”", "please choose a CSV or Excel file (.xlsx), not “{name}”",
            name=(file.filename or "")[:80],
        )  # fmt: skip
    if file.size is not None and file.size > limit_mb << 20:
        raise TooLarge("一次上传不能超过 {mb} MB", "one upload takes at most {mb} MB", mb=limit_mb)
    place = folder / f"sent{'.csv' if ending == '.txt' else ending}"
    with place.open("wb") as out:
        shutil.copyfileobj(file.file, out, BLOCK)
    return place
