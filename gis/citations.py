"""Citations in English: the titles of laws and the notes beside them, for readers of English pages.

What is cited is kept as it is printed in Chinese; numbers of documents (民发〔2018〕146号) stay as they are, and so does
what an office wrote in a table of its own.
"""

from __future__ import annotations

import re
from functools import lru_cache

TITLES = {
    "行政区域界线管理条例": "Regulations on the Boundaries of Administrative Areas",
    "行政区划管理条例": "Regulations on Administrative Divisions",
    "中华人民共和国测绘法": "Surveying and Mapping Law",
    "行政区域界线界桩管理办法": "Measures on Boundary Markers",
    "行政区域界线测绘规范": "Specification for Surveying Boundaries of Administrative Areas",
    "地名管理条例实施办法": "Measures for Carrying Out the Regulations on Place Names",
    "地名管理条例实施细则(1996年,已废止)": "Rules for Carrying Out the Regulations on Place Names (1996, repealed)",
    "地名管理条例": "Regulations on Place Names",
    "关于进一步清理整治不规范地名的通知": "Notice on Cleaning Up Irregular Place Names",
    "中国地名汉语拼音字母拼写规则(汉语地名部分)": "Rules for Spelling Chinese Place Names in Pinyin",
    "通用规范汉字表": "Table of General Standard Chinese Characters",
    "国家地名数据库代码编制规则": "Rules for Codes of the National Place-Name Database",
    "地名分类与类别代码编制规则": "Classes of Place Names and Their Codes",
    "浙江省地名管理办法": "Zhejiang Measures on Place Names",
    "江门市门楼号牌管理条例": "Jiangmen Regulations on Door and Building Plates",
    "宁波市地名管理条例": "Ningbo Regulations on Place Names",
    "地名地址地理编码规则": "Rules for Coding Place Names and Addresses",
    "中华人民共和国个人信息保护法": "Personal Information Protection Law",
    "殡葬管理条例": "Regulations on Funerals and Interment",
    "民政部对《殡葬管理条例》墓穴面积的解释":
        "Reading of the Regulations on Funerals and Interment for plot sizes, by the Ministry of Civil Affairs",
    "浙江省公墓管理办法": "Zhejiang Measures on Cemeteries",
    "绍兴市居家养老服务条例": "Shaoxing Regulations on Home-Based Elderly Care",
    "郑州市殡葬管理条例": "Zhengzhou Regulations on Funerals and Interment",
    "城市居住区规划设计标准": "Standard for Planning and Design of Urban Residential Areas",
    "国家秘密目录及测绘成果管理的规定": "Provisions on State Secrets and on Results of Surveying",
    "地方地名规定(南昌、铜陵、山东等地,网页转载)":
        "Local rules on place names (Nanchang, Tongling, Shandong and others, copied on web pages)",
    "门牌编排规定(北京、永安等地,网页转载,各地不一)":
        "Local rules on numbering plates (Beijing, Yong'an and others, copied on web pages; places differ)",
    "地址“五类问题”(宜昌市的新闻报道;界定为本系统所拟)":
        "The five kinds of defective addresses (news of Yichang; defined by this system)",
    "违法违规建设墓地整治的地方方案(紫金、德昌等地,网页转载)":
        "Local plans against illegal graves (Zijin, Dechang and others, copied on web pages)",
    "公墓年检的地方做法(各地网页,项目相近)":
        "Local practice of annual inspections of cemeteries (web pages of several places, alike in what they look at)",
    "城乡社区服务体系建设规划及地方标准(新闻与网页,各地不一)":
        "Plans for community services and local standards (news and web pages; places differ)",
    "界址数据入库检查规则": "Jiezhi's own rules",
    "界址地名检查规则": "Jiezhi's own rules on place names",
    "本地设置": "set here:",
    "本系统的经验值:规划范围距公墓 500 米以上即提示":
        "this system's own figure: told where what is planned lies 500 m or more from its cemetery",
    "公墓建设的三张图(瓯海的做法,网页转载)": "The three drawings of a cemetery (practice of Ouhai, copied on a web page)",
    "南昌市地名规定": "Nanchang rules on place names", "铜陵市地名规定": "Tongling rules on place names",
    "山东省地名规定征求意见稿": "Shandong rules on place names, a draft for comment",
    "某市地名规定": "A city's rules on place names",
    "地名通名使用示范文本": "Model text on generic terms", "天津市地名规定": "Tianjin rules on place names",
    "不规范地名清理标准答复": "Reply on the criteria for irregular place names",
    "清理整治不规范地名报道": "Report on the cleaning up of irregular place names",
    "国家地名信息库公开数据": "Public data of the national place-name database",
    "某市地名管理系统": "A city's system of place names", "某县地名管理系统": "A county's system of place names",
    "公开地名数据": "Public data on place names", "未经核对的记忆": "Recalled, not verified",
    "安徽社区用房规定": "Anhui rules on community premises",
    "贵州社区综合服务设施规定": "Guizhou rules on community service facilities",
    "广州社区服务设施规定": "Guangzhou rules on community service facilities",
    "山东省公墓审批服务指南": "Shandong guide to the approval of cemeteries",
    "金华市公墓地方标准": "Jinhua local standard on cemeteries",
}  # fmt: skip
NOTES = {
    "江门的法规,他处供参照": "law of Jiangmen, for reference elsewhere",
    "宁波的法规,他处供参照": "law of Ningbo, for reference elsewhere",
    "浙江的规定,他处供参照": "of Zhejiang, for reference elsewhere",
    "网页转载": "copied on a web page", "网页": "web page", "新闻": "news", "观察所得": "observed",
    "条文未能读到": " articles could not be read",
    "文本": " text", "已有此规定": " says so already",
    "事前报备的法定时限未查到": "no law was found that sets days for prior reports",
    "沿用1986年条例第五条第(三)项的原则": "after the principle of Art. 5 (3) of the regulations of 1986",
    "一号多址": "one number, many places", "多号一址": "many numbers, one place", "有址无号": "a place without a number",
    "有号无址": "a number without a place", "号址不一": "numbers that disagree",
    "国务院令": "State Council Order ", "民政部令": "Ministry of Civil Affairs Order ",
    "浙江省人民政府令": "Zhejiang Government Order ", "主席令": "Presidential Order ",
}  # fmt: skip
_DOCUMENT = re.compile(r"[\u4e00-\u9fff]*〔\d+〕[\u4e00-\u9fff第]*\d+号")
_PHRASE = re.compile("|".join(map(re.escape, sorted({**TITLES, **NOTES}, key=len, reverse=True))))
_DIGITS = dict(zip("一二三四五六七八九", range(1, 10), strict=True))
_NUMERAL = "[一二三四五六七八九十百]+"
_PARTS = (
    (re.compile(rf"第({_NUMERAL})条"), lambda found: f" Art. {_number(found[1])}"),
    (re.compile(rf"第[((]({_NUMERAL})[))]项"), lambda found: f" ({_number(found[1])})"),
    (re.compile(r"第(\d+)号"), lambda found: f"No. {found[1]}"),
    (re.compile(r"(\d{4})年(修订|修改)"), lambda found: f"{'revised' if found[2] == '修订' else 'amended'} {found[1]}"),
    (re.compile(r"(\d{4})年"), lambda found: f"{found[1]} "),
)
_MARKS = str.maketrans({"(": " (", ")": ")", ",": ", ", "、": ", ", ";": "; ", "“": "“", "”": "”"})


@lru_cache(4096)
def in_english(citation: str) -> str:
    """A citation for readers of English; what nobody translated stays as it is."""
    kept: list[str] = []

    def put_by(found: re.Match[str]) -> str:
        kept.append(found[0])
        return f"\x00{len(kept) - 1}\x00"

    said = _DOCUMENT.sub(put_by, citation)
    said = _PHRASE.sub(lambda found: {**TITLES, **NOTES}[found[0]], said)
    for pattern, worded in _PARTS:
        said = pattern.sub(worded, said)
    said = re.sub(r"\x00(\d+)\x00", lambda found: kept[int(found[1])], said.translate(_MARKS))
    return re.sub(r"\s+([),;])", r"\1", re.sub(r"\(\s+", "(", re.sub(r"\s{2,}", " ", said))).strip()


def _number(numeral: str) -> int:
    """十一 is 11, 二十三 is 23."""
    hundreds, _, rest = numeral.rpartition("百")
    tens, ten, ones = rest.rpartition("十")
    return (
        100 * (_DIGITS[hundreds] if hundreds else 0)
        + (10 * _DIGITS.get(tens[-1:], 1) if ten else 0)
        + _DIGITS.get(ones[-1:], 0)
    )
