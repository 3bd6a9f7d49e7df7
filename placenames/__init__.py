"""Place names, addresses and sites: their registers move in with their stories."""

from placenames import (  # noqa: F401 - registers, tables, rules and followers enter their lists when they are imported
    appellations,
    attachments,
    cases,
    consultations,
    entity_rules,
    follow_ups,
    form_rules,
    keeping_rules,
    name_rules,
    names,
    place_code_rules,
    place_rules,
    romanization_rules,
    wording_rules,
)
