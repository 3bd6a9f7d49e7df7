"""What a terminal shows while a command is at work; a pipe or a file gets nothing of it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn


@contextmanager
def at_work(words: str) -> Iterator[Callable[[str], None]]:
    """Shows what is going on and for how long; gives a function that changes the words."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    quiet = not sys.stderr.isatty()
    with Progress(*columns, console=Console(stderr=True), disable=quiet, transient=True) as shown:
        bar = shown.add_task(words, total=None)
        yield lambda others: shown.update(bar, description=others)
