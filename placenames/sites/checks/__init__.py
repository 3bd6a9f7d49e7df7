"""What sites must satisfy: cemeteries, facilities, zones and graves, by the law and by their numbers."""

from placenames.sites.checks import (  # noqa: F401 - rules enter their list when they are imported
    cemetery_area_rules,
    cemetery_duty_rules,
    cemetery_profit_rules,
    cemetery_rules,
    cemetery_zone_rules,
    facility_rules,
    facility_service_rules,
    grave_rules,
    site_area_rules,
    site_day_rules,
    site_place_rules,
    site_placeless_rules,
)
