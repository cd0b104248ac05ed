"""The week's meetings for the notice: who of each committee is needed when, by the agendas' rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta

from sqlmodel import Session as Db

from digest.page import OwnMeeting, OwnPart
from meetinghub.calendars import viewing
from meetinghub.calendars.model import Planned
from meetinghub.calendars.planned import planned
from meetinghub.calendars.ports import Parts
from meetinghub.clock import SHANGHAI
from meetinghub.ids import CommitteeId
from meetinghub.meetings.lifecycle import State

_OVER = {State.CANCELLED, State.ENDED}


class MeetingsOfWeek:
    """Implements :class:`digest.ports.WeekMeetings`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def of(
        self, db: Db, first: date, last: date, committees: Collection[CommitteeId]
    ) -> Mapping[CommitteeId, tuple[OwnMeeting, ...]]:
        since = datetime.combine(first, time(), SHANGHAI)
        until = datetime.combine(last + timedelta(days=1), time(), SHANGHAI)
        found: defaultdict[CommitteeId, list[OwnMeeting]] = defaultdict(list)
        for meeting in planned(db, since=since, until=until):
            if meeting.state in _OVER:
                continue
            for committee in committees:
                own = self._own(meeting, committee)
                if own is not None:
                    found[committee].append(own)
        return {committee: tuple(meetings) for committee, meetings in found.items()}

    def _own(self, meeting: Planned, committee: CommitteeId) -> OwnMeeting | None:
        """None when it does not take part, or nothing of the agenda concerns any of its people."""
        seat = meeting.seats.get(committee)
        if seat is None:
            return None
        parts = viewing.of_site(meeting, seat, self._parts)
        if meeting.segments and meeting.audience.roles and not parts:
            return None
        return OwnMeeting(
            meeting=meeting.id,
            title=meeting.title,
            place=meeting.place,
            starts_at=meeting.starts_at,
            ends_at=meeting.ends_at,
            mode=meeting.mode,
            parts=tuple(OwnPart(each.role, each.line, each.starts_at, each.ends_at) for each in parts),
            departments=len({each.department for each in meeting.segments}),
        )
