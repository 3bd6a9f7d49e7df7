"""Poor lists of addresses: new plates of the sample county with every defect that lists of them have.

Each defect is given to plates of its own, so that whoever looks at one finding sees one thing wrong. One list is poor
enough to be looked at and stays in review; another cannot be taken in and is there to be mended.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import count, pairwise
from typing import Any

import geopandas as gpd
import shapely

from api.county import County
from api.county_addresses import common_ground, later_addresses
from api.county_names import CITY, METRES_PER_DEGREE, STREET, STREETS, moved
from placenames.addresses.address_keys import numbered

MOST = 300
MENDED = 64
"""Plates of the list that is to be mended."""
APART_M, ASTRAY_M, OVER_THE_LINE_M, AWAY_M = 80.0, 400.0, 60.0, 9_000.0
"""How far doors of one number are apart; how far plates are put off their street, over the line of their town, away (m)."""
NO_TOWN, ALIAS = "990101999", "老街"
"""A town that is none, and what people call a street that has another name."""
Row = int
Beyond = Sequence[shapely.Point]
"""Places a little way into the next town."""
Spoil = Callable[[gpd.GeoDataFrame, list[Row], Beyond], None]
"""Spoils some plates of a list in place (EPSG:4490)."""


def flawed_addresses(county: County, names: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Some three hundred new plates with every defect that an office may let pass (EPSG:4490)."""
    plates = _sound(county, names)
    return _spoilt(plates.head(MOST).reset_index(drop=True), LET_PASS, _beyond_the_line(county))


