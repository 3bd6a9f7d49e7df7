"""Unit areas in force: made anew from the lines whenever lines are published, for that day and every later one."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Date,
    DateTime,
    Double,
    ForeignKey,
    Index,
    Select,
    Table,
    bindparam,
    exists,
    func,
    insert,
    select,
)

from boundaries.faces import Areas, areas
from boundaries.lines import LINES, units_bounded
from boundaries.units import UNITS
from gis import crs, history
from gis.db import SCHEMA, metadata
from gis.errors import Conflict
from gis.history import in_force
from gis.intake import standing
from gis.intake.publishing import follows
from gis.record_tables import SRID
from gis.settings import settings
from gis.text import series

UNIT_PARTS = Table(
    "unit_part",
    metadata,
    Column("version", BigInteger, ForeignKey(f"{SCHEMA}.units.version"), nullable=False),
    Column("geom", Geometry("POLYGON", srid=SRID, spatial_index=False), nullable=False),
    Index("ix_unit_part_geom", "geom", postgresql_using="gist"),
    Index("ix_unit_part_version", "version"),
    schema=SCHEMA,
)
"""Areas cut into small pieces, so that the unit at a point is found at once however long its ring."""
PIECE = 256
ON_THE_LINE = 1e-9
"""Nearer to a line than this (°, 0.1 mm) is on it: pieces are cut with the rounding of doubles."""


@follows("lines")
def make_areas_anew(tx: Connection, submission: int, day: date, parents: set[str]) -> None:
    """Rebuilds the unit areas of some parents from a day on. Raises Conflict where the lines would not hold."""
    days = [day, *_later_days(tx, parents, day)]
    for start, stop in zip(days, [*days[1:], None], strict=True):
        lines = standing.frame(tx, LINES, start, standing.mentions(LINES, parents))
        made = areas(lines)
        ours = _bounded(made, lines, parents)
        _holds(made, ours, start)
        _record(tx, submission, ours, start, stop, made.units, lines)
    cut_into_parts(tx)


def _later_days(tx: Connection, parents: set[str], day: date) -> list[date]:
    registers = (LINES, UNITS)
    days = (history.change_days(tx, each.table, day, standing.mentions(each, parents)) for each in registers)
    return sorted(set().union(*days))


def _bounded(made: Areas, lines: gpd.GeoDataFrame, parents: set[str]) -> set[str]:
    """The parents whose ground the lines bound, without the neighbours that outer lines name on their far side.

    A county of one town has outer lines only: there it is the parents whose ground is closed.
    """
    home = units_bounded(lines)
    bounded = {parent for parent in parents if any(code.startswith(parent) for code in home)}
    return bounded or {parent for parent in parents if not made.lines_at_fault((parent,))} or parents


def _holds(made: Areas, parents: set[str], day: date) -> None:
    torn = made.lines_at_fault(tuple(parents))  # the far side of the outline stays open
    if torn:
        raise Conflict(
            "自 {day} 起界线不能闭合成面,涉及:{lines}",
            "from {day} on the lines do not close to areas; see {lines}",
            day=day,
            lines=series(torn[:6]),
        )


def _record(
    tx: Connection,
    submission: int,
    parents: set[str],
    start: date,
    stop: date | None,
    made: gpd.GeoDataFrame,
    lines: gpd.GeoDataFrame,
) -> None:
    """Gives the units their areas during an interval, and their parents the union of them."""
    units = standing.frame(tx, UNITS, start, standing.mentions(UNITS, parents))
    wanted = _with_shares(made, lines)
    wanted = wanted[wanted["code"].str.startswith(tuple(parents))]
    _every_unit_has_ground(units, wanted, settings().parts_level, start)
    whole = pd.concat([wanted, _unions(wanted, units, parents)], ignore_index=True)
    changes = _differences(units, whole)
    history.rewrite(tx, UNITS.table, [(each, start, stop, values) for each, values in changes], submission)


def _with_shares(made: gpd.GeoDataFrame, lines: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Adds to each area how much of its ring is agreed (0 to 1)."""
    lengths = crs.lengths_m(lines.geometry.to_numpy())
    agreed = np.where(lines["status"] == "agreed", lengths, 0.0)
    rings = (
        pd.concat(
            pd.DataFrame({"code": lines[side], "m": lengths, "agreed": agreed}) for side in ("left", "right")
        )
        .groupby("code")[["m", "agreed"]]
        .sum()
    )
    share = (rings["agreed"] / rings["m"]).round(4)
    return gpd.GeoDataFrame(
        {"code": made["code"], "agreed_share": made["code"].map(share)},
        geometry=made.geometry.to_numpy(),
        crs=made.crs,
    )


