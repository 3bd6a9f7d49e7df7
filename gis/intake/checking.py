"""Checking: from files to findings, with or without the county in force. Needs no database itself."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import geopandas as gpd

from gis.errors import JiezhiError
from gis.files import Answers, Lists, Reading, Verdict, read_many
from gis.intake import reading_rules, rules
from gis.intake.chunks import Desk, Passage, Passed, Tell, completed
from gis.intake.recognition import Choices, Recognised, holds_list, recognise, sheets
from gis.intake.rules import Finding, NotChecked, Offence, Severity, Survey
from gis.registers import REGISTERS
from gis.settings import Settings
from gis.text import Text

__all__ = ["Examination", "Tell", "examine", "prepares", "reading_rules"]

Preparation = Callable[[Survey], Survey]
PREPARATIONS: list[Preparation] = []
"""What is done to a survey before the rules look at it, such as closing ends a millimetre apart."""


def _silent(_done: float, _words: Text) -> None:
    """Tells nobody."""


UNREAD = Text("文件尚不能读入,未检查", "the files cannot be taken yet; nothing was checked")


@dataclass(frozen=True)
class Examination:
    """Everything that came out of looking at some files."""

    readings: tuple[Reading, ...]
    recognised: tuple[Recognised, ...]
    survey: Survey
    findings: tuple[Finding, ...]
    not_checked: tuple[NotChecked, ...]
    aside: Mapping[str, gpd.GeoDataFrame] = field(default_factory=dict)
    """Records the sender has set aside: kept, listed, and looked at by no rule."""
    passed: Passed = field(default_factory=Passed)
    """What came of the long lists; their rows are no sheets of the survey."""

    @property
    def verdict(self) -> Verdict:
        """Of the reading: the worst of the files."""
        return max((reading.verdict for reading in self.readings), key=list(Verdict).index)

    @property
    def readable(self) -> bool:
        """Whether every file could be taken as it is."""
        return self.verdict in (Verdict.ACCEPT, Verdict.ACCEPT_WITH_WARNING)

    @property
    def blocking(self) -> int:
        """How many findings block."""
        beyond = sum(n for (_, weight), n in self.passed.more.items() if weight is Severity.ERROR)
        return rules.blocking(list(self.findings)) + beyond

    def features(self, seen: Recognised) -> int:
        """How many rows a layer has."""
        return self.passed.layers.get(seen.name, seen.layer.features)


def prepares(step: Preparation) -> Preparation:
    """Enters a step into the preparations."""
    PREPARATIONS.append(step)
    return step


def examine(
    paths: Sequence[Path],
    answers: Answers,
    choices: Choices,
    settings: Settings,
    in_force: Callable[[Mapping[str, gpd.GeoDataFrame]], Mapping[str, Any]] | None = None,
    tell: Tell = _silent,
    area: tuple[str, ...] | Mapping[str, tuple[str, ...]] | None = None,
    aside: AbstractSet[tuple[str, int]] = frozenset(),
    desk: Desk | None = None,
) -> Examination:
    """Reads, recognises and checks files as one survey.

    `in_force` answers what stands around the sheets that were sent; without it, rules that need it are not asked.
    `aside` names records (register, row) that the sender sets aside. `area` holds the unit-code prefixes for which
    the sender may send, by role where roles differ, None for anywhere. Long lists pass over the `desk`; without one
    their rows are checked and not kept.
    """
    with _lists(choices) as lists:
        tell(0.05, Text("正在读取文件", "reading the files"))
        readings = tuple(read_many(paths, answers, settings, lists))
        seen = _examined(readings, choices, settings, in_force, tell, area, aside)
        long = [each for each in seen.recognised if each.is_list]
        if not seen.readable or not long:
            return seen
        passage = Passage(answers, settings, tell, area, aside, desk)
        try:
            with desk.all_or_nothing() if desk else nullcontext():
                passed = passage.take(long)
        except JiezhiError as problem:
            return _broken_off(seen, problem, long)
    return _with_lists(seen, passed)


@contextmanager
def _lists(choices: Choices) -> Iterator[Lists | None]:
    """How long lists are told from other layers, where there are registers that come as such."""
    found = [each for each in REGISTERS.values() if each.sent and each.listed]
    if not found:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="jiezhi-") as folder:
        lon, lat = (tuple(title for each in found for title in getattr(each, axis)) for axis in ("lon", "lat"))
        yield Lists(lambda layer: holds_list(layer, choices), Path(folder), lon, lat)


def _with_lists(seen: Examination, passed: Passed) -> Examination:
    """An examination with what came of the long lists, all in the order of the rules."""
    not_checked = {each.rule: each for each in (*seen.not_checked, *passed.not_checked)}
    return replace(
        seen,
        findings=tuple(sorted((*seen.findings, *passed.findings), key=lambda finding: finding.rule)),
        not_checked=tuple(not_checked[rule] for rule in sorted(not_checked)),
        passed=passed,
    )


def _broken_off(seen: Examination, problem: JiezhiError, lists: Sequence[Recognised]) -> Examination:
    """What is left to say when a file proves unreadable half-way: it cannot be taken, and nothing of it was."""
    broken = {each.layer.file for each in lists}
    readings = tuple(
        replace(each, verdict=Verdict.REJECT, reason=problem.text) if each.file in broken else each
        for each in seen.readings
    )
    return _unread(replace(seen, readings=readings))


def _unread(seen: Examination) -> Examination:
    nothing = Survey({}, seen.survey.settings)
    not_checked = tuple(NotChecked(each, UNREAD) for each in rules.RULES)
    return replace(seen, survey=nothing, findings=(), not_checked=not_checked, aside={})


def _examined(
    readings: tuple[Reading, ...],
    choices: Choices,
    settings: Settings,
    in_force: Callable[[Mapping[str, gpd.GeoDataFrame]], Mapping[str, Any]] | None,
    tell: Tell,
    area: tuple[str, ...] | Mapping[str, tuple[str, ...]] | None,
    aside: AbstractSet[tuple[str, int]],
) -> Examination:
    """Everything but the long lists, which the rules of whole surveys never see."""
    recognised = tuple(recognise(readings, choices))
    empty = Survey({}, settings)
    seen = Examination(readings, recognised, empty, (), ())
    if not seen.readable:
        return _unread(seen)
    tell(0.3, Text("正在识别图层和字段", "recognising layers and columns"))
    sent, noticed = sheets(recognised)
    sent, left = _set_aside(sent, aside)
    only_lists = not sent and any(each.is_list for each in recognised)
    around = in_force(sent) if in_force and not only_lists else {}
    sent = {
        name: completed(REGISTERS[name], sheet, around.get(name), _columns_of(name, recognised),
                        noticed.get("F02", ()))
        for name, sheet in sent.items()
    }  # fmt: skip
    survey = Survey(sent, settings, around, _about(noticed, aside), area)
    for prepare in PREPARATIONS:
        survey = prepare(survey)
    tell(0.45, Text("正在按规则检查", "checking the rules"))
    asked = rules.rules_of_surveys()
    findings, not_checked = rules.check(survey, [each for each in asked if not (only_lists and each.registers)])
    return replace(seen, survey=survey, findings=tuple(findings), not_checked=tuple(not_checked), aside=left)


def _set_aside(
    sent: Mapping[str, gpd.GeoDataFrame], aside: AbstractSet[tuple[str, int]]
) -> tuple[dict[str, gpd.GeoDataFrame], dict[str, gpd.GeoDataFrame]]:
    """The sheets without the records set aside, and those records."""
    kept, left = {}, {}
    for name, sheet in sent.items():
        chosen = sheet["row"].isin([row for register, row in aside if register == name])
        kept[name] = sheet[~chosen].reset_index(drop=True)
        if chosen.any():
            left[name] = sheet[chosen].reset_index(drop=True)
    return kept, left


def _about(
    noticed: Mapping[str, tuple[Offence, ...]], aside: AbstractSet[tuple[str, int]]
) -> dict[str, tuple[Offence, ...]]:
    return {
        rule: tuple(each for each in offences if (each.register, each.row) not in aside)
        for rule, offences in noticed.items()
    }


def _columns_of(register: str, recognised: Sequence[Recognised]) -> set[str]:
    """The fields of a register that any of its layers fills."""
    return {
        name for seen in recognised if seen.register is REGISTERS[register] for name in seen.columns
    }
