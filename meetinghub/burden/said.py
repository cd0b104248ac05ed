"""Queries about what committees and departments say of the account: contests and calls; rows become frozen values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session as Db
from sqlmodel import col, select, update

from meetinghub.burden.calls import Call, State
from meetinghub.burden.contests import Contest
from meetinghub.burden.model import Source
from meetinghub.burden.tables import CallRow, ContestRow
from meetinghub.people.tables import CommitteeRow, DepartmentRow


def add_contest(db: Db, contest: Contest) -> None:
    db.add(
        ContestRow(
            number=contest.number,
            source=contest.source.value,
            sitting_number=contest.sitting,
            committee_id=contest.committee,
            attended=contest.attended,
            persons=contest.persons,
            travelled=contest.travelled,
            reason=contest.reason,
            contested_by=contest.by,
            contested_at=contest.at,
        )
    )
    db.flush()


def decide_contest(db: Db, number: int, *, accepted: bool, answer: str, by: str, at: datetime) -> None:
    changed = update(ContestRow).where(col(ContestRow.number) == number)
    db.exec(changed.values(accepted=accepted, answer=answer, decided_by=by, decided_at=at))


def contest(db: Db, number: int) -> Contest | None:
    found = _contests(db, col(ContestRow.number) == number)
    return found[0] if found else None


def contests_of(db: Db, source: Source, sitting: int) -> list[Contest]:
    """What was said of a sitting, oldest first."""
    return _contests(db, col(ContestRow.source) == source.value, col(ContestRow.sitting_number) == sitting)


def open_contests(db: Db) -> list[Contest]:
    """Those that nobody decided, oldest first."""
    return _contests(db, col(ContestRow.decided_at).is_(None))


def contests_among(db: Db, sittings: Sequence[tuple[Source, int]], committee: int | None) -> list[Contest]:
    """Those of these sittings, of one committee or of all."""
    numbers = [number for _, number in sittings]
    conditions: list[ColumnElement[bool]] = [col(ContestRow.sitting_number).in_(numbers)]
    if committee is not None:
        conditions.append(col(ContestRow.committee_id) == committee)
    known = set(sittings)
    return [each for each in _contests(db, *conditions) if (each.source, each.sitting) in known]


def _contests(db: Db, *conditions: ColumnElement[bool]) -> list[Contest]:
    rows = db.exec(select(ContestRow).where(*conditions).order_by(col(ContestRow.number)))
    return [
        Contest(
            number=row.number,
            source=Source(row.source),
            sitting=row.sitting_number,
            committee=row.committee_id,
            attended=row.attended,
            persons=row.persons,
            travelled=row.travelled,
            reason=row.reason,
            by=row.contested_by,
            at=row.contested_at,
            accepted=row.accepted,
            answer=row.answer,
            decided_by=row.decided_by,
            decided_at=row.decided_at,
        )
        for row in rows
    ]


def add_call(db: Db, call: Call) -> int:
    """Write a new call; its number. ``call.id`` is not looked at."""
    row = CallRow(
        committee_id=call.committee,
        department_id=call.department,
        day=call.day,
        subject=call.subject,
        minutes=call.minutes,
        persons=call.persons,
        in_person=call.in_person,
        state=call.state.value,
        logged_by=call.by,
        logged_at=call.at,
    )
    db.add(row)
    db.flush()
    assert row.id is not None
    return row.id


def answer_call(db: Db, number: int, state: State, *, answer: str, by: str, at: datetime) -> None:
    changed = update(CallRow).where(col(CallRow.id) == number)
    db.exec(changed.values(state=state.value, answer=answer, answered_by=by, answered_at=at))


def decide_call(db: Db, number: int, state: State, *, decision: str, by: str, at: datetime) -> None:
    changed = update(CallRow).where(col(CallRow.id) == number)
    db.exec(changed.values(state=state.value, decision=decision, decided_by=by, decided_at=at))


def call(db: Db, number: int) -> Call | None:
    found = _calls(db, col(CallRow.id) == number)
    return found[0] if found else None


def calls(
    db: Db,
    *,
    committee: int | None = None,
    department: int | None = None,
    states: Sequence[State] = tuple(State),
    since: date | None = None,
    limit: int = 50,
) -> list[Call]:
    """Newest first."""
    conditions: list[ColumnElement[bool]] = [col(CallRow.state).in_([state.value for state in states])]
    if committee is not None:
        conditions.append(col(CallRow.committee_id) == committee)
    if department is not None:
        conditions.append(col(CallRow.department_id) == department)
    if since is not None:
        conditions.append(col(CallRow.day) >= since)
    return _calls(db, *conditions, limit=limit)


def _calls(db: Db, *conditions: ColumnElement[bool], limit: int = 50) -> list[Call]:
    rows = db.exec(
        select(CallRow, DepartmentRow.name, CommitteeRow.name)
        .join(DepartmentRow, col(DepartmentRow.id) == CallRow.department_id)
        .join(CommitteeRow, col(CommitteeRow.id) == CallRow.committee_id)
        .where(*conditions)
        .order_by(col(CallRow.day).desc(), col(CallRow.id).desc())
        .limit(limit)
    )
    return [
        Call(
            id=row.id or 0,
            committee=row.committee_id,
            department=row.department_id,
            day=row.day,
            subject=row.subject,
            minutes=row.minutes,
            persons=row.persons,
            in_person=row.in_person,
            state=State(row.state),
            by=row.logged_by,
            at=row.logged_at,
            answer=row.answer,
            decision=row.decision,
            department_name=department,
            committee_name=committee,
        )
        for row, department, committee in rows
    ]
