"""Place names in letters: the examples of the rules of 1984, what the category decides, and what agrees."""

import unicodedata

import pytest

from gis.errors import BadInput
from placenames.language.romanise import Spelling, agrees, broken, spell
from placenames.language.wording import split

# rules 6 to 12: the letters stand in the text that could be read [S-part]
READ_IN_THE_RULES = [
    ("五指山", "NAT", "Wǔzhǐ Shān"),
    ("九龙江", "NAT", "Jiǔlóng Jiāng"),
    ("三门峡", "NAT", "Sānmén Xiá"),
    ("二道沟", "NAT", "Èrdào Gōu"),
    ("第二松花江", "NAT", "Dì'èr Sōnghuā Jiāng"),
    ("第六屯", "VIL", "Dìliùtún"),
    ("三眼井胡同", "ROD", "Sānyǎnjǐng Hútong"),
    ("八角场东街", "ROD", "Bājiǎochǎng Dōngjiē"),
    ("三八路", "ROD", "Sānbā Lù"),
    ("五一广场", "OTH", "Wǔyī Guǎngchǎng"),
    ("1203高地", "NAT", "1203 Gāodì"),
    ("1718峰", "NAT", "1718 Fēng"),
    ("二马路", "ROD", "2 Mǎlù"),
    ("经五路", "ROD", "Jīng 5 Lù"),
    ("三环路", "ROD", "3 Huánlù"),
    ("大川淀一巷", "ROD", "Dàchuāndiàn 1 Xiàng"),
    ("东四十二条", "ROD", "Dōngsì 12 Tiáo"),
    ("第九弄", "ROD", "Dì-9 Lòng"),
    ("十里堡", "VIL", "Shílǐpù"),
    ("大黄堡", "VIL", "Dàhuángbǎo"),
    ("吴堡", "VIL", "Wúbǔ"),
    ("李庄", "VIL", "Lǐzhuāng"),
    ("珠江", "NAT", "Zhū Jiāng"),
    ("天宁寺西里一巷", "ROD", "Tiānníngsì Xīlǐ 1 Xiàng"),
    ("西安", "ADM", "Xī'ān"),
    ("建瓯", "ADM", "Jiàn'ōu"),
    ("天峨", "ADM", "Tiān'é"),
    ("盆儿胡同", "ROD", "Pénr Hútong"),
]
# rules 1 to 5: only the divisions stand in the text, the letters are made from them [I]
DERIVED_FROM_THE_DIVISIONS = [
    ("太行山", "NAT", "Tàiháng Shān"),
    ("松花江", "NAT", "Sōnghuā Jiāng"),
    ("汾河", "NAT", "Fén Hé"),
    ("太湖", "NAT", "Tài Hú"),
    ("台湾海峡", "NAT", "Táiwān Hǎixiá"),
    ("密云水库", "FAC", "Mìyún Shuǐkù"),
    ("大运河", "FAC", "Dà Yùnhé"),
    ("通县", "ADM", "Tōng Xiàn"),
    ("西峰镇", "ADM", "Xīfēng Zhèn"),
    ("西藏自治区", "ADM", "Xīzàng Zìzhìqū"),
    ("南京路", "ROD", "Nánjīng Lù"),
    ("横街", "ROD", "Héng Jiē"),
    ("大马路", "ROD", "Dà Mǎlù"),
    ("西辽河", "NAT", "Xīliáo Hé"),
    ("潮白新河", "NAT", "Cháobái Xīnhé"),
    ("北雁荡山", "NAT", "Běiyàndàng Shān"),
    ("小金门岛", "NAT", "Xiǎojīnmén Dǎo"),
    ("景山后街", "ROD", "Jǐngshān Hòujiē"),
    ("造币左路", "ROD", "Zàobì Zuǒlù"),
    ("清波门直街", "ROD", "Qīngbōmén Zhíjiē"),
    ("后赵家楼胡同", "ROD", "Hòuzhàojiālóu Hútong"),
    ("朝阳门内大街", "ROD", "Cháoyángménnèi Dàjiē"),
    ("南小街", "ROD", "Nán Xiǎojiē"),
    ("小南街", "ROD", "Xiǎo Nánjiē"),
    ("南横东街", "ROD", "Nánhéng Dōngjiē"),
    ("东直门外南后街", "ROD", "Dōngzhíménwài Nánhòujiē"),
    ("修文西小巷", "ROD", "Xiūwén Xīxiǎoxiàng"),
    ("广安门北滨河路", "ROD", "Guǎng'ānmén Běibīnhé Lù"),
    ("王村", "VIL", "Wángcūn"),
    ("周口店", "VIL", "Zhōukǒudiàn"),
    ("江镇", "VIL", "Jiāngzhèn"),
    ("漷县", "VIL", "Huǒxiàn"),
    ("大虎山", "VIL", "Dàhǔshān"),
    ("东桑家堡子", "VIL", "Dōngsāngjiābǎozi"),
    ("黑龙江省", "ADM", "Hēilóngjiāng Shěng"),
    ("景德镇市", "ADM", "Jǐngdézhèn Shì"),
    ("解放路南小街", "ROD", "Jiěfànglù Nánxiǎojiē"),
    ("包头胡同东巷", "ROD", "Bāotóu Hútong Dōngxiàng"),
    ("左权县", "ADM", "Zuǒquán Xiàn"),
    ("欧阳海水库", "FAC", "Ōuyánghǎi Shuǐkù"),
]
# rule 14 and what no program can divide: the parts are given, a space marks a word [I]
DERIVED_WITH_GIVEN_PARTS = [
    ("月亮山种羊场", "月亮山", "种羊场", "OTH", "Yuèliàngshān Zhǒngyángchǎng"),
    ("二七烈士纪念碑", "二七 烈士", "纪念碑", "OTH", "Èrqī Lièshì Jìniànbēi"),
    ("郑州市玻璃厂", "郑州市玻璃", "厂", "OTH", "Zhèngzhōu Shì Bōlíchǎng"),
    ("广渠南水关胡同", "广渠 南水关", "胡同", "ROD", "Guǎngqú Nánshuǐguān Hútong"),
]


