"""Maps of coverage: communities with and without a service within reach, and with and without enough of it."""

from __future__ import annotations

from collections.abc import Mapping

from gis.text import Lang, Text
from maps.layers import Collection, Feature, Layer, drawn, map_page, placed, unit_layers
from maps.style import COVERAGE, ENOUGH, SITE_GROUPS

TITLE = Text("覆盖图", "Coverage map")
CAPACITY_TITLE = Text("每百户面积图", "Area per hundred households")


def coverage_map(
    communities: Collection, facilities: Collection, lang: Lang, *, units: Collection | None = None, note: str = ""
) -> str:
    """The page of the map; communities have `code`, `name`, `covered`, `facility_name`, `distance_m`.

    `#item-<code>` in the address zooms to a community.
    """
    features = placed(communities)
    layers = [
        Layer(look, [_community(each, covered, lang) for each in features if each["properties"]["covered"] is covered],
              points=True, one_count=True)
        for covered, look in COVERAGE.items()
    ]  # fmt: skip
    look = SITE_GROUPS["services"]
    shown = [drawn(each, look, "", str(each["properties"]["name"]), ()) for each in placed(facilities)]
    for each in shown:
        del each["id"]
    return map_page([*unit_layers(units), *layers, Layer(look, shown, points=True, one_count=True)], lang, TITLE, note,
                    frame=features)  # fmt: skip


def capacity_map(communities: Collection, lang: Lang, *, units: Collection | None = None, note: str = "") -> str:
    """The page of the map; communities have `code`, `name`, `enough`, `households`, `area_m2`, `area_per_100_m2`.

    `#item-<code>` in the address zooms to a community.
    """
    features = placed(communities)
    layers = [
        Layer(look, [_sized(each, lang) for each in features if each["properties"]["enough"] is enough],
              points=True, one_count=True)
        for enough, look in ENOUGH.items()
    ]  # fmt: skip
    return map_page([*unit_layers(units), *layers], lang, CAPACITY_TITLE, note, frame=features)


def _sized(feature: Feature, lang: Lang) -> Mapping[str, object]:
    about = feature["properties"]
    look = ENOUGH[about["enough"]]
    titles = {
        "households": Text("户数", "Households"),
        "area_m2": Text("服务面积(m²)", "Service area (m²)"),
        "area_per_100_m2": Text("每百户(m²)", "Per hundred households (m²)"),
    }
    figures = ((title.in_(lang), "—" if about[name] is None else f"{about[name]:,.0f}") for name, title in titles.items())
    rows = ((Text("结论", "Verdict").in_(lang), look.words.in_(lang)), *figures)
    return drawn(feature, look, f"item-{about['code']}", str(about["name"]), rows)


def _community(feature: Feature, covered: bool, lang: Lang) -> Mapping[str, object]:
    about, look = feature["properties"], COVERAGE[covered]
    far = about["distance_m"]
    rows = (
        (Text("结论", "Verdict").in_(lang), look.words.in_(lang)),
        (Text("最近设施", "Nearest").in_(lang), about["facility_name"] or "—"),
        (Text("直线距离(米)", "Straight line (m)").in_(lang), "" if far is None else f"{far:,.0f}"),
    )
    return drawn(feature, look, f"item-{about['code']}", str(about["name"]), rows)
