"""How characters are read: the table of sourced readings, an office's own, and what pypinyin alone would say."""

import csv
import os
import unicodedata
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from pypinyin import Style, lazy_pinyin
from pypinyin.constants import PINYIN_DICT

from gis.errors import BadInput
from gis.settings import settings
from placenames.language.romanise import SHIPPED, Readings, initials_of, sound_of, spell, toneless
from placenames.language.sounds import ShippedReading, shipped_rows
from placenames.shipped import GRADES

# names of counties, cities, towns and streets whose reading is known from a text or a secondary source [S-part, 2]
WELL_KNOWN = [
    ("万柏林", "Wànbǎilín"),
    ("万载", "Wànzài"),
    ("东莞", "Dōngguǎn"),
    ("东阿", "Dōng'ē"),
    ("中牟", "Zhōngmù"),
    ("丰都", "Fēngdū"),
    ("临朐", "Línqú"),
    ("丽水", "Líshuǐ"),
    ("乐亭", "Làotíng"),
    ("乐清", "Yuèqīng"),
    ("五里堡", "Wǔlǐpù"),
    ("井陉", "Jǐngxíng"),
    ("亳县", "Bóxiàn"),
    ("亳州", "Bózhōu"),
    ("什邡", "Shífāng"),
    ("任丘", "Rénqiū"),
    ("任县", "Rénxiàn"),
    ("会理", "Huìlǐ"),
    ("会稽", "Kuàijī"),
    ("儒垌", "Rúdòng"),
    ("六合", "Lùhé"),
    ("六安", "Lù'ān"),
    ("冠县", "Guānxiàn"),
    ("十里堡", "Shílǐpù"),
    ("华亭", "Huátíng"),
    ("华县", "Huàxiàn"),
    ("华坪", "Huápíng"),
    ("华宁", "Huáníng"),
    ("华安", "Huá'ān"),
    ("华家岭", "Huájiālǐng"),
    ("华容", "Huáróng"),
    ("华山", "Huàshān"),
    ("华蓥", "Huáyíng"),
    ("华阴", "Huàyīn"),
    ("单县", "Shànxiàn"),
    ("南谯", "Nánqiáo"),
    ("厦门", "Xiàmén"),
    ("句容", "Jùróng"),
    ("召陵", "Shàolíng"),
    ("台儿庄", "Tái'érzhuāng"),
    ("台州", "Tāizhōu"),
    ("吴堡", "Wúbǔ"),
    ("哈密", "Hāmì"),
    ("喀什", "Kāshí"),
    ("国子监", "Guózǐjiàn"),
    ("垌冢", "Tóngzhǒng"),
    ("大城", "Dàichéng"),
    ("大埔", "Dàbù"),
    ("大黄堡", "Dàhuángbǎo"),
    ("天台", "Tiāntāi"),
    ("天长", "Tiāncháng"),
    ("子长", "Zǐcháng"),
    ("宕昌", "Tànchāng"),
    ("宜都", "Yídū"),
    ("宝坻", "Bǎodǐ"),
    ("尉犁", "Yùlí"),
    ("尖沙咀", "Jiānshāzuǐ"),
    ("崆峒", "Kōngtóng"),
    ("并州", "Bīngzhōu"),
    ("应县", "Yìngxiàn"),
    ("弥牟", "Mímù"),
    ("成都", "Chéngdū"),
    ("无棣", "Wúdì"),
    ("曲阜", "Qūfù"),
    ("朝阳市", "Cháoyángshì"),
    ("枞阳", "Zōngyáng"),
    ("枨冲", "Chéngchōng"),
    ("柞水", "Zhàshuǐ"),
    ("柴沟堡", "Cháigōubǔ"),
    ("栎阳", "Yuèyáng"),
    ("歙县", "Shèxiàn"),
    ("氹仔", "Dàngzǎi"),
    ("汶上", "Wènshàng"),
    ("泌阳", "Bìyáng"),
    ("洪洞", "Hóngtóng"),
    ("洽川", "Héchuān"),
    ("济南", "Jǐnán"),
    ("济宁", "Jǐníng"),
    ("济阳", "Jǐyáng"),
    ("浒墅关", "Xǔshùguān"),
    ("浒山", "Hǔshān"),
    ("浒浦", "Xǔpǔ"),
    ("浚县", "Xùnxiàn"),
    ("涡河", "Guōhé"),
    ("涡阳", "Guōyáng"),
    ("渑池", "Miǎnchí"),
    ("漯河", "Luòhé"),
    ("澄城", "Chéngchéng"),
    ("澄江", "Chéngjiāng"),
    ("澄海", "Chénghǎi"),
    ("澄迈", "Chéngmài"),
    ("瀑河", "Bàohé"),
    ("牟平", "Mùpíng"),
    ("犍为", "Qiánwéi"),
    ("珲春", "Húnchūn"),
    ("瑷珲", "Àihuī"),
    ("番禺", "Pānyú"),
    ("白纸坊", "Báizhǐfāng"),
    ("盆儿胡同", "Pénrhútong"),
    ("监利", "Jiànlì"),
    ("睢宁", "Suīníng"),
    ("穆棱", "Mùlíng"),
    ("筠连", "Jūnlián"),
    ("繁塔", "Pótǎ"),
    ("繁峙", "Fánshì"),
    ("缑氏", "Gōushì"),
    ("荥经", "Yíngjīng"),
    ("荥阳", "Xíngyáng"),
    ("莎车", "Shāchē"),
    ("莘县", "Shēnxiàn"),
    ("莘庄", "Xīnzhuāng"),
    ("蔚县", "Yùxiàn"),
    ("蚌埠", "Bèngbù"),
    ("蠡县", "Lǐxiàn"),
    ("覃塘", "Qíntáng"),
    ("通什", "Tōngzá"),
    ("郫都", "Pídū"),
    ("都匀", "Dūyún"),
    ("重庆", "Chóngqìng"),
    ("铅山", "Yánshān"),
    ("长垣", "Chángyuán"),
    ("长子", "Zhǎngzǐ"),
    ("长汀", "Chángtīng"),
    ("长治", "Chángzhì"),
    ("闽侯", "Mǐnhòu"),
    ("阆中", "Làngzhōng"),
    ("马家堡", "Mǎjiāpù"),
    ("黄埔", "Huángpǔ"),
    ("黄陂", "Huángpí"),
    ("龟兹", "Qiūcí"),
]
# text, its proposed reading, what pypinyin 0.55.0 alone says
PYPINYIN_ALONE_IS_WRONG = [
    ("万柏林", "wàn bǎi lín", "wàn bó lín"),
    ("丰都", "fēng dū", "fēng dōu"),
    ("乐陵", "lào líng", "lè líng"),
    ("五里堡", "wǔ lǐ pù", "wǔ lǐ bǎo"),
    ("什邡", "shí fāng", "shén fāng"),
    ("任县", "rén xiàn", "rèn xiàn"),
    ("会稽", "kuài jī", "huì jī"),
    ("余干", "yú gān", "yú gàn"),
    ("儿胡同", "r hú tong", "ér hú tòng"),
    ("六合", "lù hé", "liù hé"),
    ("冯河", "féng hé", "píng hé"),
    ("华县", "huà xiàn", "huá xiàn"),
    ("华州", "huà zhōu", "huá zhōu"),
    ("华阴", "huà yīn", "huá yīn"),
    ("单县", "shàn xiàn", "dān xiàn"),
    ("召陵", "shào líng", "zhào líng"),
    ("垌冢", "tóng zhǒng", "dòng zhǒng"),
    ("堡子", "bǎo zi", "bǔ zi"),
    ("大城", "dài chéng", "dà chéng"),
    ("天台", "tiān tāi", "tiān tái"),
    ("天长", "tiān cháng", "tiān zhǎng"),
    ("太行", "tài háng", "tài xíng"),
    ("子洲", "zǐ zhōu", "zi zhōu"),
    ("子长", "zǐ cháng", "zi zhǎng"),
    ("宕昌", "tàn chāng", "dàng chāng"),
    ("宜都", "yí dū", "yí dōu"),
    ("尖沙咀", "jiān shā zuǐ", "jiān shā jǔ"),
    ("崆峒", "kōng tóng", "kōng dòng"),
    ("应县", "yìng xiàn", "yīng xiàn"),
    ("张掖", "zhāng yè", "zhāng yē"),
    ("弥牟", "mí mù", "mí móu"),
    ("曲江", "qū jiāng", "qǔ jiāng"),
    ("朝阳", "cháo yáng", "zhāo yáng"),
    ("朝阳市", "cháo yáng shì", "zhāo yáng shì"),
    ("朝鲜", "cháo xiǎn", "cháo xiān"),
    ("栎阳", "yuè yáng", "lì yáng"),
    ("桦甸", "huà diàn", "huà diān"),
    ("民乐", "mín lè", "mín yuè"),
    ("洪洞", "hóng tóng", "hóng dòng"),
    ("洽川", "hé chuān", "qià chuān"),
    ("济源", "jǐ yuán", "jì yuán"),
    ("济阳", "jǐ yáng", "jì yáng"),
    ("浒浦", "xǔ pǔ", "hǔ pǔ"),
    ("浒湾", "xǔ wān", "hǔ wān"),
    ("浚县", "xùn xiàn", "jùn xiàn"),
    ("涡阳", "guō yáng", "wō yáng"),
    ("演乐", "yǎn yuè", "yǎn lè"),
    ("漯河", "luò hé", "tà hé"),
    ("瀑河", "bào hé", "pù hé"),
    ("牟定", "mù dìng", "móu dìng"),
    ("猪圈", "zhū juàn", "zhū quān"),
    ("玛曲", "mǎ qǔ", "mǎ qū"),
    ("珲春", "hún chūn", "huī chūn"),
    ("盆儿胡同", "pén r hú tong", "pén ér hú tòng"),
    ("穆棱", "mù líng", "mù léng"),
    ("筠连", "jūn lián", "yún lián"),
    ("繁塔", "pó tǎ", "fán tǎ"),
    ("繁峙", "fán shì", "fán zhì"),
    ("胡同", "hú tong", "hú tòng"),
    ("舟曲", "zhōu qǔ", "zhōu qū"),
    ("荥经", "yíng jīng", "xíng jīng"),
    ("葛洲坝", "gě zhōu bà", "gé zhōu bà"),
    ("蒙古", "měng gǔ", "méng gǔ"),
    ("覃塘", "qín táng", "tán táng"),
    ("解州", "xiè zhōu", "jiě zhōu"),
    ("通什", "tōng zá", "tōng shén"),
    ("郫都", "pí dū", "pí dōu"),
    ("都匀", "dū yún", "dōu yún"),
    ("长丰", "cháng fēng", "zhǎng fēng"),
    ("长垣", "cháng yuán", "zhǎng yuán"),
    ("长宁", "cháng níng", "zhǎng níng"),
    ("长岛", "cháng dǎo", "zhǎng dǎo"),
    ("长武", "cháng wǔ", "zhǎng wǔ"),
    ("长治", "cháng zhì", "zhǎng zhì"),
    ("长海", "cháng hǎi", "zhǎng hǎi"),
    ("长清", "cháng qīng", "zhǎng qīng"),
    ("长白", "cháng bái", "zhǎng bái"),
    ("长葛", "cháng gě", "zhǎng gé"),
    ("长阳", "cháng yáng", "zhǎng yáng"),
    ("闵行", "mǐn háng", "mǐn xíng"),
    ("阆中", "làng zhōng", "láng zhōng"),
    ("青藏", "qīng zàng", "qīng cáng"),
    ("马家堡", "mǎ jiā pù", "mǎ jiā bǎo"),
]
UNKNOWN_TO_THE_DICTIONARY = {
    ("乐", "lào"),
    ("乐", "yào"),
    ("什", "zá"),
    ("儿", "r"),
    ("同", "tong"),
    ("宕", "tàn"),
    ("栅", "shí"),
    ("栏", "làn"),
    ("港", "jiǎng"),
    ("解", "hài"),
    ("阁", "gǎo"),
}
"""Readings of one place or of one rule, with sources: no dictionary of characters has them."""


