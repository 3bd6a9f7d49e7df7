"""Running: the database, the web, a worker beside it, and the sample county on request."""

from __future__ import annotations

import errno
import logging
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from sqlalchemy import func, select

from api import demo, schema, street
from api.app import create_app
from boundaries.units import UNITS
from gis import jobs
from gis.db import Database, Role, opened
from gis.errors import Unavailable
from gis.intake import submissions
from gis.settings import Settings, settings

TASKS = {submissions.CHECK: submissions.check_delivery}
PAUSE_S = 1.0
"""Before a worker that died is started again."""
assert street.REGISTERS
log = logging.getLogger("jiezhi")


def serve(*, with_demo: bool, with_worker: bool) -> None:
    """Serves until stopped."""
    config = settings()
    listening = _listening(config)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    with opened(config) as database:
        schema.migrate(database)
        with _worker(with_worker):
            server = uvicorn.Server(
                uvicorn.Config(create_app(database, config), log_level="warning", access_log=False)
            )
            if with_demo and _is_empty(database):
                threading.Thread(target=_bring_in_demo, args=(database, config), daemon=True).start()
            print(f"界址 → http://{config.host}:{config.port}/", flush=True)
            server.run(sockets=[listening])


def work_on_queue() -> None:
    """Works on the queue until stopped."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    with opened(settings()) as database:
        schema.migrate(database)
        jobs.work(database, TASKS, submissions.give_up)


def load_demo(url: str, administrator: str, password: str) -> None:
    """Loads the sample county into a running server, or into one started for it."""
    config = settings()
    if url:
        demo.load(url, config.var, administrator, password)
        return
    listening = _listening(config)
    with opened(config) as database:
        schema.migrate(database)
        with _worker(True), _served(database, config, listening):
            _bring_in_demo(database, config)


def _bring_in_demo(database: Database, config: Settings) -> None:
    password = demo.add_administrator(database)
    demo.load(f"http://{config.host}:{config.port}", config.var, demo.ADMINISTRATOR, password)


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
    except OSError as problem:
        door.close()
        if problem.errno == errno.EADDRINUSE:
            raise Unavailable(
                "端口 {port} 已被占用,请用 JIEZHI_PORT 换一个",
                "port {port} is taken; choose another with JIEZHI_PORT",
                port=config.port,
            ) from problem
        raise Unavailable(
            "不能在 {host}:{port} 上监听:{why}", "cannot listen on {host}:{port}: {why}",
            host=config.host, port=config.port, why=problem.strerror,
        ) from problem  # fmt: skip
    return door


@contextmanager
def _served(database: Database, config: Settings, listening: socket.socket) -> Iterator[None]:
    server = uvicorn.Server(
        uvicorn.Config(create_app(database, config), log_level="warning", access_log=False)
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(10)


@contextmanager
def _worker(wanted: bool) -> Iterator[None]:
    """A worker in a process of its own, started again when it dies, stopped when we leave."""
    if not wanted:
        yield
        return
    leaving = threading.Event()
    started: list[subprocess.Popen[bytes]] = [_start_worker()]

    def watch() -> None:
        while not leaving.wait(PAUSE_S):
            if started[-1].poll() is not None:
                log.warning("the worker ended (%s); starting another", started[-1].returncode)
                started.append(_start_worker())

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        leaving.set()
        started[-1].terminate()
        _wait_a_little(started[-1])


def _start_worker() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "api", "worker"])


def _wait_a_little(process: subprocess.Popen[bytes]) -> None:
    for _ in range(50):
        if process.poll() is not None:
            return
        time.sleep(0.1)
    process.kill()
