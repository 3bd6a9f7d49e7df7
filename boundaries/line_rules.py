"""Rules about what a line says of itself: its units, its name, its length and the way it runs."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from boundaries.outlook import Outlook, outlook, records
from gis.codes import level_of, levels, parent_of
from gis.crs import lengths_m
from gis.intake.rules import Offence, Severity, Survey, rule
from gis.settings import Settings
from gis.sources import DIVISION_REGULATIONS, HOUSE_PRACTICE
from gis.text import Text

SIDES = {"left": Text("左侧", "the left"), "right": Text("右侧", "the right")}

Fault = tuple[dict[str, Any], Text | None, Text | None]
"""The values of the message, and the message and the way to mend it where the rule's own do not fit."""


@rule(
    "A01",
    "lines",
    severity=Severity.ERROR,
    source=DIVISION_REGULATIONS.at("第十七条"),
    title=Text("界线两侧的单位代码正确", "A line names the right units on both sides"),
    message=Text(
        "界线 {line} {side}单位代码 {code} 不存在", "line {line}: there is no unit {code}, named on {side}"
    ),
    fix=Text("改为现行的区划代码", "give the code of an existing unit"),
)
def a_line_names_the_right_units(survey: Survey) -> Iterator[Offence]:
    """Areas, lengths and progress of a unit are made of the lines that name it."""
    view = outlook(survey)
    sent = view.lines[view.lines["sent"]]
    if sent.empty:
        return
    if len(sent) > 1 and not (sent["left"] + sent["right"]).any():
        yield _of_the_layer(survey, {}, Severity.ERROR, _NO_SIDES, _NO_SIDES_FIX)
        return
    yardstick = _Yardstick(view, survey.settings)
    if yardstick.form is None and not yardstick.known:
        values = {"level": survey.settings.parts_level, "codes": survey.settings.unit_codes}
        yield _of_the_layer(survey, values, Severity.WARNING, _FOREIGN, _FOREIGN_FIX)
    for line in records(sent):
        for values, text, fix in _faults(line, yardstick):
            named = {"line": view.line(line.Index), **values}
            yield Offence("lines", line.row, line.geometry, named, text=text, fix=fix)


def _faults(line: Any, yardstick: _Yardstick) -> Iterator[Fault]:
    view, left, right = yardstick.view, line.left, line.right
    if left == right:
        both = ({"unit": view.unit(left)}, _SAME, _SAME_FIX)
        yield both if left else ({"side": Text("两侧", "either side")}, _EMPTY, _EMPTY_FIX)
        return
    ours = [side for side in SIDES if line.role != "outer" or getattr(line, side) in view.home]
    faults = [fault for side in ours or SIDES if (fault := yardstick.fault(getattr(line, side), SIDES[side]))]
    if ours or len(faults) == 2:  # of an outer line between two strangers, one may be a stranger
        yield from faults
    if not faults and len(ours) == 2 and yardstick.parts_two_counties(left, right):
        yield {"unit": view.unit(left), "other": view.unit(right)}, _COUNTIES, _COUNTIES_FIX


_NO_SIDES = Text(
    "图层没有界线两侧的单位代码", "the layer does not say which units lie on either side of its lines"
)
_NO_SIDES_FIX = Text(
    "增加左侧、右侧单位代码字段(ZCDM、YCDM),或指定对应的字段",
    "add columns for the units on the left and on the right (ZCDM, YCDM), or name the columns that hold them",
)
_FOREIGN = Text(
    "没有一个单位代码符合本部署的{level}代码格式({codes}),未核对代码",
    "no unit code has the form of a {level} code here ({codes}); codes were not checked",
)
_FOREIGN_FIX = Text("核对设置 JIEZHI_UNIT_CODES", "check the setting JIEZHI_UNIT_CODES")
_EMPTY = Text("界线 {line} {side}单位代码为空", "line {line} has no unit on {side}")
_EMPTY_FIX = Text(
    "填写{side}单位代码;如为县界,角色应为 outer",
    "fill in the unit on {side}; if this is the county's own line, its role is outer",
)
_SAME = Text("界线 {line} 两侧都是 {unit}", "line {line} has {unit} on both sides")
_SAME_FIX = Text(
    "改正其中一侧的单位代码;一个单位内部的线不是界线",
    "correct one side; a line inside one unit is no boundary",
)
_FORM = Text(
    "界线 {line} {side}单位代码 {code} 不是{level}代码",
    "line {line}: the code {code} on {side} is no {level} code",
)
_FORM_FIX = Text("代码格式应符合 {codes}", "codes here are {codes}")
_LIKELY_FIX = Text(
    "是否应为 {likely}?请改为现行的区划代码", "was {likely} meant? Give the code of a unit that exists"
)
_COUNTIES = Text(
    "界线 {line} 两侧的 {unit} 与 {other} 不属同一县级单位",
    "{unit} and {other} beside line {line} belong to different counties",
)
_COUNTIES_FIX = Text(
    "改正单位代码;如为县界,把角色写为 outer",
    "correct the code; if this is the county's own line, its role is outer",
)


def _of_the_layer(
    survey: Survey, values: dict[str, Any], severity: Severity, text: Text, fix: Text
) -> Offence:
    first = survey.sheets["lines"].iloc[0]
    file, layer = str(first.get("file", "")), str(first.get("layer", ""))
    return Offence("lines", values=values, severity=severity, file=file, layer=layer, text=text, fix=fix)