def letters(name: str, readings: Readings = SHIPPED) -> str:
    return spell(name, specific=name, generic="", readings=readings).toned


def doubtful(name: str, readings: Readings = SHIPPED) -> tuple[str, ...]:
    return spell(name, specific=name, generic="", readings=readings).doubtful


def names_and_their_parts() -> Iterator[ShippedReading]:
    return (row for row in shipped_rows() if len(row.text) > 1)


@pytest.mark.parametrize(("name", "toned"), WELL_KNOWN)
def test_a_well_known_name_is_read_as_its_sources_say_and_is_not_doubtful(name: str, toned: str):
    assert letters(name) == toned
    assert doubtful(name) == ()


def test_enough_well_known_names_are_tested():
    assert len(WELL_KNOWN) >= 120


@pytest.mark.parametrize(("text", "right", "alone"), PYPINYIN_ALONE_IS_WRONG)
def test_pypinyin_alone_would_be_wrong(text: str, right: str, alone: str):
    assert " ".join(lazy_pinyin(text, style=Style.TONE)) == alone
    assert SHIPPED[text] == right


def test_nothing_else_in_the_table_is_read_wrongly_by_pypinyin_alone():
    wrong = {
        row.text
        for row in names_and_their_parts()
        if lazy_pinyin(row.text, style=Style.TONE) != row.reading.split()
    }
    assert wrong == {text for text, _, _ in PYPINYIN_ALONE_IS_WRONG}


