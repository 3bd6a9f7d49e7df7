"""Running: the database, the web, a worker beside it, and the sample county on request."""

from __future__ import annotations

import errno
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from sqlalchemy import func, select

from api import demo, schema, street
from api.app import create_app
from api.batch_work import answer_batch
from api.short_heads import ShortHeads
from boundaries.units import UNITS
from gis import cluster, jobs
from gis.db import Database, Role, opened
from gis.errors import JiezhiError, Unavailable
from gis.intake import queued_work
from gis.settings import Settings, settings
from gis.text import Text
from placenames import hearing
from placenames.addresses import address_batches

HALF_LOADED = Text(
    "样例县上次没有载完;要重来,请 make stop 后删除 {var}",
    "the sample county was not loaded to the end; to begin anew, make stop and remove {var}",
)
TASKS: dict[str, jobs.Task] = {
    **queued_work.TASKS,
    address_batches.ANSWER: answer_batch,
    address_batches.ERASE: address_batches.erase,
    hearing.HEAR: hearing.hear_queued,
}
AGAIN_S = 0.1
"""After this time an end that was dropped is asked for again."""
PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0
"""Before a worker or a database that died is started again."""
PATIENCE_S = 5
"""With what is still under way when we leave."""
ASKED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""How we are asked to leave: Ctrl-C, the system, the terminal that closes."""
assert street.REGISTERS
log = logging.getLogger("jiezhi")


def serve(*, with_demo: bool, with_worker: bool) -> None:
    """Serves until stopped."""
    config = settings()
    listening = _listening(config)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    with _leaving_by_the_door(), opened(config) as database:
        schema.migrate(database)
        with _embedded_database_kept(config), _worker(with_worker):
            if with_demo and _is_empty(database):
                told = (database, config, _address(listening))
                threading.Thread(target=_bring_in_demo, args=told, daemon=True).start()
            elif with_demo and demo.is_half_loaded(config.var):
                print(HALF_LOADED.fill(var=config.var), flush=True)
            print(f"界址 → {_address(listening)}/", flush=True)
            _web(database, config).run(sockets=[listening])


def work_on_queue(*, attached: bool) -> None:
    """Works on the queue until stopped; attached: until standard input closes, because who held it is gone.

    Who is attached makes no database: where it is gone, an empty one would be served in its place.
    """
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    for handler in logging.root.handlers:
        handler.addFilter(jobs.is_worth_telling)
    with _leaving_by_the_door(), opened(settings(), anew=not attached) as database:
        if attached:
            threading.Thread(target=_leave_when_left_alone, daemon=True).start()
        schema.migrate(database)
        jobs.work(database, TASKS, give_up)


def give_up(database: Database, task: str, subject: int, why: Text | None = None) -> None:
    """Says that a job of ours broke off for good, and why where that is known."""
    whose = {hearing.HEAR: hearing.give_up} | dict.fromkeys(queued_work.TASKS, queued_work.give_up)
    whose.get(task, address_batches.give_up)(database, task, subject, why)


def _leave_when_left_alone() -> None:
    while os.read(0, 1):  # not sys.stdin, which the interpreter could not close under a waiting thread
        pass
    os.kill(os.getpid(), signal.SIGTERM)


@contextmanager
def _leaving_by_the_door() -> Iterator[None]:
    """Asked to stop, we end the worker and the embedded server first; asked again meanwhile, we go on doing so.

    Python drops what is raised while it forgets an object (a weak reference's callback): then we ask ourselves again.
    """

    def leave(_number: int, _frame: object) -> None:
        for each in asked:
            signal.signal(each, signal.SIG_IGN)
        raise SystemExit(0)

    def ask_again(dropped: sys.UnraisableHookArgs) -> None:
        if not isinstance(dropped.exc_value, SystemExit):
            hook(dropped)
            return
        for each in asked:
            signal.signal(each, leave)
        threading.Timer(AGAIN_S, os.kill, (os.getpid(), asked[0])).start()

    asked = [each for each in ASKED if signal.getsignal(each) is not signal.SIG_IGN]  # nohup ignores one
    hook, sys.unraisablehook = sys.unraisablehook, ask_again
    before = [signal.signal(each, leave) for each in asked]
    try:
        yield
    finally:
        for each, handler in zip(asked, before, strict=True):
            signal.signal(each, handler)
        sys.unraisablehook = hook


def load_demo(url: str, administrator: str, password: str) -> None:
    """Loads the sample county into a running server, or into one started for it."""
    config = settings()
    if url:
        demo.load(url, config.var, administrator, password)
        return
    listening = _listening(config)
    with _leaving_by_the_door(), opened(config) as database:
        schema.migrate(database)
        with _embedded_database_kept(config), _worker(wanted=True), _served(database, config, listening):
            _bring_in_demo(database, config, _address(listening))


def _bring_in_demo(database: Database, config: Settings, address: str) -> None:
    password = demo.add_administrator(database)
    demo.load(address, config.var, demo.ADMINISTRATOR, password)


def _is_empty(database: Database) -> bool:
    with database.engine(Role.WRITER).connect() as connection:
        return not connection.scalar(select(func.count()).select_from(UNITS.table))


def _listening(config: Settings) -> socket.socket:
    """The port, taken before anything else is started. Raises Unavailable."""
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    # the protocol said aloud: otherwise asyncio leaves Nagle's delay on, and every answer waits 40 ms
    door = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((config.host, config.port))
        door.listen(128)
    except (OSError, OverflowError) as problem:
        door.close()
        if getattr(problem, "errno", None) == errno.EADDRINUSE:
            raise Unavailable(
                "端口 {port} 已被占用,请用 JIEZHI_PORT 换一个",
                "port {port} is taken; choose another with JIEZHI_PORT",
                port=config.port,
            ) from problem
        raise Unavailable(
            "不能在 {host}:{port} 上监听:{why}", "cannot listen on {host}:{port}: {why}",
            host=config.host, port=config.port, why=getattr(problem, "strerror", problem),
        ) from problem  # fmt: skip
    return door


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _web(database: Database, config: Settings) -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(
            create_app(database, config),
            http=ShortHeads,
            log_level="warning",
            access_log=False,
            proxy_headers=bool(config.proxies),
            forwarded_allow_ips=config.proxies,
            timeout_graceful_shutdown=PATIENCE_S,
        )
    )


@contextmanager
def _served(database: Database, config: Settings, listening: socket.socket) -> Iterator[None]:
    server = _web(database, config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(2 * PATIENCE_S)


@contextmanager
def _embedded_database_kept(config: Settings) -> Iterator[None]:
    """The embedded database is started again when it dies under us; a server elsewhere is not ours to start."""
    if config.database_url:
        yield
        return
    leaving = threading.Event()
    watching = threading.Thread(target=_revive, args=(config.var, leaving), daemon=True)
    watching.start()
    try:
        yield
    finally:
        leaving.set()
        watching.join()


def _revive(var: Path, leaving: threading.Event) -> None:
    """Looks every second; what keeps it from starting is said once, and tried again after longer and longer pauses."""
    pause, said = PAUSE_S, ""
    while not leaving.wait(pause):
        try:
            if cluster.revived(var):
                log.warning("the embedded database had ended; it runs again")
            pause, said = PAUSE_S, ""
        except JiezhiError as problem:
            pause = min(2 * pause, LONGEST_PAUSE_S)
            if str(problem) != said:
                log.error("%s", problem)  # noqa: TRY400 - one line, without its course
            said = str(problem)


@contextmanager
def _worker(wanted: bool) -> Iterator[None]:
    """A worker in a process of its own, started again when it dies, stopped when we leave."""
    if not wanted:
        yield
        return
    leaving = threading.Event()
    started = [_start_worker()]
    watching = threading.Thread(target=_watch, args=(started, leaving), daemon=True)
    watching.start()
    try:
        yield
    finally:
        leaving.set()
        watching.join()
        _end(started[-1])


def _watch(started: list[subprocess.Popen[bytes]], leaving: threading.Event) -> None:
    """Starts a worker in place of one that died; one that dies again and again, after longer and longer pauses."""
    pause, since = PAUSE_S, time.monotonic()
    while not leaving.wait(pause):
        if started[-1].poll() is None:
            pause = pause if time.monotonic() - since < LONGEST_PAUSE_S else PAUSE_S
            continue
        pause = min(2 * pause, LONGEST_PAUSE_S)
        log.warning("the worker ended (%s); starting another", started[-1].returncode)
        started.append(_start_worker())
        since = time.monotonic()


def _start_worker() -> subprocess.Popen[bytes]:
    """A worker that Ctrl-C does not reach, not even before its first line: the server ends it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return subprocess.Popen([sys.executable, "-m", "api", "worker", "--attached"], stdin=subprocess.PIPE)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:  # in the middle of a long check, which another worker takes up again
        process.kill()
        process.wait()
    assert process.stdin
    process.stdin.close()
