"""Prior reports: every pair of state and verb for every kind of person, what must be said, and what rules say of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from shapely.geometry import MultiPolygon, box, mapping
from sqlalchemy import Connection, insert, select, update

from gis import events
from gis.db import Role
from gis.errors import BadInput, Conflict, NotAllowed, NotFound
from gis.history import stored
from gis.people import Person, deeds
from gis.settings import settings
from placenames.casework import case_inbox, case_moves, cases, report_drafts, report_screening
from placenames.casework.case_dates import report_limits, working_days_after
from placenames.casework.case_decisions import Decision
from placenames.casework.case_inbox import Wanted
from placenames.casework.case_moves import MOVES
from placenames.casework.cases import CASES, REPORT, STATES
from placenames.sites.cemeteries import CEMETERY_AREAS
from tests.conftest import COUNTY, Office, office_of_its_own
from tests.placenames.case_desk import TODAY, look, somebody, step, with_role
from tests.placenames.report_desk import CODE, EXTENSION, PLOTS, led, reported, settled
from tests.sites_made import SINCE, TOWN, has_cemetery

OFFICE, CHIEF, SENDER = {"reviewer"}, {"approver"}, {"sender"}
ROLES = ("surveyor", "reviewer", "approver", "staff", "system", "administrator")
WAY: dict[tuple[str, str], tuple[str, set[str]]] = {
    ("draft", "submit"): ("submitted", SENDER),
    ("draft", "withdraw"): ("withdrawn", SENDER),
    ("submitted", "acknowledge"): ("acknowledged", OFFICE),
    ("submitted", "ask_supplement"): ("supplement", OFFICE),
    ("submitted", "return"): ("returned", OFFICE),
    ("submitted", "refuse"): ("refused", OFFICE),
    ("submitted", "withdraw"): ("withdrawn", SENDER),
    ("supplement", "supplement"): ("submitted", SENDER),
    ("supplement", "refuse"): ("refused", OFFICE),
    ("supplement", "withdraw"): ("withdrawn", SENDER),
    ("supplement", "revoke"): ("submitted", OFFICE),
    ("returned", "submit"): ("submitted", SENDER),
    ("returned", "supplement"): ("submitted", SENDER),
    ("returned", "withdraw"): ("withdrawn", SENDER),
    ("returned", "revoke"): ("submitted", OFFICE),
    ("refused", "revoke"): ("submitted", OFFICE),
    ("acknowledged", "report_built"): ("built", SENDER),
    ("acknowledged", "withdraw"): ("withdrawn", SENDER),
    ("acknowledged", "revoke"): ("submitted", OFFICE),
    ("built", "ask_rectify"): ("acknowledged", OFFICE),
    ("built", "inspect"): ("inspected", OFFICE),
    ("inspected", "revoke"): ("built", OFFICE),
    ("inspected", "close"): ("closed", CHIEF),
}
"""Written down here once more, so that nobody changes who may do what without noticing."""
LED_THERE = {
    "submitted": ("draft", "submit"), "supplement": ("submitted", "ask_supplement"), "returned": ("submitted", "return"),
    "refused": ("submitted", "refuse"), "acknowledged": ("submitted", "acknowledge"),
    "built": ("acknowledged", "report_built"),
    "inspected": ("built", "inspect"), "closed": ("inspected", "close"), "withdrawn": ("draft", "withdraw"),
}  # fmt: skip
VERBS = sorted({verb for _, verb in MOVES})
FULL: dict[str, Any] = {"reason": "样", "document": "样民备〔2026〕1号", "built_on": TODAY, "inspected_on": TODAY}


@pytest.fixture(scope="module")
def desk(server, county_template, tmp_path_factory) -> Iterator[tuple[Office, int]]:
    """A complete report, to be put into any state. Nothing in this module's table is kept."""
    with office_of_its_own(server, county_template, tmp_path_factory.mktemp("desk")) as office:
        yield settled(office), reported(office)


@pytest.fixture
def office(county_office: Office) -> Office:
    return settled(county_office)


@contextmanager
def standing_at(desk: tuple[Office, int], state: str) -> Iterator[Connection]:
    """The report in some state, with the step that led there, for as long as we look."""
    office, number = desk
    with office.database.engine(Role.WRITER).connect() as tx:  # taken back when it closes
        tx.execute(update(CASES).where(CASES.c.id == number).values(state=state, accepted_on=TODAY, built_on=TODAY))
        if state in LED_THERE:
            was, verb = LED_THERE[state]
            events.record(tx, cases.subject(number), verb, somebody(tx, "reviewer").id, was=was, state=state)
        yield tx


