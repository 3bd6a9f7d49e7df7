"""Words beside a street's name that are no part of it: a person or shop before it, a shop between it and the number.

Only where nothing but a street of exactly that name stands beside them; what may itself be a place is never such a word.
"""

from __future__ import annotations

import re

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔"
    "谭陆范汪廖韦贾付邹熊孟秦邱侯尹薛闫雷史陶贺毛段郝顾龚邵覃戴严孔常汤"
)
A_PERSON = re.compile(f"(?:[{_SURNAMES}]|欧阳|上官|司马|诸葛|[老小][{_SURNAMES}])(?![家村庄湾])[\u3400-\u9fff]{{0,2}}")
A_PLACE = re.compile(
    "(?:(?<![超菜])市|[路街道巷弄衖线村镇乡区县里段组社队邻苑园庄庭坊居寓府城湾坝坪岭桥门口东西南北中]|大厦|广场|公馆|家园|花园|大楼)$"
)
"""A word that ends so may be a street, an estate or a village of its own, to which the number belongs."""

A_SHOP = re.compile("[\u3400-\u9fff]+(?:店|超市|药房|馆|公司|银行|医院|诊所|学校|幼儿园|厂|事务所|派出所|经营部|服务部)")


def is_a_person(text: str) -> bool:
    """Whether a word may be the name of somebody: 张伟, 老王."""
    return is_no_place(text) and A_PERSON.fullmatch(text) is not None


def is_no_place(text: str) -> bool:
    """Whether a word may stand between a street and its number without being a place that bears numbers: 老王饭店."""
    return len(text) > 1 and A_PLACE.search(text) is None


def is_a_shop(text: str) -> bool:
    """Whether a word can be nothing but the name of a shop or an office, wherever it stands."""
    return len(text) > 2 and A_SHOP.fullmatch(text) is not None
