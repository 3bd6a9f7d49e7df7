"""Rows of sites as rules of single rows read them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gis.intake.rules import Offence, Severity, Survey
from gis.registers import Register
from gis.text import Text


def rows_sent(survey: Survey, register: Register) -> Iterator[dict[str, Any]]:
    """Each row that was sent for a register; what is not said is None."""
    sheet = survey.sheet(register.name)
    if sheet is not None:
        yield from sheet.astype(object).where(sheet.notna(), None).to_dict("records")


def broken(
    register: Register, row: Mapping[str, Any], severity: Severity | None = None, text: Text | None = None,
    fix: Text | None = None, **values: Any,
) -> Offence:
    """A rule broken by a row, at its place."""  # fmt: skip
    return Offence(register.name, int(row["row"]), row["geometry"], values, severity, text=text, fix=fix)
