"""Explanations: how an address was understood, step by step, in words."""

from __future__ import annotations

from collections.abc import Iterator

from gis.text import Text
from placenames.addresses.address_keys import PATH
from placenames.addresses.finding.address_meanings import meanings_of
from placenames.addresses.finding.address_reading import read
from placenames.addresses.finding.counted_parts import CELL, FLOOR, GROUP, HOUSE, LANE, PLATE, ROOM
from placenames.addresses.finding.matches import Match
from placenames.addresses.finding.names_met import BEGUN, EXACT, FAINT, SLIP, SOUND, SWAP, Named
from placenames.addresses.finding.toponym_names import Toponyms, Way

MOST = 5
_HOW = {
    EXACT: Text("名称相同", "the same name"),
    SOUND: Text("读音相同", "the same sound"),
    SLIP: Text("一字之差", "one character apart"),
    SWAP: Text("两字颠倒", "two characters swapped"),
    FAINT: Text("一字之差(数字或方位)", "one character apart, a number or direction"),
    BEGUN: Text("只写了开头", "only its beginning"),
}
_WAYS = {
    Way.NAME: Text("标准名称", "standard name"), Way.ALIAS: Text("别名", "alias"), Way.SHORT: Text("简称", "short form"),
    Way.FORMER: Text("曾用名", "former name"),
}  # fmt: skip
_KINDS = {
    PLATE: Text("门牌号", "number"), LANE: Text("弄、巷", "lane"), HOUSE: Text("幢", "building"),
    CELL: Text("单元", "staircase"), FLOOR: Text("楼层", "floor"), ROOM: Text("户室", "room"), GROUP: Text("组", "group"),
}  # fmt: skip
_BARE = Text("未写单位,按位置判断", "without a word of its own, judged by its place")
_LEVELS = {
    "flat": Text("户室", "flat"), "plate": Text("门牌", "plate"),
    "interpolated": Text("推算位置", "placed between neighbours"),
    "street": Text("街路巷、小区", "street or estate"), "village": Text("村", "village"), "town": Text("乡镇街道", "town"),
}  # fmt: skip


_PART = Text(
    "“{said}”紧接名称而未识别,整个名称不在名录中",
    "“{said}” touches the name and is not understood: the whole is no known name",
)


def steps(query: str, names: Toponyms, found: list[Match]) -> list[Text]:
    """How a question was understood and what came of it. Raises BadInput for a text that cannot be kept."""
    return [*_reading(query, names), *_outcome(found)]


def level_words(level: str) -> Text:
    """A match level in words."""
    return _LEVELS[level]


def _reading(query: str, names: Toponyms) -> Iterator[Text]:
    understood = read(query, names)
    yield Text("统一写法:{text}", "in one writing: {text}").fill(text=understood.text)
    for each in understood.named:
        yield _name(understood.text[each.start : each.end], each)
    for number in understood.counted:
        said = understood.text[number.start : number.end]
        kind = _KINDS.get(number.kind, _BARE)
        yield Text("“{said}”:{zh}", "“{said}”: {en}").fill(said=said, zh=kind.zh, en=kind.en)
    for left in understood.leftovers:
        yield Text("“{said}”:未识别", "“{said}”: not understood").fill(said=left.text)
    meanings = meanings_of(understood, names)
    if meanings.doubtful is not None:
        yield _PART.fill(said=meanings.doubtful.text)
    for meaning in meanings.plates[:MOST]:
        inside = "/".join(part for part in meaning.inside if part)
        where = " ".join(part for part in (*meaning.bearer_key.split(PATH)[1:], meaning.plate_key, inside) if part)
        yield Text("查找:{where}({unit})", "looked up: {where} ({unit})").fill(where=where, unit=meaning.toponym.unit)


def _name(said: str, named: Named) -> Text:
    best = named.meant[0]
    more = len({each.called.toponym.path for each in named.meant}) - 1
    told = Text("“{said}”:“{name}”的{way_zh},{how_zh}", "“{said}”: {way_en} of “{name}”, {how_en}").fill(
        said=said, name=best.called.toponym.name, way_zh=_WAYS[best.called.way].zh, way_en=_WAYS[best.called.way].en,
        how_zh=_HOW[best.how].zh, how_en=_HOW[best.how].en,
    )  # fmt: skip
    return Text(f"{told.zh};另有 {more} 处可能", f"{told.en}; {more} other places possible") if more else told


def _outcome(found: list[Match]) -> Iterator[Text]:
    if not found:
        yield Text("没有找到", "nothing was found")
    for each in found[:1]:
        level = level_words(each.match_level)
        line = Text("结果:{label},{zh},得分 {score}", "answer: {label}, {en}, score {score}")
        yield line.fill(label=each.label, zh=level.zh, en=level.en, score=f"{each.score:.2f}")
        yield from each.changed
