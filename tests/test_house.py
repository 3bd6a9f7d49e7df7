"""The house rules: rooms small enough to know, names that explain themselves, rules that are complete.

A number here is changed by a decision record (docs/decisions), not by a tired afternoon.
"""

from __future__ import annotations

import ast
import inspect
import re
import statistics
import subprocess
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path

import pytest

from api import street
from gis import events
from gis.errors import JiezhiError
from gis.intake import submissions
from gis.intake.reviews import MOVES
from gis.intake.rules import RULES
from gis.people import ROLE_WORDS
from gis.registers import REGISTERS
from gis.settings import PREFIX, Settings
from placenames.casework import case_decisions, case_moves, cases

assert street.REGISTERS
ROOT = Path(__file__).parents[1]
PACKAGES = ("gis", "boundaries", "placenames", "maps", "api")
LONGEST_MODULE, MEDIAN_MODULE = 400, 130
LONGEST_FUNCTION, P95_FUNCTION, MEDIAN_FUNCTION = 70, 45, 11
VAGUE = {"utils", "helpers", "common", "misc", "manager", "base", "core", "data", "info", "handler", "handlers"}
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def modules() -> list[Path]:
    found = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    return [path for path in found if "versions" not in path.parts and "vendor" not in path.parts]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def functions() -> Iterator[tuple[Path, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path in modules():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield path, node


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / line for line in listed.splitlines() if (ROOT / line).is_file()]


def test_rooms_are_small():
    sizes = {path: len(path.read_text("utf-8").splitlines()) for path in modules()}
    assert not [f"{path} {lines}" for path, lines in sizes.items() if lines > LONGEST_MODULE]
    assert statistics.median(sizes.values()) <= MEDIAN_MODULE


def test_functions_are_short():
    lengths = {f"{path.name}:{node.name}": length(node) for path, node in functions()}
    assert not {name: lines for name, lines in lengths.items() if lines > LONGEST_FUNCTION}
    ordered = sorted(lengths.values())
    assert ordered[int(len(ordered) * 0.95)] <= P95_FUNCTION
    assert statistics.median(ordered) <= MEDIAN_FUNCTION


def test_every_room_has_a_name_of_its_own_that_says_something():
    names = [path.stem for path in modules() if path.stem not in ("__init__", "__main__")]
    assert not [name for name, number in Counter(names).items() if number > 1]
    assert not [name for name in names if VAGUE & set(name.split("_"))]


def test_every_room_opens_with_a_sentence():
    openings = {path: (ast.get_docstring(tree(path)) or "").split("\n\n")[0] for path in modules()}
    assert not [path for path, opening in openings.items() if not opening.rstrip().endswith((".", "?"))]


def test_public_functions_say_what_they_do():
    def is_public(node: ast.AST) -> bool:
        return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_")

    silent = [
        f"{path.name}:{node.name}"
        for path in modules()
        for node in tree(path).body
        if is_public(node) and not ast.get_docstring(node)  # type: ignore[arg-type]
    ]
    assert not silent


def test_only_the_settings_read_the_environment():
    readers = [path.name for path in modules() if re.search(r"os\.environ|getenv", path.read_text("utf-8"))]
    assert set(readers) <= {"settings.py"} | {"premises.py", "postgres.py", "assets.py", "cluster.py"}


def test_every_setting_stands_in_the_readme():
    readme = (ROOT / "README.md").read_text("utf-8")
    assert not [each.name for each in fields(Settings) if f"{PREFIX}{each.name.upper()}" not in readme]


def test_every_register_and_state_stands_in_the_glossary():
    readme = (ROOT / "README.md").read_text("utf-8")
    states = [*submissions.STATES.values(), *cases.STATES.values()]
    words = [register.title.zh for register in REGISTERS.values()] + [state.zh for state in states]
    assert not [word for word in words if word not in readme]


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_every_rule_is_complete(rule):
    for text in (rule.title, rule.message, rule.fix):
        assert CHINESE.search(text.zh), text
        assert re.search(r"[a-z]{3}", text.en), text
        assert len(CHINESE.findall(text.en)) <= 1, text  # 线 itself may be quoted
        values = {value.removesuffix("_en") for value in re.findall(r"{(\w+)", text.en)}
        assert values <= set(re.findall(r"{(\w+)", text.zh)), text
    assert rule.why.endswith(".")
    assert rule.source.citation
    assert rule.source.grade in "ABCIR"
    assert not rule.id.startswith(tuple("EWN"))
    assert inspect.isgeneratorfunction(rule.check)


def test_every_rule_module_on_disk_has_entered_its_rules():
    entered = {inspect.getmodule(rule.check).__name__ for rule in RULES.values()}  # type: ignore[union-attr]
    on_disk = {".".join(path.relative_to(ROOT).with_suffix("").parts) for path in modules() if path.stem.endswith("_rules")}
    assert on_disk <= entered


def test_every_rule_has_a_map_that_breaks_it_and_one_that_passes():
    names = {
        node.name
        for path in (ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef)
    }
    wanted = {f"test_{rule.lower()}_{how}" for rule in RULES for how in ("breaks", "passes")}
    assert not {each for each in wanted if not any(name.startswith(each) for name in names)}


def test_every_move_is_between_known_states_by_known_verbs():
    for (state, verb), move in MOVES.items():
        assert {state, move.to} <= set(submissions.STATES)
        assert verb in events.VERBS


def test_every_move_of_a_case_is_between_known_states_by_known_verbs():
    for (state, verb), move in case_moves.MOVES.items():
        assert {state, move.to} <= {*cases.STATES, case_moves.BACK}
        assert verb in case_moves.VERBS
        assert set(move.roles) <= {*ROLE_WORDS, case_moves.SENDER, case_moves.LAST}
        assert set(move.needs) <= set(case_decisions.NEEDS)
        assert set(move.tracks) <= set(cases.WAYS)
        assert set(move.fills) <= set(cases.CASES.c.keys())
    left = {state for state, _ in case_moves.MOVES}
    assert left == {each for each in cases.STATES if each not in ("announced", "withdrawn", "closed")}
    assert {move.to for move in case_moves.MOVES.values()} == {*cases.STATES, case_moves.BACK} - {"draft"}


def test_every_error_has_a_title_in_both_languages():
    def below(kind: type[JiezhiError]) -> Iterator[type[JiezhiError]]:
        yield kind
        for each in kind.__subclasses__():
            yield from below(each)

    assert all(CHINESE.search(kind.title.zh) and not CHINESE.search(kind.title.en) for kind in below(JiezhiError))


def test_the_whole_street_is_packed():
    packed = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["packages"]
    on_disk = {".".join(path.parent.relative_to(ROOT).parts) for path in modules() if path.stem == "__init__"}
    assert on_disk == set(packed)


def test_nothing_points_to_a_workplace_or_a_registry():
    hosts = "|".join(["py" + r"pi\.org", "python" + r"hosted\.", "npm" + r"js\.", "deb" + r"\.debian"])
    places = "|".join(["/wor" + "k/", "/ro" + "ot/(?!\\$)", r"\.libr" + "ary"])
    suspicious = re.compile(f"{hosts}|{places}")
    found = []
    for path in tracked():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {match.group()}" for match in suspicious.finditer(text)]
    assert not found
