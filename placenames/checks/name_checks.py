"""Name checks: what is known against a name somebody thinks of, check by check: while it is typed, and in a case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from shapely.geometry import mapping
from sqlalchemy import Connection

from gis.feature_sql import EVERYWHERE
from gis.features import Areas
from gis.intake.rules import NATION, RULES, Finding, Offence, Rule, Severity, Survey, as_finding, blocking
from gis.settings import Settings
from gis.text import Text, keepable
from placenames.checks.asked import Asked, Candidate, of_candidate
from placenames.checks.entering import CONCERNS, OF_PLACES, OF_WORDS
from placenames.checks.likeness import DUPLICATES, Hit, Likened, Likeness
from placenames.checks.scoping import Kind, level_told, scope_for
from placenames.checks.uniqueness import Scope
from placenames.kinds import category_of
from placenames.names import NAMES


class State(StrEnum):
    """What came of a check."""

    PASSES = "passes"
    FOUND = "found"
    CHECKLIST = "checklist"
    NOT_CHECKED = "not_checked"


STATES = {
    State.PASSES: Text("通过", "passes"),
    State.FOUND: Text("有问题", "something was found"),
    State.CHECKLIST: Text("人工判断", "for a person to judge"),
    State.NOT_CHECKED: Text("未检查", "not checked"),
}
OF_IMPORTS = ("PC01", "PC06", "PC07")
"""Codes are given by the register, and no candidate comes with a file."""
OF_CHANGES = ("PN16", "PN17", "PN19")
OF_DELETIONS = ("PN16", "PN19")
SCOPED = ("PN07", "PN08a", "PN08b", "PN08c", "PN08d", "PN08e", "PN08f")
NOTHING = Text("没有发现问题", "nothing was found")
PASSED = {
    **dict.fromkeys(SCOPED, Text("没有重名和同音", "no other place has this name or sound")),
    "PN03": Text("都在《通用规范汉字表》内", "all among the standard characters"),
    "PN13": Text("拼写与规则一致", "spelt by the rules"),
    "PN18": Text("没有相近名称", "no name is close to it"),
}
JUDGE = Text("须由人判断", "a person must judge this")
NO_NAME = Text("没有名称", "there is no name")
NO_CATEGORY = Text(
    "没有选择地名类别,不知道比较范围", "without a category nobody knows where it must be alone"
)
NO_UNIT = Text("没有填写所在政区", "the unit is not given")
NO_POSITION = Text("没有位置", "the position is not known")
NOT_IN_FORCE = Text("依据自 {since} 起施行", "its source is in force from {since} on")
NO_LIMITS = Text(
    "没有设置 JIEZHI_NAME_JURISDICTION,通名规模未检查",
    "JIEZHI_NAME_JURISDICTION is not set, so no size is checked against the generic term",
)


@dataclass(frozen=True)
class Verdict:
    """What one check says of a candidate."""

    rule: Rule
    state: State
    why: Text
    findings: tuple[Finding, ...] = ()
    hits: tuple[Hit, ...] = ()

    @property
    def severity(self) -> Severity | None:
        """The gravest of what was found."""
        return min((each.severity for each in self.findings), key=list(Severity).index, default=None)

    @property
    def mark(self) -> str:
        """✓ passes · ! look at it · ✕ stands in the way · ? for a person · – not checked."""
        if self.state is State.FOUND:
            return "✕" if self.severity is Severity.ERROR else "!"
        return {State.PASSES: "✓", State.CHECKLIST: "?"}.get(self.state, "–")

    def as_dict(self) -> dict[str, Any]:
        """The verdict for programs."""
        return {
            "rule": self.rule.id, "title": self.rule.title.as_dict(), "state": self.state.value, "mark": self.mark,
            "severity": self.severity, "why": self.why.as_dict(), "source": self.rule.source.citation,
            "findings": [_finding_json(each) for each in self.findings], "hits": [each.as_dict() for each in self.hits],
        }  # fmt: skip


@dataclass(frozen=True)
class CandidateReport:
    """All verdicts on one candidate; as a list it is its findings."""

    candidate: Candidate
    day: date
    scope: Scope | None
    """Where it must be alone; None where no rule says so."""
    verdicts: tuple[Verdict, ...]

    def __iter__(self) -> Iterator[Finding]:
        return (finding for verdict in self.verdicts for finding in verdict.findings)

    @property
    def blocking(self) -> int:
        """How many findings stand in the way."""
        return blocking(list(self))

    def hits(self, *likenesses: Likeness) -> list[Hit]:
        """Other places that are alike in one of these ways, the nearest first; last those kept from whoever asks."""
        found = [hit for each in self.verdicts for hit in each.hits if hit.likeness in likenesses]
        return sorted(found, key=lambda hit: (hit.hidden, hit.metres is None, hit.metres or 0.0))

    def verdict(self, rule: str) -> Verdict | None:
        """What one check says, or None where it does not concern the candidate."""
        return next((each for each in self.verdicts if each.rule.id == rule), None)

    def as_dict(self) -> dict[str, Any]:
        """The report for programs."""
        specific, generic = self.candidate.parts
        return {
            "name": self.candidate.name, "specific": specific, "generic": generic, "category": self.candidate.category,
            "unit": self.candidate.unit, "on": self.day, "blocking": self.blocking,
            "within": None if self.scope is None else self.scope.area.text.as_dict(),
            "compared": None if self.scope is None else self.scope.compare.value,
            "same": [each.as_dict() for each in self.hits(*DUPLICATES)],
            "homophones": [each.as_dict() for each in self.hits(Likeness.SOUND)],
            "near": [each.as_dict() for each in self.hits(Likeness.NEAR, Likeness.LETTER)],
            "checks": [each.as_dict() for each in self.verdicts],
        }  # fmt: skip


def check_candidate(
    tx: Connection, candidate: Candidate, day: date, settings: Settings, areas: Areas = EVERYWHERE
) -> CandidateReport:
    """Puts a candidate through every check that concerns it; all names registered by now stand beside it.

    `areas` are those in which whoever asks reads of places that are not open to the public: of others they are told that
    they are in the way, and why, without their names.
    What a check needs and does not know (unit, position, category) makes it "not checked", with the reason.
    """
    candidate = replace(
        candidate, name=keepable(candidate.name).strip(), unit=keepable(candidate.unit).strip()
    )
    kind = Kind(candidate.category, level_told(*_told_by(candidate)))
    scope = scope_for(kind, candidate.unit, day, settings)
    asked = of_candidate(tx, candidate, day, settings, areas)
    verdicts = [
        _missing(rule, candidate, day) or _asked(rule, asked)
        for rule in sorted(RULES.values(), key=lambda rule: rule.id)
        if _concerns(rule, candidate, scope)
    ]
    return CandidateReport(candidate, day, scope, tuple(_each_place_once(verdicts)))


def _tidied(candidate: Candidate) -> Candidate:
    """The candidate without what no database takes; its category follows from its class where it was not given."""
    name, unit = (keepable(each).strip() for each in (candidate.name, candidate.unit))
    category = candidate.category or category_of(candidate.class_code) or ""
    return replace(candidate, name=name, unit=unit, category=str(category))


def _told_by(candidate: Candidate) -> tuple[str, str, str, str]:
    return candidate.category, candidate.class_code, candidate.name, candidate.protected or ""


def _concerns(rule: Rule, candidate: Candidate, scope: Scope | None) -> bool:
    """Whether a check is about such candidates at all."""
    if rule.id not in OF_WORDS.keys() | OF_PLACES.keys() or rule.id in OF_IMPORTS:
        return False
    if candidate.action == "delete":
        return rule.id in OF_DELETIONS
    if rule.id in OF_CHANGES:
        return candidate.action == "rename"
    if rule.jurisdiction != NATION and not candidate.unit.startswith(rule.jurisdiction):
        return False
    if rule.id in SCOPED:
        return _is_of_scope(rule, candidate, scope)
    categories = CONCERNS[rule.id].categories if rule.id in CONCERNS else ()
    return not categories or candidate.category in categories


def _is_of_scope(rule: Rule, candidate: Candidate, scope: Scope | None) -> bool:
    if not candidate.category:
        return rule.id == "PN08b"  # one of them says that nobody knows
    if scope is None or rule.id in ("PN08e", "PN08f"):
        return scope is not None and scope.rule == "PN08e" and scope.binding is (rule.id == "PN08e")
    return scope.rule == rule.id


def _missing(rule: Rule, candidate: Candidate, day: date) -> Verdict | None:
    """Why a check cannot be asked, if so."""
    concern = CONCERNS.get(rule.id)
    why = None
    if not rule.holds_on(day):
        why = NOT_IN_FORCE.fill(since=rule.source.in_force_from)
    elif not candidate.name and rule.id != "PN14":
        why = NO_NAME
    elif rule.id in SCOPED and not candidate.category:
        why = NO_CATEGORY
    elif rule.id in OF_PLACES and not candidate.unit and rule.id not in OF_CHANGES:
        why = NO_UNIT
    elif concern and concern.position and candidate.geom is None:
        why = NO_POSITION
    return None if why is None else Verdict(rule, State.NOT_CHECKED, why)


def _asked(rule: Rule, asked: Asked) -> Verdict:
    offences = list(_offences(rule, asked))
    survey = Survey({}, asked.settings)
    findings = tuple(as_finding(rule, each, survey) for each in offences)
    hits = tuple(each.hit for each in offences if isinstance(each, Likened) and each.hit is not None)
    if rule.checklist:
        return Verdict(rule, State.CHECKLIST, JUDGE, findings, hits)
    if findings:
        return Verdict(rule, State.FOUND, STATES[State.FOUND], findings, hits)
    if rule.id == "PN02" and not asked.settings.name_jurisdiction:
        return Verdict(rule, State.NOT_CHECKED, NO_LIMITS)
    return Verdict(rule, State.PASSES, PASSED.get(rule.id, NOTHING))


def _offences(rule: Rule, asked: Asked) -> Iterator[Offence]:
    assert asked.candidate is not None
    if rule.id in OF_WORDS:
        found = OF_WORDS[rule.id](asked.candidate, asked.day, asked.settings)
    else:
        found = OF_PLACES[rule.id](asked)
    name = asked.candidate.name
    return (replace(each, register=NAMES.name, row=None, key=each.key or name) for each in found)


def _each_place_once(verdicts: list[Verdict]) -> Iterator[Verdict]:
    """Leaves out of the near names what an earlier check has called the same or a homophone."""
    told = {hit.place for each in verdicts if each.rule.id in SCOPED for hit in each.hits}
    for each in verdicts:
        if each.rule.id == "PN18" and any(hit.place in told for hit in each.hits):
            left = [pair for pair in zip(each.findings, each.hits, strict=True) if pair[1].place not in told]
            findings, hits = tuple(one for one, _ in left), tuple(hit for _, hit in left)
            yield (
                replace(each, findings=findings, hits=hits)
                if left
                else Verdict(each.rule, State.PASSES, PASSED["PN18"])
            )
        else:
            yield each


def _finding_json(finding: Finding) -> dict[str, Any]:
    return {
        "severity": finding.severity.value, "message": finding.message.as_dict(), "fix": finding.fix.as_dict(),
        "geometry": None if finding.geometry is None else mapping(finding.geometry),
    }  # fmt: skip
