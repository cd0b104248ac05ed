"""All queries about tasks and what those they were given to answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as core
from sqlmodel import Session as Db
from sqlmodel import SQLModel, col, delete, select, update

from meetinghub.meetings.tables import MeetingRow, SegmentRow
from meetinghub.minutes.model import Answer, Owner, Task, Who
from meetinghub.minutes.tables import TaskOwnerRow, TaskRow

_TASK, _OWNER, _MEETING, _SEGMENT = (
    SQLModel.metadata.tables[row.__tablename__] for row in (TaskRow, TaskOwnerRow, MeetingRow, SegmentRow)
)


@dataclass(frozen=True, slots=True)
class Mine:
    """One task in the list of a committee or department; ``owner`` is its part in it."""

    task: int
    meeting: int
    title: str
    starts_at: datetime
    text: str
    due: date | None
    owner: Owner

    def overdue(self, today: date) -> bool:
        return self.due is not None and self.due < today and self.owner.answer is not Answer.DONE


@dataclass(frozen=True, slots=True)
class Given:
    """A task that a meeting gave, with the department whose item it was. ``title`` is the meeting's."""

    task: int
    meeting: int
    title: str
    starts_at: datetime
    text: str
    due: date | None
    department: str


def of_meeting(db: Db, meeting: int) -> list[Task]:
    """In the order in which they were given, ended ones too."""
    return _tasks(db, db.exec(select(TaskRow).where(TaskRow.meeting_id == meeting).order_by(col(TaskRow.id))).all())


def task(db: Db, number: int) -> Task | None:
    row = db.get(TaskRow, number)
    return _tasks(db, [row])[0] if row else None


def add(db: Db, *, meeting: int, segment: int, text: str, due: date | None, edition: int, owners: Iterable[Who]) -> int:
    row = TaskRow(meeting_id=meeting, segment_id=segment, text=text, due_on=due, edition=edition)
    db.add(row)
    db.flush()
    assert row.id is not None
    db.add_all(_owner_row(row.id, each) for each in owners)
    db.flush()
    return row.id


def change(db: Db, known: Task, *, due: date | None, owners: Sequence[Who]) -> None:
    """Give it until another day, or to others: who stays keeps what they answered."""
    db.exec(update(TaskRow).where(col(TaskRow.id) == known.id).values(due_on=due))
    wanted = {each.ref for each in owners}
    gone = [each.id for each in known.owners if each.who.ref not in wanted]
    if gone:
        db.exec(delete(TaskOwnerRow).where(col(TaskOwnerRow.id).in_(gone)))
    kept = {each.who.ref for each in known.owners}
    db.add_all(_owner_row(known.id, each) for each in owners if each.ref not in kept)
    db.flush()


def end(db: Db, tasks: Sequence[int], edition: int) -> None:
    db.exec(update(TaskRow).where(col(TaskRow.id).in_(tasks)).values(ended=edition))


def answer(db: Db, owner: int, answer: Answer, note: str, *, by: str, now: datetime) -> None:
    db.exec(
        update(TaskOwnerRow)
        .where(col(TaskOwnerRow.id) == owner)
        .values(answer=answer.value, note=note, answered_by=by, answered_at=now)
    )


def mine(db: Db, *, committee: int | None, department: int | None, done: bool = False, limit: int = 200) -> list[Mine]:
    """Tasks of one committee or one department: open ones by the day they are due, done ones latest first."""
    if committee is None and department is None:
        return []
    ours = _OWNER.c.committee_id == committee if committee is not None else _OWNER.c.department_id == department
    state = _OWNER.c.answer == Answer.DONE.value if done else _OWNER.c.answer != Answer.DONE.value
    order = (
        [_OWNER.c.answered_at.desc(), _TASK.c.id.desc()]
        if done
        else [core.case((_TASK.c.due_on.is_(None), 1), else_=0), _TASK.c.due_on, _TASK.c.id]
    )
    wanted = (
        core.select(_TASK, _MEETING.c.title, _MEETING.c.starts_at, *(each.label(f"o_{each.name}") for each in _OWNER.c))
        .join(_OWNER, _OWNER.c.task_id == _TASK.c.id)
        .join(_MEETING, _MEETING.c.id == _TASK.c.meeting_id)
        .where(ours, state, _TASK.c.ended.is_(None))
        .order_by(*order)
        .limit(limit)
    )
    return [
        Mine(
            task=row.id,
            meeting=row.meeting_id,
            title=row.title,
            starts_at=row.starts_at,
            text=row.text,
            due=row.due_on,
            owner=Owner(
                row.o_id,
                Who(row.o_name, row.o_committee_id, row.o_department_id, row.o_person_id),
                Answer(row.o_answer),
                row.o_note,
                row.o_answered_by,
                row.o_answered_at,
            ),
        )
        for row in db.execute(wanted)
    ]


def open_of(db: Db, committees: Collection[int]) -> Mapping[int, tuple[Given, ...]]:
    """Tasks that each of these committees, or somebody of it, has not done; by the day they are due."""
    wanted = (
        core.select(_TASK, _MEETING.c.title, _MEETING.c.starts_at, _SEGMENT.c.department, _OWNER.c.committee_id)
        .join(_OWNER, _OWNER.c.task_id == _TASK.c.id)
        .join(_MEETING, _MEETING.c.id == _TASK.c.meeting_id)
        .join(_SEGMENT, _SEGMENT.c.id == _TASK.c.segment_id)
        .where(_OWNER.c.committee_id.in_(committees), _OWNER.c.answer != Answer.DONE.value, _TASK.c.ended.is_(None))
        .order_by(core.case((_TASK.c.due_on.is_(None), 1), else_=0), _TASK.c.due_on, _TASK.c.id)
    )
    found: defaultdict[int, dict[int, Given]] = defaultdict(dict)
    for row in db.execute(wanted):
        given = Given(row.id, row.meeting_id, row.title, row.starts_at, row.text, row.due_on, row.department)
        found[row.committee_id][row.id] = given
    return {committee: tuple(tasks.values()) for committee, tasks in found.items()}


def _tasks(db: Db, rows: Sequence[TaskRow]) -> list[Task]:
    owners: defaultdict[int, list[Owner]] = defaultdict(list)
    wanted = select(TaskOwnerRow).where(col(TaskOwnerRow.task_id).in_([row.id for row in rows]))
    for each in db.exec(wanted.order_by(col(TaskOwnerRow.id))):
        owners[each.task_id].append(_owner(each))
    return [
        Task(
            id=row.id or 0,
            meeting=row.meeting_id,
            segment=row.segment_id,
            text=row.text,
            due=row.due_on,
            edition=row.edition,
            ended=row.ended,
            owners=tuple(owners[row.id or 0]),
        )
        for row in rows
    ]


def _owner(row: TaskOwnerRow) -> Owner:
    assert row.id is not None
    return Owner(
        row.id,
        Who(row.name, row.committee_id, row.department_id, row.person_id),
        Answer(row.answer),
        row.note,
        row.answered_by,
        row.answered_at,
    )


def _owner_row(task: int, who: Who) -> TaskOwnerRow:
    return TaskOwnerRow(
        task_id=task,
        committee_id=who.committee,
        department_id=who.department,
        person_id=who.person,
        name=who.name,
    )
