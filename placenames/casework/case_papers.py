"""Papers of a case as Word documents: the announcement, the filing form and the approval letter.

Each is filled from the record, so that paper and database cannot part, and only from the state on in which it is true.
The templates lie in `papers/`; a deployment's own in `<var>/papers/` take their place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from gis.errors import BadInput, Conflict, NotFound
from gis.people import Person
from gis.settings import Settings
from gis.text import Text
from placenames.casework import cases, paper_filling, paper_values

SHIPPED = Path(__file__).parent / "papers"
DECIDED = ("approved", "filed", "announced")
ITEMS = {
    "标准名称": Text("标准名称", "standard name"),
    "罗马字母拼写": Text("罗马字母拼写(须经核定)", "romanization, confirmed by a person"),
    "所属政区": Text("所属政区", "unit"),
    "位置描述": Text("位置描述", "position"),
    "批准机关": Text("批准机关", "approving organ"),
    "批准时间": Text("批准时间", "day of the approval"),
    "批准文号": Text("批准文号", "number of the approving document"),
    "类别名称": Text("类别名称", "category"),
}
SIX = ("标准名称", "罗马字母拼写", "所属政区", "位置描述", "批准机关", "批准时间")
"""What every announcement must say (measures on filing and announcing place names, on trial since 2023)."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One kind of paper: what it is called, what it must say, and for which way of deciding it exists."""

    title: Text
    compulsory: tuple[str, ...]
    tracks: tuple[str, ...] = tuple(cases.TRACKS)


PAPERS = {
    "announcement": Paper(Text("地名公告", "announcement"), SIX),
    "filing": Paper(Text("地名备案登记表", "filing form"), (*SIX, "类别名称")),
    "approval": Paper(Text("地名核准书", "approval letter"), (*SIX, "批准文号"), ("decide",)),
}


@dataclass(frozen=True, slots=True)
class Filled:
    """A finished paper: the name of its file, and the document."""

    name: str
    content: bytes


def paper(tx: Connection, person: Person, case: Mapping[str, Any], kind: str, config: Settings) -> Filled:
    """One paper of a case. Raises NotFound, Conflict before it is true, BadInput with what it lacks."""
    if kind not in PAPERS:
        raise NotFound("没有文书“{kind}”", "there is no paper “{kind}”", kind=kind[:40])
    about = PAPERS[kind]
    _must_be_true(case, about)
    values = paper_values.values_of(tx, person, case, config)
    missing = [ITEMS[each] for each in about.compulsory if not values[each]]
    if missing:
        raise BadInput(
            "《{title}》缺少必备内容:{zh}", "the {title_en} lacks what is compulsory: {en}",
            title=about.title.zh, title_en=about.title.en,
            zh="、".join(each.zh for each in missing), en=", ".join(each.en for each in missing),
        )  # fmt: skip
    own = config.var / "papers" / f"{kind}.docx"
    fill, template = (
        (paper_filling.filled_apart, own) if own.is_file() else (paper_filling.filled, SHIPPED / f"{kind}.docx")
    )
    name = re.sub(r'[\\/:*?"<>|]', "", f"{about.title.zh}-{case['number']}-{values['标准名称']}")
    return Filled(f"{name}.docx", fill(template.read_bytes(), values, about.compulsory))


def open_papers(case: Mapping[str, Any]) -> list[str]:
    """The papers that a case has as it stands."""
    return [kind for kind, about in PAPERS.items() if case["state"] in DECIDED and case["track"] in about.tracks]


def _must_be_true(case: Mapping[str, Any], about: Paper) -> None:
    """Raises Conflict before the case is decided, and for a letter that another organ writes."""
    if case["state"] not in DECIDED:
        state = cases.STATES[case["state"]]
        raise Conflict(
            f"该事项“{state.zh}”,批准以后才有《{about.title.zh}》",
            f"the case stands at “{state.en}”; the {about.title.en} exists from the approval on",
        )
    if case["track"] not in about.tracks:
        raise Conflict(
            f"《{about.title.zh}》由批准机关出具", f"the {about.title.en} is written by the organ that approved"
        )
