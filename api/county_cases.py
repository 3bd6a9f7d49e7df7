"""The cases of the sample county's place-names office: one for every state a case can be in.

Each is what somebody asked for and the steps it took since, by the office's own people. All of it is invented.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import geopandas as gpd
import shapely

from api.county_names import CITY, ESTATE, RESERVOIR, STREET, VILLAGE

REVIEWER, APPROVER, SENDER = "reviewer", "approver", "sender"
DOCUMENT, FILING = "样政函〔{year}〕{number}号", "样民备〔{year}〕{number}号"
CONSULTED_DAYS = 14
SAMPLE = "(样例)"


@dataclass(frozen=True)
class Deed:
    """One step of a case: who takes it, which, and what is written down with it."""

    by: str
    verb: str
    said: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class CaseStory:
    """What was asked for, and what became of it."""

    state: str
    asked: Mapping[str, Any]
    deeds: tuple[Deed, ...]


SUBMIT = Deed(SENDER, "submit")
ACCEPT = Deed(REVIEWER, "accept")
SPELT = Deed(REVIEWER, "confirm_romanization", {"chosen": 0})
PUT_FORWARD = Deed(REVIEWER, "recommend", {"chosen": 0, "reason": "名称含义清楚,位置相符,同意报批" + SAMPLE})


def case_stories(names: gpd.GeoDataFrame, today: date) -> tuple[CaseStory, ...]:
    """The cases in the order in which they were opened."""
    return tuple(_stories(names, today))


def _stories(names: gpd.GeoDataFrame, today: date) -> Iterator[CaseStory]:
    streets = names[(names["class_code"] == STREET.code) & (names["unit"] == CITY)].reset_index(drop=True)
    estates, villages, reservoirs = (
        names[names["class_code"] == kind.code].reset_index(drop=True)
        for kind in (ESTATE, VILLAGE, RESERVOIR)
    )
    recommended = (SUBMIT, ACCEPT, SPELT, PUT_FORWARD)
    approved = (*recommended, _approve(today, 31))
    filed = (*recommended, _approve(today, 32), _file(today, 7))
    announced = (*recommended, _approve(today, 33), _file(today, 8), _announce(today))
    named = (*recommended, _approve(today, 34), _file(today, 9), _announce(today))
    yield CaseStory("draft", _naming(streets.iloc[6], "澄心巷"), ())
    yield CaseStory("submitted", _naming(streets.iloc[7], "听雨巷"), (SUBMIT,))
    asks = Deed(REVIEWER, "ask_supplement", {"reason": "缺少位置示意图,请补充道路起止点图" + SAMPLE})
    yield CaseStory("supplement", _naming(streets.iloc[8], "揽月巷"), (SUBMIT, asks))
    refuses = Deed(REVIEWER, "refuse", {"reason": "该通道为单位内部道路,不属于地名命名范围" + SAMPLE})
    yield CaseStory("refused", _naming(streets.iloc[9], "映山巷"), (SUBMIT, refuses))
    yield CaseStory(
        "accepted", _renaming(streets.iloc[5], "锦绣路", "与文景路同音,群众易混淆"), (SUBMIT, ACCEPT)
    )
    closing = (today + timedelta(days=CONSULTED_DAYS)).isoformat()
    consult = Deed(REVIEWER, "consult", {"consult_until": closing})
    yield CaseStory(
        "consulting", _renaming(streets.iloc[3], "澄湖路", "与同城沿江路重名"), (SUBMIT, ACCEPT, consult)
    )
    yield CaseStory("recommended", _naming(streets.iloc[10], "临泉巷"), recommended)
    back = Deed(APPROVER, "return", {"reason": "请补充专家论证意见后再报" + SAMPLE})
    yield CaseStory("returned", _naming(streets.iloc[11], "倚云巷"), (*recommended, back))
    opinion = Deed(REVIEWER, "issue_opinion", {"reason": "名称符合命名规则,无重名" + SAMPLE})
    yield CaseStory("opinion_issued", _naming(estates.iloc[0], "听泉苑", 3.2e4), (SUBMIT, ACCEPT, opinion))
    yield CaseStory(
        "approved", _renaming(streets.iloc[12], "望岳路", "道路改建后走向变化", "construction"), approved
    )
    rejects = Deed(APPROVER, "reject", {"reason": "原名沿用多年,群众认可度高,不予更名" + SAMPLE})
    yield CaseStory(
        "rejected", _renaming(streets.iloc[13], "星河路", "道路改建", "construction"), (*recommended, rejects)
    )
    yield CaseStory("filed", _naming(streets.iloc[14], "枕石巷"), filed)
    yield CaseStory("announced", _renaming(streets.iloc[0], "溪畔路", "与同城另一条沿江路重名"), announced)
    yield CaseStory("announced", _naming(streets.iloc[15], "采薇巷"), named)
    withdraws = Deed(SENDER, "withdraw", {"reason": "申请单位撤回申请" + SAMPLE})
    yield CaseStory("withdrawn", _deletion(reservoirs.iloc[0], "水库已报废回填"), (SUBMIT, withdraws))
    draft_up = Deed(REVIEWER, "recommend", {"chosen": 0, "reason": "经村民会议同意,上报" + SAMPLE})
    yield CaseStory(
        "recommended", _renaming(villages.iloc[0], f"澄潭{VILLAGE.generics[0]}", "村庄撤并", "division_change"),
        (SUBMIT, ACCEPT, SPELT, draft_up),
    )  # fmt: skip


def _naming(near: Any, name: str, land_m2: float | None = None) -> dict[str, Any]:
    """A new place of the kind of another, beside it."""
    place = shapely.affinity.translate(near.geometry, 0.0006, 0.0004)
    size = {} if land_m2 is None else {"attributes": {"land_m2": land_m2}}
    return {
        "action": "naming", "category": near.category, "class_code": near.class_code, "unit": near.unit,
        "candidates": [{"name": name, "reason": "取当地景物之名" + SAMPLE}], "reason": "新建,尚无名称" + SAMPLE,
        "meaning": "取当地景物之意" + SAMPLE, "origin": "样例数据,虚构", "position": near.position,
        "geometry": shapely.geometry.mapping(place), "applicant": {"name": "样例建设单位", "contact": "样例联系人"}, **size,
    }  # fmt: skip


def _renaming(place: Any, name: str, reason: str, because: str = "law") -> dict[str, Any]:
    return {
        "action": "rename", "place": place.code, "candidates": [{"name": name, "reason": reason + SAMPLE}],
        "reason": reason + SAMPLE, "rename_reason": because, "meaning": "寓意安宁" + SAMPLE,
    }  # fmt: skip


def _deletion(place: Any, reason: str) -> dict[str, Any]:
    return {"action": "delete", "place": place.code, "reason": reason + SAMPLE}


def _approve(today: date, number: int) -> Deed:
    document = DOCUMENT.format(year=today.year, number=number)
    return Deed(APPROVER, "approve", {"document": document, "approved_on": today.isoformat()})


def _file(today: date, number: int) -> Deed:
    document = FILING.format(year=today.year, number=number)
    return Deed(REVIEWER, "file", {"filing_document": document, "filed_on": today.isoformat()})


def _announce(today: date) -> Deed:
    return Deed(APPROVER, "announce", {"effective": today.isoformat()})
