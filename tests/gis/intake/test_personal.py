"""What a register knows of persons: where it goes, where it never is, and when it goes."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import ProgrammingError

from gis import opening
from gis.db import Role
from gis.errors import BadInput, NotAllowed, NotFound
from gis.files import Answers
from gis.intake import personal
from gis.intake.checking import examine
from gis.intake.personal import KEPT, SENT
from gis.intake.recognition import Choices
from gis.intake.submissions import STATES, SUBMISSIONS
from gis.people import PERSONS, Person, areas_of, deeds
from gis.registers import Register
from gis.settings import Settings
from tests.conftest import COUNTY, Office
from tests.plots import (
    DAY,
    ID_CARD,
    LI,
    PHONE,
    SECRETS,
    TOWN,
    ZHANG,
    known,
    names_in_force,
    plot,
    plots,
    sent,
    tables_that_hold,
    waiting,
)

WHY = "样例:权利人申请查阅"
RESTRICTED = {"personal", "personal_sent"}
"""GET and HEAD of one address bear one name in FastAPI's own description."""
FORMS = [("sheet", "gpkg"), ("list", "csv"), ("list", "gpkg")]
however_sent = pytest.mark.parametrize("form", FORMS, ids=" ".join, indirect=True)
sheet_or_list = pytest.mark.parametrize("form", FORMS[:2], ids=" ".join, indirect=True)


@pytest.fixture
def desk(office: Office) -> Office:
    office.has("staff", "staff")
    return office


@pytest.fixture
def form(request: pytest.FixtureRequest) -> tuple[str, str]:
    """How plots are sent; a list as CSV where a test does not try all."""
    return getattr(request, "param", ("list", "csv"))


@pytest.fixture
def made(desk: Office, form: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Register]:
    """The register of sample plots; a list of it passes in chunks of three."""
    monkeypatch.setattr(opening.Lists, "rows", 3)
    monkeypatch.setattr(opening.Lists.__init__, "__defaults__", ((), (), 3))
    with plots(desk.database, listed=form[0] == "list") as found:
        yield found


@pytest.fixture
def file(form: Any, tmp_path: Path) -> Any:
    return lambda *rows: sent(tmp_path, form[1], *rows)


def owners() -> list[dict[str, Any]]:
    """Seven plots, two of which have owners, and one of those a column that nobody should have sent."""
    rows = [plot(n, 产权人="", 产权人电话="", 产权日期="", 身份证号="") for n in range(1, 8)]
    rows[1] |= {"产权人": ZHANG, "产权人电话": PHONE, "产权日期": "2020年5月1日"}
    rows[5] |= {"产权人": LI, "身份证号": ID_CARD}
    return rows


def person(office: Office, name: str) -> Person:
    with office.database.writing() as tx:
        row = tx.execute(select(PERSONS).where(PERSONS.c.name == name)).one()
        return Person(row.id, row.name, row.display, areas_of(tx, row.id))


def ready(desk: Office, path: Path) -> int:
    number = desk.send("staff", path)
    seen = desk.state(number, "staff")
    assert seen["state"] == "ready", seen
    return number


def published(desk: Office, path: Path, day: date = DAY) -> int:
    number = ready(desk, path)
    desk.publish(number, day.isoformat())
    return number


# where it goes


@however_sent
def test_what_is_said_of_persons_is_kept_beside_the_record_that_was_published(desk, made, file):
    published(desk, file(*owners()))
    assert len(names_in_force(desk, made)) == 7
    since = {"owner": ZHANG, "owner_phone": PHONE, "owner_since": "2020-05-01"}
    assert known(desk, made) == {"P002": since, "P006": {"owner": LI}}


@sheet_or_list
def test_only_the_owner_changes_and_no_change_is_told(desk, made, file):
    published(desk, file(*owners()))
    rows = owners()
    rows[1] |= {"产权人": LI}
    number = ready(desk, file(*rows))
    assert desk.state(number, "staff")["changes"] == {}
    desk.publish(number, "2026-11-02")
    assert known(desk, made)["P002"]["owner"] == LI
    assert tables_that_hold(desk.database, ZHANG) == {}, "what was known before is kept nowhere"