def test_every_row_is_read_as_it_says():
    read = {
        row.text: spell(row.text, specific=row.text, generic="").syllables for row in names_and_their_parts()
    }
    assert read == {row.text: tuple(row.reading.split()) for row in names_and_their_parts()}


def test_every_row_says_what_it_rests_on():
    rows = list(
        csv.DictReader(files("placenames").joinpath("tables/readings.csv").read_text("utf-8").splitlines())
    )
    assert len({row["text"] for row in rows}) == len(rows)
    assert {row["grade"] for row in rows} <= set(GRADES)
    assert all(row["source"] for row in rows)
    assert all((row["grade"] == "R") == (row["source"] == "recall") for row in rows)
    assert all(row["note"] for row in rows if "|" in row["reading"] and len(row["text"]) > 1)
    assert all(unicodedata.is_normalized("NFC", row["reading"]) for row in rows)


def test_every_syllable_is_one_of_its_character():
    pairs = {
        pair
        for row in shipped_rows()
        for reading in (row.reading, *row.others)
        for pair in zip(row.text, reading.split(), strict=True)
    }
    odd = {(each, said) for each, said in pairs if said not in PINYIN_DICT[ord(each)].split(",")}
    assert odd == UNKNOWN_TO_THE_DICTIONARY


def test_what_is_only_recalled_is_proposed_and_stays_doubtful():
    recalled = [row for row in names_and_their_parts() if row.grade == "R"]
    assert letters("济源") == "Jǐyuán"
    assert doubtful("济源") == ("济",)
    polyphones = {row.text for row in shipped_rows() if len(row.text) == 1 and row.others}
    assert all(doubtful(row.text) for row in recalled if polyphones & set(row.text))


