"""The database: one address, three roles, one list of tables.

`OWNER` migrates, `WRITER` records (and can neither delete versions nor touch events), `READER` answers the public:
read-only, only what is published, and never longer than the statement timeout.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from time import monotonic
from typing import Any

from psycopg import sql
from sqlalchemy import Connection, Engine, MetaData, Table, create_engine, event, func, make_url, select, text
from sqlalchemy.exc import ArgumentError, InvalidatePoolError, ProgrammingError

from gis import cluster
from gis.errors import BadInput, Unavailable
from gis.refusals import in_one_line
from gis.settings import Settings

SCHEMA = "jiezhi"
DATABASE = "jiezhi"
EXTENSIONS = ("postgis", "btree_gist", "pg_trgm")
OLDEST_SERVER = 130000
OLDEST_POSTGIS = (3, 0)
CONNECT_S = 10
RESTED_S = 1.0

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Role(StrEnum):
    """Who talks to the database."""

    OWNER = "jiezhi_owner"
    WRITER = "jiezhi_writer"
    READER = "jiezhi_reader"


@dataclass
class Database:
    """One database and its three doors."""

    url: str = field(repr=False)
    read_timeout_s: float = 5.0
    _engines: dict[Role, Engine] = field(init=False, repr=False)
    _glances: Engine = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._engines = {role: self._open(role) for role in Role}  # opened when first used
        self._glances = self._open(Role.READER, "force_generic_plan", isolation_level="AUTOCOMMIT", pool_pre_ping=False)
        _ask_the_rested(self._glances)

    def engine(self, role: Role) -> Engine:
        """The pool of connections for one role."""
        return self._engines[role]

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction of the recording role: all or nothing."""
        with self.engine(Role.WRITER).begin() as tx:
            yield tx

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One read-only look for the public."""
        with self.engine(Role.READER).begin() as tx:
            yield tx

    @contextmanager
    def glancing(self) -> Iterator[Connection]:
        """The same for questions that stand by themselves, one or two, and of which the values change nothing of the plan.

        Nothing opens and closes a transaction, no question is planned twice, and no index helps that holds part of a table.
        """
        with self._glances.connect() as look:
            yield look

    def close(self) -> None:
        """Gives all connections back."""
        for engine in (*self._engines.values(), self._glances):
            engine.dispose()

    def _open(self, role: Role, plans: str = "force_custom_plan", **more: Any) -> Engine:
        # hidden, because an error may end in the log, and among the parameters are hashes of passwords and tokens
        usual = {"pool_size": 5, "max_overflow": 15, "pool_pre_ping": True, "hide_parameters": True}
        engine = create_engine(self.url, **(usual | more))
        wanted = {"role": role.value, "search_path": f"{SCHEMA},public", "plan_cache_mode": plans}
        if role is Role.READER:
            wanted |= {
                "default_transaction_read_only": "on",
                "statement_timeout": str(int(self.read_timeout_s * 1000)),
            }

        @event.listens_for(engine, "connect")
        def enter_role(connection: Any, _record: object) -> None:
            before = connection.autocommit
            connection.autocommit = True
            for name, value in wanted.items():
                connection.execute("SELECT set_config(%s, %s, false)", (name, value))
            connection.autocommit = before

        return engine


def _ask_the_rested(engine: Engine) -> None:
    """A connection that rested is asked whether it lives before it is used; one that was just given back is known to."""

    @event.listens_for(engine, "checkin")
    def note(_connection: Any, record: Any) -> None:
        record.info["given back"] = monotonic()

    @event.listens_for(engine, "checkout")
    def ask(connection: Any, record: Any, _checked_out: object) -> None:
        if monotonic() - record.info.get("given back", 0.0) > RESTED_S:
            try:
                engine.dialect.do_ping(connection)
            except engine.dialect.loaded_dbapi.Error as problem:
                raise InvalidatePoolError from problem


@contextmanager
def opened(settings: Settings, *, anew: bool = True) -> Iterator[Database]:
    """The database of a deployment: the address given, or the embedded PostGIS, started when it sleeps, made when `anew`.

    Raises Unavailable, with one clear line, when it cannot be used, now or later while it is open.
    """
    with in_one_line():
        if settings.database_url:
            yield from _prepared(_address(settings.database_url), settings.read_timeout_s)
            return
        with cluster.running(settings.var, anew=anew) as server:
            cluster.create_database(server, DATABASE)
            yield from _prepared(server.url(DATABASE), settings.read_timeout_s)


def _prepared(url: str, read_timeout_s: float) -> Iterator[Database]:
    prepare(url)
    database = Database(url, read_timeout_s)
    try:
        yield database
    finally:
        database.close()


def _address(url: str) -> str:
    """The address as SQLAlchemy reads it. Raises BadInput."""
    for plain in ("postgresql://", "postgres://"):
        if url.startswith(plain):
            url = "postgresql+psycopg://" + url.removeprefix(plain)
    try:
        read = make_url(url)
    except (ArgumentError, ValueError):
        read = None
    if read is None or read.drivername != "postgresql+psycopg" or not read.database:
        raise BadInput(
            "JIEZHI_DATABASE_URL 应写作 postgresql://用户:密码@主机:端口/数据库",
            "JIEZHI_DATABASE_URL should read postgresql://user:password@host:port/database",
        ) from None
    return url


def prepare(url: str) -> None:
    """Sees to it that the server is new enough and that extensions, schema and the three roles exist.

    Raises Unavailable.
    """
    engine = create_engine(url, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": CONNECT_S})
    try:
        with in_one_line(), engine.connect() as connection:
            _server_is_new_enough(connection)
            one_at_a_time(connection)
            for name in EXTENSIONS:
                _ensure_extension(connection, name)
            _postgis_is_new_enough(connection)
            _ensure_roles(connection)
    finally:
        engine.dispose()


def one_at_a_time(connection: Connection) -> None:
    """Commands that start together prepare the database one after the other; held until the connection ends."""
    connection.execute(text("SELECT pg_advisory_lock(hashtextextended('jiezhi/prepare', 0))"))


def _server_is_new_enough(connection: Connection) -> None:
    version = connection.connection.dbapi_connection.info.server_version  # type: ignore[union-attr]
    if version < OLDEST_SERVER:
        raise Unavailable(
            "数据库服务器版本 {version} 太旧,需要 PostgreSQL 13 或更新",
            "the database server is too old ({version}); PostgreSQL 13 or newer is needed",
            version=version // 10000,
        )


def _ensure_extension(connection: Connection, name: str) -> None:
    if connection.scalar(text("SELECT 1 FROM pg_extension WHERE extname = :name"), {"name": name}):
        return
    known = connection.scalar(
        text("SELECT 1 FROM pg_available_extensions WHERE name = :name"), {"name": name}
    )
    try:
        if not known:
            raise Unavailable(
                "数据库服务器上没有扩展 {name},请先安装(Debian:postgresql-<版本>-postgis-3)",
                "the database server lacks the extension {name}; install it first (Debian: postgresql-<version>-postgis-3)",
                name=name,
            )
        connection.execute(_CREATE_EXTENSION[name])
    except ProgrammingError as problem:
        raise Unavailable(
            "无法启用扩展 {name},请让数据库管理员执行:CREATE EXTENSION {name};",
            "the extension {name} cannot be enabled; ask the database administrator to run: CREATE EXTENSION {name};",
            name=name,
        ) from problem


_CREATE_EXTENSION = {name: text(f"CREATE EXTENSION IF NOT EXISTS {name}") for name in EXTENSIONS}


def _postgis_is_new_enough(connection: Connection) -> None:
    found = str(connection.scalar(text("SELECT extversion FROM pg_extension WHERE extname = 'postgis'")))
    if tuple(int(part) for part in found.split(".")[:2]) < OLDEST_POSTGIS:
        raise Unavailable(
            "PostGIS 版本 {found} 太旧,需要 3.0 或更新",
            "PostGIS {found} is too old; 3.0 or newer is needed",
            found=found,
        )


# Roles belong to the whole server: a command on another database may be at the same in the same moment.
_ENSURE_ROLES = text("""
    DO $$
    DECLARE
        wanted name;
    BEGIN
        FOREACH wanted IN ARRAY ARRAY['jiezhi_owner', 'jiezhi_writer', 'jiezhi_reader'] LOOP
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
                BEGIN
                    EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
                EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
                END;
            END IF;
            IF NOT pg_has_role(current_user, wanted, 'MEMBER') THEN
                BEGIN
                    EXECUTE format('GRANT %I TO CURRENT_USER', wanted);
                EXCEPTION WHEN internal_error OR unique_violation THEN NULL;
                END;
            END IF;
        END LOOP;
        IF to_regnamespace('jiezhi') IS NULL THEN
            CREATE SCHEMA jiezhi AUTHORIZATION jiezhi_owner;
        END IF;
    END $$
