"""All queries about offers: read-outs that could be items, items that could be a meeting's topic."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session as Db
from sqlmodel import col, select

from digest.detector import OfferState
from digest.tables import NoticeOfferRow
from meetinghub.ids import DepartmentId, NoticeId


@dataclass(frozen=True, slots=True)
class Offer:
    """``segment`` or ``item``, the other is 0. ``notice``: the draft that it became."""

    id: int
    segment: int
    item: int
    department: DepartmentId
    state: OfferState
    notice: NoticeId | None
    offered_at: datetime


def offer(db: Db, number: int) -> Offer | None:
    row = db.get(NoticeOfferRow, number)
    return _offer(row) if row else None


def waiting(db: Db, department: DepartmentId) -> list[Offer]:
    """A department's that nobody has answered, the latest first."""
    wanted = select(NoticeOfferRow).where(
        NoticeOfferRow.department_id == department, NoticeOfferRow.state == OfferState.OFFERED.value
    )
    return [_offer(row) for row in db.exec(wanted.order_by(col(NoticeOfferRow.id).desc()))]


def offered_segments(db: Db, segments: Collection[int]) -> frozenset[int]:
    """Which of these have been offered, whatever was answered."""
    rows = db.exec(select(NoticeOfferRow.segment_id).where(col(NoticeOfferRow.segment_id).in_(segments)))
    return frozenset(each for each in rows if each is not None)


def offered_items(db: Db, items: Collection[int]) -> frozenset[int]:
    rows = db.exec(select(NoticeOfferRow.item_id).where(col(NoticeOfferRow.item_id).in_(items)))
    return frozenset(each for each in rows if each is not None)


def add(db: Db, department: DepartmentId, *, segment: int = 0, item: int = 0, now: datetime) -> int:
    row = NoticeOfferRow(
        segment_id=segment or None,
        item_id=item or None,
        department_id=department,
        state=OfferState.OFFERED.value,
        offered_at=now,
    )
    db.add(row)
    db.flush()
    assert row.id is not None
    return row.id


def answer(db: Db, number: int, state: OfferState, *, by: str, now: datetime, notice: NoticeId | None = None) -> None:
    row = db.get(NoticeOfferRow, number)
    assert row is not None
    row.state, row.answered_by, row.answered_at, row.notice_id = state.value, by, now, notice
    db.add(row)
    db.flush()


def _offer(row: NoticeOfferRow) -> Offer:
    assert row.id is not None
    return Offer(
        id=row.id,
        segment=row.segment_id or 0,
        item=row.item_id or 0,
        department=DepartmentId(row.department_id),
        state=OfferState(row.state),
        notice=NoticeId(row.notice_id) if row.notice_id is not None else None,
        offered_at=row.offered_at,
    )
