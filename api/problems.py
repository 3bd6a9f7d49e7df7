"""One door for everything that goes wrong: problem documents (RFC 9457) for programs, a plain page for people."""

from __future__ import annotations

import logging
from typing import Any

import psycopg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError, TimeoutError  # noqa: A004 - of the pool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, RedirectResponse, Response

from api import pages
from api.complaints import complaint, refusal
from gis.errors import BadInput, JiezhiError, NotFound, NotSignedIn, TooLarge, TooMany, Unavailable
from gis.refusals import explained
from gis.text import Text, keepable

log = logging.getLogger("jiezhi")
PROBLEM = "application/problem+json"


class Fault(JiezhiError):
    """Our own mistake."""


class NotPossible(JiezhiError):
    """The address exists, but not for this verb."""

    status = 405
    title = Text("不支持此操作", "Method not allowed")


def install(app: FastAPI) -> None:
    """Hangs the door into the application."""
    app.add_exception_handler(JiezhiError, answer)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(HTTPException, _answer_http)
    app.add_exception_handler(DBAPIError, _answer_database)
    app.add_exception_handler(psycopg.Error, _answer_database)
    app.add_exception_handler(TimeoutError, _answer_crowd)
    app.add_exception_handler(ClientDisconnect, _answer_nobody)
    app.add_exception_handler(Exception, _answer_fault)


def answer(request: Request, problem: Exception) -> Response:
    """The problem in the form the asker can read."""
    assert isinstance(problem, JiezhiError)
    problem.text = Text(keepable(problem.text.zh), keepable(problem.text.en))  # it may quote what was sent
    if isinstance(problem, NotSignedIn) and pages.wants_page(request) and request.method == "GET":
        return RedirectResponse(pages.sign_in_address(request), 303)
    if pages.wants_page(request):
        return pages.problem(request, problem, headers(problem))
    return JSONResponse(_document(request, problem), problem.status, headers(problem), PROBLEM)


def headers(problem: JiezhiError) -> dict[str, str]:
    """What programs need to know of a problem before they read it."""
    said = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": "5"}}
    if isinstance(problem, TooMany):
        said[problem.status] = {"Retry-After": str(problem.wait_s)}
    return {"Cache-Control": "no-store", **said.get(problem.status, {})}


def _document(request: Request, problem: JiezhiError) -> dict[str, Any]:
    lang = pages.language(request)
    return {
        "type": "about:blank",
        "title": problem.title.in_(lang),
        "status": problem.status,
        "detail": problem.text.in_(lang),
        "message": problem.text.as_dict(),
        "instance": keepable(request.url.path),
    }


def _answer_invalid(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, RequestValidationError)
    first = problem.errors()[0]
    where = ".".join(str(part) for part in first["loc"][1:]) or str(first["loc"][0])
    return answer(
        request,
        BadInput(
            "参数 {where} 无效:{why}",
            "parameter {where} is not valid: {why}",
            where=where,
            why=complaint(first),
        ),
    )


def _answer_http(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, HTTPException)
    if problem.status_code == 404:
        return answer(request, NotFound("没有这个地址", "there is no such address"))
    if problem.status_code == 405:
        return answer(request, NotPossible("此地址不支持这种操作", "this address does not take that method"))
    if problem.status_code == 413:
        return answer(request, TooLarge("内容过大", "too large"))
    why = refusal(problem.status_code)
    return answer(request, BadInput(why.zh, why.en))


def _answer_database(request: Request, problem: Exception) -> Response:
    known = explained(problem)
    if known is None:
        return _answer_fault(request, problem)
    log.warning("%s %s: %s", request.method, request.url.path, known)
    return answer(request, known)


def _answer_crowd(request: Request, _problem: Exception) -> Response:
    log.warning("%s %s: no connection to the database was free", request.method, request.url.path)
    return answer(request, Unavailable("系统繁忙,请稍后重试", "too many at once; try again in a moment"))


def _answer_nobody(request: Request, _problem: Exception) -> Response:
    log.info("%s %s: whoever sent it went away before all of it was here", request.method, request.url.path)
    return Response(status_code=400)


def _answer_fault(request: Request, problem: Exception) -> Response:
    log.error("%s %s", request.method, request.url.path, exc_info=problem)
    return answer(request, Fault("系统内部错误,已记录", "an internal fault; it was recorded"))
