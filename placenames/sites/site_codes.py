"""Codes of sites that were sent without one: made of what tells one site of a unit from the next."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import geopandas as gpd
import shapely

LENGTH = 14


def with_codes(
    sheet: gpd.GeoDataFrame, letter: str, parts: Sequence[str], placeless: Sequence[str] = ()
) -> gpd.GeoDataFrame:
    """Gives each row without a code one made of its unit and `parts`; the same list sent again gets the same codes.

    Rows that lack their unit or all of the parts stay without. Where `placeless` is given, several rows may say the same in
    all parts: they are told apart by where they are (EPSG:4490, to 1e-6°), those without a place by these fields.
    """
    whole = sheet.copy()
    told = [whole[name].astype(object).where(whole[name].notna(), None) for name in ("code", "unit", *parts)]
    apart = _what_tells_apart(whole, placeless) if placeless else [()] * len(whole)
    whole["code"] = [
        code or (_made(letter, unit, (*said, *more)) if unit and any(said) else None)
        for (code, unit, *said), more in zip(zip(*told, strict=True), apart, strict=True)
    ]
    return whole


def _what_tells_apart(sheet: gpd.GeoDataFrame, placeless: Sequence[str]) -> list[tuple[object, ...]]:
    """Of each row where it is; of one that is nowhere, what these fields say."""
    said = sheet[list(placeless)].astype(object).where(sheet[list(placeless)].notna(), None).itertuples(index=False)
    return [
        tuple(row) if shape is None or shape.is_empty else (shapely.to_wkt(shape, rounding_precision=6),)
        for row, shape in zip(said, sheet.geometry, strict=True)
    ]


def _made(letter: str, unit: str, said: Sequence[object]) -> str:
    text = "|".join((unit, *("" if each is None else str(each) for each in said)))
    return letter + hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()[:LENGTH].upper()
