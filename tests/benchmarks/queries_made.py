"""Noisy questions about the addresses of a made county; `python -m tests.benchmarks.queries_made` prints some to look at."""

from __future__ import annotations

import argparse
import csv
import random
import sys
from collections.abc import Iterator, Mapping

from tests.benchmarks.made import Made
from tests.benchmarks.nonexistent_made import nonexistent
from tests.benchmarks.plates_made import county
from tests.benchmarks.query_book import Book
from tests.benchmarks.query_desk import Desk
from tests.benchmarks.query_kinds import KINDS, Asked, Kind, asked

TRIES = 400
"""Addresses that are looked at for one question; a kind for which a county gives too little occasion gets fewer."""


def queries(
    made: Made | Book, seed: int, per_kind: int, kinds: Mapping[str, Kind] | None = None
) -> list[Asked]:
    """So many questions of each kind, no two of a kind the same."""
    book = made if isinstance(made, Book) else Book(made)
    found = (of_kind(book, kind, ask, seed, per_kind) for kind, ask in (kinds or KINDS).items())
    return [each for questions in found for each in questions]


def of_kind(book: Book, kind: str, ask: Kind, seed: int, count: int) -> Iterator[Asked]:
    """Questions of one kind; the same whichever other kinds are asked."""
    chance, found = random.Random(f"{seed} {kind}"), set[str]()
    desk = Desk(book, chance)
    for _ in range(count * TRIES):
        if len(found) == count:
            return
        each = asked(desk, kind, ask, book.any_row(chance))
        if each is not None and each.q not in found:
            found.add(each.q)
            yield each


def main() -> None:
    """Prints questions as a table with tabs: kind, question, what is meant, its code, near, twins."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--plates", type=int, default=20_000)
    options.add_argument("--each", type=int, default=20)
    chosen = options.parse_args()
    out = csv.writer(sys.stdout, delimiter="\t", lineterminator="\n")
    out.writerow(("kind", "q", "meant", "code", "plate", "near", "twins"))
    book = Book(county(chosen.seed, chosen.plates))
    for each in (*queries(book, chosen.seed, chosen.each), *nonexistent(book, chosen.seed, chosen.each)):
        near = "" if each.near is None else "{} {}".format(*each.near)
        out.writerow((each.kind, each.q, each.plain, each.expected_code, each.plate_code, near, each.twins))


if __name__ == "__main__":
    main()
