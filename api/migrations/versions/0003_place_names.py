"""place names: the register, built-up areas, and everything places are or were called."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

from api.migrations.rights import keep_rows, keep_versions, show

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


STRATUM = """
    (CASE WHEN until IS NOT NULL OR historical OR kind = 'former' THEN 2 WHEN kind = 'standard' THEN 0 ELSE 1 END * 8
     + coalesce(array_position(ARRAY['ADM', 'VIL', 'NAT', 'ROD', 'PRK', 'RES', 'FAC', 'OTH'], category), 8) - 1) * 16
    + least(greatest(char_length(key), 1), 16) - 1
"""
FUNCTIONS = [
    """
    CREATE FUNCTION jiezhi.pieces(name text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $$
        SELECT array_agg(substr(name, start, size)) FROM generate_series(2, char_length(name) - 1) AS start,
               generate_series(1, 2) AS size WHERE start + size <= char_length(name)
    $$
    """,
    """
    CREATE FUNCTION jiezhi.slips(name text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $$
        SELECT array_agg(overlay(name placing '' from place for 1)) || name
        FROM generate_series(1, char_length(name)) AS place WHERE char_length(name) BETWEEN 2 AND 24
    $$
    """,
]
"""What stands inside a name, one and two characters at a time; and a name with each of its characters left out."""
SEARCH_INDEXES = [
    "CREATE INDEX ix_appellation_key ON jiezhi.appellation (key text_pattern_ops, (unit || '') text_pattern_ops)",
    "CREATE INDEX ix_appellation_core ON jiezhi.appellation (core, (unit || '') text_pattern_ops)",
    "CREATE INDEX ix_appellation_sound ON jiezhi.appellation (sound text_pattern_ops, (unit || '') text_pattern_ops)",
    "CREATE INDEX ix_appellation_core_sound ON jiezhi.appellation (core_sound, (unit || '') text_pattern_ops)",
    "CREATE INDEX ix_appellation_by_key ON jiezhi.appellation"
    " (stratum, (key || '') text_pattern_ops, (unit || '') text_pattern_ops)",
    "CREATE INDEX ix_appellation_by_end ON jiezhi.appellation"
    " (stratum, reverse(key) text_pattern_ops, (unit || '') text_pattern_ops)",
    "CREATE INDEX ix_appellation_by_sound ON jiezhi.appellation"
    " (stratum, replace(sound, ' ', '') text_pattern_ops, (unit || '') text_pattern_ops)",
    "CREATE INDEX ix_appellation_by_initials ON jiezhi.appellation"
    " (stratum, initials text_pattern_ops, (unit || '') text_pattern_ops)",
    "CREATE INDEX ix_appellation_inside ON jiezhi.appellation USING gin (jiezhi.pieces(key))",
    "CREATE INDEX ix_appellation_slips ON jiezhi.appellation USING gin (jiezhi.slips(key))",
    "CREATE INDEX ix_appellation_unit ON jiezhi.appellation (unit text_pattern_ops)",
    "CREATE INDEX ix_appellation_kind ON jiezhi.appellation (category, class_code text_pattern_ops)",
    "CREATE INDEX ix_appellation_lives_from ON jiezhi.appellation (lives_from)",
]


def upgrade() -> None:
    for function in FUNCTIONS:
        op.execute(function)
    op.create_geospatial_table(
        "appellation",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("place", sa.UUID(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("authority", sa.Text(), nullable=True),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("class_code", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("core", sa.Text(), nullable=False),
        sa.Column("sound", sa.Text(), nullable=False),
        sa.Column("core_sound", sa.Text(), nullable=False),
        sa.Column("initials", sa.Text(), nullable=False),
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
        sa.Column("historical", sa.Boolean(), nullable=False),
        sa.Column("public_since", sa.Date(), nullable=True),
        sa.Column("lives_from", sa.Date(), nullable=False),
        sa.Column("lives_to", sa.Date(), nullable=True),
        sa.Column("stratum", sa.SmallInteger(), sa.Computed(STRATUM, persisted=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appellation")),
        schema="jiezhi",
    )
    op.create_geospatial_index(
        "ix_appellation_geom",
        "appellation",
        ["geom"],
        unique=False,
        schema="jiezhi",
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_index("ix_appellation_place", "appellation", ["place"], unique=False, schema="jiezhi")
    for index in SEARCH_INDEXES:
        op.execute(index)
    op.execute("ALTER TABLE jiezhi.appellation ALTER unit SET STATISTICS 1000")  # or a city's names are taken for none
    op.create_geospatial_table(
        "built_up_areas",
        sa.Column("version", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="MULTIPOLYGON",
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
            name="ex_built_up_areas_id",
        ),
        postgresql.ExcludeConstraint(
            (sa.text("hashtextextended(code, 0)"), "="),
            (sa.text("daterange(valid_from, valid_to)"), "&&"),
            where=sa.text("superseded_at IS NULL"),
            using="gist",
            name="ex_built_up_areas_code",
        ),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_built_up_areas")),
        schema="jiezhi",
    )
    op.create_index(
        "ix_built_up_areas_code_id", "built_up_areas", ["code", "id"], unique=False, schema="jiezhi"
    )
    op.create_geospatial_index(
        "ix_built_up_areas_geom",
        "built_up_areas",
        ["geom"],
        unique=False,
        schema="jiezhi",
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_index(
        "ix_built_up_areas_id_recorded",
        "built_up_areas",
        ["id", "recorded_at"],
        unique=False,
        schema="jiezhi",
    )
    op.create_geospatial_table(
        "names",
        sa.Column("version", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("specific", sa.Text(), nullable=True),
        sa.Column("generic", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("class_code", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("roman", sa.Text(), nullable=True),
        sa.Column("roman_plain", sa.Text(), nullable=True),
        sa.Column("roman_confirmed", sa.Text(), nullable=True),
        sa.Column("aliases", sa.Text(), nullable=True),
        sa.Column("short_names", sa.Text(), nullable=True),
        sa.Column("former_names", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("meaning", sa.Text(), nullable=True),
        sa.Column("history", sa.Text(), nullable=True),
        sa.Column("position", sa.Text(), nullable=True),
        sa.Column("named_on", sa.Date(), nullable=True),
        sa.Column("authority", sa.Text(), nullable=True),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("use", sa.Text(), nullable=True),
        sa.Column("protected", sa.Text(), nullable=True),
        sa.Column("named_after", sa.Text(), nullable=True),
        sa.Column("disclosure", sa.Text(), nullable=True),
        sa.Column("land_m2", sa.Double(), nullable=True),
        sa.Column("floor_area_m2", sa.Double(), nullable=True),
        sa.Column("floors", sa.Integer(), nullable=True),
        sa.Column("height_m", sa.Double(), nullable=True),
        sa.Column("green_ratio", sa.Double(), nullable=True),
        sa.Column("open_ratio", sa.Double(), nullable=True),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("core", sa.Text(), nullable=True),
        sa.Column("sound", sa.Text(), nullable=True),
        sa.Column("core_sound", sa.Text(), nullable=True),
        sa.Column("initials", sa.Text(), nullable=True),
        sa.Column(
            "geom",
            Geometry(
                srid=4490, dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"
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
            name="ex_names_id",
        ),
        postgresql.ExcludeConstraint(
            (sa.text("hashtextextended(code, 0)"), "="),
            (sa.text("daterange(valid_from, valid_to)"), "&&"),
            where=sa.text("superseded_at IS NULL"),
            using="gist",
            name="ex_names_code",
        ),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_names")),
        schema="jiezhi",
    )
    op.create_index("ix_names_code_id", "names", ["code", "id"], unique=False, schema="jiezhi")
    op.create_geospatial_index(
        "ix_names_geom",
        "names",
        ["geom"],
        unique=False,
        schema="jiezhi",
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_index("ix_names_id_recorded", "names", ["id", "recorded_at"], unique=False, schema="jiezhi")
    op.create_geospatial_table(
        "staged_built_up_areas",
        sa.Column("delivery", sa.BigInteger(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("source_row", sa.Integer(), nullable=True),
        sa.Column("file", sa.Text(), nullable=True),
        sa.Column("layer", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column(
            "geom",
            Geometry(
                srid=4490, dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"
            ),
            nullable=True,
        ),
        sa.Column("extra", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("set_aside", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("delivery", "row", name=op.f("pk_staged_built_up_areas")),
        schema="jiezhi",
    )
    op.create_geospatial_table(
        "staged_names",
        sa.Column("delivery", sa.BigInteger(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("source_row", sa.Integer(), nullable=True),
        sa.Column("file", sa.Text(), nullable=True),
        sa.Column("layer", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("specific", sa.Text(), nullable=True),
        sa.Column("generic", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("class_code", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("roman", sa.Text(), nullable=True),
        sa.Column("roman_plain", sa.Text(), nullable=True),
        sa.Column("roman_confirmed", sa.Text(), nullable=True),
        sa.Column("aliases", sa.Text(), nullable=True),
        sa.Column("short_names", sa.Text(), nullable=True),
        sa.Column("former_names", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("meaning", sa.Text(), nullable=True),
        sa.Column("history", sa.Text(), nullable=True),
        sa.Column("position", sa.Text(), nullable=True),
        sa.Column("named_on", sa.Date(), nullable=True),
        sa.Column("authority", sa.Text(), nullable=True),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("use", sa.Text(), nullable=True),
        sa.Column("protected", sa.Text(), nullable=True),
        sa.Column("named_after", sa.Text(), nullable=True),
        sa.Column("disclosure", sa.Text(), nullable=True),
        sa.Column("land_m2", sa.Double(), nullable=True),
        sa.Column("floor_area_m2", sa.Double(), nullable=True),
        sa.Column("floors", sa.Integer(), nullable=True),
        sa.Column("height_m", sa.Double(), nullable=True),
        sa.Column("green_ratio", sa.Double(), nullable=True),
        sa.Column("open_ratio", sa.Double(), nullable=True),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("core", sa.Text(), nullable=True),
        sa.Column("sound", sa.Text(), nullable=True),
        sa.Column("core_sound", sa.Text(), nullable=True),
        sa.Column("initials", sa.Text(), nullable=True),
        sa.Column(
            "geom",
            Geometry(
                srid=4490, dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"
            ),
            nullable=True,
        ),
        sa.Column("extra", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("set_aside", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("delivery", "row", name=op.f("pk_staged_names")),
        schema="jiezhi",
    )
    for table in ("names", "built_up_areas"):
        keep_versions(table)
        keep_rows(f"staged_{table}")
    keep_rows("appellation", erasing=True)
    show("appellation")


def downgrade() -> None:
    raise NotImplementedError("what was recorded is not taken back")
