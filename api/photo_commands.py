"""`jiezhi sites photo`: photos of facilities and cemeteries, from a terminal.

Nothing heavy is imported before a command needs it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.command_words import As, Json

if TYPE_CHECKING:
    from api.lookup_commands import Opened, SignedIn


def enter(app: typer.Typer, opened: Opened, signed_in: SignedIn) -> None:
    """Enters the command among the others about sites."""

    @app.command("photo")
    def add_photo(
        site: Annotated[str, typer.Argument(help="Code or permanent id of a facility or cemetery.")],
        file: Annotated[Path, typer.Argument(help="The photo: jpg or png, up to 20 MB.")],
        name: As,
        caption: Annotated[str, typer.Option(help="What it shows.")] = "",
        public: Annotated[bool, typer.Option("--public", help="For everybody; otherwise for colleagues alone.")] = False,
        as_json: Json = False,
    ) -> None:
        """Add a photo to a facility or cemetery; it is drawn anew, so that nothing the camera wrote into it is kept."""
        from gis.settings import settings
        from placenames.sites import site_photos

        audience = "public" if public else "internal"
        with file.open("rb") as stream, opened() as database, signed_in(database, name) as (tx, person):
            found = site_photos.site_called(tx, site)
            number = site_photos.keep(tx, person, found, stream, caption, audience, settings())
        if as_json:
            typer.echo(json.dumps({"id": number, "site": str(found.id), "audience": audience}))
        else:
            typer.echo(f"{found.code}: 照片 {number}({site_photos.AUDIENCES[audience]})")
