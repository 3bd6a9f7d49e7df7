"""The names an address may hold, read once from the registers and kept until anything is recorded."""

from __future__ import annotations

from collections import OrderedDict
from datetime import date
from threading import Lock

from sqlalchemy import Connection

from gis import events
from gis.db import Database
from placenames.addresses.address_lexicon import lexicon_on
from placenames.addresses.address_names import Lexicon

ROOM = 4
"""Lexicons in one process: of today and of a few other days."""

_lexicons: OrderedDict[tuple[str, str, date, date], Lexicon] = OrderedDict()
_turn = Lock()


def names_known(database: Database, look: Connection, on: date) -> Lexicon:
    """The names that the public may know, seen from a legal day; read anew when something was recorded since."""
    key = (database.url, events.state_of_everything(look), on, date.today())
    with _turn:
        if key not in _lexicons:
            _lexicons[key] = lexicon_on(look, on)
            while len(_lexicons) > ROOM:
                _lexicons.popitem(last=False)
        _lexicons.move_to_end(key)
        return _lexicons[key]
