"""What calendars read of meetings and of the people they call."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as core
from sqlmodel import Session as Db
from sqlmodel import SQLModel, col, select

from meetinghub.calendars.model import Kind, Planned, Scope, Viewer
from meetinghub.ledger import payloads as p
from meetinghub.ledger.agendas import AgendaArranged
from meetinghub.ledger.fact import FactKind, decode
from meetinghub.ledger.tables import FactRow
from meetinghub.meetings.lifecycle import State
from meetinghub.meetings.model import Audience, Mode
from meetinghub.meetings.store import segments_of
from meetinghub.meetings.tables import MeetingRow, MeetingSiteRow, SegmentRow
from meetinghub.people.model import Role
from meetinghub.people.tables import AccountRow, CommitteeRow, DepartmentRow, PersonRoleRow

_MEETING, _SEGMENT, _SITE, _FACT = (
    SQLModel.metadata.tables[row.__tablename__] for row in (MeetingRow, SegmentRow, MeetingSiteRow, FactRow)
)
CHANGES = (
    FactKind.MEETING_PLANNED,
    FactKind.AGENDA_ARRANGED,
    FactKind.MEETING_POSTPONED,
    FactKind.MEETING_EXTENDED,
    FactKind.MEETING_CANCELLED,
    FactKind.MEETING_STARTED,
    FactKind.MEETING_ENDED,
)
"""Facts that may change what a calendar shows of a meeting."""
MOST = 2000


@dataclass(frozen=True, slots=True)
class Change:
    """How often a meeting was changed, when last, the reason that was given last, and those for its agenda."""

    revision: int
    at: datetime
    reason: str
    arranged: tuple[tuple[datetime, str], ...] = ()


def planned(
    db: Db,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    among: Collection[int] | None = None,
    of: Viewer | None = None,
) -> list[Planned]:
    """Meetings that start in ``since`` ≤ … < ``until``, by time. ``of`` leaves out most that do not concern them."""
    wanted = core.select(_MEETING)
    if since is not None:
        wanted = wanted.where(_MEETING.c.starts_at >= since)
    if until is not None:
        wanted = wanted.where(_MEETING.c.starts_at < until)
    if among is not None:
        wanted = wanted.where(_MEETING.c.id.in_(among))
    if of is not None:
        wanted = wanted.where(_concerning(of))
    rows = db.execute(wanted.order_by(_MEETING.c.starts_at, _MEETING.c.id).limit(MOST)).all()
    numbers = [row.id for row in rows]
    segments, seats, changes = segments_of(db, numbers), _seats(db, numbers), _changes(db, numbers)
    return [
        Planned(
            id=row.id,
            title=row.title,
            host=row.host,
            host_department_id=row.host_department_id,
            place=row.place,
            phone=row.phone,
            chair=row.chair,
            state=State(row.state),
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            audience=Audience(tuple(row.roles), row.line),
            segments=segments[row.id],
            seats=seats.get(row.id, {}),
            revision=changes[row.id].revision if row.id in changes else 0,
            changed_at=changes[row.id].at if row.id in changes else row.announced_at,
            reason=changes[row.id].reason if row.id in changes else "",
            arranged=changes[row.id].arranged if row.id in changes else (),
            final=row.finalised_at is not None,
            mode=Mode(row.mode),
        )
        for row in rows
    ]


def viewer(db: Db, scope: Scope) -> Viewer | None:
    """Whose calendar that is; None when there is no such thing."""
    match scope.kind:
        case Kind.VENUE:
            return Viewer(scope, scope.subject) if scope.subject in venues(db) else None
        case Kind.DEPARTMENT:
            department = db.get(DepartmentRow, scope.number or 0)
            return None if department is None else Viewer(scope, department.name, department=department.id)
        case Kind.COMMITTEE | Kind.SITE:
            committee = db.get(CommitteeRow, scope.number or 0)
            if committee is None:
                return None
            return Viewer(scope, committee.full_name or committee.name, committee=committee.id, seat=committee.seat)
        case Kind.PERSON:
            return _person(db, scope)


def venues(db: Db) -> list[str]:
    """Every main venue that meetings were planned for, by name."""
    return [place for place in db.exec(select(MeetingRow.place).distinct().order_by(MeetingRow.place)) if place]


def _person(db: Db, scope: Scope) -> Viewer | None:
    account = db.get(AccountRow, scope.number or 0)
    if account is None or account.disabled_at is not None:
        return None
    committee = db.get(CommitteeRow, account.committee_id) if account.committee_id is not None else None
    duties = db.exec(select(PersonRoleRow).where(PersonRoleRow.person_id == (account.person_id or 0))).all()
    return Viewer(
        scope,
        account.name,
        username=account.username,
        department=account.department_id,
        committee=account.committee_id,
        seat=committee.seat if committee else None,
        roles=tuple(sorted({Role(duty.role) for duty in duties})),
        lines=tuple(sorted({duty.line for duty in duties if duty.line})),
    )


def _concerning(viewer: Viewer) -> core.ColumnElement[bool]:
    chairs = _MEETING.c.chair == viewer.username
    if viewer.scope.kind is Kind.VENUE:
        return _MEETING.c.place == viewer.scope.subject
    if viewer.committee is not None:
        there = core.exists().where(_SITE.c.meeting_id == _MEETING.c.id, _SITE.c.committee_id == viewer.committee)
        return core.or_(there, chairs) if viewer.username else there
    speaks = core.exists().where(_SEGMENT.c.meeting_id == _MEETING.c.id, _SEGMENT.c.department_id == viewer.department)
    theirs = core.or_(_MEETING.c.host_department_id == viewer.department, speaks)
    return core.or_(theirs, chairs) if viewer.username else theirs


def _seats(db: Db, numbers: Collection[int]) -> Mapping[int, Mapping[int, int]]:
    found: defaultdict[int, dict[int, int]] = defaultdict(dict)
    wanted = (
        select(MeetingSiteRow.meeting_id, MeetingSiteRow.committee_id, CommitteeRow.seat)
        .join(CommitteeRow, col(CommitteeRow.id) == MeetingSiteRow.committee_id)
        .where(col(MeetingSiteRow.meeting_id).in_(numbers))
        .order_by(col(CommitteeRow.seat))
    )
    for meeting, committee, seat in db.exec(wanted):
        found[meeting][committee] = seat
    return found


def _changes(db: Db, numbers: Collection[int]) -> Mapping[int, Change]:
    fact = _FACT.c
    wanted = (
        core.select(fact.meeting_id, fact.at, fact.kind, fact.version, fact.payload)
        .where(fact.meeting_id.in_(numbers), fact.kind.in_([kind.value for kind in CHANGES]))
        .order_by(fact.number)
    )
    found: dict[int, Change] = {}
    for meeting, at, kind, version, payload in db.execute(wanted):
        before = found.get(meeting)
        reason, arranged = (before.reason, before.arranged) if before else ("", ())
        if kind == FactKind.AGENDA_ARRANGED:
            agenda = decode(kind, version, payload)
            why = agenda.reason if isinstance(agenda, AgendaArranged) else ""
            arranged = (*arranged, (at, why)) if why else arranged
        if kind in {FactKind.MEETING_POSTPONED, FactKind.MEETING_CANCELLED}:
            said = decode(kind, version, payload)
            reason = said.reason if isinstance(said, p.MeetingPostponed | p.MeetingCancelled) else reason
        found[meeting] = Change(before.revision + 1 if before else 0, at, reason, arranged)
    return found
