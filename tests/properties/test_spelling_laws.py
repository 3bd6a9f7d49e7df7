"""Laws of names in letters: one syllable per character, capitals in front, marks only where they are due."""

from __future__ import annotations

import re
import unicodedata

from hypothesis import given
from hypothesis import strategies as some

from placenames.kinds import Category
from placenames.language.romanise import Spelling, agrees, broken, initials_of, sound_of, spell, toneless
from placenames.language.sounds import sounds, without_tones
from placenames.language.wording import split, terms

COMMON = "样溪安阿儿堡长乐东西南北中大小新老一二三四五六七八九十百第门路街里内外后王李桃花园江州恩欧鄂吕女绿"
pieces = some.sampled_from([*COMMON, *terms(), "洪洞", "六安", "柏林", "石头", "12", "7", "E"])
names = some.lists(pieces, min_size=1, max_size=8).map("".join)
any_texts = some.text(max_size=12)
categories = some.sampled_from(["", *Category])
readable = re.compile("[0-9\u4e00-\u9fa5]")


def spelled(name: str, category: str) -> Spelling:
    parts = split(name, category)
    return spell(name, specific=parts.specific, generic=parts.generic, category=category)


@given(names, categories)
def test_every_character_that_is_read_has_a_syllable(name: str, category: str) -> None:
    assert len(spelled(name, category).syllables) == len(readable.findall(name))


@given(names, categories)
def test_the_plain_form_is_the_toned_one_without_tones_in_capitals(name: str, category: str) -> None:
    spelling = spelled(name, category)
    marks = unicodedata.normalize("NFD", spelling.toned)
    stripped = "".join(each for each in marks if each not in "\u0300\u0301\u0304\u030c")
    assert spelling.plain == unicodedata.normalize("NFC", stripped).upper()
    assert spelling.plain.replace("Ü", "U").isascii()


@given(names, categories)
def test_every_word_begins_with_a_capital_or_a_digit(name: str, category: str) -> None:
    for word in spelled(name, category).toned.split(" "):
        assert re.match("[0-9A-Z]", without_tones(word))


@given(names, categories)
def test_no_letter_but_the_first_of_a_word_is_a_capital(name: str, category: str) -> None:
    for word in spelled(name.replace("E", ""), category).toned.split(" "):
        assert word[1:] == word[1:].lower()


@given(names, categories)
def test_an_apostrophe_stands_inside_words_before_a_o_e_only(name: str, category: str) -> None:
    for word in spelled(name, category).toned.split(" "):
        assert not word.startswith("'")
        assert all(rest[0] in "aoe" for rest in without_tones(word).split("'")[1:])


@given(names, categories)
def test_the_letters_are_those_of_the_syllables(name: str, category: str) -> None:
    """Whatever is not written as a number or a code is its syllables, in their order."""
    spelling = spelled(re.sub("[0-9E]", "", name), category)
    if spelling.toned and not re.search("[0-9]", spelling.toned):
        assert re.sub("[' -]", "", spelling.toned).lower() == "".join(spelling.syllables)


@given(names, categories)
def test_a_spelling_agrees_with_itself_in_every_form(name: str, category: str) -> None:
    spelling = spelled(name, category)
    for given_form in (spelling.toned, spelling.plain, spelling.plain.lower(), spelling.toned.upper()):
        assert agrees(given_form, spelling)
        assert agrees(unicodedata.normalize("NFD", given_form), spelling)


@given(names, categories)
def test_the_generic_part_ends_the_spelling(name: str, category: str) -> None:
    spelling = spelled(name, category)
    assert spelling.toned.endswith(spelling.generic)
    assert len(spelling.generic) < len(spelling.toned)


@given(names, categories, some.integers(1, 30))
def test_broken_lines_are_the_spelling(name: str, category: str, width: int) -> None:
    spelling = spelled(name, category)
    together = re.sub("[' -]", "", "".join(broken(spelling, width)))
    assert together == re.sub("[' -]", "", spelling.toned)


@given(names)
def test_keys_are_the_toneless_syllables(name: str) -> None:
    name = name.replace("E", "")
    heard = [sound.text for sound in sounds(name, {}) if sound]
    assert sound_of(name).split() == list(toneless(heard))
    assert initials_of(name) == "".join(each[0] for each in toneless(heard))


@given(names, some.lists(names))
def test_an_offices_own_reading_of_the_whole_name_counts(name: str, others: list[str]) -> None:
    name = name.translate(dict.fromkeys(map(ord, "E127")))
    own = {text: " ".join(["hai"] * len(text)) for text in (*others, name) if text}
    spelling = spell(name, specific=name, generic="", readings=own)
    assert spelling.syllables == ("hai",) * len(name)
    assert spelling.doubtful == ()


@given(any_texts, categories)
def test_no_text_at_all_stops_it(text: str, category: str) -> None:
    spelling = spelled(text, category)
    assert agrees(spelling.toned, spelling)
    assert isinstance(sound_of(text), str)
    assert len(initials_of(text)) == len(sound_of(text).split())
    assert isinstance(broken(spelling, 5), tuple)
