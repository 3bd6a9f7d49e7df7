"""What addresses must satisfy: their parts and numbers, the ground, the street, and the five defects."""

from placenames.addresses.checks import (  # noqa: F401 - rules enter their list when they are imported
    address_defect_rules,
    address_rules,
    address_text_rules,
    address_unit_rules,
    duplicate_addresses,
    former_number_rules,
    number_as_sent,
    numbering_along_streets,
    persons_in_text_rules,
    street_distance_rules,
    street_name_rules,
    street_side_rules,
)
