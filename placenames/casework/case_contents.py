"""What a case says, read from what was sent: every field trimmed, bounded and of its kind; nothing else is taken."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

import shapely
from shapely.geometry import shape

from gis import history
from gis.errors import BadInput, not_one_of
from gis.text import keepable
from placenames.casework.cases import ACTIONS, RENAME_REASONS
from placenames.kinds import CODE, Category
from placenames.language import romanise, wording
from placenames.language.sounds import without_tones

MOST_CANDIDATES = 3
LONGEST_NAME, LONGEST_LINE, LONGEST_TEXT = 50, 200, 4000
MOST_POINTS = 50_000
CLASS_CODE = re.compile(r"[12][0-9]{4}")
CHOICES: dict[str, tuple[str, ...]] = {
    "action": tuple(ACTIONS),
    "category": tuple(Category),
    "rename_reason": tuple(RENAME_REASONS),
}
COLUMNS = {"geometry": "geom"}
SIZES = {"land_m2": float, "floor_area_m2": float, "floors": int, "height_m": float, "green_ratio": float,
         "open_ratio": float}  # fmt: skip
"""The size attributes of a place, by which its generic term is judged (m², m, storeys, shares of 1)."""
LARGEST = 1e12
SHAPES = dict.fromkeys(("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"), shape)
"""No features and no collections: a place is one thing of one kind."""
PLAN = "protection_plan"
"""Number of the county government's plan that protects a name of historic value before it is changed (Article 25)."""
SIGNIFICANT = "significant"
"""Whether the name has significant social influence, so that three reports are due (`three_reports`)."""
APPLICANT = ("name", "contact", "certificate", "address")


