"""households and population of units, for what is counted by them."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("households", "population"):
        op.add_column("units", sa.Column(name, sa.Integer(), nullable=True), schema="jiezhi")
    # columns of versions are written one by one by right: a new one is no part of what was granted
    op.execute("GRANT INSERT (households, population) ON jiezhi.units TO jiezhi_writer")


def downgrade() -> None:
    raise NotImplementedError("what was recorded is not taken back")
