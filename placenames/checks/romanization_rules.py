"""Rules about the romanization of a name: it says what the rules of 1984 propose, and a person has looked at it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from gis.intake.rules import Offence, Severity
from gis.settings import Settings
from gis.sources import NAME_REGULATIONS
from gis.text import Text, series
from placenames.checks.asked import Candidate
from placenames.checks.entering import check_of_words
from placenames.language.romanise import Spelling, agrees, spell
from placenames.language.sounds import without_tones


@check_of_words(
    "PN13",
    severity=Severity.ERROR,
    source=NAME_REGULATIONS.at("第十五条"),
    title=Text("罗马字母拼写符合规则", "The romanization follows the rules"),
    message=Text(
        "拼写“{given}”与规则所得“{proposed}”不符",
        "the spelling “{given}” is not what the rules give: “{proposed}”",
    ),
    fix=Text(
        "改为“{proposed}”;读音确有依据的,核对后标明已核对",
        "write “{proposed}”; where the reading has its ground, check it and mark it as confirmed",
    ),
)
def the_romanization_follows_the_rules(name: Candidate, _day: date, _settings: Settings) -> Iterator[Offence]:
    """Signs and maps spell a name in one way only; the machine proposes, and a person confirms what it cannot know."""
    if not name.name:
        return
    spelling = _proposed(name)
    for given in _said(name):
        if not agrees(given, spelling):
            yield _disagreement(name, given, spelling)
    if name.roman_confirmed:
        return
    values = {"proposed": spelling.toned, "characters": series(spelling.doubtful)}
    if spelling.doubtful:
        yield Offence(values=values, severity=Severity.NOTE, text=_DOUBTFUL, fix=_CONFIRM)
    elif not name.roman:
        yield Offence(values=values, severity=Severity.NOTE, text=_FILLED, fix=_CONFIRM)


def _said(name: Candidate) -> list[str]:
    """The spellings that were given; the one in capitals only where it is not merely the other without tones."""
    merely = name.roman and name.roman_plain == without_tones(name.roman).upper()
    return [each for each in (name.roman, "" if merely else name.roman_plain) if each]


def _proposed(name: Candidate) -> Spelling:
    specific, generic = name.parts
    return spell(name.name, specific=specific, generic=generic, category=name.category)


def _disagreement(name: Candidate, given: str, spelling: Spelling) -> Offence:
    """A spelling that a person confirmed is a reading that the machine does not know: it is shown once more."""
    values = {"given": given, "proposed": spelling.toned}
    if name.roman_confirmed:
        return Offence(values=values, severity=Severity.NOTE, text=_CONFIRMED, fix=_LOOK_AGAIN)
    return Offence(values=values)


_DOUBTFUL = Text(
    "拼写“{proposed}”由程序拟定,多音字“{characters}”须人工核对",
    "the spelling “{proposed}” is a proposal; a person must look at the reading of {characters}",
)
_FILLED = Text(
    "没有填写拼写,程序拟定为“{proposed}”,须人工确认",
    "no spelling was given; “{proposed}” is proposed, and a person must confirm it",
)
_CONFIRM = Text("核对读音后标明已核对", "check the reading and mark it as confirmed")
_CONFIRMED = Text(
    "已核对的拼写“{given}”与规则所得“{proposed}”不同",
    "the confirmed spelling “{given}” differs from the proposed “{proposed}”",
)
_LOOK_AGAIN = Text("请确认读音和分写有依据", "see that reading and division have their ground")
