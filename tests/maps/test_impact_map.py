"""The map of an impact: how surely something is touched can be seen, and names stay names."""

from itertools import combinations

import numpy as np
import pytest

from maps.impact_map import impact_map
from maps.offline import foreign_addresses
from maps.style import IMPACTS
from tests.maps.maps_drawn import EVIL, LINE, NOTE, UNITS, collection, feature
from tests.maps.test_maps import data_of
from tests.maps.test_style import EYES, FAR_ENOUGH, seen


def touched(form, coordinates, code, how, **about):
    words = {"register": "names", "code": code, "label": EVIL, "field": "name", "before": EVIL, "proposed": "样街"}
    return feature(form, coordinates, **{**words, "follows": False, "how": how, **about})


TOUCHED = collection(
    touched("Point", LINE[0], "N1", "full"),
    touched("Point", LINE[1], "N2", "specific", proposed=None),
    touched("LineString", LINE, "L1", "full", register="lines"),
    touched("Point", LINE[2], "U1", "full", register="units", follows=True),
    {**touched("Point", [], "N9", "full"), "geometry": None},
)
PLACE = feature("LineString", LINE, before=EVIL, proposed="样街", code="P")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_names_stay_text_and_nobody_else_is_asked(lang):
    page = impact_map(TOUCHED, PLACE, UNITS, lang, NOTE)
    assert "<script>alert" not in page
    assert "7*7" in page
    assert foreign_addresses(page) == []
    assert ("公告时一并更改" in page) == (lang == "zh")


def test_each_is_drawn_by_how_surely_it_is_touched():
    drawn = {each.get("id"): each["properties"] for each in data_of(impact_map(TOUCHED, PLACE, None, "zh"))}
    assert drawn["impact-units-U1"]["style"]["color"] == IMPACTS["follows"].colour
    assert drawn["impact-lines-L1"]["style"]["color"] == IMPACTS["full"].colour
    assert drawn["place"]["style"]["color"] == IMPACTS["place"].colour
    assert ["拟为", "样街"] in drawn["impact-names-N1"]["rows"]
    assert ["拟为", "须人工确定"] in drawn["impact-names-N2"]["rows"]
    assert "impact-names-N9" not in drawn


def test_a_map_without_a_place_or_anything_touched_is_still_a_map():
    assert "L.map(" in impact_map(collection(), None, None, "en")


@pytest.mark.parametrize("eye", EYES)
def test_colours_stay_apart_for_every_eye(eye):
    colours = [seen(look.colour, eye) for look in IMPACTS.values()]
    assert min(np.linalg.norm(a - b) for a, b in combinations(colours, 2)) > FAR_ENOUGH


def test_every_look_has_its_own_dash_or_weight_and_its_own_words():
    assert len({(look.dash, look.weight) for look in IMPACTS.values()}) == len(IMPACTS)
    assert len({look.words for look in IMPACTS.values()}) == len(IMPACTS)