def spelled(name: str, category: str = "") -> Spelling:
    """A name in letters, divided as the register divides it."""
    parts = split(name, category)
    return spell(name, specific=parts.specific, generic=parts.generic, category=category)


@pytest.mark.parametrize(("name", "category", "toned"), READ_IN_THE_RULES)
def test_the_letters_of_the_rules(name: str, category: str, toned: str):
    assert spelled(name, category).toned == toned


@pytest.mark.parametrize(("name", "category", "toned"), DERIVED_FROM_THE_DIVISIONS)
def test_the_divisions_of_the_rules(name: str, category: str, toned: str):
    assert spelled(name, category).toned == toned


@pytest.mark.parametrize(("name", "specific", "generic", "category", "toned"), DERIVED_WITH_GIVEN_PARTS)
def test_the_divisions_of_the_rules_that_somebody_marks(
    name: str, specific: str, generic: str, category: str, toned: str
):
    assert spell(name, specific=specific, generic=generic, category=category).toned == toned


@pytest.mark.parametrize(
    ("name", "category", "toned"),
    [
        ("桃源镇", "ADM", "Táoyuán Zhèn"),
        ("桃源镇", "VIL", "Táoyuánzhèn"),
        ("桃源镇", "", "Táoyuán Zhèn"),
        ("王村镇", "ADM", "Wángcūn Zhèn"),
        ("王村", "", "Wángcūn"),
        ("幸福新村", "RES", "Xìngfú Xīncūn"),
        ("样溪社区", "VIL", "Yàngxī Shèqū"),
        ("样溪村村委会", "VIL", "Yàngxīcūn Cūnwěihuì"),
        ("样溪社区居委会", "VIL", "Yàngxī Shèqū Jūwěihuì"),
        ("五路", "", "5 Lù"),
        ("二道沟", "VIL", "Èrdàogōu"),
    ],
)
def test_the_category_decides_between_rules(name: str, category: str, toned: str):
    assert spelled(name, category).toned == toned


@pytest.mark.parametrize(
    ("name", "toned"),
    [
        ("八一路", "Bāyī Lù"),
        ("一二九街", "Yī'èrjiǔ Jiē"),
        ("统一路", "Tǒngyī Lù"),
        ("三里河路", "Sānlǐhé Lù"),
        ("二七东路", "Èrqī Dōnglù"),
        ("百二巷", "Bǎi'èr Xiàng"),
        ("十一巷", "11 Xiàng"),
        ("一百零八弄", "108 Lòng"),
        ("第12弄", "Dì-12 Lòng"),
        ("新丰12路", "Xīnfēng 12 Lù"),
        ("中山东一路", "Zhōngshān Dōng 1 Lù"),
        ("解放路一巷", "Jiěfànglù 1 Xiàng"),
        ("东三环北路", "Dōngsānhuán Běilù"),
        ("西四三条", "Xīsì 3 Tiáo"),
    ],
)
def test_ordinals_of_streets_are_told_from_numerals_that_are_none(name: str, toned: str):
    assert spelled(name, "ROD").toned == toned


@pytest.mark.parametrize(
    ("name", "category", "toned"),
    [
        ("中山东路", "ROD", "Zhōngshān Dōnglù"),
        ("广东路", "ROD", "Guǎngdōng Lù"),
        ("西北路", "ROD", "Xīběi Lù"),
        ("高新东路", "ROD", "Gāoxīn Dōnglù"),
        ("科技创新路", "ROD", "Kējìchuàngxīn Lù"),
        ("人民北大街", "ROD", "Rénmín Běidàjiē"),
        ("丹枫东苑", "RES", "Dānfēng Dōngyuàn"),
        ("锦绣江南苑", "RES", "Jǐnxiùjiāngnán Yuàn"),
        ("曹杨二村", "RES", "Cáoyáng Èrcūn"),
        ("样溪湿地公园", "PRK", "Yàngxī Shīdì Gōngyuán"),
        ("样溪水电站", "FAC", "Yàngxī Shuǐdiànzhàn"),
        ("样溪二桥", "FAC", "Yàngxī Èrqiáo"),
        ("批发市场管理中心", "RES", "Pīfāshìchǎngguǎnlǐ Zhōngxīn"),
        ("花市大厦", "RES", "Huāshì Dàshà"),
    ],
)
def test_modifiers_join_the_generic_part_and_names_stay_whole(name: str, category: str, toned: str):
    assert spelled(name, category).toned == toned


