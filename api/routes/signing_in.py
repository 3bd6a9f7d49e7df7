"""The door: signing in and out, for people with a browser and for programs."""

from typing import Annotated
from urllib.parse import urlparse

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from api import pages
from api.answers import json_answer
from api.deps import COOKIE, Administrator, Body, Config, Db, Signed, Tx, token_of
from gis import people
from gis.db import Database
from gis.errors import BadInput, JiezhiError, NotAllowed, NotSignedIn
from gis.people import Person

router = APIRouter()


@router.get("/sign-in")
def sign_in_page(request: Request, next: Annotated[str, Query()] = "/") -> Response:  # noqa: A002 - as in the form
    """The page where people sign in."""
    return pages.page(request, "sign_in.html", next=_inside(next), name="", problem=None)


@router.post("/sign-in")
def sign_in_by_form(request: Request, body: Body, database: Db, config: Config) -> Response:
    """Signs a person in and leads back to where they came from."""
    _must_come_from_here(request)
    name, following = str(body.get("name", "")), _inside(str(body.get("next", "/")))
    try:
        _, token = _sign_in(database, name, str(body.get("password", "")), config.session_hours)
    except JiezhiError as problem:
        return pages.page(
            request, "sign_in.html", problem.status, next=following, name=name, problem=problem.text
        )
    answer = RedirectResponse(following, 303)
    answer.set_cookie(COOKIE, token, httponly=True, samesite="lax", secure=config.secure_cookie)
    return answer


@router.post("/sessions")
def sign_in_by_program(request: Request, body: Body, database: Db, config: Config) -> Response:
    """Signs in with name and password; answers a token, and sets the cookie."""
    person, token = _sign_in(
        database, str(body.get("name", "")), str(body.get("password", "")), config.session_hours
    )
    answer = json_answer(
        request, {"token": token, "csrf": person.csrf, "name": person.name, "roles": person.areas}, status=201
    )
    answer.set_cookie(COOKIE, token, httponly=True, samesite="strict", secure=config.secure_cookie)
    return answer


@router.post("/sign-out")
def sign_out(request: Request, _person: Signed, tx: Tx) -> Response:
    """Ends this sign-in."""
    people.sign_out(tx, token_of(request)[0])
    answer = RedirectResponse("/", 303)
    answer.delete_cookie(COOKIE)
    return answer


@router.post("/users")
def add_user(request: Request, body: Body, person: Administrator, tx: Tx) -> Response:
    """Adds a person: {"name", "password", "display", "roles": [["surveyor", "990101"], …]}."""
    roles = [(str(role), str(area)) for role, area in body.get("roles", [])]
    for _role, area in roles:
        person.must("administrator", [area])
    if len(str(body.get("password", ""))) < people.SHORTEST_PASSWORD:
        raise BadInput(
            "密码至少 {n} 位", "a password has at least {n} characters", n=people.SHORTEST_PASSWORD
        )
    added = people.add(
        tx,
        str(body.get("name", "")),
        str(body["password"]),
        roles,
        str(body.get("display", "")),
        by=person.id,
    )
    return json_answer(request, {"id": added, "name": body.get("name")}, status=201)


def _sign_in(database: Database, name: str, password: str, hours: int) -> tuple[Person, str]:
    try:
        with database.writing() as tx:
            return people.sign_in(tx, name, password, hours)
    except NotSignedIn:
        with database.writing() as tx:  # the failure is counted although the sign-in is not
            people.note_failure(tx, name)
        raise


def _inside(address: str) -> str:
    """An address of ours; anything else becomes the first page."""
    parts = urlparse(address)
    ours = (
        address.startswith("/")
        and not address.startswith(("//", "/\\"))
        and not parts.netloc
        and not parts.scheme
    )
    return address if ours else "/"


def _must_come_from_here(request: Request) -> None:
    """A sign-in form of another host would sign people in as somebody else."""
    origin = request.headers.get("origin")
    if origin not in (None, "null") and urlparse(origin).netloc != request.headers.get("host"):
        raise NotAllowed("登录表单须来自本站", "the sign-in form must come from this site")
