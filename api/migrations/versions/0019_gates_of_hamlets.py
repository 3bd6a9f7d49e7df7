"""estates behind plates of hamlets have these plates as their gates, as those behind plates of streets have."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

GATES = """
INSERT INTO jiezhi.toponym (unit, level, name, path, sound, gate_bearer, gate_plate, street_code, plates, lowest, highest,
                            lon, lat)
SELECT a.unit, 'estate', t.name, t.path, t.sound, a.bearer_key, a.plate_key, max(a.street_code), count(*),
       min(nullif(a.ordinal, 0)), max(nullif(a.ordinal, 0)), avg(ST_X(a.geom)), avg(ST_Y(a.geom))
  FROM jiezhi.addresses a
  JOIN jiezhi.toponym t ON t.unit = a.unit AND t.level = 'estate' AND t.name = a.estate AND t.gate_bearer IS NULL
 WHERE a.superseded_at IS NULL AND a.street IS NULL AND a.hamlet IS NOT NULL
 GROUP BY a.unit, t.name, t.path, t.sound, a.bearer_key, a.plate_key
"""
WITHOUT_GATE = """
DELETE FROM jiezhi.toponym t
 WHERE t.level = 'estate' AND t.gate_bearer IS NULL AND NOT EXISTS (
       SELECT FROM jiezhi.addresses a
        WHERE a.superseded_at IS NULL AND a.unit = t.unit AND a.estate = t.name
          AND a.street IS NULL AND a.hamlet IS NULL)
"""


def upgrade() -> None:
    op.execute(GATES)
    op.execute(WITHOUT_GATE)


def downgrade() -> None:
    raise NotImplementedError("what was recorded is not taken back")