def read(given: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a case that were sent, `geometry` as `geom`; others are left as they are. Raises BadInput."""
    return {COLUMNS.get(name, name): reads(given[name]) for name, reads in _READERS.items() if name in given}


def spelt(
    candidates: Sequence[Mapping[str, Any]], category: str, before: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Candidates with their parts and their romanization: as sent, or as the rules propose.

    What a person has confirmed stays confirmed only while name and spelling stay the same.
    """
    confirmed = {(each["name"], each["roman"]): each.get("roman_confirmed_by") for each in before}
    found = []
    for each in candidates:
        parts = _parts(each, category)
        roman = (
            each.get("roman")
            or romanise.spell(
                each["name"], specific=parts.specific, generic=parts.generic, category=category
            ).toned
        )
        found.append(
            {
                "name": each["name"],
                "specific": parts.specific,
                "generic": parts.generic,
                "roman": roman,
                "roman_plain": plain(roman),
                "roman_confirmed_by": confirmed.get((each["name"], roman)),
                "reason": each.get("reason") or None,
            }
        )
    return found


def plain(roman: str) -> str:
    """A romanization in capitals and without tones, as exchanges and signs have it."""
    return without_tones(roman).upper()


def applicant(given: Any) -> dict[str, str | None]:
    """Who applies: name, contact, certificate, address; empty when there is no name. Raises BadInput."""
    if not isinstance(given, Mapping):
        if given in (None, ""):
            return {}
        raise BadInput("申请人应为 JSON 对象", "the applicant should be a JSON object")
    found = {name: text(given.get(name), LONGEST_LINE) or None for name in APPLICANT}
    if found["name"] is None and any(found.values()):
        raise BadInput("请填写申请人名称", "the applicant's name is missing")
    return found if found["name"] else {}


def text(given: Any, longest: int) -> str:
    """A text without what no database keeps. Raises BadInput when it is none, or too long."""
    if given is None:
        return ""
    if not isinstance(given, str):
        raise BadInput("应为文字:{given}", "should be a text: {given}", given=str(given)[:40])
    words = keepable(given).strip()
    if len(words) > longest:
        raise BadInput("最多 {n} 个字:{words}…", "at most {n} letters: {words}…", n=longest, words=words[:20])
    return words


def _long_text(given: Any) -> str | None:
    return text(given, LONGEST_TEXT) or None


def _line(given: Any) -> str | None:
    return text(given, LONGEST_LINE) or None


def _choice(name: str, allowed: Sequence[str], given: Any) -> str | None:
    if given in (None, "") and name == "rename_reason":
        return None
    if given not in allowed:
        raise not_one_of(name, given, allowed)
    return str(given)


def _class_code(given: Any) -> str | None:
    code = text(given, LONGEST_LINE)
    if code and not CLASS_CODE.fullmatch(code):
        raise BadInput(
            "类别代码为5位数字,收到“{code}”", "a class code has five digits, not “{code}”", code=code
        )
    return code or None


def _place(given: Any) -> UUID | str | None:
    """A place by its permanent id or its 20-digit code."""
    words = text(given, LONGEST_LINE)
    if not words or CODE.fullmatch(words):
        return words or None
    try:
        return UUID(words)
    except ValueError:
        return words  # a code of another pattern


def _candidates(given: Any) -> list[dict[str, Any]]:
    if not isinstance(given, list) or len(given) > MOST_CANDIDATES:
        raise BadInput("最多提出 {n} 个名称", "up to {n} names may be proposed", n=MOST_CANDIDATES)
    found = [_candidate(each) for each in given]
    found = [each for each in found if each["name"]]
    if len({wording.folded(each["name"]) for each in found}) < len(found):
        raise BadInput("同一名称提了两次", "the same name was proposed twice")
    return found


def _candidate(given: Any) -> dict[str, Any]:
    each = {"name": given} if isinstance(given, str) else given
    if not isinstance(each, Mapping):
        raise BadInput("拟用名称应为文字或 JSON 对象", "a proposed name is a text or a JSON object")
    lengths = {"name": LONGEST_NAME, "specific": LONGEST_NAME, "generic": LONGEST_NAME, "roman": LONGEST_LINE}
    read_ = {name: text(each.get(name), longest) for name, longest in lengths.items()}
    return read_ | {"reason": text(each.get("reason"), LONGEST_TEXT)}


def _parts(each: Mapping[str, Any], category: str) -> wording.Parts:
    """The parts as sent, where they make up the name; else as its wording tells."""
    given = wording.Parts(each.get("specific") or "", each.get("generic") or "")
    return given if given.specific + given.generic == each["name"] else wording.split(each["name"], category)


def _attributes(given: Any) -> dict[str, float | int | str | bool]:
    if not isinstance(given, Mapping):
        raise BadInput("规模属性应为 JSON 对象", "the attributes should be a JSON object")
    unknown = sorted(str(name) for name in given if name not in (*SIZES, PLAN, SIGNIFICANT))
    if unknown:
        raise BadInput("没有属性 {name}", "there is no attribute {name}", name=unknown[0][:40])
    sizes = {
        name: _size(name, value) for name, value in given.items() if name in SIZES and value not in (None, "")
    }
    plan = text(given.get(PLAN), LONGEST_LINE)
    influence = {SIGNIFICANT: True} if _yes(given.get(SIGNIFICANT)) else {}
    return sizes | ({PLAN: plan} if plan else {}) | influence


def _yes(given: Any) -> bool:
    """Yes or no, as programs (true) and forms (yes) say it. Raises BadInput."""
    if given in (None, "", False, "no"):
        return False
    if given in (True, "yes"):
        return True
    raise BadInput("significant 应为 true 或 false", "significant should be true or false")


def _size(name: str, given: Any) -> float | int:
    try:
        number: float | int = SIZES[name](given)
    except (TypeError, ValueError, OverflowError) as problem:
        raise BadInput("{name} 应为数字", "{name} should be a number", name=name) from problem
    if not 0 <= number < LARGEST:
        raise BadInput("{name} 应为不小于零的数字", "{name} should be a number from zero on", name=name)
    return number


def _geometry(given: Any) -> str | None:
    """A GeoJSON geometry (EPSG:4490, lon lat, °) as the tables take it. Raises BadInput."""
    if given in (None, ""):
        return None
    try:
        said = json.loads(given) if isinstance(given, str) else given
        ground = SHAPES[said["type"]](said)
        number = shapely.get_num_coordinates(ground)
    except (
        ValueError,
        TypeError,
        AttributeError,
        KeyError,
        IndexError,
        RecursionError,
        shapely.errors.ShapelyError,
    ) as problem:
        raise BadInput(
            "图形应为 GeoJSON 的点、线或面(可有多个部分)", "the geometry should be GeoJSON: points, lines or areas"
        ) from problem
    west, south, east, north = ground.bounds if number else (0.0, 0.0, 0.0, 0.0)
    if not 0 < number <= MOST_POINTS or not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise BadInput(
            "图形应有 1 至 {n} 个点,坐标为经纬度(度)", "a geometry has 1 to {n} points in degrees of longitude and latitude",
            n=MOST_POINTS,
        )  # fmt: skip
    if not ground.is_valid:
        why = shapely.is_valid_reason(ground)
        raise BadInput("图形自相交或不完整:{why}", "the geometry is not valid: {why}", why=why)
    return history.stored(ground)


_READERS: dict[str, Callable[[Any], Any]] = {
    **{name: partial(_choice, name, allowed) for name, allowed in CHOICES.items()},
    **dict.fromkeys(("reason", "origin", "meaning", "position"), _long_text),
    "class_code": _class_code,
    "unit": _line,
    "place": _place,
    "candidates": _candidates,
    "attributes": _attributes,
    "geometry": _geometry,
}
