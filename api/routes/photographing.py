"""Photos of facilities and cemeteries: staff of the area add and withdraw them; who may see them, sees them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Query, Request, UploadFile
from starlette.responses import FileResponse, RedirectResponse, Response

from api import pages
from api.answers import json_answer
from api.asking import only
from api.deps import Body, Config, Look, Signed, Tx, Visitor, areas_read_by, reads_as_public
from gis.errors import BadInput
from gis.people import Person
from gis.pictures import TYPE
from placenames.sites import site_photos
from placenames.sites.site_photos import AUDIENCES, Sight, Site, site_called

router = APIRouter(prefix="/sites/{identity}/photos")
HANDED_OUT = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "private, no-store",
}
"""A photo that was withdrawn is seen no more, in no copy that a browser kept."""
SIZES = ("", "small")


@router.get("", dependencies=[Depends(only())])
def list_photos(request: Request, identity: str, look: Look, visitor: Visitor) -> Response:
    """The photos of a facility or cemetery, by its permanent id or code: the newest first, as far as one may see them."""
    site = site_called(look, identity)
    found = [told(site, each) for each in site_photos.photos_of(look, site, sight_of(visitor))]
    return json_answer(request, {"photos": found, "audiences": {name: words.as_dict() for name, words in AUDIENCES.items()}})


@router.post("")
def add_photo(
    request: Request, identity: str, person: Signed, tx: Tx, config: Config, body: Body, file: Annotated[UploadFile, File()]
) -> Response:
    """Adds a photo (jpg, png): `file`, `caption`, and `audience`, internal (where none is said) or public.

    It is kept drawn anew, at most 1600 pixels long, without what the camera wrote into it (EXIF, place, device).
    """
    site = site_called(tx, identity)
    audience = str(body.get("audience") or "internal")
    added = site_photos.keep(tx, person, site, file.file, str(body.get("caption") or ""), audience, config)
    return _went(request, site, {"id": added}, 201)


@router.get("/{number}", dependencies=[Depends(only("size"))])
def photo(
    identity: str, number: int, look: Look, config: Config, visitor: Visitor,
    size: Annotated[str, Query(description="small: as in a popup")] = "",
) -> Response:  # fmt: skip
    """One photo of it, as JPEG."""
    if size not in SIZES:
        raise BadInput("size 应为 small 或不写", "size is small, or is left out")
    site, sight = site_called(look, identity), sight_of(visitor)
    if size:
        return Response(site_photos.small(look, site, number, sight), media_type=TYPE, headers=HANDED_OUT)
    return FileResponse(site_photos.opened(look, site, number, sight, config), media_type=TYPE, headers=HANDED_OUT)


@router.post("/{number}/withdraw")
def withdraw_photo(request: Request, identity: str, number: int, person: Signed, tx: Tx) -> Response:
    """Takes a photo back, so that nobody sees it any more."""
    site = site_called(tx, identity)
    site_photos.withdraw(tx, person, site, number)
    return _went(request, site, {"id": number}, 200)


def sight_of(visitor: Person | None) -> Sight:
    """Which photos somebody sees."""
    return Sight(reads_as_public(visitor), areas_read_by(visitor))


def told(site: Site, photo: dict[str, Any]) -> dict[str, Any]:
    """A photo as programs read about it."""
    home = f"/sites/{site.id}/photos/{photo['id']}"
    audience = "public" if photo["public"] else "internal"
    about = {"id": photo["id"], "caption": photo["caption"], "audience": audience, "size": photo["size"], "at": photo["at"]}
    return about | {"href": home, "small": f"{home}?size=small"}


def _went(request: Request, site: Site, content: dict[str, Any], status: int) -> Response:
    if pages.wants_page(request):
        return RedirectResponse(f"/collections/{site.register.name}/items/{site.id}#photos", 303)
    return json_answer(request, content, status=status)
