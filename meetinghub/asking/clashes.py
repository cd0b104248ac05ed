"""What speaks against a request's date, read from the meetings of that day."""

from __future__ import annotations

from dataclasses import replace

from sqlmodel import Session as Db

from meetinghub.asking.audience import reached
from meetinghub.asking.conflicts import Conflict, conflicts
from meetinghub.asking.model import Request
from meetinghub.asking.occurrences import at, starts
from meetinghub.asking.ports import Calendar, Rides
from meetinghub.people import store as people


class Clashes:
    def __init__(self, rides: Rides, calendar: Calendar) -> None:
        self._rides = rides
        self._calendar = calendar

    def of(self, db: Db, found: Request) -> tuple[Conflict, ...]:
        """The gravest first, a series' by date; none while it has no meeting of its own."""
        own = found.wish.own
        if own is None:
            return ()
        persons, days = reached(people.people(db), found.wish.audience), self._calendar.workdays(db)
        clashes: list[Conflict] = []
        meetings = [at(own, starts_at) for starts_at in starts(own)]
        there = self._rides.on(db, [each.day for each in meetings])
        for meeting in meetings:
            others = [each for each in there[meeting.day] if each.meeting_id != found.meeting_id]
            here = conflicts(meeting, persons, others, minutes=found.wish.minutes, days=days)
            clashes += [replace(each, on=meeting.starts_at) for each in here] if own.repeat is not None else here
        return tuple(clashes)