def test_a_spelling_has_every_form_that_forms_and_exchanges_ask_for():
    assert spelled("吕梁市", "ADM") == Spelling(
        "Lǚliáng Shì", "LÜLIANG SHI", "Shì", ("lǚ", "liáng", "shì"), ()
    )
    assert spelled("计量大厦", "RES").plain == "JILIANG DASHA"
    assert spelled("西安", "ADM").plain == "XI'AN"


def test_the_generic_part_is_empty_when_it_is_not_written_apart():
    assert spelled("王村", "VIL").generic == ""
    assert spelled("周口店", "").generic == ""
    assert spelled("景山后街", "ROD").generic == "Hòujiē"
    assert spelled("样溪湿地公园", "PRK").generic == "Shīdì Gōngyuán"
    assert spell("郑州市玻璃厂", specific="郑州市玻璃", generic="厂", category="OTH").generic == ""


def test_every_character_that_is_read_has_its_syllable():
    assert spelled("经五路", "ROD").syllables == ("jīng", "wǔ", "lù")
    assert spelled("盆儿胡同", "ROD").syllables == ("pén", "r", "hú", "tong")
    assert spelled("1203高地", "NAT").syllables == ("yī", "èr", "líng", "sān", "gāo", "dì")
    assert spelled("EE新城", "RES").syllables == ("xīn", "chéng")


def test_what_nobody_can_read_stays_a_character_and_is_doubtful():
    unread = "\U00030000"
    spelling = spelled(f"样{unread}村", "VIL")
    assert spelling.toned == f"Yàng{unread}cūn"
    assert spelling.doubtful == (unread,)
    assert spelling.syllables == ("yàng", "cūn")


def test_traditional_and_wide_characters_are_read_all_the_same():
    assert spelled("中山大廈", "RES").toned == "Zhōngshān Dàshà"
    assert spelled("１２０３高地", "NAT").toned == "1203 Gāodì"


def test_parts_that_do_not_make_the_name_are_refused():
    with pytest.raises(BadInput, match="合起来不是"):
        spell("样溪路", specific="样", generic="路")


@pytest.mark.parametrize(
    "given",
    [
        "Xī'ān Lù",
        "XĪ'ĀN LÙ",
        "xi'an lu",
        "XI'AN LU",
        "Xi’an Lu",
        unicodedata.normalize("NFD", "Xī'ān Lù"),
        " Xī'ān Lù ",
    ],
)
def test_case_form_and_missing_tones_agree(given: str):
    assert agrees(given, spelled("西安路", "ROD"))


@pytest.mark.parametrize(
    "given",
    [
        "Xīān Lù",
        "XIAN LU",
        "Xī'ānlù",
        "Xī'ān-Lù",
        "Xī' ān Lù",
        "Xī'ān  Lù",
        "Xī'ǎn Lù",
        "Xī'an Lù",  # one tone is missing: the syllable would be neutral
        "Xi'an Road",
        "",
    ],
)
def test_what_the_rules_decide_does_not_agree(given: str):
    assert not agrees(given, spelled("西安路", "ROD"))


def test_u_with_dots_is_a_letter_of_its_own():
    assert agrees("Lüliang Shi", spelled("吕梁市", "ADM"))
    assert not agrees("Luliang Shi", spelled("吕梁市", "ADM"))
    assert not agrees("Lvliang Shi", spelled("吕梁市", "ADM"))


@pytest.mark.parametrize(
    ("name", "category", "width", "lines"),
    [
        ("海南岛", "NAT", 20, ("Hǎinán Dǎo",)),
        ("海南岛", "NAT", 7, ("Hǎinán", "Dǎo")),
        ("海南岛", "NAT", 5, ("Hǎi-", "nán", "Dǎo")),
        ("西安市", "ADM", 5, ("Xī-", "ān", "Shì")),
        ("盆儿胡同", "ROD", 5, ("Pénr", "Hú-", "tong")),
        ("经五路", "ROD", 7, ("Jīng 5", "Lù")),
        ("1203高地", "NAT", 5, ("1203", "Gāo-", "dì")),
        ("第九弄", "ROD", 4, ("Dì-9", "Lòng")),
        ("一应庄", "VIL", 3, ("Yī-", "yīng-", "zhuāng")),
    ],
)
def test_a_line_breaks_between_syllables_with_a_hyphen(
    name: str, category: str, width: int, lines: tuple[str, ...]
):
    assert broken(spelled(name, category), width) == lines
