"""Filling a paper: a Word document with `{{ 标准名称 }}` in it, and the values that take those places.

Whoever edits a template is not trusted with more than its words: it is filled in a sandbox, values are escaped, and a
template that a deployment brought itself is filled in a process of its own, with little time and memory.
"""

from __future__ import annotations

import base64
import json
import re
import resource
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from gis.errors import BadInput, JiezhiError

Values = Mapping[str, str]
SECONDS, MEMORY = 20, 1 << 30
LARGEST, LARGEST_UNPACKED = 10 << 20, 60 << 20
"""Bytes of a template, as it lies there and unpacked."""
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x07\ufffe\uffff\ud800-\udfff]")
"""What no XML document can hold; a bell or a form feed would moreover begin a new paragraph or page."""


def filled(template: bytes, values: Values, compulsory: Sequence[str] = ()) -> bytes:
    """The document with its values in place.

    Raises BadInput, in one sentence, when the template is broken, leaves out something compulsory, asks for what there
    is not, or tries anything but writing values down.
    """
    _refuse_bombs(template)
    try:
        return _filled(template, values, compulsory)
    except JiezhiError:
        raise
    except UndefinedError as problem:
        raise _refused(f"没有这一项:{problem.message}", f"there is no such item: {problem.message}") from problem
    except TemplateSyntaxError as problem:
        raise _refused(f"写法有误:{problem.message}", f"it is not well written: {problem.message}") from problem
    except TemplateError as problem:
        raise _refused(f"不允许:{problem}", f"not allowed: {problem}") from problem
    except Exception as problem:  # a damaged or hostile document can make anything go wrong
        why = f"{type(problem).__name__} {problem}"[:200]
        raise _refused(f"无法使用({why})", f"it cannot be used ({why})") from problem


def filled_apart(template: bytes, values: Values, compulsory: Sequence[str] = ()) -> bytes:
    """The same in a process of its own, which is stopped when it takes too long. Raises BadInput."""
    task = {"template": base64.b64encode(template).decode(), "values": dict(values), "compulsory": list(compulsory)}
    place = {"PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", __spec__.name]
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            command, input=json.dumps(task).encode(), capture_output=True, timeout=SECONDS, env=place, check=False
        )
    except subprocess.TimeoutExpired as problem:
        raise _refused(f"{SECONDS} 秒内没有填完", f"it was not filled within {SECONDS} s") from problem
    if done.returncode == 0:
        return done.stdout
    try:
        said = json.loads(done.stdout)
    except ValueError as problem:  # stopped from outside: out of time or memory
        raise _refused("占用的时间或内存过多", "it takes too much time or memory") from problem
    raise BadInput(said["zh"], said["en"])


def _filled(template: bytes, values: Values, compulsory: Sequence[str]) -> bytes:
    document = DocxTemplate(BytesIO(template))
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    environment.globals.clear()
    _refuse_incomplete(document.get_undeclared_template_variables(environment), compulsory)
    document.render({name: _printable(value) for name, value in values.items()}, environment, autoescape=True)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _refuse_incomplete(used: set[str], compulsory: Sequence[str]) -> None:
    missing = "、".join(each for each in compulsory if each not in used)
    if missing:
        raise _refused(f"缺少必备项目:{missing}", f"it leaves out what is compulsory: {missing}")


def _refuse_bombs(template: bytes) -> None:
    """Stops before anything is unpacked that says itself that it is too much."""
    try:
        with zipfile.ZipFile(BytesIO(template)) as archive:
            unpacked = sum(each.file_size for each in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as problem:
        raise _refused("不是 docx 文件", "it is no docx file") from problem
    if len(template) > LARGEST or unpacked > LARGEST_UNPACKED:
        raise _refused("文件过大", "it is too large")


def _printable(value: str) -> str:
    return UNPRINTABLE.sub("", value)


def _refused(zh: str, en: str) -> BadInput:
    zh, en = (" ".join(words.split())[:300] for words in (zh, en))
    return BadInput("文书模板{why_zh}", "the template of the paper is refused: {why_en}", why_zh=zh, why_en=en)


def _serve(task: dict[str, Any]) -> int:
    """Fills one template and writes the document, or why not, to the standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        document = filled(base64.b64decode(task["template"]), task["values"], task["compulsory"])
    except BadInput as problem:
        sys.stdout.write(json.dumps(problem.text.as_dict()))
        return 1
    sys.stdout.buffer.write(document)
    return 0


if __name__ == "__main__":
    sys.exit(_serve(json.load(sys.stdin)))
