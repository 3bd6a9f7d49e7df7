"""Sheets: the layers of a map drawn on paper by the server, with title, legend, scale bar, north arrow and note.

They are drawn in the looks of the maps. Types that look alike on a map, where popups tell them apart, bear numbers here.
Nothing is fetched, and a PDF carries its letters with it.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any

import matplotlib as mpl
import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import EllipseCollection, LineCollection, PathCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import findSystemFonts, fontManager
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon, Rectangle
from matplotlib.path import Path
from matplotlib.patheffects import withStroke
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from gis.errors import Unavailable
from gis.text import Lang, Text
from maps.layers import Feature, Layer
from maps.sheet_measures import PAPERS, Frame, frame_around, round_length, told_length
from maps.style import Look

DOTS_PER_INCH = 150
FONTS = ("Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Droid Sans Fallback")
"""Letters that know Chinese, in Chinese forms, the best first."""
MARGIN, HEAD, FOOT, LEGEND, GAP = 10.0, 18.0, 8.0, 68.0, 4.0
"""Room on the paper (mm)."""
INK, SOFT = "#18181b", "#595959"
PT_PER_PX = 0.5
"""Strokes of maps are meant for screens; on paper they are finer."""
LINE_MM, FULL_LINES = 5.2, 30
"""The height of a line of the legend; more lines than fit stand closer."""
NUMBERED_UP_TO = 1500
"""More points than this are drawn small and bear no numbers."""
LEGEND_WORDS, SCALE = Text("图例", "Legend"), Text("比例尺约 1:{n}(按原大打印)", "Scale about 1:{n} (printed at full size)")

_turn = Lock()
"""Matplotlib's fonts and settings are shared by all threads."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on a sheet beside its layers: title, what it shows, the note, and what it is about."""

    title: str
    told: str
    note: str
    layers: Sequence[Layer]
    about: Sequence[Feature]
    """What the sheet is as large as; empty: everything."""


def sheet_of(sheet: Sheet, lang: Lang, *, form: str = "pdf", paper: str = "A4") -> bytes:
    """The sheet as a file, `form` png or pdf. Raises `Unavailable` where no font knows Chinese."""
    settings: Any = {"font.family": [letters()], "pdf.fonttype": 42}
    with _turn, mpl.rc_context(settings):
        width, height = PAPERS[paper]
        figure = Figure(figsize=(width / 25.4, height / 25.4))
        _draw(figure, sheet, lang, width, height)
        out = io.BytesIO()
        if form == "png":
            figure.savefig(out, format="png", dpi=DOTS_PER_INCH)
        else:
            figure.savefig(out, format="pdf", metadata={"Title": sheet.title, "Subject": sheet.told, "Creator": "Jiezhi"})
    return out.getvalue()


@cache
def letters() -> str:
    """The name of a font that knows Chinese. Raises `Unavailable` when this machine has none."""
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    if not _known():
        for path in findSystemFonts():  # installed after Matplotlib made its list
            if any(part in path for part in ("CJK", "HanSans", "wqy", "Droid")):
                fontManager.addfont(path)
    for name in FONTS:
        if name in _known():
            return name
    raise Unavailable(
        "服务器上没有中文字体,不能出图;请安装软件包 {package}",
        "this server has no Chinese font to draw with; install the package {package}",
        package="fonts-noto-cjk",
    )


def _known() -> set[str]:
    return {each.name for each in fontManager.ttflist} & set(FONTS)


def _draw(figure: Figure, sheet: Sheet, lang: Lang, width: float, height: float) -> None:
    room = (MARGIN, MARGIN + FOOT, width - 2 * MARGIN - LEGEND - GAP, height - 2 * MARGIN - HEAD - FOOT)
    about = sheet.about or [each for layer in sheet.layers for each in layer.features]
    frame = frame_around([shape(each["geometry"]) for each in about if each.get("geometry")], room[2], room[3])
    axes = figure.add_axes((room[0] / width, room[1] / height, room[2] / width, room[3] / height))
    axes.set(xlim=(frame.west, frame.east), ylim=(frame.south, frame.north), xticks=[], yticks=[], facecolor="#f4f5f7")
    numbers = _numbers(sheet.layers)
    for depth, layer in enumerate(sheet.layers):
        _draw_layer(axes, layer, frame, numbers.get(depth), depth + 1)
    page = figure.add_axes((0, 0, 1, 1), facecolor="none", zorder=5)
    page.set(xlim=(0, width), ylim=(0, height))
    page.axis("off")
    _draw_head(page, sheet, width, height)
    _draw_legend(page, sheet, lang, numbers, width - MARGIN - LEGEND, height - MARGIN - HEAD)
    _draw_scale(page, frame, lang, MARGIN + 5, MARGIN + FOOT + 5)
    _draw_north(page, MARGIN + room[2] - 9, MARGIN + FOOT + room[3] - 18)
    _write(page, MARGIN, MARGIN, sheet.note, fontsize=8, color=SOFT, va="bottom")


