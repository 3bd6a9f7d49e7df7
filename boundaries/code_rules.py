"""Rules about the codes of records: each names one record only, is short, and reads as this deployment writes them.

How a line code is made up was found in writing for provincial lines only (two province codes, the smaller first); for
county and township lines no source fixes it. So a deployment says what its codes look like, or takes any.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from boundaries.network import network
from boundaries.outlook import Outlook, outlook, records, row_as_sent
from boundaries.successors import words
from gis.intake.rules import Offence, Severity, Survey, rule
from gis.sources import HOUSE_PRACTICE
from gis.text import Text

REGISTERS = ("lines", "tri_junctions", "markers", "units")
NAMED_BY_SENDERS = ("lines", "tri_junctions")
"""The codes of markers and units have rules of their own."""
LONGEST = 64
"""Characters; the longest way of writing a township line that anybody proposed has 18 digits."""


@rule(
    "A07",
    *REGISTERS,
    severity=Severity.ERROR,
    source=HOUSE_PRACTICE.at("A07"),
    title=Text("编号不重复", "No code is used twice"),
    message=Text("编号 {code} 与第 {other} 行重复", "code {code} is also that of row {other}"),
    fix=Text("改正其中一个编号,或删去重复的记录", "correct one of the two codes, or delete the copy"),
)
def no_code_is_used_twice(survey: Survey) -> Iterator[Offence]:
    """A code is how agreements, markers and other systems find a record: it must lead to one."""
    view = outlook(survey)
    copies = _reported_as_copies(survey, view)
    for register in REGISTERS:
        sheet = survey.sheet(register)
        if sheet is None:
            continue
        first: dict[str, int] = {}
        for record in records(sheet.assign(code=words(sheet, "code"))):
            other = first.setdefault(record.code, int(record.row)) if record.code else int(record.row)
            if other != record.row and (register, int(record.row)) not in copies:
                values = {"code": record.code, "other": row_as_sent(survey, register, other)}
                yield Offence(register, int(record.row), record.geometry, values)


@rule(
    "A10",
    *NAMED_BY_SENDERS,
    severity=Severity.ERROR,
    source=HOUSE_PRACTICE.at("A10"),
    title=Text("编号简短可读", "Codes are short and can be read"),
    message=Text(
        "编号“{code}”有 {length} 个字符,最多 {most} 个,且不得含看不见的字符",
        "the code “{code}” has {length} characters; it has {most} at most and none that cannot be seen",
    ),
    fix=Text("改用简短的编号", "give it a short code"),
)
def codes_are_short_and_can_be_read(survey: Survey) -> Iterator[Offence]:
    """A code is written on stones and in documents, and a database finds nothing by one of thousands of letters."""
    for register, row, code, place in _codes_sent(survey):
        if len(code) > LONGEST or not code.isprintable():
            shown = "".join(each if each.isprintable() else "\ufffd" for each in code[:20])
            values = {"code": shown + "…" * (len(code) > 20), "length": len(code), "most": LONGEST}
            yield Offence(register, row, place, values)


@rule(
    "A11",
    "lines",
    severity=Severity.ERROR,
    source=HOUSE_PRACTICE.at("A11"),
    title=Text("界线编号符合本地编码规则", "Line codes follow the pattern of this deployment"),
    message=Text(
        "界线编号 {code} 不符合本地规定的编码规则 {pattern}",
        "the line code {code} does not follow the pattern set here, {pattern}",
    ),
    fix=Text(
        "按本地规则改正编号;规则由设置 JIEZHI_LINE_CODES 给出",
        "write the code as is usual here; the setting JIEZHI_LINE_CODES says how",
    ),
)
def line_codes_follow_the_pattern(survey: Survey) -> Iterator[Offence]:
    """Other systems find a line by its code, and find nothing when it is written in another way."""
    pattern = survey.settings.line_codes
    if not pattern:
        return
    fits = re.compile(pattern)
    for register, row, code, place in _codes_sent(survey):
        if register == "lines" and not fits.fullmatch(code):
            yield Offence(register, row, place, {"code": code[:LONGEST], "pattern": pattern})


def _codes_sent(survey: Survey) -> Iterator[tuple[str, int, str, Any]]:
    """(register, row, code, place) of every record that has a code."""
    for register in NAMED_BY_SENDERS:
        sheet = survey.sheet(register)
        if sheet is not None:
            for record in records(sheet.assign(code=words(sheet, "code"))):
                if record.code:
                    yield register, int(record.row), record.code, record.geometry


def _reported_as_copies(survey: Survey, view: Outlook) -> set[tuple[str, int]]:
    """Records that stand in the place of another: G03, G07 and M02 name them."""
    net = network(survey)
    lines = view.lines["row"].iloc[net.doubles["line"]]
    points = view.tri_junctions["row"].iloc[sorted(net.doubled_points)]
    numbered = view.markers[view.markers["sent"]]
    stones = numbered.loc[numbered.duplicated(["line", "number", "type"]), "row"]
    named = {"lines": lines, "tri_junctions": points, "markers": stones}
    return {(register, int(row)) for register, rows in named.items() for row in rows}
