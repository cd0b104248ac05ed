"""All queries about agendas and claims; rows become frozen values here."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as core
from sqlmodel import Session as Db
from sqlmodel import SQLModel, col, delete, select, update

from meetinghub.agendas.board import Agenda
from meetinghub.agendas.claims import Claim, Kind, State, Terms, Workdays, deadlines
from meetinghub.agendas.plan import NEW, OPEN, Plan
from meetinghub.agendas.tables import ClaimRow
from meetinghub.ids import CommitteeId, PersonId
from meetinghub.meetings import lifecycle
from meetinghub.meetings import store as meetings
from meetinghub.meetings.model import Audience, Segment
from meetinghub.meetings.tables import MeetingRow, SegmentRow
from meetinghub.people.model import Person, Role
from meetinghub.people.tables import CommitteeRow, DepartmentRow, PersonRoleRow, PersonRow

_PERSON, _DUTY, _MEETING, _CLAIM = (
    SQLModel.metadata.tables[row.__tablename__] for row in (PersonRow, PersonRoleRow, MeetingRow, ClaimRow)
)
_AWAY = 10_000
"""Added to positions while they are changed, because two may never be equal."""


def plan(db: Db, number: int, terms: Terms, workdays: Workdays) -> Plan | None:
    meeting, row = meetings.meeting(db, number), db.get(MeetingRow, number)
    if meeting is None or row is None:
        return None
    state = lifecycle.State(row.state)
    starts_at = row.starts_at if state in OPEN else row.announced_at
    return Plan(
        meeting=replace(meeting, starts_at=starts_at),
        state=state,
        claims=claims(db, number),
        deadlines=deadlines(starts_at, workdays, terms, set_by_host=row.claims_close_at),
        people=_called(db, {site.committee_id for site in meeting.sites}),
        called_at=row.called_at,
        finalised_at=row.finalised_at,
    )


def claims(db: Db, meeting: int) -> tuple[Claim, ...]:
    """In the order in which they came."""
    rows = db.exec(select(ClaimRow).where(ClaimRow.meeting_id == meeting).order_by(col(ClaimRow.id)))
    return tuple(_claim(row) for row in rows)


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A meeting to come whose host has claims to answer: how many, and for how many minutes."""

    meeting: int
    title: str
    starts_at: datetime
    count: int
    minutes: int


def unanswered(db: Db, host: int) -> list[Unanswered]:
    """Of one host department, soonest meeting first."""
    wanted = (
        core.select(
            _MEETING.c.id, _MEETING.c.title, _MEETING.c.starts_at, core.func.count(), core.func.sum(_CLAIM.c.minutes)
        )
        .join(_CLAIM, _CLAIM.c.meeting_id == _MEETING.c.id)
        .where(
            _MEETING.c.host_department_id == host,
            _MEETING.c.state.in_([state.value for state in OPEN]),
            _CLAIM.c.state == State.CLAIMED.value,
        )
        .group_by(_MEETING.c.id, _MEETING.c.title, _MEETING.c.starts_at)
        .order_by(_MEETING.c.starts_at)
    )
    return [Unanswered(*each) for each in db.execute(wanted)]


def add_claim(db: Db, claim: Claim) -> Claim:
    """``claim.id`` is not looked at."""
    row = ClaimRow(
        meeting_id=claim.meeting,
        department_id=claim.department,
        department=claim.department_name,
        title=claim.title,
        speaker=claim.speaker,
        minutes=claim.minutes,
        kind=claim.kind.value,
        roles=None if claim.audience is None else list(claim.audience.roles),
        line="" if claim.audience is None else claim.audience.line,
        state=claim.state.value,
        claimed_by=claim.by,
        claimed_at=claim.at,
    )
    db.add(row)
    db.flush()
    return _claim(row)


def set_claim(db: Db, claim: Claim) -> None:
    """What deciding changes."""
    db.exec(
        update(ClaimRow)
        .where(col(ClaimRow.id) == claim.id)
        .values(
            state=claim.state.value,
            decided_by=claim.decided_by,
            decided_at=claim.decided_at,
            reason=claim.reason,
            segment_id=claim.segment,
        )
    )


