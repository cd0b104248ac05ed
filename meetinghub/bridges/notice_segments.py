"""What the weekly notice asks about agenda segments: how they went, what minutes say of them, for whom they were."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlmodel import Session as Db
from sqlmodel import col, select

from digest.detector import Ended, courses
from digest.model import Audience, Wording
from digest.offer_service import Occasion
from meetinghub.clock import SHANGHAI
from meetinghub.ids import CommitteeId, DepartmentId
from meetinghub.ledger import store as ledger
from meetinghub.meetings import store as meetings
from meetinghub.meetings.lifecycle import State
from meetinghub.meetings.model import Meeting, Segment
from meetinghub.meetings.tables import MeetingRow, SegmentRow
from meetinghub.minutes import publishing
from meetinghub.minutes import store as minutes
from meetinghub.minutes.model import Minutes
from meetinghub.people.model import Role

LONGEST = 80


class EndedSegments:
    def over(self, db: Db, *, since: datetime) -> Sequence[int]:
        wanted = select(MeetingRow.id).where(
            MeetingRow.state == State.ENDED.value,
            MeetingRow.starts_at >= since - minutes.LONGEST,  # an index leads to starts
            MeetingRow.ends_at >= since,
        )
        return [number for number in db.exec(wanted.order_by(col(MeetingRow.id))) if number is not None]

    def ended(self, db: Db, meeting: int) -> Sequence[Ended]:
        row, found = db.get(MeetingRow, meeting), minutes.minutes(db, meeting)
        if row is None or found is None:
            return ()
        went = courses(ledger.of_meeting(db, meeting))
        day = row.ends_at.astimezone(SHANGHAI).date()
        return [
            Ended(each.id, DepartmentId(each.department_id), went.get(each.id), _decided(found, each.id), day)
            for each in found.meeting.segments
            if each.department_id is not None and not each.pinned  # opening and closing are the meeting's own
        ]

    def occasions(self, db: Db, segments: Collection[int]) -> Mapping[int, Occasion]:
        wanted = select(SegmentRow.id, SegmentRow.meeting_id).where(col(SegmentRow.id).in_(segments))
        found: dict[int, Occasion] = {}
        for number, of in db.exec(wanted):
            meeting = meetings.meeting(db, of)
            segment = _segment(meeting, number)
            if meeting is not None and segment is not None and number is not None:
                found[number] = Occasion(
                    title=segment.title,
                    meeting=meeting.id,
                    meeting_title=meeting.title,
                    starts_at=meeting.starts_at,
                    minutes=segment.minutes,
                    sites=len(_committees(meeting, segment)),
                )
        return found

    def draft(self, db: Db, segment: int) -> Wording:
        row = db.get(SegmentRow, segment)
        found = minutes.minutes(db, row.meeting_id) if row else None
        of = _segment(found.meeting, segment) if found else None
        if found is None or of is None:
            raise LookupError(segment)
        whom = of.audience or found.meeting.audience
        roles = tuple(Role(each) for each in whom.roles)
        audience = Audience(frozenset(_committees(found.meeting, of)), roles, whom.line)
        said = publishing.current(found, segment).text if found.editions else ""
        return Wording(of.title[:LONGEST], said, audiences=(audience,))


def _decided(found: Minutes, segment: int) -> bool | None:
    if not found.editions:
        return None
    return bool(publishing.current(found, segment).decisions or found.tasks_of(segment, found.edition))


def _segment(meeting: Meeting | None, number: int | None) -> Segment | None:
    return next((each for each in meeting.segments if each.id == number), None) if meeting else None


def _committees(meeting: Meeting, segment: Segment) -> list[CommitteeId]:
    return [
        CommitteeId(site.committee_id)
        for site in meeting.sites
        if segment.sites is None or site.identity in segment.sites
    ]
