"""`jiezhi check`: a survey looked at without a database, in words, as JSON, and as a GeoPackage."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import shapely

import boundaries  # noqa: F401 - its registers and rules
import placenames  # noqa: F401 - and those of the names
from api.waiting import at_work
from gis.errors import BadInput
from gis.files import Answers
from gis.intake.checking import Examination, examine
from gis.intake.finding_layers import write_findings
from gis.intake.recognition import SKIP, Choices, Recognised, sent_registers
from gis.intake.rules import Finding
from gis.registers import Field, Register
from gis.settings import settings
from gis.text import series

WEIGHTS = {"error": ("错误", "error"), "warning": ("警告", "warning"), "note": ("提示", "note")}
ADDED = ("row", "geometry")
"""Columns that reading adds."""
CANNOT_BE_TAKEN, BLOCKED, FINE = 2, 1, 0


def check(
    files: Sequence[Path],
    crs: str,
    encoding: str,
    layer: Sequence[str],
    column: Sequence[str],
    report: Path | None,
    *,
    as_json: bool,
) -> int:
    """Checks and prints; answers the exit code: 0 nothing blocks, 1 findings block, 2 the files cannot be taken."""
    choices = _choices(layer, column)
    with at_work("检查 / checking") as says:
        answers = Answers(crs or None, encoding or None)
        seen = examine(files, answers, choices, settings(), tell=lambda _done, words: says(str(words)))
    _must_have_met(choices, seen.recognised)
    if report is not None:
        write_findings(report, seen.findings)
    if as_json:
        print(json.dumps(as_document(seen), ensure_ascii=False, indent=1))
    else:
        _print_words(seen)
    if not seen.readable:
        _print_why_not(seen)
        return CANNOT_BE_TAKEN
    return BLOCKED if seen.blocking else FINE


def as_document(seen: Examination) -> dict[str, Any]:
    """The one JSON object of `check --json`."""
    registers = {each.name: each.register.name for each in seen.recognised if each.register}
    counted = {each.name: seen.features(each) for each in seen.recognised}
    return {
        "files": [
            {
                "file": reading.file,
                "verdict": reading.verdict.value,
                "reason": reading.reason.as_dict() if reading.reason else None,
                "layers": [
                    {
                        "name": layer.name,
                        "register": registers.get(f"{layer.file}/{layer.name}"),
                        "features": counted.get(f"{layer.file}/{layer.name}", layer.features),
                        "crs": layer.crs,
                        "encoding": layer.encoding,
                    }
                    for layer in reading.layers
                ],
            }
            for reading in seen.readings
        ],
        "verdict": seen.verdict.value,
        "blocking": seen.blocking,
        "not_checked": [{"rule": each.rule, "why": each.why.as_dict()} for each in seen.not_checked],
        "findings": [_finding(each) for each in seen.findings],
    } | _beyond_those(seen)


def _beyond_those(seen: Examination) -> dict[str, Any]:
    """How many findings in long lists are only counted."""
    more = [
        {"rule": rule, "severity": severity.value, "more": number}
        for (rule, severity), number in seen.passed.more.items()
    ]
    return {"more": more} if more else {}


def _finding(each: Finding) -> dict[str, Any]:
    return {
        "rule": each.rule,
        "severity": each.severity.value,
        "file": each.file,
        "layer": each.layer,
        "row": each.source_row,
        "key": each.key,
        "message": each.message.as_dict(),
        "fix": each.fix.as_dict(),
        "source": each.source,
        "geometry": None if each.geometry is None else json.loads(shapely.to_geojson(each.geometry)),
    }


def _print_words(seen: Examination) -> None:
    for reading in seen.readings:
        for layer in reading.layers:
            rows = seen.passed.layers.get(f"{layer.file}/{layer.name}", layer.features)
            print(f"{reading.file} · {layer.name}: {rows} · {layer.crs_text} · {layer.encoding or '-'}")
            for note in layer.notes:
                print(f"   {note.zh} / {note.en}")
    for each in seen.findings:
        weight, _ = WEIGHTS[each.severity.value]
        print(f"{weight} {each.rule} {each.key} {each.message.zh} → {each.fix.zh}")
        print(f"     {each.message.en} → {each.fix.en}  [{each.source}]")
    for (rule, severity), number in seen.passed.more.items():
        weight, word = WEIGHTS[severity.value]
        print(f"{weight} {rule} 另有 {number} 处同类问题未列出 / {number} more of this {word} are not listed")
    if seen.readable:
        zh = "可以入库" if not seen.blocking else "不能入库"
        en = "can be taken in" if not seen.blocking else "cannot be taken in"
        errors, told = seen.blocking, len(seen.findings) + sum(seen.passed.more.values())
        print(f"{zh}:{errors} 个错误,共 {told} 个问题 / {en}: {errors} errors, {told} findings")
    if seen.readable and seen.not_checked:
        rules = "、".join(each.rule for each in seen.not_checked)
        print(f"未检查(需要现行数据)/ not checked (needs what is in force): {rules}")


def _print_why_not(seen: Examination) -> None:
    for reading in seen.readings:
        if reading.reason is not None and reading.verdict is seen.verdict:
            print(f"{reading.file}: {reading.reason.zh} / {reading.reason.en}", file=sys.stderr)
            return


def _choices(layers: Sequence[str], columns: Sequence[str]) -> Choices:
    """The choices given as layer=register and column=field. Raises BadInput for what there is not."""
    registers = sent_registers()
    fields = sorted({field.name for register in registers.values() for field in _fillable(register)})
    chosen = dict(_pair(given, [*registers, SKIP]) for given in layers)
    return Choices(chosen, anywhere=dict(_pair(given, fields) for given in columns))


def _fillable(register: Register) -> tuple[Field, ...]:
    return (*register.fields, *register.personal)


def _pair(given: str, possible: Sequence[str]) -> tuple[str, str]:
    name, equals, value = given.rpartition("=")
    if not equals or not name or not value:
        raise BadInput("应写作 名称=值,收到“{given}”", "should read name=value, not “{given}”", given=given)
    if value not in possible:
        raise BadInput(
            "“{given}”:没有“{value}”,可选:{possible}", "“{given}”: there is no “{value}”; choose from {possible}",
            given=given, value=value, possible=series(possible),
        )  # fmt: skip
    return name, value


def _must_have_met(choices: Choices, seen: Sequence[Recognised]) -> None:
    """Raises BadInput when a choice speaks of a layer or a column that no file has."""
    layers = [name for each in seen for name in (each.name, each.layer.name)]
    columns = [str(name) for each in seen for name in each.layer.frame.columns if name not in ADDED]
    for given, known in ((choices.layers, layers), (choices.anywhere, columns)):
        for name in given if seen else ():
            if name not in known:
                raise BadInput(
                    "文件中没有“{name}”,有:{known}", "the files have no “{name}”; they have {known}",
                    name=name, known=series(dict.fromkeys(known)),
                )  # fmt: skip
