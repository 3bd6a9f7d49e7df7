"""Prior reports as offices bring them in and lead them on, made short: a cemetery of the sample county, real people."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from shapely.geometry import Point, box, mapping

from placenames.casework import report_drafts
from tests.conftest import Office
from tests.placenames.case_desk import TODAY, Step, look, somebody, step
from tests.sites_made import has_cemetery

HERE = Point(110.30, 30.70)
GROUND = box(110.300, 30.700, 110.301, 30.701)
CODE = "C1"
EXTENSION: dict[str, Any] = {
    "action": "report_extension",
    "cemetery": CODE,
    "plots": 200,
    "plot_kind": "ash_double",
    "plot_m2": 0.9,
    "land_m2": 10_600,
    "land_document": "样自然资字〔2026〕3号",
    "starts_on": str(TODAY + timedelta(days=60)),
    "reason": "现有墓穴将满",
    "geometry": mapping(GROUND),
}
PLOTS = {name: value for name, value in EXTENSION.items() if name not in ("land_document", "land_m2", "geometry")} | {
    "action": "report_plots"
}
WAY: tuple[Step, ...] = (
    ("submit", {}),
    ("acknowledge", {"document": "样民备〔2026〕9号"}),
    ("report_built", {"built_on": TODAY}),
    ("inspect", {"document": "样验〔2026〕1号", "inspected_on": TODAY}),
    ("close", {}),
)
TAKES = {"submit": "staff", "supplement": "staff", "report_built": "staff", "withdraw": "staff", "close": "approver"}
"""The sample person whose step it is; all others are the reviewer's."""


def settled(office: Office, **more: Any) -> Office:
    """The office with its clerk, a second reviewer and one cemetery in force."""
    for name, role in (("staff", "staff"), ("other reviewer", "reviewer")):
        office.has(name, role)
    with office.database.writing() as tx:
        has_cemetery(tx, CODE, HERE, name="样山公墓", profit="no", **more)
    return office


def reported(office: Office, given: dict[str, Any] | None = None, sender: str = "staff") -> int:
    """A draft of the sample clerk."""
    with office.database.writing() as tx:
        return report_drafts.open_report(tx, somebody(tx, sender), given or EXTENSION)


def led(office: Office, number: int, until: str = "close") -> str:
    """Leads a draft on, up to and including a step; answers the state it has come to."""
    state = ""
    for verb, given in WAY:
        state = step(office, number, TAKES.get(verb, "reviewer"), verb, **given)
        if verb == until:
            break
    return state


__all__ = ["CODE", "EXTENSION", "GROUND", "HERE", "PLOTS", "TAKES", "WAY", "led", "look", "reported", "settled", "step"]
