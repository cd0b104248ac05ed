"""What taking a file means, inside one writing transaction: which of its meetings are new, and all that is written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session as Db

from meetinghub.clock import SHANGHAI
from meetinghub.imports import document, store
from meetinghub.imports.model import Held, Reading
from meetinghub.imports.moments import plain
from meetinghub.imports.ports import History, Planned, Same
from meetinghub.imports.register import Committee, Department, Register
from meetinghub.imports.store import Draft, Taking
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import NewFact
from meetinghub.ledger.imports import ImportTaken
from meetinghub.people import store as people
from meetinghub.people.model import Role

ROLES = (
    Role.SECRETARY,
    Role.DIRECTOR,
    Role.DEPUTY_DIRECTOR,
    Role.LINE_WORKER,
    Role.OWNERS_COMMITTEE,
    Role.PROPERTY_MANAGER,
    Role.VOLUNTEER,
    Role.OPERATOR,
)
"""What people of a committee are called as."""


def register(db: Db) -> Register:
    """The organisations as they are now."""
    return Register(
        tuple(Department(each.id, each.name, each.line) for each in people.departments(db)),
        tuple(Committee(each.id, each.seat, each.name, each.full_name) for each in people.committees(db)),
        tuple(role.value for role in ROLES),
    )


def same(held: Held) -> Same:
    return held.starts_at.astimezone(SHANGHAI).date(), plain(held.title), held.department or held.department_name


def known(db: Db, meetings: Sequence[Held], planned: Planned) -> set[int]:
    """Rows of those that are there already: by UID, or by day, title and department."""
    if not meetings:
        return set()
    first = min(each.starts_at for each in meetings) - timedelta(days=1)
    until = max(each.starts_at for each in meetings) + timedelta(days=2)
    there = {same(each.held) for each in store.held(db, first, until)} | planned.same(db, first, until)
    uids = store.known_uids(db, (each.uid for each in meetings))
    return {each.row for each in meetings if each.uid in uids or same(each) in there}


def take(
    db: Db, draft: Draft, reading: Reading, *, history: History, planned: Planned, now: datetime, actor: str
) -> int | None:
    """Write every meeting that is new, all that count it, and the facts; the taking's number, None when none is new.

    The caller holds the ledger.
    """
    there = known(db, reading.meetings, planned)
    fresh = tuple(each for each in reading.meetings if each.row not in there)
    if not fresh:
        return None
    counted: dict[tuple[object, ...], int] = {}
    meetings = [(each, _persons(db, each, counted)) for each in fresh]
    days = [each.starts_at.astimezone(SHANGHAI).date() for each in fresh]
    rows = document.digest(fresh)
    taking = Taking(
        id=0,
        file=draft.file,
        format=draft.table.format,
        digest=draft.digest,
        rows=rows,
        meetings=len(fresh),
        known=len(there),
        left_out=reading.bad_rows,
        skipped=len(reading.skipped),
        first_day=min(days),
        last_day=max(days),
        taken_at=now,
        taken_by=actor,
    )
    number = store.add_taking(db, taking, meetings)
    fact = ImportTaken(
        taking=number,
        file=draft.file,
        digest=draft.digest,
        meetings=len(fresh),
        first_day=taking.first_day.isoformat(),
        last_day=taking.last_day.isoformat(),
        rows=rows,
    )
    ledger.append(db, [NewFact(fact)], meeting_id=None, at=now, actor=actor)
    history.enter(db, number, meetings, now=now, actor=actor)
    return number


def _persons(db: Db, held: Held, counted: dict[tuple[object, ...], int]) -> int:
    """How many it called, by the register of today: that of its own day is not known."""
    key = held.committees, held.roles, held.line
    if key not in counted:
        counted[key] = people.count_called(db, held.committees, held.roles, held.line)
    return counted[key]
