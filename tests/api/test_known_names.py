"""Names kept for lookups: read once for all days that are alike, anew after anything recorded; nobody waits for others."""

from __future__ import annotations

import threading
from datetime import date, timedelta

from api.known_names import ROOM, Kept
from tests.conftest import Office

TODAY = date.today()
CHANGES = [date(2020, 1, 1), date(2024, 5, 1)]


def test_days_between_two_changes_share_one_list(county_office: Office) -> None:
    read: list[date] = []

    def reads(_look: object, on: date) -> date:
        read.append(on)
        return on

    kept = Kept(reads, lambda _look: CHANGES)
    with county_office.database.reading() as look:
        found = {kept(county_office.database, look, TODAY - timedelta(days=back)) for back in range(0, 4000, 10)}
        assert found == {TODAY, date(2020, 1, 1), date.min}
        assert sorted(read) == [date.min, date(2020, 1, 1), TODAY]
        assert kept(county_office.database, look, date(2199, 1, 1)) == TODAY


def test_more_lists_than_there_is_room_for_push_the_oldest_out(county_office: Office) -> None:
    read: list[date] = []
    days = [date(2000 + year, 1, 1) for year in range(2 * ROOM)]
    kept = Kept(lambda _look, on: read.append(on) or on, lambda _look: days)
    with county_office.database.reading() as look:
        for day in (*days, days[0]):
            kept(county_office.database, look, day)
    assert read.count(days[0]) == 2


def test_whoever_asks_for_what_is_kept_does_not_wait_for_what_is_read(county_office: Office) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def reads(_look: object, on: date) -> date:
        if on < TODAY:
            begun.set()
            assert go_on.wait(30)
        return on

    kept = Kept(reads, lambda _look: CHANGES)
    with county_office.database.reading() as look, county_office.database.reading() as other:
        kept(county_office.database, look, TODAY)
        slow = threading.Thread(target=kept, args=(county_office.database, other, date(2021, 1, 1)))
        slow.start()
        assert begun.wait(30)
        assert kept(county_office.database, look, TODAY) == TODAY
        go_on.set()
        slow.join(30)
        assert not slow.is_alive()
