"""Rules about the ground of cemeteries: none where none may be, and no place is called clear that was not looked at."""

from __future__ import annotations

from collections.abc import Iterator
from math import floor
from typing import Any

from sqlalchemy import Select, func, select

from gis.intake.beside import Staged
from gis.intake.rules import Offence, Severity, table_rule
from gis.sources import BURIAL_GROUND, HOUSE_PRACTICE
from gis.text import Text
from placenames.checks.asked import DAY
from placenames.checks.ground import stands
from placenames.sites.cemeteries import CEMETERIES, CEMETERY_AREAS
from placenames.sites.prohibited_zones import KINDS
from placenames.sites.zone_answers import (
    NEAR_M,
    Verdict,
    ZoneAnswer,
    county_of,
    registered_kinds,
    zone_answers,
)
from placenames.sites.zone_distances import zone_rules

CLOSED = "closed"
OF_OLD = ("scattered", "martyrs")
"""Burial places that were there before any of these rules; protected ones stay."""


@table_rule(
    "CM08",
    CEMETERIES.name, CEMETERY_AREAS.name,
    severity=Severity.ERROR,
    source=BURIAL_GROUND,
    title=Text("公墓不在禁葬区域", "No cemetery is where none may be"),
    message=Text("与{kind}“{zone}”:{how}", "{kind} “{zone}”: {how}"),
    fix=Text("另选墓址;区域图层有误的,更正图层", "choose another site; where the layer of zones is wrong, correct it"),
)  # fmt: skip
def no_cemetery_is_where_none_may_be(staged: Staged) -> Iterator[Offence]:
    """Fields, woods, water and roads come first; where no distance is set, a person decides and is told how far it is."""
    sent = _sites(staged) if staged.register is CEMETERIES else _areas(staged)
    for row in list(staged.tx.execute(sent.order_by(sent.selected_columns.row))):
        for each in zone_answers(staged.tx, row.shape, row.unit, staged.day, staged.settings):
            told = _told(each)
            if told is not None:
                how, weight = told
                weight = Severity.WARNING if weight is Severity.ERROR and row.category in OF_OLD else weight
                values: dict[str, Any] = {"kind": KINDS[each.rule.kind], "zone": each.name or each.code, "how": how}
                yield Offence(staged.register.name, row.row, values=values, severity=weight)


def _told(answer: ZoneAnswer) -> tuple[Text, Severity] | None:
    """What an answer has to say against a place, and how much it weighs; None where it has nothing to say."""
    far = answer.distance_m
    if far is None or answer.verdict in (Verdict.CLEAR, Verdict.NOT_LOADED):
        return None
    if answer.verdict is Verdict.HIT and far == 0:
        return _INSIDE, Severity.ERROR
    if answer.verdict is Verdict.HIT:
        asks = {"limit": answer.rule.distance_m, "source": answer.rule.source.words}
        return _NEAR.fill(far=floor(far), **asks), Severity.ERROR
    return (_FOR_A_PERSON.fill(far=floor(far)), Severity.NOTE) if far <= NEAR_M else None


def _sites(staged: Staged) -> Select[Any]:
    s = staged.register.staging.c
    lasts = func.coalesce(s.state, "") != CLOSED
    shape = func.ST_AsText(s.geom).label("shape")
    return select(s.row, s.unit, s.category, shape).where(staged.sent, s.geom.is_not(None), s.unit.is_not(None), lasts)


def _areas(staged: Staged) -> Select[Any]:
    """Areas sent, with the category of their cemetery, as sent along or in force."""
    s, along, v = staged.register.staging.c, CEMETERIES.staging, CEMETERIES.table
    sent = select(along.c.category, along.c.state).where(
        along.c.delivery == staged.delivery, ~along.c.set_aside, along.c.code == s.cemetery
    )
    known = select(v.c.category, v.c.state).where(v.c.code == s.cemetery, stands(v))
    of = sent.union_all(known).limit(1).lateral("of")
    shape = func.ST_AsText(s.geom).label("shape")
    return (
        select(s.row, s.unit, of.c.category, shape)
        .join_from(staged.register.staging, of, func.coalesce(of.c.state, "") != CLOSED, isouter=False)
        .where(staged.sent, s.geom.is_not(None), s.unit.is_not(None))
        .params({DAY: staged.day})
    )


_INSIDE = Text("位于其中,不得建墓", "no cemetery may be on it")
_NEAR = Text(
    "仅 {far:,} 米,应不少于 {limit:,.0f} 米(依据:{source})",
    "only {far:,} m away, at least {limit:,.0f} m are asked for by {source}",
)
_FOR_A_PERSON = Text("相距 {far:,} 米;法规未定距离,须人工判断", "{far:,} m away; no distance is set, a person must decide")


@table_rule(
    "CM14",
    CEMETERIES.name,
    severity=Severity.NOTE,
    source=HOUSE_PRACTICE.at("CM14"),
    checklist=True,
    title=Text("禁葬区域图层已载入", "The layers of zones are loaded"),
    message=Text(
        "{county} 没有载入{kinds},是否占压或临近不能判断", "{county} has no {kinds} loaded: nothing can be said of them"
    ),
    fix=Text("载入这些图层,或由人工核对", "load these layers, or check by hand"),
)
def zones_of_every_kind_are_loaded(staged: Staged) -> Iterator[Offence]:
    """A layer that is not there lets every site pass."""
    s = staged.register.staging.c
    units = select(func.min(s.row).label("row"), s.unit).where(staged.sent, s.geom.is_not(None), s.unit.is_not(None))
    first: dict[str, Any] = {}
    for each in staged.tx.execute(units.group_by(s.unit).order_by(func.min(s.row))):
        first.setdefault(county_of(each.unit, staged.settings), each)
    for county, each in first.items():
        asked = dict.fromkeys(rule.kind for rule in zone_rules(each.unit, staged.day, staged.settings))
        missing = asked.keys() - registered_kinds(staged.tx, asked, county, staged.day)
        if missing:
            words = [KINDS[kind] for kind in asked if kind in missing]
            kinds = Text("、".join(word.zh for word in words), ", ".join(word.en.lower() for word in words))
            yield Offence(CEMETERIES.name, each.row, values={"county": county or each.unit, "kinds": kinds})
