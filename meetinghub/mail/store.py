"""Queries of the outbox's work: writing down, claiming, noting ends. A claim is held by its token and nothing else."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import cache

from sqlalchemy import ColumnElement
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased
from sqlalchemy.sql.dml import ReturningInsert
from sqlmodel import Session as Db
from sqlmodel import SQLModel, and_, case, col, exists, or_, select, update

from meetinghub.mail.message import Owed
from meetinghub.mail.model import Outcome, ReturnBox, ServerTrouble, Try
from meetinghub.mail.states import HOLDS_BACK, State
from meetinghub.mail.tables import MailEventRow, MailRow, MailServerRow, ReturnBoxRow

_MAIL = SQLModel.metadata.tables[MailRow.__tablename__]
WAITING = (State.OWED.value, State.UNCERTAIN.value)


def add(db: Db, owed: Owed, *, state: State, problem: str, now: datetime) -> bool:
    """Write a mail down unless its key is there already; whether it was not."""
    begins = max(now, owed.not_before or now)
    values = {
        "key": owed.key,
        "kind": owed.kind,
        "recipient": owed.to,
        "recipient_name": owed.to_name,
        "reply_to": owed.reply_to,
        "list_id": owed.list_id,
        "subject": owed.subject,
        "text": owed.text,
        "html": owed.html,
        "calendar": owed.calendar,
        "order_key": owed.order_key,
        "owed_at": now,
        "not_before": begins,
        "not_after": owed.not_after,
        "state": state.value,
        "due_at": begins if state is State.OWED else None,
        "settled_at": None if state is State.OWED else now,
        "problem": problem,
    }
    # Hundreds are owed in one transaction: the statement is made once, and nothing else is flushed for each of them.
    return db.connection().execute(_insert(db.get_bind().dialect.name), values).first() is not None


@cache
def _insert(dialect: str) -> ReturningInsert[tuple[int]]:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(_MAIL).on_conflict_do_nothing(index_elements=["key"]).returning(_MAIL.c.id)


def known(db: Db, keys: Collection[str]) -> frozenset[str]:
    """Which of these keys are owed or were sent."""
    return frozenset(db.exec(select(MailRow.key).where(col(MailRow.key).in_(keys)))) if keys else frozenset()


def held_back() -> ColumnElement[bool]:
    """Whether an earlier mail of the same order to the same recipient is not out yet."""
    earlier = aliased(MailRow)
    return and_(
        col(MailRow.order_key) != "",
        exists().where(
            col(earlier.order_key) == col(MailRow.order_key),
            col(earlier.recipient) == col(MailRow.recipient),
            col(earlier.id) < col(MailRow.id),
            col(earlier.state).in_([state.value for state in HOLDS_BACK]),
        ),
    )


def work(db: Db, now: datetime) -> bool:
    """Whether there is anything to claim or to take back: a look that locks nothing."""
    wanted = select(MailRow.id).where(or_(_due(now), _overdue(now))).limit(1)
    return db.exec(wanted).first() is not None


def due(db: Db, now: datetime) -> MailRow | None:
    """The mail that has been due for longest, locked against other claims where the engine has locks of rows."""
    wanted = (
        select(MailRow)
        .where(_due(now))
        .order_by(col(MailRow.due_at), col(MailRow.id))
        .limit(1)
        .with_for_update(skip_locked=True, of=MailRow)
    )
    return db.exec(wanted).first()


def overdue(db: Db, now: datetime) -> list[MailRow]:
    """Claims whose lease ran out, likewise locked."""
    return list(db.exec(select(MailRow).where(_overdue(now)).with_for_update(skip_locked=True, of=MailRow)))


def claim(db: Db, row: MailRow, *, token: str, by: str, lease_until: datetime) -> Try:
    row.state, row.claim, row.claimed_by = State.CLAIMED.value, token, by
    row.lease_until, row.handed_over_at = lease_until, None
    db.add(row)
    db.flush()
    assert row.id is not None
    return Try(row.id, token, owed_of(row), row.message_id, max(row.owed_at, row.not_before))


def hand_over(db: Db, tried: Try, *, message_id: str, now: datetime, lease_until: datetime) -> bool:
    """Note that the message goes out now; False when the lease has run out, and it must not."""
    changed = (
        update(MailRow)
        .where(*_held(tried), col(MailRow.lease_until) > now)
        .values(
            message_id=message_id,
            handed_over_at=now,
            lease_until=lease_until,
            repeats=col(MailRow.repeats) + case((col(MailRow.lost) > 0, 1), else_=0),
        )
    )
    return db.execute(changed.returning(col(MailRow.id))).first() is not None


def claimed(db: Db, tried: Try) -> MailRow | None:
    """The mail while this try still holds it."""
    return db.exec(select(MailRow).where(*_held(tried)).with_for_update(of=MailRow)).first()


def locked(db: Db, number: int) -> MailRow | None:
    """The mail, for a person's act."""
    return db.exec(select(MailRow).where(col(MailRow.id) == number).with_for_update(of=MailRow)).first()


