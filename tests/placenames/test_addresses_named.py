"""A street that is renamed takes its addresses along: they keep their identity, and the old name still finds them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import Connection, insert, select, update

from gis.db import Database, Role
from gis.history import as_known, in_force, rewrite
from placenames.addresses.addresses import ADDRESSES, LOCAL, keys_of, standard_text
from placenames.addresses.addresses_named import addresses_called, rename_addresses
from placenames.addresses.finding.address_lookup import Question, answers
from placenames.addresses.finding.toponyms_known import toponyms_on
from placenames.addresses.toponyms import TOPONYMS, gather_toponyms
from placenames.appellations import call_places_by_their_names
from placenames.casework.renamings import Renaming
from placenames.language import keys as names_keys
from placenames.names import NAMES
from tests.benchmarks.addresses_filled import fill
from tests.conftest import TEMPLATE, copied
from tests.placenames.two_towns import EAST, WEST, county_of

ROWS = [
    (EAST, "北社区", "", "样文三路", "", "", "12号", "", "", "", "", ""),
    (EAST, "北社区", "", "样文三路", "", "25弄", "6号", "样福小区", "3幢", "", "501室", ""),
    (EAST, "北社区", "", "样文三路", "一段", "", "8号", "", "", "", "", ""),
    (EAST, "北社区", "", "样文三路口街", "", "", "1号", "", "", "", "", ""),
    (WEST, "南社区", "", "样文三路", "", "", "12号", "", "", "", "", ""),
]
PLACE, OTHER = UUID(int=1), UUID(int=2)
SINCE, DAY = date(2024, 1, 1), date(2026, 7, 1)


@pytest.fixture
def filled(server) -> Iterator[Database]:
    with copied(server, TEMPLATE) as database:
        fill(database, county_of(ROWS, []))
        with database.writing() as tx:
            for place, unit in ((PLACE, EAST), (OTHER, WEST)):
                record = {"id": place, "code": f"{unit}23513900001", "name": "样文三路", "unit": unit, "category": "ROD"}
                tx.execute(insert(NAMES.table).values(**record, valid_from=SINCE))
        yield database


def change(new: str | None = "样青年路", category: str = "ROD", old: str = "样文三路") -> Renaming:
    return Renaming(PLACE, f"{EAST}23513900001", EAST, category, old, old[:-1], new, new and new[:-1], "990101")


def renamed(database: Database, change: Renaming) -> int:
    with database.writing() as tx:
        number = rename_addresses(tx, change, DAY, 7)
        gather_toponyms(tx, 7, DAY, set())
    return number


def called(name: str) -> dict[str, str]:
    """What the register says of a street with a name, for everybody to read."""
    return {"name": name, "disclosure": "public", **names_keys.keys_of(name, "ROD")._asdict()}


def numbered(tx: Connection, street: str, number: int, since: date) -> None:
    """A plate of the street of the register, told by its code."""
    words = dict.fromkeys(LOCAL) | {"street": street, "number": f"{number}号"}
    row = words | {"id": UUID(int=number), "code": f"E{number}", "unit": EAST, "text": standard_text(words)}
    keys = keys_of(EAST, words)._asdict()
    code = f"{EAST}23513900001"
    tx.execute(insert(ADDRESSES.table).values(**row, **keys, street_code=code, status="installed", valid_from=since))


OF_TODAY = "样省样州市样例县江东街道样青年路"


def texts(database: Database, day: date) -> list[str]:
    with database.reading() as look:
        c = ADDRESSES.table.c
        return list(look.scalars(select(c.text).where(in_force(ADDRESSES.table, day)).order_by(c.code)))


def test_addresses_of_the_street_follow_and_no_others(filled: Database) -> None:
    assert renamed(filled, change()) == 3
    assert texts(filled, DAY) == [
        "样青年路12号", "样青年路25弄6号样福小区3幢501室", "样青年路一段8号", "样文三路口街1号", "样文三路12号",
    ]  # fmt: skip
    assert texts(filled, SINCE)[0] == "样文三路12号"


def test_an_address_keeps_its_identity_and_its_versions_are_the_table_of_numbers(filled: Database) -> None:
    renamed(filled, change())
    c = ADDRESSES.table.c
    with filled.reading() as look:
        columns = (c.id, c.text, c.bearer_key, c.valid_from, c.valid_to)
        known = select(*columns).where(c.code == "D000", as_known(ADDRESSES.table, None))
        before, after = look.execute(known.order_by(c.valid_from)).all()
    assert before.id == after.id
    assert (before.text, before.valid_to) == ("样文三路12号", DAY)
    assert (after.text, after.bearer_key, after.valid_from) == ("样青年路12号", f"{EAST}/样青年路", DAY)


def test_the_old_name_still_finds_the_plate(filled: Database) -> None:
    renamed(filled, change())
    with filled.reading() as look:
        names = toponyms_on(look, date.today())
        (old,) = answers(look, names, [Question("江东街道样文三路12号", on=DAY)])[0]
        (new,) = answers(look, names, [Question("江东街道样青年路12号", on=DAY)])[0]
    assert (old.id, old.label) == (new.id, new.label)
    assert "“样文三路12号”是原门牌,现为“样青年路12号”" in [each.zh for each in old.changed]


@pytest.mark.parametrize("first", ["样文三路", "样青年路"])
def test_a_plate_that_never_bore_the_old_name_is_found_by_it_too(filled: Database, first: str) -> None:
    """Numbered after the renaming, or on its day: only the names of the street tell that the two are one."""
    with filled.writing() as tx:
        numbered(tx, "样文三路", 16, SINCE)
        rewrite(tx, NAMES.table, [(PLACE, SINCE, None, called("样文三路"))], 6)
    renamed(filled, change())
    with filled.writing() as tx:
        numbered(tx, "样青年路", 14, DAY)
        rewrite(tx, NAMES.table, [(PLACE, DAY, None, called("样青年路"))], 8)
        call_places_by_their_names(tx, 8, DAY, set())
        gather_toponyms(tx, 8, DAY, set())
    with filled.engine(Role.OWNER).begin() as tx:
        named_first = select(TOPONYMS.c.id).where(TOPONYMS.c.name == first)
        tx.execute(update(TOPONYMS).where(TOPONYMS.c.id.in_(named_first)).values(id=-TOPONYMS.c.id))
    with filled.reading() as look:
        names = toponyms_on(look, date.today())
        found = answers(look, names, [Question("江东街道样文三路14号"), Question("江东街道样青年路12号")])
        alone = answers(look, names, [Question("江东街道样文三路")])[0]
    assert [each.label for each in alone if each.unit == EAST and "口" not in each.label] == [OF_TODAY]
    assert any("样青年路" in each.zh for each in alone[0].changed)
    old, new = (each[0] for each in found)
    assert (old.label, old.match_level) == ("样省样州市样例县江东街道样青年路14号", "plate")
    assert "“样文三路”是“样青年路”的曾用名" in [each.zh for each in old.changed]
    assert not any("曾用名" in each.zh for each in new.changed)


def test_what_would_follow_is_told_before_it_is_decided(filled: Database) -> None:
    with filled.reading() as look:
        found = look.execute(addresses_called(change(), DAY)).mappings().all()
        assert {(row["code"], row["before"], row["proposed"], row["follows"]) for row in found} == {
            (code, "样文三路", "样青年路", True) for code in ("D000", "D001", "D002")
        }
        ending = look.execute(addresses_called(change(None), DAY)).mappings().all()
        assert {(row["proposed"], row["follows"]) for row in ending} == {(None, False)}


def test_a_village_and_an_estate_are_followed_too(filled: Database) -> None:
    assert renamed(filled, change("样北里社区", "VIL", "北社区")) == 4
    assert renamed(filled, change("样寿小区", "RES", "样福小区")) == 1
    assert "样文三路25弄6号样寿小区3幢501室" in texts(filled, DAY)


def test_what_is_published_for_later_keeps_its_own_number(filled: Database) -> None:
    c, later = ADDRESSES.table.c, date(2026, 9, 1)
    with filled.writing() as tx:
        (plate,) = tx.scalars(select(c.id).where(c.code == "D000"))
        words = dict.fromkeys(LOCAL) | {"street": "样文三路", "number": "900号", "community": "北社区"}
        reads = {"number": "900号", "text": standard_text(words), **keys_of(EAST, words)._asdict()}
        rewrite(tx, ADDRESSES.table, [(plate, later, None, reads)], 6)
    assert renamed(filled, change()) == 3
    assert texts(filled, DAY)[0] == "样青年路12号"
    assert texts(filled, later)[0] == "样青年路900号"


def test_a_hamlet_of_the_villages_own_name_follows_with_it(server) -> None:
    rows = [(WEST, "样坪村", "样坪村", "", "", "", "7号", "", "", "", "", "")]
    with copied(server, TEMPLATE) as database:
        fill(database, county_of(rows, []))
        called = Renaming(PLACE, "x", WEST, "VIL", "样坪村", "样坪", "样潭村", "样潭", "990101")
        assert renamed(database, called) == 1
        assert texts(database, DAY) == ["样潭村样潭村7号"]


def test_a_number_to_come_is_not_called_a_former_one(filled: Database) -> None:
    renamed(filled, change())
    with filled.reading() as look:
        names = toponyms_on(look, date.today())
        (early,) = answers(look, names, [Question("江东街道样青年路12号", on=date(2026, 6, 1))])[0]
    assert early.label.endswith("样文三路12号")
    assert f"“样青年路12号”自 {DAY} 起使用,当日为“样文三路12号”" in [each.zh for each in early.changed]
