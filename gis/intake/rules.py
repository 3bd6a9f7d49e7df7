"""Rules: what a survey must satisfy, each with its law, its words and the way to mend it.

A rule is one decorated function. It gets the whole survey and yields offences only; the registry turns them into
findings. A rule that needs something the survey lacks (the county in force, say) is reported as not checked.

Registers with many records pass chunk by chunk: a rule that looks at single rows gets a survey whose sheet is one
chunk, and a `table_rule` gets what is staged (`beside.Staged`), to find offences inside the database.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from importlib import import_module
from typing import Any

import geopandas as gpd
from shapely.geometry.base import BaseGeometry

from gis.registers import REGISTERS, Register
from gis.settings import Settings
from gis.sources import Source
from gis.text import Text, series

NATION = "CN"
Check = Callable[[Any], Iterator["Offence"]]


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
    area: tuple[str, ...] | Mapping[str, tuple[str, ...]] | None = None
    """Unit-code prefixes for which the sender may send, by role where roles differ; None: anywhere."""

    def area_of(self, role: str) -> tuple[str, ...] | None:
        """The unit-code prefixes for which the sender holds a role; None: anywhere."""
        return self.area.get(role, ()) if isinstance(self.area, Mapping) else self.area

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
    unread: str = ""
    """The field whose value was sent and not understood, so that no default may stand for it."""


@dataclass(frozen=True)
class Rule:
    """A named check. Its id is never reused and says nothing of its weight.

    It is asked while its source is in force. What only a person can judge is on the `checklist`: its findings are
    notes.
    """

    id: str
    registers: tuple[str, ...]
    severity: Severity
    source: Source
    title: Text
    message: Text
    fix: Text
    why: str
    check: Callable[[Any], Iterator[Offence]]
    """Looks at a `Survey`, or, where it is `of_tables`, at a list as `beside.Staged`."""
    needs: tuple[str, ...] = ()
    """Registers that must be known in force (or be part of the survey) for the check to mean anything."""
    jurisdiction: str = NATION
    """CN, or the beginning of the unit codes where it holds."""
    checklist: bool = False
    of_tables: bool = False

    def holds_on(self, day: date) -> bool:
        """Whether its source is in force on a day."""
        begins, ends = self.source.in_force_from, self.source.in_force_to
        return (begins is None or begins <= day) and (ends is None or day < ends)

    def weighs(self, offence: Offence) -> Severity:
        """How much one of its offences weighs."""
        return Severity.NOTE if self.checklist else offence.severity or self.severity


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
    checklist: bool = False,
    jurisdiction: str = NATION,
) -> Callable[[Check], Check]:
    """Enters a check of a `Survey` into the list of rules; the first line of its docstring says why it exists."""

    def enter(check: Check) -> Check:
        why = (check.__doc__ or "").strip().splitlines()[0]
        words = (severity, source, title, message, fix, why)
        _enter(Rule(id, registers, *words, check, needs, jurisdiction, checklist))
        return check

    return enter


def table_rule(
    id: str,  # noqa: A002
    *registers: str,
    severity: Severity,
    source: Source,
    title: Text,
    message: Text,
    fix: Text,
    needs: tuple[str, ...] = (),
    checklist: bool = False,
    jurisdiction: str = NATION,
) -> Callable[[Check], Check]:
    """Enters a check of a list as `beside.Staged`: it finds offences of many rows inside the database.

    An offence names its row; where it gives no place of its own, the place of the row is shown. Without registers the
    rule is for every register whose records pass in chunks. It is asked again before publication.
    """

    def enter(check: Check) -> Check:
        why = (check.__doc__ or "").strip().splitlines()[0]
        words = (severity, source, title, message, fix, why)
        _enter(Rule(id, registers, *words, check, needs, jurisdiction, checklist, of_tables=True))
        return check

    return enter


def _enter(entered: Rule) -> None:
    if entered.id in RULES:
        raise ValueError(f"rule {entered.id} exists twice")
    RULES[entered.id] = entered


def check(survey: Survey, asked: Iterable[Rule] | None = None) -> tuple[list[Finding], list[NotChecked]]:
    """All findings of a survey, in the order of the rules now in force, and the rules that could not be asked."""
    findings: list[Finding] = []
    not_checked: list[NotChecked] = []
    for each in rules_of_surveys() if asked is None else asked:
        missing = lacking(each, survey)
        if missing is not None:
            not_checked.append(missing)
        else:
            findings += [as_finding(each, offence, survey) for offence in each.check(within(each, survey))]
    return findings, not_checked


def rules_of_surveys(on: date | None = None) -> list[Rule]:
    """The rules in force on a day that look at whole surveys, in the order of their ids."""
    return [each for each in _in_force(on) if not each.of_tables and not _only_for_lists(each)]


def rules_of_rows(register: Register, on: date | None = None) -> list[Rule]:
    """The rules in force on a day that look at the single rows of a register whose records pass in chunks."""
    _load(register)
    return [each for each in _in_force(on) if not each.of_tables and _concerns(each, register)]


def rules_of_tables(register: Register, on: date | None = None) -> list[Rule]:
    """The rules in force on a day that look at the staged rows of a register inside the database."""
    _load(register)
    return [each for each in _in_force(on) if each.of_tables and _concerns(each, register)]


def _load(register: Register) -> None:
    """A check of boundary lines should not wait for the rules of names."""
    if register.ruled_by:
        import_module(register.ruled_by)


def _in_force(on: date | None) -> Iterable[Rule]:
    day = on or date.today()
    return (each for _, each in sorted(RULES.items()) if each.holds_on(day))


def _concerns(rule: Rule, register: Register) -> bool:
    return not rule.registers or register.name in rule.registers


def _only_for_lists(rule: Rule) -> bool:
    return bool(rule.registers) and all(REGISTERS[name].listed for name in rule.registers if name in REGISTERS)


def within(rule: Rule, survey: Survey) -> Survey:
    """What of a survey lies where the rule holds."""
    if rule.jurisdiction == NATION:
        return survey
    sheets = {name: _in_jurisdiction(rule, REGISTERS[name], sheet) for name, sheet in survey.sheets.items()}
    return replace(survey, sheets=sheets)


def _in_jurisdiction(rule: Rule, register: Register, sheet: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    codes = [register.unit_codes(record) for record in sheet.to_dict("records")]
    here = [any(code.startswith(rule.jurisdiction) for code in each) for each in codes]
    return sheet[here].reset_index(drop=True) if register.area_fields else sheet


def lacking(rule: Rule, survey: Survey) -> NotChecked | None:
    """Why a rule cannot be asked of a survey, if so: it needs a register that is neither sent nor known in force."""
    missing = [name for name in rule.needs if name not in survey.in_force and survey.sheet(name) is None]
    return NotChecked(rule.id, _missing(missing)) if missing else None


def blocking(findings: list[Finding]) -> int:
    """How many findings keep the survey from being taken in."""
    return sum(1 for finding in findings if finding.severity is Severity.ERROR)


def _missing(registers: list[str]) -> Text:
    names = series(registers)
    return Text("文件中没有、也未连接名录:{names}", "neither in the files nor known in force: {names}").fill(
        names=names
    )


def as_finding(rule: Rule, offence: Offence, survey: Survey) -> Finding:
    """An offence in words, with the row as the sender knows it."""
    sheet = survey.sheets.get(offence.register)
    file, layer, key, source_row = offence.file, offence.layer, offence.key, offence.row
    if sheet is not None and offence.row is not None:
        row = sheet[sheet["row"] == offence.row].iloc[0]
        file, layer = str(row.get("file", "")), str(row.get("layer", ""))
        key = key or _key_of(row)
        source_row = int(row["source_row"]) if "source_row" in sheet else offence.row
    return Finding(
        rule.id,
        rule.weighs(offence),
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
