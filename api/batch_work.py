"""Batch work: the rows of a batch answered in the form in which they came, here and now or by a worker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from api import batch_forms
from api.batch_forms import Form, Row
from api.known_names import for_long
from gis.db import Database
from placenames.addresses import address_batches
from placenames.addresses.address_batches import AnswerPart
from placenames.addresses.finding.batch_answers import NamesOfDays, answered
from placenames.addresses.finding.toponyms_known import toponyms_on


def answer_rows(look: Connection, days: NamesOfDays, form: Form, rows: Sequence[Row]) -> bytes:
    """The answers to some rows, as they are given back."""
    return batch_forms.written(form, rows, answered(look, days, batch_forms.questions_of(form, rows)))


def answer_batch(database: Database, number: int) -> None:
    """The job: answers a stored batch."""
    address_batches.answer(database, number, _prepared)


def _prepared(look: Connection) -> AnswerPart:
    days = NamesOfDays(look, for_long(toponyms_on))

    def answer_part(look: Connection, form: Mapping[str, Any], asked: bytes) -> bytes:
        return answer_rows(look, days, Form.stored(form), batch_forms.from_store(asked))

    return answer_part
