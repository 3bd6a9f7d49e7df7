"""Rules about the files themselves: what could not be read, understood or found in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from gis.intake.rules import Offence, Severity, Survey, rule, table_rule
from gis.registers import REGISTERS, Register
from gis.sources import HOUSE_PRACTICE
from gis.text import Text, series


@rule(
    "F01",
    severity=Severity.ERROR,
    source=HOUSE_PRACTICE.at("F01"),
    title=Text("文件完整、可读", "Files are complete and readable"),
    message=Text("文件有缺损", "the file is damaged or incomplete"),
    fix=Text(
        "请从原软件重新导出该图层(.shp、.shx、.dbf、.prj 一起)",
        "export the layer again, with .shp, .shx, .dbf and .prj",
    ),
)
def files_are_complete(survey: Survey) -> Iterator[Offence]:
    """A record that cannot be read would be missing from the legal record without anybody noticing."""
    yield from survey.noticed.get("F01", ())


@rule(
    "F02",
    severity=Severity.NOTE,
    source=HOUSE_PRACTICE.at("F02"),
    title=Text("图层和字段都已识别", "Layers and columns are recognised"),
    message=Text(
        "图层 {layer} 中未对应的字段原样保留:{columns}",
        "columns of layer {layer} that fill no field are kept as they are: {columns}",
    ),
    fix=Text(
        "如识别有误,请在报送页改正图层或字段的对应关系",
        "if this is wrong, correct layers or columns on the submission page",
    ),
)
def layers_and_columns_are_recognised(survey: Survey) -> Iterator[Offence]:
    """What the importer did not understand must be seen by the sender, not lost."""
    yield from survey.noticed.get("F02", ())


@rule(
    "A05",
    severity=Severity.ERROR,
    source=HOUSE_PRACTICE.at("A05"),
    title=Text("必填字段不为空", "Required fields are filled"),
    message=Text("缺少{field}", "{field_en} is missing"),
    fix=Text("补填{field}后重新上传", "fill in {field_en} and upload again"),
)
def required_fields_are_filled(survey: Survey) -> Iterator[Offence]:
    """A record without its number or name cannot be found again."""
    for name, sheet in survey.sheets.items():
        for each in REGISTERS[name].fields:
            for _, record in sheet[sheet[each.name].isna()].iterrows() if each.required else ():
                values = {"field": each.title.zh, "field_en": each.title.en}
                yield Offence(name, int(record["row"]), record.geometry, values)


@rule(
    "F03",
    severity=Severity.ERROR,
    source=HOUSE_PRACTICE.at("F03"),
    title=Text("在报送人的管辖区域内", "Within the sender's area"),
    message=Text("{codes} 不在您的管辖区域 {area} 内", "{codes}: outside your area {area}"),
    fix=Text(
        "请由该区域的测绘员报送,或请管理员调整区域",
        "let that area's surveyor send it, or ask the administrator for the area",
    ),
)
def records_lie_in_the_senders_area(survey: Survey) -> Iterator[Offence]:
    """Nobody changes the records of an area that is not theirs."""
    for name, sheet in survey.sheets.items():
        register = REGISTERS[name]
        area = survey.area_of(register.sender)
        if area is None:
            continue
        if not area:
            yield _role_not_held(register)
        known: dict[tuple[Any, ...], list[str]] = {}
        keys = [*register.area_fields, *register.refers]
        for place, key in enumerate(zip(*(sheet[each] for each in keys), strict=True)):
            if key not in known:
                known[key] = _unit_codes(survey, register, sheet.iloc[place])
            codes = known[key]
            if codes and not any(code.startswith(area) for code in codes):
                record = sheet.iloc[place]
                values = {"codes": series(codes), "area": series(area)}
                text, fix = (None, None) if any(map(_CODE.fullmatch, codes)) else (_NO_CODE, _NO_CODE_FIX)
                yield Offence(name, int(record["row"]), record.geometry, values, text=text, fix=fix)


_CODE = re.compile("[0-9A-Za-z_-]+")
_NO_CODE = Text("“{codes}”不是政区代码,不能判断所在区域", "“{codes}” is not the code of a unit, so its area cannot be told")
_NO_CODE_FIX = Text("填写政区代码,不填名称", "give the code of the unit, not its name")
_ROLE_NOT_HELD = Text(
    "报送“{title}”需要“{role}”角色,您没有该角色",
    "“{title}” are sent by people with the role “{role}”, which you do not hold",
)


def _role_not_held(register: Register) -> Offence:
    from gis.people import ROLE_WORDS  # noqa: PLC0415 - a check without the database knows no people

    values = {"title": register.title, "role": ROLE_WORDS[register.sender]}
    return Offence(register.name, values=values, text=_ROLE_NOT_HELD)


@table_rule(
    "F04",
    severity=Severity.ERROR,
    source=HOUSE_PRACTICE.at("F04"),
    title=Text("同一列表中编号不重复", "No code is sent twice in a list"),
    message=Text("编号 {code} 与第 {other} 行重复", "code {code} is also that of row {other}"),
    fix=Text("改正其中一个编号,或删去重复的记录", "correct one of the two codes, or delete the copy"),
)
def no_code_is_sent_twice(staged: Any) -> Iterator[Offence]:
    """Two records under one code would take turns: the code must lead to one of them."""
    from sqlalchemy import func, select  # noqa: PLC0415 - a check without the database does not load it

    s = staged.register.staging.c
    alike = {"partition_by": s.code, "order_by": s.row}
    first = func.first_value(s.row).over(**alike), func.first_value(s.source_row).over(**alike)
    sent = select(s.row, s.code, first[0].label("first"), first[1].label("other"))
    copies = sent.where(staged.sent, s.code.is_not(None)).subquery()
    for copy in staged.rows(select(copies).where(copies.c.row > copies.c.first).order_by(copies.c.row)):
        yield Offence(staged.register.name, copy.row, values={"code": copy.code, "other": copy.other})


MANY, A_FIFTH = 50, 5
"""Records that end together, and their share of those in force, from which on somebody should look."""


@table_rule(
    "F05",
    severity=Severity.WARNING,
    source=HOUSE_PRACTICE.at("F05"),
    title=Text("全量报送不漏掉大量现行记录", "A whole list does not leave out many of those in force"),
    message=Text(
        "按全量报送:现行 {there} 条中有 {gone} 条未列入,公布后将终止;所报 {sent} 条",
        "sent as a whole list of {sent}: of {there} records in force {gone} are not in it and would end",
    ),
    fix=Text(
        "只报部分记录的,撤回后不勾选“全量”重新报送",
        "if these are only some of the records, withdraw them and send them again without “whole”",
    ),
)
def a_whole_list_does_not_leave_out_many(staged: Any) -> Iterator[Offence]:
    """One row sent as everything there is would end a town's register with a click."""
    if not staged.whole:
        return
    from sqlalchemy import func, select  # noqa: PLC0415 - a check without the database does not load it

    from gis.intake.beside import left_out, standing_in_its_units  # noqa: PLC0415

    v, s = staged.register.table, staged.register.staging
    gone = staged.tx.scalar(select(func.count()).select_from(v).where(left_out(staged)))
    if not gone:
        return
    sent = staged.tx.scalar(select(func.count()).select_from(s).where(staged.sent))
    there = staged.tx.scalar(select(func.count()).select_from(v).where(standing_in_its_units(staged)))
    if gone > sent or (gone >= MANY and gone * A_FIFTH >= there):
        values = {"gone": f"{gone:,}", "sent": f"{sent:,}", "there": f"{there:,}"}
        yield Offence(staged.register.name, values=values)


def _unit_codes(survey: Survey, register: Register, record: Any) -> list[str]:
    """The units that a record mentions, itself or through the record it belongs to."""
    codes = register.unit_codes(record)
    for field, target in register.refers.items():
        for frame in (survey.sheet(target), survey.in_force.get(target)):
            if frame is not None:
                owners = frame[frame["code"] == record[field]]
                codes += [code for _, owner in owners.iterrows() for code in REGISTERS[target].unit_codes(owner)]
    return codes
