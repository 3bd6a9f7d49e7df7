"""The grammar of addresses: which part may follow which, and how surprising each step is.

A state is what was read last. Its numbers are costs, as in "how many times less usual, in powers of e": 0 is as people
write, 3 is odd, FORBIDDEN never. From wide to narrow costs nothing; whoever writes backwards is still understood.
"""

from __future__ import annotations

from placenames.addresses.parsing.address_levels import Level

FORBIDDEN = 50.0
KEEP = -1
"""What does not change what was read last: a dash, a word like 与."""

(
    START, PROV, CITY, DISTRICT, DEVZONE, TOWN, COMMUNITY, HAMLET, ROAD, SUBROAD, LANE, NUMBER, SUBNUMBER,
    PLACE, ESTATE, BUILDING, ANYTHING, PART, HOUSE, CELL, FLOOR, ROOM, PERSON,
) = range(23)  # fmt: skip
"""PLACE, ESTATE, BUILDING and ANYTHING are kinds of points of interest: they differ in which number they bear."""
STATES = 23

LEVELS = {
    PROV: Level.PROV, CITY: Level.CITY, DISTRICT: Level.DISTRICT, DEVZONE: Level.DEVZONE, TOWN: Level.TOWN,
    COMMUNITY: Level.COMMUNITY, HAMLET: Level.VILLAGE_GROUP, ROAD: Level.ROAD, SUBROAD: Level.SUBROAD,
    LANE: Level.SUBROAD, NUMBER: Level.ROADNO, SUBNUMBER: Level.SUBROADNO, PLACE: Level.POI, ESTATE: Level.POI,
    BUILDING: Level.POI, ANYTHING: Level.POI, PART: Level.SUBPOI, HOUSE: Level.HOUSENO, CELL: Level.CELLNO,
    FLOOR: Level.FLOORNO, ROOM: Level.ROOMNO, PERSON: Level.PERSON,
}  # fmt: skip

_RANKS = {
    START: 0, PROV: 1, CITY: 2, DISTRICT: 3, DEVZONE: 4, TOWN: 4, COMMUNITY: 5, HAMLET: 6, ROAD: 7, SUBROAD: 8,
    LANE: 8, NUMBER: 9, SUBNUMBER: 9, PLACE: 10, ESTATE: 10, BUILDING: 10, ANYTHING: 10, PART: 11, HOUSE: 12,
    CELL: 13, FLOOR: 14, ROOM: 15, PERSON: 16,
}  # fmt: skip
_ONWARD, _AGAIN, _BACKWARD = 0.0, 2.5, 3.0
_POINTS = (PLACE, ESTATE, BUILDING, ANYTHING)
_UNITS = (START, PROV, CITY, DISTRICT, DEVZONE, TOWN)
_INSIDE = (HOUSE, CELL, FLOOR, ROOM, PERSON)


def costs() -> list[list[float]]:
    """The cost of every step from one state (first index) to another (second)."""
    table = [[_step(before, after) for after in range(STATES)] for before in range(STATES)]
    for (befores, afters), cost in _EXCEPTIONS.items():
        for before in befores:
            for after in afters:
                table[before][after] = cost
    return table


def _step(before: int, after: int) -> float:
    if after == START:
        return FORBIDDEN
    if _RANKS[before] < _RANKS[after]:
        return _ONWARD
    return _AGAIN if _RANKS[before] == _RANKS[after] else _BACKWARD


