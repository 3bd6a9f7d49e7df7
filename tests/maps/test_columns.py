"""Points told as columns: everything that each of them tells can be read back."""

from maps.columns import column, columns_of
from maps.layers import drawn
from maps.style import POINT
from tests.maps.maps_drawn import EVIL, feature


def of_all(told, name):
    """A column as it is read in the page."""
    value, number = told[name], len(told["lons"])
    if isinstance(value, str):
        return [value] * number
    return [value[0] + rest for rest in (value if len(value) > 1 else told["keys"])[1:]]


def test_what_texts_begin_with_is_told_once():
    assert column(["item-1", "item-20"]) == ["item-", "1", "20"]
    assert column(["开放", "开放"]) == "开放"
    assert column(["", "a"]) == ["", "", "a"]
    assert column([EVIL]) == EVIL


def test_points_keep_their_rows_in_their_order_and_their_links():
    here, there = feature("Point", [110.0, 30.0]), feature("Point", [110.1, 30.1])
    one = drawn(here, POINT, "item-1", EVIL, [("类型", "站"), ("状态", "开放")], link=("/x/1", "详情"))
    two = drawn(there, POINT, "item-2", "样", [("类型", "站"), ("地址", "路")], link=("/x/2", "详情"))
    told = columns_of([one, two])
    assert (told["lons"], told["lats"]) == ([110.0, 110.1], [30.0, 30.1])
    assert of_all(told, "keys") == ["item-1", "item-2"]
    assert of_all(told, "titles") == [EVIL, "样"]
    assert [told["words"][form] for form in told["forms"]] == [("类型", "状态"), ("类型", "地址")]
    assert told["rows"] == ["站", ["", "开放", "路"]]
    assert told["links"] == ["/x/"]
    assert of_all(told, "links") == ["/x/1", "/x/2"]
    assert of_all(told, "details") == ["详情", "详情"]


def test_a_point_may_have_no_link_no_rows_or_several_places():
    one = drawn(feature("MultiPoint", [[110.0, 30.0], [110.1, 30.1, 9.0]]), POINT, "item-1", "样", [])
    two = drawn(feature("Point", [110.2, 30.2]), POINT, "item-2", "样", [], link=("/x/%E4", "详情"))
    told = columns_of([one, two])
    assert told["lats"] == [30.0, 30.1, 30.2]
    assert of_all(told, "keys") == ["item-1", "item-1", "item-2"]
    assert of_all(told, "links") == ["", "", "/x/%E4"]
    assert told["rows"] == []


def test_photos_stand_beside_those_who_have_none():
    one = drawn(feature("Point", [110.0, 30.0]), POINT, "item-1", "样", [])
    two = drawn(feature("Point", [110.1, 30.1]), POINT, "item-2", "样", [], photo=("/sites/2/photos/7", EVIL))
    told = columns_of([one, two])
    assert of_all(told, "photos") == ["", "/sites/2/photos/7"]
    assert of_all(told, "captions") == ["", EVIL]
    assert "photos" not in columns_of([one])
