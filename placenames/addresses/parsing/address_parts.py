"""The parts of an address: what was found in it, where, what it says, and why it was taken for that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from gis.text import Text
from placenames.addresses.address_writing import DASHES
from placenames.addresses.parsing.address_levels import Level

_WHY = {
    "known": Text("名录中的名称", "a name in the lists"),
    "again": Text("前面已经写过", "written before"),
    "number": Text("数字,按前后文判断", "a number, judged by what stands around it"),
    "letter": Text("字母或天干的编号", "numbered by a letter"),
    "free": Text("没有可识别的词尾,按前后文判断", "no known ending, judged by what stands around it"),
    "assist": Text("方位词", "a word that tells where from there"),
    "redundant": Text("与位置无关的词", "a word that says nothing of the place"),
    "postcode": Text("邮政编码", "a postcode"),
    "unknown": Text("未能识别", "not understood"),
    "repeated": Text(
        "同级政区在别处又写了一次或写得更全", "a unit of this level is written once more, or in full, elsewhere"
    ),
}
_GROUPS = frozenset({"组", "小组", "村民小组", "队", "小队", "生产队"})
_GROUP_AS_A_ROAD = Text("组(编号如街路)", "group, numbered as a street is")


@dataclass(frozen=True, slots=True)
class Component:
    """One part of an address: its level, how and where it was written, and what it says in our writing.

    `original[start:end]` is `text`. `code` is that of what it names, where the lists know just one such code.
    """

    level: Level
    text: str
    value: str
    start: int
    end: int
    rule: str
    code: str = ""

    @property
    def is_group(self) -> bool:
        """Whether it is a numbered or named group of villagers."""
        return self.rule.partition(":")[2] in _GROUPS

    @property
    def name(self) -> Text:
        """What it is, in words."""
        return _GROUP_AS_A_ROAD if self.is_group and self.level is Level.ROAD else self.level.words

    @property
    def why(self) -> Text:
        """Why it was taken for that."""
        kind, _, word = self.rule.partition(":")
        if kind == "ending":
            return Text(f"以“{word}”结尾", f"ends in {word}")
        if kind == "number" and word:
            return Text(f"数字与“{word}”", f"a number with {word}")
        return _WHY[kind]


@dataclass(frozen=True)
class Address:
    """An address taken apart: as it was written, in our writing, and its parts as they stand; none overlap."""

    text: str
    normalised: str
    components: tuple[Component, ...]

    @cached_property
    def values(self) -> Mapping[Level, str]:
        """Level -> what the address says there; the first where several parts are of one level."""
        found: dict[Level, str] = {}
        for each in self.components:
            found.setdefault(each.level, each.value)
        return found

    def __getitem__(self, level: Level) -> str:
        """What the address says at a level; an empty text where it says nothing."""
        return self.values.get(level, "")

    @property
    def leftovers(self) -> tuple[Component, ...]:
        """What says nothing of the place, or was not understood."""
        return tuple(each for each in self.components if each.level is Level.REDUNDANT)

    @property
    def plate(self) -> str:
        """The whole number at the street, as far as it goes: 88弄52号, 2巷5号, 188-12号; empty where there is none."""
        for at, each in enumerate(self.components):
            if each.level in {Level.ROADNO, Level.SUBROADNO}:
                sides = [side.value for side in self.components[:at] if side.level is Level.SUBROAD]
                lanes = "".join(side for side in sides if side[:1].isdigit())
                return lanes + _with_building(self.text, *self.components[at : at + 2])
        return ""

    def steps(self) -> list[Text]:
        """How it was understood, step by step."""
        told = [Text("统一写法:{text}", "in one writing: {text}").fill(text=self.normalised)]
        line = Text("“{part}”:{level},{why}", "“{part}”: {level}; {why}")
        return told + [line.fill(part=each.text, level=each.name, why=each.why) for each in self.components]

    def as_dict(self) -> dict[str, object]:
        """The address as answers carry it."""
        return {
            "text": self.text,
            "normalised": self.normalised,
            "parts": {level.value: value for level, value in self.values.items() if level is not Level.REDUNDANT},
            "plate": self.plate,
            "components": [
                {
                    "level": each.level.value, "name": each.name.as_dict(), "text": each.text,
                    "value": each.value, "start": each.start, "end": each.end, "code": each.code or None,
                }
                for each in self.components
            ],
            "leftovers": [{"text": each.text, "start": each.start, "end": each.end} for each in self.leftovers],
        }  # fmt: skip


def _with_building(text: str, number: Component, following: Component | None = None) -> str:
    """A plate's number with that of the building which it leads to: 88弄 and 52号, 188 and 12号."""
    if following is None or following.level is not Level.HOUSENO:
        return number.value
    if number.value.endswith("弄"):
        return f"{number.value}{following.value}"
    between = text[number.end : following.start]
    if between and set(between) <= {"-", "一", "丨", " ", *DASHES}:
        return f"{number.value.removesuffix('号')}-{following.value.removesuffix('幢')}号"
    return number.value


def written_out(values: Mapping[Level, str]) -> str:
    """The text of an address from the wide to the narrow, as standard addresses are written."""
    return "".join(values[level] for level in Level if level in values and level is not Level.REDUNDANT)
