"""All queries about issues and what they froze; rows become frozen values here.

Whoever opens or changes an issue has taken the ledger before (:func:`meetinghub.ledger.store.take`): one at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session as Db
from sqlmodel import col, func, select, tuple_, update

from digest import spelling
from digest.model import Issue, IssueKind, IssueState, Item, State, Week
from digest.tables import IssueItemRow, IssuePageRow, IssueRow, NoticeRow
from meetinghub.errors import Stale
from meetinghub.ids import CommitteeId, IssueId, NoticeId


@dataclass(frozen=True, slots=True)
class Told:
    """When the host office and the deputy were told that nobody has approved."""

    host: datetime | None
    deputy: datetime | None


def open_issue(
    db: Db,
    week: Week,
    *,
    part: int = 0,
    kind: IssueKind = IssueKind.REGULAR,
    corrects: IssueId | None = None,
    send_at: datetime | None = None,
) -> Issue:
    """The week's issue of that part, whatever its state; made, with ``send_at``, when there is none."""
    found = issue_of(db, week, part=part)
    if found is not None:
        return found
    row = IssueRow(
        year=week.year,
        week=week.number,
        part=part,
        kind=kind.value,
        state=IssueState.OPEN.value,
        corrects_id=corrects,
        send_at=send_at,
    )
    db.add(row)
    db.flush()
    return _issue(row)


def issue(db: Db, number: IssueId) -> Issue | None:
    row = db.get(IssueRow, number)
    return _issue(row) if row else None


def issue_of(db: Db, week: Week, *, part: int = 0) -> Issue | None:
    row = db.exec(select(IssueRow).where(*_of_week(week), IssueRow.part == part)).first()
    return _issue(row) if row else None


def issues(
    db: Db,
    states: Collection[IssueState] = tuple(IssueState),
    *,
    before: Issue | None = None,
    limit: int | None = None,
) -> list[Issue]:
    """Newest first; ``before``: older than that one."""
    order = (col(IssueRow.year), col(IssueRow.week), col(IssueRow.part))
    wanted = select(IssueRow).where(col(IssueRow.state).in_([each.value for each in states]))
    if before is not None:
        wanted = wanted.where(tuple_(*order) < (before.week.year, before.week.number, before.part))
    return [_issue(row) for row in db.exec(wanted.order_by(*(each.desc() for each in order)).limit(limit))]


def next_part(db: Db, week: Week) -> int:
    """The part of the week's next supplement or correction."""
    newest = db.exec(select(func.max(IssueRow.part)).where(*_of_week(week))).one()
    return (newest or 0) + 1


def set_send_at(db: Db, number: IssueId, moment: datetime | None) -> None:
    _change(db, number, send_at=moment)


def told(db: Db, number: IssueId) -> Told:
    row = _row(db, number)
    return Told(row.told_at, row.told_deputy_at)


def set_told(db: Db, number: IssueId, now: datetime, *, deputy: bool = False) -> None:
    if deputy:
        _change(db, number, told_deputy_at=now)
    else:
        _change(db, number, told_at=now)


def set_sent(db: Db, number: IssueId, now: datetime) -> None:
    """:class:`Stale` unless it was approved and not sent yet."""
    _change(db, number, only=(IssueState.APPROVED,), state=IssueState.SENT.value, sent_at=now)


def lapse(db: Db, number: IssueId, *, following: IssueId) -> list[NoticeId]:
    """Its week passed: what was on its board, frozen or not, waits behind what is on the following one's."""
    _change(db, number, only=(IssueState.OPEN, IssueState.APPROVED), state=IssueState.LAPSED.value)
    last = db.exec(select(func.max(NoticeRow.position)).where(NoticeRow.issue_id == following)).one() or 0
    waiting = db.exec(
        select(NoticeRow).where(NoticeRow.issue_id == number).order_by(col(NoticeRow.position), col(NoticeRow.id))
    ).all()
    for place, row in enumerate(waiting, last + 1):
        row.issue_id, row.position = following, place
        if row.state == State.FROZEN.value:
            row.state = State.SUBMITTED.value
        db.add(row)
    db.flush()
    return [NoticeId(_id(row.id)) for row in waiting]


