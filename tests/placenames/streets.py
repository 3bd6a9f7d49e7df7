"""Places and cases written straight into the tables, for what happens around a case rather than to it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import shapely
from sqlalchemy import insert, select

from gis import history
from gis.people import PERSONS
from gis.registers import Register
from placenames.casework.cases import CASES
from placenames.language import wording
from placenames.language.keys import keys_of
from placenames.names import NAMES
from tests.conftest import Office

TODAY = date.today()
LONG_AGO = date(2020, 1, 1)
TOWN, OTHER_TOWN, OTHER_COUNTY = "990101001", "990101100", "990102001"
APPROVED = {"approved_by": "样例县人民政府", "approved_on": TODAY, "document": "样政函〔2026〕5号"}


def place(office: Office, name: str, category: str = "ROD", unit: str = TOWN, **values: Any) -> UUID:
    """A place in force since long ago; answers its permanent id."""
    identity = uuid4()
    parts = wording.split(name, category)
    row = {
        "id": identity,
        "code": f"{unit[:9]}23514{identity.int % 10**6:06d}",
        "name": name,
        "specific": parts.specific,
        "generic": parts.generic,
        "category": category,
        "unit": unit,
        "geom": history.stored(shapely.LineString([(110.293, 30.698), (110.298, 30.698)])),
        **keys_of(name, category)._asdict(),
        **values,
    }
    begun(office, NAMES, row)
    return identity


def begun(office: Office, register: Register, row: dict[str, Any], day: date = LONG_AGO) -> None:
    """A record in force from a day on."""
    with office.database.writing() as tx:
        history.begin(tx, register.table, [row], day)


def version_of(office: Office, identity: UUID) -> dict[str, Any]:
    """The version of a place that is in force today, as a case looks at it."""
    c = NAMES.table.c
    columns = [column for column in c if column.name != "geom"]
    with office.database.writing() as tx:
        statement = select(*columns).where(c.id == identity, history.in_force(NAMES.table, TODAY))
        return dict(tx.execute(statement).mappings().one())


def case(office: Office, state: str = "accepted", sender: str = "staff", about: UUID | None = None, **values: Any) -> int:
    """A case that has come to a state; answers its number."""
    row: dict[str, Any] = {
        "number": f"DM-2026-{uuid4().hex[:8]}",
        "action": "rename" if about else "naming",
        "track": "decide",
        "category": "ROD",
        "class_code": "23514",
        "unit": TOWN,
        "candidates": [candidate("样望江街")],
        "chosen": 0,
        "reason": "石桥已拆除",
        "meaning": "街可望江",
        "position": "东起样河路,西至样山路",
        "state": state,
        **values,
    }
    if about:
        row |= {"place": about, "version": version_of(office, about)["version"]}
    if state == "consulting":
        row.setdefault("consult_until", TODAY + timedelta(days=10))
    with office.database.writing() as tx:
        person = select(PERSONS.c.id).where(PERSONS.c.name == sender).scalar_subquery()
        return tx.execute(insert(CASES).values(**row, sender=person).returning(CASES.c.id)).scalar_one()


def candidate(name: str, **values: Any) -> dict[str, Any]:
    """A proposed name whose spelling was confirmed."""
    parts = wording.split(name, "ROD")
    return {"name": name, "specific": parts.specific, "generic": parts.generic, "roman": "Yàngwàngjiāng Jiē",
            "roman_plain": "YANGWANGJIANG JIE", "roman_confirmed_by": 1, "reason": "街可望江", **values}  # fmt: skip


def with_clerks(office: Office) -> Office:
    """The office with a clerk, a colleague, and a clerk of the neighbouring county."""
    office.has("staff", "staff")
    office.has("colleague", "staff")
    office.has("neighbour", "staff", area="990102")
    return office