_EXCEPTIONS: dict[tuple[tuple[int, ...], tuple[int, ...]], float] = {
    # the wide after the narrow: people also write so
    (tuple(range(TOWN, STATES)), (PROV, CITY, DISTRICT)): 2.0,
    # the chain of units written a second time, or after the town
    ((PROV, CITY, DISTRICT, TOWN), (PROV, CITY, DISTRICT)): 1.5,
    ((PROV,), (CITY, DISTRICT)): 0.0, ((CITY,), (DISTRICT,)): 0.0,
    ((DEVZONE,), (TOWN,)): 0.3, ((TOWN,), (DEVZONE,)): 0.5,
    # numbers belong to what can bear them
    (_UNITS, (NUMBER,)): 1.5, ((START,), (NUMBER,)): 1.5, ((PROV, CITY), (NUMBER,)): 3.0,
    ((TOWN, DEVZONE), (NUMBER,)): 0.8, ((COMMUNITY, HAMLET), (NUMBER,)): 0.0, ((ROAD,), (NUMBER,)): -0.5,
    ((SUBROAD, LANE), (NUMBER,)): 4.0,
    ((PLACE,), (NUMBER,)): 0.8, ((ANYTHING,), (NUMBER,)): 0.3, ((ESTATE,), (NUMBER,)): 2.0, ((BUILDING,), (NUMBER,)): 2.5,
    ((PART,), (NUMBER,)): 2.0, (_INSIDE, (NUMBER,)): 4.0, ((NUMBER, SUBNUMBER), (NUMBER,)): 4.0,
    (tuple(range(STATES)), (SUBNUMBER,)): FORBIDDEN, ((SUBROAD,), (SUBNUMBER,)): -0.5, ((LANE,), (SUBNUMBER,)): -1.0,
    # roads and what branches off
    (tuple(range(STATES)), (SUBROAD,)): FORBIDDEN, ((ROAD,), (SUBROAD,)): 0.4, ((SUBROAD,), (SUBROAD,)): 2.5,
    ((ROAD,), (ROAD,)): 4.0, ((LANE, SUBROAD), (ROAD,)): 3.5,
    (tuple(range(STATES)), (LANE,)): 3.0, ((ROAD, SUBROAD), (LANE,)): 0.0,
    ((COMMUNITY, HAMLET, TOWN, *_POINTS), (LANE,)): 0.8, ((LANE,), (LANE,)): -2.0,
    (_POINTS, (ROAD,)): 0.3, ((PART,), (ROAD,)): 1.5, ((NUMBER, SUBNUMBER), (ROAD,)): 2.5, (_INSIDE, (ROAD,)): 2.5,
    ((START,), (ROAD,)): 0.0,
    # villages
    ((COMMUNITY,), (COMMUNITY,)): 2.0, (_POINTS, (COMMUNITY,)): 2.0, ((ROAD, SUBROAD), (COMMUNITY,)): 1.2,
    (_UNITS[:4], (HAMLET,)): 1.0, (_POINTS, (HAMLET,)): 0.8, ((TOWN,), (TOWN,)): 1.5, ((HAMLET,), (HAMLET,)): 1.0,
    # points of interest and their parts
    (_POINTS, _POINTS): 1.8, (_POINTS, (PART,)): 0.0, ((PART,), (PART,)): 1.2, ((PART,), _POINTS): 2.5,
    (_UNITS, (PART,)): 2.5, ((START,), (PART,)): 4.0, ((COMMUNITY, HAMLET), (PART,)): 0.8,
    ((ROAD, SUBROAD, LANE), (PART,)): 2.0, ((NUMBER, SUBNUMBER), (PART,)): 1.5,
    ((HOUSE, CELL), _POINTS): 2.0, ((FLOOR, ROOM, PERSON), _POINTS): 3.0, ((HOUSE,), (PART,)): 1.5,
    ((FLOOR, ROOM), (PART,)): 2.0, ((PERSON,), (PART,)): 3.0,
    # what is inside a building
    ((PLACE, ESTATE, ANYTHING, PART), (HOUSE,)): 0.0, ((BUILDING,), (HOUSE,)): 0.4,  ((NUMBER, SUBNUMBER), (HOUSE,)): 0.2,
    ((COMMUNITY, HAMLET), (HOUSE,)): 0.4, ((ROAD, SUBROAD), (HOUSE,)): 1.0, (_UNITS, (HOUSE,)): 1.5,
    ((HOUSE,), (HOUSE,)): 1.5, ((START,), (HOUSE,)): 2.0,
    (_UNITS, (CELL, FLOOR, ROOM)): 2.5, ((ROAD, SUBROAD, LANE), (CELL, FLOOR, ROOM)): 1.5,
    ((COMMUNITY, HAMLET), (CELL, ROOM)): 1.5,
    (_POINTS, (CELL,)): 1.0, ((PART,), (CELL,)): 0.5, ((NUMBER, SUBNUMBER), (CELL,)): 0.8, ((HOUSE,), (CELL,)): 0.0,
    ((FLOOR,), (CELL,)): 0.5, ((ROOM,), (CELL,)): 3.0,
    ((ESTATE,), (ROOM,)): 0.8, ((PLACE, ANYTHING, PART), (ROOM,)): 0.3, ((BUILDING,), (ROOM,)): 0.0,
    ((NUMBER, SUBNUMBER), (ROOM,)): 0.5, ((START,), (CELL, FLOOR, ROOM)): 1.5, ((ROOM,), (ROOM,)): 2.0,
    ((ROOM,), (HOUSE, CELL, FLOOR)): 1.5, ((CELL, FLOOR), (HOUSE,)): 1.5, ((PERSON,), (HOUSE, CELL, FLOOR, ROOM)): 1.5,
    (_UNITS, (PERSON,)): FORBIDDEN, ((COMMUNITY, HAMLET, ROAD, SUBROAD, LANE), (PERSON,)): 5.0,
    ((NUMBER, SUBNUMBER, PLACE, ESTATE, BUILDING, ANYTHING), (PERSON,)): 2.5, ((PART,), (PERSON,)): 1.5,
    ((HOUSE, CELL), (PERSON,)): 0.3, ((FLOOR, ROOM), (PERSON,)): 0.0, ((PERSON,), (PERSON,)): 2.0,
}  # fmt: skip
