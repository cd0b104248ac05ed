"""Meetings that were held, as the burden account counts them: from facts, the sealed sheet and the agenda."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlmodel import Session as Db

from meetinghub.asking import store as asking
from meetinghub.attendance.sheet import Line as SheetLine
from meetinghub.attendance.sheet import Sheet, sheet
from meetinghub.burden.counting import Attendee, Held, Item, Seat, Span
from meetinghub.burden.model import Line, Sitting, Source
from meetinghub.burden.ports import Asked
from meetinghub.clock import SHANGHAI
from meetinghub.imports import store as imports
from meetinghub.imports.store import HeldMeeting
from meetinghub.ledger import store as ledger
from meetinghub.ledger.attendance import Status
from meetinghub.meetings import store as meetings
from meetinghub.people import store as people

LONGEST_TITLE = 80
_AWAY = (Status.ABSENT, Status.EXCUSED)


class HeldMeetings:
    def held(self, db: Db, meeting: int) -> Held | None:
        plan = meetings.meeting(db, meeting)
        if plan is None:
            return None
        facts = ledger.of_meeting(db, meeting)
        found = sheet(plan, facts, facts[-1].at) if facts else None
        if found is None or found.seal is None:
            return None
        named = {number for line in found.lines for number in line.judged.people}
        duties = _by_person(people.duties(db, named))
        return Held(
            number=plan.id,
            title=plan.title,
            host=plan.host,
            department=plan.host_department_id,
            mode=plan.mode,
            start=found.window.start,
            end=found.window.end,
            roles=frozenset(plan.audience.roles),
            items=_items(found),
            seats=tuple(_seat(line, duties) for line in found.lines),
        )

    def imported(self, db: Db, number: int) -> Sitting | None:
        """Rides in others' meetings are left out: they made nobody come."""
        found = imports.held_meeting(db, number)
        return _before(found) if found is not None and found.held.own else None

    def taking(self, db: Db, number: int) -> tuple[bool, Sequence[int]]:
        known = imports.taking(db, number)
        return known is not None and known.taken_back_at is None, imports.sittings_of(db, number)

    def asked(self, db: Db, request: int) -> Asked | None:
        found = asking.request(db, request)
        if found is None:
            return None
        wanted = found.wish.audience.committees
        count = len(people.committees(db)) if wanted is None else len(wanted)
        minutes = found.wish.own.minutes if found.wish.own else found.wish.minutes
        return Asked(found.department_id, found.wish.title, minutes, count)


def _before(of: HeldMeeting) -> Sitting:
    """A file says which committees were called, not how many came of each; that they came is taken from it."""
    held = of.held
    return Sitting(
        source=Source.IMPORT,
        number=of.id,
        day=held.starts_at.astimezone(SHANGHAI).date(),
        starts_at=held.starts_at,
        seconds=held.minutes * 60,
        title=held.title[:LONGEST_TITLE],
        host=held.department_name,
        department=held.department,
        mode=held.mode or "unknown",
        measured=False,
        lines=tuple(Line(each, called=True, attended=True, uncounted=True) for each in sorted(held.committees)),
    )


def _items(found: Sheet) -> tuple[Item, ...]:
    """The items that began, one after the other: where two overlap the later one has the time."""
    plan, end = found.meeting, found.window.end
    of_identity = {site.identity: site.committee_id for site in plan.sites}
    began = [
        (run.started_at, run.ended_at or end, segment)
        for segment, run in zip(plan.segments, found.state.agenda, strict=True)
        if run.started_at is not None
    ]
    began.sort(key=lambda each: each[:2])
    after = [start for start, _, _ in began[1:]] + [end]
    items = []
    for (start, ends_at, segment), following in zip(began, after, strict=True):
        until = min(ends_at, following, end)
        if until <= start:
            continue
        committees = None
        if segment.sites is not None:
            committees = frozenset(of_identity[each] for each in segment.sites if each in of_identity)
        roles = frozenset(segment.audience.roles) if segment.audience else None
        line = segment.audience.line if segment.audience else ""
        items.append(Item(segment.department_id, start, until, committees, roles, line))
    return tuple(items)


def _seat(line: SheetLine, duties: Mapping[int, Attendee]) -> Seat:
    judged = line.judged
    named = tuple(duties.get(number, Attendee(())) for number in judged.people)
    return Seat(
        committee=line.place.committee_id,
        came=None if line.status is None else line.status not in _AWAY,
        there=tuple(Span(each.start, each.end) for each in judged.intervals),
        part=Span(judged.asked.start, judged.asked.end) if judged.asked else None,
        heads=line.headcount,
        people=named,
    )


def _by_person(rows: list[tuple[int, str, str]]) -> dict[int, Attendee]:
    found: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    for person, role, line in rows:
        found[person].append((role, line))
    return {person: Attendee(tuple(sorted(held))) for person, held in found.items()}
