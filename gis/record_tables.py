"""The tables of a register: its versions, and the staging twin for what is sent."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    func,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID, ExcludeConstraint

from gis.db import SCHEMA, metadata

if TYPE_CHECKING:
    from gis.registers import Register

SRID = 4490
COLUMN_TYPES: dict[type, type] = {str: Text, int: Integer, float: Double, bool: Boolean, date: Date}


def versions_table(register: Register) -> Table:
    """The table of versions of one register."""
    name = register.name
    table = Table(
        name,
        metadata,
        Column("version", BigInteger, Identity(), primary_key=True),
        Column("id", UUID(as_uuid=True), nullable=False, server_default=text("gen_random_uuid()")),
        *[Column(f.name, COLUMN_TYPES[f.type], nullable=not f.required) for f in register.fields],
        Column("geom", Geometry(register.geometry, srid=SRID, spatial_index=False), nullable=True),
        Column("valid_from", Date, nullable=False),
        Column("valid_to", Date),
        Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
        Column("superseded_at", DateTime(timezone=True)),
        Column("submission", BigInteger),
        schema=SCHEMA,
    )
    now = text("superseded_at IS NULL")
    days = func.daterange(table.c.valid_from, table.c.valid_to)
    # text in a GiST index makes every row cost five times as much: codes are told apart by 64 bits of hash
    alike = {"id": table.c.id, "code": func.hashtextextended(table.c.code, literal_column("0"))}
    for identity, value in alike.items():
        table.append_constraint(
            ExcludeConstraint(
                (value, "="), (days, "&&"), using="gist", where=now, name=f"ex_{name}_{identity}"
            )
        )
    Index(f"ix_{name}_code_id", table.c.code, table.c.id)  # of all times: past days turn their pages by it too
    Index(f"ix_{name}_id_recorded", table.c.id, table.c.recorded_at)
    Index(f"ix_{name}_geom", table.c.geom, postgresql_using="gist")
    return table


def staging_table(register: Register) -> Table:
    """What was sent for one register: typed, but anything may be missing, even the geometry."""
    return Table(
        f"staged_{register.name}",
        metadata,
        Column("delivery", BigInteger, primary_key=True),
        Column("row", Integer, primary_key=True),
        Column("source_row", Integer),
        Column("file", Text),
        Column("layer", Text),
        *[Column(f.name, COLUMN_TYPES[f.type]) for f in register.fields],
        Column("geom", Geometry("GEOMETRY", srid=SRID, spatial_index=False), nullable=True),
        Column("extra", JSONB),
        Column("set_aside", Boolean, nullable=False, server_default=text("false")),
        schema=SCHEMA,
    )
