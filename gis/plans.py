"""Plans and goals: data from a file; progress counted from live records, one answer for every reader."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    DateTime,
    Identity,
    Index,
    Table,
    func,
    insert,
    select,
    true,
)
from sqlalchemy import Text as SqlText
from sqlalchemy.dialects.postgresql import JSONB

from gis import events
from gis.db import SCHEMA, metadata
from gis.errors import BadInput, NotFound
from gis.registers import REGISTERS, Metric
from gis.text import Text, series

PLANS = Table(
    "plan",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("name", SqlText, nullable=False),
    Column("content", JSONB, nullable=False),
    Column("loaded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("ix_plan_name", "name", "id"),
    schema=SCHEMA,
)


@dataclass(frozen=True)
class Goal:
    """So much of something by a day; `only` restricts it to some records (the pilot line, say)."""

    goal: str
    metric: str
    target: float
    due: date
    period: str
    title: Text
    only: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """Goals for one area, and the milestone that counts as done."""

    name: str
    title: Text
    scope: str
    milestone: str
    starts: date
    goals: tuple[Goal, ...] = field(default_factory=tuple)


@dataclass(frozen=True)
class Item:
    """One record that a metric counts: how much it counts for, how far it is, and since when."""

    metric: str
    code: str
    name: str
    amount: float
    milestone: str
    reached: date | None


@dataclass(frozen=True)
class Reached:
    """How far one goal is."""

    goal: Goal
    unit: Text
    done: float

    @property
    def percent(self) -> float:
        """Share of the target, in per cent, at most 100."""
        return min(100.0, round(100 * self.done / self.goal.target, 1)) if self.goal.target else 100.0


@dataclass(frozen=True)
class Progress:
    """How far a plan is on a day, counted at a milestone; as known now, or as known at an earlier moment."""

    plan: Plan
    on: date
    milestone: str
    goals: tuple[Reached, ...]
    items: dict[str, tuple[Item, ...]]
    known: datetime | None = None


def metrics() -> dict[str, Metric]:
    """Every metric that a register offers, by name."""
    return {metric.name: metric for register in REGISTERS.values() for metric in register.metrics}


def milestones() -> dict[str, Text]:
    """The milestones of all registers, in their order."""
    return {name: words for register in REGISTERS.values() for name, words in register.milestones.items()}


def steps_with(milestone: str) -> list[str]:
    """The steps of the work that a milestone belongs to, in their order; boundaries and sites take different ones."""
    return next((list(each.milestones) for each in REGISTERS.values() if milestone in each.milestones), [])


def read_plan(path: Path) -> Plan:
    """A plan from a TOML file. Raises BadInput that says which entry is wrong."""
    try:
        return from_content(tomllib.loads(path.read_text("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise BadInput(
            "计划文件 {file} 不是有效的 TOML:{why}",
            "plan file {file} is not valid TOML: {why}",
            file=path.name,
            why=problem,
        ) from problem
    except OSError as problem:
        raise BadInput(
            "计划文件 {file} 无法打开", "plan file {file} cannot be opened", file=path.name
        ) from problem


def from_content(content: dict[str, Any]) -> Plan:
    """A plan from what its file says."""
    try:
        goals = tuple(_goal(each) for each in content["goals"])
        plan = Plan(
            content["plan"],
            Text(**content["title"]),
            str(content["scope"]),
            content["milestone"],
            _day(content["starts"]),
            goals,
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise BadInput(
            "计划缺少或写错了 {what}", "the plan lacks or misspells {what}", what=problem
        ) from problem
    unknown = sorted({goal.metric for goal in goals} - set(metrics()))
    if unknown or plan.milestone not in milestones():
        raise BadInput(
            "计划提到未知的指标或节点:{what}",
            "the plan names an unknown metric or milestone: {what}",
            what=series(unknown) if unknown else plan.milestone,
        )
    return plan


def load(tx: Connection, plan: Plan, person: int | None) -> None:
    """Makes a plan the one that counts under its name; earlier ones are kept.

    Raises BadInput where a metric counts records that never come to the plan's milestone.
    """
    _must_come_to_its_milestone(plan)
    content = asdict(plan) | {"plan": plan.name}
    tx.execute(insert(PLANS).values(name=plan.name, content=_plain(content)))
    events.record(tx, f"plan/{plan.name}", "load_plan", person, goals=len(plan.goals))


def areas_touched(tx: Connection, plan: Plan) -> list[str]:
    """The areas in which loading a plan changes something: its own, and that of the plan whose place it takes."""
    return [plan.scope, *(each.scope for each in all_plans(tx) if each.name == plan.name)]


def all_plans(tx: Connection, known: datetime | None = None) -> list[Plan]:
    """The plans that count, or that counted at an earlier moment, by name."""
    loaded = true() if known is None else PLANS.c.loaded_at <= known
    newest = select(func.max(PLANS.c.id)).where(loaded).group_by(PLANS.c.name)
    statement = select(PLANS.c.content).where(PLANS.c.id.in_(newest)).order_by(PLANS.c.name)
    return [from_content(content) for content in tx.scalars(statement)]


def find(tx: Connection, name: str, known: datetime | None = None) -> Plan:
    """A plan by its name, as it counts or counted at an earlier moment. Raises NotFound."""
    for plan in all_plans(tx, known):
        if plan.name == name:
            return plan
    if known is not None:
        raise NotFound("那时没有计划“{name}”", "there was no plan “{name}” then", name=name)
    raise NotFound("没有计划“{name}”", "there is no plan “{name}”", name=name)


def progress(
    tx: Connection, plan: Plan, on: date, milestone: str | None = None, known: datetime | None = None
) -> Progress:
    """Counts every goal of a plan on a day, at the plan's milestone or another, from what is or was known."""
    counted = milestone or plan.milestone
    if counted not in steps_with(plan.milestone):
        raise BadInput("没有节点“{name}”", "there is no milestone “{name}”", name=counted)
    offered = metrics()
    items = {
        name: _items(tx, offered[name], plan.scope, on, known)
        for name in dict.fromkeys(goal.metric for goal in plan.goals)
    }
    goals = tuple(
        Reached(goal, offered[goal.metric].unit, _done(items[goal.metric], goal, counted))
        for goal in plan.goals
    )
    return Progress(plan, on, counted, goals, items, known)


