"""following addresses: the feed of their changes, and the batches of questions that wait for their answers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from api.migrations.rights import keep_events, keep_rows, show

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "address_feed",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("submission", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("former", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_address_feed")),
        schema="jiezhi",
    )
    op.create_table(
        "address_batch",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("form", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'queued'"), nullable=False),
        sa.Column("why", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_batch")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_address_batch_token_hash")),
        schema="jiezhi",
    )
    op.create_table(
        "address_batch_part",
        sa.Column("batch", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("asked", sa.LargeBinary(), nullable=True),
        sa.Column("answered", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch"], ["jiezhi.address_batch.id"], name=op.f("fk_address_batch_part_batch"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("batch", "number", name=op.f("pk_address_batch_part")),
        schema="jiezhi",
    )
    keep_events("address_feed")
    show("address_feed")
    keep_rows("address_batch", changing=("rows", "state", "why"), erasing=True)
    keep_rows("address_batch_part", changing=("asked", "answered"), erasing=True)


def downgrade() -> None:
    raise NotImplementedError("what was recorded is not taken back")
