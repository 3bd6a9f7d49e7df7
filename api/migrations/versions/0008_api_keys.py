"""keys of systems: limits, last days, and how much was used on each day; who signs in is signed in for some hours."""

import sqlalchemy as sa
from alembic import op

from api.migrations.rights import keep_rows

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# keys that were sign-ins without an end go on as keys: without limits, as they had none
MOVED = [
    """
    INSERT INTO jiezhi.system_key (person, secret_hash, areas, per_s, a_day)
    SELECT DISTINCT ON (s.person) s.person, s.token_hash,
           (SELECT array_agg(g.area) FROM jiezhi.role_grant g WHERE g.person = s.person AND g.role = 'system'), 0, 0
    FROM jiezhi.sign_in s JOIN jiezhi.role_grant r ON r.person = s.person AND r.role = 'system'
    WHERE s.expires_at IS NULL
    """,
    "DELETE FROM jiezhi.sign_in WHERE expires_at IS NULL",
    """
    UPDATE jiezhi.person SET password_hash = '-', active = false WHERE id IN (SELECT person FROM jiezhi.system_key)
    AND id NOT IN (SELECT person FROM jiezhi.role_grant WHERE role <> 'system')
    """,
]


def upgrade() -> None:
    op.create_table(
        "system_key",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("areas", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("per_s", sa.Integer(), nullable=False),
        sa.Column("a_day", sa.Integer(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_by", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["jiezhi.person.id"], name=op.f("fk_system_key_person")),
        sa.ForeignKeyConstraint(["made_by"], ["jiezhi.person.id"], name=op.f("fk_system_key_made_by")),
        sa.ForeignKeyConstraint(["ended_by"], ["jiezhi.person.id"], name=op.f("fk_system_key_ended_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_system_key")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_system_key_secret_hash")),
        schema="jiezhi",
    )
    op.create_index(
        "ix_system_key_one", "system_key", ["person"], unique=True, schema="jiezhi",
        postgresql_where=sa.text("ended_at IS NULL"),
    )  # fmt: skip
    op.create_table(
        "system_key_use",
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["key"], ["jiezhi.system_key.id"], name=op.f("fk_system_key_use_key")),
        sa.PrimaryKeyConstraint("key", "day", name=op.f("pk_system_key_use")),
        schema="jiezhi",
    )
    keep_rows("system_key", changing=("ended_by", "ended_at"))
    keep_rows("system_key_use", changing=("used",))
    for statement in MOVED:
        op.execute(statement)
    op.alter_column("sign_in", "expires_at", nullable=False, schema="jiezhi")


def downgrade() -> None:
    raise NotImplementedError("what was recorded is not taken back")
