"""who may do what: three roles, versions and events that nobody can change, and the queue of jobs."""

from alembic import op
from procrastinate.schema import SchemaManager

from api.migrations.rights import keep_events, keep_rows, keep_versions, show

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

VERSIONS = ("units", "lines", "tri_junctions", "markers")
STAGED = ("staged_lines", "staged_tri_junctions", "staged_markers")

FUNCTIONS = [
    """
    CREATE FUNCTION jiezhi.moment() RETURNS timestamptz LANGUAGE sql STABLE AS $$
        SELECT greatest(now(), nullif(current_setting('jiezhi.moment', true), '')::timestamptz)
    $$
    """,
    """
    CREATE FUNCTION jiezhi.events_never_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'what happened is never changed (%)', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
    END $$
    """,
    """
    CREATE FUNCTION jiezhi.versions_are_only_superseded() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' AND OLD.superseded_at IS NULL AND NEW.superseded_at = jiezhi.moment()
           AND to_jsonb(NEW) - 'superseded_at' - 'geom' = to_jsonb(OLD) - 'superseded_at' - 'geom'
           AND NEW.geom IS NOT DISTINCT FROM OLD.geom THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'a version is never changed or erased (%)', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
    END $$
    """,
    """
    CREATE FUNCTION jiezhi.grant_rights(kind text, t regclass, columns text[]) RETURNS void LANGUAGE plpgsql AS $$
    DECLARE
        listed text := (SELECT string_agg(quote_ident(c), ', ') FROM unnest(columns) AS c);
        written text := (SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute
                         WHERE attrelid = t AND attnum > 0 AND NOT attisdropped
                         AND attname NOT IN ('version', 'recorded_at', 'superseded_at'));
    BEGIN
        IF kind = 'public' THEN
            EXECUTE format('GRANT SELECT %s ON %s TO jiezhi_reader', coalesce('(' || listed || ')', ''), t);
            RETURN;
        END IF;
        EXECUTE format('GRANT SELECT ON %s TO jiezhi_writer', t);
        IF kind = 'versions' THEN  -- when it was recorded is for the database to say
            EXECUTE format('ALTER TABLE %s ALTER recorded_at SET DEFAULT jiezhi.moment()', t);
            EXECUTE format('GRANT INSERT (%s) ON %s TO jiezhi_writer', written, t);
            EXECUTE format('GRANT UPDATE (superseded_at) ON %s TO jiezhi_writer', t);
            EXECUTE format('GRANT SELECT ON %s TO jiezhi_reader', t);
            EXECUTE format('CREATE TRIGGER only_superseded BEFORE UPDATE OR DELETE ON %s'
                           ' FOR EACH ROW EXECUTE FUNCTION jiezhi.versions_are_only_superseded()', t);
            EXECUTE format('CREATE TRIGGER never_emptied BEFORE TRUNCATE ON %s'
                           ' EXECUTE FUNCTION jiezhi.events_never_change()', t);
            RETURN;
        END IF;
        EXECUTE format('GRANT INSERT ON %s TO jiezhi_writer', t);
        IF kind = 'events' THEN
            EXECUTE format('CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON %s'
                           ' FOR EACH ROW EXECUTE FUNCTION jiezhi.events_never_change()', t);
            EXECUTE format('CREATE TRIGGER never_emptied BEFORE TRUNCATE ON %s'
                           ' EXECUTE FUNCTION jiezhi.events_never_change()', t);
        ELSIF listed IS NOT NULL THEN
            EXECUTE format('GRANT UPDATE (%s) ON %s TO jiezhi_writer', listed, t);
        END IF;
        IF kind = 'erasable' THEN
            EXECUTE format('GRANT DELETE ON %s TO jiezhi_writer', t);
        END IF;
    END $$
    """,
]


def upgrade() -> None:
    op.execute("GRANT USAGE ON SCHEMA jiezhi TO jiezhi_writer, jiezhi_reader")
    for function in FUNCTIONS:
        op.execute(function)
    for table in VERSIONS:
        keep_versions(table)
    for table in ("event", "publication", "plan"):
        keep_events(table)
    for table in (*STAGED, "finding", "role_grant", "unit_part"):
        keep_rows(table)
    keep_rows("submission", changing=("state", "round", "units", "changed_at"))
    keep_rows("delivery", changing=("checked_at", "verdict", "reading", "not_checked", "blocking"))
    keep_rows("person", changing=("display", "password_hash", "active"))
    keep_rows("progress", changing=("done", "words", "at"), erasing=True)
    keep_rows("change", erasing=True)
    keep_rows("sign_in", erasing=True)
    keep_rows("sign_in_failure", erasing=True)
    for table in ("unit_part", "plan", "publication", "alembic_version"):
        show(table)
    # progress is counted from how far surveys are, which says nothing of who sent what
    show("event", "id", "subject", "at", "detail")
    show("submission", "id", "state", "round")
    show("delivery", "id", "submission", "round")
    for table in ("staged_lines", "staged_tri_junctions"):
        show(table, "delivery", "row", "code", "status", "set_aside")
    _queue()


def _queue() -> None:
    connection = op.get_bind().connection.dbapi_connection
    with connection.cursor() as cursor:
        cursor.execute(SchemaManager.get_schema())
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA jiezhi TO jiezhi_writer")
    for table in ("jobs", "periodic_defers", "events", "workers"):
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON jiezhi.procrastinate_{table} TO jiezhi_writer")


def downgrade() -> None:
    raise NotImplementedError("what was recorded is not taken back")
