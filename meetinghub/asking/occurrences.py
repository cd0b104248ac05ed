"""When a recurring meeting of one's own is held: the days of its rule, some moved or left out before it is sent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from meetinghub.asking.wish import Own
from meetinghub.clock import SHANGHAI
from meetinghub.errors import Invalid
from meetinghub.meetings.recurrence import LONGEST, days


@dataclass(frozen=True, slots=True)
class Occurrence:
    """``day`` is the rule's; ``starts_at`` None: left out."""

    day: date
    starts_at: datetime | None

    @property
    def moved(self) -> bool:
        return self.starts_at is not None and self.starts_at.astimezone(SHANGHAI).date() != self.day


def occurrences(own: Own) -> tuple[Occurrence, ...]:
    """In the order of the rule; a meeting that does not come back has one."""
    if own.repeat is None:
        return (Occurrence(own.day, own.starts_at),)
    hour, moves = own.starts_at.astimezone(SHANGHAI).time(), dict(own.moves)
    found = []
    for day in days(own.repeat, own.day):
        to = moves.get(day, day)
        found.append(Occurrence(day, None if to is None else datetime.combine(to, hour, SHANGHAI)))
    return tuple(found)


def starts(own: Own) -> tuple[datetime, ...]:
    """When it is held, in order."""
    return tuple(sorted(each.starts_at for each in occurrences(own) if each.starts_at is not None))


def first_start(own: Own) -> datetime:
    return min(starts(own), default=own.starts_at)


def at(own: Own, starts_at: datetime) -> Own:
    """One occurrence by itself."""
    return replace(own, starts_at=starts_at, repeat=None, moves=())


def changed(own: Own, day: date, to: date | None) -> Own:
    """With the rule's ``day`` held on ``to``, or left out (None); back in its place when both are the same day.

    Raises :class:`Invalid` when another one is held that day, or when only one would be left.
    """
    known = {each.day: each for each in occurrences(own)}
    if own.repeat is None or day not in known:
        raise Invalid(fields={"to": "series.not_one_of_them"})
    others = [each.starts_at for each in known.values() if each.day != day and each.starts_at is not None]
    if to is None and len(others) < 2:
        raise Invalid(fields={"to": "series.too_few"})
    if to is not None and any(each.astimezone(SHANGHAI).date() == to for each in others):
        raise Invalid(fields={"to": "series.same_day"})
    if to is not None and abs(to - own.day) > LONGEST:
        raise Invalid(fields={"to": "series.too_long"})
    moves = {each: where for each, where in own.moves if each in known and each != day}
    if to != day:
        moves[day] = to
    return replace(own, moves=tuple(sorted(moves.items())))


def kept(own: Own, before: Own | None) -> Own:
    """``own`` as it is answered anew, with those moves of ``before`` that its days still have."""
    if own.repeat is None or before is None or before.repeat is None:
        return own
    known = set(days(own.repeat, own.day))
    moves = tuple((day, to) for day, to in before.moves if day in known)
    taken = [each for each in starts(replace(own, moves=moves))]
    return replace(own, moves=moves) if len(set(taken)) == len(taken) >= 2 else own


def problems(own: Own, now: datetime) -> dict[str, str]:
    """Field → code, of a series that is about to be sent: days that were moved may have passed since."""
    if own.repeat is not None and first_start(own) <= now:
        return {"date": "asking.start_past"}
    return {}