def with_message_id(db: Db, identifier: str) -> MailRow | None:
    """The mail that went out under it."""
    return db.exec(select(MailRow).where(col(MailRow.message_id) == identifier).with_for_update(of=MailRow)).first()


def return_box(db: Db) -> ReturnBox | None:
    """How far the mailbox of returned mails was read; None before the first time."""
    row = db.get(ReturnBoxRow, 1)
    return ReturnBox(row.validity, row.uid, row.read_at, row.problem) if row else None


def note_return_box(db: Db, box: ReturnBox) -> None:
    row = db.get(ReturnBoxRow, 1) or ReturnBoxRow(validity=0, uid=0, read_at=box.read_at, problem="")
    row.validity, row.uid, row.read_at, row.problem = box.validity, box.uid, box.read_at, box.problem[:1000]
    db.add(row)
    db.flush()


def note(db: Db, mail: int, outcome: Outcome, *, at: datetime, by: str) -> None:
    db.add(
        MailEventRow(
            mail_id=mail, at=at, event=outcome.event.value, code=outcome.code, answer=outcome.answer[:1000], by=by[:80]
        )
    )
    db.flush()


def trouble(db: Db) -> ServerTrouble | None:
    row = db.get(MailServerRow, 1)
    return ServerTrouble(row.problem, row.since, row.tried_at) if row and row.problem else None


def note_server(db: Db, problem: str, now: datetime) -> None:
    """``problem`` empty = the server takes mails (again)."""
    row = db.get(MailServerRow, 1) or MailServerRow(problem="", since=now, tried_at=now)
    if bool(row.problem) != bool(problem):
        row.since = now
    row.problem, row.tried_at = problem[:1000], now
    db.add(row)
    db.flush()


def owed_of(row: MailRow) -> Owed:
    return Owed(
        key=row.key,
        to=row.recipient,
        subject=row.subject,
        text=row.text,
        html=row.html,
        calendar=row.calendar,
        order_key=row.order_key,
        not_before=row.not_before,
        not_after=row.not_after,
        to_name=row.recipient_name,
        reply_to=row.reply_to,
        list_id=row.list_id,
    )


def _due(now: datetime) -> ColumnElement[bool]:
    return and_(col(MailRow.state).in_(WAITING), col(MailRow.due_at) <= now, ~held_back())


def _overdue(now: datetime) -> ColumnElement[bool]:
    return and_(col(MailRow.state) == State.CLAIMED.value, col(MailRow.lease_until) <= now)


def _held(tried: Try) -> tuple[ColumnElement[bool], ...]:
    return (
        col(MailRow.id) == tried.number,
        col(MailRow.state) == State.CLAIMED.value,
        col(MailRow.claim) == tried.token,
    )
