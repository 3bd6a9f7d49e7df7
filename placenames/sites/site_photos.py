"""Photos of facilities and cemeteries: brought in by staff, kept by the hash of their content, shown to whom they may be.

A photo is drawn anew before it is kept (`gis.pictures`); under which name it came is not kept, for it may be somebody's. One
that is withdrawn is shown to nobody any more.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    Table,
    Uuid,
    func,
    insert,
    select,
    update,
)
from sqlalchemy import Text as SqlText

from gis import events, features, uploads
from gis.db import SCHEMA, alone, metadata
from gis.errors import BadInput, Conflict, NotFound
from gis.feature_sql import EVERYWHERE
from gis.people import Person
from gis.registers import Register
from gis.settings import Settings
from gis.text import Text, keepable
from placenames.sites.cemeteries import CEMETERIES
from placenames.sites.facilities import FACILITIES

SITE_PHOTOS = Table(
    "site_photo",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("register", SqlText, nullable=False),
    Column("site", Uuid, nullable=False),
    Column("caption", SqlText, nullable=False, server_default=""),
    Column("public", Boolean, nullable=False),
    Column("sha256", SqlText, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("small", LargeBinary, nullable=False),
    Column("person", BigInteger, ForeignKey(f"{SCHEMA}.person.id"), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("withdrawn_at", DateTime(timezone=True)),
    Index("ix_site_photo_site", "site", "id"),
    schema=SCHEMA,
)
REGISTERS = (FACILITIES, CEMETERIES)
AUDIENCES = {"internal": Text("内部", "internal"), "public": Text("公开", "public")}
"""Who may see a photo; what nobody said is for the public, is not."""
MOST = 20
"""So many photos one site takes."""
LONGEST_CAPTION = 100


@dataclass(frozen=True, slots=True)
class Site:
    """A facility or cemetery of which there may be photos: its permanent id, and the unit that says whose it is."""

    register: Register
    id: UUID
    code: str
    unit: str
    named: str | None
    """The file that a list names as its photo."""

    @property
    def subject(self) -> str:
        """Under this its events are kept."""
        return f"{self.register.name}/{self.id}"


@dataclass(frozen=True, slots=True)
class Sight:
    """Whose eyes: the public's, or a colleague's, who sees internal photos of sites in some areas."""

    public: bool = True
    areas: tuple[str, ...] = EVERYWHERE

    def is_internal_for(self, unit: str) -> bool:
        """Whether internal photos of a site in a unit may be seen."""
        return not self.public and unit.startswith(self.areas)


def site_called(tx: Connection, identity: str) -> Site:
    """The site with a permanent id or code, as it stands or stood last. Raises NotFound."""
    for register in REGISTERS:
        chain = [each for each in features.versions(tx, register, identity, public=False) if each["superseded_at"] is None]
        if chain:
            last = chain[-1]
            return Site(register, last["id"], last["code"], last["unit"] or "", last["photo"])
    raise NotFound("没有设施或公墓“{it}”", "there is no facility or cemetery “{it}”", it=identity[:100])


def keep(
    tx: Connection, person: Person, site: Site, stream: BinaryIO, caption: str, audience: str, settings: Settings
) -> int:
    """Adds a photo to a site and answers its number; the same picture again answers the one that is there.

    Raises NotAllowed, TooLarge, BadInput for what is no picture, and Conflict beyond twenty.
    """
    from gis.pictures import redrawn  # noqa: PLC0415 - commands that show no pictures need not load them

    person.must(site.register.sender, [site.unit])
    said, is_public = _caption(caption), _audience(audience) == "public"
    picture = redrawn(stream)
    alone(tx, f"{site.subject}/photos")
    c = SITE_PHOTOS.c
    kept = uploads.keep(settings.var, "photo.jpg", io.BytesIO(picture.content), settings.attachment_mb)
    standing = c.site == site.id, c.withdrawn_at.is_(None)
    there: dict[str, int] = {row.sha256: row.id for row in tx.execute(select(c.sha256, c.id).where(*standing))}
    if kept.sha256 in there:
        return there[kept.sha256]
    if len(there) >= MOST:
        raise Conflict("一处最多 {n} 张照片", "one site takes at most {n} photos", n=MOST)
    row = {"register": site.register.name, "site": site.id, "caption": said, "public": is_public, "sha256": kept.sha256,
           "size": kept.size, "small": picture.small, "person": person.id}  # fmt: skip
    added: int = tx.execute(insert(SITE_PHOTOS).values(**row).returning(c.id)).scalar_one()
    events.record(tx, site.subject, "add_photo", person.id, photo=added, public=is_public)
    return added


def withdraw(tx: Connection, person: Person, site: Site, number: int) -> None:
    """Takes a photo back: nobody sees it from now on. Raises NotAllowed, NotFound."""
    person.must(site.register.sender, [site.unit])
    c = SITE_PHOTOS.c
    mine = c.site == site.id, c.id == number, c.withdrawn_at.is_(None)
    done = tx.execute(update(SITE_PHOTOS).where(*mine).values(withdrawn_at=func.now()).returning(c.id)).first()
    if done is None:
        raise _no_such(number)
    events.record(tx, site.subject, "withdraw_photo", person.id, photo=number)


def photos_of(tx: Connection, site: Site, sight: Sight) -> list[dict[str, Any]]:
    """The photos of a site that somebody may see, the newest first."""
    c = SITE_PHOTOS.c
    statement = select(c.id, c.caption, c.public, c.size, c.at)
    statement = statement.where(c.site == site.id, *_seen(sight.is_internal_for(site.unit))).order_by(c.id.desc())
    return [dict(row) for row in tx.execute(statement).mappings()]


def opened(tx: Connection, site: Site, number: int, sight: Sight, settings: Settings) -> Path:
    """Where a photo lies that somebody may see. Raises NotFound."""
    c = SITE_PHOTOS.c
    row = _one(tx, site, number, sight, c.sha256, c.size)
    return uploads.path_of(settings.var, uploads.Kept("photo.jpg", row.sha256, row.size))


def small(tx: Connection, site: Site, number: int, sight: Sight) -> bytes:
    """The small picture of a photo that somebody may see. Raises NotFound."""
    return bytes(_one(tx, site, number, sight, SITE_PHOTOS.c.small).small)


def newest_photos(tx: Connection, register: str, units: Mapping[str, str], sight: Sight) -> dict[str, dict[str, Any]]:
    """Of each site (id -> its unit) the newest photo that may be seen: id -> `id`, `caption`, bytes of the small picture."""
    c = SITE_PHOTOS.c
    told = c.site, c.id, c.caption, c.public, func.length(c.small).label("bytes")
    rows = tx.execute(select(*told).where(c.register == register, *_seen(not sight.public)).order_by(c.id)).mappings()
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        site = str(row["site"])
        if site in units and (row["public"] or sight.is_internal_for(units[site])):
            found[site] = dict(row)
    return found


def small_pictures(tx: Connection, numbers: Sequence[int]) -> dict[int, bytes]:
    """The small pictures of some photos, by number; who asks has looked whether they may be seen."""
    c = SITE_PHOTOS.c
    return {row.id: bytes(row.small) for row in tx.execute(select(c.id, c.small).where(c.id.in_(numbers)))}


def _seen(internal: bool) -> Sequence[Any]:
    c = SITE_PHOTOS.c
    return [c.withdrawn_at.is_(None)] if internal else [c.withdrawn_at.is_(None), c.public]


def _one(tx: Connection, site: Site, number: int, sight: Sight, *columns: Column[Any]) -> Any:
    c = SITE_PHOTOS.c
    asked = c.site == site.id, c.id == number, *_seen(sight.is_internal_for(site.unit))
    row = tx.execute(select(*columns).where(*asked)).first()
    if row is None:
        raise _no_such(number)
    return row


def _no_such(number: int) -> NotFound:
    return NotFound("没有第 {n} 号照片", "there is no photo {n}", n=number)


def _caption(said: str) -> str:
    caption = keepable(said).strip()
    if len(caption) > LONGEST_CAPTION:
        raise BadInput("说明最多 {n} 个字", "a caption has at most {n} letters", n=LONGEST_CAPTION)
    return caption


def _audience(said: str) -> str:
    if said not in AUDIENCES:
        raise BadInput("audience 应为 internal 或 public", "audience is internal or public")
    return said
