"""`jiezhi rules` and `jiezhi progress`: lists for the terminal and for programs."""

from __future__ import annotations

import json
from datetime import date

from rich.console import Console
from rich.table import Table

from api import street
from api.deps import day
from api.routes.dashboards import figures, item_json
from api.routes.rulebook import as_json as rule_json
from gis import plans
from gis.db import Database
from gis.intake.rules import RULES

assert street.REGISTERS


def rules(*, as_json: bool) -> None:
    """Prints every rule."""
    if as_json:
        print(
            json.dumps(
                {"rules": [rule_json(each) for each in RULES.values()]}, ensure_ascii=False, default=str
            )
        )
        return
    table = Table("规则 rule", "级别 weight", "内容 title", "依据 source")
    for each in RULES.values():
        table.add_row(each.id, each.severity.value, f"{each.title.zh}\n{each.title.en}", each.source.citation)
    Console().print(table)


def progress(database: Database, name: str, on: str, milestone: str, *, as_json: bool) -> None:
    """Prints how far one plan, or every plan, is."""
    when = day(on, "--on") or date.today()
    with database.reading() as look:
        chosen = [plans.find(look, name)] if name else plans.all_plans(look)
        found = [plans.progress(look, plan, when, milestone or None) for plan in chosen]
    if as_json:
        whole = [
            {**figures(each), "items": [item_json(i) for items in each.items.values() for i in items]}
            for each in found
        ]
        print(json.dumps(whole[0] if name else {"plans": whole}, ensure_ascii=False, default=str))
        return
    for each in found:
        words = plans.milestones()[each.milestone]
        table = Table(
            "目标 goal",
            "期限 due",
            "完成 done",
            "目标值 target",
            "%",
            title=f"{each.plan.title} · {words} · {each.on}",
        )
        for reached in each.goals:
            goal = reached.goal
            table.add_row(
                str(goal.title),
                str(goal.due),
                f"{reached.done:g}",
                f"{goal.target:g} {reached.unit}",
                f"{reached.percent:g}",
            )
        Console().print(table)
