"""Rules about what a survey does to what is agreed: roles that fit, agreements that stand, markers that come along."""

from __future__ import annotations

from collections.abc import Iterator

from boundaries.outlook import outlook
from boundaries.successors import related_lines
from gis.codes import parent_of
from gis.intake.rules import Offence, Severity, Survey, rule
from gis.sources import HOUSE_PRACTICE, LINE_REGULATIONS
from gis.text import Text


@rule(
    "A08",
    "lines",
    severity=Severity.ERROR,
    source=HOUSE_PRACTICE.at("A08"),
    title=Text("外围界线的一侧在县外", "An outer line has one side outside the county"),
    message=Text(
        "界线 {line} 填为外围界线,但两侧都是本县单位",
        "line {line} is said to be outer, but both its sides are units of the county",
    ),
    fix=Text(
        "角色改为 inner(县内界线),或改正两侧的单位代码",
        "make its role inner, or correct the codes of its sides",
    ),
)
def outer_lines_have_one_side_outside(survey: Survey) -> Iterator[Offence]:
    """A line between two towns that passes for the outline would drop out of every check and every count."""
    view = outlook(survey)
    sent = view.lines[view.lines["sent"] & (view.lines["role"] == "outer")]
    for position in sent.index.tolist():
        line = sent.loc[position]
        if _same_parent(survey, line["left"], line["right"]):
            yield Offence("lines", line["row"], line["geometry"], {"line": view.line(position)})


@rule(
    "A09",
    "lines",
    "tri_junctions",
    severity=Severity.ERROR,
    source=LINE_REGULATIONS.at("第九条"),
    title=Text("已定界的不退回工作界", "What is agreed does not become working again"),
    message=Text("{code} 已定界,报送中却不是已定界", "{code} is agreed in force, but not in what was sent"),
    fix=Text(
        "性质填为已定界(600001);确需撤销的,依批准文件办理区划变更",
        "send it as agreed; to undo an agreement takes an approved change of divisions",
    ),
)
def agreements_stand(survey: Survey) -> Iterator[Offence]:
    """An agreement that was approved and published is not undone by an upload."""
    for name in ("lines", "tri_junctions"):
        sheet, standing = survey.sheet(name), survey.in_force.get(name)
        if sheet is None or standing is None or standing.empty:
            continue
        agreed = set(standing.loc[standing["status"] == "agreed", "code"])
        for _, record in sheet[sheet["code"].isin(agreed) & (sheet["status"] != "agreed")].iterrows():
            place = None if record.geometry is None or record.geometry.is_empty else record.geometry
            yield Offence(
                name, int(record["row"]), place, {"code": record["name"] or record["code"]}
            )


@rule(
    "M09",
    "lines",
    "markers",
    severity=Severity.ERROR,
    source=HOUSE_PRACTICE.at("M09"),
    title=Text("改编号的界线带上它的界桩", "A re-coded line brings its markers along"),
    message=Text(
        "界线 {old} 改编为 {code},它的 {count} 个界桩没有一并报送",
        "line {old} becomes {code}, but {count} of its markers were not sent along",
    ),
    fix=Text("把这些界桩改写新的界线编号后一并报送", "send these markers with the new line code"),
)
def markers_follow_their_line(survey: Survey) -> Iterator[Offence]:
    """A marker whose line is no longer in force belongs to nothing."""
    lines, standing, stones = (
        survey.sheet("lines"),
        survey.in_force.get("lines"),
        survey.in_force.get("markers"),
    )
    if lines is None or standing is None or stones is None or standing.empty or stones.empty:
        return
    sent = survey.sheet("markers")
    sent_codes = set() if sent is None else set(sent["code"])
    for pair in related_lines(lines, standing, survey.settings).itertuples():
        left = stones[(stones["line"] == pair.old) & ~stones["code"].isin(sent_codes)]
        if len(left):
            line = lines[lines["code"] == pair.code].iloc[0]
            values = {"old": pair.old, "code": pair.code, "count": len(left)}
            yield Offence("lines", int(line["row"]), line.geometry, values)


def _same_parent(survey: Survey, left: str, right: str) -> bool:
    parents = {parent_of(code, survey.settings) for code in (left, right) if code}
    return bool(left and right) and len(parents) == 1 and None not in parents