""")


def _ensure_roles(connection: Connection) -> None:
    try:
        connection.execute(_ENSURE_ROLES)
    except ProgrammingError as problem:
        raise Unavailable(
            "数据库用户无权建立角色 jiezhi_owner、jiezhi_writer、jiezhi_reader 或模式 jiezhi,请由管理员建立并授予",
            "this database user may not create the roles jiezhi_owner, jiezhi_writer, jiezhi_reader or the schema jiezhi;"
            " ask the administrator to create and grant them",
        ) from problem


def alone(tx: Connection, subject: str, *, shared: bool = False) -> None:
    """Waits until nobody else is at a subject, and keeps others from it until the transaction ends.

    Those who are at it `shared` do not keep each other from it.
    """
    lock = func.pg_advisory_xact_lock_shared if shared else func.pg_advisory_xact_lock
    tx.execute(select(lock(func.hashtextextended(f"jiezhi/{subject}", 0))))


def copy_rows(tx: Connection, table: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Copies rows into a table: the quickest way in for many; geometries travel as hexadecimal EWKB."""
    into = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(*filter(None, (table.schema, table.name))),
        sql.SQL(", ").join(sql.Identifier(name) for name in columns),
    )
    cursor = tx.connection.cursor()
    with cursor.copy(into) as copy:
        for row in rows:
            copy.write_row(row)
