"""Postcodes in addresses: six digits before or behind an address, as on an envelope; nobody's plate and nobody's room."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gis.text import Text

SIX_DIGITS = re.compile("[0-9]{6}")
_MARKED = "(?:邮政编码|邮递区号|邮政码|邮编|邮码|ZIP ?CODE|ZIP|POST ?CODE)[:. 为是]*"
_COUNTED = " ?(?:号|弄|巷|幢|栋|座|单元|室|层|楼|房|户|组|段|邻|队|院|#|F(?![A-Z]))"
_ALONE = f"[0-9]{{6}}(?![0-9A-Z.+/#-])(?!{_COUNTED})"
POSTCODE = re.compile(
    rf"(?P<marked>{_MARKED})[0-9]{{6}}(?![0-9])"
    rf"|(?<![0-9A-Z.+/#-])(?<![幢栋座元层楼] )(?<![幢栋座元层楼]){_ALONE}",
    re.IGNORECASE,
)
"""After the word for it; else six digits that count nothing. Behind 幢, 单元, 层 they might be a room."""
MARKS = " ,;()_"
_BEFORE = re.compile(r"[ (\[,;:_]*")
_BEHIND = re.compile(r"[ )\],;.。]*")
_LEFT = Text("未采用邮政编码“{code}”", "the postcode “{code}” was left out of account")


def postcodes_in(text: str) -> Iterator[re.Match[str]]:
    """Every postcode in an address in our writing: marked as one, or at its beginning or end, or between spaces."""
    if not SIX_DIGITS.search(text):
        return
    for found in POSTCODE.finditer(text):
        if found["marked"] or _stands_apart(text, *found.span()):
            yield found


def left_out(postcode: str) -> Text:
    """That a postcode was left out."""
    return _LEFT.fill(code=postcode[-6:])


def _stands_apart(text: str, start: int, end: int) -> bool:
    is_first, is_last = _BEFORE.fullmatch(text, 0, start), _BEHIND.fullmatch(text, end)
    return bool(is_first or is_last or (text[start - 1] in MARKS and text[end] in MARKS))