def outcome(tx: Connection, number: int, person: Person, verb: str, /, **decision: Any) -> str | int:
    """The new state, or the status of the refusal; nothing of it stays."""
    attempt = tx.begin_nested()
    try:
        return case_moves.decide(tx, person, number, Decision(verb, **FULL | decision))
    except (Conflict, NotAllowed, BadInput) as problem:
        return problem.status
    finally:
        attempt.rollback()


def expected(state: str, verb: str, role: str) -> str | int:
    to, who = WAY.get((state, verb), ("", set()))
    if not to:
        return 409
    return to if role in who else 403


def test_the_table_of_moves_says_what_stands_here():
    moves = {pair: move for pair, move in MOVES.items() if REPORT in move.tracks}
    assert set(moves) == set(WAY)
    for pair, move in moves.items():
        if move.to != case_moves.BACK:
            assert move.to == WAY[pair][0], pair


@pytest.mark.parametrize("state", STATES)
def test_every_verb_in_every_state_for_every_role(desk, state):
    people = {role: with_role(desk, role) for role in ROLES}
    with standing_at(desk, state) as tx:
        for verb in VERBS:
            for role, person in people.items():
                assert outcome(tx, desk[1], person, verb) == expected(state, verb, role), (verb, role)


@pytest.mark.parametrize("state", STATES)
def test_nobody_decides_on_their_own_report(desk, state):
    """Whatever roles they hold: the sender submits, supplements, reports it as built and withdraws, and nothing else."""
    sender = with_role(desk, "staff", own=True)
    everything = Person(sender.id, "staff", "staff", dict.fromkeys(ROLES, (COUNTY,)))
    with standing_at(desk, state) as tx:
        for verb in VERBS:
            assert outcome(tx, desk[1], everything, verb) == expected(state, verb, "sender"), verb
        shown = case_moves.open_moves(tx, everything, cases.find(tx, desk[1]))
        assert set(shown) == {verb for verb in VERBS if isinstance(expected(state, verb, "sender"), str)}


@pytest.mark.parametrize("state", STATES)
def test_what_is_offered_is_what_is_allowed(desk, state):
    with standing_at(desk, state) as tx:
        for role in ROLES:
            offered = set(case_moves.open_moves(tx, with_role(desk, role), cases.find(tx, desk[1])))
            assert offered == {verb for verb in VERBS if isinstance(expected(state, verb, role), str)}, role


@pytest.mark.parametrize("pair", [pair for pair in WAY if MOVES[pair].needs], ids="-".join)
def test_what_a_step_needs_is_compulsory(desk, pair):
    state, verb = pair
    own = case_moves.SENDER in MOVES[pair].roles
    with standing_at(desk, state) as tx:
        person = with_role(desk, "reviewer", own=own)
        for need in MOVES[pair].needs:
            for empty in ("", "  ") if isinstance(FULL[need], str) else (None,):
                assert outcome(tx, desk[1], person, verb, **{need: empty}) == 400, need


@pytest.mark.parametrize(
    ("state", "verb", "own", "wrong"),
    [
        ("acknowledged", "report_built", True, {"built_on": TODAY + timedelta(days=1)}),
        ("acknowledged", "report_built", True, {"built_on": TODAY - timedelta(days=1)}),
        ("built", "inspect", False, {"inspected_on": TODAY - timedelta(days=1)}),
        ("built", "inspect", False, {"inspected_on": TODAY + timedelta(days=1)}),
    ],
)
def test_nothing_is_built_before_it_was_accepted_nor_inspected_before_it_was_built(desk, state, verb, own, wrong):
    with standing_at(desk, state) as tx:
        assert outcome(tx, desk[1], with_role(desk, "reviewer", own=own), verb, **wrong) == 400


@pytest.mark.parametrize(("state", "verb", "said"), [
    ("draft", "close", "“closed” is not possible then"),
    ("acknowledged", "acknowledge", "is no longer possible"), ("refused", "inspect", "is not possible then"),
])  # fmt: skip
def test_a_step_that_never_was_open_is_not_called_gone(desk, state, verb, said):
    _, number = desk
    with standing_at(desk, state) as tx, pytest.raises(Conflict) as refused:
        case_moves.decide(tx, somebody(tx, "reviewer"), number, Decision(verb, **FULL))
    assert said in refused.value.text.en
    assert ("不能再" in refused.value.text.zh) == ("no longer" in said)
    assert "()" not in str(refused.value)


