"""Who already meets: planned meetings, ranked for a wish of asking's by the rules of quotas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlmodel import Session as Db

from meetinghub.agendas.claims import Kind as ClaimKind
from meetinghub.agendas.claims import deadlines
from meetinghub.agendas.service import Agendas, Wanted
from meetinghub.asking.audience import CALLABLE, Audience, called, reached, union
from meetinghub.asking.conflicts import Other
from meetinghub.asking.model import Request
from meetinghub.asking.riding import Ride, bars
from meetinghub.asking.wish import Kind, Wish
from meetinghub.bridges.store import minutes_claimed
from meetinghub.clock import SHANGHAI
from meetinghub.ids import CommitteeId, PersonId
from meetinghub.meetings import store as planned
from meetinghub.meetings.calling import Calling, calling
from meetinghub.meetings.model import Audience as Roles
from meetinghub.people import store as people
from meetinghub.people.model import Account, Person, Role
from meetinghub.workdays.store import workdays
from quotas.ranking import Ranked, Rideable, RideWish, rank

SHOWN = 5
AROUND = timedelta(days=7)
"""A meeting this much before or after the wished dates may still be worth riding on."""


class PlannedRides:
    def __init__(self, agendas: Agendas) -> None:
        self._agendas = agendas

    def ranked(self, db: Db, wish: Wish, *, department: int, now: datetime) -> list[Ride]:
        """At most :data:`SHOWN`; none while the wish has no dates yet."""
        if wish.first is None or wish.last is None:
            return []
        since, until = _midnight(wish.first - AROUND), _midnight(wish.last + AROUND + timedelta(days=1))
        found = calling(db, since=max(since, now), until=until)
        everybody = people.people(db)
        whom, audiences = _audiences(found, everybody)
        waiting = minutes_claimed(db, [each.id for each in found])
        lines: dict[int, str] = {int(each.id): each.line for each in people.departments(db)}
        days = workdays(db)
        rideable = [
            Rideable(
                each.id,
                each.starts_at,
                each.booked,
                0 if each.finalised_at else each.capacity - each.booked - waiting.get(each.id, 0),
                whom[each.id],
                frozenset(lines[item.department_id] for item in each.segments if item.department_id in lines),
                deadlines(each.starts_at, days, self._agendas.terms, set_by_host=each.claims_close_at).close_at,
            )
            for each in found
        ]
        wished = RideWish(
            frozenset(int(each) for each in reached(everybody, wish.audience)),
            wish.minutes,
            wish.first,
            wish.last,
            lines.get(department, ""),
        )
        best = rank(wished, rideable, audiences, now=now, most=SHOWN)
        known = {each.id: each for each in found}
        return [_ride(each, known[each.meeting.id], wish, everybody, waiting) for each in best]

    def on(self, db: Db, days: Sequence[date]) -> Mapping[date, Sequence[Other]]:
        found = {day: calling(db, since=_midnight(day), until=_midnight(day + timedelta(days=1))) for day in days}
        everybody = people.people(db) if any(found.values()) else []
        waiting = minutes_claimed(db, [each.id for there in found.values() for each in there])
        return {day: [_other(each, everybody, waiting) for each in there] for day, there in found.items()}

    def claim(self, db: Db, request: Request, *, meeting: int, by: Account, now: datetime) -> None:
        """With the wish's audience where it differs from the meeting's."""
        wish = request.wish
        found = planned.meeting(db, meeting)
        audience = Roles(tuple(role.value for role in wish.audience.roles), wish.audience.line)
        wanted = Wanted(
            department=request.department_id,
            department_name=request.department,
            title=wish.title,
            minutes=wish.minutes,
            speaker=by.name,
            kind=ClaimKind.READ_OUT if wish.kind is Kind.READ_OUT else ClaimKind.DISCUSSION,
            audience=None if found is not None and found.audience == audience else audience,
        )
        self._agendas.claim_in(db, meeting=meeting, wanted=wanted, by=by.username)


def _other(meeting: Calling, everybody: Sequence[Person], waiting: Mapping[int, int]) -> Other:
    return Other(
        meeting.id,
        meeting.title,
        meeting.host,
        meeting.starts_at,
        meeting.ends_at,
        0 if meeting.finalised_at else meeting.capacity - meeting.booked - waiting.get(meeting.id, 0),
        union(everybody, _parts(meeting)),
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, SHANGHAI).astimezone(UTC)


def _parts(meeting: Calling) -> tuple[Audience, ...]:
    """The audiences of a meeting and of its items, within the committees that take part."""
    wholes = [meeting.audience, *(item.audience for item in meeting.segments if item.audience is not None)]
    return tuple(dict.fromkeys(_audience(each, meeting.committees) for each in wholes))


def _audience(roles: Roles, committees: frozenset[int]) -> Audience:
    known = tuple(Role(role) for role in roles.roles if role in set(Role))
    return Audience(known, frozenset(CommitteeId(number) for number in committees), roles.line)


def _audiences(
    found: Sequence[Calling], everybody: Sequence[Person]
) -> tuple[dict[int, str], dict[str, frozenset[int]]]:
    """The name of each meeting's set of persons, and the sets: equal audiences share one."""
    names: dict[tuple[Audience, ...], str] = {}
    sets: dict[str, frozenset[int]] = {}
    whom: dict[int, str] = {}
    for meeting in found:
        parts = _parts(meeting)
        if parts not in names:
            name = names[parts] = str(len(names))
            sets[name] = frozenset(int(each) for each in union(everybody, parts))
        whom[meeting.id] = names[parts]
    return whom, sets


def _ride(
    ranked: Ranked, meeting: Calling, wish: Wish, everybody: Sequence[Person], waiting: Mapping[int, int]
) -> Ride:
    """What others have claimed and the host has not answered yet is drawn as taken: it came first."""
    taken = [item.minutes for item in meeting.segments]
    closing = bool(taken) and meeting.segments[-1].pinned == "last"
    if meeting.id in waiting:
        taken.insert(len(taken) - closing, waiting[meeting.id])
    drawn, begins = bars(tuple(taken), ranked.meeting.free, wish.minutes, before_last=closing)
    newly = frozenset(PersonId(number) for number in ranked.newly)
    roles = Counter(called(person, wish.audience) for person in everybody if person.id in newly)
    return Ride(
        meeting_id=meeting.id,
        place=ranked.place,
        title=meeting.title,
        host=meeting.host,
        host_department_id=meeting.host_department_id,
        where=meeting.place,
        starts_at=meeting.starts_at,
        capacity=meeting.capacity,
        booked=sum(taken),
        free=ranked.meeting.free,
        mine_at=meeting.starts_at + timedelta(minutes=begins) if begins >= 0 else None,
        bars=drawn,
        coming=ranked.shared,
        newly=len(newly),
        newly_called=tuple((role.value, roles[role]) for role in CALLABLE if roles[role]),
        reasons=tuple((reason.key, reason.count) for reason in ranked.reasons),
        closes_at=ranked.meeting.closes_at,
    )