def add_items(db: Db, items: Iterable[Item], department_ids: Mapping[NoticeId, Sequence[int]]) -> tuple[Item, ...]:
    """Write an open issue's items as they are to be frozen; the same with their numbers."""
    rows = [
        IssueItemRow(
            issue_id=each.issue,
            notice_id=each.notice,
            position=each.position,
            wording=spelling.wording_json(each.wording),
            departments=list(each.departments),
            department_ids=list(department_ids[each.notice]),
            files=[spelling.file_json(file) for file in each.attachments],
            due_on=each.wording.due_on,
            corrects_id=each.corrects,
            searched=spelling.searched(each.wording, each.departments, each.attachments),
        )
        for each in items
    ]
    db.add_all(rows)
    db.flush()
    return tuple(_item(row) for row in rows)


def add_pages(db: Db, number: IssueId, pages: Mapping[CommitteeId, tuple[Mapping[str, Any], str]]) -> None:
    """What each committee gets: the page's JSON and its digest."""
    db.add_all(
        IssuePageRow(issue_id=number, committee_id=committee, page=dict(page), digest=digest)
        for committee, (page, digest) in sorted(pages.items())
    )
    db.flush()


def approve(db: Db, number: IssueId, *, digest: str, by: str, now: datetime) -> Issue:
    """From here on its items and pages are refused every change by the database itself."""
    frozen = IssueState.APPROVED.value
    _change(db, number, only=(IssueState.OPEN,), state=frozen, digest=digest, approved_by=by, approved_at=now)
    return _issue(_row(db, number))


def items(db: Db, number: IssueId) -> tuple[Item, ...]:
    """What an issue froze, in its order."""
    rows = db.exec(select(IssueItemRow).where(IssueItemRow.issue_id == number).order_by(col(IssueItemRow.position)))
    return tuple(_item(row) for row in rows)


def item(db: Db, number: int) -> Item | None:
    row = db.get(IssueItemRow, number)
    return _item(row) if row else None


def department_ids(db: Db, number: int) -> tuple[int, ...]:
    """Whom a frozen item is credited to, its owner first."""
    row = db.get(IssueItemRow, number)
    return tuple(row.department_ids) if row else ()


def items_of_notice(db: Db, number: NoticeId) -> list[Item]:
    """As issues froze it, newest first: several when an issue lapsed."""
    rows = db.exec(select(IssueItemRow).where(IssueItemRow.notice_id == number).order_by(col(IssueItemRow.id).desc()))
    return [_item(row) for row in rows]


def page(db: Db, number: IssueId, committee: CommitteeId) -> tuple[Mapping[str, Any], str] | None:
    """A committee's frozen page as JSON, and its digest."""
    row = db.get(IssuePageRow, (number, committee))
    return (row.page, row.digest) if row else None


def pages(db: Db, number: IssueId) -> dict[CommitteeId, tuple[Mapping[str, Any], str]]:
    rows = db.exec(select(IssuePageRow).where(IssuePageRow.issue_id == number).order_by(col(IssuePageRow.committee_id)))
    return {CommitteeId(row.committee_id): (row.page, row.digest) for row in rows}


def _change(db: Db, number: IssueId, *, only: Collection[IssueState] = tuple(IssueState), **values: object) -> None:
    states = [each.value for each in only]
    changed = db.exec(
        update(IssueRow).where(col(IssueRow.id) == number, col(IssueRow.state).in_(states)).values(**values)
    )
    if changed.rowcount != 1:
        raise Stale("notice.issue_changed")
    db.expire_all()


def _of_week(week: Week) -> tuple[Any, Any]:
    return IssueRow.year == week.year, IssueRow.week == week.number


def _row(db: Db, number: IssueId) -> IssueRow:
    row = db.get(IssueRow, number)
    if row is None:
        raise LookupError(number)
    return row


def _issue(row: IssueRow) -> Issue:
    return Issue(
        id=IssueId(_id(row.id)),
        week=Week(row.year, row.week),
        part=row.part,
        kind=IssueKind(row.kind),
        state=IssueState(row.state),
        corrects=None if row.corrects_id is None else IssueId(row.corrects_id),
        send_at=row.send_at,
        digest=row.digest,
        approved_by=row.approved_by,
        approved_at=row.approved_at,
        sent_at=row.sent_at,
    )


def _item(row: IssueItemRow) -> Item:
    return Item(
        id=_id(row.id),
        issue=IssueId(row.issue_id),
        notice=NoticeId(row.notice_id),
        position=row.position,
        wording=spelling.wording_of(row.wording),
        departments=tuple(row.departments),
        attachments=tuple(spelling.file_of(each) for each in row.files),
        corrects=row.corrects_id,
    )


def _id(number: int | None) -> int:
    assert number is not None
    return number
