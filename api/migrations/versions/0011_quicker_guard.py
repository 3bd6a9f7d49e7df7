"""the guard of versions compares rows as they are stored: to lay out each as JSON took most of the time of long lists."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

GUARD = """
    CREATE OR REPLACE FUNCTION jiezhi.versions_are_only_superseded() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' AND OLD.superseded_at IS NULL AND NEW.superseded_at = jiezhi.moment() THEN
            OLD.superseded_at := NEW.superseded_at;
            IF NEW *= OLD THEN  -- in nothing else different, down to the last bit
                RETURN NEW;
            END IF;
        END IF;
        RAISE EXCEPTION 'a version is never changed or erased (%)', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
    END $$
"""


def upgrade() -> None:
    op.execute(GUARD)


def downgrade() -> None:
    raise NotImplementedError("what was recorded is not taken back")
