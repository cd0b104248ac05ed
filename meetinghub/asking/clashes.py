"""What speaks against a request's date, read from the meetings of that day."""

from __future__ import annotations

from sqlmodel import Session as Db

from meetinghub.asking.audience import reached
from meetinghub.asking.conflicts import Conflict, conflicts
from meetinghub.asking.model import Request
from meetinghub.asking.ports import Calendar, Rides
from meetinghub.people import store as people


class Clashes:
    def __init__(self, rides: Rides, calendar: Calendar) -> None:
        self._rides = rides
        self._calendar = calendar

    def of(self, db: Db, found: Request) -> tuple[Conflict, ...]:
        """The gravest first; none while it has no meeting of its own."""
        meeting = found.wish.own
        if meeting is None:
            return ()
        persons = reached(people.people(db), found.wish.audience)
        others = [each for each in self._rides.on(db, meeting.day) if each.meeting_id != found.meeting_id]
        days = self._calendar.workdays(db)
        return conflicts(meeting, persons, others, minutes=found.wish.minutes, days=days)
