"""What the steps of a case do beside leading on: each answers the columns of the case that it fills."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from boundaries.units import UNITS
from gis.errors import BadInput, Conflict
from gis.history import in_force
from gis.people import Person
from placenames.casework import case_drafts, case_screening, cases, consultations, opinions, three_reports
from placenames.casework.case_contents import LONGEST_LINE, plain, text
from placenames.casework.case_decisions import Decision
from placenames.kinds import APPROVALS, Category
from placenames.language import romanise

GOVERNMENT = "人民政府"
AFTER_APPROVAL = ("approved", "filed")
LETTERS = re.compile("(?:[A-Za-z][\u0300-\u0302\u0304\u0308\u030c]{0,2}|[0-9 '-])+")
"""Letters with their tone marks (also ü and ê) in decomposed form, digits, and the marks between words and syllables."""


def submit(tx: Connection, case: Mapping[str, Any], person: Person, decision: Decision) -> dict[str, Any]:
    """Sends a case in, for the first time or again: it must be complete, and is checked once more.

    Raises BadInput with what is missing; or when every name is blocked and no reason is given why one should be considered
    all the same.
    """
    looked_at: dict[str, Any] = {}
    if case["place"] is not None:
        place = case_drafts.standing_place(tx, person, case["place"], case["action"])
        case_drafts.nothing_is_announced_for(tx, case, place["name"])
        case_drafts.must_change_the_name(case, place["name"])
        looked_at = {"version": place["version"], "open_to_public": case_drafts.is_disclosed(place)}
    case_drafts.must_be_complete(tx, case)
    found = case_screening.screen(tx, case)
    blocked = [case_screening.blocking(found, at) for at in range(len(case["candidates"]))]
    if blocked and all(blocked) and not decision.reason:
        raise _blocked(blocked[0], "仍要提交", "to submit it all the same")
    return {"round": case["round"] + 1, "checks": found, "chosen": None, **looked_at}


def accept(_tx: Connection, _case: Mapping[str, Any], _person: Person, _decision: Decision) -> dict[str, Any]:
    """Takes a case up."""
    return {"accepted_on": date.today()}


def consult(_tx: Connection, _case: Mapping[str, Any], _person: Person, decision: Decision) -> dict[str, Any]:
    """Asks the public and the departments, until a closing day."""
    return {"consult_until": decision.consult_until}


def close_consultation(
    tx: Connection, case: Mapping[str, Any], _person: Person, decision: Decision
) -> dict[str, Any]:
    """Closes a consultation after its closing day; the reason is the summary. Raises Conflict while it runs."""
    consultations.close(tx, case, decision.reason, date.today())
    return {}


def confirm_romanization(
    _tx: Connection, case: Mapping[str, Any], person: Person, decision: Decision
) -> dict[str, Any]:
    """A person confirms how a name is spelt, as it stands or as they write it.

    Raises BadInput unless it is spelt in Latin letters; or when it is not what the rules give and no reason says why.
    After the approval only the spelling of the approved name is open.
    """
    approved = case["state"] in AFTER_APPROVAL
    at = _which(case, replace(decision, chosen=case["chosen"]) if approved else decision)
    candidates = [dict(each) for each in case["candidates"]]
    roman = _in_letters(text(decision.roman, LONGEST_LINE) or candidates[at]["roman"])
    _follows_the_rules_or_says_why(case, candidates[at], roman, decision.reason)
    candidates[at] |= {
        "roman": roman,
        "roman_plain": plain(roman),
        "roman_confirmed_by": person.id,
    }
    return {"candidates": candidates}


def is_confirmed_already(_tx: Connection, case: Mapping[str, Any]) -> Conflict | None:
    """Why the spelling of an approved name is no longer open: a person has confirmed it, and it was approved with it."""
    at = case["chosen"]
    if at is None or at >= len(case["candidates"]) or not case["candidates"][at].get("roman_confirmed_by"):
        return None
    return Conflict(
        "批准后,已核定的拼写不再更改", "after the approval, a spelling that was confirmed is not changed any more"
    )


def is_answered(tx: Connection, case: Mapping[str, Any]) -> Conflict | None:
    """Why a consultation cannot be taken back: somebody has answered it, and is owed what was made of the answer."""
    if not any(opinions.counts(tx, case["id"]).values()):
        return None
    return Conflict(
        "已收到意见,不能撤回征求意见;届满后写明采纳处理情况再结束",
        "opinions have come in; the consultation is not taken back, but closed with a summary after its closing day",
    )


def recommend(tx: Connection, case: Mapping[str, Any], _person: Person, decision: Decision) -> dict[str, Any]:
    """Puts one name forward: its romanization is confirmed, nothing blocks it and the reports that are due are there, or a
    reason says why it may be used.

    Raises BadInput.
    """
    found = case_screening.screen(tx, case)
    if case["action"] == "delete":
        return {"checks": found}
    at = _which(case, decision)
    _is_confirmed(case, at)
    blocking = case_screening.blocking(found, at)
    if blocking and not decision.reason:
        raise _blocked(blocking, "仍要报请批准", "to put it forward all the same")
    three_reports.must_be_there(tx, case, decision.reason)
    return {"checks": found, "chosen": at}


def approve(tx: Connection, case: Mapping[str, Any], _person: Person, decision: Decision) -> dict[str, Any]:
    """Notes who approved, when and under which number; for what is decided here, that is always the county government."""
    given = "" if case["track"] == "decide" else text(decision.approved_by, LONGEST_LINE)
    organ = given or _government(tx, case)
    document = text(decision.document, LONGEST_LINE)
    return {"approved_on": decision.approved_on, "approved_by": organ, "document": document}


def record_outcome(
    tx: Connection, case: Mapping[str, Any], person: Person, decision: Decision
) -> dict[str, Any]:
    """Notes which name another department approved, when and under which number."""
    chosen = None if case["action"] == "delete" else _which(case, decision)
    return approve(tx, case, person, decision) | {"chosen": chosen}


def file(_tx: Connection, _case: Mapping[str, Any], _person: Person, decision: Decision) -> dict[str, Any]:
    """Notes that the approval was filed."""
    return {"filing_document": text(decision.filing_document, LONGEST_LINE), "filed_on": decision.filed_on}


def _which(case: Mapping[str, Any], decision: Decision) -> int:
    """The candidate that a step is about: as said, as chosen before, or the only one. Raises BadInput."""
    number = len(case["candidates"])
    if not number:
        raise BadInput("该事项没有拟用名称", "no name is proposed in this case")
    at = decision.chosen if decision.chosen is not None else case["chosen"]
    at = 0 if at is None and number == 1 else at
    if at is None or not 0 <= at < number:
        raise BadInput(
            "请指明是哪一个名称(chosen:0 至 {last})",
            "say which name it is about (chosen: 0 to {last})",
            last=number - 1,
        )
    return at


def _in_letters(roman: str) -> str:
    """A spelling in one Unicode form and with one sign for the apostrophe. Raises BadInput when it holds anything else."""
    spelt = unicodedata.normalize("NFD", roman.translate(romanise.APOSTROPHES))
    if not LETTERS.fullmatch(spelt) or not any(each.isalpha() for each in spelt):
        raise BadInput(
            "拼写只能用带调号的拉丁字母、空格、隔音符号、连字符和数字:{roman}",
            "a spelling holds Latin letters with tone marks, spaces, apostrophes, hyphens and digits only: {roman}",
            roman=roman,
        )
    return unicodedata.normalize("NFC", spelt)


def _follows_the_rules_or_says_why(
    case: Mapping[str, Any], each: Mapping[str, Any], roman: str, reason: str
) -> None:
    parts = {"specific": each["specific"], "generic": each["generic"]}
    proposed = romanise.spell(each["name"], **parts, category=case["category"])
    if not romanise.agrees(roman, proposed) and not reason.strip():
        raise BadInput(
            "拼写“{roman}”与规则所得“{proposed}”不符,须写明理由",
            "the spelling “{roman}” is not what the rules give, “{proposed}”; give a reason",
            roman=roman,
            proposed=proposed.toned,
        )


def _is_confirmed(case: Mapping[str, Any], at: int) -> None:
    each = case["candidates"][at]
    if not each.get("roman_confirmed_by"):
        raise BadInput(
            "“{name}”的罗马字母拼写({roman})须先由人核定",
            "the romanization of “{name}” ({roman}) must first be confirmed by a person",
            name=each["name"], roman=each["roman"],
        )  # fmt: skip


def _blocked(findings: list[dict[str, Any]], zh: str, en: str) -> BadInput:
    first = findings[0]
    return BadInput(
        "检查不通过({rule}:{said_zh});{zh}须写明理由",
        "a check does not pass ({rule}: {said_en}); {en}, give a reason",
        rule=first["rule"], said_zh=first["message"]["zh"], said_en=first["message"]["en"], zh=zh, en=en,
    )  # fmt: skip


def _government(tx: Connection, case: Mapping[str, Any]) -> str:
    """The county government in whose name it is decided; by what the law says when the county is not listed."""
    u = UNITS.table.c
    county = u.code == cases.county_of(case["unit"])
    name = tx.scalar(select(u.name).where(county, in_force(UNITS.table, date.today())))
    return f"{name}{GOVERNMENT}" if name else APPROVALS[Category(case["category"])].organ.zh
