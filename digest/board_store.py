"""The board's own queries: places, what freezing does to items, whom to ask, what the last issue left unanswered."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlmodel import Session as Db
from sqlmodel import col, func, select, update

from digest.model import IssueState, State, Week
from digest.page import Contact
from digest.tables import IssueItemRow, IssueRow, NoticeRow
from meetinghub.ids import DepartmentId, IssueId, NoticeId
from meetinghub.people.model import Right
from meetinghub.people.tables import AccountRightRow, AccountRow, DepartmentRow, PersonRow


def set_positions(db: Db, positions: Mapping[NoticeId, int]) -> None:
    for number, position in positions.items():
        db.exec(update(NoticeRow).where(col(NoticeRow.id) == number).values(position=position))
    db.expire_all()


def set_frozen(db: Db, numbers: Collection[NoticeId]) -> None:
    """They can no longer be edited, returned or moved."""
    db.exec(update(NoticeRow).where(col(NoticeRow.id).in_(list(numbers))).values(state=State.FROZEN.value))
    db.expire_all()


def set_issue(db: Db, numbers: Collection[NoticeId], issue: IssueId, position: int) -> None:
    """All of them to one place on a board: a merged item with its parts."""
    changed = update(NoticeRow).where(col(NoticeRow.id).in_(list(numbers)))
    db.exec(changed.values(issue_id=issue, position=position))
    db.expire_all()


def set_origin(db: Db, number: NoticeId, origin: str, ref: int | None) -> None:
    db.exec(update(NoticeRow).where(col(NoticeRow.id) == number).values(origin=origin, origin_ref=ref))
    db.expire_all()


def reopen(db: Db, number: NoticeId, issue: IssueId, *, by: str, now: datetime) -> None:
    """A withdrawn item is on a board again."""
    values = {"state": State.SUBMITTED.value, "issue_id": issue, "position": 1, "updated_by": by, "updated_at": now}
    db.exec(update(NoticeRow).where(col(NoticeRow.id) == number).values(**values, submitted_at=now))
    db.expire_all()


def last_week_sent(db: Db, before: Week) -> list[IssueId]:
    """The issues, regular and others, of the latest week before ``before`` that were sent."""
    sent = IssueRow.state == IssueState.SENT.value
    earlier = (col(IssueRow.year) < before.year) | (
        (col(IssueRow.year) == before.year) & (col(IssueRow.week) < before.number)
    )
    order = (col(IssueRow.year).desc(), col(IssueRow.week).desc())
    latest = db.exec(select(IssueRow).where(sent, earlier).order_by(*order).limit(1)).first()
    if latest is None:
        return []
    wanted = select(IssueRow.id).where(sent, IssueRow.year == latest.year, IssueRow.week == latest.week)
    return [IssueId(number) for number in db.exec(wanted.order_by(col(IssueRow.part))) if number is not None]


def corrected(db: Db, items: Iterable[int]) -> dict[int, int]:
    """Frozen item → the latest that corrects it in an issue that was sent."""
    wanted = (
        select(IssueItemRow.corrects_id, func.max(IssueItemRow.id))
        .join(IssueRow, col(IssueRow.id) == col(IssueItemRow.issue_id))
        .where(col(IssueItemRow.corrects_id).in_(list(items)), IssueRow.state == IssueState.SENT.value)
        .group_by(col(IssueItemRow.corrects_id))
    )
    return {of: number for of, number in db.exec(wanted) if of is not None and number is not None}


def contact(db: Db, host: DepartmentId | None) -> Contact:
    """Who answers for the issue: the first account of the host office, those that may host before the others."""
    hosting = select(AccountRightRow.account_id).where(AccountRightRow.right == Right.HOST.value)
    may_host = col(AccountRow.id).in_(hosting)
    wanted = (
        select(DepartmentRow.name, func.coalesce(PersonRow.name, AccountRow.name), func.coalesce(PersonRow.phone, ""))
        .select_from(AccountRow)
        .join(DepartmentRow, col(DepartmentRow.id) == col(AccountRow.department_id))
        .outerjoin(PersonRow, col(PersonRow.id) == col(AccountRow.person_id))
        .where(col(AccountRow.disabled_at).is_(None), may_host if host is None else AccountRow.department_id == host)
        .order_by(may_host.desc(), col(AccountRow.id))
        .limit(1)
    )
    found = db.exec(wanted).first()
    if found is not None:
        return Contact(*found)
    row = db.get(DepartmentRow, host) if host is not None else None
    return Contact(row.name if row else "")


def mail_of(db: Db, department: DepartmentId) -> tuple[str, str]:
    """Name and mail address of a department."""
    row = db.get(DepartmentRow, department)
    return (row.name, row.mail) if row else ("", "")
