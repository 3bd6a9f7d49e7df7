"""Suggesting addresses while somebody types: streets and villages by text, pinyin or initials, then their numbers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Double,
    Integer,
    Numeric,
    UnaryExpression,
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
from sqlalchemy.sql.operators import custom_op

from gis.text import Text
from placenames.addresses.address_keys import PATH, plain
from placenames.addresses.finding.address_lookup import (
    Question,
    answers,
    as_of_today,
    lies_in_the_box,
    must_stand,
)
from placenames.addresses.finding.address_reading import Read, read
from placenames.addresses.finding.counted_parts import BARE, CELL, FLOOR, HOUSE, PLATE, ROOM
from placenames.addresses.finding.matches import BY_NAME, Match, label_of, level_of_toponym, renamed
from placenames.addresses.finding.names_met import EXACT, HAN, TOWN, Meant, Named
from placenames.addresses.finding.places_standing import standing
from placenames.addresses.finding.plates_found import COLUMNS, IN_USE, ON_THE_DAY, C, as_plate, km_between
from placenames.addresses.finding.toponym_names import BEARING, Toponym, Toponyms, Way
from placenames.language.numerals import in_characters
from placenames.language.sounds import without_tones

SPELT = re.compile("(?P<letters>[A-Za-z]{2,}) *(?P<digits>[0-9]*)(?P<whole>号?)$")
BETWEEN_SYLLABLES = re.compile("(?<=[A-Za-z])[ '’·-]+(?=[A-Za-z])")
TAIL = re.compile("(?<![0-9])[0-9]*[\u3400-\u9fff]*$")
"""The last words, with the number before them that may begin them: 5号大."""
LAST_COUNTED = re.compile("(?<![0-9A-Z.-])(?P<number>[1-9][0-9]?)(?P<unit>[\u3400-\u9fff]+)$")
"""A number as `in_characters` says it, with what it counts."""
VILLAGE = "community"
INSIDE = (HOUSE, CELL, FLOOR, ROOM)
DIGITS = range(4)
"""Numbers that begin with 1: 1, 10–19, 100–199, 1000–1999."""
MOST_BEARERS = 8
MOST_NAMES = 2000
AT_ONCE = 40
"""So many places at a time are looked at whether they stand on the day."""


class Typed(NamedTuple):
    """A number as far as it was typed, and whether it was typed to its end."""

    digits: str
    whole: bool


def suggestions(look: Connection, names: Toponyms, question: Question) -> list[Match]:
    """A few streets, villages, towns or plates that begin so; the best first. Raises BadInput."""
    question = as_of_today(question, date.today())
    text = question.q.strip()
    if not text:
        return []
    for spelt in _spellings(text):
        if found := _spelt(look, names, spelt, question):
            return found
    understood = read(text, names)
    bearing = _before_a_number(understood)
    if bearing:
        return _at_a_number(look, names, understood, bearing, question)
    if _is_inside(understood):
        found = [each for each in answers(look, names, [question])[0] if each.id]
        if found:
            return found
    return _best(look, _by_text(understood, names) or _last_named(understood.named), names, question)


def _spellings(text: str) -> Iterator[re.Match[str]]:
    """Pinyin as people write it, in the letters of a keyboard: rén mín lù and ren'min'lu together, else the last word."""
    if HAN.search(text.removesuffix("号")):
        return
    letters = without_tones(unicodedata.normalize("NFKC", text)).replace("ü", "v")
    if together := SPELT.fullmatch(BETWEEN_SYLLABLES.sub("", letters)):
        yield together
    if (last := SPELT.search(letters)) and last.start():
        yield last


def _spelt(look: Connection, names: Toponyms, spelt: re.Match[str], question: Question) -> list[Match]:
    """What is spelt so, in pinyin or by its initials; with a number behind it the plates of the streets spelt so."""
    letters, digits = spelt["letters"].lower(), spelt["digits"]
    if digits:
        written = names.spelt_exactly(letters) or names.spelt_so(letters)
        bearers = [each for each in _called_so(names, written) if each.called.toponym.level in BEARING]
        bearers.sort(key=lambda each: (each.called.way, -each.called.toponym.plates))
        if plates := _numbered(look, names, Typed(digits, bool(spelt["whole"])), bearers[:MOST_BEARERS], question):
            return plates
    return _best(look, _called_so(names, names.spelt_so(letters)), names, question)


def _called_so(names: Toponyms, written: Iterable[str]) -> Iterator[Meant]:
    for name in written:
        yield from (Meant(EXACT, name, called) for called in names.meanings[name] if called.way is not Way.SHORT)


def _beginnings(tail: re.Match[str], names: Toponyms) -> Iterator[int]:
    """Where a name may begin in the last words; at their number where streets begin with numbers."""
    for at in range(tail.start(), tail.end()):
        is_number = tail.string[at].isdigit()
        if not is_number or (at == tail.start() and names.numbers):
            yield at


def _by_text(understood: Read, names: Toponyms) -> list[Meant]:
    """What the last words name, and what begins as they do, in the towns and villages that were named before."""
    written = (understood.text, *_in_characters(understood))
    return [each for text in written for each in _begun_so(text, understood, names)]


def _in_characters(understood: Read) -> Iterator[str]:
    """The same with the number at its end as names have it: 一号, the beginning of 一号路, is read as 1号."""
    found = LAST_COUNTED.search(understood.text)
    if found:
        yield f"{understood.text[: found.start()]}{in_characters(int(found['number']))}{found['unit']}"


def _begun_so(text: str, understood: Read, names: Toponyms) -> Iterable[Meant]:
    """What the last words of one way of writing it are the beginning of: as many of them as begin anything."""
    tail = TAIL.search(text)
    for at in _beginnings(tail, names) if tail else ():
        said = text[at:]
        begun = [*([said] if said in names.meanings else []), *names.beginning(said, MOST_NAMES)]
        before = [each for each in understood.named if each.start < at]
        if inside := _inside(before, _called_so(names, begun)):
            return inside
    return ()


def _last_named(named: Sequence[Named]) -> tuple[Meant, ...]:
    """What the last name means in the towns and villages before it; where that is nothing, what the one before it means."""
    for at in reversed(range(len(named))):
        if inside := _inside(named[:at], named[at].meant):
            return inside
    return ()


def _inside(before: Iterable[Named], found: Iterable[Meant]) -> tuple[Meant, ...]:
    """Of some places those that lie in the towns and villages that were named before."""
    around = [each for each in before if any(one.called.toponym.level in (TOWN, VILLAGE) for one in each.meant)]
    return tuple([each for each in found if all(_lies_in(each.called.toponym, one) for one in around)])


def _lies_in(place: Toponym, named: Named) -> bool:
    """Whether a place lies in one of those that a name means."""
    return any(_holds(each.called.toponym, place) for each in named.meant)


def _holds(around: Toponym, place: Toponym) -> bool:
    """Whether a place lies in another; villages hold their own groups alone, and streets are those of the whole town."""
    if around.level == VILLAGE and place.level in (VILLAGE, "hamlet"):
        return f"{place.path}{PATH}".startswith(f"{around.path}{PATH}")
    return place.unit.startswith(around.unit)


def _best(look: Connection, found: Iterable[Meant], names: Toponyms, question: Question) -> list[Match]:
    """Each place once; the nearer first where it is known from where somebody asks, else those with the most plates."""
    near = question.near

    def order(toponym: Toponym) -> tuple[float, int]:
        far = km_between(near, (toponym.lon, toponym.lat)) if near and toponym.lon and toponym.lat else 0.0
        return far, -toponym.plates

    kept: dict[str, Meant] = {}
    for each in found:
        place = each.called.toponym
        if place.unit.startswith(question.unit) and lies_in_the_box(question, place.lon, place.lat):
            known = kept.setdefault(place.path, each)
            kept[place.path] = min(known, each, key=lambda one: one.called.way)
    places = sorted((each.called.toponym for each in kept.values()), key=order)
    holding = _holding(look, [kept[each.path] for each in places], names, question)
    return [_of_toponym(each, names) for each in islice(holding, question.limit)]


def _holding(look: Connection, places: list[Meant], names: Toponyms, question: Question) -> Iterator[Meant]:
    """The places that bear an address on the day, and in the states, that were asked for; and those that need not."""
    day, left = question.on or date.today(), iter(places)

    @cache
    def must_bear(name: str) -> bool:
        return must_stand(question, _called_so(names, [name] if name in names.meanings else []))

    while some := list(islice(left, AT_ONCE)):
        bearing = [each for each in some if each.called.toponym.level in BEARING]
        must = [each.called.toponym for each in bearing if any(map(must_bear, _called_alike(each)))]
        empty = {each.path for each in must} - (standing(look, must, day, question.statuses) if must else set())
        yield from (each for each in some if each.called.toponym.path not in empty)


def _called_alike(meant: Meant) -> tuple[str, ...]:
    """How a place is called, and the street or village around it: what else is or was called so may be renamed since."""
    return (meant.name, *meant.called.toponym.path.split(PATH))


def _of_toponym(meant: Meant, names: Toponyms) -> Match:
    toponym, told = meant.called.toponym, tuple(renamed(meant.name, meant.called))
    label, level = label_of(toponym, names), level_of_toponym(toponym)
    return Match("", "", label, BY_NAME[EXACT], level, toponym.lon, toponym.lat, toponym.unit, told)


def _before_a_number(understood: Read) -> Named | None:
    """The name of what bears the number that is being typed."""
    if not understood.counted or understood.counted[-1].kind not in (PLATE, BARE):
        return None
    last = understood.counted[-1]
    if last.end < len(understood.text.rstrip()):
        return None
    return next((each for each in reversed(understood.bearers()) if each.end <= last.start), None)


def _at_a_number(look: Connection, names: Toponyms, understood: Read, bearing: Named, question: Question) -> list[Match]:
    """The plates whose numbers begin so; where there are none, what the address may mean, else what would bear them."""
    named = [each for each in understood.named if each.start <= bearing.start]
    meant = _inside(named[:-1], bearing.meant)
    bearers = [each for each in meant if each.called.toponym.level in BEARING][:MOST_BEARERS]
    if plates := _numbered(look, names, _number_typed(understood), bearers, question):
        return plates
    found = [each for each in answers(look, names, [question])[0] if each.match_level != "interpolated"]
    if len(meant) < len(bearing.meant):
        found = _beside(bearers, found, names)
    return found or _best(look, bearers or _last_named(named), names, question)


def _beside(bearers: Iterable[Meant], found: Iterable[Match], names: Toponyms) -> list[Match]:
    """Of some answers those in the villages of what bears the number, or in the towns of its streets."""
    places = [each.called.toponym for each in bearers]
    around = tuple([plain(label_of(each, names).removesuffix(each.name)) for each in places])
    return [each for each in found if plain(each.label).startswith(around)]


def _is_inside(understood: Read) -> bool:
    """Whether a building, staircase, floor or room was typed."""
    return any(each.kind in INSIDE for each in understood.counted)


def _number_typed(understood: Read) -> Typed:
    last = understood.counted[-1]
    alone = len(understood.counted) == 1 and len(last.parts) == 1
    return Typed(last.parts[0] if alone else "", last.kind == PLATE)


def _numbered(look: Connection, names: Toponyms, typed: Typed, bearers: list[Meant], question: Question) -> list[Match]:
    """The plates whose numbers begin as far as they were typed; before those of a street renamed since what was once so."""
    if not typed.digits.isdigit() or len(typed.digits) > len(DIGITS) + 2:
        return []
    told: dict[str, tuple[Text, ...]] = {}
    for each in sorted(bearers, key=lambda one: one.called.way):
        told.setdefault(each.called.toponym.path, tuple(renamed(each.name, each.called)))
    number = int(typed.digits)
    spans = [(path, number * 10**more, (number + 1) * 10**more - 1) for path in told for more in DIGITS]
    if typed.whole:
        spans = [span for span in spans if span[1] == span[2]]
    asked = {"bearers": [s[0] for s in spans], "lows": [s[1] for s in spans], "highs": [s[2] for s in spans]}
    day = question.on or date.today()
    west, south, east, north = question.box or (None, None, None, None)
    where = {"unit": question.unit, "statuses": list(question.statuses), "decimals": question.decimals,
             "west": west, "south": south, "east": east, "north": north}  # fmt: skip
    rows: Any = look.execute(_BEGINNING, asked | where | {"day": day, "most": question.limit})
    plates = [as_plate(row) for row in rows]
    found = [Match.of_plate(each, BY_NAME[EXACT], names, told[each.key.bearer]) for each in plates]
    once = any(each.called.way is Way.FORMER for each in bearers)
    return _once_so(look, names, found, question) if once else found


def _once_so(look: Connection, names: Toponyms, found: list[Match], question: Question) -> list[Match]:
    """With what bore such a number before its street was renamed, which may bear another one now."""
    before = [each for each in answers(look, names, [question])[0] if each.id]
    known = {each.id for each in before}
    return [*before, *(each for each in found if each.id not in known)][: question.limit]


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


def _as_indexed(column: ColumnElement[str]) -> ColumnElement[str]:
    """In the order of the index, so that the first few are read from it and no street is sorted."""
    return UnaryExpression(column, modifier=custom_op("USING ~<~"))


def _beginning() -> Any:
    asked = (
        func.unnest(*(bindparam(name, type_=ARRAY(kind)) for name, kind in
                      (("bearers", SqlText), ("lows", Integer), ("highs", Integer))))
        .table_valued("bearer", "low", "high", name="asked").render_derived()
    )  # fmt: skip
    one = (
        select(*COLUMNS, literal("").label("former"), C.ordinal)
        .where(C.bearer_key == asked.c.bearer, C.ordinal.between(asked.c.low, asked.c.high), C.inside_key == "",
               ON_THE_DAY, _IS_LOOKED_FOR, func.starts_with(C.unit, bindparam("unit", type_=SqlText)))
        .order_by(C.ordinal, _as_indexed(C.plate_key)).limit(bindparam("most")).lateral("one")
    )  # fmt: skip
    found = select(one).select_from(asked.join(one, true()))
    return found.order_by(one.c.ordinal, _as_indexed(one.c.plate_key)).limit(bindparam("most"))


_BEGINNING = _beginning()
