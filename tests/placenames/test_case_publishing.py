"""Announcing: what was decided comes into force with all that follows from it, or nothing does."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, union

from boundaries.units import UNITS
from gis import history
from gis.errors import BadInput, Conflict
from gis.intake import publishing
from gis.intake.publishing import PUBLICATIONS
from gis.intake.submissions import SUBMISSIONS
from gis.people import deeds
from placenames.appellations import APPELLATIONS
from placenames.casework import case_publishing, cases
from placenames.casework.cases import CASES
from placenames.finding.called import names_of
from placenames.kinds import parts_of_code
from placenames.names import NAMES
from tests.conftest import Office
from tests.placenames.case_desk import (
    FIRST,
    HOUSING,
    RENAME,
    SECOND,
    STREET,
    TODAY,
    TOWN,
    TOWNSHIP,
    announced,
    lead,
    look,
    opened,
    somebody,
    step,
)

V = NAMES.table.c


def standing(office: Office, on: date, known: Any = None) -> list[dict[str, Any]]:
    """The places in force on a day."""
    with office.database.reading() as tx:
        columns = [column for column in V if column.name != "geom"]
        statement = select(*columns, history.raw(V.geom).label("geom"))
        rows = tx.execute(statement.where(history.in_force(NAMES.table, on, known))).mappings()
        return [dict(row) for row in rows]


def everything(office: Office) -> list[Any]:
    """All versions of places and units, what places are called, publications and submissions."""
    with office.database.writing() as tx:
        return [
            tx.execute(select(*(c for c in table.c if c.name != "geom")).order_by(*table.primary_key)).all()
            for table in (NAMES.table, UNITS.table, APPELLATIONS, PUBLICATIONS, SUBMISSIONS)
        ]


def called(office: Office, text: str, on: date) -> set[tuple[str, str]]:
    """What a text finds: seen from a day, in which way places are called so, and their codes."""
    with office.database.reading() as tx:
        codes = dict(tx.execute(select(APPELLATIONS.c.place, APPELLATIONS.c.code).where(APPELLATIONS.c.text == text)).all())
        names = names_of(tx, codes, public=True)
        return {(each.kind_on(on), codes[place]) for place in codes for each in names[place] if each.text == text}


@pytest.fixture
def street(names_office: Office) -> dict[str, Any]:
    (found,) = standing(names_office, TODAY)
    return found


def renamed(office: Office, street: dict[str, Any], **more: Any) -> dict[str, Any]:
    return announced(office, RENAME | {"place": street["code"]}, on=SECOND, document="样政函〔2026〕2号", **more)


def test_a_naming_enters_the_register_with_all_that_was_decided(names_office, street):
    case = look(names_office, 1)
    assert (street["name"], street["specific"], street["generic"]) == ("样石桥街", "样石桥", "街")
    assert (street["roman"], street["roman_plain"]) == ("Yàngshíqiáo Jiē", "YANGSHIQIAO JIE")
    assert street["roman_confirmed"] == "yes"
    assert (street["category"], street["class_code"], street["unit"]) == ("ROD", "23514", TOWN)
    assert (street["authority"], street["document"], street["named_on"]) == ("样例县人民政府", "样政函〔2026〕1号", FIRST)
    assert (street["origin"], street["position"], street["use"]) == (STREET["origin"], STREET["position"], "current")
    assert street["key"]
    assert street["sound"]
    assert street["valid_from"] == FIRST
    assert case["place"] == street["id"]
    assert case["submission"] == street["submission"]
    assert (case["announced_on"], case["effective"]) == (TODAY, FIRST)
    assert parts_of_code(street["code"]) == ("990101", "001", "23514", "000001")
    assert standing(names_office, FIRST - timedelta(days=1)) == []


def test_it_is_published_under_its_document_like_everything_else(names_office, street):
    with names_office.database.writing() as tx:
        row = tx.execute(select(SUBMISSIONS).where(SUBMISSIONS.c.id == street["submission"])).mappings().one()
        published = tx.execute(select(PUBLICATIONS).where(PUBLICATIONS.c.submission == row["id"])).mappings().one()
        (event,) = deeds(tx, f"submission/{row['id']}")
        everything_is = publishing.version_of_everything(tx)
    assert (row["state"], row["units"]) == ("published", [TOWN])
    assert row["title"] == f"DM-{TODAY.year}-0001 样石桥街"
    assert (published["document"], published["effective"]) == ("样政函〔2026〕1号", FIRST)
    assert (event["who"], event["verb"], event["document"]) == ("approver", "publish", "样政函〔2026〕1号")
    assert everything_is.startswith(f"{published['id']}/")
    seen = names_office.client("approver").get(f"/submissions/{row['id']}")
    assert seen.status_code == 200, seen.text


def test_a_renaming_keeps_identity_and_code_and_the_old_name_stays_findable(names_office, street):
    renamed(names_office, street)
    (now,) = standing(names_office, TODAY)
    (then,) = standing(names_office, SECOND - timedelta(days=1))
    assert (now["id"], now["code"]) == (then["id"], then["code"]) == (street["id"], street["code"])
    assert (then["name"], now["name"]) == ("样石桥街", "样望江街")
    assert now["geom"] == then["geom"] == street["geom"]
    assert now["former_names"] == "样石桥街"
    assert (now["origin"], now["document"]) == (STREET["origin"], "样政函〔2026〕2号")
    assert called(names_office, "样石桥街", SECOND - timedelta(days=1)) == {("standard", street["code"])}
    assert called(names_office, "样石桥街", TODAY) == {("former", street["code"])}
    assert called(names_office, "样望江街", TODAY) == {("standard", street["code"])}
    with names_office.database.reading() as tx:
        names = names_of(tx, [street["id"]], public=True)[street["id"]]
    assert [(each.text, each.kind, each.since, each.until) for each in names] == [
        ("样望江街", "standard", SECOND, None),
        ("样石桥街", "standard", FIRST, SECOND),
    ]


def test_what_was_known_before_stays_as_it_was_known(names_office, street):
    with names_office.database.reading() as tx:
        before = tx.scalar(select(func.clock_timestamp()))
    renamed(names_office, street)
    (as_known,) = standing(names_office, TODAY, before)
    assert as_known["name"] == "样石桥街"


def test_what_is_planned_for_later_bears_the_new_name_too(names_office, street):
    later = TODAY + timedelta(days=90)
    with names_office.database.writing() as tx:  # as an import that takes effect later
        values = {"position": "东起样河路,西至样湖"}
        history.rewrite(tx, NAMES.table, [(street["id"], later, None, values)], street["submission"])
    renamed(names_office, street)
    (found,) = standing(names_office, later)
    assert (found["name"], found["position"]) == ("样望江街", "东起样河路,西至样湖")


def test_a_second_renaming_keeps_both_former_names(names_office, street):
    renamed(names_office, street)
    again = RENAME | {"place": street["code"], "candidates": ["样听涛街"]}
    announced(names_office, again, on=TODAY, document="样政函〔2026〕3号")
    (now,) = standing(names_office, TODAY)
    assert now["former_names"] == "样石桥街、样望江街"
    assert called(names_office, "样石桥街", TODAY) == called(names_office, "样望江街", TODAY) == {("former", street["code"])}


def test_a_deletion_ends_the_name_and_a_restoring_brings_it_back_under_its_code(names_office, street):
    gone = announced(names_office, {"action": "delete", "place": street["code"], "reason": "道路已并入厂区"}, on=SECOND)
    assert standing(names_office, TODAY) == []
    assert [each["name"] for each in standing(names_office, SECOND - timedelta(days=1))] == ["样石桥街"]
    assert gone["place"] == street["id"]
    assert called(names_office, "样石桥街", SECOND - timedelta(days=1)) == {("standard", street["code"])}
    announced(names_office, {"action": "restore", "place": street["code"], "reason": "道路恢复通行"}, on=TODAY)
    (back,) = standing(names_office, TODAY)
    assert (back["id"], back["code"], back["name"]) == (street["id"], street["code"], "样石桥街")
    assert back["geom"] == street["geom"]
    assert standing(names_office, TODAY - timedelta(days=1)) == []


def test_what_was_deleted_may_come_back_under_another_name(names_office, street):
    announced(names_office, {"action": "delete", "place": street["code"], "reason": "道路已并入厂区"}, on=SECOND)
    other = {"action": "restore", "place": street["code"], "reason": "道路恢复通行", "candidates": ["样望江街"]}
    announced(names_office, other, on=TODAY)
    (back,) = standing(names_office, TODAY)
    assert (back["name"], back["code"]) == ("样望江街", street["code"])
    assert "样石桥街" in back["former_names"]
    assert ("former", street["code"]) in called(names_office, "样石桥街", TODAY)


def test_a_division_gives_its_new_name_to_its_unit_in_the_same_moment(names_office):
    town = announced(names_office, TOWNSHIP)
    wanted = {"place": str(town["place"]), "candidates": ["样清溪镇"], "rename_reason": "division_change"}
    renamed_town = announced(names_office, RENAME | wanted, on=SECOND)
    u = UNITS.table.c
    with names_office.database.reading() as tx:
        name = select(u.name).where(u.code == "990101100")
        assert tx.scalar(name.where(history.in_force(UNITS.table, SECOND - timedelta(days=1)))) == "样溪镇"
        assert tx.scalar(name.where(history.in_force(UNITS.table, TODAY))) == "样清溪镇"
        submission = tx.scalar(select(u.submission).where(u.code == "990101100", history.in_force(UNITS.table, TODAY)))
        recorded = (select(table.recorded_at).where(table.submission == submission) for table in (u, V))
        moments = tx.scalars(union(*recorded)).all()
    assert submission == renamed_town["submission"]
    assert len(moments) == 1
    seat = {"lon": 110.265286, "lat": 30.743204}
    there = names_office.client().get("/units/at", params=seat).json()["units"]
    assert "样清溪镇" in [each["name"] for each in there]


def test_announcing_is_all_or_nothing(names_office, street, monkeypatch):
    number = opened(names_office, RENAME | {"place": street["code"]})
    assert lead(names_office, number, "file", on=SECOND) == "filed"
    before = everything(names_office)

    def falls(*_: Any) -> None:
        raise RuntimeError("in the middle")

    monkeypatch.setitem(publishing.FOLLOWERS, NAMES.name, [*publishing.FOLLOWERS[NAMES.name], falls])
    with pytest.raises(RuntimeError, match="in the middle"):
        step(names_office, number, "approver", "announce", effective=SECOND)
    assert everything(names_office) == before
    case = look(names_office, number)
    assert (case["state"], case["announced_on"], case["submission"]) == ("filed", None, None)
    monkeypatch.undo()
    assert step(names_office, number, "approver", "announce", effective=SECOND) == "announced"


@pytest.mark.parametrize("last", ["submit", "accept", "recommend", "approve", "file"])
def test_until_it_is_announced_nothing_in_the_register_changes(names_office, street, last):
    before = everything(names_office)
    lead(names_office, opened(names_office, RENAME | {"place": street["code"]}), last)
    assert everything(names_office) == before


def test_what_was_returned_or_withdrawn_changes_nothing_in_the_register(names_office, street):
    before = everything(names_office)
    number = opened(names_office, RENAME | {"place": street["code"]})
    lead(names_office, number, "recommend")
    step(names_office, number, "approver", "return", reason="依据不足")
    step(names_office, number, "staff", "withdraw", reason="不再更名")
    assert everything(names_office) == before


def test_namings_of_one_class_take_the_next_codes_however_many_at_once(names_office):
    names = ("样听涛街", "样枫林街", "样杏花街", "样栖霞街")
    numbers = [opened(names_office, STREET | {"candidates": [name]}) for name in names]
    for each in numbers:
        lead(names_office, each, "file")
    ready, came = threading.Barrier(len(numbers)), []

    def announce(number: int) -> None:
        ready.wait()
        came.append(step(names_office, number, "approver", "announce", effective=FIRST))

    threads = [threading.Thread(target=announce, args=(each,)) for each in numbers]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert came == ["announced"] * len(numbers)
    assert sorted(each["code"] for each in standing(names_office, TODAY)) == [f"{TOWN}23514{n:06d}" for n in range(1, 6)]


def test_codes_are_never_given_again_and_are_counted_by_class(names_office, street):
    announced(names_office, {"action": "delete", "place": street["code"], "reason": "道路已并入厂区"}, on=SECOND)
    with names_office.database.writing() as tx:
        assert case_publishing.next_code(tx, TOWN, "23514") == f"{TOWN}23514000002"
        assert case_publishing.next_code(tx, TOWN, "22100") == f"{TOWN}22100000001"
        assert case_publishing.next_code(tx, TOWN + "001", "23514") == f"{TOWN}23514000002"
        assert case_publishing.next_code(tx, "990101", "21400") == "99010100021400000001"


def test_a_class_whose_numbers_are_used_up_says_so(names_office, street, monkeypatch):
    monkeypatch.setattr(case_publishing, "NUMBER_DIGITS", 1)  # nine numbers instead of a million
    with names_office.database.writing() as tx:
        row = {name: street[name] for name in ("name", "unit", "category")}
        history.begin(tx, NAMES.table, [row | {"code": f"{TOWN}23514{n}"} for n in range(1, 10)], FIRST)
        with pytest.raises(Conflict, match="用完"):
            case_publishing.next_code(tx, TOWN, "23514")


def test_a_place_that_changed_since_it_was_looked_at_is_not_announced(names_office, street):
    number = opened(names_office, RENAME | {"place": street["code"]})
    lead(names_office, number, "file", on=SECOND)
    with names_office.database.writing() as tx:
        history.rewrite(tx, NAMES.table, [(street["id"], SECOND, None, {"name": "样别街"})], street["submission"])
    with pytest.raises(Conflict, match="又有了变化"):
        step(names_office, number, "approver", "announce", effective=SECOND)


def test_a_later_version_under_another_name_stands_in_the_way(names_office, street):
    number = opened(names_office, RENAME | {"place": street["code"]})
    lead(names_office, number, "file", on=SECOND)
    with names_office.database.writing() as tx:
        history.rewrite(
            tx, NAMES.table, [(street["id"], TODAY + timedelta(days=30), None, {"name": "样别街"})], street["submission"]
        )
    with pytest.raises(Conflict, match="PN19:“样石桥街”已公告自"):
        step(names_office, number, "approver", "announce", effective=SECOND)


def test_a_name_does_not_change_before_it_was_given(names_office, street):
    number = opened(names_office, RENAME | {"place": street["code"]})
    lead(names_office, number, "file", on=FIRST - timedelta(days=30))
    with pytest.raises(BadInput, match="才有记录"):
        step(names_office, number, "approver", "announce", effective=FIRST - timedelta(days=1))


def test_an_opinion_case_is_announced_with_the_department_that_approved(names_office):
    found = announced(names_office, HOUSING)
    (place,) = [each for each in standing(names_office, TODAY) if each["category"] == "RES"]
    assert found["track"] == "opinion"
    assert (place["name"], place["authority"]) == ("样竹苑", "样例县住房和城乡建设局")


def test_nothing_is_announced_without_a_confirmed_romanization(names_office):
    number = opened(names_office, HOUSING)
    lead(names_office, number, "accept")
    step(names_office, number, "reviewer", "issue_opinion", reason="同意命名")
    step(names_office, number, "reviewer", "record_outcome", document="样建函1号", approved_by="样住建局", approved_on=FIRST,
         reason="批准在先")  # fmt: skip
    step(names_office, number, "reviewer", "file", filing_document="样民备1号", filed_on=FIRST)
    with pytest.raises(BadInput, match="没有核定"):
        step(names_office, number, "approver", "announce", effective=FIRST)
    step(names_office, number, "reviewer", "confirm_romanization", roman="Yàngzhú Yuàn")
    assert step(names_office, number, "approver", "announce", effective=FIRST) == "announced"


def test_all_announced_cases_stand_in_the_register(names_office, street):
    renamed(names_office, street)
    with names_office.database.writing() as tx:
        rows = tx.execute(select(CASES.c.place, CASES.c.submission).where(CASES.c.state == "announced")).all()
        assert len(rows) == 2
        assert {row.place for row in rows} == {street["id"]}
        assert somebody(tx, "approver").roles == ("approver",)
    assert cases.CLOSED


@pytest.mark.parametrize("asked", [RENAME, {"action": "delete", "reason": "样街已拆除"}])
def test_a_name_that_is_announced_to_end_is_not_asked_for_again(names_office, street, asked):
    with names_office.database.writing() as tx:
        history.end(tx, NAMES.table, [street["id"]], TODAY + timedelta(days=30))
    number = opened(names_office, asked | {"place": street["code"]})
    with pytest.raises(Conflict, match="已公告自"):
        step(names_office, number, "staff", "submit")
