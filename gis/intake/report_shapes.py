"""The shapes of a report: findings, what was sent, and both sides of every change, as feature collections for maps.

Of long lists the first are drawn; `more` in a collection tells how many are not.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from typing import Any

from sqlalchemy import Connection, Integer, any_, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from gis.history import in_force
from gis.intake import changes
from gis.intake.reports import SHOWN, findings_of, sent_registers
from gis.intake.submissions import SUBMISSIONS, latest_delivery
from gis.registers import REGISTERS, Register

Collection = dict[str, Any]
DRAWN = 2000
"""So many records of a long list are drawn."""


def shapes(tx: Connection, number: int) -> tuple[Collection, Collection, Collection]:
    """The findings, what was sent, and the units around, as feature collections."""
    delivery = latest_delivery(tx, number)
    if delivery is None:
        return _collection([]), _collection([]), ground(tx, number)
    checked: int = delivery["id"]
    found = _listed_on_the_page(findings_of(tx, checked))
    words = ("n", "rule", "severity", "key", "message", "fix")
    places = [_shape(each["geometry"], {name: each[name] for name in words}) for each in found]
    sent = [shape for _, register in sent_registers() for shape in _sent_shapes(tx, register, checked, found)]
    left = sum(_rows_left_out(tx, register, checked) for _, register in sent_registers())
    return _collection(places), _collection(sent, left), ground(tx, number)


def change_shapes(tx: Connection, number: int, register: str = "", skip: int = 0) -> Collection:
    """Both sides of every change; of one register only, after so many of its changes, where that is asked."""
    delivery = latest_delivery(tx, number)
    features: list[Collection] = []
    if delivery is None:
        return _collection(features)
    counted = changes.counts(tx, delivery["id"])
    left = 0
    for name in [register] if register else counted:
        most = DRAWN if REGISTERS[name].listed or register else None
        found = changes.of_delivery(tx, delivery["id"], REGISTERS[name], most, skip)
        left += max(0, sum(counted.get(name, {}).values()) - skip - len(found))
        for each in found:
            for side in ("before", "after"):
                values = each[side] or {}
                about = {"side": side, "kind": each["kind"], "register": name, "code": each["code"]}
                label = values.get("name") or values.get("number") or each["code"]
                features.append(_shape(each[f"{side}_geom"], {**about, "name": label}))
    return _collection(features, left)


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


def _listed_on_the_page(findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of long lists only those findings that the page lists too."""
    counted: Counter[tuple[str, str]] = Counter()
    chosen = []
    for each in findings:
        counted[each["severity"], each["rule"]] += 1
        register = REGISTERS.get(each["register"])
        if register is None or not register.listed or counted[each["severity"], each["rule"]] <= SHOWN:
            chosen.append(each)
    return chosen


def _rows_left_out(tx: Connection, register: Register, delivery: int) -> int:
    if not register.listed:
        return 0
    s = register.staging.c
    rows = tx.scalar(select(func.count()).where(s.delivery == delivery)) or 0
    return max(0, rows - DRAWN)


def _sent_shapes(
    tx: Connection, register: Register, delivery: int, found: list[dict[str, Any]]
) -> list[Collection]:
    """What was sent; of a long list the rows with findings first."""
    s = register.staging.c
    label = s["name"] if "name" in s else s["number"] if "number" in s else s["code"]
    rows = tx.execute(
        select(s.code, label.label("name"), func.ST_AsGeoJSON(s.geom, 7).label("geom")).where(
            s.delivery == delivery
        )
        .order_by(*_those_found_first(register, found))
        .limit(DRAWN if register.listed else None)
    )
    return [_shape(row.geom, {"code": row.code or "", "name": row.name or ""}) for row in rows]


def _those_found_first(register: Register, found: list[dict[str, Any]]) -> list[Any]:
    if not register.listed:
        return []
    rows = sorted({each["row"] for each in found if each["register"] == register.name and each["row"] is not None})
    s = register.staging.c
    return [~(s.row == any_(cast(rows, ARRAY(Integer)))), s.row]


def _shape(geometry: str | None, properties: dict[str, Any]) -> Collection:
    return {
        "type": "Feature",
        "geometry": json.loads(geometry) if geometry else None,
        "properties": properties,
    }


def _collection(features: list[Collection], left: int = 0) -> Collection:
    return {"type": "FeatureCollection", "features": features} | ({"more": left} if left else {})
