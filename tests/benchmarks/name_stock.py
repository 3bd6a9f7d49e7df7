"""Names of roads, villages and estates made up by the grammar by which people make them; none is of a real place.

Every county takes its own part of the stock, so that two counties share ways of naming more than names.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from pypinyin import lazy_pinyin

from placenames import shipped


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FIRST = (
    "文学春秋江河湖海川金银玉宝龙凤鹤松柏梅兰竹桃李杏柳荷桂云霞星月阳光明华荣昌盛兴旺安康宁平和顺福寿喜庆吉祥瑞丰裕富"
    "德仁义礼信善美新振建国民生利达通广远长重乐行朝调石青白乌红黄紫高大古双上下天清秀灵溪泉嘉景怡锦翠碧映望迎腾飞鸿"
)
SECOND = (
    "江河湖海川山溪泉塘桥岭坪湾坡洲港渡浦墩泽源峰林园庄城门井台阁亭楼安康宁平和顺福兴旺昌盛荣华丰裕泰达通远明秀清化德"
    "义仁信善文学英才苑圃田野村里坊石松柏梅兰竹桃柳荷桂云霞星月阳光辉煌宝玉龙凤鹤苏贤堂祥瑞嘉景怡锦翠碧乐行长重"
)
SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘"
    "杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段钱汤尹黎易常武乔贺赖龚文单仇盖"
)
LAND = "塘坞埭墩桥湾坑岭坪坡洲渡浦港溪畈岗垟坂岙店埠头宅庄屋基"
SIDES = ("东", "西", "南", "北", "中")
NUMERALS = "一二三四五六七八九十"
LANDMARKS = _words(
    "公园 书院 学府 体育场 车站 工业 科技 市场 水厂 码头 古塔 祠堂 花园 电厂 粮仓 钟楼 牌坊 校场 盐仓 凉亭"
)
EVERYWHERE = _words(
    "中山 人民 解放 建设 新华 文化 和平 胜利 友谊 团结 朝阳 光明 幸福 迎宾 环城 滨江 滨河 沿江 振兴 创业 兴业 开发 永安 "
    "长安 东风 红旗 前进 青年 劳动 工农 健康 长乐 重阳 银行 乐业"
)
FAR_PLACES = _words(
    "陕西 四川 江西 山东 山西 湖南 湖北 浙江 福建 广东 广西 云南 贵州 海南 河南 河北 甘肃 青海 吉林 辽宁 北京 上海 天津 "
    "重庆 南京 杭州 苏州 成都 西安 大连 青岛 厦门 长沙 长春 昆明 桂林 沈阳 郑州 济南 合肥 宁波 温州 兰州 银川 拉萨"
)
ROADS = (("路", 64), ("街", 14), ("大道", 8), ("巷", 7), ("大街", 3), ("弄", 2), ("支路", 2))
ESTATES = _words("小区 花园 苑 家园 公寓 新村 嘉园 名苑 华府 佳苑 花苑 豪庭 雅居 名邸 人家 新城")
MOODS = _words(
    "阳光 金色 东方 世纪 都市 绿城 水岸 香榭 锦绣 翡翠 书香 枫林 月亮 四季 江南 紫荆 明珠 玫瑰 丽景 山水"
)
HAMLETS = _words("上宅 下宅 前宅 后宅 新屋 老屋 桥头 塘头 山脚 里坞 外坞 大坪 水口 大路 井头 岭下 下街 中央")


@cache
def common_characters() -> str:
    """The 3,500 characters that everybody knows."""
    return shipped.text_of("standard_characters.txt").splitlines()[1]


@cache
def sound(text: str) -> tuple[str, ...]:
    """How a text sounds without tones, character for character; a digit sounds as itself."""
    return tuple(lazy_pinyin(text, errors=list))


@cache
def homophones() -> dict[str, str]:
    """Sound -> the common characters that are read so when they stand alone."""
    found: dict[str, list[str]] = {}
    for each in common_characters():
        found.setdefault(sound(each)[0], []).append(each)
    return {heard: "".join(characters) for heard, characters in found.items()}


@dataclass
class Stock:
    """What a county has to make names of: its own part of everything, and the shares by which it uses it."""

    chance: random.Random
    first: str = ""
    second: str = ""
    surnames: str = ""
    shares: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.first, self.second, self.surnames = (self._part_of(each) for each in (FIRST, SECOND, SURNAMES))
        vary = self.chance.uniform
        self.shares = {
            "plain": 1.0, "long": vary(0.08, 0.2), "family": vary(0.03, 0.07), "sides": vary(0.04, 0.08),
            "far": vary(0.03, 0.1), "containing": vary(0.02, 0.06), "numbered": vary(0.002, 0.01),
            "everywhere": vary(0.05, 0.12), "of the town": vary(0.02, 0.05), "homophone": vary(0.01, 0.03),
        }  # fmt: skip

    def _part_of(self, characters: str) -> str:
        listed = sorted(set(characters))
        return "".join(self.chance.sample(listed, int(len(listed) * self.chance.uniform(0.6, 0.85))))

    def stem(self, length: int = 2) -> str:
        """Two or three different characters that sound like a name."""
        first = self.chance.choice(self.first)
        others = self.chance.sample([each for each in self.second if each != first], length - 1)
        return first + "".join(others)

    def generic(self) -> str:
        words, weights = zip(*ROADS, strict=True)
        return str(self.chance.choices(words, weights)[0])

    def roads(self, town_stem: str, have: list[str]) -> list[str]:
        """One road of a town, or several that belong together; `have` are names that the county has already."""
        way = self.chance.choices(list(self.shares), list(self.shares.values()))[0]
        return list(getattr(self, f"_{way.replace(' ', '_')}")(town_stem, have))

    def _plain(self, _: str, __: list[str]) -> Iterator[str]:
        yield self.stem() + self.generic()

    def _long(self, _: str, __: list[str]) -> Iterator[str]:
        landmark = self.chance.choice((*LANDMARKS, ""))
        yield (self.stem() + landmark if landmark else self.stem(3)) + self.generic()

    def _family(self, _: str, __: list[str]) -> Iterator[str]:
        """文一路 文二路 文三路; with or without the road they are named after."""
        stem = self.chance.choice(self.first) if self.chance.random() < 0.4 else self.stem()
        generic = "路" if self.chance.random() < 0.8 else "街"
        if len(stem) > 1 and self.chance.random() < 0.6:
            yield stem + generic
        for numeral in NUMERALS[: self.chance.randint(2, 6)]:
            yield stem + numeral + generic

    def _sides(self, _: str, __: list[str]) -> Iterator[str]:
        stem, generic = self.stem(), "路" if self.chance.random() < 0.8 else "街"
        if self.chance.random() < 0.5:
            yield stem + generic
        for side in self.chance.sample(SIDES, self.chance.randint(1, 3)):
            yield stem + side + generic

    def _far(self, _: str, __: list[str]) -> Iterator[str]:
        yield self.chance.choice(FAR_PLACES) + self.chance.choice(("", "", *SIDES)) + "路"

    def _containing(self, _: str, have: list[str]) -> Iterator[str]:
        """阳富公园路 beside 公园路."""
        inner = self.chance.choice([each for each in have if 3 <= len(each) <= 4] or ["公园路"])
        yield inner
        yield self.stem() + inner

    def _numbered(self, _: str, __: list[str]) -> Iterator[str]:
        """14号大街, 二号路, 经七路."""
        last = self.chance.randint(6, 24)
        match self.chance.randrange(3):
            case 0:
                yield from (f"{number}号大街" for number in range(1, last + 1))
            case 1:
                yield from (f"{numeral}号路" for numeral in NUMERALS[: last // 2])
            case _:
                yield from (f"{way}{numeral}路" for way in "经纬" for numeral in NUMERALS[: last // 3])

    def _everywhere(self, _: str, __: list[str]) -> Iterator[str]:
        yield self.chance.choice((*EVERYWHERE, *LANDMARKS)) + ("路" if self.chance.random() < 0.8 else "街")

    def _of_the_town(self, town_stem: str, __: list[str]) -> Iterator[str]:
        """江东路, 江东一路 and 江东六路 beside a town called 江东街道."""
        generic = "路" if self.chance.random() < 0.8 else "街"
        yield town_stem + self.chance.choice(("", *SIDES)) + generic
        for numeral in self.chance.sample(NUMERALS[:6], self.chance.randint(0, 2)):
            yield town_stem + numeral + generic

    def _homophone(self, _: str, have: list[str]) -> Iterator[str]:
        """A road that sounds like another."""
        name = self.chance.choice([each for each in have if len(each) >= 3] or [self.stem() + "路"])
        yield heard_alike(name, self.chance.randrange(2), self.chance)

    def village(self) -> str:
        """The name of a village without its ending: 石塘, 王家坞."""
        if self.chance.random() < 0.4:
            return (
                self.chance.choice(self.surnames) + self.chance.choice(("家", "")) + self.chance.choice(LAND)
            )
        return self.stem()

    def hamlet(self) -> str:
        match self.chance.randrange(4):
            case 0:
                return self.chance.choice(HAMLETS)
            case 1:
                return self.chance.choice(self.surnames) + "家" + self.chance.choice(("", *LAND))
            case 2:
                side, middle = (
                    self.chance.choice("上下前后里外东西大小新老"),
                    self.chance.choice(self.surnames + LAND),
                )
                return side + middle + self.chance.choice(LAND)
            case _:
                return (
                    self.chance.choice(self.first)
                    + self.chance.choice(self.second)
                    + self.chance.choice(LAND)
                )

    def estate(self) -> str:
        stem = self.chance.choice(MOODS) if self.chance.random() < 0.25 else self.stem()
        return stem + self.chance.choice(ESTATES)


def heard_alike(name: str, at: int, chance: random.Random) -> str:
    """A name with one character replaced by another that sounds the same; the name itself where there is none."""
    others = homophones().get(sound(name)[at], "").replace(name[at], "")
    return name[:at] + chance.choice(others) + name[at + 1 :] if others else name
