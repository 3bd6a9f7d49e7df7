"""addresses: the register, the toponyms that bear its numbers, and the numbers of the time before it."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

from api.migrations.rights import keep_rows, keep_versions, show

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_geospatial_table(
        "addresses",
        sa.Column("version", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("community", sa.Text(), nullable=True),
        sa.Column("hamlet", sa.Text(), nullable=True),
        sa.Column("street", sa.Text(), nullable=True),
        sa.Column("section", sa.Text(), nullable=True),
        sa.Column("lane", sa.Text(), nullable=True),
        sa.Column("alley", sa.Text(), nullable=True),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("estate", sa.Text(), nullable=True),
        sa.Column("building", sa.Text(), nullable=True),
        sa.Column("cell", sa.Text(), nullable=True),
        sa.Column("floor", sa.Text(), nullable=True),
        sa.Column("room", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("sent_text", sa.Text(), nullable=True),
        sa.Column("plate", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("certified", sa.Text(), nullable=True),
        sa.Column("built", sa.Text(), nullable=True),
        sa.Column("former", sa.Text(), nullable=True),
        sa.Column("street_code", sa.Text(), nullable=True),
        sa.Column("numbered_on", sa.Date(), nullable=True),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("certificate", sa.Text(), nullable=True),
        sa.Column("bearer_key", sa.Text(), nullable=True),
        sa.Column("plate_key", sa.Text(), nullable=True),
        sa.Column("inside_key", sa.Text(), nullable=True),
        sa.Column("ordinal", sa.Integer(), nullable=True),
        sa.Column("exact_key", sa.Text(), nullable=True),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="POINT",
                srid=4490,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submission", sa.BigInteger(), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.column("id"), "="),
            (sa.text("daterange(valid_from, valid_to)"), "&&"),
            where=sa.text("superseded_at IS NULL"),
            using="gist",
            name="ex_addresses_id",
        ),
        postgresql.ExcludeConstraint(
            (sa.text("hashtextextended(code, 0)"), "="),
            (sa.text("daterange(valid_from, valid_to)"), "&&"),
            where=sa.text("superseded_at IS NULL"),
            using="gist",
            name="ex_addresses_code",
        ),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_addresses")),
        schema="jiezhi",
    )
    op.create_index("ix_addresses_code_id", "addresses", ["code", "id"], unique=False, schema="jiezhi")
    op.create_index(
        "ix_addresses_community",
        "addresses",
        ["unit", "community"],
        unique=False,
        schema="jiezhi",
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_index(
        "ix_addresses_exact",
        "addresses",
        ["exact_key"],
        unique=False,
        schema="jiezhi",
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_geospatial_index(
        "ix_addresses_geom",
        "addresses",
        ["geom"],
        unique=False,
        schema="jiezhi",
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_index(
        "ix_addresses_id_recorded", "addresses", ["id", "recorded_at"], unique=False, schema="jiezhi"
    )
    op.create_index(
        "ix_addresses_plate",
        "addresses",
        ["bearer_key", "ordinal", "plate_key", "inside_key"],
        unique=False,
        schema="jiezhi",
        postgresql_ops={
            "bearer_key": "text_pattern_ops",
            "plate_key": "text_pattern_ops",
            "inside_key": "text_pattern_ops",
        },
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "former_address",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("address", sa.UUID(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("street", sa.Text(), nullable=False),
        sa.Column("bearer_key", sa.Text(), nullable=False),
        sa.Column("plate_key", sa.Text(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_address")),
        schema="jiezhi",
    )
    op.create_index("ix_former_address_address", "former_address", ["address"], unique=False, schema="jiezhi")
    op.create_index(
        "ix_former_address_plate",
        "former_address",
        ["bearer_key", "plate_key"],
        unique=False,
        schema="jiezhi",
        postgresql_ops={"bearer_key": "text_pattern_ops"},
    )
    op.create_geospatial_table(
        "staged_addresses",
        sa.Column("delivery", sa.BigInteger(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("source_row", sa.Integer(), nullable=True),
        sa.Column("file", sa.Text(), nullable=True),
        sa.Column("layer", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("community", sa.Text(), nullable=True),
        sa.Column("hamlet", sa.Text(), nullable=True),
        sa.Column("street", sa.Text(), nullable=True),
        sa.Column("section", sa.Text(), nullable=True),
        sa.Column("lane", sa.Text(), nullable=True),
        sa.Column("alley", sa.Text(), nullable=True),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("estate", sa.Text(), nullable=True),
        sa.Column("building", sa.Text(), nullable=True),
        sa.Column("cell", sa.Text(), nullable=True),
        sa.Column("floor", sa.Text(), nullable=True),
        sa.Column("room", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("sent_text", sa.Text(), nullable=True),
        sa.Column("plate", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("certified", sa.Text(), nullable=True),
        sa.Column("built", sa.Text(), nullable=True),
        sa.Column("former", sa.Text(), nullable=True),
        sa.Column("street_code", sa.Text(), nullable=True),
        sa.Column("numbered_on", sa.Date(), nullable=True),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("certificate", sa.Text(), nullable=True),
        sa.Column("bearer_key", sa.Text(), nullable=True),
        sa.Column("plate_key", sa.Text(), nullable=True),
        sa.Column("inside_key", sa.Text(), nullable=True),
        sa.Column("ordinal", sa.Integer(), nullable=True),
        sa.Column("exact_key", sa.Text(), nullable=True),
        sa.Column(
            "geom",
            Geometry(
                srid=4490, dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"
            ),
            nullable=True,
        ),
        sa.Column("extra", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("set_aside", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("delivery", "row", name=op.f("pk_staged_addresses")),
        schema="jiezhi",
    )
    op.create_table(
        "toponym",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("sound", sa.Text(), nullable=False),
        sa.Column("gate_bearer", sa.Text(), nullable=True),
        sa.Column("gate_plate", sa.Text(), nullable=True),
        sa.Column("street_code", sa.Text(), nullable=True),
        sa.Column("plates", sa.Integer(), nullable=False),
        sa.Column("lowest", sa.Integer(), nullable=True),
        sa.Column("highest", sa.Integer(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_toponym")),
        schema="jiezhi",
    )
    op.create_index(
        "ix_toponym_path",
        "toponym",
        ["path"],
        unique=False,
        schema="jiezhi",
        postgresql_ops={"path": "text_pattern_ops"},
    )
    keep_versions("addresses")
    keep_rows("staged_addresses", changing=("code",))
    for table in ("toponym", "former_address"):
        keep_rows(table, erasing=True)
        show(table)


def downgrade() -> None:
    raise NotImplementedError("what was recorded is not taken back")
