"""What limits cost: letting a request in and telling what is left, beside the request itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from statistics import median

import pytest
from fastapi import FastAPI, Request
from starlette.responses import Response

from api import limits
from gis.people import Person
from gis.system_keys import Key

pytestmark = pytest.mark.benchmark
TIMES, ROUNDS = 2000, 7
CLIENTS = 5000
MOST_S = 0.0001


def asked(app: FastAPI) -> Request:
    return Request({"type": "http", "app": app, "method": "GET", "path": "/addresses/search", "headers": [], "state": {}})


def cost(app: FastAPI, let_in: Callable[[Request, int], None]) -> float:
    """Seconds of this process for one request: asked, let in, told; without asking."""

    def took(do: Callable[[Request, int], None]) -> float:
        begun = time.process_time()
        for number in range(TIMES):
            do(asked(app), number)
        return (time.process_time() - begun) / TIMES

    def whole(request: Request, number: int) -> None:
        let_in(request, number)
        limits.tell(request, Response().headers)

    return median(took(whole) - took(lambda *_: None) for _ in range(ROUNDS))


@pytest.mark.parametrize("who", ["a key with both limits", "many client addresses"])
def test_limits_cost_less_than_a_tenth_of_a_millisecond(who):
    app = FastAPI()
    app.state.limits = limits.Limits()
    key = Key(1, Person(1, "x", "x", {"system": ("",)}), 100_000, 1_000_000_000, date.today(), 0)

    def let_in(request: Request, number: int) -> None:
        if who.startswith("a key"):
            limits.admit_key(request, key)
        else:
            limits.admit_place(request, f"10.0.{number % CLIENTS // 256}.{number % 256}", 100_000)

    found = cost(app, let_in)
    print(f"{who}: {1e6 * found:.1f} µs a request")  # noqa: T201
    assert found < MOST_S
