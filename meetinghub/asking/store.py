"""All queries about requests and their approval; rows become frozen values here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session as Db
from sqlmodel import col, delete, or_, select, update

from meetinghub.asking.approval import ApprovalStep, Deputy, Office, Verdict
from meetinghub.asking.model import DeclinedRide, Request
from meetinghub.asking.occurrences import first_start
from meetinghub.asking.request import State
from meetinghub.asking.tables import ApprovalDeputyRow, ApprovalStepRow, DeclinedRideRow, RequestRow
from meetinghub.asking.wish import Wish, as_json, from_json
from meetinghub.people.model import Right
from meetinghub.people.tables import AccountRightRow, AccountRow, DepartmentRow, PersonRow


def add(db: Db, wish: Wish, *, by: str, department: int, now: datetime) -> int:
    """A new draft; its number."""
    row = RequestRow(
        state=State.DRAFT.value,
        asked_by=by,
        department_id=department,
        title=wish.title,
        draft=as_json(wish),
        created_at=now,
        updated_at=now,
    )
    db.add(row)
    db.flush()
    assert row.id is not None
    return row.id


def keep(db: Db, number: int, wish: Wish, now: datetime) -> None:
    """Write a draft's answers."""
    starts_at = first_start(wish.own) if wish.own else None
    changed = update(RequestRow).where(col(RequestRow.id) == number)
    db.exec(changed.values(title=wish.title, draft=as_json(wish), starts_at=starts_at, updated_at=now))


def note(
    db: Db,
    number: int,
    state: State,
    now: datetime,
    *,
    decided: bool = False,
    meeting_id: int | None = None,
) -> None:
    values: dict[str, Any] = {"state": state.value, "updated_at": now}
    if decided:
        values["decided_at"] = now
    if meeting_id is not None:
        values["meeting_id"] = meeting_id
    db.exec(update(RequestRow).where(col(RequestRow.id) == number).values(**values))


def submit(db: Db, number: int, *, round: int, assessed: dict[str, Any], now: datetime) -> None:
    changed = update(RequestRow).where(col(RequestRow.id) == number)
    db.exec(
        changed.values(
            state=State.SUBMITTED.value,
            round=round,
            assessed=assessed,
            submitted_at=now,
            decided_at=None,
            updated_at=now,
        )
    )


def judge(db: Db, number: int, assessed: dict[str, Any], now: datetime) -> None:
    """What the rules say of a submitted request now."""
    db.exec(update(RequestRow).where(col(RequestRow.id) == number).values(assessed=assessed, updated_at=now))


def request(db: Db, number: int) -> Request | None:
    found = _requests(db, col(RequestRow.id) == number)
    return found[0] if found else None


def of_department(db: Db, department: int, *, limit: int = 100) -> list[Request]:
    """A department's requests, latest change first."""
    return _requests(db, col(RequestRow.department_id) == department, limit=limit)


def page(
    db: Db, *, department: int | None, state: State | None = None, before: int | None = None, limit: int
) -> list[Request]:
    """Newest first, those numbered below ``before``; of one department, or everything that was ever submitted."""
    mine = col(RequestRow.round) > 0 if department is None else col(RequestRow.department_id) == department
    conditions = [mine]
    if state is not None:
        conditions.append(col(RequestRow.state) == state.value)
    if before is not None:
        conditions.append(col(RequestRow.id) < before)
    return _requests(db, *conditions, limit=limit, by_number=True)


def drafts_of(db: Db, department: int) -> list[Request]:
    """Drafts and returned requests that somebody of the department can go on with."""
    editable = [State.DRAFT.value, State.RETURNED.value]
    return _requests(db, col(RequestRow.department_id) == department, col(RequestRow.state).in_(editable), limit=20)


def waiting(db: Db, offices: Iterable[Office]) -> list[Request]:
    """Submitted requests whose current step is one of these offices', most urgent first."""
    wanted = set(offices)
    if not wanted:
        return []
    found = _requests(db, col(RequestRow.state) == State.SUBMITTED.value, limit=500)
    mine = [each for each in found if each.waits_for is not None and each.waits_for.office in wanted]
    return sorted(mine, key=lambda each: (_due(each), each.id))


def handed_in(db: Db, department: int | None = None, *, limit: int = 200) -> list[Request]:
    """Everything that was ever submitted, and all of this department's, latest change first."""
    submitted = col(RequestRow.round) > 0
    wanted = submitted if department is None else or_(submitted, col(RequestRow.department_id) == department)
    return _requests(db, wanted, limit=limit)


def overdue(db: Db, now: datetime) -> list[Request]:
    """Submitted requests whose own meeting would have begun."""
    return _requests(db, col(RequestRow.state) == State.SUBMITTED.value, col(RequestRow.starts_at) <= now, limit=200)


def set_steps(db: Db, number: int, round: int, steps: Sequence[ApprovalStep]) -> None:
    """Write a round as it now stands."""
    for step in steps:
        row = db.get(ApprovalStepRow, (number, round, step.position)) or ApprovalStepRow(
            request_id=number, round=round, position=step.position, office=step.office.value
        )
        row.due_at, row.verdict = step.due_at, step.verdict.value if step.verdict else None
        row.decided_by, row.reason, row.decided_at = step.by, step.reason, step.decided_at
        db.add(row)
    db.flush()


def note_reminded(db: Db, number: int, round: int, position: int, now: datetime) -> None:
    """That those who decide this step were told again."""
    step = db.get(ApprovalStepRow, (number, round, position))
    assert step is not None
    step.reminded_at = now
    db.add(step)
    db.flush()


