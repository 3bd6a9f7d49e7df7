"""Pages: who wants one, in which language, and how a template is filled."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from starlette.responses import HTMLResponse, Response

from api.preferences import prefers_page
from gis.citations import in_english
from gis.errors import JiezhiError
from gis.text import Lang, Text
from maps.style import LOOKS

TEMPLATES = Path(__file__).parent / "templates"
LANGUAGE_COOKIE = "lang"
YEAR_S = 365 * 24 * 3600
PAGE_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'self';"
    " base-uri 'none'; form-action 'self'; object-src 'none'"
)
MAP_POLICY = PAGE_POLICY + "; script-src 'self' 'unsafe-inline'"


@pass_context
def _t(context: Context, zh: str, en: str) -> str:
    return zh if context["lang"] == "zh" else en


_environment = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
@pass_context
def _cited(context: Context, citation: str) -> str:
    """A law as the reader of the page reads it."""
    return citation if context["lang"] == "zh" else in_english(citation)


_environment.globals["t"] = _t
_environment.filters["cited"] = _cited
_environment.globals["looks"] = LOOKS


def wants_page(request: Request) -> bool:
    """Whether a person with a browser asks; `f=json` and `f=html` overrule the header."""
    asked = request.query_params.get("f")
    if asked:
        return asked == "html"
    return prefers_page(request.headers.get("accept", ""))


def language(request: Request) -> Lang:
    """Chinese unless English was chosen: by `lang=`, or earlier (cookie)."""
    chosen = request.query_params.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
    return "en" if chosen == "en" else "zh"


def page(request: Request, template: str, status: int = 200, **context: Any) -> Response:
    """A filled template, with what every page needs."""
    body = fragment(request, template, **context)
    response = HTMLResponse(
        body, status, {"Content-Security-Policy": PAGE_POLICY, "Cache-Control": "no-store", "Vary": "Accept"}
    )
    if "lang" in request.query_params:
        response.set_cookie(LANGUAGE_COOKIE, language(request), max_age=YEAR_S, samesite="lax", httponly=True)
    return response


def fragment(request: Request, template: str, **context: Any) -> str:
    """A filled template as text."""
    person = getattr(request.state, "person", None)
    frame = {
        "lang": language(request),
        "user": person,
        "csrf": person.csrf if person else "",
        "path": _path_without_language(request),
        "title_of_office": request.app.state.settings.title,
        "inbox": getattr(request.state, "inbox", {}),
    }
    return _environment.get_template(template).render({**frame, **context})


def map_page(html: str) -> Response:
    """A map made by `maps/`, to stand in a frame of our own pages."""
    return HTMLResponse(html, headers={"Content-Security-Policy": MAP_POLICY, "Cache-Control": "no-cache"})


def problem(request: Request, error: JiezhiError, headers: dict[str, str]) -> Response:
    """The page that says what went wrong."""
    response = page(request, "problem.html", error.status, heading=error.title, text=error.text, back=_where_from(request))
    response.headers.update(headers)
    return response


def sign_in_address(request: Request) -> str:
    """The sign-in page, leading back here, in the language that was asked for."""
    asked = {"lang": language(request)} if "lang" in request.query_params else {}
    return "/sign-in?" + urlencode({"next": _path_without_language(request), **asked}, quote_via=quote)


def text_of(content: dict[str, str]) -> Text:
    """A stored sentence in both languages."""
    return Text(content["zh"], content["en"])


def _where_from(request: Request) -> str:
    """The page of ours that led here, if the browser says so; empty for any other."""
    came_from, here = request.headers.get("referer", ""), str(request.base_url)
    path = came_from.removeprefix(here.rstrip("/")) if came_from.startswith(here) else ""
    return "" if path.startswith("//") else path


def _path_without_language(request: Request) -> str:
    rest = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return request.url.path + ("?" + urlencode(rest) if rest else "")
