"""The names of a made county: its units, and the roads, villages, hamlets and estates in its towns."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tests.benchmarks.name_stock import EVERYWHERE, HAMLETS, Stock, heard_alike

REPEATED = (2, 5)
"""In how many towns a name that is everywhere stands, at least and at most."""
BETWEEN = "、"
"""Stands between several names in one cell."""
ABOVE = (
    "云岭",
    "样江",
    "东泽",
    "北川",
    "明洲",
    "青原",
    "安岭",
    "永河",
    "平海",
    "兰阳",
    "清溪",
    "宁川",
    "凤原",
)
SHORTENED = "小区 花园 家园 公寓 新村 嘉园 名苑 华府 佳苑 花苑 豪庭 雅居 名邸 苑"


@dataclass
class Toponym:
    """A named place that bears numbers."""

    name: str
    level: str
    unit: str
    community: str = ""
    former: str = ""
    aliases: str = ""
    short: str = ""


@dataclass
class Town:
    """A town with what is named in it."""

    code: str
    name: str
    roads: list[Toponym] = field(default_factory=list)
    communities: list[Toponym] = field(default_factory=list)
    hamlets: list[Toponym] = field(default_factory=list)
    estates: list[Toponym] = field(default_factory=list)
    said: set[str] = field(default_factory=set)
    """Everything that something in this town is or was called."""

    @property
    def stem(self) -> str:
        return self.name.removesuffix("街道").removesuffix("镇").removesuffix("乡")

    @property
    def is_urban(self) -> bool:
        return self.name.endswith("街道")

    def everything(self) -> Iterator[Toponym]:
        yield from (*self.roads, *self.communities, *self.hamlets, *self.estates)

    def _listed(self, level: str) -> list[Toponym]:
        match level:
            case "road":
                return self.roads
            case "community":
                return self.communities
            case "hamlet":
                return self.hamlets
            case _:
                return self.estates

    def add(self, name: str, level: str, community: str = "") -> Toponym | None:
        """A new place; none where the town has the name already."""
        if name in self.said and not (level == "hamlet" and name.endswith("组")):
            return None
        self.said.add(name)
        place = Toponym(name, level, self.code, community)
        self._listed(level).append(place)
        return place


@dataclass(frozen=True)
class Above:
    """Province, city and county: (code, name) each."""

    province: tuple[str, str]
    city: tuple[str, str]
    county: tuple[str, str]


def above(seed: int, chance: random.Random) -> Above:
    """The invented units above; codes begin with 9, as no real ones do."""
    province, city = f"{91 + seed % 9}", f"{91 + seed % 9}{1 + seed // 9 % 90:02d}"
    of_province, of_city, of_county = chance.sample(ABOVE, 3)
    county = f"{city}{chance.randint(1, 89):02d}"
    return Above(
        (province, f"{of_province}省"),
        (city, f"{of_city}市"),
        (county, of_county + chance.choice(("市", "县", "区"))),
    )


def towns_of(county: str, count: int, stock: Stock) -> list[Town]:
    """Towns: a third of them urban; some are called after the side on which they lie (江东街道 and 江南街道)."""
    chance, names = stock.chance, dict[str, None]()
    shared = chance.choice(stock.first)
    urban = max(2, round(count * chance.uniform(0.25, 0.45)))
    while len(names) < count:
        stem = shared + chance.choice("东南西北") if len(names) < 2 else stock.stem()
        if stem not in names:
            names[stem] = None
    endings = ["街道"] * urban + ["镇"] * (count - urban - count // 8) + ["乡"] * (count // 8)
    full = [stem + ending for stem, ending in zip(names, endings, strict=True)]
    return [Town(f"{county}{number:03d}", name) for number, name in enumerate(full, start=1)]


def name_places(towns: Sequence[Town], names: int, stock: Stock) -> None:
    """Gives the towns so many names all in all, and some of the places their former names, aliases and short forms."""
    for town in towns:
        town.said.update((town.name, town.stem))
    share = stock.chance.uniform
    roads, hamlets, estates = names * share(0.45, 0.52), names * share(0.18, 0.25), names * share(0.16, 0.2)
    _name_roads(towns, int(roads), stock)
    _name_villages(towns, int(hamlets), int(names - roads - hamlets - estates), stock)
    _name_estates(towns, int(estates), stock)
    for town in towns:
        _give_other_names(town, stock)


def _weights(towns: Sequence[Town]) -> list[float]:
    return [3.0 if town.is_urban else 1.0 for town in towns]


def _name_roads(towns: Sequence[Town], count: int, stock: Stock) -> None:
    chance, have = stock.chance, list[str]()
    for town in towns:  # no town is without roads
        have += [
            name for name in ("中心路", stock.stem() + "路", stock.stem() + "街") if town.add(name, "road")
        ]
    while len(have) < count:
        first = chance.choices(towns, _weights(towns))[0]
        names = stock.roads(first.stem, have)
        in_towns = [first]
        if names[0][:-1] in EVERYWHERE or chance.random() < 0.04:
            in_towns = chance.sample(list(towns), min(len(towns), chance.randint(*REPEATED)))
        have += [name for town in in_towns for name in names if town.add(name, "road")]


def _name_villages(towns: Sequence[Town], hamlets: int, communities: int, stock: Stock) -> None:
    """Villages have hamlets with names or numbered groups; a fourth are numbered as a whole."""
    chance = stock.chance
    for number in range(max(communities, 2 * len(towns))):
        town = towns[number % len(towns)]
        ending = "社区" if chance.random() < (0.8 if town.is_urban else 0.15) else "村"
        town.add(stock.village() + ending, "community")
    villages = [place for town in towns for place in town.communities if place.name.endswith("村")]
    by_code = {town.code: town for town in towns}
    divided = [village for village in villages if chance.random() < 0.75] or villages
    grouped = {village.name for village in divided if chance.random() < 0.4}
    made = 0
    while made < hamlets and divided:
        village = chance.choice(divided)
        town = by_code[village.unit]
        if village.name in grouped:
            taken = sum(1 for each in town.hamlets if each.community == village.name)
            made += town.add(f"{taken + 1}组", "hamlet", village.name) is not None
        else:
            name = chance.choice(HAMLETS) if chance.random() < 0.1 else stock.hamlet()
            made += town.add(name, "hamlet", village.name) is not None


def _name_estates(towns: Sequence[Town], count: int, stock: Stock) -> None:
    chance, made = stock.chance, 0
    while made < count:
        name = stock.estate()
        repeated = 2 if chance.random() < 0.05 else 1
        for town in {each.code: each for each in chance.choices(towns, _weights(towns), k=repeated)}.values():
            made += town.add(name, "estate") is not None


def _give_other_names(town: Town, stock: Stock) -> None:
    chance = stock.chance
    for place in list(town.everything()):
        match place.level:
            case "road":
                place.former = _new(town, stock.stem() + place.name[-1:], 0.08, chance)
                place.aliases = _new(town, _otherwise(place.name, stock), 0.06, chance)
                avenue = place.name.endswith("大道")
                place.short = _new(town, place.name.removesuffix("大道") + "道", 0.5 if avenue else 0, chance)
            case "community":
                place.former = _new(town, stock.village() + "村", 0.08, chance)
                place.short = _new(town, place.name.removesuffix("社区").removesuffix("村"), 1, chance)
            case "hamlet" if not place.name.endswith("组"):
                place.aliases = _new(town, stock.hamlet(), 0.05, chance)
            case "estate":
                place.former = _new(town, stock.estate(), 0.05, chance)
                place.aliases = _new(
                    town, stock.stem() + chance.choice(("小区", "公寓", "新村")), 0.08, chance
                )
                place.short = _new(town, _shorter(place.name), 0.4, chance)


def _new(town: Town, name: str, share: float, chance: random.Random) -> str:
    """A name that nothing in the town bears yet, for this share of places; an empty text for the others."""
    if chance.random() >= share or len(name) < 2 or name in town.said:
        return ""
    town.said.add(name)
    return name


def _otherwise(name: str, stock: Stock) -> str:
    """What people call a road beside its name: by its other ending, by another sound, or quite otherwise."""
    match stock.chance.randrange(3):
        case 0 if not name.endswith("大道"):
            return name[:-1] + ("街" if name.endswith("路") else "路")
        case 1:
            return heard_alike(name, 0, stock.chance)
        case _:
            return stock.stem() + name[-1:]


def _shorter(name: str) -> str:
    """阳光花园 as 阳光园, 样柳小区 as 样柳; an empty text where nothing would be left."""
    for ending in SHORTENED.split():
        if name.endswith(ending) and len(name) - len(ending) >= 2:
            short = name.removesuffix(ending)
            return short if ending in ("小区", "新村", "公寓") else short + ending[-1:]
    return ""
