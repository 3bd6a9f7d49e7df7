"""The whole street in one import: every register, table, rule and follower of the packages below."""

from __future__ import annotations

import boundaries.areas
import boundaries.progress
import gis.events
import gis.intake.publishing
import gis.intake.reading_rules
import gis.intake.reviews
import gis.jobs
import gis.people
import gis.plans
import gis.system_keys
import placenames
from gis.registers import REGISTERS

__all__ = ["REGISTERS", "boundaries", "gis", "placenames"]

for _register in REGISTERS.values():  # their tables are made when first asked for
    _ = _register.table if not _register.sent else _register.staging
    _ = _register.table