def _write(axes: Axes, x: float, y: float, said: str, **look: Any) -> None:
    """Text as it is: names may hold what Matplotlib would take for a formula."""
    axes.text(x, y, said, parse_math=False, **look)


# ---- the ground and what stands on it


def _numbers(layers: Sequence[Layer]) -> dict[int, int]:
    """The numbers of the layers of sites, by their place among the layers."""
    kinds = [depth for depth, layer in enumerate(layers) if layer.points and layer.listed and not _is_reach(layer)]
    if sum(len(layers[depth].features) for depth in kinds) > NUMBERED_UP_TO:
        return {}
    return {depth: number for number, depth in enumerate(kinds, 1)}


def _is_reach(layer: Layer) -> bool:
    return any("metres" in each["properties"] for each in layer.features[:1])


def _draw_layer(axes: Axes, layer: Layer, frame: Frame, number: int | None, depth: int) -> None:
    if layer.pane == "labels":
        _draw_names(axes, layer.features, frame)
        return
    shapes = [shape(each["geometry"]) for each in layer.features]
    points = [each for each in shapes if each.geom_type == "Point"]
    if _is_reach(layer):
        _draw_reach(axes, layer, frame, points, depth)
    elif points:
        _draw_points(axes, layer.look, points, number, depth)
    areas = [each for each in shapes if each.geom_type.endswith("Polygon")]
    if areas:
        axes.add_collection(PathCollection([_path(each) for each in areas], zorder=depth, **_brush(layer.look)))
    lines = [np.asarray(part.coords) for each in shapes if each.geom_type.endswith("LineString") for part in _parts(each)]
    if lines:
        stroke = {name: value for name, value in _brush(layer.look).items() if name != "facecolors"}
        axes.add_collection(LineCollection(lines, zorder=depth, **stroke))


def _draw_points(axes: Axes, look: Look, points: Sequence[BaseGeometry], number: int | None, depth: int) -> None:
    x, y = shapely.get_coordinates(points).T
    size = 72 if number else 12
    axes.scatter(x, y, s=size, zorder=depth, **_brush(look))
    if number:
        size = 16 if number < 10 else 30
        axes.scatter(x, y, s=size, marker=f"${number}$", zorder=depth, color=look.colour, linewidths=0.2)


def _draw_reach(axes: Axes, layer: Layer, frame: Frame, points: Sequence[BaseGeometry], depth: int) -> None:
    metres = [2.0 * each["properties"]["metres"] for each in layer.features]
    wide, high = np.array(metres) / frame.east_m, np.array(metres) / frame.north_m
    at = shapely.get_coordinates(points)
    placed: Any = {"units": "xy", "offsets": at, "offset_transform": axes.transData}
    axes.add_collection(EllipseCollection(wide, high, np.zeros(len(at)), zorder=depth, **placed, **_brush(layer.look)))


def _draw_names(axes: Axes, names: Sequence[Feature], frame: Frame) -> None:
    """Names of units, the largest first, each where there is room for it."""
    taken: list[BaseGeometry] = []
    for each in names:
        (x, y), said = each["geometry"]["coordinates"], each["properties"]["label"]
        box = shapely.box(x - frame.mm(1.7 * len(said)), y - frame.mm(2), x + frame.mm(1.7 * len(said)), y + frame.mm(2))
        if frame.box.contains(box) and not any(box.intersects(other) for other in taken):
            taken.append(box)
            halo = [withStroke(linewidth=2, foreground="white")]
            _write(axes, x, y, said, fontsize=8, color="#434343", ha="center", va="center", zorder=90, path_effects=halo)


