"""Photos of graves: pictures that the office laid into `photos/graves` beside its database, under the names that lists give.

What a list says is only a name: nothing outside that folder is ever opened, and nothing that is no picture is handed out.
The name itself is not shown, for it may be somebody's; it stands
in the lists alone that colleagues of the area send and take away.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from gis.errors import BadInput
from placenames.casework import attachment_types

FOLDER = Path("photos") / "graves"
PICTURES = ("image/jpeg", "image/png")
LARGEST_MB = 20
"""A larger file is no photo for a page."""
LONGEST_NAME = 200
_PLAIN_NAME = re.compile(r"[^\s./\\:\x00-\x1f][^/\\:\x00-\x1f]*\.(jpg|jpeg|png)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture that may be handed out: where it lies and its media type."""

    path: Path
    type: str


def photo_called(name: str | None, var: Path) -> Photo | None:
    """The picture that a list names, if the office has it; None for anything else, whatever the name says."""
    if not name or len(name.encode()) > LONGEST_NAME or not _PLAIN_NAME.fullmatch(name):
        return None
    path = var / FOLDER / name
    try:
        if path.is_symlink() or not path.is_file() or not 0 < path.stat().st_size <= LARGEST_MB << 20:
            return None
        with path.open("rb") as stream:
            media_type = attachment_types.type_of(name, stream)
    except (OSError, BadInput):
        return None
    return Photo(path, media_type) if media_type in PICTURES else None
