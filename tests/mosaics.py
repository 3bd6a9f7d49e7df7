"""Little mosaics drawn in text: each cell names the units that cover it, a full stop is nobody's ground.

A A B
A . B        one cell is 0.01°; north is up; AB would be an overlap
"""

import geopandas as gpd
import numpy as np
import shapely

CELL = 0.01
ORIGIN = (110.3, 30.7)


def mosaic(drawing: str) -> gpd.GeoDataFrame:
    """The units of a drawing as polygons that share all their vertices: code, name, geometry."""
    rows = [line.split() for line in drawing.strip().splitlines()]
    cells: dict[str, list[shapely.Polygon]] = {}
    for south, row in enumerate(reversed(rows)):
        for east, units in enumerate(row):
            for unit in units.replace(".", ""):
                cells.setdefault(unit, []).append(_cell(east, south))
    return units_of({unit: shapely.union_all(parts) for unit, parts in cells.items()})


def units_of(shapes: dict[str, shapely.Geometry | None], crs: str = "EPSG:4490") -> gpd.GeoDataFrame:
    """Units with their shapes: code, name, geometry."""
    codes = list(shapes)
    names = [f"{each}山镇" for each in codes]
    return gpd.GeoDataFrame({"code": codes, "name": names}, geometry=list(shapes.values()), crs=crs)


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    """A box in cells from the south-west corner of a drawing."""
    x, y = ORIGIN
    return shapely.box(x + west * CELL, y + south * CELL, x + east * CELL, y + north * CELL)


def is_left_of(line: shapely.LineString, unit: shapely.Geometry) -> bool:
    """Whether a unit lies on the left of a line, judged beside the middle of each of its steps."""
    xy = shapely.get_coordinates(line)
    along = np.diff(xy, axis=0)
    beside = (xy[:-1] + xy[1:]) / 2 + np.column_stack([-along[:, 1], along[:, 0]]) * 1e-3
    return bool(shapely.covers(unit, shapely.points(beside)).all())


def _cell(east: int, south: int) -> shapely.Polygon:
    # Each corner is computed from its own number, so that neighbours share it to the last bit.
    west, right = (ORIGIN[0] + CELL * (east + i) for i in (0, 1))
    foot, top = (ORIGIN[1] + CELL * (south + i) for i in (0, 1))
    return shapely.Polygon([(west, foot), (right, foot), (right, top), (west, top)])
