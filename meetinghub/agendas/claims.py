"""Claims of other departments to minutes of a host's meeting: what may follow what, what is free, and until when.

::

    claimed ──accept──▶ accepted ─┐          decided ones are undone by the host (undo → claimed),
       ├────shorten──▶ shortened ─┤          given back by the claimant (withdraw → withdrawn),
       ├────decline──▶ declined   │          and a withdrawn one is taken up again (undo → claimed)
       ├──────notice──▶ moved_to_notice      while there is room and time
       └────withdraw──▶ withdrawn ◀┘
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Protocol

from meetinghub.clock import SHANGHAI
from meetinghub.errors import Refused
from meetinghub.meetings.model import Audience


class State(StrEnum):
    CLAIMED = "claimed"
    ACCEPTED = "accepted"
    SHORTENED = "shortened"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    MOVED_TO_NOTICE = "moved_to_notice"


class Act(StrEnum):
    ACCEPT = "accept"
    SHORTEN = "shorten"
    DECLINE = "decline"
    NOTICE = "notice"
    WITHDRAW = "withdraw"
    UNDO = "undo"


class Kind(StrEnum):
    DISCUSSION = "discussion"
    READ_OUT = "read_out"


ON_THE_AGENDA = frozenset({State.ACCEPTED, State.SHORTENED})
WAITING = State.CLAIMED

_FOLLOWS: Mapping[tuple[State, Act], State] = {
    (State.CLAIMED, Act.ACCEPT): State.ACCEPTED,
    (State.CLAIMED, Act.SHORTEN): State.SHORTENED,
    (State.CLAIMED, Act.DECLINE): State.DECLINED,
    (State.CLAIMED, Act.NOTICE): State.MOVED_TO_NOTICE,
    (State.CLAIMED, Act.WITHDRAW): State.WITHDRAWN,
    (State.ACCEPTED, Act.WITHDRAW): State.WITHDRAWN,
    (State.SHORTENED, Act.WITHDRAW): State.WITHDRAWN,
    (State.ACCEPTED, Act.UNDO): State.CLAIMED,
    (State.SHORTENED, Act.UNDO): State.CLAIMED,
    (State.DECLINED, Act.UNDO): State.CLAIMED,
    (State.MOVED_TO_NOTICE, Act.UNDO): State.CLAIMED,
    (State.WITHDRAWN, Act.UNDO): State.CLAIMED,
}


@dataclass(frozen=True, slots=True)
class Claim:
    """``minutes`` as asked for; ``segment`` is its place on the agenda once there is one; ``by``, ``decided_by`` are
    accounts."""

    id: int
    meeting: int
    department: int
    department_name: str
    title: str
    speaker: str
    minutes: int
    kind: Kind
    audience: Audience | None
    state: State
    by: str
    at: datetime
    decided_by: str = ""
    decided_at: datetime | None = None
    reason: str = ""
    segment: int | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """When the announcement goes out and when claims close: so many working days before, at that hour in Shanghai."""

    announce_days: int = 2
    announce_at: time = time(9, 0)
    close_days: int = 1
    close_at: time = time(17, 0)


@dataclass(frozen=True, slots=True)
class Deadlines:
    announce_at: datetime
    close_at: datetime


class Workdays(Protocol):
    def add(self, day: date, n: int, /) -> date:
        """The ``n``-th working day after ``day``; before it when ``n`` is negative."""
        ...


def after(state: State, act: Act) -> State:
    try:
        return _FOLLOWS[state, act]
    except KeyError:
        raise Refused("claim.too_late_for", state=state.value) from None


def may_follow(state: State) -> frozenset[Act]:
    return frozenset(act for (before, act) in _FOLLOWS if before is state)


def free(capacity: int, booked: int, claims: Iterable[Claim]) -> int:
    """Minutes nobody has asked for yet; accepted claims are among ``booked``, waiting ones count as asked."""
    return capacity - booked - sum(each.minutes for each in claims if each.state is WAITING)


def deadlines(
    starts_at: datetime, workdays: Workdays, terms: Terms, *, set_by_host: datetime | None = None
) -> Deadlines:
    """By ``terms``, unless the host chose another hour for the claims; the announcement is never after that."""
    day = starts_at.astimezone(SHANGHAI).date()
    close_at = set_by_host or _moment(workdays.add(day, -terms.close_days), terms.close_at)
    announce_at = _moment(workdays.add(day, -terms.announce_days), terms.announce_at)
    return Deadlines(min(announce_at, close_at), close_at)


def left(until: datetime, now: datetime) -> tuple[int, int, int]:
    """Days, hours and minutes, none of them negative."""
    minutes = max(0, (until - now) // timedelta(minutes=1))
    return minutes // 1440, minutes // 60 % 24, minutes % 60


def _moment(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, SHANGHAI)
