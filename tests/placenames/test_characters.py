"""The table of standard characters, and traditional writing."""

from collections import Counter

import pytest

from placenames.language.characters import (
    HAN,
    LEVELS,
    level_of_character,
    outside_the_table,
    rare_in,
    simplified,
    standard_forms,
)
from placenames.shipped import text_of


def test_the_table_has_its_three_levels():
    lines = text_of("standard_characters.txt").splitlines()[1:]
    assert tuple(map(len, lines)) == LEVELS
    assert len(set("".join(lines))) == sum(LEVELS) == 8105
    assert not [each for each in "".join(lines) if not HAN.fullmatch(each)]


@pytest.mark.parametrize(
    ("character", "level"),
    [
        ("一", 1),
        ("矗", 1),
        ("乂", 2),
        ("齉", 2),
        ("亍", 3),
        ("蠼", 3),
        ("垟", 3),
        ("𬇕", 3),
        ("镇", 1),
        ("鎮", None),
        ("朤", None),
        ("A", None),
        ("1", None),
        ("", None),
    ],
)
def test_a_character_has_its_level(character: str, level: int | None):
    assert level_of_character(character) == level


def test_every_character_asked_has_the_level_of_its_line():
    characters = "".join(text_of("standard_characters.txt").splitlines()[1:])
    found = Counter(map(level_of_character, characters))
    assert [found[level] for level in (1, 2, 3)] == list(LEVELS)


@pytest.mark.parametrize(
    ("name", "outside"),
    [
        ("人民路", ""),
        ("朤朤花園", "朤園"),
        ("樣例村", "樣"),
        ("二〇一路", ""),
        ("A座·1号", ""),
        ("\uf9dc山", "\uf9dc"),
    ],
)
def test_what_the_table_does_not_hold_is_told_once(name: str, outside: str):
    assert outside_the_table(name) == outside


@pytest.mark.parametrize(
    ("name", "rare"), [("垟头村", "垟"), ("人民路", ""), ("甪直镇", "甪"), ("垟垟路", "垟"), ("朤", "")]
)
def test_rare_characters_are_told(name: str, rare: str):
    assert rare_in(name) == rare


@pytest.mark.parametrize(
    ("traditional", "standard"),
    [("臺北路", "台北路"), ("東門大廈", "东门大厦"), ("後裏莊", "后里庄"), ("人民路", "人民路"), ("", "")],
)
def test_traditional_writing_becomes_standard(traditional: str, standard: str):
    assert simplified(traditional) == standard


@pytest.mark.parametrize("name", ["於潜镇", "乾县", "新昇村"])
def test_a_standard_character_means_itself(name: str):
    assert simplified(name) == name


def test_no_standard_form_has_another_standard_form():
    forms = standard_forms()
    assert len(forms) > 3000
    assert not [form for form in forms.values() if ord(form) in forms]
    assert not [point for point in forms if level_of_character(chr(point))]