def _brush(look: Look) -> dict[str, Any]:
    """A look as Matplotlib's collections take it."""
    dash = [float(each) * PT_PER_PX for each in look.dash.split()]
    fill = mpl.colors.to_rgba(look.fill_colour or look.colour, look.fill)
    return {
        "edgecolors": look.colour, "facecolors": [fill], "linewidths": look.weight * PT_PER_PX,
        "linestyles": [(0, tuple(dash)) if dash else "solid"],
    }  # fmt: skip


def _path(area: BaseGeometry) -> Path:
    rings = [ring for part in _parts(area) for ring in (part.exterior, *part.interiors)]
    return Path.make_compound_path(*(Path(np.asarray(ring.coords)[:, :2], closed=True) for ring in rings))


def _parts(whole: BaseGeometry) -> Iterable[Any]:
    return list(getattr(whole, "geoms", [whole]))


# ---- what stands around the map (mm)


def _draw_head(page: Axes, sheet: Sheet, width: float, height: float) -> None:
    _write(page, width / 2, height - MARGIN, sheet.title, fontsize=18, color=INK, ha="center", va="top")
    _write(page, width / 2, height - MARGIN - 10, sheet.told, fontsize=9, color=SOFT, ha="center", va="top")


def _draw_legend(page: Axes, sheet: Sheet, lang: Lang, numbers: dict[int, int], left: float, top: float) -> None:
    listed = [(depth, layer) for depth, layer in enumerate(sheet.layers) if layer.listed]
    step = LINE_MM * min(1, FULL_LINES / max(len(listed), 1))
    _write(page, left, top, LEGEND_WORDS.in_(lang), fontsize=11, color=INK, va="top")
    for place, (depth, layer) in enumerate(listed):
        y = top - 10 - place * step
        _draw_mark(page, layer, numbers.get(depth), left + 4, y)
        _write(page, left + 11, y, layer.look.words.in_(lang), fontsize=7.5, color=INK, va="center_baseline")
        _write(page, left + LEGEND, y, str(len(layer.features)), fontsize=7.5, color=INK, va="center_baseline", ha="right")


def _draw_mark(page: Axes, layer: Layer, number: int | None, x: float, y: float) -> None:
    look, brush = layer.look, _brush(layer.look)
    stroke: Any = {"linewidth": brush["linewidths"], "linestyle": brush["linestyles"][0]}
    if layer.points and not _is_reach(layer):
        _draw_points(page, look, [shapely.Point(x, y)], number, 1)
    elif look.fill:
        (fill,) = brush["facecolors"]
        page.add_patch(Rectangle((x - 3, y - 1.5), 6, 3, facecolor=fill, edgecolor=look.colour, **stroke))
    else:
        page.add_line(Line2D([x - 4, x + 4], [y, y], color=look.colour, **stroke))


def _draw_scale(page: Axes, frame: Frame, lang: Lang, x: float, y: float) -> None:
    """A bar of two halves, round in metres, with the scale in numbers above it."""
    metres = round_length(45 * frame.metres_per_mm)
    long = metres / frame.metres_per_mm
    said = SCALE.fill(n=f"{round(frame.metres_per_mm * 1000, -2):,.0f}").in_(lang)
    page.add_patch(Rectangle((x - 3, y - 3), max(long + 14, 58), 14, facecolor="white", alpha=0.85, edgecolor="none"))
    for half, colour in ((0, INK), (1, "white")):
        page.add_patch(Rectangle((x + half * long / 2, y), long / 2, 1.6, facecolor=colour, edgecolor=INK, linewidth=0.6))
    for share in (0.0, 0.5, 1.0):
        _write(page, x + share * long, y + 2.4, told_length(share * metres, metres), fontsize=7, color=INK, ha="center")
    _write(page, x - 1, y + 6.8, said, fontsize=7, color=INK)


def _draw_north(page: Axes, x: float, y: float) -> None:
    """North is up: the map has straight meridians."""
    for side, colour in ((-3, INK), (3, "white")):
        corners = [(x, y + 10), (x + side, y), (x, y + 2.5)]
        page.add_patch(Polygon(corners, closed=True, facecolor=colour, edgecolor=INK, linewidth=0.6))
    halo = [withStroke(linewidth=2, foreground="white")]
    _write(page, x, y + 10.8, "N", fontsize=10, color=INK, ha="center", path_effects=halo)