@sheet_or_list
def test_a_column_that_was_not_sent_keeps_what_is_known_and_an_empty_cell_takes_it_back(desk, made, file):
    published(desk, file(*owners()))
    rows = [{title: value for title, value in row.items() if title != "产权人电话"} for row in owners()]
    rows[1]["产权日期"] = ""
    rows[5]["产权人"] = ""
    published(desk, file(*rows))
    assert known(desk, made) == {"P002": {"owner": ZHANG, "owner_phone": PHONE}}
    published(desk, file(*(plot(n) for n in range(1, 8))))
    assert known(desk, made) == {"P002": {"owner": ZHANG, "owner_phone": PHONE}}


@sheet_or_list
def test_a_value_that_does_not_fit_is_told_without_the_value(desk, made, file):
    rows = owners()
    rows[1]["产权日期"] = "1998年秋天样"
    number = ready(desk, file(*rows))
    seen = desk.state(number, "staff")
    told = [each["message"] for each in seen["findings"] if each["severity"] == "warning"]
    assert len(told) == 1
    assert told[0]["zh"].startswith("产权日期的值不符合要求")
    assert tables_that_hold(desk.database, "1998年秋天样") == {}


# where it never is


@however_sent
def test_in_the_whole_database_only_the_restricted_tables_say_it(desk, made, file, caplog):
    with caplog.at_level(logging.DEBUG):
        number = ready(desk, file(*owners()))
        assert set(tables_that_hold(desk.database, *SECRETS)) == {"personal_sent"}
        desk.publish(number, DAY.isoformat())
    assert set(tables_that_hold(desk.database, *SECRETS)) == {"personal"}
    assert ID_CARD not in tables_that_hold(desk.database, *SECRETS)["personal"]
    assert not [each for each in SECRETS if each in caplog.text]
    assert {"owner", "owner_phone"}.isdisjoint({*made.table.c.keys(), *made.staging.c.keys()})


@sheet_or_list
def test_no_answer_says_it(desk, made, file):
    desk.has("clerk", "administrator", "staff", area="")
    waiting_one = ready(desk, file(*owners()))
    for who in (None, "staff", "reviewer", "clerk"):
        everything = answers(desk, who, made, waiting_one)
        assert not [(path, each) for path, said in everything.items() for each in SECRETS if each.encode() in said]
    desk.publish(waiting_one, DAY.isoformat())
    for who in (None, "staff", "clerk"):
        everything = answers(desk, who, made, waiting_one)
        assert b"P002" in everything[f"/collections/{made.name}/items?datetime={DAY}"]
        assert not [(path, each) for path, said in everything.items() for each in SECRETS if each.encode() in said]


def answers(desk: Office, who: str | None, made: Register, number: int) -> dict[str, bytes]:
    """What every address answers that shows a register or a submission, to programs and to browsers."""
    base, about = f"/collections/{made.name}", f"/submissions/{number}"
    paths = [
        "/openapi.json", "/openapi", "/collections", base, f"{base}/items?datetime={DAY}", f"{base}/map?on={DAY}",
        *(f"{base}/export?f={kind}&on={DAY}" for kind in ("csv", "xlsx", "gpkg")),
        about, f"{about}/map", f"{about}/changes", f"{about}/changes?register={made.name}", f"{about}/changes/map",
        f"{about}/report.gpkg", "/submissions",
    ]  # fmt: skip
    client = desk.client(who)
    found: dict[str, bytes] = {}
    for path in paths:
        for accept in ("application/json", "text/html"):
            answer = client.get(path, headers={"Accept": accept})
            assert answer.status_code in ({200, 303} if who == "clerk" else {200, 303, 401, 403}), (path, answer.text)
            found[path] = found.get(path, b"") + answer.content
    page = client.get(f"{base}/items?datetime={DAY}").json()
    for feature in page["features"]:
        for rest in ("", "/versions"):
            path = f"{base}/items/{feature['id']}{rest}?on={DAY}" if not rest else f"{base}/items/{feature['id']}{rest}"
            found[path] = client.get(path).content
    return found


