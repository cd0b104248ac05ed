"""Whom each segment concerns, and from when to when that keeps them: "您的部分 14:00-14:25".

A strip is a group of people as the board draws it: a role, or the line workers of one line. A signature is what really
counts: the set of segments that concern one person, whatever roles they hold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
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


def holds(audience: Audience, roles: Collection[Role], lines: Collection[str]) -> bool:
    """Whether it is for somebody: one of the roles, and for line workers the line."""
    held = {role.value for role in roles} & set(audience.roles)
    if not audience.line or audience.line in lines:
        return bool(held)
    return bool(held - {Role.LINE_WORKER.value})


def reaches(audience: Audience, person: Person) -> bool:
    return holds(audience, person.roles, person.lines)


def signatures(
    agenda: Sequence[Segment], whole: Audience, people: Iterable[Person], seats: Mapping[int, int]
) -> Counter[frozenset[int]]:
    """``seats``: committees that take part → their seats. People nothing concerns are left out.

    People who hold the same roles are asked once for all of them, site by site only when a segment is for some sites.
    """
    by_site = any(each.sites is not None for each in agenda)
    alike: Counter[tuple[tuple[Role, ...], tuple[str, ...], int]] = Counter()
    for person in people:
        if person.committee is not None and person.committee in seats:
            alike[person.roles, person.lines, seats[person.committee] if by_site else 0] += 1
    found: Counter[frozenset[int]] = Counter()
    for (roles, lines, seat), heads in alike.items():
        asked = frozenset(
            each.id
            for each in agenda
            if (each.sites is None or site_identity(seat) in each.sites) and holds(each.audience or whole, roles, lines)
        )
        if asked:
            found[asked] += heads
    return found


def newly(agenda: Sequence[Segment], whole: Audience, audience: Audience, people: Iterable[Person]) -> int:
    """How many people ``audience`` calls whom neither the meeting nor any of its segments calls."""
    called = (whole, *_audiences(agenda, whole))
    alike = Counter((person.roles, person.lines) for person in people)
    return sum(
        heads
        for (roles, lines), heads in alike.items()
        if holds(audience, roles, lines) and not any(holds(each, roles, lines) for each in called)
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
