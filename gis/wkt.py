"""The text of a coordinate system (.prj), taken apart into its numbers.

Own reader instead of PROJ's, because surveyors' texts are cut, upper-cased or lack a datum, and because the
numbers decide, not the names. Reads WKT 1 (ESRI, OGC) and WKT 2. Angles in °, lengths in m.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isclose, pi

LONGEST = 20_000
DEEPEST = 40
TOKEN = re.compile(r'"(?:[^"]|"")*"|[A-Za-z_]\w*|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[\[\](),]')
GEOGRAPHIC = {"GEOGCS", "GEOGCRS", "GEODCRS", "GEODETICCRS", "GEOGRAPHICCRS", "BASEGEOGCRS", "BASEGEODCRS"}
PROJECTED = {"PROJCS", "PROJCRS", "PROJECTEDCRS"}
GAUSS = {"gausskruger", "transversemercator", "gausskrueger"}
PARAMETERS = {
    "centralmeridian": "meridian", "longitudeofnaturalorigin": "meridian", "longitudeoforigin": "meridian",
    "falseeasting": "easting", "falsenorthing": "northing", "scalefactor": "scale",
    "scalefactoratnaturalorigin": "scale", "latitudeoforigin": "latitude",
    "latitudeofnaturalorigin": "latitude",
}  # fmt: skip


@dataclass(frozen=True)
class Node:
    """One bracket of the text: its word, its plain values, and the brackets inside."""

    word: str
    values: list[str | float] = field(default_factory=list)
    inside: list[Node] = field(default_factory=list)

    def child(self, *words: str) -> Node | None:
        """The first bracket directly inside that bears one of these words."""
        return next((each for each in self.inside if each.word in words), None)

    def find(self, words: set[str]) -> Node | None:
        """The first bracket bearing one of these words, itself or at any depth."""
        return next((each for each in self.walk() if each.word in words), None)

    def walk(self) -> Iterator[Node]:
        """Itself and everything inside, in the order of the text."""
        yield self
        for each in self.inside:
            yield from each.walk()

    @property
    def name(self) -> str:
        """Its first value when that is a name."""
        return self.values[0] if self.values and isinstance(self.values[0], str) else ""

    def number(self, place: int) -> float | None:
        """One of its values when that is a number."""
        value = self.values[place] if len(self.values) > place else None
        return value if isinstance(value, float) else None


@dataclass(frozen=True)
class Definition:
    """What a text says of its system. Lengths in m, angles in °; None where the text is silent."""

    name: str
    geographic_name: str
    datum_name: str
    projected: bool
    axis: float | None
    """Semi-major axis of the ellipsoid."""
    flattening: float | None
    """1/f."""
    gauss: bool
    """Projected by Gauss-Krüger (transverse Mercator)."""
    plain_units: bool
    """Metres, degrees, Greenwich."""
    stated: int | None
    """The EPSG code the text itself claims."""
    numbers: dict[str, float]
    """meridian, easting, northing, scale, latitude: as far as given."""


def read(text: str) -> Definition | None:
    """The numbers of a coordinate system; None when the text is not one."""
    root = parse(text)
    whole = None if root is None else root.find(PROJECTED | GEOGRAPHIC)
    base = None if whole is None else whole.find(GEOGRAPHIC)
    if whole is None or base is None:
        return None
    datum = base.child("DATUM", "GEODETICDATUM", "ENSEMBLE", "TRF")
    ellipsoid = None if datum is None else datum.child("SPHEROID", "ELLIPSOID")
    projected = whole.word in PROJECTED
    method = whole.find({"PROJECTION", "METHOD"})
    return Definition(
        name=whole.name,
        geographic_name=base.name,
        datum_name="" if datum is None else datum.name,
        projected=projected,
        axis=None if ellipsoid is None else ellipsoid.number(1),
        flattening=None if ellipsoid is None else ellipsoid.number(2),
        gauss=projected and method is not None and plain(method.name) in GAUSS,
        plain_units=_units_are_plain(whole, base, projected),
        stated=_stated_code(whole),
        numbers=_numbers(whole),
    )


def plain(name: str) -> str:
    """A name without case, spaces and punctuation, for comparing."""
    return re.sub(r"[\W_]+", "", name).lower()


def parse(text: str) -> Node | None:
    """The brackets of the text as a tree; None when it is no such text (too long, too deep, not closed)."""
    text = text.strip().lstrip("\ufeff").strip()
    if len(text) > LONGEST or not re.match(r"[A-Za-z_]\w*\s*[\[(]", text):
        return None
    top = Node("")
    open_nodes = [top]
    word = ""
    for mark in TOKEN.findall(text):
        if mark in "[(":
            node = Node(word.upper())
            open_nodes[-1].inside.append(node)
            open_nodes.append(node)
        elif mark in "])":
            open_nodes.pop()
        elif mark[0] == '"':
            open_nodes[-1].values.append(mark[1:-1])
        elif mark[0].isalpha() or mark[0] == "_":
            word = mark
        elif mark != ",":
            open_nodes[-1].values.append(float(mark))
        if not open_nodes or len(open_nodes) > DEEPEST:
            return None
    return top.inside[0] if len(open_nodes) == 1 and top.inside else None


def _numbers(whole: Node) -> dict[str, float]:
    found: dict[str, float] = {}
    for each in whole.walk():
        if each.word == "PARAMETER":
            meaning, value = PARAMETERS.get(plain(each.name)), each.number(1)
            if meaning is not None and value is not None:
                found.setdefault(meaning, value)
    return found


def _units_are_plain(whole: Node, base: Node, projected: bool) -> bool:
    prime = base.child("PRIMEM", "PRIMEMERIDIAN") or whole.child("PRIMEM", "PRIMEMERIDIAN")
    if prime is not None and prime.number(1) not in (0.0, None):
        return False
    angle = base.child("UNIT", "ANGLEUNIT")
    if angle is not None and not isclose(angle.number(1) or 0, pi / 180, rel_tol=1e-9):
        return False
    length = (whole.child("UNIT", "LENGTHUNIT") or whole.find({"LENGTHUNIT"})) if projected else None
    return length is None or length.number(1) == 1.0


def _stated_code(whole: Node) -> int | None:
    authority = whole.child("AUTHORITY", "ID")
    if authority is None or authority.name.upper() != "EPSG":
        return None
    code = authority.values[-1]
    return int(float(code)) if re.fullmatch(r"\d+(\.0)?", str(code)) else None
