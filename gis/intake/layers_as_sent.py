"""What became of a layer as it was sent: sheets beside it that were not read, columns that fill no field, cut titles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis.intake.column_titles import known_by_cut, unclear_by_cut
from gis.intake.rules import Offence, Severity
from gis.text import Text, series

if TYPE_CHECKING:
    from gis.intake.recognition import Recognised


def of_layer_as_sent(each: Recognised) -> list[Offence]:
    """What its sender is told of it, beside its rows."""
    return [*_of_sheets(each), *_of_columns(each)]


_NOT_READ = Text(
    "工作簿中另有填了内容的工作表,没有读入:{sheets}",
    "the workbook has further sheets that are filled, which were not read: {sheets}",
)
_SEND_THEM_TOO = Text(
    "要一并报送的,各存为一个文件上传;不用报送的,从工作簿中删去",
    "to send them too, save each as a file of its own; take out those that are not to be sent",
)


def _of_sheets(each: Recognised) -> list[Offence]:
    """The sheets beside the one that was read: what somebody filled in must not be lost unseen."""
    assert each.register is not None
    sheets = each.layer.stream.unread if each.layer.stream else ()
    if not sheets:
        return []
    return [
        Offence(each.register.name, values={"sheets": series(sheets)}, severity=Severity.WARNING,
                file=each.layer.file, layer=each.layer.name, text=_NOT_READ, fix=_SEND_THEM_TOO)
    ]  # fmt: skip


_IN_THE_RESTRICTED_TABLE = Text(
    "图层 {layer} 中的个人信息字段存入受限表,不公开、不显示:{columns}",
    "columns of layer {layer} about persons go to the restricted table and are shown to nobody: {columns}",
)
_WITHHELD = Text(
    "图层 {layer} 中像是个人信息、又未对应任何字段的列不入库(只留在所报文件中):{columns}",
    "columns of layer {layer} that seem to be about persons and fill no field are not stored (they stay in the file "
    "alone): {columns}",
)


_CUT = Text(
    "图层 {layer} 的字段名被截断(Shapefile 的字段名至多 10 字节),按以下名称认出:{columns}",
    "titles of layer {layer} are cut off (a shapefile leaves ten bytes) and are taken for these: {columns}",
)
_CUT_TOO_SHORT = Text(
    "图层 {layer} 的字段名被截断,不能断定是哪个字段,未采用:{columns}",
    "titles of layer {layer} are cut off so that more than one field may be meant, and fill none: {columns}",
)


def _of_columns(each: Recognised) -> list[Offence]:
    """What becomes of the columns that fill no ordinary field, or were known by a part of their title."""
    assert each.register is not None
    told = (
        (each.unmapped, None),
        (each.personal.values(), _IN_THE_RESTRICTED_TABLE),
        (each.withheld, _WITHHELD),
        (known_by_cut(each.register, {**each.columns, **each.personal}), _CUT),
        (unclear_by_cut(each.register, each.unmapped), _CUT_TOO_SHORT),
    )
    return [
        Offence(
            each.register.name,
            values={"layer": each.layer.name, "columns": series(columns)},
            severity=Severity.NOTE,
            file=each.layer.file,
            layer=each.layer.name,
            text=text,
        )
        for columns, text in told
        if columns
    ]
