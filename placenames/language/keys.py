"""Keys: what a name is compared by: its folded writing and its sound, whole and without its generic part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from placenames.language import wording
from placenames.language.sounds import typed_syllables


class Keys(NamedTuple):
    """Two names with an equal key are the same, or sound the same, in that respect."""

    key: str
    """The whole name, folded: width, traditional characters, case and spaces do not count."""
    core: str
    """The specific part, folded, without 新/大/小/老 before it and without the name of the place it lies in."""
    sound: str
    """Toneless syllables of the whole name."""
    core_sound: str
    """Toneless syllables of the specific part as `core` has it."""
    initials: str


KEYS = Keys._fields
"""The columns that hold them."""


def keys_of(
    name: str,
    category: str = "",
    *,
    around: Sequence[str] = (),
    readings: Mapping[str, str] | None = None,
) -> Keys:
    """The keys of a name; `around` names the county and city it lies in."""
    parts = wording.split(name, category)
    written = wording.comparison_keys(name, parts.specific, parts.generic, around)
    return Keys(written.full, written.specific, **sounds_of(written.full, written.specific, readings))


def sounds_of(key: str, core: str, readings: Mapping[str, str] | None = None) -> dict[str, str]:
    """The keys of a name that say how it sounds, made of those that say how it is written."""
    typed = tuple(typed_syllables(key, readings))
    return {
        "sound": " ".join(typed),
        "core_sound": " ".join(typed_syllables(core, readings)),
        "initials": "".join(each[0] for each in typed),
    }
