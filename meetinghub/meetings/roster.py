"""Who is on a committee's list of a meeting, and who is ticked on it before anybody has touched it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from meetinghub.ledger.payloads import RosterTicked
from meetinghub.meetings.model import Audience
from meetinghub.meetings.roll import Ticks
from meetinghub.meetings.rollcall import Answer
from meetinghub.people.model import Person, Role


class Source(StrEnum):
    ANSWER = "answer"
    LAST_TIME = "last_time"
    AUDIENCE = "audience"


@dataclass(frozen=True, slots=True)
class Roster:
    """``people`` in the order in which they were entered; ``ticks`` as they stand now, and where they come from."""

    people: tuple[Person, ...]
    ticks: Ticks
    source: Source


def listed(people: Iterable[Person]) -> tuple[Person, ...]:
    """Everybody but those who only work the room's computer: they are not the ones called to the meeting."""
    return tuple(person for person in people if person.roles != (Role.OPERATOR,))


def asked(person: Person, audience: Audience) -> bool:
    """Whether the meeting calls this person: one of its roles, and its line where the role has one."""
    return any(
        (not audience.roles or role.value in audience.roles)
        and not (audience.line and role is Role.LINE_WORKER and audience.line not in person.lines)
        for role in person.roles
    )


def roster(
    people: Sequence[Person], audience: Audience, answered: Answer | None, last_time: RosterTicked | None
) -> Roster:
    """Ticked as ``answered`` in this meeting; else like ``last_time``, the last of its kind; else whoever is called.

    Guests and excuses belong to one meeting and are not carried into the next.
    """
    known = frozenset(person.id for person in people)
    if answered is not None:
        excused = {number: reason for number, reason in answered.excused.items() if number in known}
        ticks = Ticks(known.intersection(answered.people), answered.guests, excused)
        return Roster(tuple(people), ticks, Source.ANSWER)
    if last_time is not None:
        return Roster(tuple(people), Ticks(known.intersection(last_time.people), 0, {}), Source.LAST_TIME)
    called = frozenset(person.id for person in people if asked(person, audience))
    return Roster(tuple(people), Ticks(called, 0, {}), Source.AUDIENCE)
