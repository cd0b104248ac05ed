"""Which meetings a wish had best ride on, and why each stands where it does.

The order of merit, each only deciding where those before it leave two meetings equal: enough free minutes, inside the
wished dates (or how many days off), people newly called in, the same business line, the earlier start. People are
compared as sets of persons, never by roles: whoever sits there already costs nothing.

Meetings of the same audience share one set, so that ten thousand meetings compare as many sets as there are audiences.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from heapq import nsmallest

from meetinghub.clock import SHANGHAI

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Rideable:
    """A planned or announced meeting. ``audience`` names the set of persons it calls, in the table handed to
    :func:`rank`; ``free`` is in minutes; ``lines`` are the business lines of the meeting and of its items.

    ``closes_at``: from then on nobody can claim minutes; None = whenever it has not begun.
    """

    id: int
    starts_at: datetime
    minutes: int
    free: int
    audience: str
    lines: frozenset[str] = frozenset()
    closes_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RideWish:
    """``people`` are the persons it must reach, ``first`` and ``last`` the dates that suit, in Shanghai."""

    people: frozenset[int]
    minutes: int
    first: date
    last: date
    line: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """``key`` of the catalogue; ``count`` fills ``%(count)s``."""

    key: str
    count: int


@dataclass(frozen=True, slots=True)
class Ranked:
    """``place`` counts from 1. ``shared`` come anyway, ``newly`` would be called in, ``bystanders`` sit there and are
    not meant; ``days_off`` is how far the day lies outside the wished dates, ``left`` the free minutes after the ride
    (below 0: it does not fit)."""

    meeting: Rideable
    place: int
    newly: frozenset[int]
    shared: int
    bystanders: int
    days_off: int
    same_line: bool
    left: int
    reasons: tuple[Reason, ...]

    @property
    def fits(self) -> bool:
        return self.left >= 0


def rank(
    wish: RideWish,
    meetings: Iterable[Rideable],
    audiences: Mapping[str, frozenset[int]],
    *,
    now: datetime,
    most: int = SHOWN,
) -> list[Ranked]:
    """The best ``most`` of ``meetings``, best first. Left out: those that began or closed, and those that nobody of the
    wish attends, for riding there calls in as many as an own meeting would."""
    newly = {name: len(wish.people - people) for name, people in audiences.items()}
    whole = len(wish.people)
    open_ones = (
        each
        for each in meetings
        if newly[each.audience] < whole and each.starts_at > now and (each.closes_at is None or each.closes_at > now)
    )
    first, last = wish.first.toordinal(), wish.last.toordinal()
    minutes, line = wish.minutes, wish.line
    days: dict[datetime, int] = {}  # many meetings begin at the same moment; a date is dear

    def merit(each: Rideable) -> tuple[bool, int, int, bool, datetime, int]:
        moment = each.starts_at
        day = days.get(moment)
        if day is None:
            day = days[moment] = moment.astimezone(SHANGHAI).toordinal()
        off = first - day if day < first else day - last if day > last else 0
        return each.free < minutes, off, newly[each.audience], line not in each.lines, moment, each.id

    chosen = nsmallest(most, ((merit(each), each) for each in open_ones), key=lambda found: found[0])
    return [
        _ranked(wish, each, audiences[each.audience], place=place, days_off=found[1])
        for place, (found, each) in enumerate(chosen, start=1)
    ]


def _ranked(wish: RideWish, meeting: Rideable, people: frozenset[int], *, place: int, days_off: int) -> Ranked:
    newly, shared = wish.people - people, len(wish.people & people)
    left, same_line = meeting.free - wish.minutes, bool(wish.line) and wish.line in meeting.lines
    reasons = [Reason("ride.nobody_new", shared) if not newly else Reason("ride.newly", len(newly))]
    if left < 0:
        reasons.append(Reason("ride.short", -left))
    elif left == 0:
        reasons.append(Reason("ride.just_full", wish.minutes))
    else:
        reasons.append(Reason("ride.left", left))
    if days_off:
        reasons.append(Reason("ride.days_off", days_off))
    if same_line:
        reasons.append(Reason("ride.same_line", 1))
    return Ranked(meeting, place, newly, shared, len(people - wish.people), days_off, same_line, left, tuple(reasons))
