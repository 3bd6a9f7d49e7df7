"""Address words: the endings by which a part of an address shows what it is, and words that are no names."""

from __future__ import annotations

import re
from functools import cache

from placenames.addresses.parsing.address_grammar import (
    ANYTHING,
    BUILDING,
    CITY,
    COMMUNITY,
    DEVZONE,
    DISTRICT,
    ESTATE,
    HAMLET,
    PART,
    PLACE,
    ROAD,
    TOWN,
)

ENDINGS = {
    CITY: "市 自治州 地区 盟",
    DISTRICT: "区 县 市 旗",
    DEVZONE: "开发区 高新区 经开区 保税区 技术产业区 新区 管理区 度假区 示范区 自贸区 合作区 综保区 实验区",
    TOWN: "街道办事处 街道办 街道 镇 乡 苏木 办事处",
    COMMUNITY: "村 社区 村委会 村民委员会 居委会 居民委员会 社区居委会 行政村 嘎查 大队 牧委会 里",
    HAMLET: "自然村 村民小组 小组 组 生产队 小队 队 屯",
    ROAD: "路 街 大道 大街 道 巷 弄 胡同 公路 国道 省道 县道 乡道 支路 辅路 环路 环 高速 高速公路 快速路 里弄 坊 线 "
    "路段",
    ESTATE: "小区 新村 花园 家园 公寓 苑 园 庭 里 名邸 华府 府 湾 郡 墅 别墅 山庄 新城 宿舍 公馆 雅居 城 居 轩 阁 邸 新居 "
    "花苑 豪庭 名苑 嘉园 佳苑 人家 社 住宅区 生活区 安置房 公租房 家属院 大院 都 台 洲 岸 坊 四合院",
    BUILDING: "大厦 大楼 广场 中心 商厦 写字楼 国际 大酒店 酒店 宾馆 商务楼 楼 科技楼 "
    "综合楼 办公楼 教学楼 饭店 塔 国际中心",
    PLACE: "公司 分公司 厂 店 学校 小学 中学 大学 学院 医院 市场 商城 超市 银行 支行 分行 工业区 工业园 工业园区 园区 "
    "产业园 科技园 创意园 创业园 物流园 科技城 工业城 基地 局 所 站 馆 场 院 校 校区 幼儿园 仓库 中专 商场 "
    "部 行 库 会 厅 庙 寺 卫生院 派出所 门市部 经营部 服务部 加油站 车站 汽车站 火车站 机场 码头 政府 市政府 "
    "县政府 区政府 法院 检察院 公安局 联合市场 商贸城 服装城 家居城 批发市场 农贸市场 商业街 步行街 研究院 研究所 集团 "
    "有限公司",
    ANYTHING: "塘 山 头 口 门 渡 岛 湖 浜 埭 桥 庄 湾 岙 坞 坑 墩 埠 沟 河 洲 棚 角",
    PART: "区 期 苑 园 门 座 东门 西门 南门 北门 正门 后门 侧门 大门 东区 西区 南区 北区 中区 一期 二期 三期 校区 组团 "
    "分店 楼 东楼 西楼 南楼 北楼 主楼 副楼 裙楼 厅 部 馆 店 阁 轩 超市 食堂 宿舍",
}
NOWHERE: frozenset[str] = frozenset()
GOES_ON = {
    ending: frozenset(characters)
    for ending, characters in {
        "村": "委", "市": "场民政府心中区立郊内", "县": "政府前", "区": "政", "街": "道路巷", "巷": "路街道", "弄": "路",
        "里": "弄路", "坊": "路巷街", "镇": "街", "桥": "路街",
    }.items()
}  # fmt: skip
"""Endings that are none before these characters: 北苑街道, 市场."""
COMES_FROM = {
    ending: frozenset(characters)
    for ending, characters in {"村": "新", "道": "街", "区": "小园业社校厂发", "市": "超城门夜菜早鱼"}.items()
}
"""Endings that are none after these: 新村, 超市."""
ASSISTING = (
    "交叉口 交汇处 交界处 交口 交叉处 路口 口子 丁字路口 十字路口 对面 对过 斜对面 附近 旁边 旁 隔壁 门口 大门口 楼下 "
    "楼上 院内 内 东侧 西侧 南侧 北侧 左侧 右侧 东边 西边 南边 北边 左边 右边 东首 西首 南首 北首 东北角 东南角 西北角 "
    "西南角 出口处 入口处 入口 出口 后面 前面 里面 往东 往西 往南 往北 向东 向西 向南 向北 以东 以西 以南 以北 靠近 近 "
    "与 和 及 东段 西段 南段 北段 中段 底下 转角处 拐角处 东 西 南 北 口 后 侧 边 处"
)
ALONE = {"旁": 0.6, "与": 0.6, "和": 1.0}
"""Other words of one character are much rather part of a name."""
REDUNDANT = (
    "中国 中华人民共和国 null NULL None 电联 电话联系 请电联 电联系 无 市辖区 地址 住址 收件地址 详细地址 收 等 转 以及"
)
_OF_ORGANIZATIONS = (
    "公司 分公司 有限公司 厂 大学 学院 医院 中学 小学 银行 支行 分行 局 大酒店 酒店 宾馆 集团 饭店 幼儿园 研究院 研究所"
)
ORGANIZATIONS = frozenset(_OF_ORGANIZATIONS.split())
"""They are named after the town they are in: 温州大学 is one name."""
SECTION = re.compile("(?:路|街|大道|大街)[0-9]{1,2}段")
_INNER = r"[^()\[\]【】<>]+"
ASIDE = re.compile(
    rf"[(\[【<](?P<aside>(?:靠?近|原|旧|曾用){_INNER}|{_INNER}(?:附近|对面|旁边?|隔壁|[东西南北]侧))(?=[)\]】>])"
)
DIRECTIONS = frozenset("东西南北中前后上下内外")
RINGS = frozenset("一二三四五六七八九内中外绕大")
"""北三环, 内环: 环 after anything else is none."""
ORDINALS = frozenset("0123456789号")
NUMBERED_ROAD = re.compile("^第?[〇一二三四五六七八九十廿百0-9]+号?$|[〇一二三四五六七八九十廿百0-9]+$")
"""14号 in 14号大街, 二 in 样柳二路."""
PUNCTUATION = frozenset(" -_,，。.、;；:：/\\|()（）[]【】{}<>《》\"'“”‘’!！?？*&·+=^%$@~`…\t\r\n\v\f")


@cache
def endings_by_last() -> dict[str, tuple[tuple[str, int], ...]]:
    """Last character -> (ending, state) of every ending, the longest first."""
    found: dict[str, list[tuple[str, int]]] = {}
    for state, words in ENDINGS.items():
        for word in words.split():
            found.setdefault(word[-1], []).append((word, state))
    return {last: tuple(sorted(each, key=lambda pair: -len(pair[0]))) for last, each in found.items()}


@cache
def said_by_first() -> dict[str, tuple[tuple[str, float, bool], ...]]:
    """First character -> (word, cost, whether it assists) of words that are no names, the longest first."""
    found: dict[str, list[tuple[str, float, bool]]] = {}
    for word in ASSISTING.split():
        found.setdefault(word[0], []).append((word, ALONE.get(word, 1.6 if len(word) == 1 else 0.6), True))
    for word in REDUNDANT.split():
        found.setdefault(word[0], []).append((word, 1.5 if len(word) == 1 else 0.3, False))
    return {first: tuple(sorted(each, key=lambda one: -len(one[0]))) for first, each in found.items()}
