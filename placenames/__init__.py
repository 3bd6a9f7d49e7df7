"""Place names and addresses: what they are called, how that is checked, changed and found."""

from placenames import names, sites  # noqa: F401 - registers enter their list when they are imported
from placenames.addresses import addresses  # noqa: F401
