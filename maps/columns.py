"""Many points drawn alike, told column by column, as `jiezhi.clustered` in map.js reads them.

A column is a text that all of them have, or how all of them begin and then, one by one, how each goes on. So a browser
has little to read, and makes what a point tells when somebody asks for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os.path import commonprefix
from typing import Any

Column = str | list[str]


def columns_of(features: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Points as `layers.drawn` makes them, at least one, all of one style; one of several places counts as several."""
    points = [(each, place) for each in features for place in _places(each["geometry"])]
    told = [each["properties"] for each, _ in points]
    keys = column([str(each["id"]) for each, _ in points])
    forms = [tuple(word for word, _ in about["rows"]) for about in told]
    kinds = {form: number for number, form in enumerate(dict.fromkeys(forms))}
    rows = [[value for _, value in about["rows"]] for about in told]
    links = column([(about["link"] or ("", ""))[0] for about in told])
    photos = [about.get("photo") or ("", "") for about in told]
    pictures = {"photos": column([place for place, _ in photos]), "captions": column([words for _, words in photos])}
    return (pictures if any(place for place, _ in photos) else {}) | {
        "style": told[0]["style"],
        "lons": [place[0] for _, place in points],
        "lats": [place[1] for _, place in points],
        "keys": keys,
        "titles": column([about["title"] for about in told]),
        "words": list(kinds),
        "forms": [kinds[form] for form in forms],
        "rows": [column([row[n] if n < len(row) else "" for row in rows]) for n in range(max(map(len, forms)))],
        "links": links[:1] if isinstance(links, list) and links[1:] == keys[1:] else links,  # they go on as the keys do
        "details": column([(about["link"] or ("", ""))[1] for about in told]),
    }


def column(values: Sequence[str]) -> Column:
    """Texts, what they begin with told once."""
    begin = commonprefix(values)  # noqa: RUF071 - letter by letter, as is meant
    rest = [each[len(begin) :] for each in values]
    return [begin, *rest] if any(rest) else begin


def _places(geometry: Mapping[str, Any]) -> Sequence[Sequence[float]]:
    places: Sequence[Any] = geometry["coordinates"]
    return [places] if geometry["type"] == "Point" else places
