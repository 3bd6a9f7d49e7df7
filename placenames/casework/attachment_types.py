"""Which papers are taken with a case: a short list of kinds of files, told by their ending and first bytes together."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from typing import BinaryIO

from gis.errors import BadInput
from gis.text import Text, keepable

KINDS = {
    "application": Text("申请书", "application"),
    "plan": Text("命名更名方案", "naming plan"),
    "site_plan": Text("总平面图、四至图", "site plan"),
    "permit": Text("立项、用地、规划许可", "permits"),
    "consent": Text("业主同意书", "owners' consent"),
    "assessment": Text("综合评估报告", "assessment report"),
    "expert": Text("专家论证报告", "experts' report"),
    "consultation": Text("征求意见报告", "consultation report"),
    "approval": Text("批复文件", "approval document"),
    "filing": Text("备案材料", "filing papers"),
    "other": Text("其他材料", "other papers"),
}
"""What a paper is for (Regulations on Place Names 2022, Article 11; filing package of 2023; local practice)."""
REPORT_KINDS = {
    "current_map": Text("现状图", "map of the cemetery as it is"),
    "build_plan": Text("建设规划图", "plan of what is to be built"),
    "plot_style": Text("墓穴样式图", "drawing of the plots"),
    "permit": Text("用地、规划许可", "permits"),
    "acceptance": Text("验收材料", "papers of the inspection"),
    "other": Text("其他材料", "other papers"),
}
"""Papers of a report on a cemetery; the first three as one county asks for them (a page of its own, not the law)."""
DRAWINGS = ("current_map", "build_plan", "plot_style")

HEAD = 4096
"""First bytes that are looked at."""


def _begins(*signatures: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(signatures)


def _is_text(head: bytes) -> bool:
    """No control characters but those that text has; the last, cut letter does not count."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return not any(byte < 32 and byte not in b"\t\n\f\r" for byte in head)


ZIP, OLE = _begins(b"PK\x03\x04"), _begins(bytes.fromhex("d0cf11e0a1b11ae1"))
OFFICE = "application/vnd.openxmlformats-officedocument."
TYPES: dict[str, tuple[str, Callable[[bytes], bool]]] = {
    ".pdf": ("application/pdf", _begins(b"%PDF-", b"\xef\xbb\xbf%PDF-")),
    ".docx": (f"{OFFICE}wordprocessingml.document", ZIP),
    ".xlsx": (f"{OFFICE}spreadsheetml.sheet", ZIP),
    ".doc": ("application/msword", OLE),
    ".xls": ("application/vnd.ms-excel", OLE),
    ".ofd": ("application/ofd", ZIP),
    ".zip": ("application/zip", ZIP),
    ".png": ("image/png", _begins(b"\x89PNG\r\n\x1a\n")),
    ".jpg": ("image/jpeg", _begins(b"\xff\xd8\xff")),
    ".jpeg": ("image/jpeg", _begins(b"\xff\xd8\xff")),
    ".tif": ("image/tiff", _begins(b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")),
    ".txt": ("text/plain", _is_text),
}
"""Ending -> media type, and whether first bytes fit it."""


def kinds_for(track: str) -> Mapping[str, Text]:
    """The kinds of papers that belong to a case on a way: to names, or to reports on cemeteries."""
    return REPORT_KINDS if track == "report" else KINDS


def plain(name: str) -> str:
    """A name without letters that turn the reading direction or are not seen: they hide what a file is."""
    return "".join(each for each in keepable(name) if unicodedata.category(each) != "Cf")


def type_of(name: str, stream: BinaryIO) -> str:
    """The media type of a file whose first bytes fit its ending. Raises BadInput."""
    stem, _, last = name.rpartition(".")
    ending = f".{last.lower()}" if stem.strip("./\\ ") else ""
    if ending not in TYPES:
        raise BadInput(
            "不接收“{ending}”文件;可接收:{types}",
            "files “{ending}” are not taken; these are: {types}",
            ending=ending[:12] or name[:40],
            types=" ".join(each[1:] for each in TYPES),
        )
    head = stream.read(HEAD)
    stream.seek(0)
    media_type, fits = TYPES[ending]
    if head and not fits(head):
        raise BadInput(
            "“{name}”的内容不是 {ending} 文件", "the content of “{name}” is no {ending} file",
            name=name[-80:], ending=ending[1:],
        )  # fmt: skip
    return media_type
