"""Desks: somebody signed in over HTTP, who does what the sample county needs done."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import httpx

from gis.errors import Unavailable

CHECKED_WITHIN_S = 300.0


@dataclass(frozen=True)
class Desk:
    """Somebody signed in over HTTP."""

    name: str
    http: httpx.Client

    def post(self, path: str, **what: Any) -> dict[str, Any]:
        """Asks for something to be done; raises Unavailable with the answer when it is refused."""
        answer = self.http.post(path, **what)
        if answer.status_code >= 400:
            raise Unavailable(
                "样例县载入失败:{why}", "the sample county could not be loaded: {why}", why=answer.text[:300]
            )
        return dict(answer.json())

    def state(self, number: int) -> str:
        """The state of a submission."""
        return str(self.http.get(f"/submissions/{number}").json()["state"])


def sign_in(url: str, name: str, password: str) -> Desk:
    """Signs in over HTTP."""
    http = httpx.Client(base_url=url, timeout=120)
    desk = Desk(name, http)
    http.headers["Authorization"] = (
        f"Bearer {desk.post('/sessions', json={'name': name, 'password': password})['token']}"
    )
    return desk


def wait_for_the_publication(desk: Desk, number: int) -> None:
    """Waits until a long list is in force. Raises Unavailable when it was refused, or no worker took it up."""
    until = time.monotonic() + CHECKED_WITHIN_S
    while (state := desk.state(number)) == "publishing":
        if time.monotonic() > until:
            raise Unavailable(
                "公布没有完成,后台进程是否在运行?", "the publication did not end; is a worker running?"
            )
        time.sleep(1.0)
    if state != "published":
        raise Unavailable("样例报送未能公布:{state}", "a sample submission was not published: {state}", state=state)


def wait_for_the_check(desk: Desk, number: int) -> None:
    """Waits until a submission was checked. Raises Unavailable when it did not pass, or no worker took it up."""
    state = checked(desk, number)
    if state != "ready":
        raise Unavailable(
            "样例报送未通过检查:{state}", "a sample submission did not pass its check: {state}", state=state
        )


def checked(desk: Desk, number: int) -> str:
    """Waits until a submission was checked; answers its state. Raises Unavailable when no worker took it up."""
    until = time.monotonic() + CHECKED_WITHIN_S
    while (state := desk.state(number)) == "queued":
        if time.monotonic() > until:
            raise Unavailable(
                "检查没有开始,后台进程是否在运行?", "the check did not start; is a worker running?"
            )
        time.sleep(0.2)
    return state