def test_readings_that_compete_are_proposed_and_stay_doubtful():
    assert letters("尉氏") == "Wèishì"
    assert doubtful("尉氏") == ("尉",)
    assert doubtful("乐陵") == ("乐",)


def test_a_polyphone_that_no_row_settles_is_doubtful():
    assert doubtful("样乐") == ("乐",)
    assert doubtful("长乐长家堡") == ("长", "堡")
    assert doubtful("样溪") == ()


def test_a_phrase_that_contradicts_what_is_usual_in_names_is_doubtful():
    assert letters("柏林") == "Bólín"
    assert doubtful("柏林") == ("柏",)
    assert doubtful("石头") == ()  # only a neutral tone


def test_the_longest_text_counts():
    assert letters("洪洞") == "Hóngtóng"
    assert letters("样洪洞庄") == "Yànghóngtóngzhuāng"
    assert letters("溶洞") == "Róngdòng"
    assert letters("朝阳") == "Cháoyáng"
    assert doubtful("朝阳") == ("朝",)
    assert doubtful("朝阳市") == ()


def test_an_office_settles_readings_of_its_own():
    own = Readings({"样堡": "yàng pù", "乐": "lào", "洪洞": "hóng dòng"})
    assert letters("样堡", own) == "Yàngpù"
    assert doubtful("样堡", own) == ()
    assert letters("永乐", own) == "Yǒnglào"  # a character's own reading lies over a shipped text
    assert letters("洪洞", own) == "Hóngdòng"
    assert letters("新样堡", own) == "Xīnyàngpù"
    assert letters("样堡", Readings()) == "Yàngbǎo"


