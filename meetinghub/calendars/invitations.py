"""Queries about invitations: what was sent to whom, which meetings have to be looked at, who can be written to."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as core
from sqlmodel import Session as Db
from sqlmodel import SQLModel, col, select, update

from meetinghub.calendars.inviting import Register, Unit
from meetinghub.calendars.itip import Answer, Invited, Invitee, Told
from meetinghub.calendars.tables import InvitationRow, InvitingRow
from meetinghub.ledger.tables import FactRow
from meetinghub.mail import dead_store
from meetinghub.meetings.lifecycle import State
from meetinghub.meetings.tables import MeetingRow
from meetinghub.people import store as people
from meetinghub.people.tables import AccountRow, CommitteeRow, DepartmentRow, PersonRow

_MEETING, _FACT, _INVITATION, _INVITING = (
    SQLModel.metadata.tables[row.__tablename__] for row in (MeetingRow, FactRow, InvitationRow, InvitingRow)
)
OPEN = (State.PLANNED, State.POSTPONED)


def due(db: Db, *, now: datetime, looked_before: datetime) -> list[int]:
    """Meetings to come, and such that were called off, whose facts nobody looked at yet, or nobody since
    ``looked_before``: registers change without a fact."""
    newest = core.select(core.func.max(_FACT.c.number)).where(_FACT.c.meeting_id == _MEETING.c.id).scalar_subquery()
    told = core.exists().where(_INVITATION.c.meeting_id == _MEETING.c.id, _INVITATION.c.standing)
    wanted = (
        core.select(_MEETING.c.id)
        .outerjoin(_INVITING, _INVITING.c.meeting_id == _MEETING.c.id)
        .where(
            _MEETING.c.starts_at > now,
            core.or_(
                _MEETING.c.state.in_([state.value for state in OPEN]),
                core.and_(_MEETING.c.state == State.CANCELLED.value, told),
            ),
            core.or_(
                _INVITING.c.through.is_(None), _INVITING.c.through < newest, _INVITING.c.looked_at < looked_before
            ),
        )
        .order_by(_MEETING.c.starts_at, _MEETING.c.id)
    )
    return list(db.execute(wanted).scalars())


def newest(db: Db, meeting: int) -> int:
    """The number of a meeting's newest fact; 0 for one without facts."""
    return db.execute(core.select(core.func.max(_FACT.c.number)).where(_FACT.c.meeting_id == meeting)).scalar() or 0


def looked(db: Db, meeting: int, *, through: int, now: datetime) -> None:
    row = db.get(InvitingRow, meeting) or InvitingRow(meeting_id=meeting, through=through, looked_at=now)
    row.through, row.looked_at = through, now
    db.add(row)
    db.flush()


def register(db: Db) -> Register:
    committees = db.exec(select(CommitteeRow).order_by(col(CommitteeRow.seat)))
    departments = db.exec(select(DepartmentRow).order_by(col(DepartmentRow.position)))
    chairs = db.exec(
        select(AccountRow.username, AccountRow.name, AccountRow.mail, PersonRow.mail)
        .outerjoin(PersonRow, col(PersonRow.id) == AccountRow.person_id)
        .where(col(AccountRow.disabled_at).is_(None))
    )
    found = Register(
        people=people.people(db),
        committees=[Unit(row.id or 0, row.full_name or row.name, row.mail) for row in committees],
        departments=[Unit(row.id or 0, row.name, row.mail) for row in departments],
        chairs={username: (name, own or mail or "") for username, name, mail, own in chairs},
    )
    dead = dead_store.dead(db, found.addresses)
    return found.without(dead) if dead else found


def invited(db: Db, meeting: int) -> list[Invited]:
    """Everybody who was ever invited, by address."""
    rows = db.exec(
        select(InvitationRow).where(InvitationRow.meeting_id == meeting).order_by(col(InvitationRow.address))
    )
    return [_invited(row) for row in rows]


def one(db: Db, meeting: int, address: str) -> Invited | None:
    row = db.get(InvitationRow, (meeting, address))
    return None if row is None else _invited(row)


def put(db: Db, meeting: int, sent: Invited, now: datetime) -> None:
    """Write down what a letter says; answers are left as they are."""
    who = sent.invitee
    row = db.get(InvitationRow, (meeting, who.address))
    if row is None:
        row = InvitationRow(
            meeting_id=meeting,
            address=who.address,
            name=who.name,
            unit=who.unit,
            heads=who.heads,
            uid=sent.uid,
            sequence=sent.sequence,
            standing=sent.standing,
            told=who.told.dumps(),
            told_at=now,
        )
    row.name, row.unit, row.heads = who.name, who.unit, who.heads
    row.committee_id, row.department_id = who.committee, who.department
    row.sequence, row.standing, row.told, row.told_at = sent.sequence, sent.standing, who.told.dumps(), now
    db.add(row)
    db.flush()


def answer(
    db: Db,
    meeting: int,
    address: str,
    *,
    answer: Answer,
    reason: str,
    deputy: str,
    answered_for: datetime,
    now: datetime,
) -> None:
    db.exec(
        update(InvitationRow)
        .where(col(InvitationRow.meeting_id) == meeting, col(InvitationRow.address) == address)
        .values(answer=answer.value, reason=reason, deputy=deputy, answered_at=now, answered_for=answered_for)
    )


def _invited(row: InvitationRow) -> Invited:
    told = Told.loads(row.told)
    invitee = Invitee(row.address, row.name, row.unit, row.heads, row.committee_id, row.department_id, told)
    return Invited(
        invitee=invitee,
        uid=row.uid,
        sequence=row.sequence,
        standing=row.standing,
        answer=Answer(row.answer),
        reason=row.reason,
        deputy=row.deputy,
        answered_at=row.answered_at,
        answered_for=row.answered_for,
        told_at=row.told_at,
    )
