"""The door: signing in and out, for people with a browser and for programs."""

from typing import Annotated, Any
from urllib.parse import urlparse

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from api import pages, problems
from api.answers import json_answer
from api.deps import COOKIE, Administrator, Body, Config, Db, Signed, Tx, place_of, token_of
from gis import people
from gis.errors import BadInput, NotAllowed, NotSignedIn, TooMany
from gis.settings import Settings
from gis.text import series

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
        password = str(body.get("password", ""))
        _, token = people.sign_in(database, name, password, config.session_hours, place_of(request))
    except (NotSignedIn, TooMany) as problem:
        answer = pages.page(
            request, "sign_in.html", problem.status, next=following, name=name, problem=problem.text
        )
        answer.headers.update(problems.headers(problem))
        return answer
    return _with_cookie(RedirectResponse(following, 303), token, config)


@router.post("/sessions")
def sign_in_by_program(request: Request, body: Body, database: Db, config: Config) -> Response:
    """Signs in with name and password; answers a token, and sets the cookie."""
    _must_come_from_here(request)
    name, password = str(body.get("name", "")), str(body.get("password", ""))
    person, token = people.sign_in(database, name, password, config.session_hours, place_of(request))
    content = {"token": token, "csrf": person.csrf, "name": person.name, "roles": person.areas}
    return _with_cookie(json_answer(request, content, status=201), token, config)


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
    name, password = str(body.get("name", "")), str(body.get("password", ""))
    if not people.SHORTEST_PASSWORD <= len(password) <= people.LONGEST_PASSWORD:
        raise BadInput(
            "密码至少 {n} 位", "a password has at least {n} characters", n=people.SHORTEST_PASSWORD
        )
    added = people.add(tx, name, password, _roles(body), str(body.get("display", "")), by=person)
    return json_answer(request, {"id": added, "name": name}, status=201)


def _roles(body: dict[str, Any]) -> list[tuple[str, str]]:
    try:
        _no_other_keys(body)
        return [(str(role), str(area)) for role, area in body["roles"]]
    except (TypeError, ValueError) as problem:
        raise BadInput("角色应写作 [[角色, 区域], …]", "roles should read [[role, area], …]") from problem


def _with_cookie(answer: Response, token: str, config: Settings) -> Response:
    answer.set_cookie(COOKIE, token, httponly=True, samesite="lax", secure=config.secure_cookie)
    return answer


def _inside(address: str) -> str:
    """An address of ours; anything else becomes the first page."""
    parts = urlparse(address)
    ours = (
        address.startswith("/")
        and address.isprintable()
        and not address.startswith(("//", "/\\"))
        and not parts.netloc
        and not parts.scheme
    )
    return address if ours else "/"


def _must_come_from_here(request: Request) -> None:
    """A sign-in form of another host would sign people in as somebody else."""
    origin = request.headers.get("origin")  # "null" comes from pages that hide where they come from
    if origin is not None and urlparse(origin).netloc != request.headers.get("host"):
        raise NotAllowed("登录表单须来自本站", "the sign-in form must come from this site")


def _no_other_keys(body: dict[str, Any]) -> None:
    """A user without a role comes of a misspelt word; it is better said than made."""
    unknown = sorted(set(body) - {"name", "password", "display", "roles", "csrf"})
    if unknown or not body.get("roles"):
        raise BadInput(
            "用户应含 name、password、display、roles([[角色, 区域]]);多余:{unknown}",
            "a user has name, password, display and roles ([[role, area]]); not understood: {unknown}",
            unknown=series(unknown),
        )
