"""Place names and addresses: what they are called, how that is checked, changed and found."""

from placenames import (  # noqa: F401 - registers, tables, rules and followers enter their lists when they are imported
    appellations,
    checks,
    names,
)
from placenames.addresses import (  # noqa: F401
    address_batches,
    address_feed,
    addresses,
    addresses_named,
    former_addresses,
    toponyms,
)
from placenames.addresses.checks import (  # noqa: F401
    address_defect_rules,
    address_rules,
    address_unit_rules,
    duplicate_addresses,
    number_as_sent,
    numbering_along_streets,
    street_distance_rules,
    street_name_rules,
    street_side_rules,
)
from placenames.casework import attachments, cases, consultations, follow_ups  # noqa: F401
