"""Place names and addresses: what they are called, how that is checked, changed and found."""

from placenames import (  # noqa: F401 - registers, tables, rules and followers enter their lists when they are imported
    appellations,
    checks,
    names,
)
from placenames.addresses import addresses, former_addresses, toponyms  # noqa: F401
from placenames.casework import attachments, cases, consultations, follow_ups  # noqa: F401
