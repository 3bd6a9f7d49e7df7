"""Parsing an address as people write it: its parts by level, each where it stands and what it says.

Everything that a stretch may be is laid out (`address_lattice`), and the least unusual way through is taken
(`address_path`, by the costs of `address_grammar`). Nothing is dropped: what says nothing of the place stands among the
parts as redundant and among the leftovers.

A numbered lane follows the public annotation guide: in 柳营路669弄14号 the number of the street is 669弄, and 14号 the
building in it; 巷 with a number is a side street (中山路2巷5号). Where no road is named, the group or the lane that bears
the numbers is the road (样坪村5组6号, 样福小区3巷18号). 10-2号 is one plate, and so is 239-243号; 188-12号 is
building 12 of plate 188, for sub-numbers are small; what is written with 之 or 附 is always one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from placenames.addresses.address_writing import Written, with_last_numerals_in_digits, written
from placenames.addresses.parsing.address_grammar import KEEP, LEVELS
from placenames.addresses.parsing.address_lattice import lattice_of
from placenames.addresses.parsing.address_levels import Level
from placenames.addresses.parsing.address_names import Known, Lexicon, shipped_names
from placenames.addresses.parsing.address_parts import Address, Component
from placenames.addresses.parsing.address_path import Stretch, best_path
from placenames.addresses.parsing.address_values import value_of

_INSTEAD = {Level.SUBROAD: (Level.ROAD, Level.ROAD), Level.SUBROADNO: (Level.ROADNO, Level.SUBROAD)}
"""What a part is where no such part stands before it that it could branch off."""
UNITS = (Level.PROV, Level.CITY, Level.DISTRICT)
"""An address lies in one of each."""
_ASSISTING = frozenset({"assist", "number:公里", "number:千米", "number:米"})
Names = Mapping[tuple[int, int], tuple[Known, ...]]


def parse(text: str, lexicon: Lexicon | None = None) -> Address:
    """Takes an address apart. Without a lexicon only the country's units are known by name; the rest goes by endings.

    Any order of parts is understood as far as they tell what they are. Raises BadInput for more than 300 characters.
    """
    said, known = written(text), shipped_names() if lexicon is None else lexicon
    said = with_last_numerals_in_digits(said, (each[:2] for each in known.names_in(said.text)))
    lattice = lattice_of(said.text, known, said.joined(), said.uncut())
    way = _without_marks(best_path(lattice))
    codes = _codes_of_units(way, lattice.names)
    components: list[Component] = []
    for stretch in way:
        before = components[-1] if components else None
        components.append(_component(said, stretch, before, lattice.names.get(stretch[:2], ()), codes))
    return Address(text, said.text, tuple(_each_unit_once(_with_a_road(components))))


def _without_marks(way: Iterable[Stretch]) -> list[Stretch]:
    """The parts without spaces and punctuation; words that were not understood and follow each other are one."""
    kept: list[Stretch] = []
    for each in way:
        if kept and each.rule == kept[-1].rule == "unknown" and kept[-1].end == each.start:
            kept[-1] = kept[-1]._replace(end=each.end)
        elif each.rule != "mark":
            kept.append(each)
    return kept


def _codes_of_units(way: Iterable[Stretch], names: Names) -> list[str]:
    """The codes of all units in an address that can only be one."""
    found: list[str] = []
    for each in way:
        codes = {known.code for known in names.get(each[:2], ()) if known.state == each.state}
        if len(codes) == 1:
            found += codes
    return found


def _component(
    said: Written, stretch: Stretch, before: Component | None, known: tuple[Known, ...], codes: list[str]
) -> Component:
    start, end = said.origin(stretch.start, stretch.end)
    level = _level_of(stretch)
    plain = said.text[stretch.start : stretch.end]
    after_lane = before is not None and before.level is Level.ROADNO and before.value.endswith("弄")
    value, code = value_of(level, plain, after_lane=after_lane), ""
    if stretch.rule == "known":
        value, code = _meant([each for each in known if each.state == stretch.state], codes, value)
    return Component(level, said.original[start:end], value, start, end, stretch.rule, code)


def _level_of(stretch: Stretch) -> Level:
    if stretch.state != KEEP:
        return LEVELS[stretch.state]
    return Level.ASSIST if stretch.rule in _ASSISTING else Level.REDUNDANT


def _meant(known: list[Known], codes: list[str], plain: str) -> tuple[str, str]:
    """The standard name and code of what a name means in the midst of these units; what is not sure is left open."""
    known = [each for each in known if any(_is_kin(each.code, code) for code in codes)] or known
    known = [each for each in known if each.own] or known
    known = [each for each in known if each.whole] or known
    known = [each for each in known if not each.ended] or known
    names, found = {each.name for each in known}, {each.code for each in known if each.is_exact}
    return names.pop() if len(names) == 1 else plain, found.pop() if len(found) == 1 else ""


def _is_kin(code: str, other: str) -> bool:
    return code != other and (code.startswith(other) or other.startswith(code))


def _with_a_road(components: list[Component]) -> list[Component]:
    """What takes the place of a road where none stands before: the group of 样坪村5组18号, the lane of 样福小区3巷18号."""
    if not any(each.level is Level.ROAD for each in components):
        components = [replace(each, level=Level.ROAD) if each.is_group else each for each in components]
    found: list[Component] = []
    for each in components:
        instead, needs = _INSTEAD.get(each.level, (each.level, each.level))
        branches_off = each.level is needs or any(before.level is needs for before in found)
        found.append(each if branches_off else replace(each, level=instead))
    return found


def _each_unit_once(components: list[Component]) -> Iterator[Component]:
    """Of units of one level that which is written in full, else the last; the others are redundant."""
    kept = {}
    for level in UNITS:
        of_it = [each for each in components if each.level is level]
        if of_it:
            kept[level] = max(of_it, key=lambda each: (_is_whole(each), each.start))
    for each in components:
        is_repeated = each.level in kept and each is not kept[each.level]
        yield replace(each, level=Level.REDUNDANT, rule="repeated", code="") if is_repeated else each


def _is_whole(unit: Component) -> bool:
    return len(unit.text) >= len(unit.value)