def unfit_addresses(county: County, names: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Other plates of the same streets, with what keeps a list out (EPSG:4490)."""
    plates = _sound(county, names)
    return _spoilt(plates.tail(MENDED).reset_index(drop=True), KEPT_OUT, ())


def _beyond_the_line(county: County) -> Beyond:
    """A place beside every tri-junction of the county town, where customary and agreed lines hardly differ."""
    shared = common_ground(county)[CITY].buffer(OVER_THE_LINE_M / METRES_PER_DEGREE).exterior
    meeting = county.tri_junctions
    own = (meeting[["unit_a", "unit_b", "unit_c"]] == CITY).any(axis=1)
    return [shapely.line_interpolate_point(shared, shared.project(place)) for place in meeting.geometry[own]]


def _sound(county: County, names: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Plates of the streets that come later, each with its address as somebody wrote it."""
    later = later_addresses(county, names)
    plates = later[later["building"].isna()].reset_index(drop=True)
    return plates.assign(
        sent_text=[_as_written(row) for row in plates[["street", "lane", "number"]].to_dict("records")]
    )


def _as_written(row: Mapping[Any, str | None]) -> str:
    return "".join(("样例县", *(each or "" for each in row.values())))


def _spoilt(
    plates: gpd.GeoDataFrame, defects: Mapping[str, tuple[int, Spoil]], beyond: Beyond
) -> gpd.GeoDataFrame:
    """Gives every defect to so many plates of its own; what is left stays sound."""
    left = _plain_ones(plates)
    for many, spoil in defects.values():
        own, left = left[:many], left[many + 1 :]
        spoil(plates, own, beyond)
    return plates


def _plain_ones(plates: gpd.GeoDataFrame) -> list[Row]:
    """Plates that hang on a street itself, with a whole number."""
    plain = (
        plates["number"].str.fullmatch("[0-9]+号") & plates["lane"].isna() & (plates["built"] == "standing")
    )
    return [int(row) for row in plates.index[plain]]


def _say_another_number(plates: gpd.GeoDataFrame, rows: list[Row], _beyond: Beyond) -> None:
    """号址不一: the address as it was written has another number."""
    for row in rows:
        plates.loc[row, "sent_text"] = f"样例县{plates.loc[row, 'street']}{_number(plates, row) + 8}号"


def _give_the_number_again(plates: gpd.GeoDataFrame, rows: list[Row], _beyond: Beyond) -> None:
    """一号多址: one number at two doors far apart; a room at the other hides that it is the same."""
    for one, other in _pairs(rows):
        _write(plates, other, number=plates.loc[one, "number"], room="101室")
        _put(plates, other, plates.geometry[one], APART_M)


def _hang_all_on_one_door(plates: gpd.GeoDataFrame, rows: list[Row], _beyond: Beyond) -> None:
    """多号一址: several numbers at one door."""
    for row in rows[1:]:
        _put(plates, row, plates.geometry[rows[0]], 0.0)


def _take_the_point(plates: gpd.GeoDataFrame, rows: list[Row], _beyond: Beyond) -> None:
    """有号无址: a plate that hangs, nobody knows where."""
    for row in rows:
        plates.loc[row, "status"] = "installed"
        plates.loc[[row], "geometry"] = None


def _take_the_point_of_a_promise(plates: gpd.GeoDataFrame, rows: list[Row], _beyond: Beyond) -> None:
    """A number that was given, for a place that nobody knows."""
    for row in rows:
        plates.loc[row, "status"] = "assigned"
        plates.loc[[row], "geometry"] = None


def _build_without_a_number(plates: gpd.GeoDataFrame, rows: list[Row], _beyond: Beyond) -> None:
    """有址无号: the buildings of an estate, which has no number anywhere."""
    for building, row in enumerate(rows, 1):
        _write(plates, row, street=None, number=None, estate="样无苑", building=f"{building}幢")
        plates.loc[row, ["street_code", "sent_text"]] = None


def _take_the_number(plates: gpd.GeoDataFrame, rows: list[Row], _beyond: Beyond) -> None:
    for row in rows:
        _write(plates, row, number=None)


def _cross_the_street(plates: gpd.GeoDataFrame, rows: list[Row], _beyond: Beyond) -> None:
    """Numbers on the side that is not theirs: free ones of the other parity."""
    taken = set(plates["number"])
    for row in rows:
        free = next(
            number for each in count(_number(plates, row) + 1, 2) if (number := f"{each}号") not in taken
        )
        taken.add(free)
        _write(plates, row, number=free)


def _shuffle(plates: gpd.GeoDataFrame, rows: list[Row], _beyond: Beyond) -> None:
    """Numbers that do not rise with the street: plates that changed places with others some way off."""
    third = len(rows) // 3
    for one, other in ((rows[0], rows[2 * third]), (rows[third], rows[3 * third])):
        first, second = plates.geometry[one], plates.geometry[other]
        _put(plates, one, second, 0.0)
        _put(plates, other, first, 0.0)


def _lead_astray(plates: gpd.GeoDataFrame, rows: list[Row], _beyond: Beyond) -> None:
    """Plates far from their street."""
    for row in rows:
        _put(plates, row, plates.geometry[row], ASTRAY_M)


def _put_over_the_line(plates: gpd.GeoDataFrame, rows: list[Row], beyond: Beyond) -> None:
    """Plates a little way into the next town."""
    for row, place in zip(rows, beyond, strict=False):
        _put(plates, row, place, 0.0)


def _hang_a_sub_number_on_another(plates: gpd.GeoDataFrame, rows: list[Row], _beyond: Beyond) -> None:
    for row in rows:
        _write(plates, row, number=f"{_number(plates, row)}-1号附2号")


def _write_what_is_no_number(plates: gpd.GeoDataFrame, rows: list[Row], _beyond: Beyond) -> None:
    for row in rows:
        _write(plates, row, number=f"{_number(plates, row)}号旁")


def _name_a_street_nobody_knows(plates: gpd.GeoDataFrame, rows: list[Row], _beyond: Beyond) -> None:
    for row in rows:
        _write(plates, row, street="样无路")
        plates.loc[row, "street_code"] = None


def _write_the_street_otherwise(plates: gpd.GeoDataFrame, rows: list[Row], _beyond: Beyond) -> None:
    """The code is that of one street, the name that of none or of another."""
    for row in rows:
        _write(plates, row, street=f"{STREETS[0]}大道")


def _write_a_code_nobody_knows(plates: gpd.GeoDataFrame, rows: list[Row], _beyond: Beyond) -> None:
    for row in rows:
        plates.loc[row, "street_code"] = f"{CITY}{STREET.code}999999"


def _write_a_name_of_old(plates: gpd.GeoDataFrame, rows: list[Row], _beyond: Beyond) -> None:
    """What people call a street is not its standard name."""
    for row in rows:
        _write(plates, row, street=ALIAS)
        plates.loc[row, "street_code"] = None


def _repeat(plates: gpd.GeoDataFrame, rows: list[Row], _beyond: Beyond) -> None:
    """The same address under another code."""
    for one, other in _pairs(rows):
        _write(plates, other, number=plates.loc[one, "number"])
        _put(plates, other, plates.geometry[one], 0.0)


def _repeat_the_code(plates: gpd.GeoDataFrame, rows: list[Row], _beyond: Beyond) -> None:
    for one, other in _pairs(rows):
        plates.loc[other, "code"] = plates.loc[one, "code"]


def _name_no_street(plates: gpd.GeoDataFrame, rows: list[Row], _beyond: Beyond) -> None:
    for row in rows:
        plates.loc[row, ["street", "street_code", "community", "sent_text"]] = None


def _name_only_a_room(plates: gpd.GeoDataFrame, rows: list[Row], _beyond: Beyond) -> None:
    for floor, row in enumerate(rows, 4):
        _write(plates, row, number=None, room=f"{floor}01室")


def _name_no_such_town(plates: gpd.GeoDataFrame, rows: list[Row], _beyond: Beyond) -> None:
    plates.loc[rows, "unit"] = NO_TOWN


def _garble_the_code(plates: gpd.GeoDataFrame, rows: list[Row], _beyond: Beyond) -> None:
    for row in rows:
        plates.loc[row, "code"] = f"{plates.loc[row, 'code'][:9]} {plates.loc[row, 'code'][9:]}"


def _send_away(plates: gpd.GeoDataFrame, rows: list[Row], _beyond: Beyond) -> None:
    """Plates in another county."""
    for row in rows:
        _put(plates, row, plates.geometry[row], AWAY_M)


def _write_zeros_before_the_number(plates: gpd.GeoDataFrame, rows: list[Row], _beyond: Beyond) -> None:
    for row in rows:
        _write(plates, row, number=f"0{plates.loc[row, 'number']}")


def _write_a_telephone(plates: gpd.GeoDataFrame, rows: list[Row], _beyond: Beyond) -> None:
    """Whom to call, beside the address; no network gives such a number."""
    for row in rows:
        plates.loc[row, "sent_text"] += " 收件人样某某 13000000000"


def _write_markup(plates: gpd.GeoDataFrame, rows: list[Row], _beyond: Beyond) -> None:
    plates.loc[rows, "building"] = "<b>1幢</b>"


def _write_the_number_into_the_street(plates: gpd.GeoDataFrame, rows: list[Row], _beyond: Beyond) -> None:
    for row in rows:
        _write(plates, row, street=f"{plates.loc[row, 'street']}{plates.loc[row, 'number']}")


LET_PASS: dict[str, tuple[int, Spoil]] = {
    "号址不一": (8, _say_another_number),
    "一号多址": (8, _give_the_number_again),
    "多号一址": (5, _hang_all_on_one_door),
    "有址无号": (4, _build_without_a_number),
    "有号无址": (6, _take_the_point),
    "no point": (3, _take_the_point_of_a_promise),
    "parity": (6, _cross_the_street),
    "order": (13, _shuffle),
    "far": (6, _lead_astray),
    "outside": (4, _put_over_the_line),
    "sub of sub": (4, _hang_a_sub_number_on_another),
    "unreadable": (3, _write_what_is_no_number),
    "unknown street": (3, _name_a_street_nobody_knows),
    "wrong street": (3, _write_the_street_otherwise),
    "unknown code": (3, _write_a_code_nobody_knows),
    "old name": (3, _write_a_name_of_old),
    "zeros": (2, _write_zeros_before_the_number),
}
"""What an office may let pass: how many plates have it, and how they are spoilt."""
KEPT_OUT: dict[str, tuple[int, Spoil]] = {
    "no number": (2, _take_the_number),
    "no bearer": (2, _name_no_street),
    "only a room": (2, _name_only_a_room),
    "duplicate": (2, _repeat),
    "code twice": (2, _repeat_the_code),
    "no such town": (2, _name_no_such_town),
    "garbled code": (2, _garble_the_code),
    "far out": (2, _send_away),
    "telephone": (1, _write_a_telephone),
    "markup": (1, _write_markup),
    "number in the street": (1, _write_the_number_into_the_street),
}
"""What keeps a list out."""


def _pairs(rows: list[Row]) -> list[tuple[Row, Row]]:
    return list(pairwise(rows))[::2]


def _number(plates: gpd.GeoDataFrame, row: Row) -> int:
    read = numbered(plates.loc[row, "number"])
    assert read is not None
    return read.ordinal or 0


def _write(plates: gpd.GeoDataFrame, row: Row, **parts: str | None) -> None:
    """Changes parts of an address, and what somebody wrote of it."""
    for name, said in parts.items():
        plates.loc[row, name] = said
    plates.loc[row, "sent_text"] = _as_written(plates.loc[row, ["street", "lane", "number"]].to_dict())


def _put(plates: gpd.GeoDataFrame, row: Row, at: Any, off_m: float) -> None:
    """Puts a plate so far to the north-east of a place (m)."""
    plates.loc[[row], "geometry"] = shapely.Point(moved(at.coords[0], [off_m / 2**0.5] * 2))
