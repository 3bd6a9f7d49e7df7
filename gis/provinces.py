"""Where each province lies, roughly, to notice data that were put down in the wrong place.

The boxes are a sieve for slips of three degrees (a wrong central meridian), not boundaries: whole or half
degrees, rounded outwards, in lon/lat.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gis.text import Text

MARGIN = 0.25
CODE = re.compile(r"[1-8]\d{5}(\d{3}(\d{3})?)?")
HEADS = re.compile(r"DM$|CODE|代码|编码|ADCODE|^(LEFT|RIGHT|CODE)$", re.IGNORECASE)

# code prefix -> name, name, west, south, east, north
PROVINCES: dict[str, tuple[str, str, float, float, float, float]] = {
    "11": ("北京市", "Beijing", 115, 39, 118, 41.5),
    "12": ("天津市", "Tianjin", 116.5, 38, 118.5, 40.5),
    "13": ("河北省", "Hebei", 113, 36, 120, 43),
    "14": ("山西省", "Shanxi", 110, 34.5, 115, 41),
    "15": ("内蒙古自治区", "Inner Mongolia", 97, 37, 126.5, 53.5),
    "21": ("辽宁省", "Liaoning", 118.5, 38.5, 126, 43.5),
    "22": ("吉林省", "Jilin", 121.5, 40.5, 131.5, 46.5),
    "23": ("黑龙江省", "Heilongjiang", 121, 43, 135.5, 54),
    "31": ("上海市", "Shanghai", 120.5, 30.5, 122.5, 32),
    "32": ("江苏省", "Jiangsu", 116, 30.5, 122.5, 35.5),
    "33": ("浙江省", "Zhejiang", 118, 27, 123.5, 31.5),
    "34": ("安徽省", "Anhui", 114.5, 29, 120, 35),
    "35": ("福建省", "Fujian", 115.5, 23.5, 121, 28.5),
    "36": ("江西省", "Jiangxi", 113.5, 24, 118.5, 30.5),
    "37": ("山东省", "Shandong", 114.5, 34, 123, 38.5),
    "41": ("河南省", "Henan", 110, 31, 117, 36.5),
    "42": ("湖北省", "Hubei", 108, 29, 116.5, 33.5),
    "43": ("湖南省", "Hunan", 108.5, 24.5, 114.5, 30.5),
    "44": ("广东省", "Guangdong", 109.5, 20, 117.5, 25.5),
    "45": ("广西壮族自治区", "Guangxi", 104, 20.5, 112.5, 26.5),
    "46": ("海南省", "Hainan", 108, 3, 119, 20.5),
    "50": ("重庆市", "Chongqing", 105, 28, 110.5, 32.5),
    "51": ("四川省", "Sichuan", 97, 26, 109, 34.5),
    "52": ("贵州省", "Guizhou", 103.5, 24.5, 110, 29.5),
    "53": ("云南省", "Yunnan", 97, 21, 106.5, 29.5),
    "54": ("西藏自治区", "Tibet", 78, 26.5, 99.5, 37),
    "61": ("陕西省", "Shaanxi", 105, 31.5, 111.5, 40),
    "62": ("甘肃省", "Gansu", 92, 32.5, 109, 43),
    "63": ("青海省", "Qinghai", 89, 31.5, 103.5, 39.5),
    "64": ("宁夏回族自治区", "Ningxia", 104, 35, 108, 39.5),
    "65": ("新疆维吾尔自治区", "Xinjiang", 73, 34, 97, 49.5),
    "71": ("台湾省", "Taiwan", 114, 10, 125, 27),
    "81": ("香港特别行政区", "Hong Kong", 113.5, 22, 114.5, 23),
    "82": ("澳门特别行政区", "Macao", 113, 22, 114, 22.5),
}


def home(columns: Mapping[str, NDArray[Any]]) -> str | None:
    """The province that the unit codes of a layer name, when they all name the same one."""
    found: Counter[str] = Counter()
    for name, values in columns.items():
        if HEADS.search(name):
            texts = [str(each).removesuffix(".0") for each in values[:1000] if pd.notna(each)]
            codes = [each for each in texts if CODE.fullmatch(each)]
            if len(codes) == len(texts):
                found.update(code[:2] for code in codes)
    return next(iter(found)) if len(found) == 1 and next(iter(found)) in PROVINCES else None


def holds(province: str, lon: float, lat: float) -> bool:
    """Whether a point lies in or near the province's box."""
    west, south, east, north = PROVINCES[province][2:]
    return bool(
        np.isfinite([lon, lat]).all()
        and west - MARGIN <= lon <= east + MARGIN
        and south - MARGIN <= lat <= north + MARGIN
    )


def centre(province: str) -> float:
    """The longitude in the middle of the box."""
    west, _, east, _ = PROVINCES[province][2:]
    return (west + east) / 2


def title(province: str) -> Text:
    """The province's name."""
    return Text(*PROVINCES[province][:2])
