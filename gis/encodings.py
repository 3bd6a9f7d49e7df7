"""Which encoding the texts of a shapefile are in, by evidence: the bytes outweigh what the file says.

A text that GBK makes sense of is GBK, whatever the .cpg or the language byte claim; both are often wrong.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gis.readings import Remark, question, warning

LANGUAGES = {
    0x4D: "gb18030", 0x7A: "gb18030", 0x4F: "big5", 0x78: "big5", 0x4E: "cp949", 0x79: "cp949",
    0x13: "cp932", 0x7B: "cp932", 0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x57: "cp1252",
    0x58: "cp1252", 0xC8: "cp1250", 0xC9: "cp1251",
}  # fmt: skip
"""The language byte of a .dbf."""
EASTERN = ("gb18030", "big5", "cp949", "cp932")
WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "ascii": "utf-8"}
"""Files that call themselves GB2312 hold GBK characters all the same."""
TITLES = {"gb18030": "GBK", "utf-8": "UTF-8", "big5": "Big5", "cp1252": "Windows-1252"}
COMMON = {"gb18030": (range(0xB0, 0xF8), range(0xA1, 0xFF)), "big5": (range(0xA4, 0xC7), range(0x40, 0xFF))}
"""Where the common characters lie: first and second byte."""
HIGH_ALONE = re.compile(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])")


@dataclass(frozen=True)
class Decided:
    """The encoding and what to tell the sender about it."""

    codec: str
    remarks: tuple[Remark, ...] = ()

    @property
    def title(self) -> str:
        """The encoding as people call it."""
        return TITLES.get(self.codec, self.codec.upper())

    def text(self, raw: bytes) -> str:
        """The text; a character cut in half by the width of its field is left out."""
        return codecs.getincrementaldecoder(self.codec)(errors="replace").decode(raw)


def decide(raw: Iterable[bytes], *, stated: str | None, language: int, chosen: str | None) -> Decided:
    """Decides from the texts themselves, the .cpg (`stated`), the language byte and the sender's word."""
    telling = [each for each in raw if not each.isascii()]
    said, asked = named(stated or ""), named(chosen or "")
    if chosen and asked is None:
        return Decided(said or "utf-8", (_unknown_choice(chosen),))
    if asked:
        return Decided(asked, () if fits(telling, asked) else (_does_not_fit(asked),))
    nonsense = (_nonsense(stated),) if stated and said is None else ()
    if not telling:
        return Decided(said or "utf-8", nonsense)
    if said and fits(telling, said) and not _is_surely_utf8(telling, said):
        return Decided(said)
    codec = guess(telling, language)
    overruled = (_overruled(stated, codec),) if stated and said else (_guessed(codec),)
    return Decided(codec, (*nonsense, *overruled))


def named(name: str) -> str | None:
    """The codec behind a name as .cpg files and people write it; None when there is none."""
    name = name.strip().strip("\ufeff\x00").lower()
    if not re.fullmatch(r"[\w .:/-]{1,30}", name):
        return None
    name = re.sub(r"^(ansi|oem|cp|ms|windows)[ _-]?(?=\d)", "cp", name)
    name = re.sub(r"^(cp)?65001$", "utf-8", re.sub(r"^(cp)?54936$", "gb18030", name))
    name = re.sub(r"^(iso[ _-]?)?8859[ _-]?(\d+)$", r"iso8859-\2", name)
    name = "cp" + name if re.fullmatch(r"\d{3,4}", name) else name
    try:
        found = codecs.lookup(name).name
        codecs.getincrementaldecoder(found)
        b"a".decode(found, "replace")  # "hex" and "zip" are codecs too, but of no text
    except (LookupError, UnicodeError):
        return None
    return WIDER.get(found, found)


def fits(telling: Sequence[bytes], codec: str) -> bool:
    """Whether every text decodes; a last character cut in half by the field's width is forgiven."""
    try:
        for each in telling:
            codecs.getincrementaldecoder(codec)().decode(each)
    except UnicodeDecodeError:
        return False
    return True


