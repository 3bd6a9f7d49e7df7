"""Photos for popups of the map of sites: addresses on this server, or small pictures that stand in the one file itself."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

from sqlalchemy import Connection

from maps.site_map import Photos
from placenames.sites.site_photos import Sight, newest_photos, small_pictures

ROOM = 6_000_000
"""Bytes of small pictures in one file, some five hundred; more would make it too large to pass on."""


def photos_for_popups(
    look: Connection, found: Mapping[str, Sequence[Mapping[str, Any]]], sight: Sight, *, alone: bool
) -> Photos:
    """Of each site on the map the newest photo that may be seen; `alone` where no server answers."""
    newest: dict[str, dict[str, Any]] = {}
    for register, features in found.items():
        units = {str(each["properties"]["id"]): str(each["properties"]["unit"]) for each in features}
        newest |= newest_photos(look, register, units, sight)
    if not alone:
        return {site: (f"/sites/{site}/photos/{each['id']}?size=small", each["caption"]) for site, each in newest.items()}
    reached = accumulate(each["bytes"] for each in newest.values())
    inside = [each["id"] for each, size in zip(newest.values(), reached, strict=True) if size <= ROOM]
    pictures = small_pictures(look, inside)
    return {
        site: (_inside(pictures[each["id"]]), each["caption"]) if each["id"] in pictures else ("", "")
        for site, each in newest.items()
    }


def _inside(picture: bytes) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(picture).decode()}"
