"""Forms of cases: what somebody wrote into a page as the doors of cases take it, and a case as the form shows it again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry import shape
from sqlalchemy import Connection

from gis.errors import BadInput
from gis.people import Person
from placenames.casework import case_contents, case_drafts, case_screening
from placenames.casework.case_contents import APPLICANT, MOST_CANDIDATES, PLAN, SIGNIFICANT, SIZES
from placenames.checks.name_checks import CandidateReport
from placenames.language import romanise, wording
from placenames.language.romanise import Spelling

Form = Mapping[str, str]
TEXTS = ("reason", "origin", "meaning", "position")
OF_CANDIDATES = ("name", "roman", "reason", "specific", "generic")
WHO = "applicant-"
"""Fields about the applicant begin so: nothing that begins so is ever asked for by an address."""
DECIMALS = 6
DRAWN_POINTS = 500
"""Longer lines are not drawn anew in a page: they stay as they are."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A name somebody thinks of: its parts, how it would be spelt, and what the checks say of it."""

    name: str
    parts: wording.Parts
    spelling: Spelling
    roman: str
    """The spelling that stands in the case: as written down, or else as proposed."""
    confirmed: bool
    report: CandidateReport | None

    @property
    def agrees(self) -> bool:
        """Whether what stands in the case says the same as the rules."""
        return romanise.agrees(self.roman, self.spelling)


def body_of(form: Form) -> dict[str, Any]:
    """What a form says, in the fields that drafts of cases are made of. Raises BadInput for a position that is none."""
    action = form.get("action", "")
    said: dict[str, Any] = {"action": action, **{name: form.get(name, "") for name in TEXTS}}
    if action == "naming":
        said |= {name: form.get(name, "") for name in ("category", "class_code", "unit")}
    else:
        said["place"] = form.get("place", "")
    if action == "rename":
        said["rename_reason"] = form.get("rename_reason", "")
    if action != "delete":
        said["candidates"] = [_candidate(form, at) for at in range(MOST_CANDIDATES) if form.get(f"name-{at}", "").strip()]
    said["attributes"] = {name: form.get(name, "") for name in (*SIZES, PLAN, SIGNIFICANT)}
    said["applicant"] = {name: form.get(WHO + name, "") for name in APPLICANT}
    return said | _position(form)


def form_of(case: Mapping[str, Any], applicant: Mapping[str, Any] | None) -> dict[str, str]:
    """A case as the form shows it."""
    names = ("action", "category", "class_code", "unit", "place", "rename_reason", *TEXTS)
    found = {name: case[name] for name in names} | case["attributes"]
    for at, each in enumerate(case["candidates"]):
        found |= {f"{name}-{at}": each.get(name) for name in OF_CANDIDATES if name != "roman"}
        found[f"roman-{at}"] = "" if each["roman"] == _proposed(each, case["category"]).toned else each["roman"]
    found[SIGNIFICANT] = "yes" if case["attributes"].get(SIGNIFICANT) else ""
    found |= {WHO + name: value for name, value in (applicant or {}).items()}
    if case["geometry"]:
        found |= _drawn(case["geometry"])
    return {name: str(value) for name, value in found.items() if value is not None}


def form_about(place: Mapping[str, Any], action: str) -> dict[str, str]:
    """The form of a new case about a place, with what the place says itself."""
    found = {name: place[name] for name in ("category", "class_code", "unit", "position")}
    found |= {"action": action, "place": place["id"]}
    if action == "restore":
        found |= {"name-0": place["name"], "roman-0": place["roman"]}
    return {name: str(value) for name, value in found.items() if value is not None}


def tried(tx: Connection, person: Person, form: Form, at: int | None = None) -> list[Tried | None]:
    """The names of a form, each with its spelling and its checks, in their places; or one of them. Raises BadInput.

    Of places that are not open to the public, the checks name those in the person's own areas.
    """
    wanted = [at] if at is not None else range(MOST_CANDIDATES)
    case = _as_case(tx, person, form)
    found: list[Tried | None] = [None] * MOST_CANDIDATES
    for number in wanted:
        names = case_contents.read({"candidates": [_candidate(form, number)]})["candidates"]
        if names:
            found[number] = of_case(tx, person, {**case, "candidates": case_contents.spelt(names, case["category"], [])})[0]
    return found


def of_case(tx: Connection, person: Person, case: Mapping[str, Any], *, checked: bool = True) -> list[Tried]:
    """The names of a case, each with its spelling, and with its checks as they come out now for a person."""
    reports: list[CandidateReport | None] = [None] * len(case["candidates"])
    if checked:
        reports = [*case_screening.reports(tx, case, person.reads_in)]
    return [
        Tried(each["name"], wording.Parts(each["specific"], each["generic"]), _proposed(each, case["category"]),
              each["roman"], bool(each.get("roman_confirmed_by")), report)
        for each, report in zip(case["candidates"], reports, strict=False)
    ]  # fmt: skip


def _as_case(tx: Connection, person: Person, form: Form) -> dict[str, Any]:
    """What a form says so far, as the checks ask about cases."""
    body = body_of({**form, "lon-was": "", "lat-was": ""})
    wanted = case_contents.read({name: body[name] for name in body if name not in ("category", "candidates")})
    place = case_drafts.read_by(tx, person, wanted["place"]) if wanted.get("place") else None
    about: Mapping[str, Any] = place or {}
    known = {name: wanted.get(name) or about.get(name) for name in ("unit", "class_code")}
    return {
        "action": wanted["action"],
        "category": body.get("category") or about.get("category") or "",
        "unit": known["unit"] or "",
        "class_code": known["class_code"],
        "place": about.get("id"),
        "version": about.get("version"),
        "old_name": about.get("name"),
        "geom": wanted.get("geom"),
        "attributes": wanted["attributes"],
        "rename_reason": wanted.get("rename_reason"),
    }


def _candidate(form: Form, at: int) -> dict[str, str]:
    return {name: form.get(f"{name}-{at}", "") for name in OF_CANDIDATES}


def _proposed(each: Mapping[str, Any], category: str) -> Spelling:
    return romanise.spell(each["name"], specific=each["specific"], generic=each["generic"], category=category)


def _position(form: Form) -> dict[str, Any]:
    """Where it is: as drawn on the map, or as two numbers; nothing while both are what the page came with."""
    drawn = form.get("geometry", "").strip()
    if drawn and drawn != form.get("geometry-was", ""):
        return {"geometry": drawn}
    lon, lat = (form.get(name, "").strip() for name in ("lon", "lat"))
    if (lon, lat) == (form.get("lon-was", ""), form.get("lat-was", "")):
        return {}
    if not lon and not lat:
        return {"geometry": None}
    try:
        point = shapely.Point(float(lon), float(lat))
    except ValueError as problem:
        raise BadInput("经度、纬度应为度数", "longitude and latitude should be degrees") from problem
    return {"geometry": shapely.geometry.mapping(point)}


def _drawn(geometry: Mapping[str, Any]) -> dict[str, str]:
    """A position as the form has it: a point that stands for it, and a short line as it was drawn."""
    ground = shape(dict(geometry))
    is_line = geometry["type"] == "LineString"
    point = ground.interpolate(0.5, normalized=True) if is_line else ground.representative_point()
    found = {"lon": f"{point.x:.{DECIMALS}f}", "lat": f"{point.y:.{DECIMALS}f}"}
    if is_line and len(geometry["coordinates"]) <= DRAWN_POINTS:
        found["geometry"] = json.dumps(geometry)
    return found | {f"{name}-was": value for name, value in found.items()}
