"""Which encoding the texts of a shapefile are in, by evidence: the bytes outweigh what the file says of itself."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gis.readings import Remark, question, warning

LANGUAGE_DRIVERS = {
    0x4D: "gb18030", 0x7A: "gb18030", 0x4F: "big5", 0x78: "big5", 0x4E: "cp949", 0x79: "cp949", 0x13: "cp932",
    0x7B: "cp932", 0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x57: "cp1252", 0x58: "cp1252", 0xC8: "cp1250",
    0xC9: "cp1251",
}  # fmt: skip
"""The language byte of a .dbf; widely wrong, so it only breaks ties."""
WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "cp936": "gb18030", "ascii": "utf-8", "euc_cn": "gb18030"}
"""Files that call themselves GB2312 hold GBK characters all the same."""
TITLES = {"gb18030": "GBK", "utf-8": "UTF-8", "big5": "Big5", "cp1252": "Windows-1252"}


@dataclass(frozen=True)
class Decided:
    """The encoding, how sure it is, and what to tell the sender."""

    codec: str
    remarks: tuple[Remark, ...] = ()

    @property
    def title(self) -> str:
        """The encoding as people call it."""
        return TITLES.get(self.codec, self.codec.upper())

    def text(self, raw: bytes) -> str:
        """The text; a character cut in half by the width of its field is left out."""
        whole = codecs.getincrementaldecoder(self.codec)(errors="replace")
        return whole.decode(raw)


def decide(raw: Iterable[bytes], *, stated: str | None, language: int, chosen: str | None) -> Decided:
    """Decides on an encoding from the non-ASCII texts, the .cpg (`stated`), the language byte and the sender's word."""
    telling = [each for each in raw if not each.isascii()]
    asked = named(chosen) if chosen else None
    said = named(stated) if stated else None
    nonsense = () if said or not stated else (_nonsense(stated),)
    if chosen and asked is None:
        return Decided(said or guess(telling, language), (_unknown_choice(chosen),))
    if asked:
        return Decided(asked)
    if not telling:
        return Decided(said or "utf-8", nonsense)
    if said and fits(telling, said) and not _is_surely_utf8(telling, said):
        return Decided(said)
    guessed = guess(telling, language)
    if said:
        return Decided(guessed, (_overruled(stated or "", guessed),))
    return Decided(guessed, (*nonsense, _guessed(guessed)))


def named(name: str) -> str | None:
    """The codec behind a name as .cpg files and people write it; None when there is none."""
    name = name.strip().strip("\ufeff\x00").lower()
    if not re.fullmatch(r"[\w .:/-]{1,30}", name):
        return None
    name = re.sub(r"^(ansi|oem|cp|ms|windows)[ _-]?(?=\d)", "cp", name)
    name = {"65001": "utf-8", "cp65001": "utf-8", "936": "gbk", "54936": "gb18030", "cp54936": "gb18030"}.get(
        name, name
    )
    name = re.sub(r"^(iso[ _-]?)?8859[ _-]?(\d+)$", r"iso8859-\2", name)
    name = "cp" + name if re.fullmatch(r"\d{3,4}", name) else name
    try:
        found = codecs.lookup(name)
    except LookupError:
        return None
    if not found._is_text_encoding:  # "hex", "zip" and the like are codecs too
        return None
    return WIDER.get(found.name, found.name)


def fits(telling: Sequence[bytes], codec: str) -> bool:
    """Whether every text decodes; a last character cut in half by the field's width is forgiven."""
    try:
        for each in telling:
            codecs.getincrementaldecoder(codec)().decode(each)
    except UnicodeDecodeError:
        return False
    return True


def guess(telling: Sequence[bytes], language: int) -> str:
    """The likeliest encoding: UTF-8 if it fits, plain GB2312 if it fits, then the language byte, then GBK."""
    hinted = LANGUAGE_DRIVERS.get(language, "")
    order = [
        "utf-8",
        hinted if hinted in ("big5", "cp949", "cp932") else "gb2312",
        "gb2312",
        hinted,
        "gb18030",
    ]
    return next((WIDER.get(each, each) for each in order if each and fits(telling, each)), "gb18030")


def text_of(raw: bytes) -> str:
    """A whole text of unknown encoding (a .prj, a list): UTF-8 if it fits, else GBK."""
    codec = "utf-8-sig" if fits([raw], "utf-8") else "gb18030"
    return raw.decode(codec, "replace")


def _is_surely_utf8(telling: Sequence[bytes], said: str) -> bool:
    # Chinese in GBK hardly ever makes valid UTF-8; three characters of luck are enough to be sure.
    if said == "utf-8" or not fits(telling, "utf-8"):
        return False
    return sum(len(each) - len(each.decode("utf-8", "ignore")) for each in telling) >= 6


def _guessed(codec: str) -> Remark:
    title = TITLES.get(codec, codec.upper())
    return warning(
        f"没有说明文字编码(.cpg),按内容判断为 {title},请核对样例文字",
        f"no text encoding is stated (.cpg); judged to be {title} by the contents, please check the sample",
    )


def _overruled(stated: str, codec: str) -> Remark:
    title = TITLES.get(codec, codec.upper())
    return warning(
        f".cpg 写的是 {stated.strip()[:20]},与内容不符,已按 {title} 读取,请核对样例文字",
        f"the .cpg says {stated.strip()[:20]}, the contents do not; read as {title}, please check the sample",
    )


def _nonsense(stated: str) -> Remark:
    shown = " ".join(stated.split())[:20]
    return warning(
        f".cpg 内容“{shown}”不是编码名称,已忽略", f"the .cpg says “{shown}”, which is no encoding; ignored"
    )


def _unknown_choice(chosen: str) -> Remark:
    return question(
        f"不认识编码“{chosen[:20]}”,请选择 UTF-8 或 GBK",
        f"no encoding is called “{chosen[:20]}”; choose UTF-8 or GBK",
    )
