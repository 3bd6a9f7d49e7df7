"""prior reports: what is to be built at a cemetery, led as a case."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from api.migrations.rights import keep_rows

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("name_case", "category", existing_type=sa.Text(), nullable=True, schema="jiezhi")
    op.add_column("name_case", sa.Column("cemetery", sa.Text(), nullable=True), schema="jiezhi")
    op.add_column(
        "name_case",
        sa.Column("report", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        schema="jiezhi",
    )
    op.add_column("name_case", sa.Column("built_on", sa.Date(), nullable=True), schema="jiezhi")
    op.add_column("name_case", sa.Column("inspected_on", sa.Date(), nullable=True), schema="jiezhi")
    op.create_index("ix_name_case_cemetery", "name_case", ["cemetery"], unique=False, schema="jiezhi")
    keep_rows("name_case", changing=("cemetery", "report", "built_on", "inspected_on"))


def downgrade() -> None:
    raise NotImplementedError("what was recorded is not taken back")
