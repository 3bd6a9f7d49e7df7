"""The sample county comes in the way any county does: over HTTP, by the submissions and decisions of sample users.

Everything in it is invented. Its passwords are made when it is loaded, printed, and written to `var/samples/accounts.txt`.
"""

from __future__ import annotations

import json
import secrets
import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from api.county import County, make_county, survey
from api.county_files import write_survey
from api.county_flaws import flawed_samples
from api.county_photos import bring_in_photos
from api.county_pictures import lay_pictures
from api.county_story import TODAY, Step, pilot_line, timeline
from api.county_targets import plan_of_sites
from api.demo_addresses import bring_in_addresses, follow_with_addresses
from api.demo_names import Office, bring_in_cases, bring_in_names
from api.demo_sites import bring_in_sites
from api.desks import Desk, sign_in, wait_for_the_check
from gis import people
from gis.db import Database
from gis.text import Text

COUNTY = "990101"
PLAN = "sample-county"
ACCOUNTS, LOADED = "accounts.txt", ".loaded"
ADMINISTRATOR, SYSTEM = "yangli", "yangxi"
USERS = (
    ("yangce", "样测(样例测绘员)", "surveyor"),
    ("yanghui", "样绘(样例测绘员)", "surveyor"),
    ("yangshen", "样审(样例审核员)", "reviewer"),
    ("yangpi", "样批(样例审批人)", "approver"),
    ("yangdi", "样地(样例地名工作人员)", "staff"),
)
SURVEYORS, REVIEWER, APPROVER, CLERK = ("yangce", "yanghui"), "yangshen", "yangpi", "yangdi"
FIRST_NUMBERS = {
    "lines": (10, 20, 25),
    "km": (78, 148, 186),
    "tri_junctions": (10, 17, 20),
    "towns": (3, 7, 11),
}
"""Goals by the end of the first half-year, of the first year and of the second."""
GOAL_WORDS = {
    "lines": Text("界线勘定", "lines demarcated"),
    "km": Text("界线长度", "length demarcated"),
    "tri_junctions": Text("三交点确认", "tri-junctions confirmed"),
    "towns": Text("全线完成的乡镇(街道)", "towns complete"),
}
Say = Callable[[str], None]
aloud: Say = partial(print, flush=True)


def add_administrator(database: Database) -> str:
    """Adds the first user, who adds the others; answers the password."""
    password = secrets.token_urlsafe(9)
    with database.writing() as tx:
        people.add(tx, ADMINISTRATOR, password, [("administrator", "99")], "样理(样例管理员)")
    return password


def load(url: str, var: Path, administrator: str, password: str, say: Say = aloud) -> None:
    """Brings the sample county into a running server; takes well under a minute."""
    starts = date.today() - timedelta(days=TODAY)
    county = make_county()
    samples = var / "samples"
    samples.mkdir(parents=True, exist_ok=True)
    office = sign_in(url, administrator, password)
    passwords = {administrator: password} | _add_users(office)
    desks = {name: sign_in(url, name, passwords[name]) for name, _, _ in USERS}
    passwords[SYSTEM] = _add_system(office)
    _bring_in_units(office, county, samples)
    plan = plan_of(county, starts)
    (samples / "plan.toml").write_text(as_toml(plan), "utf-8")
    office.post("/plans", json=plan)
    office.post("/plans", json=plan_of_sites(starts))
    flawed_samples(county, samples)
    accounts = _keep_accounts(passwords, samples)
    for number, step in enumerate(timeline(county)):
        _take(step, number, county, starts, desks, say)
    of_names = Office(desks[CLERK], desks[REVIEWER], desks[APPROVER])
    names = bring_in_names(county, starts, of_names, samples, say)
    addresses = bring_in_addresses(county, names, starts, of_names, say)
    bring_in_cases(names, of_names, say)
    follow_with_addresses(county, names, addresses, of_names, samples, say)
    sites = bring_in_sites(county, names, addresses, starts, of_names, office, samples, say)
    lay_pictures(sites.graves["photo"], var)
    bring_in_photos(desks[CLERK], say)
    (samples / LOADED).touch()
    _tell(accounts, samples, say)


