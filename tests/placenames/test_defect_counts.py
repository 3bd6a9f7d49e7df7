"""The five defects among what is in force, counted by unit."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from gis.settings import Settings
from placenames.addresses.addresses import ADDRESSES
from placenames.addresses.checks.defect_counts import defects_in_force
from placenames.addresses.checks.number_as_sent import may_contradict
from tests.naming import EAST, TODAY, WEST, LittleCounty
from tests.placenames.plates import Plates, point


@pytest.fixture
def poor(little_county: LittleCounty) -> Plates:
    """A register with each of the defects, some of them in the other town, and much that is none."""
    plates = Plates(little_county)
    plates.has(
        plates.address("2号", point(0), sent_text="样柳路2号"),
        plates.address("4号", point(20), sent_text="样柳路40号"),
        plates.address("6号", point(40), room="101室"),
        plates.address("6号", point(140), room="201室"),
        plates.address("6号", point(40), room="101室", unit=EAST),
        plates.address("6号", point(140), room="201室", unit=EAST),
        plates.address("8号", point(60)),
        plates.address("10号", point(60)),
        plates.address("12号", point(60), status="cancelled"),
        plates.address(None, street=None, estate="样福小区", building="1幢"),
        plates.address(None, street=None, estate="样福小区", building="2幢"),
        plates.address(None, street=None, estate="样寿小区", building="2幢"),
        plates.address("30号", point(80), estate="样寿小区"),
        plates.address("14号", geometry=None),
        plates.address("16号", geometry=None, status="assigned"),
    )
    return plates


def counts(plates: Plates, unit: str = "") -> dict[str, dict[str, int]]:
    found = defects_in_force(plates.county.tx, TODAY, Settings(), unit)
    return {each.defect.name.zh: dict(each.units) for each in found.counted}


def test_each_defect_is_counted_in_its_unit(poor: Plates) -> None:
    assert counts(poor) == {
        "号址不一": {WEST: 1},
        "一号多址": {WEST: 1, EAST: 1},
        "多号一址": {WEST: 1},
        "有址无号": {WEST: 1},
        "有号无址": {WEST: 1},
    }


def test_of_one_unit(poor: Plates) -> None:
    assert counts(poor, EAST) == {
        "号址不一": {}, "一号多址": {EAST: 1}, "多号一址": {}, "有址无号": {}, "有号无址": {},
    }  # fmt: skip


def test_what_is_not_in_force_has_no_defects(little_county: LittleCounty) -> None:
    plates = Plates(little_county)
    plates.has(plates.address("14号", geometry=None), until=TODAY)
    assert not any(counts(plates).values())


def test_it_says_what_each_defect_means_and_where_that_comes_from(poor: Plates) -> None:
    told = defects_in_force(poor.county.tx, TODAY, Settings()).as_dict()
    assert [each["rule"] for each in told["defects"]] == ["AD16", "AD17", "AD18", "AD19", "AD20"]
    for each in told["defects"]:
        assert each["meaning"]["zh"]
        assert each["source"]["grade"] == "C"
        assert each["count"] == sum(unit["count"] for unit in each["units"])
    assert told["defects"][1]["units"][0] == {"unit": WEST, "name": "石桥镇", "count": 1}


def test_only_what_may_contradict_is_read(poor: Plates) -> None:
    a = ADDRESSES.table
    read = select(a.c.sent_text).where(may_contradict(a.c))
    assert list(poor.county.tx.scalars(read)) == ["样柳路40号"]
