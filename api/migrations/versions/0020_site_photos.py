"""photos of facilities and cemeteries."""

import sqlalchemy as sa
from alembic import op

from api.migrations.rights import keep_rows, show

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "site_photo",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("register", sa.Text(), nullable=False),
        sa.Column("site", sa.UUID(), nullable=False),
        sa.Column("caption", sa.Text(), server_default="", nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("small", sa.LargeBinary(), nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["jiezhi.person.id"], name=op.f("fk_site_photo_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_photo")),
        schema="jiezhi",
    )
    op.create_index("ix_site_photo_site", "site_photo", ["site", "id"], unique=False, schema="jiezhi")
    keep_rows("site_photo", changing=("withdrawn_at",))
    # who brought one is not for the public's role; what is withdrawn or internal is kept from others by every question
    show("site_photo", "id", "register", "site", "caption", "public", "sha256", "size", "small", "at", "withdrawn_at")


def downgrade() -> None:
    raise NotImplementedError("what was recorded is not taken back")
