"""The names of the sample county and its cases come in as any do: sent, checked, published; opened and decided on."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd

from api.county import County
from api.county_cases import APPROVER, REVIEWER, SENDER, CaseStory, case_stories
from api.county_names import built_up_areas, by_kind_of_shape, flawed_names, make_names
from api.desks import Desk, wait_for_the_check, wait_for_the_publication
from gis.exports import write_geopackage

Say = Callable[[str], None]


class Office(NamedTuple):
    """The people of the place-names office who send, look through and decide."""

    clerk: Desk
    reviewer: Desk
    approver: Desk

    @property
    def desks(self) -> Mapping[str, Desk]:
        """Whose desk a step is taken at, by the role that takes it."""
        return {SENDER: self.clerk, REVIEWER: self.reviewer, APPROVER: self.approver}

    def publish(self, number: int, day: date, document: int) -> None:
        """Has a submission accepted and published once it passed its check."""
        wait_for_the_check(self.clerk, number)
        decisions = f"/submissions/{number}/decisions"
        self.reviewer.post(decisions, json={"verb": "accept"})
        numbered = f"样政函〔{day.year}〕{document}号"
        self.approver.post(
            decisions, json={"verb": "publish", "document": numbered, "effective": day.isoformat()}
        )
        wait_for_the_publication(self.approver, number)


def bring_in_names(county: County, since: date, office: Office, samples: Path, say: Say) -> gpd.GeoDataFrame:
    """Publishes the built-up areas and the old list of names; answers the names."""
    names = make_names(county)
    _publish("样例县建成区", {"建成区": built_up_areas(county)}, since, office, 90)
    _publish("样例县地名普查成果", by_kind_of_shape(names), since, office, 91)
    say(f"  样例县地名: {len(names)}")
    flawed_names(names).to_csv(samples / "样例4-地名表有误.csv", index=False, encoding="utf-8-sig")
    return names


def bring_in_cases(names: gpd.GeoDataFrame, office: Office, say: Say) -> None:
    """Opens a case for every state; those that were announced are in force from today."""
    for story in case_stories(names, date.today()):
        number = go_through(story, office.desks)
        say(f"  地名事项 {number}: {story.state}")


def _publish(
    title: str, layers: Mapping[str, gpd.GeoDataFrame], day: date, office: Office, document: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        sent = Path(folder) / f"{title}.gpkg"
        write_geopackage(sent, layers)
        files = [("files", (sent.name, sent.read_bytes()))]
        number = int(office.clerk.post("/submissions", files=files, data={"title": title})["id"])
    office.publish(number, day, document)


def go_through(story: CaseStory, desks: Mapping[str, Desk]) -> int:
    """Opens a case and takes its steps; answers its number."""
    number = int(desks[SENDER].post("/cases", json=dict(story.asked))["id"])
    for deed in story.deeds:
        desks[deed.by].post(f"/cases/{number}/decisions", json={"verb": deed.verb, **deed.said})
    return number
