"""Whom each segment concerns, and from when to when that keeps them: "您的部分 14:00-14:25".

A strip is a group of people as the board draws it: a role, or the line workers of one line. A signature is what really
counts: the set of segments that concern one person, whatever roles they hold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from meetinghub.agendas.board import spans
from meetinghub.ids import site_identity
from meetinghub.meetings.model import Audience, Segment
from meetinghub.people.model import Person, Role

Signatures = Mapping[frozenset[int], int]
"""Segments that concern a person → how many people these are."""


@dataclass(frozen=True, slots=True)
class Strip:
    """``line`` is set for line workers of one line only."""

    role: str
    line: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Minutes from the meeting's start. ``asked``: how many of them concern the people themselves."""

    start: int
    end: int
    asked: int

    @property
    def minutes(self) -> int:
        return self.end - self.start


def strips(agenda: Sequence[Segment], whole: Audience) -> tuple[Strip, ...]:
    """All strips of a meeting, in the order of roles, then of lines."""
    found = {strip for audience in (whole, *_audiences(agenda, whole)) for strip in strips_of(audience)}
    order = {role.value: place for place, role in enumerate(Role)}
    return tuple(sorted(found, key=lambda each: (order.get(each.role, len(order)), each.line)))


def strips_of(audience: Audience) -> tuple[Strip, ...]:
    return tuple(Strip(role, audience.line if role == Role.LINE_WORKER else "") for role in audience.roles)


def concerns(audience: Audience, strip: Strip) -> bool:
    """A segment for every line concerns each single line, not the other way round."""
    return any(each == strip or (each.role == strip.role and not each.line) for each in strips_of(audience))


def part(agenda: Sequence[Segment], whole: Audience, strip: Strip) -> Part | None:
    """From the first segment that concerns ``strip`` to the last; None when none does."""
    return _part(agenda, {each.id for each in agenda if concerns(each.audience or whole, strip)})


def part_of(agenda: Sequence[Segment], signature: frozenset[int]) -> Part | None:
    return _part(agenda, signature)


def reaches(audience: Audience, person: Person) -> bool:
    """Whether it holds for somebody: one of the roles, and for line workers the line."""
    roles = {role.value for role in person.roles} & set(audience.roles)
    if not audience.line or audience.line in person.lines:
        return bool(roles)
    return bool(roles - {Role.LINE_WORKER.value})


def signatures(
    agenda: Sequence[Segment], whole: Audience, people: Iterable[Person], seats: Mapping[int, int]
) -> Counter[frozenset[int]]:
    """``seats``: committees that take part → their seats. People nothing concerns are left out."""
    found: Counter[frozenset[int]] = Counter()
    for person in people:
        if person.committee is None or person.committee not in seats:
            continue
        site = site_identity(seats[person.committee])
        asked = frozenset(
            each.id
            for each in agenda
            if (each.sites is None or site in each.sites) and reaches(each.audience or whole, person)
        )
        if asked:
            found[asked] += 1
    return found


def newly(agenda: Sequence[Segment], whole: Audience, audience: Audience, people: Iterable[Person]) -> int:
    """How many people ``audience`` calls whom neither the meeting nor any of its segments calls."""
    called = (whole, *_audiences(agenda, whole))
    return sum(
        1 for person in people if reaches(audience, person) and not any(reaches(each, person) for each in called)
    )


def waiting(agenda: Sequence[Segment], groups: Signatures) -> int:
    """Person-minutes that people sit through between segments of their own."""
    total = 0
    for signature, heads in groups.items():
        kept = _part(agenda, signature)
        if kept is not None:
            total += heads * (kept.minutes - kept.asked)
    return total


def _part(agenda: Sequence[Segment], asked: Iterable[int]) -> Part | None:
    wanted = set(asked)
    times = [
        (span, each.minutes) for each, span in zip(agenda, spans(agenda).values(), strict=True) if each.id in wanted
    ]
    if not times:
        return None
    return Part(times[0][0][0], times[-1][0][1], sum(minutes for _, minutes in times))


def _audiences(agenda: Sequence[Segment], whole: Audience) -> Iterable[Audience]:
    return (each.audience or whole for each in agenda)