def plan_of(county: County, starts: date) -> dict[str, Any]:
    """The demarcation plan of the sample county: lines, km, tri-junctions, towns, and the pilot line."""
    ends = [starts + timedelta(days=days) for days in (183, 365, 730)]
    periods = ("第一年上半年 / first half-year", "第一年 / first year", "第二年 / second year")
    goals = [
        {
            "goal": f"{metric}-{number}",
            "metric": metric,
            "target": target,
            "due": due.isoformat(),
            "period": period,
            "title": GOAL_WORDS[metric].as_dict(),
        }
        for metric, targets in FIRST_NUMBERS.items()
        for number, (target, due, period) in enumerate(zip(targets, ends, periods, strict=True), start=1)
    ]
    pilot = {
        "goal": "pilot", "metric": "lines", "target": 1, "due": (starts + timedelta(days=90)).isoformat(),
        "period": "试点 / pilot", "title": {"zh": "试点界线", "en": "pilot line"}, "only": [pilot_line(county)],
    }  # fmt: skip
    return {
        "plan": PLAN,
        "title": {"zh": "样例县乡级界线勘定计划", "en": "Sample county: demarcation of township lines"},
        "scope": COUNTY,
        "milestone": "agreed",
        "starts": starts.isoformat(),
        "goals": [pilot, *goals],
    }


def as_toml(plan: dict[str, Any]) -> str:
    """A plan as the file that `jiezhi plans load` reads."""
    head = [f"{name} = {_toml(value)}" for name, value in plan.items() if name != "goals"]
    goals = [
        "\n[[goals]]\n" + "\n".join(f"{name} = {_toml(value)}" for name, value in goal.items())
        for goal in plan["goals"]
    ]
    return "# Synthetic sample data\n" + "\n".join([*head, *goals]) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {_toml(each)}" for name, each in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)


def _add_users(office: Desk) -> dict[str, str]:
    passwords = {}
    for name, display, role in USERS:
        passwords[name] = secrets.token_urlsafe(9)
        office.post(
            "/users",
            json={"name": name, "display": display, "password": passwords[name], "roles": [[role, COUNTY]]},
        )
    return passwords


def _add_system(office: Desk) -> str:
    """A system that looks addresses up; answers its key."""
    return str(office.post("/keys", json={"name": SYSTEM, "areas": [COUNTY]})["key"])


def _bring_in_units(office: Desk, county: County, samples: Path) -> None:
    listed = samples / "units.csv"
    county.units.to_csv(listed, index=False)
    office.post("/units", files={"file": (listed.name, listed.read_bytes())})


def _take(step: Step, number: int, county: County, starts: date, desks: dict[str, Desk], say: Say) -> None:
    """One submission of the story, as far as it came."""
    surveyor = desks[SURVEYORS[number % len(SURVEYORS)]]
    title = f"样例第 {number} 批勘界成果" if number else "样例县工作界(全县)"
    with tempfile.TemporaryDirectory() as folder:
        suffix = "gpkg" if step.flavour == "geopackage" else "zip"
        sent = write_survey(
            survey(county, step.lines, step.generation),
            Path(folder) / f"sample-{number:02}.{suffix}",
            step.flavour,
        )
        taken = surveyor.post(
            "/submissions", files=[("files", (sent.name, sent.read_bytes()))], data={"title": title}
        )
    wait_for_the_check(surveyor, int(taken["id"]))
    decisions = f"/submissions/{taken['id']}/decisions"
    if step.state == "returned":
        desks[REVIEWER].post(decisions, json={"verb": "return", "reason": step.reason})
    if step.state in ("accepted", "agreed"):
        desks[REVIEWER].post(decisions, json={"verb": "accept"})
    if step.state == "agreed":
        effective = starts + timedelta(days=step.day)
        document = f"样政函〔{effective.year}〕{number + 1}号"
        desks[APPROVER].post(
            decisions, json={"verb": "publish", "document": document, "effective": effective.isoformat()}
        )
    say(f"  {title}: {step.state} ({len(step.lines)})")


def is_half_loaded(var: Path) -> bool:
    """Whether the sample county was begun here and never finished."""
    samples = var / "samples"
    return (samples / ACCOUNTS).exists() and not (samples / LOADED).exists()


def _keep_accounts(passwords: dict[str, str], samples: Path) -> list[str]:
    """Writes the accounts down before the story begins, so that a broken-off one leaves a way in."""
    roles = {name: role for name, _, role in USERS} | {ADMINISTRATOR: "administrator", SYSTEM: "system"}
    lines = [f"{name}\t{password}\t{people.ROLE_WORDS[roles[name]]}" for name, password in passwords.items()]
    accounts = samples / ACCOUNTS
    accounts.touch(mode=0o600)
    accounts.write_text("\n".join(lines) + "\n", "utf-8")
    return lines


def _tell(accounts: list[str], samples: Path, say: Say) -> None:
    say("样例用户(仅样例县)/ sample users (sample county only):")
    for line in accounts:
        say("  " + line)
    say(f"有瑕疵的样例文件 / flawed sample files to upload: {samples}")
