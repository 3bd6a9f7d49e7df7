"""A little made-up ground for map tests: two townships, two lines, and a name that tries to be a script."""

EVIL = "<script>alert(1)</script>{{ 7*7 }}'\"&"
NOTE = "审图号:样S(2026)001号 · CGCS2000"


def feature(form, coordinates, **about):
    """A GeoJSON feature."""
    return {"type": "Feature", "geometry": {"type": form, "coordinates": coordinates}, "properties": about}


def collection(*features):
    """A GeoJSON collection."""
    return {"type": "FeatureCollection", "features": list(features)}


def square(west, south, size=0.1):
    """The ring of a square, in degrees."""
    east, north = west + size, south + size
    return [[[west, south], [east, south], [east, north], [west, north], [west, south]]]


UNITS = collection(
    feature("Polygon", square(110.0, 30.0), code="990101001", name="云台镇"),
    feature("MultiPolygon", [square(110.1, 30.0), square(110.3, 30.0, 0.02)], code="990101002", name=EVIL),
)
LINE = [[110.1, 30.0], [110.1, 30.05], [110.1, 30.1]]
ITEMS = collection(
    feature("LineString", LINE, code="L1", name=EVIL, milestone="agreed", km=11.1),
    feature("Point", LINE[0], code="T1", name="三交点1", milestone="planned"),
    {"type": "Feature", "geometry": None, "properties": {"code": "L9", "name": "?", "milestone": "planned"}},
)
FINDINGS = collection(
    feature("Point", LINE[0], n=1, rule="G05", severity="error", key=EVIL,
            message={"zh": f"{EVIL}差2米", "en": f"{EVIL}2 m short"}, fix={"zh": "接上", "en": "snap it"}),
    feature("LineString", LINE[1:], n=2, rule="G03", severity="warning", key="L1",
            message={"zh": "折返", "en": "folds back"}, fix={"zh": "删点", "en": "drop it"}),
)  # fmt: skip
SENT = collection(
    feature("LineString", LINE, code="L1", name=EVIL), feature("Point", LINE[1], code="M1", name="001")
)
CHANGES = collection(
    feature("LineString", LINE[:2], kind="changed", side="before", register="lines", code="L1", name=EVIL),
    feature("LineString", LINE, kind="changed", side="after", register="lines", code="L1", name=EVIL),
    feature("Point", LINE[1], kind="added", side="after", register="markers", code="M1", name="001"),
    feature("Point", LINE[2], kind="removed", side="before", register="markers", code="M2", name="002"),
)
RECORDS = collection(
    feature("LineString", LINE, id="L1", code="L1", label=EVIL, status="working"),
    feature("LineString", LINE, id="L2", code="L2", label="外", role="outer", status="agreed"),
    *(feature("Point", [110.05, 30 + i / 9000], id=f"M{i}", code=f"M{i}", label=EVIL) for i in range(160)),
)
