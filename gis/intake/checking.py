"""Checking: from files to findings, with or without the county in force. Needs no database itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import geopandas as gpd

from gis.files import Answers, Reading, Verdict, read_many
from gis.intake import reading_rules, rules
from gis.intake.recognition import Choices, Recognised, recognise, sheets
from gis.intake.rules import Finding, NotChecked, Offence, Survey
from gis.registers import REGISTERS, Register
from gis.settings import Settings
from gis.text import Text

__all__ = ["Examination", "examine", "prepares", "reading_rules"]

Tell = Callable[[float, Text], None]
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
        return rules.blocking(list(self.findings))


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
    area: tuple[str, ...] | None = None,
    aside: AbstractSet[tuple[str, int]] = frozenset(),
) -> Examination:
    """Reads, recognises and checks files as one survey.

    `in_force` answers what stands around the sheets that were sent; without it, rules that need it are not asked.
    `aside` names records (register, row) that the sender sets aside. `area` holds the unit-code prefixes for which
    the sender may survey, None for anywhere.
    """
    tell(0.05, Text("正在读取文件", "reading the files"))
    readings = tuple(read_many(paths, answers, settings))
    recognised = tuple(recognise(readings, choices))
    empty = Survey({}, settings)
    seen = Examination(readings, recognised, empty, (), ())
    if not seen.readable:
        return replace(seen, not_checked=tuple(NotChecked(each, UNREAD) for each in rules.RULES))
    tell(0.3, Text("正在识别图层和字段", "recognising layers and columns"))
    sent, noticed = sheets(recognised)
    sent, left = _set_aside(sent, aside)
    around = in_force(sent) if in_force else {}
    sent = {
        name: _completed(REGISTERS[name], sheet, around.get(name), recognised) for name, sheet in sent.items()
    }
    survey = Survey(sent, settings, around, _about(noticed, aside), area)
    for prepare in PREPARATIONS:
        survey = prepare(survey)
    tell(0.45, Text("正在按规则检查", "checking the rules"))
    findings, not_checked = rules.check(survey)
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


def _completed(
    register: Register,
    sheet: gpd.GeoDataFrame,
    around: gpd.GeoDataFrame | None,
    recognised: Sequence[Recognised],
) -> gpd.GeoDataFrame:
    """Columns that were not sent keep what is in force; defaults and whatever the register makes itself are added."""
    sent = {name for seen in recognised if seen.register is register for name in seen.columns}
    filled = sheet.copy()
    known = None if around is None or around.empty else around.drop_duplicates("code").set_index("code")
    for each in register.fields:
        if known is not None and each.keeps and each.name not in sent and each.name in known:
            filled[each.name] = filled["code"].map(known[each.name])
        if each.default is not None:
            filled[each.name] = filled[each.name].where(filled[each.name].notna(), each.default)
    return register.completes(filled) if register.completes else filled
