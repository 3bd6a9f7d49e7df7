"""The addresses of the sample county come in as any do: a long list and a renumbering published, a poor list in review."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import geopandas as gpd

from api.address_lists import write_list
from api.county import County
from api.county_address_flaws import flawed_addresses, unfit_addresses
from api.county_addresses import make_addresses, renumbered
from api.demo_names import Office
from api.desks import wait_for_the_check

Say = Callable[[str], None]
FIRST, SECOND, POOR = "样例县门牌清查成果", "样例县门牌重编", "样例县新编门牌(待核实)"
TO_MEND = "样例5-地址表有误.csv"


def bring_in_addresses(
    county: County, names: gpd.GeoDataFrame, since: date, office: Office, say: Say
) -> gpd.GeoDataFrame:
    """Publishes the list of all addresses, before any street is renamed; answers them."""
    addresses = make_addresses(county, names)
    office.publish(_send(FIRST, addresses, office, say), since, 92)
    return addresses


def follow_with_addresses(
    county: County,
    names: gpd.GeoDataFrame,
    addresses: gpd.GeoDataFrame,
    office: Office,
    samples: Path,
    say: Say,
) -> None:
    """Publishes today's new numbers, sends a list that stays with what is wrong with it, and keeps one to be mended."""
    today = date.today()
    changed = renumbered(addresses, names, today.isoformat())
    office.publish(_send(SECOND, changed, office, say), today, 93)
    wait_for_the_check(office.clerk, _send(POOR, flawed_addresses(county, names), office, say))
    write_list(unfit_addresses(county, names), samples / TO_MEND)


def _send(title: str, addresses: gpd.GeoDataFrame, office: Office, say: Say) -> int:
    with tempfile.TemporaryDirectory() as folder:
        sent = write_list(addresses, Path(folder) / f"{title}-地址.csv")
        files = [("files", (sent.name, sent.read_bytes()))]
        number = int(office.clerk.post("/submissions", files=files, data={"title": title})["id"])
    say(f"  {title}: {len(addresses)}")
    return number
