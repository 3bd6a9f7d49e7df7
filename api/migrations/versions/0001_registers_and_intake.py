"""registers and intake."""

import sqlalchemy as sa
from geoalchemy2 import Geometry
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_geospatial_table(
        "lines",
        sa.Column("version", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("left", sa.Text(), nullable=True),
        sa.Column("right", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("level", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("start", sa.Text(), nullable=True),
        sa.Column("end", sa.Text(), nullable=True),
        sa.Column("stated_km", sa.Double(), nullable=True),
        sa.Column("length_m", sa.Double(), nullable=True),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="LINESTRING",
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
            name="ex_lines_id",
        ),
        postgresql.ExcludeConstraint(
            (sa.text("hashtextextended(code, 0)"), "="),
            (sa.text("daterange(valid_from, valid_to)"), "&&"),
            where=sa.text("superseded_at IS NULL"),
            using="gist",
            name="ex_lines_code",
        ),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_lines")),
        schema="jiezhi",
    )
    op.create_index("ix_lines_code_id", "lines", ["code", "id"], unique=False, schema="jiezhi")
    op.create_geospatial_index(
        "ix_lines_geom",
        "lines",
        ["geom"],
        unique=False,
        schema="jiezhi",
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_index("ix_lines_id_recorded", "lines", ["id", "recorded_at"], unique=False, schema="jiezhi")
    op.create_geospatial_table(
        "markers",
        sa.Column("version", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=True),
        sa.Column("material", sa.Text(), nullable=True),
        sa.Column("elevation_m", sa.Double(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
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
            name="ex_markers_id",
        ),
        postgresql.ExcludeConstraint(
            (sa.text("hashtextextended(code, 0)"), "="),
            (sa.text("daterange(valid_from, valid_to)"), "&&"),
            where=sa.text("superseded_at IS NULL"),
            using="gist",
            name="ex_markers_code",
        ),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_markers")),
        schema="jiezhi",
    )
    op.create_index("ix_markers_code_id", "markers", ["code", "id"], unique=False, schema="jiezhi")
    op.create_geospatial_index(
        "ix_markers_geom",
        "markers",
        ["geom"],
        unique=False,
        schema="jiezhi",
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_index("ix_markers_id_recorded", "markers", ["id", "recorded_at"], unique=False, schema="jiezhi")
    op.create_table(
        "person",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("display", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("name", name=op.f("uq_person_name")),
        schema="jiezhi",
    )
    op.create_table(
        "plan",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        schema="jiezhi",
    )
    op.create_index("ix_plan_name", "plan", ["name", "id"], unique=False, schema="jiezhi")
    op.create_table(
        "progress",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("done", sa.Double(), nullable=False),
        sa.Column("words", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_progress")),
        schema="jiezhi",
    )
    op.create_table(
        "publication",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("submission", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("effective", sa.Date(), nullable=False),
        sa.Column(
            "published_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
        sa.UniqueConstraint("submission", name=op.f("uq_publication_submission")),
        schema="jiezhi",
    )
    op.create_index("ix_publication_effective", "publication", ["effective"], unique=False, schema="jiezhi")
    op.create_table(
        "sign_in_failure",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failure")),
        schema="jiezhi",
    )
    op.create_geospatial_table(
        "staged_lines",
        sa.Column("delivery", sa.BigInteger(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("source_row", sa.Integer(), nullable=True),
        sa.Column("file", sa.Text(), nullable=True),
        sa.Column("layer", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("left", sa.Text(), nullable=True),
        sa.Column("right", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("level", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("start", sa.Text(), nullable=True),
        sa.Column("end", sa.Text(), nullable=True),
        sa.Column("stated_km", sa.Double(), nullable=True),
        sa.Column("length_m", sa.Double(), nullable=True),
        sa.Column(
            "geom",
            Geometry(
                srid=4490, dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"
            ),
            nullable=True,
        ),
        sa.Column("extra", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("set_aside", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("delivery", "row", name=op.f("pk_staged_lines")),
        schema="jiezhi",
    )
    op.create_geospatial_table(
        "staged_markers",
        sa.Column("delivery", sa.BigInteger(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("source_row", sa.Integer(), nullable=True),
        sa.Column("file", sa.Text(), nullable=True),
        sa.Column("layer", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("line", sa.Text(), nullable=True),
        sa.Column("type", sa.Text(), nullable=True),
        sa.Column("material", sa.Text(), nullable=True),
        sa.Column("elevation_m", sa.Double(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column(
            "geom",
            Geometry(
                srid=4490, dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"
            ),
            nullable=True,
        ),
        sa.Column("extra", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("set_aside", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("delivery", "row", name=op.f("pk_staged_markers")),
        schema="jiezhi",
    )
    op.create_geospatial_table(
        "staged_tri_junctions",
        sa.Column("delivery", sa.BigInteger(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("source_row", sa.Integer(), nullable=True),
        sa.Column("file", sa.Text(), nullable=True),
        sa.Column("layer", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("unit_a", sa.Text(), nullable=True),
        sa.Column("unit_b", sa.Text(), nullable=True),
        sa.Column("unit_c", sa.Text(), nullable=True),
        sa.Column("units", sa.Text(), nullable=True),
        sa.Column("degree", sa.Integer(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column(
            "geom",
            Geometry(
                srid=4490, dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"
            ),
            nullable=True,
        ),
        sa.Column("extra", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("set_aside", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("delivery", "row", name=op.f("pk_staged_tri_junctions")),
        schema="jiezhi",
    )
    op.create_geospatial_table(
        "tri_junctions",
        sa.Column("version", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("unit_a", sa.Text(), nullable=True),
        sa.Column("unit_b", sa.Text(), nullable=True),
        sa.Column("unit_c", sa.Text(), nullable=True),
        sa.Column("units", sa.Text(), nullable=True),
        sa.Column("degree", sa.Integer(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
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
            name="ex_tri_junctions_id",
        ),
        postgresql.ExcludeConstraint(
            (sa.text("hashtextextended(code, 0)"), "="),
            (sa.text("daterange(valid_from, valid_to)"), "&&"),
            where=sa.text("superseded_at IS NULL"),
            using="gist",
            name="ex_tri_junctions_code",
        ),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_tri_junctions")),
        schema="jiezhi",
    )
    op.create_index(
        "ix_tri_junctions_code_id", "tri_junctions", ["code", "id"], unique=False, schema="jiezhi"
    )
    op.create_geospatial_index(
        "ix_tri_junctions_geom",
        "tri_junctions",
        ["geom"],
        unique=False,
        schema="jiezhi",
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_index(
        "ix_tri_junctions_id_recorded", "tri_junctions", ["id", "recorded_at"], unique=False, schema="jiezhi"
    )
    op.create_geospatial_table(
        "units",
        sa.Column("version", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=True),
        sa.Column("parent", sa.Text(), nullable=True),
        sa.Column("seat_lon", sa.Double(), nullable=True),
        sa.Column("seat_lat", sa.Double(), nullable=True),
        sa.Column("seat", sa.Text(), nullable=True),
        sa.Column("agreed_share", sa.Double(), nullable=True),
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
            name="ex_units_id",
        ),
        postgresql.ExcludeConstraint(
            (sa.text("hashtextextended(code, 0)"), "="),
            (sa.text("daterange(valid_from, valid_to)"), "&&"),
            where=sa.text("superseded_at IS NULL"),
            using="gist",
            name="ex_units_code",
        ),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_units")),
        schema="jiezhi",
    )
    op.create_index("ix_units_code_id", "units", ["code", "id"], unique=False, schema="jiezhi")
    op.create_geospatial_index(
        "ix_units_geom",
        "units",
        ["geom"],
        unique=False,
        schema="jiezhi",
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_index("ix_units_id_recorded", "units", ["id", "recorded_at"], unique=False, schema="jiezhi")
    op.create_table(
        "event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=True),
        sa.Column("system_user", sa.Text(), nullable=True),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("effective", sa.Date(), nullable=True),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(["person"], ["jiezhi.person.id"], name=op.f("fk_event_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        schema="jiezhi",
    )
    op.create_index("ix_event_subject", "event", ["subject", "id"], unique=False, schema="jiezhi")
    op.create_table(
        "role_grant",
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["jiezhi.person.id"], name=op.f("fk_role_grant_person")),
        sa.PrimaryKeyConstraint("person", "role", "area", name=op.f("pk_role_grant")),
        schema="jiezhi",
    )
    op.create_table(
        "sign_in",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.Column("csrf", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["jiezhi.person.id"], name=op.f("fk_sign_in_person")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sign_in")),
        schema="jiezhi",
    )
    op.create_table(
        "submission",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("sender", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("whole", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("round", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("units", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["sender"], ["jiezhi.person.id"], name=op.f("fk_submission_sender")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        schema="jiezhi",
    )
    op.create_index(
        "ix_submission_state", "submission", ["state", "changed_at"], unique=False, schema="jiezhi"
    )
    op.create_geospatial_table(
        "unit_part",
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="POLYGON",
                srid=4490,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["version"], ["jiezhi.units.version"], name=op.f("fk_unit_part_version")),
        schema="jiezhi",
    )
    op.create_geospatial_index(
        "ix_unit_part_geom",
        "unit_part",
        ["geom"],
        unique=False,
        schema="jiezhi",
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_index("ix_unit_part_version", "unit_part", ["version"], unique=False, schema="jiezhi")
    op.create_table(
        "delivery",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("submission", sa.BigInteger(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("files", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("reading", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("not_checked", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("blocking", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["submission"], ["jiezhi.submission.id"], name=op.f("fk_delivery_submission")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("submission", "round", name=op.f("uq_delivery_submission_round")),
        schema="jiezhi",
    )
    op.create_table(
        "change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("delivery", sa.BigInteger(), nullable=False),
        sa.Column("register", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=True),
        sa.Column("old_code", sa.Text(), nullable=True),
        sa.Column("fields", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(["delivery"], ["jiezhi.delivery.id"], name=op.f("fk_change_delivery")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change")),
        schema="jiezhi",
    )
    op.create_index("ix_change_delivery", "change", ["delivery", "register"], unique=False, schema="jiezhi")
    op.create_geospatial_table(
        "finding",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("delivery", sa.BigInteger(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("register", sa.Text(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=True),
        sa.Column("source_row", sa.Integer(), nullable=True),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("layer", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("message", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("fix", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column(
            "geom",
            Geometry(
                srid=4490, dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"
            ),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(["delivery"], ["jiezhi.delivery.id"], name=op.f("fk_finding_delivery")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        schema="jiezhi",
    )
    op.create_index("ix_finding_delivery", "finding", ["delivery"], unique=False, schema="jiezhi")


def downgrade() -> None:

    op.drop_index("ix_finding_delivery", table_name="finding", schema="jiezhi")
    op.drop_geospatial_table("finding", schema="jiezhi")
    op.drop_index("ix_change_delivery", table_name="change", schema="jiezhi")
    op.drop_table("change", schema="jiezhi")
    op.drop_table("delivery", schema="jiezhi")
    op.drop_index("ix_unit_part_version", table_name="unit_part", schema="jiezhi")
    op.drop_geospatial_index(
        "ix_unit_part_geom",
        table_name="unit_part",
        schema="jiezhi",
        postgresql_using="gist",
        column_name="geom",
    )
    op.drop_geospatial_table("unit_part", schema="jiezhi")
    op.drop_index("ix_submission_state", table_name="submission", schema="jiezhi")
    op.drop_table("submission", schema="jiezhi")
    op.drop_table("sign_in", schema="jiezhi")
    op.drop_table("role_grant", schema="jiezhi")
    op.drop_index("ix_event_subject", table_name="event", schema="jiezhi")
    op.drop_table("event", schema="jiezhi")
    op.drop_index("ix_units_id_recorded", table_name="units", schema="jiezhi")
    op.drop_geospatial_index(
        "ix_units_geom", table_name="units", schema="jiezhi", postgresql_using="gist", column_name="geom"
    )
    op.drop_index("ix_units_code_id", table_name="units", schema="jiezhi")
    op.drop_geospatial_table("units", schema="jiezhi")
    op.drop_index("ix_tri_junctions_id_recorded", table_name="tri_junctions", schema="jiezhi")
    op.drop_geospatial_index(
        "ix_tri_junctions_geom",
        table_name="tri_junctions",
        schema="jiezhi",
        postgresql_using="gist",
        column_name="geom",
    )
    op.drop_index("ix_tri_junctions_code_id", table_name="tri_junctions", schema="jiezhi")
    op.drop_geospatial_table("tri_junctions", schema="jiezhi")
    op.drop_geospatial_table("staged_tri_junctions", schema="jiezhi")
    op.drop_geospatial_table("staged_markers", schema="jiezhi")
    op.drop_geospatial_table("staged_lines", schema="jiezhi")
    op.drop_table("sign_in_failure", schema="jiezhi")
    op.drop_index("ix_publication_effective", table_name="publication", schema="jiezhi")
    op.drop_table("publication", schema="jiezhi")
    op.drop_table("progress", schema="jiezhi")
    op.drop_index("ix_plan_name", table_name="plan", schema="jiezhi")
    op.drop_table("plan", schema="jiezhi")
    op.drop_table("person", schema="jiezhi")
    op.drop_index("ix_markers_id_recorded", table_name="markers", schema="jiezhi")
    op.drop_geospatial_index(
        "ix_markers_geom", table_name="markers", schema="jiezhi", postgresql_using="gist", column_name="geom"
    )
    op.drop_index("ix_markers_code_id", table_name="markers", schema="jiezhi")
    op.drop_geospatial_table("markers", schema="jiezhi")
    op.drop_index("ix_lines_id_recorded", table_name="lines", schema="jiezhi")
    op.drop_geospatial_index(
        "ix_lines_geom", table_name="lines", schema="jiezhi", postgresql_using="gist", column_name="geom"
    )
    op.drop_index("ix_lines_code_id", table_name="lines", schema="jiezhi")
    op.drop_geospatial_table("lines", schema="jiezhi")
