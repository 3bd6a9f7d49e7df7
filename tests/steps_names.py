"""Finding names: a county whose names came in by the ordinary doors, and what people type to find them."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pytest_bdd import given, then, when

from gis.cluster import Cluster
from placenames.language.sounds import without_tones
from tests.conftest import Office, office_of_its_own
from tests.steps import parse, text_of

HTML = {"Accept": "text/html"}
WHYS = {
    "名称相同": "exact",
    "开头相同": "prefix",
    "含有这几字": "contains",
    "读音相合": "sound",
    "首字母相合": "initials",
    "差一个字": "similar",
}


Rows = tuple[tuple[tuple[str, str], ...], ...]


@dataclass
class Town:
    """An office that only reads once its names are published; each set of names is published once."""

    office: Office
    folder: Path
    documents: int = 0

    def publish(self, rows: Rows, day: str) -> None:
        """Names come in as a list, are checked, accepted and published."""
        self.documents += 1
        listed = self.folder / f"{self.documents}.csv"
        with listed.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, [name for name, _ in rows[0]])
            writer.writeheader()
            writer.writerows(dict(row) for row in rows)
        number = self.office.send("staff", listed)
        state = self.office.state(number, "staff")
        assert state["state"] == "ready", [each["message"]["zh"] for each in state["findings"]]
        self.office.publish(number, day, f"样政函〔2026〕{self.documents}号")


@dataclass
class Search:
    """What was published, in its order, and what was found last."""

    towns: dict[Any, Town]
    make: Callable[[], Town]
    published: list[tuple[Rows, str]] = field(default_factory=list)
    found: list[dict[str, Any]] = field(default_factory=list)
    page: str = ""

    def ask(self, path: str, who: str | None = None, **asked: str) -> Any:
        answer = self.town.office.client(who).get(path, params=asked)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def find(self, words: str, who: str | None = None, **asked: str) -> None:
        self.found = [each["properties"] for each in self.ask("/names/search", who, q=words, **asked)["features"]]

    def read(self, path: str, **asked: str) -> None:
        answer = self.town.office.client().get(path, params=asked, headers=HTML)
        assert answer.status_code == 200, answer.text
        self.page = text_of(answer.text)

    @property
    def town(self) -> Town:
        key = tuple(self.published)
        if key not in self.towns:
            town = self.make()
            for rows, day in self.published:
                town.publish(rows, day)
            self.towns[key] = town
        return self.towns[key]


@pytest.fixture(scope="session")
def towns() -> Iterator[tuple[ExitStack, dict[Any, Town]]]:
    with ExitStack() as stack:
        yield stack, {}


@pytest.fixture
def search(
    server: Cluster, county_template: str, towns: tuple[ExitStack, dict[Any, Town]], tmp_path_factory: pytest.TempPathFactory
) -> Search:
    stack, made = towns

    def make() -> Town:
        folder = tmp_path_factory.mktemp("town")
        office = stack.enter_context(office_of_its_own(server, county_template, folder))
        office.has("staff", "staff")
        return Town(office, folder)

    return Search(made, make)


@given(parse("自{day}起样例县公布了这些地名"))
def names_published(search: Search, day: str, datatable: list[list[str]]) -> None:
    head, *rows = datatable
    search.published.append((tuple(tuple(zip(head, row, strict=True)) for row in rows), day))


@given(parse("自{day}起“{old}”更名为“{new}”({roman}),文号“{document}”"))
def renamed(search: Search, day: str, old: str, new: str, roman: str, document: str) -> None:
    rows, _ = search.published[0]
    (row,) = [dict(each) for each in rows if dict(each)["标准名称"] == old]
    row |= {"标准名称": new, "汉语拼音": roman, "罗马字母拼写": without_tones(roman).upper(), "批准文号": document}
    search.published.append(((tuple(row.items()),), day))


@when(parse("有人查“{words}”"))
def anyone_asks(search: Search, words: str) -> None:
    search.find(words)


@when(parse("经办人查“{words}”"))
def staff_asks(search: Search, words: str) -> None:
    search.find(words, "staff")


@when(parse("有人按{day}查“{words}”"))
def anyone_asks_of_a_day(search: Search, day: str, words: str) -> None:
    search.find(words, on=day)


@then(parse("查到的第一处是“{name}”,因为{why}"))
def first_is(search: Search, name: str, why: str) -> None:
    assert search.found
    first = search.found[0]
    assert (first["name"], first["matched"]["how"]) == (name, WHYS[why])


@then(parse("说明是“{words}”"))
def noted(search: Search, words: str) -> None:
    assert search.found[0]["matched"]["note"]["zh"] == words


@then(parse("只查到“{name}”"))
def only(search: Search, name: str) -> None:
    assert [each["name"] for each in search.found] == [name]


@then(parse("查到“{one}”和“{other}”"))
def both(search: Search, one: str, other: str) -> None:
    assert {each["name"] for each in search.found} == {one, other}


@when(parse("有人打开“{name}”的页面"))
def opens(search: Search, name: str) -> None:
    search.find(name)
    search.read(f"/names/{search.found[0]['id']}")


@when(parse("有人在页面上查“{words}”"))
def looks(search: Search, words: str) -> None:
    search.read("/names", q=words)


@then(parse("页面上有“{words}”"))
def reads(search: Search, words: str) -> None:
    assert words in search.page


@when(parse("有人刚输入“{words}”"))
def types(search: Search, words: str) -> None:
    search.found = search.ask("/names/suggest", q=words)["suggestions"]


@then(parse("提示里有“{name}”"))
def offered(search: Search, name: str) -> None:
    assert name in [each["text"] for each in search.found]
