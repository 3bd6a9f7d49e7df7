"""What lookups of addresses answer: GeocodeJSON with what the register knows beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gis.features import FULL
from gis.settings import Settings
from gis.text import Text
from placenames.addresses.finding.explanations import level_words
from placenames.addresses.finding.matches import Match

VERSION = "0.1.0"
TYPES = {
    "flat": "house", "plate": "house", "interpolated": "house",
    "street": "street", "village": "locality", "town": "district",
}  # fmt: skip
"""What GeocodeJSON calls our levels."""
ACCURACY_M = {"flat": 20, "plate": 20, "interpolated": 100, "street": 1000, "village": 1000, "town": 5000}
"""Roughly how far the point may be off, in metres: our inference, not measured on anybody's plates."""


def collection(query: str, found: Sequence[Match], config: Settings, decimals: int, **more: Any) -> dict[str, Any]:
    """A FeatureCollection of matches, the best first; the first names the others as its alternatives."""
    features = [as_feature(each, decimals) for each in found]
    if features:
        features[0]["properties"]["alternatives"] = [_brief(each) for each in found[1:]]
    return {
        "type": "FeatureCollection",
        "geocoding": {"version": VERSION, "attribution": config.title, "query": query},
        "features": features,
        **more,
    }


def as_feature(match: Match, decimals: int, distance_m: float | None = None, **more: Any) -> dict[str, Any]:
    """A match as a feature; its point, and how far it is, are as fine as its reader may see (EPSG:4490, lon lat; m)."""
    if distance_m is not None:
        more["distance_m"] = distance_m if decimals >= FULL else round(distance_m, -1)
    return {
        "type": "Feature",
        **({"id": match.id} if match.id else {}),
        "geometry": _point(match, decimals),
        "properties": {**_brief(match), **_details(match), **more},
    }


def words(texts: Sequence[Text]) -> list[dict[str, str]]:
    """Sentences in both languages."""
    return [each.as_dict() for each in texts]


def _brief(match: Match) -> dict[str, Any]:
    return {
        "id": match.id or None,
        "label": match.label,
        "score": round(match.score, 3),
        "match_level": match.match_level,
    }


def _details(match: Match) -> dict[str, Any]:
    return {
        "code": match.code or None,
        "unit": match.unit,
        "status": match.status or None,
        "level_words": level_words(match.match_level).as_dict(),
        "changed": words(match.changed),
        "geocoding": {
            "type": TYPES[match.match_level],
            "label": match.label,
            "accuracy": ACCURACY_M[match.match_level],
        },
    }


def _point(match: Match, decimals: int) -> dict[str, Any] | None:
    if match.lon is None or match.lat is None:
        return None
    fine = min(decimals, FULL)
    return {"type": "Point", "coordinates": [round(match.lon, fine), round(match.lat, fine)]}
