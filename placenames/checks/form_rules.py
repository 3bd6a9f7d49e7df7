"""Rules about the form of a name: its two parts, its generic term, its length, and the signs it is written with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from gis.intake.rules import Offence, Severity, Survey, rule
from gis.registers import Field
from gis.settings import Settings
from gis.sources import HOUSE_PRACTICE, LOCAL_NAME_RULES, NAME_CLEANING, NAME_REGULATIONS
from gis.text import Text
from placenames.checks.asked import Candidate
from placenames.checks.entering import check_of_words, same_check_of_candidates, settled_before, softened
from placenames.checks.wording_rules import LISTED, LOOK
from placenames.kinds import NATURAL_VILLAGE_CLASS, Category
from placenames.language import generic_terms, screening, wording
from placenames.names import NAMES

SHORT = (Category.NAT, Category.ROD, Category.RES)
"""Streets, buildings, features and natural villages have short names; divisions, committees and facilities often cannot."""


@check_of_words(
    "PN02",
    severity=Severity.WARNING,
    source=NAME_REGULATIONS.at("第九条第(二)项"),
    title=Text("符合实体的实际地域、规模、性质", "Fits the place's real extent, size and nature"),
    message=Text(
        "“{term}”要求{attribute}不少于 {needed:g},实际为 {given:g}({source})",
        "“{term}” asks for at least {needed:g} of {attribute}; there are {given:g} ({source})",
    ),
    fix=Text(
        "改用规模相符的通名,或核对所填数据", "use a generic term that fits the size, or check the figures"
    ),
)
def the_name_fits_what_it_names(name: Candidate, day: date, settings: Settings) -> Iterator[Offence]:
    """A 广场 without a square misleads whoever looks for one; the sizes that count are set by each city."""
    settled = settled_before(name, NAME_REGULATIONS)
    for hit in screening.hits(name.name, day, name.unit or "CN"):
        if hit.rule == "PN02":
            values = {"word": hit.word, "criterion": hit.criterion, "exemption": hit.exemption}
            yield Offence(
                values=values,
                severity=softened(Severity(hit.severity), settled=settled),
                text=LISTED,
                fix=LOOK,
            )
    generic, place = name.parts.generic, settings.name_jurisdiction
    if not generic or not place:
        return
    sizes = {each: getattr(name, each, None) for each in generic_terms.ATTRIBUTES}
    known = {each: float(size) for each, size in sizes.items() if size is not None}
    for short in generic_terms.falls_short(generic, known, place, day):
        values = {"term": generic, "attribute": short.text, "needed": short.needed, "given": short.given,
                  "source": short.source.words}  # fmt: skip
        yield Offence(values=values)
    reserved = generic_terms.reserved(generic, name.category, place, day)
    if reserved is not None:
        yield Offence(
            values={"term": generic, "source": reserved.words}, text=_RESERVED, fix=_RESERVED_FIX
        )


_RESERVED = Text(
    "“{term}”不得用作此类地名的通名({source})",
    "“{term}” is no generic term for places of this kind ({source})",
)
_RESERVED_FIX = Text("改用同类地名的通名", "use a generic term of such places")


@check_of_words(
    "PN14",
    severity=Severity.WARNING,
    source=NAME_REGULATIONS.at("第九条"),
    title=Text(
        "专名、通名齐全,不叠用通名,长短适当", "Specific and generic part, one generic term, a fit length"
    ),
    message=Text("“{name}”形式不当:{problem}", "“{name}” is not well formed: it {problem}"),
    fix=Text(
        "改为“专名+一个通名”,一般 2 至 6 个字",
        "write a specific part and one generic term, 2 to 6 characters as a rule",
    ),
)
def the_name_has_a_fit_form(name: Candidate, _day: date, _settings: Settings) -> Iterator[Offence]:
    """A name is a specific and a generic part: the one tells it from its like, the other says what it is."""
    specific, generic = name.parts
    if stacked := wording.stacked(name.name, name.category):
        values = {"name": name.name, "terms": "".join(stacked), "source": LOCAL_NAME_RULES.words}
        yield Offence(values=values, text=_STACKED)
    problem = screening.length_problem(specific, generic)
    if problem is None or (problem.kind in ("too_long", "long") and not _is_short(name)):
        return
    usual = name.category == Category.VIL  # 王村, 周口店: villages are as they are
    severity = Severity.NOTE if usual else Severity(problem.severity)
    yield Offence(values={"name": name.name, "problem": problem.text}, severity=severity)


_STACKED = Text(
    "“{name}”叠用通名“{terms}”({source})",
    "“{name}” puts generic terms one upon the other: {terms} ({source})",
)


def _is_short(name: Candidate) -> bool:
    return name.category in SHORT or name.class_code == NATURAL_VILLAGE_CLASS


@check_of_words(
    "PN15",
    severity=Severity.ERROR,
    source=NAME_CLEANING,
    title=Text("不用符号、字母,专名不用纯数字", "No signs, no letters, no mere numbers"),
    message=Text("“{name}”用字不当:{problem}", "“{name}” is not well written: it {problem}"),
    fix=Text("改用汉字书写", "write it in Chinese characters"),
)
def the_name_is_written_in_characters(name: Candidate, _day: date, _settings: Settings) -> Iterator[Offence]:
    """Dots, dashes and letters are read aloud by everybody in another way, and no address is found by them."""
    settled = settled_before(name, NAME_CLEANING)
    for odd in screening.odd_symbols(name.name, name.category):
        severity = softened(Severity(odd.severity), settled=settled)
        yield Offence(values={"name": name.name, "problem": odd.text}, severity=severity)


LONGEST_NAME, LONGEST_TEXT = 100, 4_000
"""Characters of one name or code, by which places are found, and of any other text."""
_FOUND_BY = ("code", "name", "specific", "generic", "class_code", "unit", "named_after")
_SEVERAL = re.compile(r"[,,;;、()()]")


@rule(
    "PC08",
    NAMES.name,
    severity=Severity.ERROR,
    source=HOUSE_PRACTICE.at("PC08"),
    title=Text("文字不过长", "No text is too long"),
    message=Text(
        "{field}有 {length:,} 个字符,至多 {most:,} 个",
        "{field}: {length:,} characters; at most {most:,} are kept",
    ),
    fix=Text(
        "缩短,或核对各列是否对应", "shorten it, or check whether the columns were taken for the right fields"
    ),
)
def texts_are_not_too_long(survey: Survey) -> Iterator[Offence]:
    """What is too long for the indexes of the register cannot be published, and is no name anybody bears."""
    sheet = survey.sheet(NAMES.name)
    fields = [each for each in NAMES.fields if each.type is str and not each.inner]
    for each in fields if sheet is not None else []:
        assert sheet is not None
        long = [isinstance(given, str) and len(given) > LONGEST_NAME for given in sheet[each.name].tolist()]
        for row, shape, given in sheet.loc[long, ["row", "geometry", each.name]].itertuples(index=False):
            for length, most in _too_long(each, given):
                values = {"field": each.title, "length": length, "most": most}
                yield Offence(NAMES.name, int(row), shape, values)


@same_check_of_candidates("PC08")
def what_is_typed_is_not_too_long(name: Candidate, _day: date, _settings: Settings) -> Iterator[Offence]:
    """The same of a name that somebody types, in as many of the fields as a candidate has."""
    fields = [each for each in NAMES.fields if each.type is str and not each.inner]
    for each in fields:
        given = getattr(name, each.name, None)
        for length, most in _too_long(each, given) if isinstance(given, str) else ():
            yield Offence(values={"field": each.title, "length": length, "most": most})


def _too_long(field: Field, given: str) -> Iterator[tuple[int, int]]:
    """The length of what is longer than its field may be, and how long that is."""
    whole = LONGEST_NAME if field.name in _FOUND_BY else LONGEST_TEXT
    one = max(map(len, _SEVERAL.split(given))) if field.many else 0
    if len(given) > whole:
        yield len(given), whole
    elif one > LONGEST_NAME:
        yield one, LONGEST_NAME