def test_nobody_asks_a_register_by_its_owner(desk, made, file):
    published(desk, file(*owners()))
    said = desk.client().get(f"/collections/{made.name}/items", params={"owner": ZHANG, "datetime": str(DAY)})
    assert said.status_code == 400
    described = desk.client().get("/openapi").text
    assert '"unit"' in described
    assert '"owner' not in described


def test_no_address_of_the_application_is_about_persons(desk):
    assert not [each for each in desk.app.openapi()["paths"] if "personal" in each]


def test_the_reader_has_no_right_to_it_and_the_writer_none_to_history(desk, made, file):
    published(desk, file(*owners()))
    for table in (KEPT, SENT):
        with desk.database.reading() as look, pytest.raises(ProgrammingError, match="permission denied"):
            look.execute(select(table))
    with desk.database.reading() as look, pytest.raises(ProgrammingError, match="permission denied"):
        look.execute(select(made.staging.c.extra))
    for statement in (delete(made.table), update(made.table).values(name="x")):
        with pytest.raises(ProgrammingError, match="permission denied"), desk.database.writing() as tx:
            tx.execute(statement)
    with desk.database.engine(Role.OWNER).connect() as tx:
        rights = text(
            "SELECT grantee, table_name FROM information_schema.role_table_grants"
            " WHERE table_name IN ('personal', 'personal_sent') AND grantee NOT IN ('jiezhi_owner', 'jiezhi_writer')"
        )
        assert tx.execute(rights).all() == []


# how it is recognised


def test_columns_about_persons_are_shown_as_recognised_and_restricted(desk, made, file):
    number = ready(desk, file(*owners()))
    (layer,) = desk.state(number, "staff")["reading"]["files"][0]["layers"]
    assert layer["personal"] == {"owner": "产权人", "owner_phone": "产权人电话", "owner_since": "产权日期"}
    assert layer["withheld"] == ["身份证号"]
    assert not {*layer["personal"].values(), "身份证号"} & {*layer["columns"].values(), *layer["unmapped"]}
    for lang, word in (("zh", "个人信息 · 受限"), ("en", "personal · restricted")):
        shown = desk.client("staff").get(f"/submissions/{number}?lang={lang}", headers={"Accept": "text/html"}).text
        assert shown.count(word) == 3
        assert "身份证号" in shown


@sheet_or_list
def test_what_becomes_of_each_column_is_told(desk, made, file):
    rows = [row | {"心情": "晴"} for row in owners()]
    seen = desk.state(ready(desk, file(*rows)), "staff")
    told = [each["message"]["zh"] for each in seen["findings"] if each["rule"] == "F02"]
    assert len(told) == 3, told
    assert any("受限表" in each and "产权人、产权人电话、产权日期" in each for each in told)
    assert any("不入库" in each and each.endswith("身份证号") for each in told)
    assert any("原样保留" in each and each.endswith("心情") for each in told)
    with desk.database.writing() as tx:
        kept = tx.scalars(select(made.staging.c.extra)).first()
    mapped = set() if made.listed else {"样点编号", "样点名称", "样点政区"}
    assert set(kept) - {"经度", "纬度"} == mapped | {"心情"}


@pytest.mark.parametrize("title", ["收件人", "紧急联系", "联络方式"])
def test_whom_to_reach_is_kept_nowhere(desk, made, file, title):
    number = ready(desk, file(*(row | {title: LI} for row in owners()[:3])))
    (layer,) = desk.state(number, "staff")["reading"]["files"][0]["layers"]
    assert (title in layer["withheld"], title in layer["unmapped"], LI in layer["sample"]) == (True, False, False)
    assert set(tables_that_hold(desk.database, LI)) == set()


