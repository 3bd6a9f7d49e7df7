"""Sites: community facilities, cemeteries, the zones that keep graves out, and graves outside cemeteries."""

from placenames.sites import (  # noqa: F401 - registers enter their list when they are imported
    cemeteries,
    facilities,
    graves,
    prohibited_zones,
)
