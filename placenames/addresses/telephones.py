"""Telephones in addresses: numbers that are nobody's plate or room, and that no answer repeats in full."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gis.text import Text

SEVEN_DIGITS = re.compile("[0-9](?:[- ()*]{0,4}[0-9]){6}")
_MOBILE = r"(?:\+?86[- ]?)?1[3-9][0-9](?:[- ]?[0-9]{4}){2}"
_HIDDEN = r"1[3-9][0-9]\*{3,4}[0-9]{4}"
_LINE = r"\(?0[0-9]{2,3}[- )]{0,2}[0-9]{3,4}[- ]?[0-9]{4}(?:(?:-|转)[0-9]{1,6})?"
_SERVICE = "[48]00-?[0-9]{3}-?[0-9]{4}"
_COUNTED = " ?(?:号|弄|巷|幢|栋|座|单元|室|层|楼|房|户|组|段|邻|队|院)"
TELEPHONE = re.compile(
    rf"(?:(?:(?:联系)?电话|手机号?码?|TEL|Tel|tel)[:. ]*)?(?<![0-9A-Za-z.])"
    rf"(?:{_MOBILE}|{_HIDDEN}|{_LINE}|{_SERVICE}|[0-9]{{7,}})(?![0-9A-Za-z.+/])(?!{_COUNTED})"
)
"""Seven digits and more that count nothing are none of an address either."""
_LEFT = Text("未采用电话等长数字“{begin}…”", "a telephone or other long number, “{begin}…”, was left out of account")
SHOWN = 3
"""So many digits are told."""


def telephones_in(text: str) -> Iterator[re.Match[str]]:
    """Every telephone in an address in our writing."""
    if SEVEN_DIGITS.search(text):
        yield from TELEPHONE.finditer(text)


def left_out(telephone: str) -> Text:
    """That a telephone was left out, without telling it."""
    return _LEFT.fill(begin="".join(each for each in telephone if each.isdigit())[:SHOWN])
