"""From a layer as sent to a layer in its place: in EPSG:4490, with everything said about it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from gis import crs, magnitudes, provinces, shapes
from gis.crs import Geometries, Identified, Kind
from gis.errors import UnreadableFile
from gis.magnitudes import Doubt
from gis.readings import (
    Answers,
    Draft,
    Layer,
    Remark,
    RowProblem,
    Verdict,
    note,
    question,
    refusal,
    summed_up,
    warning,
)
from gis.text import Text, keepable


@dataclass(frozen=True)
class Standing:
    """Where a layer stands: as sent, or in EPSG:4490."""

    geometries: Geometries
    problems: list[RowProblem]
    remarks: list[Remark] = field(default_factory=list)
    accuracy_m: float | None = None
    placed: bool = False


@np.errstate(all="ignore")
def settle(file: str, draft: Draft, answers: Answers) -> Layer:
    """A draft brought to EPSG:4490; its geometry stays as sent when it cannot be taken yet.

    Broken numbers are expected here and reported row by row, not as warnings of the arithmetic.
    """
    geometries, problems, dropped = _usable(draft)
    system, said = _chosen(draft.system, answers)
    sent = Standing(geometries, problems)
    province = provinces.home(draft.columns)
    doubt = _doubt(system, geometries, province, chosen=answers.crs is not None)
    standing = sent
    if doubt is None and system is not None:
        standing, doubt = _stand(sent, draft.rows, system, province)
    remarks = [*draft.remarks, *dropped, *said, *standing.remarks]
    remarks += [] if doubt is None else [doubt.remark]
    remarks += [_of_rows(standing.problems)] if standing.problems else []
    verdict, reason, notes = summed_up(remarks)
    return Layer(
        file=file,
        name=draft.name,
        frame=_frame(draft, standing),
        geometry_type=shapes.type_of(standing.geometries, draft.geometry_type),
        crs=None if system is None else system.code,
        crs_words=Text("未说明", "not stated") if system is None else system.words,
        encoding=draft.encoding,
        verdict=verdict,
        reason=reason,
        notes=notes,
        row_problems=tuple(sorted(standing.problems, key=lambda each: each.row)),
        crs_choices=() if doubt is None else doubt.choices,
        sample=draft.sample,
        accuracy_m=standing.accuracy_m,
    )


@np.errstate(all="ignore")
def settle_more(draft: Draft, answers: Answers) -> tuple[gpd.GeoDataFrame, list[RowProblem]]:
    """Further rows of a layer that was settled by its first ones: brought to EPSG:4490, and what is wrong with them.

    Raises UnreadableFile when there is no way from their coordinate system.
    """
    geometries, problems, _ = _usable(draft)
    standing = Standing(geometries, problems, placed=True)
    system, _ = _chosen(draft.system, answers)
    if system is not None and any(each is not None for each in geometries):
        standing, doubt = _stand(standing, draft.rows, system, None)
        if not standing.placed and doubt is not None:
            raise UnreadableFile(doubt.remark.text.zh, doubt.remark.text.en)
    return _frame(draft, standing), sorted(standing.problems, key=lambda each: each.row)


def _usable(draft: Draft) -> tuple[Geometries, list[RowProblem], list[Remark]]:
    """The shapes of a draft, what is wrong with single rows, and what was dropped from all of them."""
    geometries, problems = shapes.from_wkb(draft.geometries, draft.rows)
    if draft.placeless:
        problems = [each for each in problems if each.text is not shapes.NO_GEOMETRY]
    geometries, dropped = shapes.flattened(geometries)
    return geometries, [*draft.problems, *problems, *shapes.invalid(geometries, draft.rows)], dropped


def _chosen(stated: Identified | None, answers: Answers) -> tuple[Identified | None, list[Remark]]:
    """The system to use: what the sender chose, else what the file says."""
    if answers.crs is None:
        return stated, []
    chosen = crs.identify(answers.crs)
    if stated is None or stated.source == chosen.source:
        return chosen, []
    return chosen, [
        warning(
            f"按您的选择采用 {chosen.words.zh},文件中写的是 {stated.words.zh}",
            f"read as {chosen.words.en}, as you chose; the file says {stated.words.en}",
        )
    ]


def _doubt(
    system: Identified | None, geometries: Geometries, province: str | None, *, chosen: bool
) -> Doubt | None:
    """Why the layer cannot be placed in the system, if so."""
    if system is None:
        return magnitudes.proposal(geometries, province)
    if system.kind is Kind.REFUSED:
        return Doubt(_no_public_way(system))
    if system.kind is Kind.LOCAL:
        return Doubt(_not_registered(system), magnitudes.likely_instead_of_local(geometries))
    if system.kind is Kind.UNKNOWN:
        return Doubt(_not_registered(system), magnitudes.proposal(geometries, province).choices)
    doubt = magnitudes.doubt(system, geometries)
    return replace(doubt, remark=replace(doubt.remark, verdict=Verdict.ASK)) if doubt and chosen else doubt


def _stand(
    sent: Standing, rows: NDArray[np.int64], system: Identified, province: str | None
) -> tuple[Standing, Doubt | None]:
    """The layer brought to EPSG:4490, and what speaks against the place where it came to lie."""
    try:
        placed, accuracy = crs.to_cgcs2000(sent.geometries, system)
    except UnreadableFile as problem:
        return sent, Doubt(Remark(Verdict.REJECT, problem.text))
    placed, lost = shapes.within_reach(placed, rows)
    marks = np.array([each.geometry for each in sent.problems], dtype=object)
    if len(marks):
        marks = crs.to_cgcs2000(marks, system)[0]
    moved = [replace(each, geometry=mark) for each, mark in zip(sent.problems, marks, strict=True)]
    remarks = [] if system.kind is Kind.CGCS2000 else [_of_accuracy(system, accuracy)]
    before, after = magnitudes.typical(sent.geometries), magnitudes.typical(placed)
    doubt = magnitudes.far_from_home(system, before, after, province)
    return Standing(placed, moved + lost, remarks, accuracy, placed=True), doubt


def _no_public_way(system: Identified) -> Remark:
    return refusal(
        f"{system.words.zh}与 CGCS2000 之间没有公开的转换参数,请用本省参数转换为 CGCS2000 后再报送",
        f"there is no public transformation from {system.words.en} to CGCS2000; convert the data with your "
        "province's parameters first",
    )


def _not_registered(system: Identified) -> Remark:
    return question(
        f"坐标系不在登记之列:{system.words.zh};请选择坐标系,地方坐标系请先转换为 CGCS2000",
        f"the coordinate system is not a registered one: {system.words.en}; choose the system, or convert a "
        "local grid to CGCS2000 first",
    )


def _of_rows(problems: list[RowProblem]) -> Remark:
    blocked = sum(each.blocking for each in problems)
    first = min(problems, key=lambda each: each.row)
    return warning(
        f"{len(problems)} 处行级问题,其中 {blocked} 处使该行无法采用;第 {first.row} 行:{first.text.zh}",
        f"problems in single rows: {len(problems)}, of which {blocked} make their row unusable; "
        f"row {first.row}: {first.text.en}",
    )


def _of_accuracy(system: Identified, accuracy: float | None) -> Remark:
    zh = "误差不明,请核对位置" if accuracy is None else f"误差约 {accuracy:g} 米"
    en = "how well is not known, check the place" if accuracy is None else f"good to about {accuracy:g} m"
    return note(
        f"由 {system.words.zh} 换算为 CGCS2000,{zh}", f"converted from {system.words.en} to CGCS2000, {en}"
    )


def _frame(draft: Draft, standing: Standing) -> gpd.GeoDataFrame:
    columns: dict[str, Any] = {title: _keepable(values) for title, values in draft.columns.items()}
    columns["row"] = draft.rows
    return gpd.GeoDataFrame(columns, geometry=standing.geometries, crs=crs.OURS if standing.placed else None)


def _keepable(values: NDArray[Any]) -> NDArray[Any]:
    if values.dtype != object:
        return values
    return np.array([keepable(each) if isinstance(each, str) else each for each in values], dtype=object)
