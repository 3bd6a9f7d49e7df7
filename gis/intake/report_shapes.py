"""The shapes of a report: findings, what was sent, and both sides of every change, as feature collections for maps."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select

from gis.history import in_force
from gis.intake import changes
from gis.intake.reports import findings_of, sent_registers
from gis.intake.submissions import SUBMISSIONS, latest_delivery
from gis.registers import REGISTERS, Register

Collection = dict[str, Any]


def shapes(tx: Connection, number: int) -> tuple[Collection, Collection, Collection]:
    """The findings, what was sent, and the units around, as feature collections."""
    delivery = latest_delivery(tx, number)
    if delivery is None:
        return _collection([]), _collection([]), ground(tx, number)
    checked: int = delivery["id"]
    found = findings_of(tx, checked)
    words = ("n", "rule", "severity", "key", "message", "fix")
    places = [_shape(each["geometry"], {name: each[name] for name in words}) for each in found]
    sent = [shape for _, register in sent_registers() for shape in _sent_shapes(tx, register, checked)]
    return _collection(places), _collection(sent), ground(tx, number)


def change_shapes(tx: Connection, number: int) -> Collection:
    """Both sides of every change."""
    delivery = latest_delivery(tx, number)
    features: list[Collection] = []
    if delivery is None:
        return _collection(features)
    for name in changes.counts(tx, delivery["id"]):
        for each in changes.of_delivery(tx, delivery["id"], REGISTERS[name]):
            for side in ("before", "after"):
                values = each[side] or {}
                about = {"side": side, "kind": each["kind"], "register": name, "code": each["code"]}
                label = values.get("name") or values.get("number") or each["code"]
                features.append(_shape(each[f"{side}_geom"], {**about, "name": label}))
    return _collection(features)


def ground(tx: Connection, number: int) -> Collection:
    """The units in force whose codes a submission mentions, as the ground of its maps."""
    units = next(register.table for register in REGISTERS.values() if register.ground)
    codes = tx.scalar(select(SUBMISSIONS.c.units).where(SUBMISSIONS.c.id == number)) or []
    c = units.c
    rows = tx.execute(
        select(c.code, c.name, func.ST_AsGeoJSON(c.geom, 6).label("geom")).where(
            in_force(units, date.today()), c.code.in_(codes)
        )
    )
    return _collection([_shape(row.geom, {"code": row.code, "name": row.name}) for row in rows])


def _sent_shapes(tx: Connection, register: Register, delivery: int) -> list[Collection]:
    s = register.staging.c
    label = s["name"] if "name" in s else s["number"] if "number" in s else s["code"]
    rows = tx.execute(
        select(s.code, label.label("name"), func.ST_AsGeoJSON(s.geom, 7).label("geom")).where(
            s.delivery == delivery
        )
    )
    return [_shape(row.geom, {"code": row.code or "", "name": row.name or ""}) for row in rows]


def _shape(geometry: str | None, properties: dict[str, Any]) -> Collection:
    return {
        "type": "Feature",
        "geometry": json.loads(geometry) if geometry else None,
        "properties": properties,
    }


def _collection(features: list[Collection]) -> Collection:
    return {"type": "FeatureCollection", "features": features}
