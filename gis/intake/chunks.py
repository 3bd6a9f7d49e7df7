"""Long lists on their way: chunk by chunk recognised, completed, asked by the rules of rows and laid down.

However long a list is, one chunk of it is in memory. What rules of tables ask is answered by the database, once all
rows are laid down; without a database they are reported as not checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

import geopandas as gpd

from gis.files import Answers
from gis.intake import rules
from gis.intake.personal_columns import values_of
from gis.intake.recognition import Recognised, chunk_of
from gis.intake.rules import Finding, NotChecked, Offence, Rule, Survey
from gis.intake.tallies import Answering, More, Tally
from gis.placing import settle_more
from gis.registers import REGISTERS, Field, Register
from gis.settings import Settings
from gis.text import Text

Tell = Callable[[float, Text], None]
NO_TABLES = Text("未连接名录数据库", "no database of the register is at hand")


class Desk(Answering, Protocol):
    """What the database does for a long list while it passes."""

    def all_or_nothing(self) -> AbstractContextManager[Any]:
        """What was laid down is taken back when the list breaks off."""

    def known(self, register: Register, codes: Sequence[str]) -> gpd.GeoDataFrame:
        """The records in force that bear these codes."""

    def known_again(self, register: Register, made: Sequence[str]) -> Mapping[str, str]:
        """Made codes of rows without one -> those under which the same records are in force."""

    def around(self, register: Register, sheet: gpd.GeoDataFrame) -> Mapping[str, gpd.GeoDataFrame]:
        """The frames in force around a chunk, of registers that are no long lists."""

    def lay_down(self, register: Register, sheet: gpd.GeoDataFrame, *, set_aside: bool) -> None:
        """Stages a chunk."""

    def lay_down_persons(self, register: Register, rows: Sequence[int], values: Sequence[dict[str, Any]]) -> None:
        """Stages what the rows of a chunk say of persons, apart."""

    def link(self, register: Register) -> None:
        """Gives staged rows what only the rows in force can tell."""


@dataclass(frozen=True)
class Passed:
    """What came of the long lists of a survey."""

    findings: tuple[Finding, ...] = ()
    more: More = field(default_factory=dict)
    not_checked: tuple[NotChecked, ...] = ()
    rows: Mapping[str, int] = field(default_factory=dict)
    """How many rows came, by register."""
    layers: Mapping[str, int] = field(default_factory=dict)
    """How many rows came, by layer."""
    failing: Mapping[str, int] = field(default_factory=dict)
    """How many rows have an error, by register."""


@dataclass(frozen=True)
class Passage:
    """How the lists of one survey pass: the sender's answers, area and choices, and the desk, if there is one."""

    answers: Answers
    settings: Settings
    tell: Tell
    area: tuple[str, ...] | Mapping[str, tuple[str, ...]] | None = None
    aside: AbstractSet[tuple[str, int]] = frozenset()
    desk: Desk | None = None

    def take(self, lists: Sequence[Recognised]) -> Passed:
        """Lets all lists pass, register by register. Raises UnreadableFile, TooLarge.

        Rules of tables are asked once all of them are laid down: what one list says may stand in another.
        """
        whole = Passed()
        layers: dict[str, list[Recognised]] = {}
        for each in lists:
            assert each.register is not None
            layers.setdefault(each.register.name, []).append(each)
        tallies = {name: Tally() for name in layers}
        rows = [self._lay_down_all(REGISTERS[name], own, tallies[name]) for name, own in layers.items()]
        for laid, (name, tally) in zip(rows, tallies.items(), strict=True):
            not_asked = self._ask_tables(REGISTERS[name], tally)
            found = Passed(tuple(tally.findings), tally.more, (*laid.not_checked, *not_asked), laid.rows, laid.layers,
                           {name: tally.failing})  # fmt: skip
            whole = _together(whole, found)
        return whole

    def _lay_down_all(self, register: Register, layers: Sequence[Recognised], tally: Tally) -> Passed:
        """Lays down the rows of a register and asks the rules of rows; answers how many there are and what was not asked."""
        counted, before = {}, 0
        asked = rules.rules_of_rows(register)
        lacking: dict[str, NotChecked] = {}
        for each in layers:
            start = before
            for sheet, noticed in self._chunks(each, before):
                before += len(sheet)
                kept, left = self._set_aside(register, sheet)
                survey = self._survey(register, self._completed(each, kept, noticed), self._about(noticed), asked)
                for rule in asked:
                    missing = rules.lacking(rule, survey)
                    if missing is None:
                        tally.take(rule, rule.check(rules.within(rule, survey)), survey)
                    else:
                        lacking[rule.id] = missing
                self._lay_down(register, survey.sheets[register.name], left)
            counted[each.name] = before - start
        if self.desk is not None:
            self.desk.link(register)
        return Passed(not_checked=tuple(lacking.values()), rows={register.name: before}, layers=counted)

    def _chunks(
        self, each: Recognised, before: int
    ) -> Iterator[tuple[gpd.GeoDataFrame, dict[str, tuple[Offence, ...]]]]:
        """The sheets of one layer, with what was noticed; how far it is, is told on the way."""
        stream = each.layer.stream
        assert stream is not None
        done = 0
        for draft in stream.drafts():
            frame, problems = settle_more(draft, self.answers)
            sheet, noticed = chunk_of(each, frame, problems, before + done, of_layer=not done)
            self._lay_down_persons(each, frame, sheet)
            done += len(sheet)
            expected = max(stream.expected, done)
            yield sheet, noticed
            said = {"name": each.layer.name, "done": f"{done:,}", "all": f"{expected:,}"}
            self.tell(0.3 + 0.4 * done / expected, _SO_FAR.fill(**said))

    def _set_aside(self, register: Register, sheet: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
        """A sheet without the records set aside, and those records."""
        chosen = sheet["row"].isin([row for name, row in self.aside if name == register.name])
        return sheet[~chosen].reset_index(drop=True), sheet[chosen].reset_index(drop=True)

    def _completed(
        self, each: Recognised, sheet: gpd.GeoDataFrame, noticed: Mapping[str, tuple[Offence, ...]]
    ) -> gpd.GeoDataFrame:
        """Columns that were not sent keep what is in force; the rest as for every sheet."""
        register = each.register
        assert register is not None
        sheet = self._coded(register, sheet)
        asked = [f.keeps for f in register.fields if f.name not in each.columns]
        unsaid = sheet[[f.name for f in register.fields if _lets_stand(f)]].isna().any(axis=1)
        about = sheet if any(asked) else sheet[unsaid]
        codes = about["code"].dropna().tolist()
        known = self.desk.known(register, codes) if self.desk is not None and codes else None
        return completed(register, sheet, known, set(each.columns), noticed.get("F02", ()))

    def _coded(self, register: Register, sheet: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        """Rows that came without a code have the one by which they are known again."""
        if register.coded is None:
            return sheet
        without = sheet["code"].isna()
        sheet = register.coded(sheet)
        if self.desk is not None and without.any():
            made = sheet.loc[without, "code"]
            known = self.desk.known_again(register, made.dropna().tolist())
            given = set(sheet.loc[~without, "code"])  # what another row bears by now is not lent
            lent = {each: code for each, code in known.items() if code not in given}
            sheet.loc[without, "code"] = made.map(lambda code: lent.get(code, code))
        return sheet

    def _survey(
        self,
        register: Register,
        sheet: gpd.GeoDataFrame,
        noticed: Mapping[str, tuple[Offence, ...]],
        asked: Sequence[Rule],
    ) -> Survey:
        needed = self.desk is not None and any(rule.needs for rule in asked)
        around = self.desk.around(register, sheet) if self.desk is not None and needed else {}
        return Survey({register.name: sheet}, self.settings, around, noticed, self.area)

    def _about(self, noticed: Mapping[str, tuple[Offence, ...]]) -> dict[str, tuple[Offence, ...]]:
        return {
            rule: tuple(each for each in offences if (each.register, each.row) not in self.aside)
            for rule, offences in noticed.items()
        }

    def _lay_down(self, register: Register, sheet: gpd.GeoDataFrame, left: gpd.GeoDataFrame) -> None:
        if self.desk is not None:
            self.desk.lay_down(register, sheet, set_aside=False)
            if not left.empty:
                self.desk.lay_down(register, left, set_aside=True)

    def _lay_down_persons(self, each: Recognised, frame: gpd.GeoDataFrame, sheet: gpd.GeoDataFrame) -> None:
        if self.desk is not None and each.register is not None and each.personal:
            values = values_of(each.register, each.personal, frame)
            self.desk.lay_down_persons(each.register, sheet["row"].tolist(), values)

    def _ask_tables(self, register: Register, tally: Tally) -> list[NotChecked]:
        """Asks the rules of tables; answers those that could not be asked."""
        if self.desk is None:
            return [NotChecked(rule.id, NO_TABLES) for rule in rules.rules_of_tables(register)]
        tally.ask_tables(
            self.desk, register, tell=lambda rule: self.tell(0.75, _ASKING.fill(rule=rule.title))
        )
        return []


_ASKING = Text("正在按规则检查:{rule}", "checking the rules: {rule}")
_SO_FAR = Text("正在读取“{name}”:{done} / {all} 条", "reading “{name}”: {done} of {all}")


def completed(
    register: Register, sheet: gpd.GeoDataFrame, around: gpd.GeoDataFrame | None, sent: AbstractSet[str],
    noticed: Sequence[Offence] = (),
) -> gpd.GeoDataFrame:
    """A sheet with what was not sent: what is in force, defaults, and whatever the register makes itself.

    An empty cell takes back what is in force, but for fields whose words must be known: there nothing said is nothing
    changed, so that no default opens what is internal. Of what was `noticed`, a word that was sent and not understood
    keeps the default away.
    """  # fmt: skip
    filled = sheet.copy()
    unread = _unread(register, noticed)
    known = None if around is None or around.empty else around.drop_duplicates("code").set_index("code")
    for each in register.fields:
        misread = filled["row"].isin(unread.get(each.name, ()))
        if known is not None and each.name in known and each.keeps:
            if each.name not in sent:
                filled[each.name] = filled["code"].map(known[each.name])
            elif _lets_stand(each):
                said = filled[each.name].notna() | misread
                filled[each.name] = filled[each.name].where(said, filled["code"].map(known[each.name]))
        if each.default is not None:
            filled[each.name] = filled[each.name].where(filled[each.name].notna() | misread, each.default)
    return register.completes(filled) if register.completes else filled


def _lets_stand(each: Field) -> bool:
    """Whether an empty cell keeps what is in force, so that the default is for new records alone."""
    return each.default is not None and each.must_be_known


def _unread(register: Register, noticed: Sequence[Offence]) -> dict[str, list[int]]:
    """Field -> the rows in which its word was not understood."""
    found: dict[str, list[int]] = {}
    for each in noticed:
        if each.unread and each.register == register.name and each.row is not None:
            found.setdefault(each.unread, []).append(each.row)
    return found


def _together(one: Passed, other: Passed) -> Passed:
    more = {key: one.more.get(key, 0) + other.more.get(key, 0) for key in {**one.more, **other.more}}
    known = {each.rule: each for each in (*one.not_checked, *other.not_checked)}
    return Passed(
        (*one.findings, *other.findings), more, tuple(known.values()),
        {**one.rows, **other.rows}, {**one.layers, **other.layers}, {**one.failing, **other.failing},
    )  # fmt: skip
