"""Registers: one description per kind of public record, from which everything else follows.

A description names the fields, the aliases under which surveyors send them, the geometry and who may read it. Out of
it come the table of versions, the staging twin, recognition, import, comparison, publication, the map collection and
what the register offers to plans. `gis/` knows registers by their description only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from gis.text import Text

if TYPE_CHECKING:
    from sqlalchemy import Select, Table

    from gis.settings import Settings


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a register: its column, its words, and the names under which it is sent."""

    name: str
    title: Text
    type: type = str
    aliases: tuple[str, ...] = ()
    required: bool = False
    """Every record must have it before it can be published."""
    public: bool = True
    keeps: bool = True
    """A column that was not sent keeps what is in force; False: it is always made anew."""
    default: str | None = None
    choices: Mapping[str, str] | None = None
    """What is sent (lower case) -> what is stored; anything else is a finding."""
    must_be_known: bool = False
    """A word that is not among its choices is an error of its row; an empty cell keeps what is in force, and the default
    stands for new records alone."""
    words: Mapping[str, Text] | None = None
    """What is stored -> the words people read; empty where the dictionary of all values will do."""
    unit: str = ""
    """m, km, °; empty when it has none."""
    many: bool = False
    """Several values in one text, separated by commas."""
    answered: bool = True
    """False: colleagues send it, review it and export it, and no answer, page or map of the register tells it (the name of
    a document that is handed out by itself)."""
    inner: bool = False
    """Made by the register for its own comparisons; shown to nobody and never sent."""
    personal: bool = False
    """About a person (an owner, a telephone): kept in the restricted table alone (`gis/intake/personal.py`)."""


@dataclass(frozen=True, slots=True)
class Metric:
    """Something a plan can count."""

    name: str
    title: Text
    unit: Text
    items: Callable[[str, date, datetime | None], Select[Any]]
    """(scope, day, known at this moment or now) -> SELECT code, name, amount, milestone, reached (its day)."""


@dataclass(frozen=True)
class Register:
    """One kind of public record."""

    name: str
    title: Text
    geometry: str
    """OGC type of the stored geometry: POINT, LINESTRING, MULTIPOLYGON; GEOMETRY takes any, or none."""
    fields: tuple[Field, ...]
    """What its tables, comparisons and answers are made of. Personal ones given here go to `personal`: whoever walks
    through the fields cannot meet them."""
    personal: tuple[Field, ...] = ()
    """Fields about persons: no column of its tables, in no answer."""
    aliases: tuple[str, ...] = ()
    """Layer names under which it is sent, upper case, matched at the start of the layer's name."""
    public: bool = True
    kept_to_areas: bool = False
    """A colleague reads its records in the areas of their roles alone."""
    disclosed_by: str = ""
    """The field that says who may read a record: the public reads those where it says `public`; empty: all."""
    sent: bool = True
    """Whether it comes in through submissions."""
    sender: str = "surveyor"
    """The role that may send it."""
    listed: bool = False
    """Its records are many: they come as plain lists too, pass chunk by chunk, and are checked and compared inside the
    database, never laid beside a survey as frames."""
    ground: bool = False
    """Whether its areas lie under every map (the units)."""
    ruled_by: str = ""
    """The package that holds the rules of a listed register; it loads when they are first asked for."""
    setting_aside: bool = False
    """Blocked records may be set aside one by one; otherwise they stand or fall with their submission."""
    related: Callable[[Any, Any, Settings], Any] | None = None
    """Finds in-force records that sent ones replace under another code: (sheet, in force) -> frame[code, old]."""
    replaces: Callable[[Any], Select[Any]] | None = None
    """The same for a listed register: (`gis.intake.rules.Staged`) -> SELECT row, version."""
    links: Callable[[Any], None] | None = None
    """Called for a listed register once all its rows are laid down (`gis.intake.beside.Staged`): gives them what only
    the rows in force can tell."""
    lon: tuple[str, ...] = ()
    lat: tuple[str, ...] = ()
    """Titles under which plain lists give the coordinates of a point, beside the usual ones (经度, 纬度, …)."""
    refers: Mapping[str, str] = field(default_factory=dict)
    """Field -> register whose codes it holds, where that is not the units: those are `area_fields`."""
    area_fields: tuple[str, ...] = ()
    """Fields that hold unit codes: they decide whose area a record lies in."""
    labelled_by: str = ""
    """The field by which people call a record; empty: its name, else its number."""
    mentions: tuple[str, ...] = ()
    """Text fields in which place names are mentioned: what follows from a change of a name is looked for there."""
    named_after: str = ""
    """The field that holds the code of the place a record is named after."""
    at_home: Callable[[Any], set[str]] | None = None
    """The unit codes that the records of a frame are about; others that it mentions are neighbours."""
    coded: Callable[[Any], Any] | None = None
    """Gives the rows of a chunk of a listed register that came without a code the one by which they are known again."""
    known_again: Callable[[Any, Sequence[str]], Mapping[str, str]] | None = None
    """Codes that were made for rows without one -> those under which the same records are in force
    (`gis.intake.beside.Staged`, codes)."""
    completes: Callable[[Any], Any] | None = None
    """Completes a sheet before the rules see it (lengths, codes); gets and returns a frame in EPSG:4490."""
    milestones: Mapping[str, Text] = field(default_factory=dict)
    """How far a record of it can be, from the first step to the last."""
    metrics: list[Metric] = field(default_factory=list)
    """What it offers to plans; modules that count it add theirs."""

    def __post_init__(self) -> None:
        apart = tuple(each for each in self.fields if each.personal)
        object.__setattr__(self, "fields", tuple(each for each in self.fields if not each.personal))
        object.__setattr__(self, "personal", (*self.personal, *apart))

    def unit_codes(self, record: Mapping[str, Any]) -> list[str]:
        """The unit codes that a record mentions, each once."""
        texts = [record[name] for name in self.area_fields if isinstance(record[name], str)]
        return list(dict.fromkeys(code for text in texts for code in split(text)))

    def shown(self, *, public: bool) -> list[Field]:
        """The fields that the public, or a colleague, is told."""
        return [each for each in self.exported(public=public) if each.answered]

    def exported(self, *, public: bool) -> list[Field]:
        """The fields of the lists that the public, or a colleague, takes away; a colleague sends them in again."""
        return [each for each in self.fields if not each.inner and ((each.public and each.answered) or not public)]

    def field(self, name: str) -> Field:
        """One field by its name."""
        return next(each for each in self.fields if each.name == name)

    @cached_property
    def table(self) -> Table:
        """The table of its versions."""
        from gis.record_tables import versions_table  # noqa: PLC0415 - descriptions load without the database

        return versions_table(self)

    @cached_property
    def staging(self) -> Table:
        """The staging twin: what was sent, anything allowed, even a missing geometry."""
        from gis.record_tables import staging_table  # noqa: PLC0415

        return staging_table(self)


REGISTERS: dict[str, Register] = {}


def register(description: Register) -> Register:
    """Enters a description into the list of registers."""
    if description.name in REGISTERS:
        raise ValueError(f"register {description.name} exists twice")
    REGISTERS[description.name] = description
    return description


def split(text: str) -> list[str]:
    """The values of a text that holds several: `1、2,3`."""
    return re.findall(r"[^\s,;、,;]+", text)


def sql_type_name(kind: type) -> str:
    """The word for a field's type in schemas and messages."""
    return {str: "string", int: "integer", float: "number", bool: "boolean", date: "string"}[kind]