def test_a_second_column_with_an_owners_title_is_kept_nowhere(desk, made, file):
    rows = [row | {"户主": LI} for row in owners()[:3]]
    number = ready(desk, file(*rows))
    (layer,) = desk.state(number, "staff")["reading"]["files"][0]["layers"]
    assert (layer["personal"]["owner"], layer["withheld"]) == ("产权人", ["身份证号", "户主"])
    assert set(tables_that_hold(desk.database, LI)) == set()
    assert LI not in {each["owner"] for each in waiting(desk)}


def test_a_column_is_put_right_by_hand(desk, made, file, form):
    rows = [plot(n, 谁=ZHANG) for n in range(1, 3)]
    number = ready(desk, file(*rows))
    (layer,) = desk.state(number, "staff")["reading"]["files"][0]["layers"]
    assert layer["unmapped"] == ["谁"]
    by_hand = {f"column:{layer['path']}:owner": "谁"}
    assert desk.client("staff").post(f"/submissions/{number}/deliveries", data=by_hand).status_code == 202
    desk.work()
    (layer,) = desk.state(number, "staff")["reading"]["files"][0]["layers"]
    assert (layer["personal"], layer["unmapped"]) == ({"owner": "谁"}, [])
    assert waiting(desk) == [{"owner": ZHANG}, {"owner": ZHANG}]


def test_the_sample_of_texts_shows_no_person(desk, tmp_path):
    rows = [{"YDBH": f"P{n}", "YDMC": f"样地{n}", "YDZQ": TOWN, "CQR": ZHANG, "SFZH": "样证"} for n in range(3)]
    path = sent(tmp_path, "shp", *rows)
    path.with_suffix(".prj").unlink()
    for listed in (False, True):
        with plots(desk.database, listed=listed):
            number = desk.send("staff", *sorted(tmp_path.glob("YD.*")))
            (layer,) = desk.state(number, "staff")["reading"]["files"][0]["layers"]
            assert layer["sample"] == ["样地0", "样地1", "样地2"]


@sheet_or_list
def test_a_check_without_a_database_says_nothing_of_persons(desk, made, file):
    seen = examine([file(*owners())], Answers(), Choices(), Settings())
    assert not seen.blocking
    said = repr(seen.findings) + repr(seen.passed) + "".join(each.to_csv() for each in seen.survey.sheets.values())
    assert "P002" in said or made.listed
    assert not [each for each in SECRETS if each in said]


# when it goes


def test_it_waits_only_as_long_as_it_may_be_published(desk, made, file):
    number = ready(desk, file(*owners()))
    assert len(waiting(desk)) == 7
    desk.decide("reviewer", number, "accept")
    assert len(waiting(desk)) == 7
    desk.decide("approver", number, "return", reason="样例")
    assert waiting(desk) == []
    assert tables_that_hold(desk.database, *SECRETS) == {}


def test_it_goes_when_the_submission_is_withdrawn(desk, made, file):
    number = ready(desk, file(*owners()))
    assert desk.decide("staff", number, "withdraw", reason="样例").status_code == 200
    assert waiting(desk) == []


def test_a_delivery_takes_the_place_of_the_one_before(desk, made, file):
    number = ready(desk, file(*owners()))
    path = file(plot(1, 产权人=LI))
    files = [("files", (path.name, path.read_bytes()))]
    assert desk.client("staff").post(f"/submissions/{number}/deliveries", files=files).status_code == 202
    assert waiting(desk) == []
    desk.work()
    assert waiting(desk) == [{"owner": LI}]


def test_a_delivery_that_is_blocked_leaves_nothing(desk, made, file):
    rows = owners()
    rows[3]["样点编号"] = ""
    number = desk.send("staff", file(*rows))
    assert desk.state(number, "staff")["state"] == "blocked"
    assert tables_that_hold(desk.database, *SECRETS) == {}


