"""Rules about the codes of records: each names one record only."""

from __future__ import annotations

from collections.abc import Iterator

from boundaries.network import network
from boundaries.outlook import Outlook, outlook, records, row_as_sent
from boundaries.successors import words
from gis.intake.rules import Offence, Severity, Survey, rule
from gis.sources import HOUSE_PRACTICE
from gis.text import Text

REGISTERS = ("lines", "tri_junctions", "markers", "units")


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


def _reported_as_copies(survey: Survey, view: Outlook) -> set[tuple[str, int]]:
    """Records that stand in the place of another: G03, G07 and M02 name them."""
    net = network(survey)
    lines = view.lines["row"].iloc[net.doubles["line"]]
    points = view.tri_junctions["row"].iloc[sorted(net.doubled_points)]
    numbered = view.markers[view.markers["sent"]]
    stones = numbered.loc[numbered.duplicated(["line", "number", "type"]), "row"]
    named = {"lines": lines, "tri_junctions": points, "markers": stones}
    return {(register, int(row)) for register, rows in named.items() for row in rows}