def test_a_whole_name_counts_more_than_its_parts():
    own = Readings({"堡": "pù", "样堡": "yàng bǔ", "样堡里": "yàng bǎo lǐ"})
    assert letters("堡", own) == "Pù"
    assert letters("样堡", own) == "Yàngbǔ"
    assert letters("样堡里", own) == "Yàngbǎolǐ"
    assert letters("样堡外", own) == "Yàngbǔwài"


def test_a_plain_mapping_lies_over_what_ships():
    readings = {"样堡": "yàng pù"}
    assert spell("样堡", specific="样堡", generic="", readings=readings).toned == "Yàngpù"
    assert spell("洪洞", specific="洪洞", generic="", readings=readings).toned == "Hóngtóng"
    assert sound_of("样堡", readings) == "yang pu"


@pytest.mark.parametrize("reading", ["yàng", "yàng bǎo lǐ", "", "yàng b@o", "样 堡"])
def test_a_reading_that_is_none_is_refused(reading: str):
    with pytest.raises(BadInput, match="每字一个音节"):
        Readings({"样堡": reading})


def test_readings_are_taken_however_they_are_typed():
    own = Readings({"样堡": unicodedata.normalize("NFD", " Yàng  PÙ ")})
    assert letters("样堡", own) == "Yàngpù"
    assert own["样堡"] == "yàng pù"


def test_readings_are_a_mapping():
    assert SHIPPED["大城"] == "dài chéng"
    assert len(SHIPPED) == len(list(SHIPPED)) == len(shipped_rows())
    assert "不在表内" not in SHIPPED
    assert len(Readings({"样堡": "yàng pù"})) == len(SHIPPED) + 1


def test_a_neutral_tone_opens_no_name():
    assert letters("子牙河") == "Zǐyáhé"
    assert letters("沙子") == "Shāzi"


def test_shifting_tones_are_not_written():
    assert letters("一样村") == "Yīyàngcūn"
    assert letters("不夜城") == "Bùyèchéng"


def test_keys_are_toneless_syllables():
    assert toneless(("lǜ", "nǚ", "shàng", "r")) == ("lv", "nv", "shang", "r")
    assert sound_of("石门街") == "shi men jie"
    assert initials_of("石门街") == "smj"
    assert sound_of("西安") != sound_of("仙")
    assert sound_of("2马路") == sound_of("二马路") == "er ma lu"
    assert sound_of("EE新城") == "ee xin cheng"
    assert sound_of("样(溪)·路 ") == "yang xi lu"
    assert sound_of("") == initials_of("") == ""


def test_a_list_of_readings_in_the_office_counts_as_soon_as_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JIEZHI_VAR", str(tmp_path))
    settings.cache_clear()
    try:
        assert sound_of("样堡村") == "yang bao cun"
        listed = tmp_path / "tables" / "readings.csv"
        listed.parent.mkdir()
        listed.write_text("text,reading,who\n样堡,yàng pù,样核\n", "utf-8-sig")
        assert sound_of("样堡村") == "yang pu cun"
        assert spell("样堡村", specific="样堡", generic="村", category="VIL").toned == "Yàngpùcūn"
        listed.write_text("text,reading\n样堡,yàng\n", "utf-8")
        os.utime(listed, ns=(1, 1))
        with pytest.raises(BadInput):
            sound_of("样堡村")
    finally:
        settings.cache_clear()
