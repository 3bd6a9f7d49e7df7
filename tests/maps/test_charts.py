"""Charts: the numbers are written out, in both languages, and the drawing agrees with them."""

import re
from datetime import date
from xml.etree import ElementTree as ET

import pytest

from gis.text import Text
from maps.charts import DONE as DONE_COLOUR
from maps.charts import WIDTH, bar_chart, line_chart

TITLE = Text("累计定界<条>", "Lines & more")
DONE = [(date(2026, 2, 1), 1), (date(2026, 6, 1), 9)]
PLAN = [(date(2026, 1, 1), 0), (date(2026, 12, 31), 15), (date(2027, 12, 31), 25)]
NAMESPACE = "{http://www.w3.org/2000/svg}"


def parse(svg):
    return ET.fromstring(str(svg).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_chart_can_be_read_without_seeing_it(lang):
    root = parse(line_chart("a", TITLE, DONE, PLAN, on=date(2026, 7, 1), lang=lang))
    title, desc = root.find(f"{NAMESPACE}title"), root.find(f"{NAMESPACE}desc")
    assert title.text == TITLE.in_(lang)
    assert "2026-06-01 9" in desc.text
    assert "2027-12-31 25" in desc.text
    assert root.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"


def test_done_is_a_stair_that_ends_today():
    root = parse(line_chart("a", TITLE, DONE, PLAN, on=date(2026, 7, 1), lang="zh"))
    stair = next(path.get("d") for path in root.iter(f"{NAMESPACE}path") if "V" in path.get("d", ""))
    across = [float(x) for x in re.findall(r"H([\d.]+)", stair)]
    heights = [float(y) for y in re.findall(r"V([\d.]+)", stair)]
    assert across == sorted(across)
    assert heights == sorted(heights, reverse=True)  # down is more, in SVG
    assert heights[-1] == heights[-2]  # nothing happened since


def box_of(text) -> tuple[float, float, float, float]:
    """About where a number stands: left, top, right, bottom."""
    x, y, width = float(text.get("x")), float(text.get("y")), 7 * len(text.text)
    left = {"start": x, "middle": x - width / 2, "end": x - width}[text.get("text-anchor")]
    return left, y - 9, left + width, y


@pytest.mark.parametrize("amount", [0.5, 1, 14, 15, 16, 25])
@pytest.mark.parametrize(
    "day", [date(2026, 1, 20), date(2026, 12, 31), date(2027, 12, 20), date(2027, 12, 31)]
)
def test_what_was_reached_is_not_written_over_the_plan(amount, day):
    root = parse(line_chart("a", TITLE, [(day, amount)], PLAN, on=day, lang="zh"))
    texts = list(root.iter(f"{NAMESPACE}text"))
    (reached,) = [each for each in texts if each.get("fill") == DONE_COLOUR]
    left, top, right, bottom = box_of(reached)
    assert 0 <= left < right <= WIDTH
    for other in texts:
        if other is not reached:
            west, north, east, south = box_of(other)
            assert right <= west or east <= left or bottom <= north or south <= top, other.text


def test_nothing_done_yet_is_a_chart_too():
    root = parse(line_chart("a", TITLE, [], [], on=date(2026, 7, 1), lang="zh"))
    assert root.find(f"{NAMESPACE}desc").text is None


def test_bars_stand_in_proportion():
    root = parse(bar_chart("b", TITLE, [("2026上", 5, 10)], lang="zh"))
    heights = sorted(float(box.get("height")) for box in root.iter(f"{NAMESPACE}rect"))[-2:]
    assert heights[1] == pytest.approx(2 * heights[0], rel=0.01)
    assert "2026上" in root.find(f"{NAMESPACE}desc").text


def test_names_stay_text():
    assert "<script>" not in bar_chart("b", TITLE, [("<script>", 1, 2)], lang="zh")
