"""Whom the meetings to come call, for many at once: three queries however many there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session as Db
from sqlmodel import col, select

from meetinghub.meetings.lifecycle import State
from meetinghub.meetings.model import Audience, Segment
from meetinghub.meetings.store import segments_of
from meetinghub.meetings.tables import MeetingRow, MeetingSiteRow

COMING = (State.PLANNED, State.POSTPONED)
MOST = 20_000


@dataclass(frozen=True, slots=True)
class Calling:
    """A meeting that can still be changed. ``capacity`` is in minutes, at least what is booked."""

    id: int
    title: str
    host: str
    host_department_id: int | None
    place: str
    starts_at: datetime
    capacity: int
    audience: Audience
    committees: frozenset[int]
    segments: tuple[Segment, ...]
    claims_close_at: datetime | None
    finalised_at: datetime | None

    @property
    def booked(self) -> int:
        return sum(segment.minutes for segment in self.segments)

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.booked)


def calling(
    db: Db, *, since: datetime, until: datetime, states: Sequence[State] = COMING, limit: int = MOST
) -> list[Calling]:
    """Meetings that start in ``since`` ≤ … < ``until``, by time."""
    rows = db.exec(
        select(MeetingRow)
        .where(
            col(MeetingRow.state).in_([state.value for state in states]),
            MeetingRow.starts_at >= since,
            MeetingRow.starts_at < until,
        )
        .order_by(col(MeetingRow.starts_at), col(MeetingRow.id))
        .limit(limit)
    ).all()
    numbers = [row.id for row in rows if row.id is not None]
    segments = segments_of(db, numbers)
    sites: dict[int, set[int]] = defaultdict(set)
    wanted = select(MeetingSiteRow.meeting_id, MeetingSiteRow.committee_id)
    for number, committee in db.exec(wanted.where(col(MeetingSiteRow.meeting_id).in_(numbers))):
        sites[number].add(committee)
    return [
        Calling(
            id=number,
            title=row.title,
            host=row.host,
            host_department_id=row.host_department_id,
            place=row.place,
            starts_at=row.starts_at,
            capacity=max(row.capacity_minutes, sum(segment.minutes for segment in segments[number])),
            audience=Audience(tuple(row.roles), row.line),
            committees=frozenset(sites[number]),
            segments=segments[number],
            claims_close_at=row.claims_close_at,
            finalised_at=row.finalised_at,
        )
        for number, row in zip(numbers, rows, strict=True)
    ]
