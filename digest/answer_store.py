"""All queries about what committees answer to the items of issues that were sent, and what they ask about them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session as Db
from sqlmodel import col, delete, exists, or_, select, update

from digest import issue_store
from digest.answering import Question, SentItem
from digest.model import Acknowledgement, Answer, IssueState
from digest.tables import IssueItemRow, IssueRow, NoticeAnswerRow, NoticeQuestionRow, NoticeRow
from meetinghub.ids import CommitteeId, DepartmentId, IssueId, NoticeId


def sent(db: Db, number: int) -> SentItem | None:
    """The item unless its issue was not sent."""
    found = sent_of(db, [number])
    return found[0] if found else None


def sent_of(db: Db, numbers: Collection[int]) -> list[SentItem]:
    """These items, as far as they were sent, in the order of their issues."""
    return _sent(db, col(IssueItemRow.id).in_(numbers)) if numbers else []


def sent_since(db: Db, moment: datetime) -> list[SentItem]:
    """The items of all issues that were sent at ``moment`` or later, in their order."""
    return _sent(db, col(IssueRow.sent_at) >= moment)


def unsettled_since(db: Db, moment: datetime, committee: CommitteeId) -> list[SentItem]:
    """Those of them that this committee has not answered, or has only read although something is to be done."""
    given = NoticeAnswerRow
    settled = exists().where(
        col(given.item_id) == col(IssueItemRow.id),
        col(given.committee_id) == committee,
        or_(col(given.answer) == Answer.DONE.value, col(IssueItemRow.due_on).is_(None)),
    )
    return _sent(db, col(IssueRow.sent_at) >= moment, ~settled)


def latest_answers(db: Db, committee: CommitteeId, limit: int) -> list[Acknowledgement]:
    """A committee's newest."""
    wanted = select(NoticeAnswerRow).where(NoticeAnswerRow.committee_id == committee)
    return [_acknowledgement(row) for row in db.exec(wanted.order_by(col(NoticeAnswerRow.at).desc()).limit(limit))]


def sent_for(db: Db, days: Collection[date]) -> list[SentItem]:
    """The items with one of these dates."""
    return _sent(db, col(IssueItemRow.due_on).in_(days)) if days else []


def sent_as(db: Db, notice: NoticeId) -> SentItem | None:
    """As what an item that was written, or the one that it was merged into, was sent."""
    row = db.get(NoticeRow, notice)
    numbers = [number for number in (notice, row.into_id if row else None) if number is not None]
    found = _sent(db, col(IssueItemRow.notice_id).in_(numbers))
    return found[-1] if found else None


def answers(db: Db, items: Collection[int]) -> dict[int, dict[CommitteeId, Acknowledgement]]:
    """By item and committee; every item is there."""
    found: dict[int, dict[CommitteeId, Acknowledgement]] = {each: {} for each in items}
    for row in db.exec(select(NoticeAnswerRow).where(col(NoticeAnswerRow.item_id).in_(items))):
        found[row.item_id][CommitteeId(row.committee_id)] = _acknowledgement(row)
    return found


def answers_of(db: Db, committee: CommitteeId, items: Collection[int]) -> dict[int, Acknowledgement]:
    """One committee's, by item."""
    wanted = select(NoticeAnswerRow).where(
        NoticeAnswerRow.committee_id == committee, col(NoticeAnswerRow.item_id).in_(items)
    )
    return {row.item_id: _acknowledgement(row) for row in db.exec(wanted)}


def put_answer(db: Db, given: Acknowledgement) -> None:
    """In the place of an earlier one."""
    row = db.get(NoticeAnswerRow, (given.item, given.committee))
    values: dict[str, Any] = {
        "answer": given.answer.value,
        "note": given.note,
        "by": given.by,
        "via": given.via,
        "at": given.at,
    }
    if row is None:
        db.add(NoticeAnswerRow(item_id=given.item, committee_id=given.committee, **values))
    else:
        row.sqlmodel_update(values)
        db.add(row)
    db.flush()


