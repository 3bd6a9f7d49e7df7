"""What a terminal shows while a command is at work; a pipe or a file gets nothing of it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from gis.intake.checking import Tell
    from gis.text import Text


@contextmanager
def at_work(words: str) -> Iterator[Callable[[str], None]]:
    """Shows what is going on and for how long; gives a function that changes the words."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    quiet = not sys.stderr.isatty()
    with Progress(*columns, console=Console(stderr=True), disable=quiet, transient=True) as shown:
        bar = shown.add_task(words, total=None)
        yield lambda others: shown.update(bar, description=others)


@contextmanager
def bar(words: str, *, quiet: bool = False) -> Iterator[Tell]:
    """Shows how far something is; gives a function that hears it (0 to 1) and what is being done."""
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:.0f} %"))
    quiet = quiet or not sys.stderr.isatty()
    with Progress(*columns, console=Console(stderr=True), disable=quiet, transient=True) as shown:
        line = shown.add_task(words, total=1.0)

        def tell(done: float, doing: Text) -> None:
            shown.update(line, completed=done, description=str(doing))

        yield tell
