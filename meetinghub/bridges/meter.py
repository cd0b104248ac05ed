"""What a planned meeting takes of the committees' time, for quotas to charge."""

from __future__ import annotations

from collections import Counter

from sqlmodel import Session as Db

from meetinghub.meetings import store as meetings
from meetinghub.meetings.lifecycle import State
from meetinghub.meetings.model import Meeting, Segment
from meetinghub.meetings.tables import MeetingRow
from meetinghub.people import store as people
from quotas.charge import Metered
from quotas.wish import Wish


class PlannedMeetings:
    """The host's part is charged as one sitting; the items of other departments are their rides on it."""

    def metered(self, db: Db, meeting: int) -> Metered | None:
        row, plan = db.get(MeetingRow, meeting), meetings.meeting(db, meeting)
        if row is None or plan is None or row.state == State.CANCELLED or not plan.segments:
            return None
        lines: dict[int | None, str] = {each.id: each.line for each in people.departments(db)}
        everybody = frozenset(site.committee_id for site in plan.sites)
        of_identity = {site.identity: site.committee_id for site in plan.sites}
        rides = {}
        for segment in plan.segments:
            if _is_ride(plan, segment):
                asked = segment.audience or plan.audience
                sites = everybody if segment.sites is None else frozenset(of_identity[each] for each in segment.sites)
                rides[segment.id] = Wish(
                    starts_at=row.starts_at,
                    minutes=segment.minutes,
                    sites=sites,
                    roles=frozenset(asked.roles),
                    department=segment.department_id,
                    line=asked.line or lines.get(segment.department_id, ""),
                    persons=people.count_called(db, sites, asked.roles, asked.line),
                    own=False,
                    calls=(),
                    speeches=(segment.minutes,),
                    title=segment.title,
                    meeting=meeting,
                )
        mine = [segment for segment in plan.segments if segment.id not in rides] or list(plan.segments)
        own = Wish(
            starts_at=row.starts_at,
            minutes=sum(segment.minutes for segment in mine),
            sites=everybody,
            roles=frozenset(plan.audience.roles),
            department=plan.host_department_id,
            line=plan.audience.line or lines.get(plan.host_department_id, ""),
            persons=people.count_called(db, everybody, plan.audience.roles, plan.audience.line),
            speeches=_speeches(mine),
            title=plan.title,
            meeting=meeting,
        )
        return Metered(own, rides)


def _is_ride(plan: Meeting, segment: Segment) -> bool:
    return segment.department_id is not None and segment.department_id != plan.host_department_id


def _speeches(segments: list[Segment]) -> tuple[int, ...]:
    """Minutes of each speaker, in the order in which they speak first."""
    minutes: Counter[str] = Counter()
    for segment in segments:
        if segment.speaker:
            minutes[segment.speaker] += segment.minutes
    return tuple(minutes.values())