def drop_answer(db: Db, item: int, committee: CommitteeId) -> None:
    ours = (col(NoticeAnswerRow.item_id) == item, col(NoticeAnswerRow.committee_id) == committee)
    db.exec(delete(NoticeAnswerRow).where(*ours))
    db.expire_all()


def questions(db: Db, items: Collection[int]) -> dict[int, tuple[Question, ...]]:
    """By item, in the order in which they were asked; every item is there."""
    found: defaultdict[int, list[Question]] = defaultdict(list)
    wanted = select(NoticeQuestionRow).where(col(NoticeQuestionRow.item_id).in_(items))
    for row in db.exec(wanted.order_by(col(NoticeQuestionRow.id))):
        found[row.item_id].append(_question(row))
    return {each: tuple(found[each]) for each in items}


def question(db: Db, number: int) -> Question | None:
    row = db.get(NoticeQuestionRow, number)
    return _question(row) if row else None


def open_questions(db: Db) -> list[Question]:
    """Those that nobody has answered, the oldest first."""
    wanted = select(NoticeQuestionRow).where(col(NoticeQuestionRow.answered_at).is_(None))
    return [_question(row) for row in db.exec(wanted.order_by(col(NoticeQuestionRow.id)))]


def add_question(db: Db, item: int, committee: CommitteeId, text: str, *, by: str, now: datetime) -> int:
    row = NoticeQuestionRow(item_id=item, committee_id=committee, text=text, asked_by=by, asked_at=now)
    db.add(row)
    db.flush()
    assert row.id is not None
    return row.id


def answer_question(db: Db, number: int, text: str, *, by: str, now: datetime) -> None:
    values = {"answer": text, "answered_by": by, "answered_at": now}
    db.exec(update(NoticeQuestionRow).where(col(NoticeQuestionRow.id) == number).values(**values))
    db.expire_all()


def _sent(db: Db, *conditions: ColumnElement[bool]) -> list[SentItem]:
    wanted = (
        select(IssueItemRow, IssueRow)
        .join(IssueRow, col(IssueRow.id) == col(IssueItemRow.issue_id))
        .where(col(IssueRow.state) == IssueState.SENT.value, *conditions)
        .order_by(col(IssueRow.sent_at), col(IssueRow.id), col(IssueItemRow.position), col(IssueItemRow.id))
    )
    rows = [item for item, _ in db.exec(wanted).all()]
    corrections = _corrections(db, [item.id for item in rows if item.id is not None])
    return [_sent_item(db, item, corrections) for item in rows]


def _corrections(db: Db, items: Iterable[int]) -> Mapping[int, int]:
    """Item → the latest that puts it right and was sent."""
    later = (
        select(IssueItemRow.corrects_id, IssueItemRow.id)
        .join(IssueRow, col(IssueRow.id) == col(IssueItemRow.issue_id))
        .where(col(IssueItemRow.corrects_id).in_(list(items)), col(IssueRow.state) == IssueState.SENT.value)
        .order_by(col(IssueItemRow.id))
    )
    return {of: number for of, number in db.exec(later) if of is not None and number is not None}


def _sent_item(db: Db, row: IssueItemRow, corrections: Mapping[int, int]) -> SentItem:
    # Both rows were read just now: the session has them.
    assert row.id is not None
    item, issue = issue_store.item(db, row.id), issue_store.issue(db, IssueId(row.issue_id))
    assert item is not None
    assert issue is not None
    return SentItem(item, issue, tuple(DepartmentId(each) for each in row.department_ids), corrections.get(row.id))


def _acknowledgement(row: NoticeAnswerRow) -> Acknowledgement:
    return Acknowledgement(
        row.item_id, CommitteeId(row.committee_id), Answer(row.answer), row.by, row.via, row.at, row.note
    )


def _question(row: NoticeQuestionRow) -> Question:
    assert row.id is not None
    return Question(
        id=row.id,
        item=row.item_id,
        committee=CommitteeId(row.committee_id),
        text=row.text,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        answer=row.answer,
        answered_by=row.answered_by,
        answered_at=row.answered_at,
    )