@dataclass(frozen=True)
class _Yardstick:
    """What codes are judged by: the units that are known, or else the form of codes here."""

    view: Outlook
    settings: Settings

    @cached_property
    def known(self) -> dict[str, str]:
        """Code of each known unit -> code of its parent."""
        return dict(zip(self.view.units["code"], self.view.units["parent"], strict=True))

    @cached_property
    def form(self) -> re.Pattern[str] | None:
        """The pattern codes must follow; None where the units themselves are known, or no code follows it."""
        form = levels(self.settings.unit_codes).get(self.settings.parts_level)
        follow = form is not None and any(map(form.fullmatch, self.view.home))
        return form if follow and not self.known else None

    @cached_property
    def mapped(self) -> Counter[str]:
        """How often lines mention each county: one that is mapped here is mentioned more than once."""
        lines = self.view.lines
        codes = pd.concat([lines["left"], lines["right"]])
        return Counter(self.county(code) for code in codes[codes.isin(self.view.home)])

    def county(self, code: str) -> str:
        """The code of the unit above."""
        return self.known.get(code) or parent_of(code, self.settings) or ""

    def fault(self, code: str, side: Text) -> Fault | None:
        """What is wrong with one code."""
        if not code:
            return {"side": side}, _EMPTY, _EMPTY_FIX
        level, wanted = level_of(code, self.settings), self.settings.parts_level
        values = {"side": side, "code": code, "level": wanted, "codes": self.settings.unit_codes}
        if self.known and code not in self.known:
            alike = [each for each in self.known if level_of(each, self.settings) == wanted]
            likely = [self.view.unit(each) for each in difflib.get_close_matches(code, alike, 1, 0.85)]
            return (values | {"likely": likely[0]}, None, _LIKELY_FIX) if likely else (values, None, None)
        strange = level not in (wanted, None) if self.known else self.form is not None and level != wanted
        return (values, _FORM, _FORM_FIX) if strange else None

    def parts_two_counties(self, left: str, right: str) -> bool:
        """Whether a line between towns has two counties, not both of which are mapped here."""
        one, other = self.county(left), self.county(right)
        return "" not in (one, other) and one != other and min(self.mapped[one], self.mapped[other]) < 2


@rule(
    "A02",
    "lines",
    severity=Severity.WARNING,
    source=HOUSE_PRACTICE.at("A02"),
    title=Text("界线名称由两侧单位简称组成", "A line is named after its two units"),
    message=Text("界线 {line} 的名称没有提到 {units}", "the name of line {line} does not mention {units}"),
    fix=Text(
        "按“简称+简称+线”命名,代码小的一方在前",
        "name it after both units, the smaller code first, followed by 线",
    ),
    needs=("units",),
)
def a_line_is_named_after_its_units(survey: Survey) -> Iterator[Offence]:
    """People look a line up by the names of its two units, the one with the smaller code first."""
    view = outlook(survey)
    names = dict(zip(view.units["code"], view.units["name"], strict=True))
    sent = view.lines[view.lines["sent"] & (view.lines["role"] != "outer") & (view.lines["name"] != "")]
    for line in records(sent):
        units = [code for code in sorted((line.left, line.right)) if names.get(code)]
        at = [line.name.find(names[code][0]) for code in units]
        missing = [view.unit(code) for code, place in zip(units, at, strict=True) if place < 0]
        if missing:
            words = Text("、".join(unit.zh for unit in missing), ", ".join(unit.en for unit in missing))
            yield Offence("lines", line.row, line.geometry, {"line": view.line(line.Index), "units": words})
        elif len(at) == 2 and at[0] > at[1]:
            yield Offence("lines", line.row, line.geometry, {"line": view.line(line.Index)}, text=_ORDER)


_ORDER = Text(
    "界线 {line} 的名称把代码大的一方写在前面",
    "the name of line {line} has the unit with the larger code first",
)


@rule(
    "A03",
    "lines",
    severity=Severity.WARNING,
    source=HOUSE_PRACTICE.at("A03"),
    title=Text("填报长度与图上长度一致", "The stated length agrees with the line"),
    message=Text(
        "界线 {line} 填报 {stated} 千米,椭球面长度 {measured} 千米,相差 {off} 米(允许 {allowed} 米)",
        "line {line} is stated as {stated} km but measures {measured} km on the ellipsoid: "
        "{off} m off, {allowed} m allowed",
    ),
    fix=Text("填报长度改为 {measured} 千米,或核对线形", "state {measured} km, or check the line"),
)
def stated_lengths_agree(survey: Survey) -> Iterator[Offence]:
    """The agreement prints the length; where it is not that of the line, one of the two is not agreed."""
    sheet = survey.sheet("lines")
    if sheet is None or "stated_km" not in sheet:
        return
    view = outlook(survey)
    stated = 1000 * pd.to_numeric(sheet["stated_km"], errors="coerce").to_numpy(dtype=float)
    measured = lengths_m(sheet.geometry.to_numpy())
    allowed = np.maximum(survey.settings.length_relative * measured, survey.settings.length_absolute_m)
    position = dict(zip(view.lines["row"].tolist(), view.lines.index.tolist(), strict=True))
    off = (np.abs(stated - measured) > allowed) & sheet["row"].isin(position).to_numpy()
    for i in np.flatnonzero(off).tolist():
        row = int(sheet["row"].iloc[i])
        values = {
            "line": view.line(position[row]),
            "stated": f"{stated[i] / 1000:,.3f}",
            "measured": f"{measured[i] / 1000:,.3f}",
            "off": f"{abs(stated[i] - measured[i]):,.0f}",
            "allowed": f"{allowed[i]:,.0f}",
        }
        in_metres = abs(stated[i] / 1000 - measured[i]) <= allowed[i]
        yield Offence("lines", row, sheet.geometry.iloc[i], values, fix=_METRES_FIX if in_metres else None)


_METRES_FIX = Text(
    "填报值像是以米为单位:改为 {measured} 千米", "the stated value looks like metres: state {measured} km"
)
