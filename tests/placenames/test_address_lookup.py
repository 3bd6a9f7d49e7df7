"""What people write finds the plate that is meant, says what was corrected, and never answers a plate of another town."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.db import Database
from placenames.addresses.address_writing import normalised, written
from placenames.addresses.finding.address_lookup import Question, answers
from placenames.addresses.finding.address_suggesting import suggestions
from placenames.addresses.finding.explanations import steps
from placenames.addresses.finding.matches import LEVELS, Match
from placenames.addresses.finding.nearest_plates import nearest
from placenames.addresses.finding.toponym_names import Toponyms
from placenames.addresses.finding.toponyms_known import toponyms_on
from tests.benchmarks.addresses_filled import fill
from tests.conftest import TEMPLATE, copied
from tests.placenames.two_towns import EAST, STREETS, WEST, county_of


@pytest.fixture(scope="module")
def filled(server) -> Iterator[Database]:
    with copied(server, TEMPLATE) as database:
        fill(database, county_of(STREETS))
        yield database


@pytest.fixture(scope="module")
def names(filled: Database) -> Toponyms:
    with filled.reading() as look:
        return toponyms_on(look, date.today())


def first(filled: Database, names: Toponyms, q: str, **more) -> Match | None:
    with filled.reading() as look:
        found = answers(look, names, [Question(q, **more)])[0]
    return found[0] if found else None


@pytest.mark.parametrize(
    ("q", "label"),
    [
        ("样省样州市样例县江东街道样文三路12号", "样文三路12号"),
        ("样例县江东街道样文三路12号", "样文三路12号"),
        ("样文三路12号", "样文三路12号"),
        ("江东样文三路12", "样文三路12号"),
        ("样文三路１２號", "样文三路12号"),
        ("樣文三路十二號", "样文三路12号"),
        ("样文三路12之3号", "样文三路12-3号"),
        ("样文三路12号附3号", "样文三路12-3号"),
        ("样文三路十二-三号", "样文三路12-3号"),
        ("样文三路十二—3号", "样文三路12-3号"),
        ("样文三路十二附三号", "样文三路12-3号"),
        ("样文三路12附3号", "样文三路12-3号"),
        ("样文三路25弄6号", "样文三路25弄6号"),
        ("6号25弄样文三路", "样文三路25弄6号"),
        ("12号 样文三路 江东街道", "样文三路12号"),
        ("样文三路12号(老样杂货店)", "样文三路12号"),
        ("样文三路12号对面", "样文三路12号"),
        ("江东六路5号", "江东六路5号"),
        ("14号大街2号", "14号大街2号"),
        ("中正路一段20号", "中正路一段20号"),
        ("中正路 2段 30号", "中正路二段30号"),
        ("中正路20号", "中正路一段20号"),
        ("金井巷三段9号", "金井巷三段9号"),
        ("江东街道金井巷3段9号", "金井巷三段9号"),
        ("样 文 三 路 12 号", "样文三路12号"),
        ("江　东　街　道　样　文　三　路　１２　号", "样文三路12号"),
        ("样 福 小 区 3 栋 2 单 元 501", "样福路30号样福小区3幢2单元501室"),
        ("样 文 三 路 1 2 号", "样文三路12号"),
        ("江\t东\t样\t文\t三\t路\t1\t2", "样文三路12号"),
        ("江东街道 样 文 三 路 1 2 號", "样文三路12号"),
        ("12 号 样 文 三 路", "样文三路12号"),
        ("样 文 三 路 12号", "样文三路12号"),
        ("样 文 三 路 , (1 2 号)", "样文三路12号"),
        ("样 福 小 区 3 幢 2 单 元 5 0 1 室", "样福路30号样福小区3幢2单元501室"),
        ("样 福 小 区 3 - 2 - 5 0 1", "样福路30号样福小区3幢2单元501室"),
        ("样福路30号样福小区3幢2单元501室", "样福路30号样福小区3幢2单元501室"),
        ("样福小区3栋2单元501", "样福路30号样福小区3幢2单元501室"),
        ("样福小区3-2-501", "样福路30号样福小区3幢2单元501室"),
        ("样福小区3号楼502室", "样福路30号样福小区3幢2单元502室"),
        ("501室2单元3幢样福小区", "样福路30号样福小区3幢2单元501室"),
        ("上坪村里屋7号", "上坪村里屋7号"),
        ("江西镇上坪村三组8号", "上坪村3组8号"),
        ("江西镇上坪村-3组8号", "上坪村3组8号"),
        ("上坪村8号", "上坪村3组8号"),
    ],
)
def test_however_it_is_written(filled: Database, names: Toponyms, q: str, label: str) -> None:
    found = first(filled, names, q)
    assert found is not None
    assert (found.label.removeprefix("样省样州市样例县")[4 if "江东" in found.label[:12] else 3 :], found.match_level) == (
        label, "flat" if "室" in label else "plate",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("q", "text"),
    [
        ("样 福 小 区 3 2 501", "样福小区3 2 501"), ("样 福 小 区  3  2  5 0 1", "样福小区3 2 501"),
        ("样福小区 3 幢 501 502", "样福小区 3 幢 501 502"), ("样 福 路 yang fu lu 3", "样福路yang fu lu 3"),
        ("yang wen san lu", "yang wen san lu"), ("样福路 东 3 幢", "样福路 东 3 幢"),
    ],
)  # fmt: skip
def test_spaces_that_part_something_stay(q: str, text: str) -> None:
    assert normalised(q) == written(q).text == text


@pytest.mark.parametrize(
    ("q", "label", "told"),
    [
        ("样文伞路12号", "样文三路12号", "“样文伞路”按同音认作“样文三路”"),
        ("样文三咯12号", "样文三路12号", "“样文三咯”按一字之差认作“样文三路”"),
        ("样三文路12号", "样文三路12号", "“样三文路”按两字颠倒认作“样文三路”"),
        ("江东街道颓中正路二段30号", "中正路二段30号", "“颓中正路2段”按一字之差认作“中正路2段”"),
        ("江东街道中整路二段30号", "中正路二段30号", "“中整路”按同音认作“中正路”"),
        ("江东街道14号打街2号", "14号大街2号", "“14号打街”按同音认作“14号大街”"),
        ("14大号街2号", "14号大街2号", "“14大号街”按两字颠倒认作“14号大街”"),
        ("14号街大2号", "14号大街2号", "“14号街大”按两字颠倒认作“14号大街”"),
        ("北社区14嚎大街2号", "14号大街2号", "“14嚎大街”按同音认作“14号大街”"),
        ("江东街道14号大帮2号", "14号大街2号", "“14号大帮”按一字之差认作“14号大街”"),
        ("江东街道14号号大街2号", "14号大街2号", "“14号号大街”按一字之差认作“14号大街”"),
        ("江东街道14大街2号", "14号大街2号", "“14大街”按一字之差认作“14号大街”"),
        ("江冬街道样文三路12号", "样文三路12号", "“江冬街道”按同音认作“江东街道”"),
        ("老样街12号", "样文三路12号", "“老样街”是“样文三路”的曾用名"),
        ("样三路12号", "样文三路12号", "“样三路”是“样文三路”的别名"),
        ("样旧巷8号", "样文三路12号", "“样旧巷8号”是原门牌,现为“样文三路12号”"),
        ("样文三路12号8楼", "样文三路12号", "“8层”未登记,给出所在门牌"),
    ],
)
def test_what_was_corrected_is_told(filled: Database, names: Toponyms, q: str, label: str, told: str) -> None:
    found = first(filled, names, q)
    assert found is not None
    assert found.label.endswith(label)
    assert told in [each.zh for each in found.changed]


@pytest.mark.parametrize(
    ("q", "label"),
    [
        ("样文三路12号大院", "样文三路12号"), ("样文三路12号大门3", "样文三路12号"),
        ("上坪村里屋7号大门", "上坪村里屋7号"), ("西样路4号大楼", "西样路4号"),
    ],
)  # fmt: skip
def test_a_number_behind_what_bears_it_begins_no_street(server, q: str, label: str) -> None:
    """Even where there is a street that begins so and is close to what follows."""
    streets = [(unit, "", "", f"{number}号大街", "", "", "3号", *[""] * 5) for unit in (EAST, WEST) for number in (4, 7, 12)]
    with copied(server, TEMPLATE) as database:
        fill(database, county_of([*STREETS, *streets]))
        with database.reading() as look:
            found = first(database, toponyms_on(look, date.today()), q)
    assert found is not None
    assert (found.label.endswith(label), found.match_level) == (True, "plate"), found


@pytest.mark.parametrize("q", ["样文伞路12号", "样文三路12号8楼", "样文三路12号77幢"])
def test_what_was_corrected_or_left_out_is_never_certain(filled: Database, names: Toponyms, q: str) -> None:
    found = first(filled, names, q)
    assert found is not None
    assert found.changed
    assert round(found.score, 3) < 1.0


def test_a_number_that_is_not_there_is_placed_between_its_neighbours(filled: Database, names: Toponyms) -> None:
    found = first(filled, names, "样文三路7号")
    assert found is not None
    assert (found.match_level, found.id, found.code) == ("interpolated", "", "")
    assert found.lon == pytest.approx(119.001 + 0.001 * 4 / 6)
    assert "按相邻门牌" in found.changed[-1].zh


@pytest.mark.parametrize(
    ("q", "level"),
    [
        ("样文三路999号", "street"),
        ("样文三路", "street"),
        ("江西镇样文三路12号", "town"),
        ("江西镇上坪村3组80号", "village"),
        ("江东街道柳浪公园路7号", "town"),
        ("江东街道样文六路12号", "town"),
        ("江东街道不见经传大道12号", "town"),
        ("江东街道样文东路12号", "town"),
        ("江东街道新样文三路12号", "town"),
        ("江东街道中正路三段30号", "street"),
        ("江东街道114号大街2号", "town"),
        ("江东街道1-14号大街2号", "town"),
        ("江东街道某某小区14号大院2号", "town"),
        ("江东街道14号大厦2号", "town"),
        ("江东街道14号弄2号", "town"),
        ("江西镇上坪村三组二-八号", "village"),
        ("江东街道", "town"),
    ],
)
def test_no_plate_is_made_up(filled: Database, names: Toponyms, q: str, level: str) -> None:
    found = first(filled, names, q)
    assert found is not None
    assert (found.match_level, found.id) == (level, "")


def test_a_number_beyond_the_street_is_told(filled: Database, names: Toponyms) -> None:
    found = first(filled, names, "样文三路999号")
    assert found is not None
    assert "999号 未登记" in [each.zh for each in found.changed]


@pytest.mark.parametrize(
    "q",
    [
        "邻样县样文三路12号", "样文三路12号邻样县", "上海市样文三路12号", "龙王镇样文三路12号", "广东省深圳市样文三路12号",
        "邻县样文三路12号",
    ],
)  # fmt: skip
def test_an_address_of_another_county_is_none_of_ours(filled: Database, names: Toponyms, q: str) -> None:
    found = first(filled, names, q)
    assert found is None or found.id == ""


def test_what_is_filtered_out_is_not_said_to_be_missing(filled: Database, names: Toponyms) -> None:
    assert first(filled, names, "样文三路12号", statuses=("reserved",)) is None


def test_a_street_is_answered_on_the_days_it_bears_plates(filled: Database, names: Toponyms) -> None:
    for q in ("样文三路", "样文三路900号", "样福小区99幢"):
        assert first(filled, names, q, on=date.today()) is not None
        assert first(filled, names, q) is not None
        before = first(filled, names, q, on=date(1990, 1, 1))
        assert before is None or before.match_level == "town", before


def test_a_street_is_answered_inside_the_box_only(filled: Database, names: Toponyms) -> None:
    assert first(filled, names, "样文三路900号", box=(118.9, 28.9, 119.2, 29.05)) is not None
    assert first(filled, names, "样文三路900号", box=(100.0, 20.0, 101.0, 21.0)) is None


@pytest.mark.parametrize("q", ["江西镇上坪村7琴8号", "江西镇上坪村7组8号", "江西镇上坪村77邻邻8号", "样文三路5琴12号"])
def test_the_number_of_one_group_is_not_that_of_another(filled: Database, names: Toponyms, q: str) -> None:
    found = first(filled, names, q)
    assert found is None or found.match_level in ("village", "street", "town"), found


@pytest.mark.parametrize("q", ["上坪村3琴8号", "江西镇上坪村3阻8号", "江西镇上坪村3邻邻8号", "江西镇上坪村3组兰8号"])
def test_a_character_amiss_behind_a_group_does_not_matter(filled: Database, names: Toponyms, q: str) -> None:
    found = first(filled, names, q)
    assert found is not None
    assert (found.label, found.match_level) == ("样省样州市样例县江西镇上坪村3组8号", "plate"), found


def test_a_lane_that_is_not_there_is_told(filled: Database, names: Toponyms) -> None:
    found = first(filled, names, "样文三路77弄6号")
    assert found is not None
    assert found.match_level == "street"
    assert any("77弄6号" in change.zh for change in found.changed)


def test_typing_keeps_to_the_box_and_the_state(filled: Database, names: Toponyms) -> None:
    def typed(q: str, **more) -> list[str]:
        with filled.reading() as look:
            return [each.label for each in suggestions(look, names, Question(q, **more))]

    west, east = (100.0, 20.0, 101.0, 21.0), (118.9, 28.9, 119.2, 29.05)
    for q in ("样文", "样文三路1"):
        assert typed(q, box=east)
        assert typed(q, box=west) == []
    assert typed("样文三路1", statuses=("installed",))
    assert all("1" not in label for label in typed("样文三路1", statuses=("cancelled",)))


def test_several_that_fit_as_well_share_the_score(filled: Database, names: Toponyms) -> None:
    with filled.reading() as look:
        found = answers(look, names, [Question("3组8号"), Question("样文三路12号")])
    assert found[1][0].score > 0.9
    assert sum(each.score for each in found[0]) <= 1.0


@pytest.mark.parametrize("q", ["", "   ", "???", "12号", "杭州"])
def test_what_says_nothing_finds_nothing(filled: Database, names: Toponyms, q: str) -> None:
    assert first(filled, names, q) is None


def test_one_road_is_never_taken_for_a_shorter_one_inside_its_name(filled: Database, names: Toponyms) -> None:
    assert first(filled, names, "阳富公园路7号").label.endswith("阳富公园路7号")
    assert first(filled, names, "江东街道公园路7号").label.endswith("街道公园路7号")


def test_filters_keep_out_what_lies_elsewhere(filled: Database, names: Toponyms) -> None:
    assert first(filled, names, "样文三路12号", unit=WEST) is None
    far = first(filled, names, "样文三路12号", box=(0.0, 0.0, 1.0, 1.0))
    assert far is None or far.match_level not in ("plate", "flat")
    before = first(filled, names, "样文三路12号", on=date(2000, 1, 1))
    assert before is None or before.match_level not in ("plate", "flat")


def test_a_unit_is_no_pattern(filled: Database, names: Toponyms) -> None:
    here = first(filled, names, "样文三路12号")
    assert here is not None
    assert here.lon is not None
    assert here.lat is not None
    for unit, answered in ((EAST, True), (f"{EAST[:-1]}_", False), ("_", False)):
        with filled.reading() as look:
            asked = Question("样文三路12", unit=unit)
            near = nearest(look, names, here.lon, here.lat, date.today(), unit=unit)
            found = (suggestions(look, names, asked), answers(look, names, [asked])[0], near)
            assert [bool(each) for each in found] == [answered] * 3


def test_many_questions_at_once_are_answered_as_one_by_one(filled: Database, names: Toponyms) -> None:
    asked = ["样文三路12号", "上坪村里屋7号", "不知何处99号", "样文三路7号", "样福小区3-2-501"]
    with filled.reading() as look:
        together = answers(look, names, [Question(q) for q in asked])
        assert together == [answers(look, names, [Question(q)])[0] for q in asked]


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("样文", "样文三路"), ("yangwen", "样文三路"), ("yws", "样文三路"), ("江东街道公", "公园路"),
        ("样文三路1", "样文三路1号"), ("江西", "江西镇"), ("14", "14号大街"),
        ("江东街道14号", "14号大街"), ("14号大", "14号大街"),
    ],
)  # fmt: skip
def test_typing_is_helped(filled: Database, names: Toponyms, typed: str, label: str) -> None:
    with filled.reading() as look:
        assert label in "\n".join(each.label for each in suggestions(look, names, Question(typed)))


def test_a_point_is_answered_by_the_nearest_plate(filled: Database, names: Toponyms) -> None:
    with filled.reading() as look:
        (found,) = nearest(look, names, 119.0031, 29.0, date.today())
        assert found.match.label.endswith("样文三路12号")
        assert found.distance_m == pytest.approx(9.7, abs=0.2)
        assert nearest(look, names, 0.0, 0.0, date.today()) == []


def test_every_step_is_told(filled: Database, names: Toponyms) -> None:
    with filled.reading() as look:
        found = answers(look, names, [Question("江东街道样文伞路12号旁边")])[0]
    told = "\n".join(each.zh for each in steps("江东街道样文伞路12号旁边", names, found))
    for part in ("江东街道", "读音相同", "“12号”:门牌号", "查找:样文三路 12", "得分"):
        assert part in told


TEXTS = st.text(alphabet="样文三二路号江东西街道镇123-之弄公园上坪村里屋组幢室 ,旁老", max_size=24)


@settings(max_examples=150)
@given(q=TEXTS)
def test_whatever_is_asked_the_named_town_is_kept(filled: Database, names: Toponyms, q: str) -> None:
    with filled.reading() as look:
        for each in answers(look, names, [Question("江西镇" + q)])[0]:
            assert each.match_level in LEVELS
            assert 0 <= each.score <= 1
            if each.id and "江东" not in q:
                assert each.unit == WEST


_NONE = "12.5号 12.3号 1.12号 1e3号 1E1号 3.0号 12..3号 1千2百号 12.5.3号 9e+1号 25.5弄6号 2.25弄6号"


@pytest.mark.parametrize("number", _NONE.split())
def test_a_number_that_is_none_is_not_taken_for_another(filled: Database, names: Toponyms, number: str) -> None:
    found = first(filled, names, f"江东街道样文三路{number}")
    assert found is not None
    assert found.match_level == "street", found
    assert f"{number.upper()} 未登记" in [each.zh for each in found.changed], found.changed


@pytest.mark.parametrize("number", ["-12号", "-12", "—12号", "+12号", "－１２號"])
def test_a_sign_before_a_number_is_told(filled: Database, names: Toponyms, number: str) -> None:
    found = first(filled, names, f"江东街道样文三路{number}")
    plain = first(filled, names, "江东街道样文三路12号")
    assert found is not None
    assert plain is not None
    assert [each.zh for each in found.changed] == [f"未采用“{'+' if '+' in number else '-'}”"]
    assert found.score < plain.score
    between = first(filled, names, "样文三路12-3号")
    assert between is not None
    assert between.changed == ()


def test_what_is_registered_under_such_a_number_is_found_by_it(server) -> None:
    with copied(server, TEMPLATE) as database:
        odd = [(EAST, "北社区", "", "样文三路", "", "", number, *[""] * 5) for number in ("12.5号", "12号", "5号", "1/2号")]
        fill(database, county_of(odd))
        with database.reading() as look:
            known = toponyms_on(look, date.today())
        for number in ("12.5号", "12号", "5号"):
            found = first(database, known, f"江东街道样文三路{number}")
            assert found is not None
            assert found.label.endswith(f"样文三路{number}")
            assert found.match_level == "plate"