def test_another_area_is_another_office(desk):
    with standing_at(desk, "submitted") as tx:
        assert outcome(tx, desk[1], with_role(desk, "reviewer", area="990202"), "acknowledge") == 403


def test_a_report_goes_its_whole_way_and_every_step_stays_on_record(office):
    number = reported(office)
    assert look(office, number)["number"] == f"BB-{TODAY.year}-0001"
    assert led(office, number) == "closed"
    found = look(office, number)
    assert (found["accepted_on"], found["built_on"], found["inspected_on"]) == (TODAY, TODAY, TODAY)
    with office.database.writing() as tx:
        steps = deeds(tx, cases.subject(number))
    assert [each["verb"] for each in steps] == ["open", "submit", "acknowledge", "report_built", "inspect", "close"]
    assert [each["display"] for each in steps] == ["staff", "staff", "reviewer", "staff", "reviewer", "approver"]
    assert [each["document"] for each in steps if each["document"]] == ["样民备〔2026〕9号", "样验〔2026〕1号"]
    assert all(each["at"] for each in steps)


def test_what_is_put_right_is_reported_as_built_once_more(office):
    number = reported(office)
    led(office, number, "report_built")
    assert step(office, number, "reviewer", "ask_rectify", reason="两穴超面积") == "acknowledged"
    assert step(office, number, "reviewer", "revoke", reason="看错了图") == "built"
    assert look(office, number)["built_on"] == TODAY
    step(office, number, "reviewer", "ask_rectify", reason="绿地不足")
    step(office, number, "staff", "report_built", built_on=TODAY)
    assert step(office, number, "reviewer", "inspect", document="样验1号", inspected_on=TODAY) == "inspected"
    assert step(office, number, "other reviewer", "revoke", reason="复测") == "built"
    assert look(office, number)["inspected_on"] is None


@pytest.mark.parametrize("left_out", ["reason", "plots", "plot_kind", "plot_m2", "starts_on", "land_document", "geometry"])
def test_an_extension_that_lacks_something_is_not_sent_in(office, left_out):
    number = reported(office, {name: value for name, value in EXTENSION.items() if name != left_out})
    with pytest.raises(BadInput, match="还缺少"):
        step(office, number, "staff", "submit")
    with office.database.writing() as tx:
        report_drafts.change_report(tx, somebody(tx, "staff"), number, {left_out: EXTENSION[left_out]})
    assert step(office, number, "staff", "submit") == "submitted"


def test_new_plots_need_neither_land_nor_an_area(office):
    number = reported(office, PLOTS)
    assert step(office, number, "staff", "submit") == "submitted"


