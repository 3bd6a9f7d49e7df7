"""Submissions: sending files, watching the check, reading the report, seeing what would change, deciding."""

import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Query, Request, UploadFile
from starlette.background import BackgroundTask
from starlette.responses import FileResponse, RedirectResponse, Response

from api import inboxes, pages
from api.answers import json_answer
from api.deps import Body, Config, Signed, Tx, day, whole_number
from api.inboxes import plain
from api.kept_maps import map_answer
from gis import uploads
from gis.errors import BadInput, NotFound
from gis.intake import report_shapes, reports, reviews, submissions
from gis.intake.reviews import Decision
from gis.intake.submissions import PUBLISHING
from gis.people import Person
from gis.registers import REGISTERS
from gis.text import Lang, Text
from gis.uploads import Kept
from maps import report_map, review_map

router = APIRouter(prefix="/submissions")
Files = Annotated[list[UploadFile], File()]
PAGE = 50


async def _sends(person: Signed) -> Person:
    submissions.must_submit(person)
    return person


Sender = Annotated[Person, Depends(_sends)]


@router.get("")
def list_submissions(
    request: Request,
    person: Signed,
    tx: Tx,
    config: Config,
    state: Annotated[str, Query()] = "",
    before: Annotated[int | None, Query()] = None,
) -> Response:
    """What waits for this person, and every submission they may see."""
    rows = [row for row in reports.listed(tx, state or None, before) if reviews.may_see(person, plain(row))]
    shown, more = rows[:PAGE], len(rows) > PAGE
    if not pages.wants_page(request):
        return json_answer(request, {"submissions": [_brief(row) for row in shown]})
    inboxes.note(request, tx, person)
    following = str(request.url.include_query_params(before=shown[-1]["id"])) if more else None
    return pages.page(
        request,
        "submissions.html",
        waiting=inboxes.submissions_for(tx, person),
        rows=shown,
        states=submissions.STATES,
        chosen=state,
        following=following,
        may_submit=submissions.may_submit(person),
        limits={"upload_mb": config.upload_mb},
    )


@router.post("")
def send(request: Request, person: Sender, tx: Tx, config: Config, body: Body, files: Files) -> Response:
    """Takes files in and queues their check."""
    kept = _kept(files, config.var, config.upload_mb)
    number = submissions.submit(tx, person, kept, str(body.get("title", "")), _is_yes(body.get("whole")))
    return _went(request, number, "queued")


@router.get("/{number}")
def look_at(request: Request, number: int, person: Signed, tx: Tx, config: Config) -> Response:
    """One submission: its state, its report, its changes and what may be done with it."""
    submission = _seen(tx, number, person)
    page = pages.wants_page(request)
    light = page and submission["state"] == PUBLISHING
    report = (reports.in_progress if light else reports.of_submission)(tx, submission)
    moves = reviews.open_moves(person, plain(submission))
    if not page:
        return json_answer(request, {**_brief(submission), **reports.as_json(report), "moves": moves})
    inboxes.note(request, tx, person)
    return pages.page(
        request,
        "submission.html",
        submission=submission,
        report=report,
        moves=moves,
        may_deliver=submission["sender_id"] == person.id
        and submission["state"] in submissions.OPEN_TO_DELIVERY,
        registers={name: register for name, register in REGISTERS.items() if register.sent},
        limits={"upload_mb": config.upload_mb},
        today=date.today(),
    )


@router.post("/{number}/deliveries")
def send_again(
    request: Request, number: int, person: Sender, tx: Tx, config: Config, body: Body, files: Files = []
) -> Response:
    """Delivers again: new files, or the same ones with other choices."""
    kept = _kept([file for file in files if file.filename], config.var, config.upload_mb)
    submissions.deliver(tx, person, number, kept, _answers(body), _set_aside(body))
    return _went(request, number, "queued")


@router.post("/{number}/decisions")
def decide(request: Request, number: int, person: Signed, tx: Tx, body: Body) -> Response:
    """Takes one step of the table of moves: {"verb", "reason", "document", "effective"}; 202 while a job does it."""
    decision = Decision(
        str(body.get("verb", "")),
        str(body.get("reason") or "").strip(),
        str(body.get("document") or "").strip(),
        day(str(body.get("effective") or ""), "effective"),
        whole_number("delivery", body["delivery"]) if body.get("delivery") else None,
        str(body.get("state") or ""),
    )
    reviews.must_see(person, plain(submissions.locked(tx, number)))
    state = reviews.decide(tx, person, number, decision)
    return _went(request, number, state, 202 if state == PUBLISHING else 200)


@router.get("/{number}/report.gpkg")
def report_as_geopackage(number: int, person: Signed, tx: Tx) -> Response:
    """The findings as points, lines and areas for a desktop GIS."""
    _seen(tx, number, person)
    place = Path(tempfile.mkdtemp(prefix="jiezhi-")) / f"report-{number}.gpkg"
    reports.write_geopackage(tx, number, place)
    return FileResponse(place, filename=place.name, background=BackgroundTask(_remove, place))


