"""Where meetings that were held before count: among charges, so that policies are tried on them; never as planned."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session as Db
from sqlmodel import col, select

from meetinghub.clock import SHANGHAI, Clock
from meetinghub.db import Database
from meetinghub.imports.model import Held
from meetinghub.imports.moments import plain
from meetinghub.imports.ports import Same
from meetinghub.imports.service import Imports, Read
from meetinghub.meetings.lifecycle import State
from meetinghub.meetings.tables import MeetingRow
from quotas import entering
from quotas.entering import Entry
from quotas.wish import Wish

ASKED_BEFORE = timedelta(days=90)
"""When a meeting was asked for that nobody noted: early enough that no rule about filing in time finds fault."""
LONGEST_TITLE = 80


class Charged:
    """Meetings that were held are charges without a meeting: usage, ceilings and previews of policies see them."""

    def enter(self, db: Db, taking: int, meetings: Sequence[tuple[Held, int]], *, now: datetime, actor: str) -> None:
        entries = [
            Entry(f"{_prefix(taking)}{number}", _wish(held, persons), held.filed_at or held.starts_at - ASKED_BEFORE)
            for number, (held, persons) in enumerate(meetings, 1)
        ]
        entering.enter(db, entries, now=now, actor=actor)

    def leave(self, db: Db, taking: int, *, now: datetime, actor: str) -> None:
        entering.give_back(db, _prefix(taking), now=now, actor=actor)


class OwnMeetings:
    """What this installation itself planned and did not cancel: an exported calendar may hold it again."""

    def same(self, db: Db, first: datetime, until: datetime) -> set[Same]:
        wanted = select(MeetingRow.starts_at, MeetingRow.title, MeetingRow.host_department_id, MeetingRow.host).where(
            col(MeetingRow.starts_at) >= first,
            col(MeetingRow.starts_at) < until,
            col(MeetingRow.state) != State.CANCELLED.value,
        )
        return {
            (starts_at.astimezone(SHANGHAI).date(), plain(title), department or host)
            for starts_at, title, department, host in db.exec(wanted)
        }


def imports(database: Database, clock: Clock, read: Read) -> Imports:
    return Imports(database, clock, read, history=Charged(), planned=OwnMeetings())


def _prefix(taking: int) -> str:
    return f"import:{taking}:"


def _wish(held: Held, persons: int) -> Wish:
    """A ride called nobody by itself: they sat there already."""
    title = held.title if len(held.title) <= LONGEST_TITLE else f"{held.title[: LONGEST_TITLE - 1]}…"
    return Wish(
        starts_at=held.starts_at,
        minutes=held.minutes,
        sites=held.committees,
        roles=held.roles,
        department=held.department,
        line=held.line,
        persons=persons,
        own=held.own,
        calls=None if held.own else (),
        title=title,
    )
