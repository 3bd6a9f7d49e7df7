"""Codes of sites that were sent without one: made of what tells one site of a unit from the next."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import geopandas as gpd

LENGTH = 14


def with_codes(sheet: gpd.GeoDataFrame, letter: str, parts: Sequence[str]) -> gpd.GeoDataFrame:
    """Gives each row without a code one made of its unit and `parts`; the same list sent again gets the same codes.

    Rows that lack their unit or all of the parts stay without.
    """
    whole = sheet.copy()
    told = [whole[name].astype(object).where(whole[name].notna(), None) for name in ("code", "unit", *parts)]
    whole["code"] = [
        code or (_made(letter, unit, said) if unit and any(said) else None)
        for code, unit, *said in zip(*told, strict=True)
    ]
    return whole


def _made(letter: str, unit: str, said: Sequence[object]) -> str:
    text = "|".join((unit, *("" if each is None else str(each) for each in said)))
    return letter + hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()[:LENGTH].upper()
