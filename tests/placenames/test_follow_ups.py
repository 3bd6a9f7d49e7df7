"""Follow-ups: what a change of name leaves to do is listed with the announcement, and each entry is settled once."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
import shapely
from sqlalchemy import func, select
from sqlalchemy.exc import ProgrammingError

from boundaries.units import UNITS
from gis import history
from gis.errors import BadInput, Conflict, NotAllowed, NotFound
from gis.feature_sql import EVERYWHERE
from gis.people import deeds
from placenames.casework import cases, follow_ups, settling
from placenames.casework.follow_ups import FOLLOW_UPS
from placenames.names import NAMES
from tests.placenames.case_desk import RENAME as NEW_NAME
from tests.placenames.case_desk import SECOND, TOWNSHIP, announced, somebody
from tests.placenames.streets import LONG_AGO, OTHER_TOWN, TODAY, TOWN, case, place, version_of, with_clerks

SEAT = history.stored(shapely.Point(110.265286, 30.743204))


@pytest.fixture
def desk(office):
    return with_clerks(office)


@pytest.fixture
def left(desk):
    """A renamed street whose estate and community still bear the old name; answers the case."""
    street = place(desk, "石门街")
    place(desk, "石门小区", "RES")
    place(desk, "石门街社区", "VIL")
    return opened_for(desk, street, "望江街")


def opened_for(office, street, new, effective=TODAY):
    before = version_of(office, street)
    number = case(office, "announced", about=street, effective=effective)
    with office.database.writing() as tx:
        after = {**before, "name": new} if new else None
        follow_ups.open_for(tx, {**cases.find(tx, number), "effective": effective}, before, after)
    return number


def listed(office, number):
    with office.database.writing() as tx:
        return follow_ups.of_case(tx, number, EVERYWHERE)


def settle(office, entry, outcome, reason="", who="staff", number=None):
    with office.database.writing() as tx:
        return settling.settle(tx, somebody(tx, who), entry, outcome, reason, number)


def rename(office, old, new):
    with office.database.writing() as tx:
        identity = tx.scalar(select(NAMES.table.c.id).where(NAMES.table.c.name == old).distinct())
        history.rewrite(tx, NAMES.table, [(identity, TODAY, None, {"name": new})], 1)


def test_what_still_mentions_the_old_name_is_listed_with_a_proposal(desk, left):
    rows = [(each["label"], each["field"], each["before"], each["proposed"], each["state"]) for each in listed(desk, left)]
    assert rows == [
        ("石门街社区", "name", "石门街社区", "望江街社区", "open"),
        ("石门小区", "name", "石门小区", "望江小区", "open"),
    ]


def test_a_deletion_lists_without_a_proposal_and_an_unchanged_name_nothing(desk):
    street = place(desk, "石门街")
    place(desk, "石门小区", "RES")
    assert [each["proposed"] for each in listed(desk, opened_for(desk, street, None))] == [None]
    assert listed(desk, opened_for(desk, street, "石门街")) == []


def test_what_is_in_force_when_the_change_takes_effect_is_listed(desk):
    street, estate = place(desk, "石门街"), place(desk, "石门小区", "RES")
    later = TODAY + timedelta(days=30)
    with desk.database.writing() as tx:
        history.end(tx, NAMES.table, [estate], later)
    assert len(listed(desk, opened_for(desk, street, "望江街"))) == 1
    assert len(listed(desk, opened_for(desk, street, "望江街", LONG_AGO))) == 1  # what was added since counts too
    assert listed(desk, opened_for(desk, street, "望江街", later)) == []


def test_an_announced_division_takes_its_unit_along_and_lists_the_rest(county_office):
    """By the ordinary steps: the unit has its new name the same moment, lines that mention it are work."""
    office = with_clerks(county_office)
    town = place(office, "样溪镇", "ADM", OTHER_TOWN, class_code="21500", geom=SEAT)
    code = version_of(office, town)["code"]
    given = {name: TOWNSHIP[name] for name in ("category", "class_code", "unit", "origin", "position")}
    asked = {**NEW_NAME, **given, "place": code, "candidates": ["样江镇"]}
    done = announced(office, asked, on=SECOND)
    with office.database.writing() as tx:
        c = UNITS.table.c
        names = tx.scalars(select(c.name).where(c.code == OTHER_TOWN, history.in_force(UNITS.table, TODAY))).all()
        left = follow_ups.of_case(tx, done["id"], EVERYWHERE)
    assert names == ["样江镇"]
    assert {each["register"] for each in left} == {"lines", "tri_junctions"}
    assert ("样城—样溪线", "样城—样江线") in {(each["before"], each["proposed"]) for each in left}
    assert all(each["state"] == "open" for each in left)


def test_done_means_that_the_register_reads_otherwise(desk, left):
    entry = listed(desk, left)[1]["id"]
    with pytest.raises(Conflict, match="仍为“石门小区”"):
        settle(desk, entry, "done")
    rename(desk, "石门小区", "望江小区")
    assert settle(desk, entry, "done") == "done"
    with desk.database.writing() as tx:
        (event,) = deeds(tx, cases.subject(left))
    assert (event["verb"], event["who"], event["detail"]) == ("settle", "staff", {"follow_up": entry, "outcome": "done"})
    settled = next(each for each in listed(desk, left) if each["id"] == entry)
    assert (settled["state"], settled["person"]) == ("done", "staff")
    assert settled["at"] is not None


def test_a_record_that_ended_is_done_too(desk, left):
    entry = listed(desk, left)[1]
    with desk.database.writing() as tx:
        history.end(tx, NAMES.table, [entry["record"]], TODAY)
    assert settle(desk, entry["id"], "done") == "done"


def test_to_keep_it_needs_a_reason(desk, left):
    entry = listed(desk, left)[0]["id"]
    with pytest.raises(BadInput, match="必须写明理由"):
        settle(desk, entry, "kept", "  ")
    assert settle(desk, entry, "kept", "另有所指") == "kept"
    assert [each["reason"] for each in listed(desk, left)] == [None, "另有所指"]


def test_an_outcome_there_is_not_is_refused(desk, left):
    for outcome in ("", "open", "{x}"):
        with pytest.raises(BadInput):
            settle(desk, listed(desk, left)[0]["id"], outcome, "理由")


def test_only_the_office_of_the_area_settles(desk, left):
    entry = listed(desk, left)[0]["id"]
    for who in ("neighbour", "surveyor", "approver"):
        with pytest.raises(NotAllowed):
            settle(desk, entry, "kept", "理由", who)
    assert settle(desk, entry, "kept", "理由", "reviewer") == "kept"


def test_an_entry_of_another_case_is_not_found_under_this_one(desk, left):
    entry = listed(desk, left)[0]["id"]
    for number in (left + 1, 999_999):
        with pytest.raises(NotFound):
            settle(desk, entry, "kept", "理由", number=number)
    assert settle(desk, entry, "kept", "理由", number=left) == "kept"


def test_of_two_at_once_one_settles_it_and_the_other_is_told_by_whom(desk, left):
    entry, ready, done, told = listed(desk, left)[0]["id"], threading.Barrier(2), [], []

    def try_it(who):
        ready.wait()
        try:
            done.append(settle(desk, entry, "kept", f"{who}的理由", who))
        except Conflict as problem:
            told.append(str(problem))

    threads = [threading.Thread(target=try_it, args=[who]) for who in ("staff", "colleague")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == ["kept"]
    winner = next(each for each in listed(desk, left) if each["id"] == entry)["person"]
    assert winner in told[0]
    assert date.today().isoformat() in told[0]
    with desk.database.writing() as tx:
        assert len(deeds(tx, cases.subject(left))) == 1


def test_what_waits_is_counted_exactly_and_listed_oldest_first(desk, left):
    elsewhere = place(desk, "石门街", unit="990102001")
    place(desk, "石门小区", "RES", "990102001")
    other = opened_for(desk, elsewhere, "望江街")
    with desk.database.writing() as tx:
        tx.execute(cases.CASES.update().where(cases.CASES.c.id == other).values(unit="990102001"))
        mine = follow_ups.waiting(tx, somebody(tx, "staff"), 1)
        theirs = follow_ups.waiting(tx, somebody(tx, "neighbour"))
        nobodys = follow_ups.waiting(tx, somebody(tx, "surveyor"))
    assert ([each["label"] for each in mine[0]], mine[1]) == (["石门街社区"], 2)
    assert ([each["case"] for each in theirs[0]], theirs[1]) == ([other], 1)
    assert nobodys == ([], 0)
    settle(desk, mine[0][0]["id"], "kept", "理由")
    with desk.database.writing() as tx:
        assert follow_ups.waiting(tx, somebody(tx, "staff"))[1] == 1
        assert follow_ups.counts(tx, left) == {"open": 1, "done": 0, "kept": 1}


def test_an_entry_is_neither_erased_nor_rewritten(desk, left):
    for change in (FOLLOW_UPS.delete(), FOLLOW_UPS.update().values(before="x")):
        with desk.database.writing() as tx, pytest.raises(ProgrammingError, match="permission denied"):
            tx.execute(change)
    with desk.database.writing() as tx:
        assert tx.scalar(select(func.count()).select_from(FOLLOW_UPS)) == 2


def test_what_is_not_disclosed_is_named_to_its_own_area_alone_and_settled_all_the_same(desk):
    desk.has("of another town", "staff", area=TOWN)
    street = place(desk, "石门街")
    place(desk, "石门雷达站", "FAC", OTHER_TOWN, disclosure="internal")
    number = opened_for(desk, street, "望江街")
    with desk.database.writing() as tx:
        (told,) = follow_ups.of_case(tx, number, (TOWN,))
        (inbox,), waiting = follow_ups.waiting(tx, somebody(tx, "of another town"))
        (known,) = follow_ups.of_case(tx, number, (OTHER_TOWN,))
    assert (known["hidden"], known["label"], known["proposed"]) == (False, "石门雷达站", "望江雷达站")
    assert waiting == 1
    for each in (told, inbox):
        assert (each["hidden"], each["label"], each["code"], each["record"]) == (True, "", None, None)
        assert "雷达" not in str(each)
    with pytest.raises(Conflict) as refused:
        settle(desk, told["id"], "done", who="of another town")
    assert "雷达" not in refused.value.text.zh
    assert settle(desk, told["id"], "kept", "由所在地办理", who="of another town") == "kept"
