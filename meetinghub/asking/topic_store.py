"""All queries about topics that committees ask for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import Session as Db
from sqlmodel import case, col, select, update

from meetinghub.asking.model import Topic, TopicState
from meetinghub.asking.tables import TopicRow
from meetinghub.people.tables import CommitteeRow, DepartmentRow

SHOWN = 200
Change = Callable[[Db, Topic, datetime], None]


def add(db: Db, *, committee: int, department: int, title: str, text: str, by: str, now: datetime) -> int:
    row = TopicRow(
        committee_id=committee,
        department_id=department,
        title=title,
        text=text,
        state=TopicState.OPEN.value,
        asked_by=by,
        asked_at=now,
    )
    db.add(row)
    db.flush()
    assert row.id is not None
    return row.id


def topic(db: Db, number: int) -> Topic | None:
    found = _topics(db, col(TopicRow.id) == number)
    return found[0] if found else None


def topics(db: Db) -> list[Topic]:
    return _topics(db)


def waiting(db: Db, *, department: int) -> list[Topic]:
    return _topics(db, col(TopicRow.state) == TopicState.OPEN.value, col(TopicRow.department_id) == department)


def open_topics(db: Db) -> list[Topic]:
    """Those that nobody has taken up."""
    return _topics(db, col(TopicRow.state) == TopicState.OPEN.value)


def note(
    db: Db,
    number: int,
    *,
    state: TopicState,
    taken_by: int | None = None,
    taken_at: datetime | None = None,
    answer: str = "",
    closed_at: datetime | None = None,
    meeting: int | None = None,
) -> None:
    """Write a new state and what came with it; what is not given stays."""
    given: dict[str, object] = {
        "taken_by": taken_by,
        "taken_at": taken_at,
        "answer": answer or None,
        "closed_at": closed_at,
    }
    given["meeting_id"] = meeting
    values = {name: value for name, value in given.items() if value is not None}
    db.exec(update(TopicRow).where(col(TopicRow.id) == number).values(state=state.value, **values))


def _topics(db: Db, *conditions: ColumnElement[bool]) -> list[Topic]:
    taker = aliased(DepartmentRow)
    order = case({TopicState.OPEN.value: 0, TopicState.TAKEN.value: 1}, value=col(TopicRow.state), else_=2)
    rows = db.exec(
        select(TopicRow, CommitteeRow.name, DepartmentRow.name, taker.name)
        .join(CommitteeRow, col(CommitteeRow.id) == TopicRow.committee_id)
        .join(DepartmentRow, col(DepartmentRow.id) == TopicRow.department_id)
        .outerjoin(taker, col(taker.id) == TopicRow.taken_by)
        .where(*conditions)
        .order_by(order, case((order < 2, col(TopicRow.id)), else_=-col(TopicRow.id)))
        .limit(SHOWN)
    )
    return [_topic(*row) for row in rows]


def _topic(row: TopicRow, committee: str, department: str, taker: str | None) -> Topic:
    assert row.id is not None
    return Topic(
        id=row.id,
        committee_id=row.committee_id,
        committee=committee,
        department_id=row.department_id,
        department=department,
        title=row.title,
        text=row.text,
        state=TopicState(row.state),
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        taken_by=row.taken_by,
        taker=taker or "",
        taken_at=row.taken_at,
        answer=row.answer,
        meeting_id=row.meeting_id,
        closed_at=row.closed_at,
    )
