"""The settings' row."""

from __future__ import annotations

from datetime import time

from sqlmodel import Session as Db

from digest.settings import Pause, Settings, Unapproved
from digest.tables import NoticeSettingsRow
from meetinghub.ids import DepartmentId
from meetinghub.people.model import Role

ROW = 1


def settings(db: Db) -> Settings:
    """Those that hold; what comes with the programme while nobody has changed anything."""
    row = db.get(NoticeSettingsRow, ROW, populate_existing=True)
    if row is None:
        return Settings()
    pause = None
    if row.paused_at is not None:
        pause = Pause(row.paused_by, row.paused_at, row.pause_reason)
    return Settings(
        host=DepartmentId(row.host_id) if row.host_id is not None else None,
        deputy=row.deputy,
        deadline_days=row.deadline_days,
        deadline=time.fromisoformat(row.deadline),
        warn=time.fromisoformat(row.warn),
        send=time.fromisoformat(row.send),
        remind=time.fromisoformat(row.remind),
        unapproved=Unapproved(row.unapproved),
        roles=tuple(Role(each) for each in row.roles),
        paused=pause,
        revision=row.revision,
    )


def put(db: Db, wanted: Settings) -> None:
    """All of them, its revision and pause included."""
    row = db.get(NoticeSettingsRow, ROW)
    if row is None:
        row = NoticeSettingsRow(
            id=ROW, deadline_days=0, deadline="", warn="", send="", remind="", unapproved="", revision=0
        )
    row.host_id, row.deputy = wanted.host, wanted.deputy
    row.deadline_days, row.deadline = wanted.deadline_days, written(wanted.deadline)
    row.warn, row.send, row.remind = written(wanted.warn), written(wanted.send), written(wanted.remind)
    row.unapproved, row.roles = wanted.unapproved.value, [each.value for each in wanted.roles]
    pause = wanted.paused
    row.paused_by = pause.by if pause else ""
    row.paused_at = pause.at if pause else None
    row.pause_reason = pause.reason if pause else ""
    row.revision = wanted.revision
    db.add(row)
    db.flush()


def written(moment: time) -> str:
    """``08:30``."""
    return moment.isoformat("minutes")
