"""Checks of names, the same for lists, candidates and cases; read `entering`, `asked`, `scoping`, `same_names`."""

from placenames.checks import (  # noqa: F401 - rules enter their list when they are imported
    entity_rules,
    form_rules,
    keeping_rules,
    name_rules,
    place_code_rules,
    place_rules,
    romanization_rules,
    wording_rules,
)
