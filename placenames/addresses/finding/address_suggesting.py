"""Suggesting addresses while somebody types: streets and villages by text, pinyin or initials, then their numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Double,
    Integer,
    Numeric,
    and_,
    any_,
    bindparam,
    cast,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy import Text as SqlText
from sqlalchemy.dialects.postgresql import ARRAY

from placenames.addresses.finding.address_lookup import (
    Question,
    answers,
    as_of_today,
    holds_for,
    lies_in_the_box,
)
from placenames.addresses.finding.address_reading import EXACT, HAN, Read, read
from placenames.addresses.finding.candidates_weighed import km_between
from placenames.addresses.finding.counted_parts import BARE, PLATE
from placenames.addresses.finding.matches import BY_NAME, Match, label_of, level_of_toponym
from placenames.addresses.finding.places_standing import standing
from placenames.addresses.finding.plates_found import COLUMNS, IN_USE, ON_THE_DAY, C, as_plate
from placenames.addresses.finding.toponym_names import BEARING, Toponym, Toponyms, Way

LETTERS = re.compile("[A-Za-z]{2,}$")
TAIL = re.compile("[\u3400-\u9fff]+$")
DIGITS = range(4)
"""Numbers that begin with 1: 1, 10–19, 100–199, 1000–1999."""
MOST_BEARERS = 8
MOST_NAMES = 2000
AT_ONCE = 40
"""So many places at a time are looked at whether they stand on the day."""


def suggestions(look: Connection, names: Toponyms, question: Question) -> list[Match]:
    """A few streets, villages, towns or plates that begin so; the best first. Raises BadInput."""
    question = as_of_today(question, date.today())
    text = question.q.strip()
    if not text:
        return []
    letters = LETTERS.search(text)
    if letters and not HAN.search(text):
        found = _by_letters(names, letters.group().lower())
        return _best(look, found, names, question)
    understood = read(text, names)
    bearers = _bearers_before_a_number(understood)
    if bearers:
        plates = _numbered(look, names, understood, bearers, question)
        return plates or answers(look, names, [question])[0]
    return _best(look, _by_text(understood, names), names, question)


def _by_letters(names: Toponyms, letters: str) -> Iterator[Toponym]:
    for name in names.spelt_so(letters):
        yield from (called.toponym for called in names.meanings[name] if called.way is not Way.SHORT)


def _by_text(understood: Read, names: Toponyms) -> Iterator[Toponym]:
    """What the last words name, and what begins as they do, in the towns that were named."""
    towns = tuple(one.called.toponym.unit for each in understood.units("township") for one in each.meant)
    tail = TAIL.search(understood.text)
    for at in range(tail.start(), tail.end()) if tail else ():
        said = understood.text[at:]
        begun = [*([said] if said in names.meanings else []), *names.beginning(said, MOST_NAMES)]
        found = [one.toponym for name in begun for one in names.meanings[name] if one.way is not Way.SHORT]
        inside = [each for each in found if at == 0 or not towns or each.unit.startswith(towns)]
        if inside:
            yield from inside
            return
    if understood.named:
        yield from (one.called.toponym for one in understood.named[-1].meant)


def _best(look: Connection, found: Iterable[Toponym], names: Toponyms, question: Question) -> list[Match]:
    """Each place once; the nearer first where it is known from where somebody asks, else those with the most plates."""
    near = question.near

    def order(toponym: Toponym) -> tuple[float, int]:
        far = km_between(near, (toponym.lon, toponym.lat)) if near and toponym.lon and toponym.lat else 0.0
        return far, -toponym.plates

    inside = (each for each in found if lies_in_the_box(question, each.lon, each.lat))
    kept = {each.path: each for each in inside if each.unit.startswith(question.unit)}
    holding = _holding(look, sorted(kept.values(), key=order), question)
    return [_of_toponym(each, names) for each in islice(holding, question.limit)]


def _holding(look: Connection, places: list[Toponym], question: Question) -> Iterator[Toponym]:
    """The places that bear an address on the day, and in the states, that were asked for."""
    if not holds_for(question):
        yield from places
        return
    day, left = question.on or date.today(), iter(places)
    while some := list(islice(left, AT_ONCE)):
        bearing = standing(look, some, day, question.statuses)
        yield from (each for each in some if each.level not in BEARING or each.path in bearing)


def _of_toponym(toponym: Toponym, names: Toponyms) -> Match:
    label, level = label_of(toponym, names), level_of_toponym(toponym)
    return Match("", "", label, BY_NAME[EXACT], level, toponym.lon, toponym.lat, toponym.unit)


def _bearers_before_a_number(understood: Read) -> list[Toponym]:
    """What bears the number that is being typed."""
    if not understood.counted or understood.counted[-1].kind not in (PLATE, BARE):
        return []
    last = understood.counted[-1]
    if last.end < len(understood.text.rstrip()):
        return []
    named = [each for each in understood.bearers() if each.end <= last.start]
    places = [one.called.toponym for one in named[-1].meant] if named else []
    return [each for each in places if each.level in BEARING][:MOST_BEARERS]


def _numbered(
    look: Connection, names: Toponyms, understood: Read, bearers: list[Toponym], question: Question
) -> list[Match]:
    """The plates whose numbers begin as far as they were typed."""
    last = understood.counted[-1]
    typed = last.parts[0]
    if len(understood.counted) > 1 or len(last.parts) > 1 or not typed.isdigit() or len(typed) > len(DIGITS) + 2:
        return []
    paths = dict.fromkeys(each.path for each in bearers)
    spans = [(path, int(typed) * 10**more, (int(typed) + 1) * 10**more - 1) for path in paths for more in DIGITS]
    if last.kind == PLATE:
        spans = [span for span in spans if span[1] == span[2]]
    asked = {"bearers": [s[0] for s in spans], "lows": [s[1] for s in spans], "highs": [s[2] for s in spans]}
    day = question.on or date.today()
    west, south, east, north = question.box or (None, None, None, None)
    where = {"unit": question.unit, "statuses": list(question.statuses), "decimals": question.decimals,
             "west": west, "south": south, "east": east, "north": north}  # fmt: skip
    rows: Any = look.execute(_BEGINNING, asked | where | {"day": day, "most": question.limit})
    return [Match.of_plate(as_plate(row), BY_NAME[EXACT], names, ()) for row in rows]


def _between(name: str, low: str, high: str) -> ColumnElement[bool]:
    """A coordinate as finely as the asker may see it, within the box if there is one."""
    least, most = (cast(bindparam(edge, type_=Double), Numeric) for edge in (low, high))
    seen = func.round(cast(getattr(func, name)(C.geom), Numeric), bindparam("decimals", type_=Integer))
    return or_(least.is_(None), seen.between(least, most))


_STATUSES = bindparam("statuses", type_=ARRAY(SqlText))
_IS_LOOKED_FOR = and_(
    or_(and_(func.cardinality(_STATUSES) == 0, IN_USE), C.status == any_(_STATUSES)),
    _between("ST_X", "west", "east"),
    _between("ST_Y", "south", "north"),
)
"""Plates in use, or in the states that were asked for; in the box."""


def _beginning() -> Any:
    asked = (
        func.unnest(*(bindparam(name, type_=ARRAY(kind)) for name, kind in
                      (("bearers", SqlText), ("lows", Integer), ("highs", Integer))))
        .table_valued("bearer", "low", "high", name="asked").render_derived()
    )  # fmt: skip
    one = (
        select(*COLUMNS, literal("").label("former"), C.ordinal)
        .where(C.bearer_key == asked.c.bearer, C.ordinal.between(asked.c.low, asked.c.high), C.inside_key == "",
               ON_THE_DAY, _IS_LOOKED_FOR, C.unit.startswith(bindparam("unit")))
        .order_by(C.ordinal, C.plate_key).limit(bindparam("most")).lateral("one")
    )  # fmt: skip
    return select(one).select_from(asked.join(one, true())).order_by(one.c.ordinal, one.c.plate_key).limit(bindparam("most"))


_BEGINNING = _beginning()
