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
import placenames.addresses.address_batches
import placenames.addresses.address_feed
import placenames.addresses.address_indexes
import placenames.addresses.addresses_named
import placenames.addresses.checks
import placenames.addresses.former_addresses
import placenames.appellations
import placenames.casework.attachments
import placenames.casework.cases
import placenames.casework.consultations
import placenames.casework.follow_ups
import placenames.checks
import placenames.sites.checks
import placenames.sites.site_photos
import placenames.sites.site_progress
import placenames.sites.zone_parts
from gis.registers import REGISTERS

__all__ = ["REGISTERS", "boundaries", "gis", "placenames"]

for _register in REGISTERS.values():  # their tables are made when first asked for
    _ = _register.table if not _register.sent else _register.staging
    _ = _register.table
