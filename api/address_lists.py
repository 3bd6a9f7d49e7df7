"""Addresses as an office's own list: a CSV with Chinese titles and words, the place in 经度 and 纬度."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import pandas as pd

from placenames.addresses.addresses import ADDRESSES, ANSWERS
from placenames.addresses.plates import BUILT, PLATES, STATUSES

TITLES = {each.name: each.title.zh for each in (*ADDRESSES.fields, *ADDRESSES.personal)}
WORDS: Mapping[str, Mapping[str, str]] = {
    "plate": PLATES, "status": STATUSES, "certified": ANSWERS, "built": BUILT,
}  # fmt: skip


def as_list(addresses: gpd.GeoDataFrame) -> pd.DataFrame:
    """Addresses (EPSG:4490) as rows of a list, an empty place where there is none."""
    said = pd.DataFrame(addresses.drop(columns="geometry"))
    for name, words in WORDS.items():
        said[name] = said[name].map(
            lambda stored, words=words: words[stored].split()[0] if stored in words else stored
        )
    places = addresses.geometry
    return said.rename(columns=TITLES).assign(经度=places.x, 纬度=places.y)


def write_list(addresses: gpd.GeoDataFrame, path: Path) -> Path:
    """Writes addresses as a list; returns the path."""
    as_list(addresses).to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")
    return path
