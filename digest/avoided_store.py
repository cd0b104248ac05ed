"""Read-outs that went out as items of the weekly notice instead of keeping committees in a meeting.

Counted are requests, claims and segments, once each, on the day on which the issue with the item was sent. A merged
item counts each read-out that is in it; what was never sent, withdrawn or only corrected counts nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlmodel import Session as Db
from sqlmodel import col, or_, select

from digest.model import AVOIDS_A_MEETING, IssueState, Origin, audience_of
from digest.spelling import wording_of
from digest.tables import IssueItemRow, IssueRow, NoticeRow
from meetinghub.clock import SHANGHAI
from meetinghub.ids import CommitteeId, DepartmentId, IssueId, NoticeId
from meetinghub.people import store as people


@dataclass(frozen=True, slots=True)
class Avoided:
    """One read-out. ``committees`` would have sat through it; ``number`` is the issue's week."""

    notice: NoticeId
    issue: IssueId
    number: int
    day: date
    title: str
    department: DepartmentId
    origin: Origin
    committees: tuple[CommitteeId, ...]


def avoided(
    db: Db, first: date, last: date, *, committee: int | None = None, department: int | None = None
) -> tuple[Avoided, ...]:
    """Of the days ``first`` to ``last``, the latest first; ``committee``: only those that it got."""
    everybody = [each.id for each in people.committees(db)]
    wanted = (
        select(NoticeRow, IssueItemRow, IssueRow)
        .join(
            IssueItemRow,
            or_(
                col(IssueItemRow.notice_id) == col(NoticeRow.id), col(IssueItemRow.notice_id) == col(NoticeRow.into_id)
            ),
        )
        .join(IssueRow, col(IssueRow.id) == col(IssueItemRow.issue_id))
        .where(
            col(NoticeRow.origin).in_([each.value for each in AVOIDS_A_MEETING]),
            col(IssueRow.state) == IssueState.SENT.value,
            col(IssueRow.sent_at) >= _midnight(first),
            col(IssueRow.sent_at) < _midnight(last + timedelta(days=1)),
        )
        .order_by(col(IssueRow.sent_at).desc(), col(IssueItemRow.position), col(NoticeRow.id))
    )
    if department is not None:
        wanted = wanted.where(NoticeRow.department_id == department)
    found: dict[int, Avoided] = {}
    for notice, item, issue in db.exec(wanted):
        one = _avoided(notice, item, issue, everybody)
        if committee is None or committee in one.committees:
            found[one.notice] = one
    return tuple(found.values())


def _avoided(notice: NoticeRow, item: IssueItemRow, issue: IssueRow, everybody: Sequence[CommitteeId]) -> Avoided:
    assert notice.id is not None
    assert issue.id is not None
    assert issue.sent_at is not None
    merged = item.notice_id != notice.id
    audiences = [audience_of(each) for each in notice.audiences] if merged else wording_of(item.wording).audiences
    return Avoided(
        notice=NoticeId(notice.id),
        issue=IssueId(issue.id),
        number=issue.week,
        day=issue.sent_at.astimezone(SHANGHAI).date(),
        title=notice.title if merged else wording_of(item.wording).title,
        department=DepartmentId(notice.department_id),
        origin=Origin(notice.origin),
        committees=tuple(each for each in everybody if any(audience.concerns(each) for audience in audiences)),
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)
