"""Likeness: how like two names are, how much that weighs, and how it is said: which place, where, how far and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

import shapely

from gis.intake.rules import Offence, Severity
from gis.text import Text
from placenames.appellations import KINDS, Kind
from placenames.checks.same_names import CORE, LETTER, OTHERS, SAME
from placenames.checks.uniqueness import Area
from placenames.disclosing import HIDDEN, unit_in_words
from placenames.names import NAMES


class Likeness(StrEnum):
    """In which way two names are alike."""

    SAME = "same"
    FOLDED = "folded"
    SPECIFIC = "specific"
    SOUND = "sound"
    NEAR = "near"
    LETTER = "letter"


WHYS = {
    Likeness.SAME: Text("文字相同", "the same characters"),
    Likeness.FOLDED: Text(
        "除“新”“大”或所在市县名外相同", "only 新, 大 or the name of the county or city tells them apart"
    ),
    Likeness.SPECIFIC: Text("专名相同", "the same specific part"),
    Likeness.SOUND: Text("不计声调读音相同", "the same sound without tones"),
    Likeness.NEAR: Text("专名相同或只差“小”“老”", "the same specific part, or only 小 or 老 apart"),
    Likeness.LETTER: Text("只差一个字", "one character apart"),
}
DUPLICATES = (Likeness.SAME, Likeness.FOLDED, Likeness.SPECIFIC)
HOWS = {
    **dict.fromkeys(DUPLICATES, Text("重名", "is the same as")),
    Likeness.SOUND: Text("同音", "sounds like"),
    Likeness.NEAR: Text("相近", "is close to"),
    Likeness.LETTER: Text("相近", "is close to"),
}
UNTOLD = Text("距离不公开", "how far away it is, is not disclosed")
FAR = Text("位置未载,距离不详", "one position is not recorded, so the distance is not known")
WITHOUT_BUILT_UP = Text(
    "同一县级行政区域(该处没有建成区范围数据)", "the same county (no built-up area is recorded there)"
)
WEAK = ("小", "老")


@dataclass(frozen=True, slots=True)
class Hit:
    """Another place that is called the same, or nearly so."""

    likeness: Likeness
    place: Any
    code: str
    text: str
    kind: str
    since: date | None
    until: date | None
    unit: str
    unit_name: str | None
    class_code: str | None
    historical: bool
    lon: float | None
    lat: float | None
    metres: float | None
    within: Text
    """The ground on which they were compared."""
    public_since: date | None = None
    hidden: bool = False
    """Whether it is kept from whoever asks: then only its town and why it is alike are told."""

    @property
    def why(self) -> Text:
        """In which way they are alike."""
        return WHYS[self.likeness]

    @property
    def where(self) -> Text:
        """The unit in which the other place lies."""
        return unit_in_words(self.unit_name)

    @property
    def far(self) -> Text:
        """How far away it is."""
        return UNTOLD if self.hidden else distance(self.metres)

    @property
    def alone(self) -> bool:
        """Whether it is what the place is called by law at present or from a day to come."""
        return self.kind == Kind.STANDARD and not self.historical

    def as_dict(self) -> dict[str, Any]:
        """The find for programs: where, how far, why."""
        return {
            "place": None if self.hidden else self.place, "hidden": self.hidden, "code": self.code or None,
            "name": self.text or None, "kind": self.kind, "since": self.since, "until": self.until,
            "historical": self.historical, "unit": self.unit, "unit_name": self.unit_name,
            "class_code": self.class_code, "lon": self.lon, "lat": self.lat,
            "metres": None if self.metres is None else round(self.metres, 1), "likeness": self.likeness.value,
            "why": self.why.as_dict(), "far": self.far.as_dict(), "within": self.within.as_dict(),
        }  # fmt: skip


    def kept_back(self, unit: str, unit_name: str | None) -> Hit:
        """What is told of a place that is not disclosed: that it is there, in which town, and in which way it is alike."""
        return replace(
            self, code="", text="", since=None, until=None, unit=unit, unit_name=unit_name, class_code=None, lon=None,
            lat=None, metres=None, hidden=True,
        )  # fmt: skip


@dataclass(frozen=True)
class Likened(Offence):
    """An offence that is another place's name."""

    hit: Hit | None = None


def distance(metres: float | None) -> Text:
    """A distance in words."""
    if metres is None:
        return FAR
    if metres < 1000:
        return Text(f"相距 {metres:.0f} 米", f"{metres:.0f} m away")
    return Text(f"相距 {metres / 1000:,.1f} 千米", f"{metres / 1000:,.1f} km away")


