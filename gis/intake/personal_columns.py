"""Columns about persons: which they are, and what they say, kept apart from everything that rules and readers see.

Doubt falls on the side of the person: a column that fills no field but is titled like a name, a telephone or an
identity card is kept nowhere but in the file that was sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import geopandas as gpd

from gis.intake.sent_values import plain, stored_value
from gis.registers import REGISTERS, Register
from gis.tables import folded

_WHO = (
    "姓名|人名|房东|房主|户主|业主|物主|主人(?!公)|住户(?!数|类)|房客|租客|租户|承租|出租[人方]|买受人|购房|购买人|持有人|持证人|"
    "所有者|使用者|产权人|所有权?人|使用权?人|权利人|权属人|申请人|申办人|经办人|经手人|代理人|监护人|收款人|缴费人|签字人|"
    "联系人|紧急联[系络]|联络[人员方电]|收件人|收货人|寄件人|法人代表|法定代表|配偶|家属|亲属|子女|家庭成员|逝者|墓主|亡者|死者|遗属|安葬人|"
    "OWNER|LANDLORD|TENANT|APPLICANT|CONTACT|LXR|FDXM|^XM$"
)
_HOW_TO_REACH = (
    "手机|电话|联系方式|微信|邮箱|电子邮件|^QQ|户籍地址|户籍所在|PHONE|MOBILE|EMAIL|WECHAT|^TEL(?![A-Z])|LXDH|LXFS"
)
_PAPERS = (
    "身份证|证件号|证件类型|护照|驾驶证|军官证|户口[本簿]|银行卡|银行[账帐]|[账帐][号户]|开户|社保|医保|公积金|车牌|"
    "IDCARD|IDNUMBER|PASSPORT|BANKACC|BANKCARD|SFZ|YHK"
)
_WHAT_THEY_ARE = "出生|生日|性别|年龄|^民族$|籍贯|婚姻|学历|政治面貌|病史|BIRTH|GENDER|^SEX$|^AGE$|CSRQ"
_ABOUT_PERSONS = re.compile(f"{_WHO}|{_HOW_TO_REACH}|{_PAPERS}|{_WHAT_THEY_ARE}")
"""Titles as `folded` leaves them. None of them names a place or a line."""


def personal_among(titles: Iterable[str]) -> list[str]:
    """Those titles that speak of persons, in the words of any register or in everybody's."""
    fields = [each for register in REGISTERS.values() for each in register.personal]
    words = {folded(word) for each in fields for word in (*each.aliases, each.name, each.title.zh, each.title.en)}
    return [title for title in titles if folded(title) in words or _ABOUT_PERSONS.search(folded(title))]


def values_of(register: Register, columns: Mapping[str, str], frame: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """What each row of a layer says of persons, by field; nothing where a cell is empty or does not fit."""
    sent = {
        each.name: [plain(stored_value(raw, each)) for raw in frame[columns[each.name]].tolist()]
        for each in register.personal
        if each.name in columns
    }
    return [dict(zip(sent, row, strict=True)) for row in zip(*sent.values(), strict=True)]


def telling(frame: gpd.GeoDataFrame, hidden: Iterable[str], most: int = 5) -> list[str]:
    """Some texts of a layer by which its encoding can be judged, none of them about a person."""
    hidden = {*hidden, "row", "geometry"}
    found: dict[str, None] = {}
    for title in frame.columns:
        for each in frame[title].tolist() if title not in hidden else ():
            if isinstance(each, str) and not each.isascii():
                found[each] = None
                if len(found) == most:
                    return list(found)
    return list(found)
