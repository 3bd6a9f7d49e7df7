"""Staging: a checked delivery laid down beside the registers: its rows, its findings, and how it was read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import shapely
from geoalchemy2 import Geometry
from sqlalchemy import BigInteger, Column, Connection, ForeignKey, Identity, Index, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from gis.db import SCHEMA, copy_rows, metadata
from gis.files import Layer
from gis.intake.checking import Examination
from gis.intake.chunks import Passed
from gis.intake.personal_columns import telling
from gis.intake.recognition import Recognised
from gis.intake.rules import Finding
from gis.record_tables import SRID
from gis.registers import Field, Register

FINDINGS = Table(
    "finding",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("delivery", BigInteger, ForeignKey(f"{SCHEMA}.delivery.id"), nullable=False),
    Column("rule", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("register", Text, nullable=False),
    Column("row", Integer),
    Column("source_row", Integer),
    Column("file", Text, nullable=False),
    Column("layer", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("message", JSONB, nullable=False),
    Column("fix", JSONB, nullable=False),
    Column("source", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("geom", Geometry("GEOMETRY", srid=SRID, spatial_index=False), nullable=True),
    Index("ix_finding_delivery", "delivery"),
    schema=SCHEMA,
)


def stage(
    tx: Connection, delivery: int, register: Register, sheet: gpd.GeoDataFrame, set_aside: bool = False
) -> None:
    """Copies a sheet into the staging twin."""
    names = [field.name for field in register.fields]
    columns = ["delivery", "row", "source_row", "file", "layer", *names, "geom", "extra", "set_aside"]
    shaped = shapely.set_srid(as_areas(register, sheet.geometry.to_numpy()), SRID)
    shapes = shapely.to_wkb(shaped, hex=True, include_srid=True)
    values = zip(*(_cells(sheet, field) for field in register.fields), strict=True)
    rows = (
        (
            delivery,
            int(row),
            int(source_row),
            file,
            layer,
            *fields,
            shape,
            json.dumps(extra, ensure_ascii=False),
            set_aside,
        )
        for row, source_row, file, layer, fields, shape, extra in zip(
            sheet["row"],
            sheet["source_row"],
            sheet["file"],
            sheet["layer"],
            values,
            shapes,
            sheet["extra"],
            strict=True,
        )
    )
    copy_rows(tx, register.staging, columns, rows)


def as_areas(register: Register, shapes: Any) -> Any:
    """Shapes as the register keeps them: one of areas keeps an area of one part like those of several."""
    if register.geometry != "MULTIPOLYGON":
        return shapes
    single = shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON
    areas = shapes.copy()
    areas[single] = [shapely.MultiPolygon([each]) for each in shapes[single]]
    return areas


def _cells(sheet: gpd.GeoDataFrame, field: Field) -> list[Any]:
    """The values of a column; whole numbers are whole again, which a frame with gaps cannot keep."""
    present = sheet[field.name].notna()
    values = sheet[field.name].astype("object").where(present, None)
    if field.type is int:
        return [None if value is None else int(value) for value in values]
    return list(values)


def store_findings(tx: Connection, delivery: int, findings: Sequence[Finding]) -> None:
    """Copies the findings of a delivery into their table."""
    columns = ["delivery", "rule", "severity", "register", "row", "source_row", "file", "layer", "key", "message", "fix",
               "source", "fingerprint", "geom"]  # fmt: skip
    rows = (
        (
            delivery, each.rule, each.severity.value, each.register, each.row, each.source_row,
            each.file, each.layer, each.key,
            json.dumps(each.message.as_dict(), ensure_ascii=False), json.dumps(each.fix.as_dict(), ensure_ascii=False),
            each.source, each.fingerprint, _hex(each.geometry),
        )
        for each in findings
    )  # fmt: skip
    copy_rows(tx, FINDINGS, columns, rows)


def _hex(geometry: Any) -> str | None:
    if geometry is None or geometry.is_empty:
        return None
    return str(
        shapely.to_wkb(shapely.set_srid(shapely.force_2d(geometry), SRID), hex=True, include_srid=True)
    )


def as_read(seen: Examination) -> dict[str, Any]:
    """What the submission page shows of the reading: files, layers, systems, encodings and columns."""
    understood = {each.name: each for each in seen.recognised}
    return {
        "files": [
            {
                "file": reading.file,
                "verdict": reading.verdict.value,
                "reason": reading.reason.as_dict() if reading.reason else None,
                "layers": [
                    _layer(layer, understood.get(f"{layer.file}/{layer.name}"), seen)
                    for layer in reading.layers
                ],
            }
            for reading in seen.readings
        ]
    } | _of_lists(seen.passed)


def _of_lists(passed: Passed) -> dict[str, Any]:
    """What is told as numbers because it is too much to be kept: findings beyond those kept, rows with errors."""
    more = [
        {"rule": rule, "severity": weight.value, "more": number} for (rule, weight), number in passed.more.items()
    ]
    return {"more": more, "failing": dict(passed.failing)} if passed.rows else {}


def _layer(layer: Layer, understood: Recognised | None, seen: Examination) -> dict[str, Any]:
    return {
        "name": layer.name,
        "path": f"{layer.file}/{layer.name}",
        "register": understood.register.name if understood and understood.register else None,
        "features": seen.features(understood) if understood else layer.features,
        "geometry": layer.geometry_type,
        "crs": layer.crs,
        "crs_text": layer.crs_text,
        "crs_choices": list(layer.crs_choices),
        "encoding": layer.encoding,
        "sample": _sample(layer, understood),
        "verdict": layer.verdict.value,
        "reason": layer.reason.as_dict() if layer.reason else None,
        "notes": [note.as_dict() for note in layer.notes],
        "columns": dict(understood.columns) if understood else {},
        "all_columns": [str(c) for c in layer.frame.columns if c not in ("geometry", "row")],
        "unmapped": understood.unmapped if understood and understood.register else [],
        "personal": dict(understood.personal) if understood else {},
        "withheld": understood.withheld if understood and understood.register else [],
    }


def _sample(layer: Layer, understood: Recognised | None) -> list[str]:
    """Texts to judge the encoding by, chosen anew so that none is about a person."""
    return telling(layer.frame, understood.hidden if understood else ()) if layer.sample else []
