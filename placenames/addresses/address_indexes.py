"""The indexes by which the addresses known now are found: by plate, by community and by the whole address."""

from __future__ import annotations

from sqlalchemy import Index, text

from placenames.addresses.addresses import ADDRESSES

_C = ADDRESSES.table.c
_KNOWN = text("superseded_at IS NULL")
_BY_TEXT = {"bearer_key": "text_pattern_ops", "plate_key": "text_pattern_ops", "inside_key": "text_pattern_ops"}
Index("ix_addresses_plate", _C.bearer_key, _C.ordinal, _C.plate_key, _C.inside_key,
      postgresql_ops=_BY_TEXT, postgresql_where=_KNOWN)  # fmt: skip
Index("ix_addresses_community", _C.unit, _C.community, postgresql_where=_KNOWN)
Index("ix_addresses_exact", _C.exact_key, postgresql_where=_KNOWN)
