"""Rules: what a survey must satisfy, each with its law, its words and the way to mend it.

A rule is one decorated function. It gets the whole survey and yields offences only; the registry turns them into
findings. A rule that needs something the survey lacks (the county in force, say) is reported as not checked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import geopandas as gpd
from shapely.geometry.base import BaseGeometry

from gis.settings import Settings
from gis.sources import Source
from gis.text import Text


class Severity(StrEnum):
    """How much an offence weighs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Survey:
    """What is checked together: the sheets that were sent and, where known, the county they come into.

    `sheets[register]` is a frame in EPSG:4490 with the register's own column names plus `row` (1-based, unique in the
    sheet), `file`, `layer` and `source_row` (1-based, as in the file). `in_force[register]` has the register's columns
    only; it is empty when no database is asked. Frames keep a default RangeIndex.
    """

    sheets: Mapping[str, gpd.GeoDataFrame]
    settings: Settings
    in_force: Mapping[str, gpd.GeoDataFrame] = field(default_factory=dict)
    noticed: Mapping[str, tuple[Offence, ...]] = field(default_factory=dict)
    """What reading and recognising already noticed, by the rule it offends."""
    area: tuple[str, ...] | None = None
    """Unit-code prefixes for which the sender may survey; None: anywhere."""

    def sheet(self, register: str) -> gpd.GeoDataFrame | None:
        """The rows sent for one register, or None when there are none."""
        frame = self.sheets.get(register)
        return None if frame is None or frame.empty else frame


@dataclass(frozen=True)
class Offence:
    """One place where a rule is broken: the row, the place, and the values that fill the rule's sentence."""

    register: str = ""
    row: int | None = None
    geometry: BaseGeometry | None = None
    """Where, in EPSG:4490 (lon, lat)."""
    values: Mapping[str, Any] = field(default_factory=dict)
    severity: Severity | None = None
    """Given only where a rule weighs offences differently."""
    file: str = ""
    layer: str = ""
    key: str = ""
    text: Text | None = None
    fix: Text | None = None
    """Given only where the rule's own sentences do not fit."""


@dataclass(frozen=True)
class Rule:
    """A named check. Its id is never reused and says nothing of its weight."""

    id: str
    registers: tuple[str, ...]
    severity: Severity
    source: Source
    title: Text
    message: Text
    fix: Text
    why: str
    check: Callable[[Survey], Iterator[Offence]]
    needs: tuple[str, ...] = ()
    """Registers that must be known in force (or be part of the survey) for the check to mean anything."""
    jurisdiction: str = "CN"
    checklist: bool = False


@dataclass(frozen=True)
class Finding:
    """An offence in words: ready for a report, a map or a file."""

    rule: str
    severity: Severity
    register: str
    file: str
    layer: str
    row: int | None
    """In the sheet; `source_row` is the row as the sender knows it, in the file."""
    source_row: int | None
    key: str
    message: Text
    fix: Text
    source: str
    geometry: BaseGeometry | None

    @property
    def fingerprint(self) -> str:
        """Recognises the same finding in the next delivery: rule, record and place (to about a metre)."""
        place = ""
        if self.geometry is not None and not self.geometry.is_empty:
            point = self.geometry.representative_point()
            place = f"{point.x:.5f} {point.y:.5f}"
        return hashlib.sha256(f"{self.rule}|{self.register}|{self.key}|{place}".encode()).hexdigest()[:16]


@dataclass(frozen=True)
class NotChecked:
    """A rule that could not be asked, and why."""

    rule: str
    why: Text


RULES: dict[str, Rule] = {}


def rule(
    id: str,  # noqa: A002 - a rule's id is called id everywhere
    *registers: str,
    severity: Severity,
    source: Source,
    title: Text,
    message: Text,
    fix: Text,
    needs: tuple[str, ...] = (),
) -> Callable[[Callable[[Survey], Iterator[Offence]]], Callable[[Survey], Iterator[Offence]]]:
    """Enters a check into the list of rules; the first line of its docstring says why it exists."""

    def enter(check: Callable[[Survey], Iterator[Offence]]) -> Callable[[Survey], Iterator[Offence]]:
        if id in RULES:
            raise ValueError(f"rule {id} exists twice")
        why = (check.__doc__ or "").strip().splitlines()[0]
        RULES[id] = Rule(id, registers, severity, source, title, message, fix, why, check, needs)
        return check

    return enter


def check(survey: Survey) -> tuple[list[Finding], list[NotChecked]]:
    """All findings of a survey, in the order of the rules, and the rules that could not be asked."""
    findings: list[Finding] = []
    not_checked: list[NotChecked] = []
    for each in sorted(RULES.values(), key=lambda rule: rule.id):
        missing = [name for name in each.needs if name not in survey.in_force and survey.sheet(name) is None]
        if missing:
            not_checked.append(NotChecked(each.id, _missing(missing)))
        else:
            findings += [_finding(each, offence, survey) for offence in each.check(survey)]
    return findings, not_checked


def blocking(findings: list[Finding]) -> int:
    """How many findings keep the survey from being taken in."""
    return sum(1 for finding in findings if finding.severity is Severity.ERROR)


def _missing(registers: list[str]) -> Text:
    names = "、".join(registers)
    return Text("文件中没有、也未连接名录:{names}", "neither in the files nor known in force: {names}").fill(
        names=names
    )


def _finding(rule: Rule, offence: Offence, survey: Survey) -> Finding:
    sheet = survey.sheets.get(offence.register)
    file, layer, key, source_row = offence.file, offence.layer, offence.key, offence.row
    if sheet is not None and offence.row is not None:
        row = sheet[sheet["row"] == offence.row].iloc[0]
        file, layer = str(row.get("file", "")), str(row.get("layer", ""))
        key = key or _key_of(row)
        source_row = int(row["source_row"]) if "source_row" in sheet else offence.row
    return Finding(
        rule.id,
        offence.severity or rule.severity,
        offence.register,
        file,
        layer,
        offence.row,
        source_row,
        key,
        _filled(offence.text or rule.message, offence.values),
        _filled(offence.fix or rule.fix, offence.values),
        rule.source.citation,
        offence.geometry,
    )


def _filled(text: Text, values: Mapping[str, Any]) -> Text:
    return text.fill(**values) if values else text  # a finished sentence may hold braces of a file's name


def _key_of(row: Any) -> str:
    code = row.get("code")
    return "" if code is None or code != code else str(code)  # noqa: PLR0124 - a missing value is not equal to itself
