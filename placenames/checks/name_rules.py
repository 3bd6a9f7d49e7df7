"""Rules about names that other places bear: the same, the same sound, nearly so; each on the ground that the law says."""

from __future__ import annotations

from collections.abc import Iterator

from gis.intake.rules import Offence, Severity
from gis.sources import HOUSE_PRACTICE, NAME_REGULATIONS, ZHEJIANG_NAME_MEASURES
from gis.text import Text
from placenames.checks.asked import Asked
from placenames.checks.comparing import alike, alone, apart
from placenames.checks.entering import check_of_places

MESSAGE = Text(
    "“{name}”与{where}的“{other}”{as_what}{how}:{why};{far}。比较范围:{within}",
    "“{name}” {how} “{other}”{as_what} in {where}: {why}; {far}. Compared within {within}",
)
FIX = Text(
    "另拟名称;如是同一地名,按代码 {code} 更新原记录",
    "find another name; if it is the same place, update its record {code}",
)


@check_of_places(
    "PN07",
    severity=Severity.ERROR,
    source=NAME_REGULATIONS.at("第九条第(七)项"),
    title=Text(
        "著名自然地理实体、县级以上政区全国不重名", "Famous features and counties are alone in the country"
    ),
    message=MESSAGE,
    fix=FIX,
)
def famous_features_and_counties_are_alone(asked: Asked) -> Iterator[Offence]:
    """Whoever hears of a county or a famous mountain must know which one is meant, wherever in the country."""
    yield from alone("PN07", asked)


@check_of_places(
    "PN08a",
    severity=Severity.ERROR,
    source=NAME_REGULATIONS.at("第九条第(八)项"),
    title=Text("乡镇名称在全省不重名", "Towns are alone in their province"),
    message=MESSAGE,
    fix=FIX,
)
def towns_are_alone_in_their_province(asked: Asked) -> Iterator[Offence]:
    """Two towns of one name in a province are taken for each other in every document that leaves the county."""
    yield from alone("PN08a", asked)


@check_of_places(
    "PN08b",
    severity=Severity.ERROR,
    source=NAME_REGULATIONS.at("第九条第(八)项"),
    title=Text("村(居)民委员会所在地名称在全县不重名", "Villages and communities are alone in their county"),
    message=MESSAGE,
    fix=FIX,
)
def villages_are_alone_in_their_county(asked: Asked) -> Iterator[Offence]:
    """Certificates and letters name a village and its county only."""
    yield from alone("PN08b", asked)


@check_of_places(
    "PN08c",
    severity=Severity.ERROR,
    source=NAME_REGULATIONS.at("第九条第(八)项"),
    title=Text("街路巷名称在同一建成区不重名", "Streets are alone in their built-up area"),
    message=MESSAGE,
    fix=FIX,
)
def streets_are_alone_in_their_built_up_area(asked: Asked) -> Iterator[Offence]:
    """An ambulance that is sent to one of two streets of one name may come to the other."""
    yield from alone("PN08c", asked)


@check_of_places(
    "PN08d",
    severity=Severity.ERROR,
    source=NAME_REGULATIONS.at("第九条第(八)项"),
    title=Text(
        "住宅区、楼宇名称在同一建成区不重名", "Estates and buildings are alone in their built-up area"
    ),
    message=MESSAGE,
    fix=FIX,
)
def estates_are_alone_in_their_built_up_area(asked: Asked) -> Iterator[Offence]:
    """Letters and visitors find an estate by its name."""
    yield from alone("PN08d", asked)


@check_of_places(
    "PN08e",
    severity=Severity.ERROR,
    source=ZHEJIANG_NAME_MEASURES,
    title=Text("自然村名称在同一乡镇不重名", "Natural villages are alone in their town"),
    message=MESSAGE,
    fix=FIX,
    jurisdiction="33",
)
def natural_villages_are_alone_in_their_town(asked: Asked) -> Iterator[Offence]:
    """Zhejiang demands it since June 2025; addresses in the country are made of the names of natural villages."""
    yield from alone("PN08e", asked, binding=True)


@check_of_places(
    "PN08f",
    severity=Severity.WARNING,
    source=HOUSE_PRACTICE.at("PN08f"),
    title=Text(
        "自然村名称在同一乡镇不宜重名(惯例)", "Natural villages should be alone in their town (custom)"
    ),
    message=MESSAGE,
    fix=FIX,
)
def natural_villages_should_be_alone_in_their_town(asked: Asked) -> Iterator[Offence]:
    """The repealed rules of 1996 demanded it; where no newer rule does, it is still good practice."""
    yield from alone("PN08e", asked, binding=False)


@check_of_places(
    "PN18",
    severity=Severity.NOTE,
    source=HOUSE_PRACTICE.at("PN18"),
    title=Text("相近名称", "Names close to it"),
    message=MESSAGE,
    fix=Text("请核对是否容易混淆", "see whether they are easily confused"),
)
def names_close_to_it_are_shown(asked: Asked) -> Iterator[Offence]:
    """No law forbids 石门古街 beside 石门古道, but whoever decides should know of it."""
    yield from alike(asked)
    yield from apart(asked)
