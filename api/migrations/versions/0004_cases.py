"""cases: requests for place names, from draft to announced, and who applies."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

from api.migrations.rights import keep_rows, show

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

CHANGING = (
    "action", "track", "category", "class_code", "unit", "place", "version", "candidates", "chosen", "rename_reason",
    "reason", "origin", "meaning", "position", "attributes", "geom", "state", "round", "changed_at", "accepted_on",
    "consult_until", "approved_on", "filed_on", "announced_on", "effective", "approved_by", "document", "filing_document",
    "due_internal", "due_legal", "checks", "submission", "open_to_public",
)  # fmt: skip
"""Everything but its number, its sender and when it began."""
PUBLIC = (
    "id", "number", "action", "category", "class_code", "unit", "place", "version", "candidates", "chosen", "origin",
    "meaning", "position", "state", "consult_until", "announced_on", "effective", "approved_by", "approved_on", "document",
    "open_to_public",
)  # fmt: skip
ROWS = [
    # what happened to people and to cases is not for the public's role: such events name who did what, and papers
    "ALTER TABLE jiezhi.event ENABLE ROW LEVEL SECURITY",
    "CREATE POLICY office ON jiezhi.event TO jiezhi_writer USING (true) WITH CHECK (true)",
    "CREATE POLICY everybody ON jiezhi.event FOR SELECT TO jiezhi_reader"
    " USING (subject NOT LIKE 'case/%' AND subject NOT LIKE 'person/%')",
    "ALTER TABLE jiezhi.name_case ENABLE ROW LEVEL SECURITY",
    "CREATE POLICY office ON jiezhi.name_case TO jiezhi_writer USING (true) WITH CHECK (true)",
    # the public sees what it is asked about and what was announced, and of nothing else even the number;
    # of a place that is not disclosed it sees no case at all
    "CREATE POLICY everybody ON jiezhi.name_case FOR SELECT TO jiezhi_reader"
    " USING (open_to_public AND state IN ('consulting', 'announced'))",
]


def upgrade() -> None:
    op.create_geospatial_table(
        "name_case",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("track", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("class_code", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("place", sa.UUID(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=True),
        sa.Column("candidates", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("chosen", sa.Integer(), nullable=True),
        sa.Column("rename_reason", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("meaning", sa.Text(), nullable=True),
        sa.Column("position", sa.Text(), nullable=True),
        sa.Column("attributes", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column(
            "geom",
            Geometry(srid=4490, dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"),
            nullable=True,
        ),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("sender", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("consult_until", sa.Date(), nullable=True),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("filed_on", sa.Date(), nullable=True),
        sa.Column("announced_on", sa.Date(), nullable=True),
        sa.Column("effective", sa.Date(), nullable=True),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("filing_document", sa.Text(), nullable=True),
        sa.Column("due_internal", sa.Date(), nullable=True),
        sa.Column("due_legal", sa.Date(), nullable=True),
        sa.Column("checks", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("submission", sa.BigInteger(), nullable=True),
        sa.Column("open_to_public", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.ForeignKeyConstraint(["sender"], ["jiezhi.person.id"], name=op.f("fk_name_case_sender")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_name_case")),
        sa.UniqueConstraint("number", name=op.f("uq_name_case_number")),
        schema="jiezhi",
    )
    op.create_index("ix_name_case_state", "name_case", ["state", "changed_at"], schema="jiezhi")
    op.create_index(
        "ix_name_case_unit", "name_case", ["unit"], schema="jiezhi", postgresql_ops={"unit": "text_pattern_ops"}
    )
    op.create_index("ix_name_case_place", "name_case", ["place"], schema="jiezhi")
    op.create_table(
        "case_applicant",
        sa.Column("case", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("certificate", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["case"], ["jiezhi.name_case.id"], name=op.f("fk_case_applicant_case")),
        sa.PrimaryKeyConstraint("case", name=op.f("pk_case_applicant")),
        schema="jiezhi",
    )
    keep_rows("name_case", changing=CHANGING)
    keep_rows("case_applicant", changing=("name", "contact", "certificate", "address"), erasing=True)
    show("name_case", *PUBLIC)
    for statement in ROWS:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("what was recorded is not taken back")