def set_rides(db: Db, number: int, rides: Iterable[DeclinedRide]) -> None:
    """Replace the list of meetings that were declined."""
    db.exec(delete(DeclinedRideRow).where(col(DeclinedRideRow.request_id) == number))
    db.add_all(
        DeclinedRideRow(
            request_id=number,
            meeting_id=each.meeting_id,
            place=each.place,
            title=each.title,
            starts_at=each.starts_at,
            coming=each.coming,
            newly=each.newly,
            free_minutes=each.free_minutes,
        )
        for each in rides
    )
    db.flush()


def deputies(db: Db, now: datetime) -> list[Deputy]:
    """Who stands in for whom now or later."""
    rows = db.exec(select(ApprovalDeputyRow).where(ApprovalDeputyRow.until > now).order_by(col(ApprovalDeputyRow.id)))
    return [Deputy(Office(row.office), row.account, row.since, row.until, row.when_late) for row in rows]


def add_deputy(db: Db, deputy: Deputy, *, by: str, now: datetime) -> None:
    db.add(
        ApprovalDeputyRow(
            office=deputy.office.value,
            account=deputy.account,
            since=deputy.since,
            until=deputy.until,
            when_late=deputy.when_late,
            named_by=by,
            named_at=now,
        )
    )
    db.flush()


def end_deputy(db: Db, office: Office, account: str, now: datetime) -> int:
    """End a deputy's time now, or take it back before it begins; how many ended."""
    mine = [col(ApprovalDeputyRow.office) == office.value, col(ApprovalDeputyRow.account) == account]
    future = db.exec(delete(ApprovalDeputyRow).where(*mine, col(ApprovalDeputyRow.since) >= now)).rowcount
    running = update(ApprovalDeputyRow).where(*mine, col(ApprovalDeputyRow.until) > now)
    return int(future) + int(db.exec(running.values(until=now)).rowcount)


def department_mail(db: Db, number: int) -> str:
    """Where mails to a department go; empty: nowhere."""
    found = db.get(DepartmentRow, number)
    return found.mail if found else ""


def main_venue_phone(db: Db) -> str:
    """The telephone of whoever works the main venue; empty when nobody is known to."""
    wanted = (
        select(PersonRow.phone)
        .join(AccountRow, col(AccountRow.person_id) == PersonRow.id)
        .join(AccountRightRow, col(AccountRightRow.account_id) == AccountRow.id)
        .where(AccountRightRow.right == Right.OPERATOR.value, col(AccountRow.disabled_at).is_(None))
        .order_by(col(AccountRow.id))
    )
    return db.exec(wanted.where(PersonRow.phone != "")).first() or ""


def _due(found: Request) -> datetime:
    step = found.waits_for
    assert step is not None
    return step.due_at or found.updated_at


def _requests(db: Db, *conditions: ColumnElement[bool], limit: int = 1, by_number: bool = False) -> list[Request]:
    """Latest change (or highest number) first, with their approval and declined rides, in three queries however many
    there are."""
    rows = db.exec(
        select(RequestRow, DepartmentRow.name)
        .join(DepartmentRow, col(DepartmentRow.id) == RequestRow.department_id)
        .where(*conditions)
        .order_by(*([] if by_number else [col(RequestRow.updated_at).desc()]), col(RequestRow.id).desc())
        .limit(limit)
    ).all()
    numbers = [row.id for row, _ in rows if row.id is not None]
    steps, rides = _steps(db, numbers), _rides(db, numbers)
    return [_request(row, name, steps[row.id or 0], rides[row.id or 0]) for row, name in rows]


def _steps(db: Db, numbers: Sequence[int]) -> dict[int, list[tuple[int, ApprovalStep]]]:
    found: dict[int, list[tuple[int, ApprovalStep]]] = defaultdict(list)
    wanted = select(ApprovalStepRow).where(col(ApprovalStepRow.request_id).in_(numbers))
    for row in db.exec(wanted.order_by(col(ApprovalStepRow.round), col(ApprovalStepRow.position))):
        verdict = Verdict(row.verdict) if row.verdict else None
        step = ApprovalStep(
            row.position,
            Office(row.office),
            row.due_at,
            verdict,
            row.decided_by,
            row.reason,
            row.decided_at,
            row.reminded_at,
        )
        found[row.request_id].append((row.round, step))
    return found


def _rides(db: Db, numbers: Sequence[int]) -> dict[int, list[DeclinedRide]]:
    found: dict[int, list[DeclinedRide]] = defaultdict(list)
    wanted = select(DeclinedRideRow).where(col(DeclinedRideRow.request_id).in_(numbers))
    for row in db.exec(wanted.order_by(col(DeclinedRideRow.place))):
        ride = DeclinedRide(
            row.meeting_id, row.place, row.title, row.starts_at, row.coming, row.newly, row.free_minutes
        )
        found[row.request_id].append(ride)
    return found


def _request(
    row: RequestRow, department: str, steps: Sequence[tuple[int, ApprovalStep]], rides: Sequence[DeclinedRide]
) -> Request:
    assert row.id is not None
    return Request(
        id=row.id,
        state=State(row.state),
        asked_by=row.asked_by,
        department_id=row.department_id,
        department=department,
        wish=from_json(row.draft),
        round=row.round,
        meeting_id=row.meeting_id,
        created_at=row.created_at,
        updated_at=row.updated_at,
        submitted_at=row.submitted_at,
        decided_at=row.decided_at,
        assessed=row.assessed,
        steps=tuple(step for round, step in steps if round == row.round),
        earlier=tuple(step for round, step in steps if round < row.round and step.verdict is not None),
        rides=tuple(rides),
    )