def set_agenda(db: Db, meeting: int, before: Agenda, after: Agenda) -> Agenda:
    """Write ``after`` in the place of ``before``; new segments come back with their numbers."""
    kept = {each.id for each in after}
    gone = [each.id for each in before if each.id not in kept]
    if gone:
        db.exec(delete(SegmentRow).where(col(SegmentRow.id).in_(gone)))
    db.exec(
        update(SegmentRow)
        .where(col(SegmentRow.meeting_id) == meeting)
        .values(position=col(SegmentRow.position) + _AWAY)
    )
    written: list[Segment] = []
    for position, segment in enumerate(after, start=1):
        if segment.id == NEW:
            segment = replace(segment, id=_add_segment(db, meeting, position, segment))
        else:
            db.exec(
                update(SegmentRow)
                .where(col(SegmentRow.id) == segment.id)
                .values(position=position, minutes=segment.minutes, title=segment.title, pinned=segment.pinned)
            )
        written.append(segment)
    return tuple(written)


def set_terms(db: Db, meeting: int, *, capacity: int, claims_close_at: datetime | None) -> None:
    db.exec(
        update(MeetingRow)
        .where(col(MeetingRow.id) == meeting)
        .values(capacity_minutes=capacity, claims_close_at=claims_close_at)
    )


def claims_close_at(db: Db, meeting: int) -> datetime | None:
    """As the host set it; None: by the rule."""
    row = db.get(MeetingRow, meeting)
    return None if row is None else row.claims_close_at


def set_called(db: Db, meeting: int, at: datetime) -> None:
    db.exec(update(MeetingRow).where(col(MeetingRow.id) == meeting).values(called_at=at))


def set_finalised(db: Db, meeting: int, at: datetime | None) -> None:
    db.exec(update(MeetingRow).where(col(MeetingRow.id) == meeting).values(finalised_at=at))


def not_called(db: Db, *, since: datetime, until: datetime) -> list[tuple[int, datetime, datetime | None]]:
    """Meetings to come in ``since`` < … ≤ ``until`` that nobody has been told of and that are not closed: number,
    start, and the host's own deadline."""
    wanted = select(MeetingRow.id, MeetingRow.starts_at, MeetingRow.claims_close_at).where(
        col(MeetingRow.state).in_([state.value for state in OPEN]),
        col(MeetingRow.called_at).is_(None),
        col(MeetingRow.finalised_at).is_(None),
        MeetingRow.starts_at > since,
        MeetingRow.starts_at <= until,
    )
    rows = db.exec(wanted.order_by(col(MeetingRow.starts_at)))
    return [(number, start, closes) for number, start, closes in rows if number is not None]


def mail_of_departments(db: Db) -> Sequence[tuple[int, str, str]]:
    """Number, name and mail address of each, in the order of the register; an address may be empty."""
    rows = db.exec(select(DepartmentRow).order_by(col(DepartmentRow.position)))
    return [(row.id, row.name, row.mail) for row in rows if row.id is not None]


def mail_of_committees(db: Db) -> Sequence[tuple[int, str, str]]:
    rows = db.exec(select(CommitteeRow).order_by(col(CommitteeRow.seat)))
    return [(row.id, row.full_name, row.mail) for row in rows if row.id is not None]


def _called(db: Db, committees: Collection[int]) -> tuple[Person, ...]:
    """Who may be called from these committees, without names: plain columns, because a page reads hundreds of them."""
    wanted = (
        core.select(_PERSON.c.id, _PERSON.c.committee_id, _DUTY.c.role, _DUTY.c.line)
        .join(_DUTY, _DUTY.c.person_id == _PERSON.c.id)
        .where(_PERSON.c.committee_id.in_(committees))
        .order_by(_PERSON.c.id, _DUTY.c.role, _DUTY.c.line)
    )
    duties: dict[tuple[int, int], list[tuple[str, str]]] = {}
    for number, committee, role, line in db.execute(wanted):
        duties.setdefault((number, committee), []).append((role, line))
    return tuple(
        Person(
            id=PersonId(number),
            name="",
            phone="",
            roles=tuple(Role(role) for role in dict.fromkeys(role for role, _ in held)),
            lines=tuple(dict.fromkeys(line for _, line in held if line)),
            department=None,
            committee=CommitteeId(committee),
        )
        for (number, committee), held in duties.items()
    )


def _add_segment(db: Db, meeting: int, position: int, segment: Segment) -> int:
    row = meetings.segment_row(meeting, position, segment)
    db.add(row)
    db.flush()
    assert row.id is not None
    return row.id


def _claim(row: ClaimRow) -> Claim:
    assert row.id is not None
    return Claim(
        id=row.id,
        meeting=row.meeting_id,
        department=row.department_id,
        department_name=row.department,
        title=row.title,
        speaker=row.speaker,
        minutes=row.minutes,
        kind=Kind(row.kind),
        audience=None if row.roles is None else Audience(tuple(row.roles), row.line),
        state=State(row.state),
        by=row.claimed_by,
        at=row.claimed_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        reason=row.reason,
        segment=row.segment_id,
    )