def reaches(item: Item, milestone: str) -> bool:
    """Whether a record has come at least as far as a milestone; steps of another work are no way towards it."""
    order = steps_with(milestone)
    return item.milestone in order and order.index(item.milestone) >= order.index(milestone)


def course(items: Sequence[Item], milestone: str) -> list[tuple[date, float]]:
    """The running total over time of what has reached a milestone."""
    total, points = 0.0, []
    for item in sorted(
        (i for i in items if reaches(i, milestone) and i.reached), key=lambda i: str(i.reached)
    ):
        total += item.amount
        points.append((item.reached or date.min, round(total, 3)))
    return points


def _must_come_to_its_milestone(plan: Plan) -> None:
    asked = {goal.metric for goal in plan.goals}
    never = [
        metric.name
        for register in REGISTERS.values()
        for metric in register.metrics
        if metric.name in asked and register.milestones and plan.milestone not in register.milestones
    ]
    if never:
        raise BadInput(
            "指标 {metrics} 不会到达节点“{milestone}”;界线的目标与设施、公墓的目标请分作两个计划",
            "{metrics} never come to the milestone “{milestone}”: goals for boundaries and for sites are plans of their own",
            metrics=series(never), milestone=plan.milestone,
        )  # fmt: skip


def _items(tx: Connection, metric: Metric, scope: str, on: date, known: datetime | None) -> tuple[Item, ...]:
    rows = tx.execute(metric.items(scope, on, known))
    return tuple(
        Item(metric.name, row.code, row.name, float(row.amount), row.milestone, row.reached) for row in rows
    )


def _done(items: Sequence[Item], goal: Goal, milestone: str) -> float:
    counted = [i for i in items if reaches(i, milestone) and (not goal.only or i.code in goal.only)]
    return round(sum(item.amount for item in counted), 3)


def _goal(content: dict[str, Any]) -> Goal:
    return Goal(
        content["goal"],
        content["metric"],
        float(content["target"]),
        _day(content["due"]),
        content["period"],
        Text(**content["title"]),
        tuple(content.get("only", ())),
    )


def _day(given: Any) -> date:
    return given if isinstance(given, date) else date.fromisoformat(given)


def _plain(content: Any) -> Any:
    if isinstance(content, dict):
        return {key: _plain(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_plain(value) for value in content]
    return content.isoformat() if isinstance(content, date) else content
