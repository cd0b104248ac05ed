"""Queries for people who look at the outbox."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, ScalarSelect
from sqlalchemy.orm import aliased
from sqlmodel import Session as Db
from sqlmodel import and_, case, col, func, or_, select

from meetinghub.mail import store
from meetinghub.mail.model import Mail, Standing, Step
from meetinghub.mail.states import HOLDS_BACK, Event, State
from meetinghub.mail.tables import MailEventRow, MailRow

AT_ONCE = 500
"""Keys of one query: SQLite takes no more than 32766 values."""
_STANDING = ("id", "key", "recipient", "state", "due_at", "tries", "repeats", "settled_at", "problem")


@dataclass(frozen=True, slots=True)
class Search:
    """``text`` is looked for in subject, recipient and kind."""

    text: str = ""
    state: State | None = None


@dataclass(frozen=True, slots=True)
class Page:
    entries: Sequence[Mail]
    whole: int


def counts(db: Db) -> dict[State, int]:
    """How many mails are in each state; states that no mail is in are 0."""
    found = dict(db.exec(select(MailRow.state, func.count()).group_by(MailRow.state)).all())
    return {state: found.get(state.value, 0) for state in State}


def page(db: Db, search: Search, *, offset: int, limit: int) -> Page:
    """Newest first."""
    conditions = _conditions(search)
    whole = db.exec(select(func.count()).select_from(MailRow).where(*conditions)).one()
    wanted = select(MailRow, _held_by()).where(*conditions).order_by(col(MailRow.id).desc()).offset(offset).limit(limit)
    return Page([_mail(row, held_by) for row, held_by in db.exec(wanted)], whole)


def one(db: Db, number: int) -> Mail | None:
    found = db.exec(select(MailRow, _held_by()).where(col(MailRow.id) == number)).first()
    return _mail(*found) if found else None


def standings(db: Db, keys: Collection[str]) -> dict[str, Standing]:
    """Key → how that mail stands; mails that are not owed are left out."""
    found = {}
    wanted = list(keys)
    for first in range(0, len(wanted), AT_ONCE):
        rows = db.exec(
            select(*(getattr(MailRow, name) for name in _STANDING)).where(
                col(MailRow.key).in_(wanted[first : first + AT_ONCE])
            )
        )
        for number, key, recipient, state, *rest in rows:
            found[key] = Standing(number, key, recipient, State(state), *rest)
    return found


def steps(db: Db, number: int) -> list[Step]:
    """What became of a mail so far, first things first."""
    wanted = select(MailEventRow).where(col(MailEventRow.mail_id) == number).order_by(col(MailEventRow.id))
    return [Step(row.at, Event(row.event), row.code, row.answer, row.by) for row in db.exec(wanted)]


def _conditions(search: Search) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if search.state is not None:
        conditions.append(col(MailRow.state) == search.state.value)
    if search.text:
        conditions.append(
            or_(
                *(
                    col(column).icontains(search.text, autoescape=True)
                    for column in (MailRow.subject, MailRow.recipient, MailRow.recipient_name, MailRow.kind)
                )
            )
        )
    return conditions


def _held_by() -> ScalarSelect[int | None]:
    """The first earlier mail that keeps this one waiting."""
    earlier = aliased(MailRow)
    waiting = and_(col(MailRow.state).in_(store.WAITING), col(MailRow.order_key) != "")
    return (
        select(func.min(case((waiting, earlier.id), else_=None)))
        .where(
            col(earlier.order_key) == col(MailRow.order_key),
            col(earlier.recipient) == col(MailRow.recipient),
            col(earlier.id) < col(MailRow.id),
            col(earlier.state).in_([state.value for state in HOLDS_BACK]),
        )
        .correlate(MailRow)
        .scalar_subquery()
    )


def _mail(row: MailRow, held_by: int | None) -> Mail:
    assert row.id is not None
    return Mail(
        number=row.id,
        kind=row.kind,
        owed=store.owed_of(row),
        owed_at=row.owed_at,
        state=State(row.state),
        due_at=row.due_at,
        message_id=row.message_id,
        tries=row.tries,
        lost=row.lost,
        repeats=row.repeats,
        settled_at=row.settled_at,
        problem=row.problem,
        held_by=held_by,
    )
