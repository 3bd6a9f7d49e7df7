"""What sites must satisfy: cemeteries, facilities, zones and graves, by the law and by their numbers."""

from placenames.sites.checks import (  # noqa: F401 - rules enter their list when they are imported
    cemetery_rules,
    facility_rules,
    grave_rules,
    site_place_rules,
)