def hit_of(row: Any, area: Area, day: date) -> Hit:
    """What the database found, understood."""
    o = {name: getattr(row, f"other_{name}") for name in (*OTHERS, "unit_name")}
    over = o["until"] is not None and o["until"] <= day
    kind = Kind.FORMER if o["kind"] == Kind.STANDARD and over else Kind(o["kind"])
    return Hit(
        _likeness(row), o["place"], o["code"], o["text"], kind.value, o["since"], o["until"], o["unit"],
        o["unit_name"], o["class_code"], o["historical"], row.lon, row.lat, row.metres, _ground(row, area),
        o["public_since"],
    )  # fmt: skip


def weight(hit: Hit, *, binding: bool, settled: bool) -> Severity | None:
    """How much a find weighs; None where it is not worth a word.

    A duplicate of what a place is called now is an error, a homophone a warning; former names and historical places
    are notes. Names that stand already are warned of.
    """
    duplicate = hit.likeness in DUPLICATES
    if not hit.alone and not duplicate:
        return None
    if hit.kind == Kind.FORMER or hit.historical or hit.likeness in (Likeness.NEAR, Likeness.LETTER):
        return Severity.NOTE
    if hit.kind != Kind.STANDARD:
        return Severity.WARNING
    if duplicate:
        return Severity.ERROR if binding and not settled else Severity.WARNING
    return Severity.WARNING if binding else Severity.NOTE


def offence_of(row: Any, hit: Hit, severity: Severity) -> Likened:
    """A find as an offence of the row that was asked about."""
    values = {
        "name": row.asked_name,
        "other": HIDDEN if hit.hidden else hit.text,
        "how": HOWS[hit.likeness],
        "as_what": _as_what(hit),
        "where": hit.where,
        "why": hit.why,
        "far": hit.far,
        "within": hit.within,
        "code": hit.code,
    }
    place = None if hit.lon is None or hit.lat is None else shapely.Point(hit.lon, hit.lat)
    found = Likened(
        NAMES.name, row.asked_row, place, values, severity, key=row.asked_code or row.asked_name, hit=hit
    )
    return replace(found, text=_NOT_DISCLOSED, fix=_ASK_ITS_TOWN) if hit.hidden else found


_NOT_DISCLOSED = Text(
    "“{name}”与{where}的一处{other}{as_what}{how}:{why}。比较范围:{within}",
    "“{name}” {how} {other}{as_what} in {where}: {why}. Compared within {within}",
)
_ASK_ITS_TOWN = Text(
    "另拟名称;是哪一处,请向{where}的地名工作人员核实",
    "find another name; the office of {where} knows which place it is",
)


def _likeness(row: Any) -> Likeness:
    if row.by == SAME or (row.by == CORE and row.asked_key == row.other_key):
        return Likeness.SAME
    if row.by == LETTER:
        return Likeness.LETTER
    if row.by != CORE:
        return Likeness.SOUND
    before, after = zip(
        *(_around(key, row.asked_core) for key in (row.asked_key, row.other_key)), strict=True
    )
    if before[0] != before[1] and any(each.endswith(WEAK) for each in before):
        return Likeness.NEAR
    return Likeness.FOLDED if after[0].lstrip("新大") == after[1].lstrip("新大") else Likeness.SPECIFIC


def _around(key: str, core: str) -> tuple[str, str]:
    before, _, after = key.partition(core)
    return before, after


def _ground(row: Any, area: Area) -> Text:
    if area is not Area.BUILT_UP:
        return area.text
    if row.built_up is None:
        return WITHOUT_BUILT_UP
    return Text("建成区“{name}”", "the built-up area {name}").fill(name=row.built_up)


_UNTIL = Text("(曾用名,用至 {until})", " (a former name, until {until})")
_FORMER = Text("(曾用名)", " (a former name)")
_FROM = Text("(自 {since} 起)", " (from {since} on)")
_HISTORICAL = Text("(历史地名)", " (a historical place)")
_OTHERWISE = Text("({kind})", " ({kind})")
_PLAIN = Text("", "")


def _as_what(hit: Hit) -> Text:
    if hit.kind == Kind.FORMER:
        return _UNTIL.fill(until=hit.until) if hit.until else _FORMER
    if hit.historical:
        return _HISTORICAL
    if hit.kind != Kind.STANDARD:
        return _OTHERWISE.fill(kind=KINDS[Kind(hit.kind)])
    return _FROM.fill(since=hit.since) if hit.since and hit.since > date.today() else _PLAIN
