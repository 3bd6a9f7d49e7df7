"""Sites as an office's own lists: Chinese titles and words, the place of points in 经度 and 纬度."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd

from gis.registers import Register


def as_table(register: Register, sites: gpd.GeoDataFrame) -> pd.DataFrame:
    """Sites at points (EPSG:4490) as rows of a list, an empty place where there is none."""
    fields = (*register.fields, *register.personal)
    said = pd.DataFrame({each.name: sites[each.name] for each in fields if each.name in sites}, dtype=object)
    for each in fields:
        if each.name in said and each.choices:
            words = {stored: text.zh for stored, text in (each.words or {}).items()} or {"yes": "是", "no": "否"}
            said[each.name] = said[each.name].map(lambda stored, words=words: words.get(stored, stored))
    titles = {each.name: each.title.zh for each in fields}
    return said.rename(columns=titles).assign(经度=sites.geometry.x, 纬度=sites.geometry.y)


def write_table(register: Register, sites: gpd.GeoDataFrame, path: Path) -> Path:
    """Writes sites as a list, .csv or .xlsx; returns the path."""
    said = as_table(register, sites)
    if path.suffix == ".xlsx":
        said.to_excel(path, index=False)
    else:
        said.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")
    return path
