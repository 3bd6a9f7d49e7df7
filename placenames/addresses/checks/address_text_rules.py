"""Rules about what the fields of addresses hold: short plain texts, names without numbers, numbers without leading zeros."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlalchemy import Text as SqlText
from sqlalchemy import any_, cast, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from gis.history import in_force
from gis.intake.beside import Staged
from gis.intake.rules import Offence, Severity, Survey, rule, table_rule
from gis.sources import HOUSE_PRACTICE, NAME_REGULATIONS
from gis.text import Text
from placenames.addresses.address_keys import numbered, plain
from placenames.addresses.address_writing import LONGEST
from placenames.addresses.addresses import ADDRESSES, LOCAL
from placenames.addresses.checks.spreadsheet_numbers import was_changed
from placenames.names import NAMES

REGISTER = ADDRESSES.name
MOST = {
    **dict.fromkeys(LOCAL, 50), "sent_text": LONGEST, "former": 500, "document": 200, "certificate": 100, "street_code": 64,
    "unit": 64,
}  # fmt: skip
"""Characters of a text at most, by field."""
MARKUP = re.compile("^[=+@]|<[A-Za-z/!]|[\x00-\x08\x0b-\x1f\x7f]")
LOST = "\ufffd"
"""Stands where a character could not be read, or not be kept."""
SHOWN = 40
NAMED = ("street", "hamlet", "community", "estate")
A_NUMBER_BEHIND = re.compile("[0-9]号$")
ZEROS = re.compile("(?<![0-9０-９A-Za-z.．⁄/])[0０]+[1-9１-９]")


@rule(
    "AD24",
    REGISTER,
    severity=Severity.ERROR,
    source=HOUSE_PRACTICE.at("AD24"),
    title=Text("各字段为简短的普通文字", "Fields hold short plain texts"),
    message=Text("{field}长 {length} 个字,至多 {most} 个", "{field_en} has {length} characters, at most {most} are taken"),
    fix=Text("改正后重新报送;备注、说明不放入地址字段", "correct it and send again; remarks do not belong into an address"),
)
def fields_hold_short_plain_texts(survey: Survey) -> Iterator[Offence]:
    """What is published is read on plates, pages and in spreadsheets of others: a formula or markup would run there."""
    sheet = survey.sheet(REGISTER)
    if sheet is None:
        return
    for name, most in MOST.items():
        field, column = ADDRESSES.field(name), sheet[name]
        wrong = [text for text in column.dropna().unique() if len(text) > most or MARKUP.search(text) or LOST in text]
        for at in column.isin(wrong).to_numpy().nonzero()[0].tolist() if wrong else ():
            text = column.iat[at]
            values = {"field": field.title.zh, "field_en": field.title.en, "length": len(text), "most": most,
                      "text": "".join(each if each.isprintable() else "\ufffd" for each in text[:SHOWN])}  # fmt: skip
            said, fix = (_BROKEN, _SEND_AGAIN) if LOST in text else (None if len(text) > most else _MARKUP, None)
            yield Offence(REGISTER, int(sheet["row"].iat[at]), sheet.geometry.iat[at], values, text=said, fix=fix)


_MARKUP = Text("{field}“{text}”像是公式或网页标记", "{field_en}, “{text}”, looks like a formula or markup")
_BROKEN = Text("{field}“{text}”中有损坏的字符", "{field_en}, “{text}”, has a character that was broken")
_SEND_AGAIN = Text(
    "在原表中改正该字,以 UTF-8 或 GBK 编码另存后重新报送",
    "correct the character in the list it came from, save it in UTF-8 or GBK, and send it again",
)


@table_rule(
    "AD25",
    REGISTER,
    severity=Severity.ERROR,
    source=NAME_REGULATIONS.at("第二十一条"),
    title=Text("地名中不含门牌号", "Names hold no numbers of plates"),
    message=Text(
        "{field}“{name}”以门牌号结尾({rows} 条地址)",
        "{field_en}, “{name}”, ends in the number of a plate ({rows} addresses)",
    ),
    fix=Text(
        "名称和门牌号分别填入各自的字段;确有此名的,先登记地名",
        "give name and number in their own fields; where it is really called so, register the name first",
    ),
)
def names_hold_no_numbers(staged: Staged) -> Iterator[Offence]:
    """A street called 溪畔路12号 would stand in the way of whoever looks for number 12."""
    s, n = staged.register.staging.c, NAMES.table
    for name in NAMED:
        ending = or_(s[name].like("%号"), s[name].like("%號"), s[name].like("%号 "))
        asked = select(s[name], func.min(s.row), func.count()).where(staged.sent, ending).group_by(s[name])
        found = [row for row in staged.tx.execute(asked) if A_NUMBER_BEHIND.search(plain(row[0]))]
        if not found:
            continue
        these = n.c.name == any_(cast([row[0].strip() for row in found], ARRAY(SqlText)))
        known = set(staged.tx.scalars(select(n.c.name).where(in_force(n, staged.day), these)))
        field = ADDRESSES.field(name)
        for said, first, rows in sorted(found, key=lambda row: int(row[1])):
            if said.strip() not in known:
                values = {"field": field.title.zh, "field_en": field.title.en, "name": said[:SHOWN], "rows": rows}
                yield Offence(REGISTER, first, values=values)


@rule(
    "AD26",
    REGISTER,
    severity=Severity.NOTE,
    source=HOUSE_PRACTICE.at("AD26"),
    title=Text("门牌号前不写 0", "Numbers have no zeros before them"),
    message=Text(
        "门牌号“{number}”前的 0 不计,按 {read} 入库", "the zeros before “{number}” do not count; it is taken for {read}"
    ),
    fix=Text("核对门牌;写作 {read}", "check the plate, and write {read}"),
)
def numbers_have_no_zeros_before_them(survey: Survey) -> Iterator[Offence]:
    """0221号 and 221号 are one door."""
    sheet = survey.sheet(REGISTER)
    if sheet is None:
        return
    column = sheet["number"]
    zeros = [text for text in column.dropna().unique() if ("0" in text or "０" in text) and ZEROS.search(text)]
    for at in column.isin(zeros).to_numpy().nonzero()[0].tolist() if zeros else ():
        read = numbered(column.iat[at])
        if read is not None and not was_changed(column.iat[at]):
            values = {"number": column.iat[at], "read": f"{read.key}号"}
            yield Offence(REGISTER, int(sheet["row"].iat[at]), sheet.geometry.iat[at], values)
