"""The laws and standards that rules cite: number, title, since when in force, and how far each was read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gis.citations import in_english
from gis.text import Text


@dataclass(frozen=True, slots=True)
class Source:
    """A law, a standard or our own reasoning; `grade` says how far its text was read.

    A: the full legal text was read · B: part of it · C: secondary · I: our own inference · R: recalled, unverified.
    """

    title: str
    number: str
    in_force_from: date | None
    grade: str
    article: str = ""
    in_force_to: date | None = None

    @property
    def citation(self) -> str:
        """How the source is printed beside a finding."""
        article = f" {self.article}" if self.article else ""
        number = f"({self.number})" if self.number else ""
        return f"{self.title}{number}{article}"

    @property
    def words(self) -> Text:
        """The same for readers of both languages."""
        return Text(self.citation, in_english(self.citation))

    def at(self, article: str) -> Source:
        """The same source at one of its articles."""
        return Source(self.title, self.number, self.in_force_from, self.grade, article, self.in_force_to)


LINE_REGULATIONS = Source("行政区域界线管理条例", "国务院令第353号", date(2002, 7, 1), "A")
DIVISION_REGULATIONS = Source("行政区划管理条例", "国务院令第704号", date(2019, 1, 1), "A")
SURVEYING_LAW = Source("中华人民共和国测绘法", "2017年修订", date(2017, 7, 1), "A")
MARKER_MEASURES = Source("行政区域界线界桩管理办法", "民政部令第36号", None, "B")
SURVEY_STANDARD = Source("行政区域界线测绘规范", "GB/T 17796-2009", date(2009, 6, 1), "C")
NAME_REGULATIONS = Source("地名管理条例", "国务院令第753号", date(2022, 5, 1), "A")
NAME_MEASURES = Source("地名管理条例实施办法", "民政部令第71号", date(2024, 5, 1), "B")
NAME_CLEANING = Source("关于进一步清理整治不规范地名的通知", "民发〔2018〕146号", date(2018, 12, 10), "C")
ROMANIZATION_RULES = Source("中国地名汉语拼音字母拼写规则(汉语地名部分)", "〔84〕中地字第17号", date(1984, 12, 25), "B")
STANDARD_CHARACTERS = Source("通用规范汉字表", "国发〔2013〕23号", date(2013, 6, 5), "C")
PLACE_CODES = Source("国家地名数据库代码编制规则", "民地办发〔2010〕1号", None, "C")
PLACE_CLASSES = Source("地名分类与类别代码编制规则", "GB/T 18521-2001", None, "B")
ZHEJIANG_NAME_MEASURES = Source("浙江省地名管理办法", "浙江省人民政府令第408号", date(2025, 6, 1), "C")
LOCAL_NAME_RULES = Source("地方地名规定(南昌、铜陵、山东等地,网页转载)", "", None, "C")
JIANGMEN_PLATES = Source("江门市门楼号牌管理条例(江门的法规,他处供参照)", "", None, "A")
NINGBO_NAMES = Source("宁波市地名管理条例(宁波的法规,他处供参照)", "", None, "A")
NUMBERING_PRACTICE = Source("门牌编排规定(北京、永安等地,网页转载,各地不一)", "", None, "C")
ADDRESS_CODES = Source("地名地址地理编码规则", "GB/T 39609-2020", None, "B")
FIVE_DEFECTS = Source("地址“五类问题”(宜昌市的新闻报道;界定为本系统所拟)", "", None, "C")
PERSONAL_INFORMATION = Source("中华人民共和国个人信息保护法", "主席令第91号", date(2021, 11, 1), "R")
FUNERAL_REGULATIONS = Source("殡葬管理条例", "2026年修订,条文未能读到", date(2026, 3, 30), "C")
FUNERAL_REGULATIONS_1997 = Source(
    "殡葬管理条例", "1997年国务院令第225号,2012年修改", date(1997, 7, 21), "A", "", date(2026, 3, 30)
)
BURIAL_GROUND = Source("殡葬管理条例", "1997年文本第十条;2026年修订条文未能读到", date(1997, 7, 21), "C")
PLOT_SIZES = Source("民政部对《殡葬管理条例》墓穴面积的解释", "民事发〔1998〕10号", date(1998, 1, 1), "C")
ZHEJIANG_CEMETERIES = Source("浙江省公墓管理办法", "浙江省人民政府令第108号", None, "B")
GRAVE_CLEANING = Source("违法违规建设墓地整治的地方方案(紫金、德昌等地,网页转载)", "", None, "C")
INSPECTION_PRACTICE = Source("公墓年检的地方做法(各地网页,项目相近)", "", None, "C")
SERVICE_AREAS = Source("城乡社区服务体系建设规划及地方标准(新闻与网页,各地不一)", "", None, "C")
HOUSE_PRACTICE = Source("界址数据入库检查规则", "", None, "I")
