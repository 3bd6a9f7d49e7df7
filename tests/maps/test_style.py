"""The looks are told apart: by word, by dash, and by colour also for eyes that do not see red or green."""

from itertools import combinations

import numpy as np
import pytest

from maps.style import CHANGES, GRAVE_LIGHTS, LINES, LOOKS, MATCHES, MILESTONES, SEVERITIES

# How linear RGB looks without red or without green cones (Machado, Oliveira and Fernandes 2009, severity 1).
EYES = {
    "no red": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "no green": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.01182, 0.04294, 0.968881],
    ],
}
LISTS = {"milestones": MILESTONES, "severities": SEVERITIES, "changes": CHANGES, "lines": LINES, "matches": MATCHES,
         "grave lights": GRAVE_LIGHTS}  # fmt: skip
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = np.array([0.9505, 1.0, 1.089])
FAR_ENOUGH = 12  # CIE76; about 2.3 is the least that a healthy eye sees


def seen(colour, eye):
    """A colour as those eyes see it, in CIE Lab."""
    rgb = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    t = XYZ @ np.clip(np.array(EYES[eye]) @ linear, 0, 1) / WHITE
    f = np.where(t > 216 / 24389, np.cbrt(t), (841 / 108) * t + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("looks", LISTS.values(), ids=LISTS)
def test_colours_stay_apart_for_every_eye(looks, eye):
    colour = {name: seen(look.colour, eye) for name, look in looks.items()}
    apart = {(a, b): np.linalg.norm(colour[a] - colour[b]) for a, b in combinations(colour, 2)}
    assert min(apart.values()) > FAR_ENOUGH, min(apart, key=apart.get)


def test_templates_ask_one_dictionary():
    assert LOOKS["milestone"] is MILESTONES
    assert LOOKS["value"]["agreed"].zh == "已定界"


@pytest.mark.parametrize("group", LISTS)
def test_every_look_has_its_own_dash_and_its_own_words(group):
    looks = list(LISTS[group].values())
    assert len({look.dash for look in looks}) >= len(looks) - 1  # changes: "changed" alone is solid
    assert len({look.words for look in looks}) == len(looks)
    assert all(look.words.zh and look.words.en for look in looks)


def test_a_swatch_shows_the_dash_it_stands_for():
    look = MILESTONES["returned"]
    assert f'stroke-dasharray="{look.dash}"' in look.swatch
    assert look.colour in look.swatch
