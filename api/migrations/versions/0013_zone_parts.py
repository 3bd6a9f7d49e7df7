"""zone parts: prohibited zones in small pieces, for the nearest one of a kind."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

from api.migrations.rights import keep_rows, show

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_geospatial_table(
        "zone_part",
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "geom",
            Geometry(srid=4490, dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry", nullable=False),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["version"], ["jiezhi.prohibited_zones.version"], name=op.f("fk_zone_part_version")),
        schema="jiezhi",
    )
    op.create_index(
        "ix_zone_part_kind_geom", "zone_part", ["kind", "geom"], unique=False, schema="jiezhi", postgresql_using="gist"
    )
    op.create_index("ix_zone_part_version", "zone_part", ["version"], unique=False, schema="jiezhi")
    keep_rows("zone_part")
    show("zone_part")


def downgrade() -> None:
    raise NotImplementedError("what was recorded is not taken back")
