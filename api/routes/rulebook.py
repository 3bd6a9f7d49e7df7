"""Rules: what is checked, by which law, and how to mend it."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from api import pages
from api.answers import json_answer
from api.deps import Visitor
from gis.intake.rules import RULES, Rule

router = APIRouter()


@router.get("/rules")
def rules(request: Request, _visitor: Visitor) -> Response:
    """Every rule with its law, its weight, its words and how to mend what it finds."""
    if pages.wants_page(request):
        return pages.page(request, "rules.html", rules=list(RULES.values()))
    return json_answer(request, {"rules": [as_json(each) for each in RULES.values()]})


def as_json(rule: Rule) -> dict[str, object]:
    """A rule for programs."""
    return {
        "rule": rule.id,
        "registers": list(rule.registers),
        "severity": rule.severity.value,
        "title": rule.title.as_dict(),
        "message": rule.message.as_dict(),
        "fix": rule.fix.as_dict(),
        "why": rule.why,
        "source": {
            "citation": rule.source.citation,
            "grade": rule.source.grade,
            "in_force_from": rule.source.in_force_from,
        },
        "jurisdiction": rule.jurisdiction,
        "checklist": rule.checklist,
    }
