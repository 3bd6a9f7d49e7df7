"""How soon commands answer, beside a bare Python and a bare import in the same run."""

from __future__ import annotations

import os
import resource
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from api.county import County, survey
from api.county_files import write_survey
from tests.conftest import ROOT

pytestmark = pytest.mark.benchmark
CHECK_MORE_S, HELP_MORE_S, SECOND_START_S = 0.7, 0.3, 10.0
TIMES = 7


@pytest.fixture(scope="module")
def lines(county: County, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A survey of all 25 lines of the sample county."""
    every = county.lines["agreed"]
    codes = list(every["code"][every["role"] == "inner"])
    assert len(codes) == 25
    folder = tmp_path_factory.mktemp("survey")
    return write_survey(survey(county, codes, "agreed"), folder / "lines.zip", "shapefile")


def seconds(words: Sequence[str]) -> tuple[float, float]:
    """What one run of Python takes: by the clock, and of the processor."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, check=False)
    clock, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0, done.stderr
    return clock, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def beside(words: Sequence[str], peer: Sequence[str]) -> tuple[float, float, str]:
    """How much longer a command takes than its peer, run by turns: by the clock, and of the processor."""
    runs = [(seconds(words), seconds(peer)) for _ in range(TIMES)]
    (ours, work), (theirs, peer_work) = (
        [statistics.median(run[side][measure] for run in runs) for measure in (0, 1)] for side in (0, 1)
    )
    told = f"{ours:.2f} s ({work:.2f} s of work) beside {theirs:.2f} s ({peer_work:.2f} s of work)"
    return ours - theirs, work - peer_work, told


def within(limit: float, clock: float, work: float) -> bool:
    """By the clock where nobody else keeps the processors busy; else by the work, which then takes half as long again."""
    busy = os.getloadavg()[0] > (os.cpu_count() or 1)
    return work <= 1.5 * limit if busy else clock <= limit


def test_a_check_costs_little_more_than_the_import_it_needs(
    lines: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clock, work, told = beside(["-m", "api", "check", str(lines)], ["-c", "import geopandas"])
    with capsys.disabled():
        print(f"\ncheck of 25 lines: {told}, import geopandas; {clock:.2f} s more")  # noqa: T201
    assert within(CHECK_MORE_S, clock, work)


def test_help_comes_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    clock, work, told = beside(["-m", "api", "--help"], ["-c", "pass"])
    with capsys.disabled():
        print(f"\n--help: {told}, an empty Python; {clock:.2f} s more")  # noqa: T201
    assert within(HELP_MORE_S, clock, work)


@contextmanager
def serving(var: Path) -> Iterator[float]:
    """A server with an embedded database of its own; answers how long it took until it was ready."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    asked = {name: value for name, value in os.environ.items() if not name.startswith("JIEZHI_")}
    asked |= {"JIEZHI_VAR": str(var), "JIEZHI_PORT": str(port)}
    begun = time.perf_counter()
    server = subprocess.Popen(
        [sys.executable, "-m", "api", "serve"], cwd=ROOT, env=asked, stdout=subprocess.DEVNULL
    )
    try:
        while not ready(port):
            assert server.poll() is None
            assert time.perf_counter() - begun < 120
            time.sleep(0.05)
        yield time.perf_counter() - begun
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(60)


def ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health/ready").status_code == 200
    except httpx.TransportError:
        return False


def test_a_second_start_takes_seconds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    starts = []
    for _ in range(3):
        with serving(tmp_path / "var") as took:
            starts.append(took)
    first, *later = starts
    imports = statistics.median(seconds(["-c", "import api.serving"])[0] for _ in range(3))
    with capsys.disabled():
        print(  # noqa: T201
            f"\nserve is ready after {first:.1f} s the first time, {max(later):.1f} s later;"
            f" its imports take {imports:.1f} s"
        )
    assert min(later) < SECOND_START_S
