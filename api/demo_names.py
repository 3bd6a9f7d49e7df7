"""The names of the sample county and its cases come in as any do: sent, checked, published; opened and decided on."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import geopandas as gpd

from api.county import County
from api.county_cases import APPROVER, REVIEWER, SENDER, CaseStory, case_stories
from api.county_names import built_up_areas, by_kind_of_shape, flawed_names, make_names
from api.desks import Desk, wait_for_the_check
from gis.exports import write_geopackage

Say = Callable[[str], None]


def bring_in_names(
    county: County, since: date, clerk: Desk, reviewer: Desk, approver: Desk, samples: Path, say: Say
) -> None:
    """Publishes the built-up areas and the old list of names, then opens a case for every state."""
    names = make_names(county)
    _publish("样例县建成区", {"建成区": built_up_areas(county)}, since, clerk, reviewer, approver, 90)
    _publish("样例县地名普查成果", by_kind_of_shape(names), since, clerk, reviewer, approver, 91)
    say(f"  样例县地名: {len(names)}")
    flawed_names(names).to_csv(samples / "样例4-地名表有误.csv", index=False, encoding="utf-8-sig")
    desks = {SENDER: clerk, REVIEWER: reviewer, APPROVER: approver}
    for story in case_stories(names, date.today()):
        number = _go_through(story, desks)
        say(f"  地名事项 {number}: {story.state}")


def _publish(
    title: str,
    layers: Mapping[str, gpd.GeoDataFrame],
    day: date,
    clerk: Desk,
    reviewer: Desk,
    approver: Desk,
    document: int,
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        sent = Path(folder) / f"{title}.gpkg"
        write_geopackage(sent, layers)
        files = [("files", (sent.name, sent.read_bytes()))]
        number = int(clerk.post("/submissions", files=files, data={"title": title})["id"])
    wait_for_the_check(clerk, number)
    decisions = f"/submissions/{number}/decisions"
    reviewer.post(decisions, json={"verb": "accept"})
    numbered = f"样政函〔{day.year}〕{document}号"
    approver.post(decisions, json={"verb": "publish", "document": numbered, "effective": day.isoformat()})


def _go_through(story: CaseStory, desks: Mapping[str, Desk]) -> int:
    """Opens a case and takes its steps; answers its number."""
    number = int(desks[SENDER].post("/cases", json=dict(story.asked))["id"])
    for deed in story.deeds:
        desks[deed.by].post(f"/cases/{number}/decisions", json={"verb": deed.verb, **deed.said})
    return number
