"""`jiezhi check`: a survey looked at without a database, in words, as JSON, and as a GeoPackage."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import shapely

import boundaries  # noqa: F401 - its registers and rules
from gis.errors import BadInput
from gis.files import Answers
from gis.intake.checking import Examination, examine
from gis.intake.finding_layers import write_findings
from gis.intake.recognition import Choices
from gis.intake.rules import Finding
from gis.settings import settings

WEIGHTS = {"error": ("错误", "error"), "warning": ("警告", "warning"), "note": ("提示", "note")}
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
    missing = [file for file in files if not file.exists()]
    if missing:
        raise BadInput("没有文件 {file}", "there is no file {file}", file=missing[0])
    columns = {field: name for name, field in map(_pair, column)}
    choices = Choices(dict(map(_layer_pair, layer)), {"*": columns})
    seen = examine(files, Answers(crs or None, encoding or None), choices, settings())
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
                        "features": len(layer.frame),
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
    }


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
            print(
                f"{reading.file} · {layer.name}: {len(layer.frame)} · {layer.crs_text} · {layer.encoding or '-'}"
            )
            for note in layer.notes:
                print(f"   {note.zh} / {note.en}")
    for each in seen.findings:
        weight, _ = WEIGHTS[each.severity.value]
        print(f"{weight} {each.rule} {each.key} {each.message.zh} → {each.fix.zh}")
        print(f"     {each.message.en} → {each.fix.en}  [{each.source}]")
    if seen.readable:
        zh = "可以入库" if not seen.blocking else "不能入库"
        en = "can be taken in" if not seen.blocking else "cannot be taken in"
        errors, told = seen.blocking, len(seen.findings)
        print(f"{zh}:{errors} 个错误,共 {told} 个问题 / {en}: {errors} errors, {told} findings")
    if seen.readable and seen.not_checked:
        rules = "、".join(each.rule for each in seen.not_checked)
        print(f"未检查(需要现行数据)/ not checked (needs what is in force): {rules}")


def _print_why_not(seen: Examination) -> None:
    for reading in seen.readings:
        if reading.reason is not None and reading.verdict is seen.verdict:
            print(f"{reading.file}: {reading.reason.zh} / {reading.reason.en}", file=sys.stderr)
            return


def _pair(given: str) -> tuple[str, str]:
    name, equals, value = given.rpartition("=")
    if not equals or not name or not value:
        raise BadInput("应写作 名称=值,收到“{given}”", "should read name=value, not “{given}”", given=given)
    return name, value


def _layer_pair(given: str) -> tuple[str, str]:
    name, register = _pair(given)
    return name, register
