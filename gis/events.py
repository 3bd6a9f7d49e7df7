"""What happened: who, when, which step, why, under which document. Events are added and never changed."""

from __future__ import annotations

import getpass
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Table,
    Text,
    func,
    insert,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB

from gis.asked_often import AskedOften
from gis.db import SCHEMA, metadata
from gis.text import Text as Words

EVENTS = Table(
    "event",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("subject", Text, nullable=False),
    Column("person", BigInteger, ForeignKey(f"{SCHEMA}.person.id")),
    Column("system_user", Text),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("verb", Text, nullable=False),
    Column("reason", Text),
    Column("document", Text),
    Column("effective", Date),
    Column("detail", JSONB, nullable=False, server_default="{}"),
    Index("ix_event_subject", "subject", "id"),
    schema=SCHEMA,
)

LATELY = 1000
"""So many steps may be under way at once and still none is missed."""
_NEWEST = select(func.max(EVENTS.c.id)).scalar_subquery()
_OF_LATELY = AskedOften(
    select(func.max(EVENTS.c.id), func.max(EVENTS.c.at), func.count()).where(EVENTS.c.id > _NEWEST - LATELY)
)
VERBS = {
    "upload": Words("上传文件", "files uploaded"),
    "check": Words("检查完成", "checked"),
    "ask": Words("等待补充选择", "waits for the sender's choice"),
    "answer": Words("补充选择", "choices given"),
    "set_aside": Words("搁置记录", "records set aside"),
    "return": Words("退回", "returned"),
    "accept": Words("审核通过", "accepted"),
    "publish": Words("批准公布", "published"),
    "complete": Words("公布完成", "publication completed"),
    "refuse": Words("未能公布", "not published"),
    "withdraw": Words("撤回", "withdrawn"),
    "import": Words("导入单位", "units imported"),
    "load_plan": Words("载入计划", "plan loaded"),
    "add_user": Words("添加用户", "user added"),
    "add_key": Words("发放密钥", "key made"),
    "end_key": Words("停用密钥", "key ended"),
    "add_photo": Words("添加照片", "photo added"),
    "withdraw_photo": Words("撤下照片", "photo withdrawn"),
    "read_personal": Words("查阅个人信息", "personal information read"),
    "erase_personal": Words("删除个人信息", "personal information erased"),
    "break_off": Words("检查中断", "the check broke off"),
}


def record(
    tx: Connection,
    subject: str,
    verb: str,
    person: int | None,
    *,
    reason: str | None = None,
    document: str | None = None,
    effective: date | None = None,
    **detail: Any,
) -> None:
    """Adds one event; the operating-system user is noted beside the person."""
    tx.execute(
        insert(EVENTS).values(
            subject=subject,
            verb=verb,
            person=person,
            system_user=_system_user(),
            reason=reason,
            document=document,
            effective=effective,
            detail=detail,
        )
    )


def state_of_everything(tx: Connection) -> str:
    """Changes with every recorded step: the key under which answers may be kept.

    Numbers are given before they are committed, so the highest alone would miss a step that commits after a later one.
    """
    return "/".join(str(each) for each in _OF_LATELY.rows(tx)[0])


def _system_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container without a passwd entry
        return ""
