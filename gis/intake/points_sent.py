"""Places as they are sent: in a register of points, a line or an area is a finding, and its row has no place.

So is what reaches around a quarter of the globe: on the ellipsoid its edges have no sure direction, and nothing is measured.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely

from gis.files import Layer
from gis.intake.rules import Offence, Severity
from gis.registers import Register
from gis.text import Text

POINTS = (int(shapely.GeometryType.POINT), int(shapely.GeometryType.MULTIPOINT))
WIDEST = 90.0
"""In degrees."""
_ENDLESS = Text("图形宽于 {most:g} 度,坐标有误", "the shape is wider than {most:g}°: its coordinates are wrong")
_ENDLESS_FIX = Text("改正坐标后重新报送", "correct the coordinates and send again")
_NO_POINT = Text("这一行的图形是{kind},不是点", "the shape of this row is a {kind}, not a point")
_NO_POINT_FIX = Text(
    "改为一个点后重新报送;不知道位置的,删去图形",
    "make it one point and send again; where the place is not known, take the shape out",
)
_SHAPE = Text("混合图形", "collection")
_KINDS = {
    "LineString": Text("线", "line"), "MultiLineString": Text("线", "line"),
    "Polygon": Text("面", "polygon"), "MultiPolygon": Text("面", "polygon"),
}  # fmt: skip


def placed(register: Register, shapes: Any) -> Any:
    """The shapes of a layer (EPSG:4490) as its register can keep them: where it keeps points, what is none is no place."""
    if register.geometry == "POINT":
        return np.where(np.isin(shapely.get_type_id(shapes), POINTS), shapes, None)
    return np.where(_endless(register, shapes), None, shapes) if register.listed else shapes


def no_places(register: Register, layer: Layer, rows: Mapping[Any, Any]) -> list[Offence]:
    """The rows whose shape their register does not keep, each with the reason; `rows` numbers them in the sheet."""
    shapes, numbers = layer.frame.geometry.to_numpy(), layer.frame["row"].to_numpy()
    if register.geometry != "POINT":
        return [
            Offence(register.name, rows.get(numbers[at]), None, {"most": WIDEST}, Severity.ERROR, layer.file, layer.name,
                    text=_ENDLESS, fix=_ENDLESS_FIX)
            for at in np.flatnonzero(_endless(register, shapes))
        ]  # fmt: skip
    wrong = np.flatnonzero(~shapely.is_missing(shapes) & ~np.isin(shapely.get_type_id(shapes), POINTS))
    return [
        Offence(
            register.name, rows.get(numbers[at]), shapes[at], {"kind": _KINDS.get(shapes[at].geom_type, _SHAPE)},
            Severity.ERROR, layer.file, layer.name, text=_NO_POINT, fix=_NO_POINT_FIX,
        )
        for at in wrong
    ]  # fmt: skip


def _endless(register: Register, shapes: Any) -> Any:
    """Which shapes of a listed register are wider or higher than anything in a county (true or false for each)."""
    west, south, east, north = shapely.bounds(shapes).T
    wide = np.maximum(east - west, north - south)
    return wide > WIDEST if register.listed else np.zeros(len(shapes), bool)
