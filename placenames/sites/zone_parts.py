"""Prohibited zones cut into small pieces, so that the nearest one is found at once however long its outline."""

from __future__ import annotations

from datetime import date

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Index,
    Table,
    Text,
    exists,
    func,
    insert,
    select,
)

from gis.db import SCHEMA, metadata
from gis.intake.publishing import follows
from gis.record_tables import SRID
from placenames.sites.prohibited_zones import PROHIBITED_ZONES

ZONE_PARTS = Table(
    "zone_part",
    metadata,
    Column("version", BigInteger, ForeignKey(f"{SCHEMA}.{PROHIBITED_ZONES.name}.version"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("geom", Geometry("GEOMETRY", srid=SRID, spatial_index=False), nullable=False),
    Index("ix_zone_part_kind_geom", "kind", "geom", postgresql_using="gist"),
    Index("ix_zone_part_version", "version"),
    schema=SCHEMA,
)
"""Pieces of every version, of past days too."""
PIECE = 128
"""Vertices of a piece at most."""


@follows(PROHIBITED_ZONES.name)
def cut_zones_into_parts(tx: Connection, _submission: int, _day: date, _parents: set[str]) -> None:
    """Cuts the versions that have no pieces yet."""
    v, p = PROHIBITED_ZONES.table.c, ZONE_PARTS.c
    without = ~exists().where(p.version == v.version)
    pieces = select(v.version, v.kind, func.ST_Subdivide(v.geom, PIECE)).where(v.geom.is_not(None), without)
    tx.execute(insert(ZONE_PARTS).from_select(["version", "kind", "geom"], pieces))
