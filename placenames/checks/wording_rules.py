"""Rules about the words of a name: its characters, and listed words that a reviewer should look at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from gis.intake.rules import Offence, Severity
from gis.settings import Settings
from gis.sources import NAME_REGULATIONS, Source
from gis.text import Text
from placenames.checks.asked import Candidate
from placenames.checks.entering import check_of_words, settled_before, softened
from placenames.language import screening
from placenames.language.characters import outside_the_table, rare_in

LISTED = Text(
    "含有“{word}”:{criterion}。例外:{exemption}", "holds “{word}”: {criterion}. Exempt: {exemption}"
)
LOOK = Text(
    "属于例外的,写明理由;否则另拟名称", "if it is exempt, write down why; otherwise find another name"
)


@check_of_words(
    "PN01",
    severity=Severity.NOTE,
    source=NAME_REGULATIONS.at("第九条第(一)项"),
    title=Text("含义明确、健康,不违背公序良俗(人工判断)", "Clear and wholesome in meaning (a person judges)"),
    message=LISTED,
    fix=LOOK,
    checklist=True,
)
def the_meaning_is_clear_and_wholesome(name: Candidate, day: date, _settings: Settings) -> Iterator[Offence]:
    """Only a person can judge a meaning: listed words are shown, and the rest is on the checklist."""
    yield from _listed("PN01", name, day, NAME_REGULATIONS)


@check_of_words(
    "PN03",
    severity=Severity.ERROR,
    source=NAME_REGULATIONS.at("第九条第(三)项"),
    title=Text("使用国家通用语言文字,避免生僻字", "Standard characters, no rare ones"),
    message=Text(
        "“{characters}”不在《通用规范汉字表》(8105 字)内",
        "“{characters}” is not among the 8,105 standard characters",
    ),
    fix=Text(
        "改用规范字;确属批准使用的地名用字的,列入设置 JIEZHI_NAME_CHARACTERS",
        "use standard characters; those approved for place names here belong into JIEZHI_NAME_CHARACTERS",
    ),
)
def characters_are_standard(name: Candidate, _day: date, settings: Settings) -> Iterator[Offence]:
    """A name that keyboards, certificates and railway tickets cannot write is no use to whoever lives there."""
    outside = "".join(each for each in outside_the_table(name.name) if each not in settings.name_characters)
    if outside:
        settled = settled_before(name, NAME_REGULATIONS)
        yield Offence(values={"characters": outside}, severity=softened(Severity.ERROR, settled=settled))
    if rare := rare_in(name.name):
        yield Offence(values={"characters": rare}, severity=Severity.WARNING, text=_RARE, fix=_RARE_FIX)


_RARE = Text(
    "“{characters}”是《通用规范汉字表》三级字,一般少用",
    "“{characters}” is of the third level of the table of standard characters: little used",
)
_RARE_FIX = Text("核对是否确需使用", "see whether it is really needed")


@check_of_words(
    "PN04",
    severity=Severity.WARNING,
    source=NAME_REGULATIONS.at("第九条第(四)项"),
    title=Text(
        "一般不以人名作地名,不以国家领导人名字作地名", "Personal names are not used, those of leaders never"
    ),
    message=LISTED,
    fix=LOOK,
)
def names_of_persons_are_not_used(name: Candidate, day: date, _settings: Settings) -> Iterator[Offence]:
    """A street is not a monument; real, assumed and invented persons count, unless the words merely coincide."""
    yield from _listed("PN04", name, day, NAME_REGULATIONS)


@check_of_words(
    "PN05",
    severity=Severity.ERROR,
    source=NAME_REGULATIONS.at("第九条第(五)项"),
    title=Text("不以外国人名、地名作地名", "No foreign persons or places"),
    message=LISTED,
    fix=LOOK,
)
def foreign_names_are_not_used(name: Candidate, day: date, _settings: Settings) -> Iterator[Offence]:
    """An estate that is called after a foreign city tells nobody where it is."""
    yield from _listed("PN05", name, day, NAME_REGULATIONS)


@check_of_words(
    "PN06",
    severity=Severity.WARNING,
    source=NAME_REGULATIONS.at("第九条第(六)项"),
    title=Text("一般不以企业名称、商标名称作地名", "No firms or trademarks"),
    message=LISTED,
    fix=LOOK,
)
def firms_and_trademarks_are_not_used(name: Candidate, day: date, _settings: Settings) -> Iterator[Offence]:
    """Firms come and go, and a place keeps its name; the list is short and local: what it misses, a person sees."""
    yield from _listed("PN06", name, day, NAME_REGULATIONS)


def _listed(rule: str, name: Candidate, day: date, law: Source) -> Iterator[Offence]:
    settled = settled_before(name, law)
    for hit in screening.hits(name.name, day, name.unit or "CN"):
        if hit.rule == rule:
            values = {"word": hit.word, "criterion": hit.criterion, "exemption": hit.exemption}
            yield Offence(values=values, severity=softened(Severity(hit.severity), settled=settled))