def guess(telling: Sequence[bytes], language: int) -> str:
    """The likeliest encoding of texts that are not ASCII."""
    if fits(telling, "utf-8"):
        return "utf-8"
    hint = LANGUAGES.get(language, "")
    if hint in EASTERN and fits(telling, hint):
        return hint
    sense = {codec: _sense(telling, codec) for codec in COMMON if fits(telling, codec)}
    likeliest = max(sense, key=lambda codec: sense[codec], default="gb18030")
    if sense.get(likeliest, 0) >= 0.5:
        return likeliest
    if hint and fits(telling, hint):
        return hint
    high = sum(byte > 0x7F for each in telling for byte in each)
    alone = sum(len(HIGH_ALONE.findall(each)) for each in telling)
    return "cp1252" if alone > high / 2 else likeliest


def text_of(raw: bytes) -> str:
    """A whole text of unknown encoding (a .prj, a list): UTF-8 if it fits, else GBK."""
    return raw.decode("utf-8-sig" if fits([raw], "utf-8") else "gb18030", "replace")


def _sense(telling: Sequence[bytes], codec: str) -> float:
    """How much of the texts would be common Chinese characters if they were in this encoding."""
    texts = "".join(codecs.getincrementaldecoder(codec)().decode(each) for each in telling)
    foreign = [letter.encode(codec) for letter in texts if not letter.isascii()]
    lead, trail = COMMON[codec]
    common = sum(len(raw) == 2 and raw[0] in lead and raw[1] in trail for raw in foreign)
    return common / len(foreign) if foreign else 0.0


def _is_surely_utf8(telling: Sequence[bytes], said: str) -> bool:
    # Chinese in GBK hardly ever makes valid UTF-8; three characters of luck are enough to be sure.
    if said == "utf-8" or not fits(telling, "utf-8"):
        return False
    return sum(not letter.isascii() for each in telling for letter in each.decode("utf-8", "ignore")) >= 3


def cut_off(columns: Mapping[str, Iterable[bytes]], codec: str) -> tuple[Remark, ...]:
    """How many texts the width of their field has cut off, and in which columns.

    The texts themselves are not told: they may be about persons.
    """
    cut = {title: sum(_ends_in_half(each, codec) for each in texts) for title, texts in columns.items()}
    titles = "、".join(title for title, number in cut.items() if number)
    if not titles:
        return ()
    return (
        warning(
            f"{sum(cut.values())} 个文字值被字段宽度截断(字段:{titles}),请加宽字段后重新导出",
            f"{sum(cut.values())} texts are cut off by the width of their field ({titles}); "
            "widen the field and export again",
        ),
    )


def _ends_in_half(raw: bytes, codec: str) -> bool:
    if raw.isascii():
        return False
    decoder = codecs.getincrementaldecoder(codec)(errors="replace")
    decoder.decode(raw)
    return bool(decoder.getstate()[0])


def _guessed(codec: str) -> Remark:
    title = TITLES.get(codec, codec.upper())
    return warning(
        f"没有说明文字编码(.cpg),按内容判断为 {title},请核对样例文字",
        f"no text encoding is stated (.cpg); judged to be {title} by the contents, please check the sample",
    )


def _overruled(stated: str, codec: str) -> Remark:
    said, title = stated.strip()[:20], TITLES.get(codec, codec.upper())
    return warning(
        f".cpg 写的是 {said},与内容不符,已按 {title} 读取,请核对样例文字",
        f"the .cpg says {said}, the contents do not; read as {title}, please check the sample",
    )


def _nonsense(stated: str) -> Remark:
    said = " ".join(stated.split())[:20]
    return warning(
        f".cpg 内容“{said}”不是编码名称,已忽略", f"the .cpg says “{said}”, which is no encoding; ignored"
    )


def _does_not_fit(codec: str) -> Remark:
    title = TITLES.get(codec, codec.upper())
    return warning(
        f"部分文字不能按所选的 {title} 解读,请核对样例文字",
        f"some texts cannot be read as {title}, as you chose; please check the sample",
    )


def _unknown_choice(chosen: str) -> Remark:
    said = chosen[:20]
    return question(
        f"不认识编码“{said}”,请选择 UTF-8 或 GBK", f"no encoding is called “{said}”; choose UTF-8 or GBK"
    )
