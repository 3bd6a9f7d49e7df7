"""long lists: whoever lays one down may have the planner count the table anew."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# What a transaction has just written is not in the statistics; the owner alone may renew them.
MEASURE = """
    CREATE FUNCTION jiezhi.measure(t text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog AS $$
    BEGIN
        EXECUTE format('ANALYZE jiezhi.%I', t);
    END $$
"""


def upgrade() -> None:
    op.execute(MEASURE)
    op.execute("REVOKE ALL ON FUNCTION jiezhi.measure FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION jiezhi.measure TO jiezhi_writer")


def downgrade() -> None:
    raise NotImplementedError("what was recorded is not taken back")