def _every_unit_has_ground(units: gpd.GeoDataFrame, wanted: gpd.GeoDataFrame, level: str, day: date) -> None:
    unknown = sorted(set(wanted["code"]) - set(units["code"]))
    if unknown:
        raise Conflict(
            "自 {day} 起界线提到的单位不在册:{codes}", "from {day} on lines mention units that are not registered: {codes}",
            day=day, codes=series(unknown[:6]),
        )  # fmt: skip
    had = units[(units["level"] == level) & units.geometry.notna()]
    lost = sorted(set(had["code"]) - set(wanted["code"]))
    if lost:
        raise Conflict(
            "自 {day} 起这些单位将没有辖区:{codes}", "from {day} on these units would have no ground: {codes}",
            day=day, codes=series(lost[:6]),
        )  # fmt: skip


def _unions(wanted: gpd.GeoDataFrame, units: gpd.GeoDataFrame, parents: set[str]) -> gpd.GeoDataFrame:
    """The ground of each parent: the union of its parts (their edges are shared exactly)."""
    rows = []
    for parent in sorted(parents & set(units["code"])):
        parts = wanted[wanted["code"].str.startswith(parent) & (wanted["code"] != parent)]
        if not parts.empty:
            ground = shapely.coverage_union_all(parts.geometry.to_numpy())
            rows.append({"code": parent, "agreed_share": None, "geometry": _as_multi(ground)})
    return gpd.GeoDataFrame(rows, columns=["code", "agreed_share", "geometry"], crs=wanted.crs)


def _as_multi(ground: Any) -> Any:
    return ground if ground.geom_type == "MultiPolygon" else shapely.multipolygons([ground])


def _differences(units: gpd.GeoDataFrame, whole: gpd.GeoDataFrame) -> list[tuple[Any, dict[str, Any]]]:
    """(id, new values) of the units whose ground or share is not what it was."""
    was = units.set_index("code")
    found = []
    for code, share, ground in zip(whole["code"], whole["agreed_share"], whole.geometry, strict=True):
        before = was.loc[code]
        same_share = before["agreed_share"] == share or (pd.isna(before["agreed_share"]) and pd.isna(share))
        if (
            not same_share
            or before.geometry is None
            or not shapely.equals_exact(before.geometry, ground, normalize=True)
        ):
            agreed = None if pd.isna(share) else float(share)
            found.append((before["id"], {"geom": history.stored(ground), "agreed_share": agreed}))
    return found


def cut_into_parts(tx: Connection) -> None:
    """Cuts the areas of versions that are new into their small pieces."""
    c = UNITS.table.c
    done = exists().where(UNIT_PARTS.c.version == c.version)
    parts = select(c.version, func.ST_Subdivide(c.geom, PIECE)).where(
        c.superseded_at.is_(None), c.geom.is_not(None), ~done
    )
    tx.execute(insert(UNIT_PARTS).from_select(["version", "geom"], parts))


def units_at(
    tx: Connection, lon: float, lat: float, on: date, known: datetime | None = None
) -> list[dict[str, Any]]:
    """The units that govern a point (EPSG:4490, °) on a day, with the units above them, from the top down.

    A point on a shared line lies in the units on both sides.
    """
    asked = {"lon": lon, "lat": lat, "on": on} | ({} if known is None else {"known": known})
    return [dict(row) for row in tx.execute(_governing(known is not None), asked).mappings()]


@cache
def _governing(of_a_moment: bool) -> Select[Any]:
    """The question of `units_at`, written once: to write it costs more than to answer it."""
    u = UNITS.table.c
    on: Any = bindparam("on", type_=Date)
    known: Any = bindparam("known", type_=DateTime(timezone=True)) if of_a_moment else None
    place = func.ST_MakePoint(bindparam("lon", type_=Double), bindparam("lat", type_=Double))
    here = (
        select(u.version, u.parent)
        .join_from(UNITS.table, UNIT_PARTS, UNIT_PARTS.c.version == u.version)
        .where(func.ST_DWithin(UNIT_PARTS.c.geom, func.ST_SetSRID(place, SRID), ON_THE_LINE))
        .where(in_force(UNITS.table, on, known))
        .cte("governing", recursive=True)
    )
    above = select(u.version, u.parent).join_from(UNITS.table, here, u.code == here.c.parent)
    governing = here.union(above.where(in_force(UNITS.table, on, known)))
    return (
        select(u.id, u.code, u.name, u.level, u.parent, u.valid_from, u.valid_to)
        .where(u.version.in_(select(governing.c.version)))
        .order_by(func.length(u.code), u.code)
    )
