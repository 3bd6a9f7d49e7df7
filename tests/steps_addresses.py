"""Looking addresses up: plates that came in by the ordinary doors, and what other systems and people ask for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from pytest_bdd import given, then, when

from tests.steps import parse, text_of
from tests.steps_names import HTML, Search

LEVELS = {
    "门牌": "plate", "户室": "flat", "推算位置": "interpolated", "街路巷、小区": "street", "村": "village",
    "乡镇街道": "town",
}  # fmt: skip


@dataclass
class Lookup:
    """What another system was told last, or what a person read."""

    search: Search
    features: list[dict[str, Any]] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    page: str = ""

    def ask(self, path: str, **asked: str) -> None:
        answer = self.search.ask(path, **asked)
        self.features = answer["features"]
        self.units = [each["name"] for each in answer.get("units", ())]

    def read(self, path: str, **asked: str) -> None:
        answer = self.search.town.office.client().get(path, params=asked, headers=HTML)
        assert answer.status_code == 200, answer.text
        self.page = text_of(answer.text)

    @property
    def best(self) -> dict[str, Any]:
        found: dict[str, Any] = self.features[0]["properties"]
        return found


@pytest.fixture
def lookup(search: Search) -> Lookup:
    return Lookup(search)


@given(parse("自{day}起样例县公布了这些地址"))
def addresses_published(search: Search, day: str, datatable: list[list[str]]) -> None:
    head, *rows = datatable
    search.published.append((tuple(tuple(zip(head, row, strict=True)) for row in rows), day))


@given(parse("自{day}起“{code}”改编为“{number}”"))
def renumbered(search: Search, day: str, code: str, number: str) -> None:
    rows, _ = search.published[0]
    (row,) = [dict(each) for each in rows if dict(each)["地址代码"] == code]
    search.published.append(((tuple((row | {"门牌号": number}).items()),), day))


@when(parse("别的系统查地址“{words}”"))
def a_system_asks(lookup: Lookup, words: str) -> None:
    lookup.ask("/addresses/search", q=words)


@when(parse("别的系统按{day}查地址“{words}”"))
def a_system_asks_of_a_day(lookup: Lookup, day: str, words: str) -> None:
    lookup.ask("/addresses/search", q=words, on=day)


@when(parse("别的系统查{lon},{lat}最近的门牌"))
def a_system_asks_of_a_point(lookup: Lookup, lon: str, lat: str) -> None:
    lookup.ask("/addresses/reverse", lon=lon, lat=lat)


@then(parse("得到“{name}”,级别是{level}"))
def answered(lookup: Lookup, name: str, level: str) -> None:
    assert lookup.features
    assert (lookup.best["label"].partition("样城街道")[2], lookup.best["match_level"]) == (name, LEVELS[level])


@then("它有固定编号")
def has_an_id(lookup: Lookup) -> None:
    found = lookup.search.ask(f"/addresses/{lookup.best['id']}")
    assert (found["id"], found["properties"]["code"]) == (lookup.best["id"], lookup.best["code"])


@then("它没有固定编号")
def has_no_id(lookup: Lookup) -> None:
    assert lookup.best["id"] is None
    assert lookup.best["code"] is None


@then(parse("说明有“{words}”"))
def explained(lookup: Lookup, words: str) -> None:
    told = [each["zh"] for each in lookup.best["changed"]]
    assert any(words in each for each in told), told


@then(parse("它在“{low}”和“{high}”之间"))
def lies_between(lookup: Lookup, low: str, high: str) -> None:
    lon = lookup.features[0]["geometry"]["coordinates"][0]
    west, east = (lookup.search.ask("/addresses/search", q=each)["features"][0] for each in (low, high))
    assert west["geometry"]["coordinates"][0] < lon < east["geometry"]["coordinates"][0]


@then(parse("没有一个结果是“{town}”的门牌"))
def none_is_of(lookup: Lookup, town: str) -> None:
    assert lookup.features
    assert not [each for each in lookup.features if town in each["properties"]["label"] and each["properties"]["id"]]


@then("什么也没有得到")
def nothing(lookup: Lookup) -> None:
    assert lookup.features == []


@then(parse("距离是{metres:d}米"))
def distant(lookup: Lookup, metres: int) -> None:
    assert round(lookup.best["distance_m"]) == metres


@then(parse("那里属于“{unit}”"))
def lies_in(lookup: Lookup, unit: str) -> None:
    assert unit in lookup.units


@when(parse("有人在地址页上查“{words}”"))
def looks(lookup: Lookup, words: str) -> None:
    lookup.read("/addresses", q=words)


@when(parse("有人打开地址“{code}”的页面"))
def opens(lookup: Lookup, code: str) -> None:
    lookup.read(f"/addresses/{code}")


@then(parse("地址页上有“{words}”"))
def reads(lookup: Lookup, words: str) -> None:
    assert words in lookup.page


@then(parse("地址页上没有“{words}”"))
def does_not_read(lookup: Lookup, words: str) -> None:
    assert words not in lookup.page


@when(parse("有人刚输入地址“{words}”"))
def types(lookup: Lookup, words: str) -> None:
    lookup.ask("/addresses/suggest", q=words)


@then(parse("地址提示里有“{name}”"))
def offered(lookup: Lookup, name: str) -> None:
    assert any(each["properties"]["label"].endswith(name) for each in lookup.features)