def test_every_state_either_may_still_lead_to_publication_or_lets_go(desk, made, file):
    number = ready(desk, file(*owners()))
    with desk.database.writing() as tx:
        laid = tx.execute(select(SENT)).all()
    kept = set()
    for state in STATES:
        with desk.database.writing() as tx:
            tx.execute(delete(SENT))
            tx.execute(insert(SENT), [each._asdict() for each in laid])
        with desk.database.writing() as tx:
            tx.execute(update(SUBMISSIONS).where(SUBMISSIONS.c.id == number).values(state=state))
        if waiting(desk):
            kept.add(state)
    assert kept == {"queued", "ready", "accepted", "publishing"} & set(STATES)


@sheet_or_list
def test_it_goes_when_the_record_is_over(desk, made, file):
    published(desk, file(*owners()), date(2026, 1, 1))
    rest = [row for row in owners() if row["样点编号"] != "P006"]
    path = file(*rest)
    answer = desk.client("staff").post(
        "/submissions", files=[("files", (path.name, path.read_bytes()))], data={"whole": "true"}
    )
    desk.work()
    desk.publish(answer.json()["id"], date.today().isoformat())
    assert set(known(desk, made)) == {"P002"}
    assert tables_that_hold(desk.database, LI) == {}


# who reads and who erases


def test_reading_and_erasing_are_events_that_say_why_and_not_what(desk, made, file):
    number = published(desk, file(*owners()))
    staff = person(desk, "staff")
    with desk.database.writing() as tx:
        _, found = personal.read(tx, staff, made.name, "P002", WHY)
    assert [(each.fields["owner"], each.submission) for each in found] == [(ZHANG, number)]
    with desk.database.writing() as tx:
        assert personal.erase(tx, staff, made.name, "P002", "样例:权利人要求删除") == (1, [number])
    assert set(known(desk, made)) == {"P006"}
    with desk.database.writing() as tx:
        assert personal.read(tx, staff, made.name, "P002", WHY)[1] == []
        told = deeds(tx, f"personal/{made.name}/P002")
    assert [(each["verb"], each["who"], each["reason"]) for each in told] == [
        ("read_personal", "staff", WHY),
        ("erase_personal", "staff", "样例:权利人要求删除"),
        ("read_personal", "staff", WHY),
    ]
    assert ZHANG not in str(told)


@sheet_or_list
def test_erasing_reaches_what_is_not_yet_published(desk, made, file):
    published(desk, file(*owners()))
    number = ready(desk, file(*owners()))
    with desk.database.writing() as tx:
        personal.erase(tx, person(desk, "staff"), made.name, "P002", WHY)
    assert tables_that_hold(desk.database, ZHANG, PHONE) == {}
    desk.publish(number, DAY.isoformat())
    assert set(known(desk, made)) == {"P006"}


def test_without_a_reason_a_role_or_the_area_nobody_reads(desk, made, file):
    published(desk, file(*owners()))
    desk.has("elsewhere", "staff", "administrator", area="880101")
    asked = [
        ("staff", "P002", "  ", BadInput),
        ("staff", "P002", "样" * 1001, BadInput),
        ("staff", "P999", WHY, NotFound),
        ("reviewer", "P002", WHY, NotAllowed),
        ("surveyor", "P002", WHY, NotAllowed),
        ("elsewhere", "P002", WHY, NotAllowed),
    ]
    for who, code, why, problem in asked:
        for ask in (personal.read, personal.erase):
            with desk.database.writing() as tx, pytest.raises(problem):
                ask(tx, person(desk, who), made.name, code, why)
    with desk.database.writing() as tx, pytest.raises(BadInput):
        personal.read(tx, person(desk, "staff"), "lines", "P002", WHY)
    assert len(known(desk, made)) == 2
    assert TOWN.startswith(COUNTY)
