"""Column titles: which column fills which field, by whole titles and by what a shapefile leaves of them.

A shapefile keeps ten bytes of a title: 所在政区代码 comes as 所在政区代 in GBK, as 所在政 and a third of a character in
UTF-8. What is left counts where one field alone can be meant, or one alone is still needed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache

from gis.registers import Field, Register
from gis.tables import folded

SHORT = 10
"""Shapefiles cut column names to ten bytes."""
Meant = Mapping[str, tuple[Field, str]]
"""Fields that may be meant, by name, each with the whole title."""


def columns_of(
    register: Register,
    fields: Sequence[Field],
    titles: Iterable[str],
    by_hand: Mapping[str, str],
    taken: Iterable[str] = (),
) -> dict[str, str]:
    """Which column fills which of these fields of a register; what was chosen by hand fills nothing else.

    Columns are known by the field's own title first, then by its other whole titles, then by what is left of a title
    that was cut.
    """
    columns = {folded(title): title for title in titles}
    names = {each.name for each in fields}
    found = {name: column for name, column in by_hand.items() if name in names and column in columns.values()}
    used, meant = {*taken, *by_hand.values()}, meant_by_cut(register)

    def fill(titles_of: Callable[[Field], Iterable[str]]) -> None:
        for each in fields:
            said = () if each.name in found or each.inner else titles_of(each)
            column = next((columns[title] for title in said if title in columns and columns[title] not in used), None)
            if column is not None:
                found[each.name] = column
                used.add(column)

    fill(_own_titles)
    fill(whole_titles)
    fill(lambda each: [cut for cut in _cut_titles(each) if list(meant.get(cut, ())) == [each.name]])
    fill(lambda each: [cut for cut in _cut_titles(each) if _is_needed(each, meant.get(cut, {}), found)])
    return found


def whole_titles(each: Field) -> list[str]:
    """The titles under which a field is sent, folded."""
    return [folded(said) for said in _said(each)]


def _own_titles(each: Field) -> list[str]:
    """The titles of which a field is called here, folded: who sends 产权人 beside 户主 means the first."""
    return [folded(said) for said in (each.title.zh, each.name, each.title.en)]


def meant_by_cut(register: Register) -> dict[str, dict[str, tuple[Field, str]]]:
    """What may be left of titles that were cut, folded, and what it may stand for: `Meant`.

    What is a whole title of some field stands for that field alone, and is not among them.
    """
    fields = [each for each in (*register.fields, *register.personal) if not each.inner]
    whole = {title for each in fields for title in whole_titles(each)}
    found: dict[str, dict[str, tuple[Field, str]]] = {}
    for each in fields:
        for said in _said(each):
            for cut in map(folded, cuts(said)):
                if cut not in whole:
                    found.setdefault(cut, {}).setdefault(each.name, (each, said))
    return found


def known_by_cut(register: Register, columns: Mapping[str, str]) -> list[str]:
    """Of the columns that fill fields (field -> column) those known by what is left of a title, with the whole title."""
    meant = meant_by_cut(register)
    told = ((column, name, meant.get(folded(column), {})) for name, column in columns.items())
    return [f"{column} = {fields[name][1]}" for column, name, fields in told if name in fields]


def unclear_by_cut(register: Register, columns: Iterable[str]) -> list[str]:
    """The columns that may fill several fields, their titles being cut, with the titles they may have had."""
    meant = meant_by_cut(register)
    told = ((column, [title for _, title in meant.get(folded(column), {}).values()]) for column in columns)
    return [f"{column} = {' / '.join(titles)} ?" for column, titles in told if len(titles) > 1]


@cache
def cuts(title: str) -> tuple[str, ...]:
    """What a shapefile leaves of a longer title in UTF-8 and in GBK; half a character at its end is gone."""
    written = ((title.encode(encoding, "ignore"), encoding) for encoding in ("utf-8", "gbk"))
    return tuple(whole[:SHORT].decode(encoding, "ignore") for whole, encoding in written if len(whole) > SHORT)


def _said(each: Field) -> tuple[str, ...]:
    return (*each.aliases, each.name, each.title.zh, each.title.en)


def _cut_titles(each: Field) -> list[str]:
    return [folded(cut) for said in _said(each) for cut in cuts(said)]


def _is_needed(each: Field, meant: Meant, filled: Collection[str]) -> bool:
    """Whether of the fields that may be meant it is the only required one that nothing fills yet.

    Not where a field may be meant that is made anew whatever is sent: 标准地 is rather 标准地址 than a code.
    """
    needed = [name for name, (field, _) in meant.items() if field.required and name not in filled]
    return needed == [each.name] and all(field.keeps for field, _ in meant.values())
