"""A map as one file: scripts, styles and pictures stand in the page itself, so that it opens without server or network."""

from __future__ import annotations

import base64
import mimetypes
import re
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"
_SCRIPT = re.compile(r'<script[^>]*\bsrc="(/static/[^"]+)"[^>]*>\s*</script>')
_STYLE = re.compile(r'<link[^>]*\brel="stylesheet"[^>]*\bhref="(/static/[^"]+)"[^>]*/?>')
_ICON = re.compile(r'<link rel="icon"[^>]*>')
_PICTURE = re.compile(r"""url\(\s*['"]?([^'")]+?)['"]?\s*\)""")


def as_one_file(page: str) -> str:
    """A map page with everything it loads inside it."""
    page = _SCRIPT.sub(lambda found: f"<script>{_text(found[1])}</script>", _ICON.sub("", page))
    return _STYLE.sub(lambda found: f"<style>{_style(found[1])}</style>", page)


@cache
def _text(address: str) -> str:
    return _file(address).read_text("utf-8").replace("</script", r"<\/script")


@cache
def _style(address: str) -> str:
    """A style sheet with its pictures inside it."""
    home = _file(address).parent

    def inside(found: re.Match[str]) -> str:
        picture = (home / found[1]).resolve()
        if found[1].startswith("data:") or not (picture.is_file() and picture.is_relative_to(STATIC)):
            return found[0]
        kind = mimetypes.guess_type(picture.name)[0] or "application/octet-stream"
        return f'url("data:{kind};base64,{base64.b64encode(picture.read_bytes()).decode()}")'

    return _PICTURE.sub(inside, _file(address).read_text("utf-8"))


def _file(address: str) -> Path:
    return STATIC / address.removeprefix("/static/").partition("?")[0]
