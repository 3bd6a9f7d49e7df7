"""Rules about the sides of streets: odd numbers on one, even ones on the other.

Which is which is decided by each city, and they contradict each other; so a street is held to what most of its own plates
do, unless the setting JIEZHI_NUMBER_SIDES says where odd numbers stand. Only plates of the street itself are looked at,
neither those in its lanes nor what lies behind a plate.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, func, not_, select

from gis.intake.beside import Staged
from gis.intake.rules import Offence, Severity, table_rule
from gis.sources import NUMBERING_PRACTICE
from gis.text import Text
from placenames.addresses.addresses import ADDRESSES
from placenames.addresses.checks.street_lines import FEWEST, OFF_THE_LINE_M, along_their_streets, lay_down

REGISTER = ADDRESSES.name
HABIT = 0.85
"""The share of plates that makes a habit."""
TENDS = 0.5
"""How closely numbers and places go together (correlation) where it shows in which direction numbers rise."""


@table_rule(
    "AD14",
    REGISTER,
    severity=Severity.WARNING,
    source=NUMBERING_PRACTICE,
    title=Text("单双号各在街路巷一侧", "Odd and even numbers keep to their sides"),
    message=Text(
        "“{text}”在街路巷{side}侧;该路 {most} 个门牌单双号分列两侧,此号不在其列",
        "“{text}” stands on the {side_en} side; {most} plates of the street keep odd and even apart, this one not",
    ),
    fix=Text("核对坐标和门牌号", "check coordinates and number"),
)
def odd_and_even_keep_to_their_sides(staged: Staged) -> Iterator[Offence]:
    """Who looks for number 7 looks on the side of 5 and 9; where the line of the street is not known, it is not asked."""
    wanted = staged.settings.number_sides
    laid = None if wanted == "none" else lay_down(staged, only_with_lines=True)
    if laid is None or laid.lines is None:
        return
    sided = _sided(along_their_streets(laid.plates, laid.lines))
    for row in staged.rows(_on_the_wrong_side(sided)):
        left = row.across > 0
        values = {"text": row.text, "most": row.most, "side": "左" if left else "右", "side_en": "left" if left else "right"}
        yield Offence(REGISTER, row.row, values=values)
    for row in staged.rows(_streets_the_other_way(sided, wanted)) if wanted else ():
        values = {"text": row.text, "most": row.most, "side": _SIDES[wanted].zh, "side_en": _SIDES[wanted].en}
        yield Offence(REGISTER, row.row, values=values, text=_OTHER_WAY, fix=_OTHER_WAY_FIX)


_SIDES = {"left": Text("左", "left"), "right": Text("右", "right")}
_OTHER_WAY = Text(
    "“{text}”所在街路巷的 {most} 个门牌单双号与本地规定(沿号增方向单号在{side})相反",
    "{most} plates of the street of “{text}” are not as is set here: odd numbers on the {side_en}, seen as numbers rise",
)
_OTHER_WAY_FIX = Text(
    "核对;规定由设置 JIEZHI_NUMBER_SIDES 给出", "check it; the setting JIEZHI_NUMBER_SIDES says what is set here"
)


def _sided(placed: CTE) -> CTE:
    """Plates whose side can be told, with what all those of their street do.

    `odd_left`: it stands so that odd numbers are on the left, seen from the beginning of the line; `plates` and
    `so_many`: how many plates the street has, and how many of them stand so; `rising`: whether numbers rise with it.
    """
    p = placed.c
    odd_left: ColumnElement[bool] = (p.across > 0) == (p.ordinal % 2 == 1)
    street: Any = {"partition_by": p.bearer}
    return (
        select(*p, odd_left.label("odd_left"), func.count().over(**street).label("plates"),
               func.count().filter(odd_left).over(**street).label("so_many"),
               func.corr(p.along, p.ordinal).over(**street).label("rising"))
        .where(func.abs(p.across) > OFF_THE_LINE_M)
        .cte("sided")
    )  # fmt: skip


def _most(s: Any) -> ColumnElement[Any]:
    return func.greatest(s.so_many, s.plates - s.so_many)


def _is_a_habit(s: Any) -> ColumnElement[bool]:
    return and_(s.plates >= FEWEST, _most(s) >= HABIT * s.plates, s.row.is_not(None))


def _on_the_wrong_side(sided: CTE) -> Select[Any]:
    """Plates that do not do as most of their street do."""
    s = sided.c
    wrong = s.odd_left != (2 * s.so_many > s.plates)
    found = select(s.row, s.text, s.across, _most(s).label("most"))
    return found.where(_is_a_habit(s), wrong).order_by(s.row)


def _streets_the_other_way(sided: CTE, wanted: str) -> Select[Any]:
    """The first plates of streets that, seen as numbers rise, have odd numbers where the deployment does not want them."""
    s = sided.c
    on_the_left = (2 * s.so_many > s.plates) == (s.rising > 0)
    wrong = not_(on_the_left) if wanted == "left" else on_the_left
    return (
        select(func.min(s.row).label("row"), func.min(s.text).label("text"), func.min(_most(s)).label("most"))
        .where(_is_a_habit(s), func.abs(s.rising) > TENDS, wrong)
        .group_by(s.bearer)
        .order_by(func.min(s.row))
    )
