"""Names of every sort in the little county: renamed, ended, still to come, internal, with other names and odd signs."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from gis import history
from gis.settings import Settings
from placenames.appellations import call_places_by_their_names
from placenames.language.keys import keys_of
from placenames.names import NAMES
from tests.naming import CENTRE, EAST, EASTERN, VILLAGE, WEST, LittleCounty, east

RENAMED, ENDED = date(2024, 5, 1), date(2023, 1, 1)
SOON = date.today() + timedelta(days=100)


def many_names(county: LittleCounty) -> None:
    _street(county)
    _others(county)


def _street(county: LittleCounty) -> None:
    county.has(
        "石门街", "ROD", aliases="石门老街", short_names="门街", origin="街口有石门", roman="Shímén Jiē",
        former_names="石桥公社路(1958—1981;样例县革命委员会)、菜市街", named_on=date(1981, 1, 1), authority="样例县人民政府",
    )  # fmt: skip


def _others(county: LittleCounty) -> None:
    county.has("石门街村", "VIL", unit=VILLAGE, at=east(300))
    county.has("大石门村", "VIL", unit=EAST, at=EASTERN)
    county.has("北石门山", "NAT", unit=EAST, at=EASTERN)
    county.has("西安路", "ROD")
    county.has("先锋路", "ROD")
    county.has("绿水湖", "NAT", class_code="12200")
    county.has("龙泉巷", "ROD", unit=EAST, at=EASTERN, valid_to=ENDED)
    county.has("龙泉寺遗址", "OTH", unit=EAST, at=EASTERN, use="historical")
    county.has("龙泉路", "ROD", unit=EAST, at=EASTERN)
    county.has("望海路", "ROD", valid_from=SOON)
    county.has("样哨所", "FAC", disclosure="internal", aliases="样岗楼")
    county.has("石门库", "FAC", disclosure="secret")
    county.has("A_B小区", "RES")
    county.has("百分100%广场", "RES")
    county.has("𠮷祥里", "ROD")
    for metres in (0, 1000, 2000, 4000):
        county.has("新村", "VIL", at=east(metres), unit=WEST if metres < 4000 else EAST)


def renamed(tx: Connection) -> None:
    """石桥街 became 望江街 in May 2024."""
    county = LittleCounty(tx, Settings(), iter(range(900, 1000)))
    identity = county.has("石桥街", "ROD", at=CENTRE)
    follow(tx, identity, "望江街", "public", RENAMED, document="样政函〔2024〕5号")


def follow(tx: Connection, identity: UUID, name: str, disclosure: str, since: date, **more: Any) -> None:
    """A place gets another name, or is told of to others, from a day on."""
    row = dict(tx.execute(select(NAMES.table).where(NAMES.table.c.id == identity)).mappings().one())
    kept = {each: row[each] for each in ("id", "code", "category", "class_code", "unit", "use")}
    keys = keys_of(name, row["category"])._asdict()
    new = {**kept, "name": name, "disclosure": disclosure, **keys, **more, "geom": history.stored(CENTRE)}
    history.begin(tx, NAMES.table, [new], since)
    call_places_by_their_names(tx, 3, since, set())
