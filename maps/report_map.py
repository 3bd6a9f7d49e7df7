"""The map of a report: what was sent, and every finding at its place."""

from __future__ import annotations

from gis.text import Lang, Text
from maps.layers import Collection, Feature, Layer, drawn, map_page, placed, told, unit_layers
from maps.style import SENT, SENT_POINT, SEVERITIES

TITLE = Text("问题位置图", "Where the findings are")
IN_LIST = Text("在列表中查看", "Show in the list")


def report_map(
    findings: Collection, sent: Collection, units: Collection | None, lang: Lang, note: str = ""
) -> str:
    """The page of the report map, framed to what was sent.

    Findings have `n` (their number in the list), `rule`, `severity`, `key` and, as {"zh","en"}, `message` and
    `fix`; `#finding-<n>` in the address zooms to one. What was sent has `code` and `name`; `#item-<code>`
    zooms to the whole record.
    """
    features = placed(sent)
    points = [each for each in features if each["geometry"]["type"].endswith("Point")]
    lines = [each for each in features if each not in points]
    found = placed(findings)
    layers = [
        *unit_layers(units),
        Layer(SENT, [_record(each, lang) for each in lines], one_count=True),
        Layer(SENT_POINT, [_record(each, lang) for each in points], points=True, one_count=True),
        *(
            Layer(
                look,
                [_finding(each, lang) for each in found if _weight(each) == name],
                points=True,
                one_count=True,
            )
            for name, look in SEVERITIES.items()
        ),
    ]
    return map_page(layers, lang, TITLE, note, frame=features or found)


def _weight(finding: Feature) -> str:
    return str(finding["properties"]["severity"])


def _record(feature: Feature, lang: Lang) -> Feature:
    about = feature["properties"]
    point = feature["geometry"]["type"].endswith("Point")
    rows = ((Text("编号", "Code").in_(lang), about["code"]),)
    look = SENT_POINT if point else SENT
    return drawn(feature, look, f"item-{about['code']}", str(about.get("name") or ""), rows)


def _finding(feature: Feature, lang: Lang) -> Feature:
    about = feature["properties"]
    look = SEVERITIES[_weight(feature)]
    rows = (
        (Text("规则", "Rule").in_(lang), about["rule"]),
        (Text("对象", "Record").in_(lang), about.get("key")),
        (Text("问题", "Finding").in_(lang), told(about.get("message"), lang)),
        (Text("怎样改", "How to mend").in_(lang), told(about.get("fix"), lang)),
    )
    hash_ = f"finding-{about['n']}"
    link = (f"#{hash_}", IN_LIST.in_(lang))
    return drawn(feature, look, hash_, look.words.in_(lang), rows, link=link)
