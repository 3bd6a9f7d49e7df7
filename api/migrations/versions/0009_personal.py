"""personal information: what registers know of persons, read by no answer, and let go of by the database itself."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from api.migrations.rights import keep_rows

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# Looks at the state when all is done: what is published has moved by then.
LET_GO = [
    """
    CREATE FUNCTION jiezhi.let_go_of_persons() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog AS $$
    BEGIN
        DELETE FROM jiezhi.personal_sent AS sent
        USING jiezhi.delivery, jiezhi.submission
        WHERE submission.id = NEW.id AND delivery.submission = submission.id AND sent.delivery = delivery.id
          AND (delivery.round <> submission.round
               OR submission.state IN ('asking', 'unreadable', 'blocked', 'failed', 'returned', 'withdrawn', 'published'));
        RETURN NULL;
    END $$
    """,
    """
    CREATE CONSTRAINT TRIGGER let_go_of_persons AFTER UPDATE OF state, round ON jiezhi.submission
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION jiezhi.let_go_of_persons()
    """,
]


def upgrade() -> None:
    op.create_table(
        "personal_sent",
        sa.Column("delivery", sa.BigInteger(), nullable=False),
        sa.Column("register", sa.Text(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("delivery", "register", "row", name=op.f("pk_personal_sent")),
        schema="jiezhi",
    )
    op.create_table(
        "personal",
        sa.Column("register", sa.Text(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("submission", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("register", "id", name=op.f("pk_personal")),
        schema="jiezhi",
    )
    keep_rows("personal_sent", erasing=True)
    keep_rows("personal", changing=("fields", "submission", "recorded_at"), erasing=True)
    for statement in LET_GO:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("what was recorded is not taken back")