@router.get("/{number}/map")
def map_of_report(request: Request, number: int, person: Signed, tx: Tx, config: Config) -> Response:
    """The findings at their places over what was sent."""
    _seen(tx, number, person)

    def draw(lang: Lang, note: str) -> str:
        found, sent, ground = report_shapes.shapes(tx, number)
        return report_map.report_map(found, sent, ground, lang, _with_the_rest(note, sent, lang))

    return map_answer(request, tx, config, ("report", number), draw)


@router.get("/{number}/changes")
def list_changes(
    request: Request, number: int, person: Signed, tx: Tx, register: str = "", skip: Annotated[int, Query(ge=0)] = 0
) -> Response:
    """What would change, before and after, as GeoJSON; long lists page by page (`register`, `skip`)."""
    _seen(tx, number, person)
    if register and register not in REGISTERS:
        raise NotFound("没有名录“{name}”", "there is no register “{name}”", name=register[:40])
    shapes = report_shapes.change_shapes(tx, number, register, skip)
    if register and shapes.get("more"):
        following = request.url.include_query_params(register=register, skip=skip + report_shapes.DRAWN)
        shapes["links"] = [{"rel": "next", "href": str(following), "type": "application/geo+json"}]
    return json_answer(request, shapes, "application/geo+json")


@router.get("/{number}/changes/map")
def map_of_changes(request: Request, number: int, person: Signed, tx: Tx, config: Config) -> Response:
    """What would change, before and after, on a map."""
    _seen(tx, number, person)

    def draw(lang: Lang, note: str) -> str:
        changes, ground = report_shapes.change_shapes(tx, number), report_shapes.ground(tx, number)
        return review_map.review_map(changes, ground, lang, _with_the_rest(note, changes, lang))

    return map_answer(request, tx, config, ("review", number), draw)


_NOT_DRAWN = Text("另有 {more:,} 条没有画出", "{more:,} more are not drawn")


def _with_the_rest(note: str, shapes: Mapping[str, Any], lang: Lang) -> str:
    """The note under a map, and how many records of long lists are not on it."""
    if not shapes.get("more"):
        return note
    return " · ".join(filter(None, (_NOT_DRAWN.fill(more=shapes["more"]).in_(lang), note)))


def _seen(tx: Any, number: int, person: Person) -> dict[str, Any]:
    submission = reports.find(tx, number)
    reviews.must_see(person, plain(submission))
    return submission


def _kept(files: Sequence[UploadFile], var: Path, limit_mb: int) -> list[Kept]:
    kept = [uploads.keep(var, file.filename or "file", file.file, limit_mb) for file in files]
    if len({(each.name, each.sha256) for each in kept}) != len(kept):
        raise BadInput("同一个文件选了两次", "the same file was chosen twice")
    return kept


def _answers(body: Mapping[str, Any]) -> dict[str, Any]:
    """The sender's choices: as JSON they come nested, from the form as `layer:<path>` and `column:<path>:<field>`."""
    answers: dict[str, Any] = {name: str(body[name]) for name in ("crs", "encoding") if body.get(name)}
    chosen = _words("layers", body.get("layers"))
    given = _object("columns", body.get("columns"))
    columns = {path: _words("columns", fields) for path, fields in given.items()}
    for name, value in body.items():
        kind, _, rest = name.partition(":")
        if kind == "layer" and value:
            chosen[rest] = str(value)
        elif kind == "column" and value:
            path, _, field = rest.rpartition(":")
            columns.setdefault(path, {})[field] = str(value)
    return answers | ({"layers": chosen} if chosen else {}) | ({"columns": columns} if columns else {})


def _words(name: str, given: Any) -> dict[str, str]:
    """{"…": "…"}; what is null was not chosen. Raises BadInput."""
    chosen = {key: value for key, value in _object(name, given).items() if value is not None}
    if not all(isinstance(value, str) for value in chosen.values()):
        raise BadInput("{name} 中的值应为文字", "the values in {name} should be text", name=name)
    return chosen


def _object(name: str, given: Any) -> dict[str, Any]:
    if given and not isinstance(given, dict):
        raise BadInput("{name} 应为 JSON 对象", "{name} should be a JSON object", name=name)
    return dict(given or {})


def _set_aside(body: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Records to set aside: [["markers", 3], …], from the form as `aside:markers:3`."""
    given = body.get("set_aside") or []
    if not isinstance(given, list) or not all(isinstance(each, list) and len(each) == 2 for each in given):
        raise BadInput("搁置的记录应为 [名录, 行号]", "records to set aside read [register, row]")
    parts = [name.split(":") for name in body]
    given = [*given, *(each[1:] for each in parts if each[0] == "aside" and len(each) == 3)]
    return [(str(register), whole_number("set_aside", row)) for register, row in given]


def _brief(row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("id", "title", "sender", "state", "round", "blocking", "created_at", "changed_at")
    return {name: row[name] for name in names} | {"words": submissions.STATES[row["state"]].as_dict()}


def _went(request: Request, number: int, state: str, status: int = 202) -> Response:
    if pages.wants_page(request):
        return RedirectResponse(f"/submissions/{number}", 303)
    return json_answer(request, {"id": number, "state": state}, status=status)


def _is_yes(value: Any) -> bool:
    return str(value).lower() in ("1", "true", "on", "yes")


def _remove(place: Path) -> None:
    place.unlink(missing_ok=True)
    place.parent.rmdir()
