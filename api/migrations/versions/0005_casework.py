"""casework: papers of a case, what people said about it, the work that a change of name leaves; indexes for impact."""

import sqlalchemy as sa
from alembic import op

from api.migrations.rights import keep_rows, show

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OPINIONS = [
    "ALTER TABLE jiezhi.case_opinion ENABLE ROW LEVEL SECURITY",
    "CREATE POLICY office ON jiezhi.case_opinion TO jiezhi_writer USING (true) WITH CHECK (true)",
    # the public counts the opinions on the cases that it sees
    'CREATE POLICY everybody ON jiezhi.case_opinion FOR SELECT TO jiezhi_reader USING ("case" IN (SELECT id FROM jiezhi.name_case))',
]


def upgrade() -> None:
    _attachments()
    _opinions()
    _follow_ups()
    _indexes()


def _attachments() -> None:
    op.create_table(
        "case_attachment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["jiezhi.name_case.id"], name=op.f("fk_case_attachment_case")),
        sa.ForeignKeyConstraint(["person"], ["jiezhi.person.id"], name=op.f("fk_case_attachment_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_attachment")),
        sa.UniqueConstraint("case", "sha256", name=op.f("uq_case_attachment_case_sha256")),
        schema="jiezhi",
    )
    keep_rows("case_attachment")


def _opinions() -> None:
    op.create_table(
        "case_opinion",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case", sa.BigInteger(), nullable=False),
        sa.Column("stance", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["jiezhi.name_case.id"], name=op.f("fk_case_opinion_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_opinion")),
        schema="jiezhi",
    )
    op.create_index("ix_case_opinion_case", "case_opinion", ["case", "stance"], schema="jiezhi")
    op.create_table(
        "case_opinion_person",
        sa.Column("opinion", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["opinion"], ["jiezhi.case_opinion.id"], name=op.f("fk_case_opinion_person_opinion")),
        sa.PrimaryKeyConstraint("opinion", name=op.f("pk_case_opinion_person")),
        schema="jiezhi",
    )
    op.create_table(
        "case_opinion_count",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("against", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_opinion_count")),
        schema="jiezhi",
    )
    op.create_index("ix_case_opinion_count_against", "case_opinion_count", ["against"], schema="jiezhi")
    keep_rows("case_opinion")
    keep_rows("case_opinion_person", erasing=True)  # personal data end with their purpose
    keep_rows("case_opinion_count", erasing=True)
    show("case_opinion", "case", "stance", "round")
    show("name_case", "round")  # opinions count for the round in which they were given
    show("name_case", "rename_reason")  # why, as far as it is one of the law's own reasons
    for statement in OPINIONS:
        op.execute(statement)


def _follow_ups() -> None:
    op.create_table(
        "case_follow_up",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case", sa.BigInteger(), nullable=False),
        sa.Column("register", sa.Text(), nullable=False),
        sa.Column("record", sa.UUID(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("proposed", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["case"], ["jiezhi.name_case.id"], name=op.f("fk_case_follow_up_case")),
        sa.ForeignKeyConstraint(["person"], ["jiezhi.person.id"], name=op.f("fk_case_follow_up_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_follow_up")),
        schema="jiezhi",
    )
    op.create_index("ix_case_follow_up_case", "case_follow_up", ["case", "id"], schema="jiezhi")
    op.create_index(
        "ix_case_follow_up_open", "case_follow_up", ["case"], schema="jiezhi", postgresql_where=sa.text("state = 'open'")
    )
    keep_rows("case_follow_up", changing=("state", "person", "at", "reason"))


def _indexes() -> None:
    op.create_index(
        "ix_names_unit", "names", ["unit"], schema="jiezhi",
        postgresql_ops={"unit": "text_pattern_ops"}, postgresql_where=sa.text("superseded_at IS NULL"),
    )  # fmt: skip
    op.create_index(
        "ix_names_named_after", "names", ["named_after"], schema="jiezhi",
        postgresql_where=sa.text("superseded_at IS NULL AND named_after IS NOT NULL"),
    )  # fmt: skip
    op.create_index(
        "ix_names_doubled", "names", [sa.text(r"regexp_replace(name, '(.)', '\1\1', 'g') gin_trgm_ops")], schema="jiezhi",
        postgresql_using="gin", postgresql_where=sa.text("superseded_at IS NULL"),
    )  # fmt: skip


def downgrade() -> None:
    raise NotImplementedError("what was recorded is not taken back")