@pytest.mark.parametrize(
    "wrong",
    [
        {"plots": 0}, {"plots": "二百"}, {"plots": -3}, {"plots": 10**9}, {"plot_kind": "house"}, {"plot_m2": 0},
        {"plot_m2": "nan"},
        {"plot_m2": "inf"}, {"plot_m2": []}, {"land_m2": -1}, {"starts_on": "明年"}, {"starts_on": "20260501"},
        {"starts_on": "0001-01-01"}, {"starts_on": "1949-09-30"}, {"starts_on": "9999-12-31"},
        {"reason": "样" * 4001},
        {"land_document": "样" * 201}, {"land_document": 7}, {"geometry": {"type": "Point", "coordinates": [110.3, 30.7]}},
        {"geometry": "{"}, {"geometry": {"type": "LineString", "coordinates": [[110, 30], [110.1, 30]]}},
        {"geometry": {"type": "LineString", "coordinates": [[110, 30], [110.1, 30.1], [110.1, 30], [110, 30.1]]}},
        {"cemetery": ""}, {"action": "report_nothing"}, {"action": ["report_plots"]}, {"plot_kind": ["ash_single"]},
        {"plot_kind": {}},
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_is_refused(office, wrong):
    with pytest.raises(BadInput):
        reported(office, EXTENSION | wrong)


def test_an_outline_drawn_point_by_point_is_an_area(office):
    outline = list(box(110.3, 30.7, 110.301, 30.701).exterior.coords)[:-1]
    number = reported(office, EXTENSION | {"geometry": {"type": "LineString", "coordinates": outline}})
    assert look(office, number)["geometry"]["type"] == "Polygon"


def test_a_cemetery_that_is_not_there_or_closed_is_no_subject(office):
    with pytest.raises(NotFound):
        reported(office, EXTENSION | {"cemetery": "C404"})
    with office.database.writing() as tx:
        has_cemetery(tx, "C2", None, state="closed")
    with pytest.raises(BadInput, match="已关闭"):
        reported(office, EXTENSION | {"cemetery": "C2"})


def test_the_same_is_not_reported_twice_at_once(office):
    first, second, plots = reported(office), reported(office), reported(office, PLOTS)
    step(office, first, "staff", "submit")
    with pytest.raises(Conflict, match="BB-"):
        step(office, second, "staff", "submit")
    assert step(office, plots, "staff", "submit") == "submitted"
    step(office, first, "staff", "withdraw")
    assert step(office, second, "staff", "submit") == "submitted"


def rules(office: Office, number: int) -> dict[str, str]:
    with office.database.writing() as tx:
        return {each["rule"]: each["severity"] for each in report_screening.screen(tx, cases.find(tx, number), TODAY)}


def test_what_has_begun_is_no_report_beforehand(office):
    begun = EXTENSION | {"starts_on": str(TODAY - timedelta(days=1))}
    number = reported(office, begun)
    assert rules(office, number)["in_time"] == "error"
    with pytest.raises(BadInput, match="不是事前报备"):
        step(office, number, "staff", "submit")
    step(office, number, "staff", "submit", reason="抢险,先行开工")
    with pytest.raises(BadInput, match="不是事前报备"):
        step(office, number, "reviewer", "acknowledge", document="样1号")
    assert step(office, number, "reviewer", "acknowledge", document="样1号", reason="情况属实") == "acknowledged"


@pytest.mark.parametrize(("days", "severity"), [(0, "warning"), (19, "warning"), (20, None), (60, None)])
def test_how_long_before_is_a_setting(office, days, severity):
    number = reported(office, EXTENSION | {"starts_on": str(TODAY + timedelta(days=days))})
    assert rules(office, number).get("in_time") == severity


def test_plots_are_measured_by_the_rules_of_cemeteries(office):
    fits, large = reported(office), reported(office, EXTENSION | {"plot_m2": 3})
    assert "error" not in rules(office, fits).values()
    assert "error" in rules(office, large).values()


def test_zones_are_asked_of_the_planned_area(office):
    found = rules(office, reported(office))
    assert {name for name in found if name.startswith("zone/")}
    assert all(severity == "note" for name, severity in found.items() if name.startswith("zone/"))  # none is loaded


def test_a_plan_in_another_unit_and_another_size_is_told(office):
    elsewhere = mapping(box(110.265, 30.743, 110.266, 30.744))
    found = rules(office, reported(office, EXTENSION | {"geometry": elsewhere, "land_m2": 50_000}))
    assert (found["unit"], found["land_m2"]) == ("warning", "warning")
    assert not {"unit", "land_m2"} & set(rules(office, reported(office)))


@pytest.mark.parametrize(("lon", "found"), [(110.302, None), (110.31, 954.0), (110.39, 8605.0)])
def test_a_plan_far_from_its_cemetery_is_told(office, lon, found):
    number = reported(office, EXTENSION | {"geometry": mapping(box(lon, 30.700, lon + 0.001, 30.701))})
    with office.database.writing() as tx:
        said = {each["rule"]: each for each in report_screening.screen(tx, cases.find(tx, number), TODAY)}
    assert ("distance" in said) is (found is not None)
    if found is not None:
        told = said["distance"]
        assert (told["severity"], told["grade"]) == ("warning", "I")
        assert told["distance_m"] == pytest.approx(found, rel=0.01)
        assert f"{told['distance_m']:,.0f} m" in told["message"]["en"]


def test_a_plan_beside_the_ground_of_its_cemetery_is_near(office):
    ground = stored(MultiPolygon([box(110.30, 30.70, 110.309, 30.701)]))
    area = {"code": "A1", "cemetery": CODE, "kind": "built", "unit": TOWN, "geom": ground, "valid_from": SINCE}
    number = reported(office, EXTENSION | {"geometry": mapping(box(110.31, 30.700, 110.311, 30.701))})
    assert "distance" in rules(office, number)
    with office.database.writing() as tx:
        tx.execute(insert(CEMETERY_AREAS.table).values(**area))
    assert "distance" not in rules(office, number)


@pytest.mark.parametrize(
    ("more", "rule"),
    [({"state": "site_chosen"}, "state"), ({"state": "approved"}, "state"), ({"category": "martyrs"}, "category"),
     ({"category": "scattered"}, "category")],
    ids=str,
)  # fmt: skip
def test_plots_are_not_added_where_none_belong(office, more, rule):
    with office.database.writing() as tx:
        has_cemetery(tx, "C4", None, **more)
    assert rules(office, reported(office, PLOTS | {"cemetery": "C4"}))[rule] == "warning"
    assert not {"state", "category"} & set(rules(office, reported(office, PLOTS)))


def test_a_for_profit_cemetery_that_grows_is_for_a_person_to_judge(county_office):
    office = settled(county_office, approved_on=date(2010, 1, 1))
    with office.database.writing() as tx:
        has_cemetery(tx, "C3", None, category="commercial")
    assert rules(office, reported(office, PLOTS | {"cemetery": "C3"}))["for_profit"] == "warning"
    assert "for_profit" not in rules(office, reported(office, PLOTS))


def test_days_are_the_offices_own(office):
    number = reported(office)
    led(office, number, "submit")
    found, limits = look(office, number), report_limits(settings().report_days)
    assert (found["due_internal"], found["due_legal"]) == (working_days_after(TODAY, limits["acknowledge"]), None)
    led_on = step(office, number, "reviewer", "acknowledge", document="样1号")
    assert (led_on, look(office, number)["due_internal"]) == ("acknowledged", None)
    with pytest.raises(BadInput, match="JIEZHI_REPORT_DAYS"):
        report_limits("approve:3")


def test_it_waits_in_the_inbox_of_whose_turn_it_is(office):
    number = reported(office)

    def waits() -> set[str]:
        with office.database.writing() as tx:
            return {
                who
                for who in ("staff", "reviewer", "approver")
                if number in {each["id"] for each in case_inbox.inbox(tx, somebody(tx, who), TODAY)[0]}
            }

    seen = [waits()]
    for verb in ("submit", "acknowledge", "report_built", "inspect", "close"):
        given = {"document": "样1号", "built_on": TODAY, "inspected_on": TODAY}
        step(office, number, {"close": "approver"}.get(verb, "staff" if verb in ("submit", "report_built") else "reviewer"),
             verb, **given)  # fmt: skip
        seen.append(waits())
    assert seen == [{"staff"}, {"reviewer"}, {"staff"}, {"reviewer"}, {"approver"}, set()]


def test_lists_tell_reports_from_names(office):
    number = reported(office)
    with office.database.writing() as tx:
        person = somebody(tx, "reviewer")
        for kind, ids in (("reports", [number]), ("names", []), ("report_extension", [number]), ("report_plots", [])):
            assert [each["id"] for each in case_inbox.listed(tx, person, Wanted(kind=kind), TODAY)] == ids
        counts = case_inbox.counts(tx, person, Wanted(), TODAY)
        (line,) = case_inbox.listed(tx, person, Wanted(kind="reports"), TODAY)
    assert counts["kind"] == {"report_extension": 1}
    assert (line["name"], line["cemetery"], line["unit"], line["category"]) == ("样山公墓", CODE, TOWN, None)
    with pytest.raises(BadInput):
        Wanted(kind="extension")


def test_the_public_knows_of_no_report(office):
    number = reported(office)
    led(office, number, "acknowledge")
    with office.database.reading() as tx:
        assert tx.scalar(select(CASES.c.id).where(CASES.c.id == number)) is None


def test_two_at_once_one_wins_and_the_other_is_told_by_whom_and_when(office):
    number = reported(office)
    led(office, number, "submit")
    ready = threading.Barrier(2)
    came: dict[str, str | Conflict] = {}

    def decide(who: str, verb: str) -> None:
        ready.wait()
        try:
            came[who] = step(office, number, who, verb, reason="同时", document="样1号", state="submitted", round=1)
        except Conflict as problem:
            came[who] = problem

    threads = [
        threading.Thread(target=decide, args=pair)
        for pair in {"reviewer": "return", "other reviewer": "acknowledge"}.items()
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    (winner,) = [who for who, what in came.items() if isinstance(what, str)]
    (refusal,) = [what for what in came.values() if isinstance(what, Conflict)]
    assert f"({winner} {TODAY:%Y-%m-%d}" in refusal.text.zh
    with office.database.writing() as tx:
        verbs = [each["verb"] for each in deeds(tx, cases.subject(number))]
    assert len([verb for verb in verbs if verb in ("return", "acknowledge")]) == 1
