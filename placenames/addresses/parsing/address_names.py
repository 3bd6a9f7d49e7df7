"""Names that the address parser knows: provinces, prefectures and counties of the country, and a deployment's own.

The table holds the names that GB/T 2260 and the statistical codes gave between 1998 and 2023, those that have ended
among them: people write addresses by the names they know. A deployment adds what its registers hold (`address_lexicon`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from placenames import shipped
from placenames.addresses.address_writing import normalised
from placenames.addresses.parsing.address_grammar import CITY, DISTRICT, PROV

NATIONS = (
    "蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|高山|拉祜|水|东乡|纳西|景颇|柯尔克孜|"
    "土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|乌孜别克|俄罗斯|鄂温克|德昂|保安|裕固|京|塔塔尔|独龙|"
    "鄂伦春|赫哲|门巴|珞巴|基诺|各"
)
AUTONOMOUS = re.compile(f"(.{{2,}}?)(?:(?:(?:{NATIONS})族?)+自治([州县旗区]))$")
ENDINGS = ("特别行政区", "自治区", "地区", "林区", "矿区", "省", "市", "县", "区", "盟")
ONE_WORD = {"内蒙古自治区": "内蒙古", "鄂伦春自治旗": "鄂伦春", "鄂温克族自治旗": "鄂温克"}
MUNICIPALITIES = frozenset({"11", "12", "31", "50"})
SHORTEST = 2
OF_A_COUNTY = "??"
"""Stands for what the table does not tell of a county's code."""


class Known(NamedTuple):
    """One thing that a name may mean: the state it is read as, its standard name, its code, and how it was written."""

    state: int
    name: str
    code: str
    whole: bool = True
    """Written in full; 余杭 for 余杭区 is not."""
    ended: bool = False
    """No unit bears it any more."""
    own: bool = False
    """From a register of this deployment."""

    @property
    def is_exact(self) -> bool:
        """Whether the code is its own: of a county the shipped table tells the prefecture's only."""
        return self.own or not self.code.endswith(OF_A_COUNTY)


@dataclass(frozen=True)
class Lexicon:
    """Names with all that each may mean; by their first two characters, how long names are that begin so."""

    meanings: Mapping[str, tuple[Known, ...]]
    lengths: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def names_in(self, text: str) -> Iterator[tuple[int, int, tuple[Known, ...]]]:
        """Every known name in a text, with where it stands; overlapping ones too."""
        lengths, meanings = self.lengths, self.meanings
        for at in range(len(text) - 1):
            for length in lengths.get(text[at : at + 2], ()):
                known = meanings.get(text[at : at + length])
                if known is not None and at + length <= len(text):
                    yield at, at + length, known

    def and_also(self, more: Iterable[tuple[str, Known]]) -> Lexicon:
        """The lexicon with further names; what a deployment says of a name goes before what is shipped."""
        return _lexicon(more, self)


@cache
def shipped_names() -> Lexicon:
    """The country's provinces, prefectures and counties."""
    return _lexicon(_of_the_country())


def short_of(name: str) -> str:
    """A unit's name as people shorten it (余杭区 -> 余杭); the name itself where nothing would be left."""
    if name in ONE_WORD:
        return ONE_WORD[name]
    if found := AUTONOMOUS.match(name):
        return found[1]
    for ending in ENDINGS:
        if name.endswith(ending) and len(name) - len(ending) >= SHORTEST:
            return name.removesuffix(ending)
    return name


def ways_of_writing(known: Known) -> Iterator[tuple[str, Known]]:
    """A unit's name in full, without its ethnic names (石柱县), and short."""
    yield known.name, known
    if found := AUTONOMOUS.match(known.name):
        yield f"{found[1]}{'自治区' if found[2] == '区' else found[2]}", known
    if (short := short_of(known.name)) != known.name:
        yield short, known._replace(whole=False)


def _of_the_country() -> Iterator[tuple[str, Known]]:
    for row in shipped.rows("unit_names.csv"):
        code = row["code"]
        top = PROV if len(code) == 2 and code not in MUNICIPALITIES else CITY
        for column, state, of_code in (
            ("names", top, code),
            ("counties", DISTRICT, f"{code.ljust(4, '0')}{OF_A_COUNTY}"),
        ):
            for name in row[column].split():
                yield from ways_of_writing(Known(state, name, of_code))
            for name in row[f"former_{column}"].split():
                yield from ways_of_writing(Known(state, name, of_code, ended=True))


def _lexicon(entries: Iterable[tuple[str, Known]], before: Lexicon | None = None) -> Lexicon:
    added: dict[str, dict[tuple[int, str, str], Known]] = {}
    for written, known in entries:
        name = normalised(written)
        if len(name) >= SHORTEST:
            added.setdefault(name, {}).setdefault((known.state, known.name, known.code), known)
    meanings = {} if before is None else dict(before.meanings)
    lengths = {} if before is None else dict(before.lengths)
    for name, each in added.items():
        meanings[name] = (*each.values(), *meanings.get(name, ()))
        known_lengths = lengths.get(name[:2], ())
        if len(name) not in known_lengths:
            lengths[name[:2]] = tuple(sorted((*known_lengths, len(name)), reverse=True))
    return Lexicon(meanings, lengths)
