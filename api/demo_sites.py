"""The sites of the sample county come in as any do: communities as units, lists of its clerk; some are sent back."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import count
from pathlib import Path

import geopandas as gpd

from api.county import County
from api.county_facilities import facilities_on
from api.county_graves import acted_on, as_first_found
from api.county_reports import report_stories
from api.county_site_flaws import UNLAWFUL, flawed_facilities, new_cemeteries
from api.county_sites import ACTED, REPORTED, SURVEYED, Sites, make_sites
from api.county_zones import by_shape
from api.demo_names import Office, go_through
from api.desks import Desk, checked, wait_for_the_check
from api.site_tables import write_table
from gis.exports import write_geopackage
from gis.registers import Register
from placenames.sites.facilities import FACILITIES
from placenames.sites.graves import GRAVES

Say = Callable[[str], None]
Content = Mapping[str, gpd.GeoDataFrame] | tuple[Register, gpd.GeoDataFrame, str]
"""The layers of a GeoPackage; or a register, its rows, and how the list is written: .csv or .xlsx."""
TO_MEND = "样例6-设施表有误.csv"
ZONES, FOUND, ACTED_ON = "样例县禁葬区域图层", "样例县违法墓葬排查", "样例县违法墓葬整改复查"
FACILITIES_TITLE, CEMETERIES_TITLE = "样例县社区服务设施底册", "样例县公墓底册"
CHANGES = ("样例县设施公墓一季度变动", "样例县设施公墓二季度变动")
ASKED_FOR, REFUSED = "样例县新增公墓选址", "样例县新增公墓选址(不合规)"
RETURNED_BECAUSE = (
    "二号选址占用永久基本农田,三号双穴超过1平方米,四号系新设经营性公墓,均不能批准;请另行选址后重新报送(样例)"
)
FIRST_DOCUMENT = 94


def bring_in_sites(
    county: County,
    names: gpd.GeoDataFrame,
    addresses: gpd.GeoDataFrame,
    since: date,
    office: Office,
    administrator: Desk,
    samples: Path,
    say: Say,
) -> Sites:
    """Publishes communities, zones, facilities, cemeteries and graves; leaves in the queue what is not lawful."""
    sites = make_sites(county, names, addresses, since)
    listed = samples / "communities.csv"
    sites.communities.to_csv(listed, index=False)
    administrator.post("/units", files={"file": (listed.name, listed.read_bytes())})
    say(f"  样例县村、社区: {len(sites.communities)}")
    documents = count(FIRST_DOCUMENT)
    for title, contents, day in _lists(sites):
        office.publish(_send(title, contents, office), day, next(documents))
        say(f"  {title}: {_many(contents)}")
    asked = new_cemeteries(county, names, sites.zones, since)
    _have_returned(_send(ASKED_FOR, [{"公墓": asked}], office), office)
    checked(office.clerk, _send(REFUSED, [{"公墓": asked.iloc[UNLAWFUL]}], office))
    say(f"  {ASKED_FOR}: {len(asked)}")
    for story in report_stories(sites.burial.on(sites.day(REPORTED[-1]))["公墓"], date.today()):
        say(f"  公墓事前报备 {go_through(story, office.desks)}: {story.state}")
    told = facilities_on(sites.facilities, sites.day(REPORTED[-1]))
    write_table(FACILITIES, flawed_facilities(told, date.today()), samples / TO_MEND)
    return sites


def _lists(sites: Sites) -> Iterator[tuple[str, list[Content], date]]:
    """Title, files and day of every submission that is published, in this order."""
    yield ZONES, [by_shape(sites.zones)], sites.since
    facilities, cemeteries = (
        [of(place) for place in range(len(REPORTED))] for of in (sites.facilities_told, sites.cemeteries_told)
    )
    yield FACILITIES_TITLE, [(FACILITIES, facilities[0], ".csv")], sites.since
    yield CEMETERIES_TITLE, [cemeteries[0]], sites.since
    yield FOUND, [(GRAVES, as_first_found(sites.graves), ".xlsx")], sites.day(SURVEYED)
    for place, title in enumerate(CHANGES, 1):
        yield title, [(FACILITIES, facilities[place], ".csv"), cemeteries[place]], sites.day(REPORTED[place])
    yield ACTED_ON, [(GRAVES, acted_on(sites.graves), ".xlsx")], sites.day(ACTED)


def _send(title: str, contents: Sequence[Content], office: Office) -> int:
    with tempfile.TemporaryDirectory() as folder:
        written = [_write(content, title, Path(folder)) for content in contents]
        files = [("files", (sent.name, sent.read_bytes())) for sent in written]
        return int(office.clerk.post("/submissions", files=files, data={"title": title})["id"])


def _write(content: Content, title: str, folder: Path) -> Path:
    if isinstance(content, Mapping):
        sent = folder / f"{title}.gpkg"
        write_geopackage(sent, content)
        return sent
    register, rows, suffix = content
    return write_table(register, rows, folder / f"{register.title.zh}-{title}{suffix}")


def _many(contents: Sequence[Content]) -> int:
    frames = [[*each.values()] if isinstance(each, Mapping) else [each[1]] for each in contents]
    return sum(len(each) for group in frames for each in group)


def _have_returned(number: int, office: Office) -> None:
    """The clerk sets aside what blocks, so that the rest can be looked at; the reviewer sends it back all the same."""
    checked(office.clerk, number)
    findings = office.clerk.http.get(f"/submissions/{number}").json()["findings"]
    blocked = sorted({(each["register"], each["record"]) for each in findings if each["severity"] == "error"})
    office.clerk.post(f"/submissions/{number}/deliveries", json={"set_aside": [list(each) for each in blocked]})
    wait_for_the_check(office.clerk, number)
    office.reviewer.post(
        f"/submissions/{number}/decisions", json={"verb": "return", "reason": RETURNED_BECAUSE}
    )
