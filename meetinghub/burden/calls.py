"""Calls outside the system: a department rang a committee up and called it to a meeting.

The committee **logs** it in a few seconds. The department named **confirms** it or **disputes** it; then somebody of
the coordinator's office **upholds** it or **strikes** it out. It counts from the first moment on, unless struck out.
A department does not read which committee logged a call.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType

from meetinghub.burden.model import Line, Share, Sitting, Source
from meetinghub.clock import SHANGHAI
from meetinghub.errors import Stale

LENGTHS = (30, 60, 90, 120, 180, 240)
"""Minutes that can be pressed."""
MOST_PERSONS = 50
LONGEST_SUBJECT = 80
LATEST = timedelta(days=60)
"""How long afterwards a call can be written down."""


class State(StrEnum):
    LOGGED = "logged"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    UPHELD = "upheld"
    STRUCK = "struck"


class Event(StrEnum):
    CONFIRM = "confirm"
    DISPUTE = "dispute"
    UPHOLD = "uphold"
    STRIKE = "strike"


TRANSITIONS: Mapping[State, Mapping[Event, State]] = MappingProxyType(
    {
        State.LOGGED: {Event.CONFIRM: State.CONFIRMED, Event.DISPUTE: State.DISPUTED},
        State.CONFIRMED: {},
        State.DISPUTED: {Event.UPHOLD: State.UPHELD, Event.STRIKE: State.STRUCK},
        State.UPHELD: {},
        State.STRUCK: {},
    }
)


@dataclass(frozen=True, slots=True)
class Call:
    """``department_name`` and ``committee_name`` are filled in where lists are read."""

    id: int
    committee: int
    department: int
    day: date
    subject: str
    minutes: int
    persons: int
    in_person: bool
    state: State
    by: str
    at: datetime
    answer: str = ""
    decision: str = ""
    department_name: str = ""
    committee_name: str = ""

    @property
    def counts(self) -> bool:
        return self.state is not State.STRUCK


def after(state: State, event: Event) -> State:
    """The state that follows; raises :class:`Stale` when the table has no such way."""
    following = TRANSITIONS[state].get(event)
    if following is None:
        raise Stale("burden.call_answered_already")
    return following


def problems(*, day: date | None, minutes: int, persons: int, subject: str, today: date) -> dict[str, str]:
    """Field → what is wrong with it."""
    found = {}
    if day is not None and not today - LATEST <= day <= today:
        found["day"] = "burden.call_day_out_of_range"
    if not 1 <= minutes <= LENGTHS[-1] * 2:
        found["minutes"] = "burden.call_minutes_out_of_range"
    if not 1 <= persons <= MOST_PERSONS:
        found["persons"] = "burden.persons_out_of_range"
    if not subject.strip():
        found["subject"] = "burden.call_subject_missing"
    elif len(subject) > LONGEST_SUBJECT:
        found["subject"] = "form.too_long"
    return found


def counted(call: Call) -> Sitting:
    """The call as a sitting of one committee. At what hour it was nobody asked: it stands at noon."""
    seconds = call.minutes * 60
    share = Share(call.persons, call.persons if call.in_person else 0, call.persons * seconds)
    return Sitting(
        source=Source.CALL,
        number=call.id,
        day=call.day,
        starts_at=datetime.combine(call.day, time(12), SHANGHAI),
        seconds=seconds,
        title=call.subject,
        host=call.department_name,
        department=call.department,
        mode="in_person" if call.in_person else "video",
        measured=False,
        lines=(Line(call.committee, called=True, attended=True, roles={"": share} if call.persons else {}),),
    )
