"""What is cited reads in English on English pages, and what an office wrote stays as it wrote it."""

from __future__ import annotations

import re

import pytest

from api import street
from gis import sources
from gis.citations import in_english
from gis.intake.rules import RULES
from gis.sources import Source
from placenames import shipped
from placenames.casework import report_screening
from placenames.checks import place_code_rules
from placenames.sites import zone_distances

assert street.REGISTERS
CHINESE = re.compile("[\u4e00-\u9fff]")
DOCUMENT = re.compile("[\u4e00-\u9fff]*〔[0-9]+〕[\u4e00-\u9fff]*[0-9]+号")
MODULES = (sources, report_screening, place_code_rules, zone_distances)
SHIPPED = {each.citation for module in MODULES for each in vars(module).values() if isinstance(each, Source)}
CITED = SHIPPED | {rule.source.citation for rule in RULES.values()} | {
    shipped.sourced(row["key"], "S").citation for row in shipped.rows("sources.csv")
}  # fmt: skip


@pytest.mark.parametrize("citation", sorted(CITED))
def test_whatever_is_shipped_is_cited_in_english_but_for_numbers_of_documents(citation: str):
    said = in_english(citation)
    assert not CHINESE.search(DOCUMENT.sub("", said)), said
    assert not re.search(r"\d[a-z]{3}|[a-z]\(|\( |  | [),;]", said), said


@pytest.mark.parametrize(
    ("citation", "said"),
    [("地名管理条例(国务院令第753号) 第十条、第二十五条",
      "Regulations on Place Names (State Council Order No. 753) Art. 10, Art. 25"),
     ("地名管理条例(国务院令第753号) 第九条第(十)项",
      "Regulations on Place Names (State Council Order No. 753) Art. 9 (10)"),
     ("殡葬管理条例(2026年修订,条文未能读到)",
      "Regulations on Funerals and Interment (revised 2026, articles could not be read)"),
     ("样市墓园办法", "样市墓园办法")],
)  # fmt: skip
def test_articles_and_notes_read_as_people_write_them(citation: str, said: str):
    assert in_english(citation) == said
    assert Source(citation, "", None, "A").words.as_dict() == {"zh": citation, "en": said}
