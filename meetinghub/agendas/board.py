"""Operations on the agenda of a meeting that has not begun.

An agenda is a tuple of segments. They follow one another without a gap from the meeting's start, so where one stands
says when it is: times are minutes from that start. Every operation returns a new agenda and leaves the old one, which
is how a change is shown before it is made. Segments pinned first or last stay at their end whatever is asked.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from meetinghub.errors import NotFound, Refused
from meetinghub.meetings.model import Segment

SHORTEST = 5
"""Minutes below which no segment is cut or squeezed."""
LONGEST = 240
STEP = 5
"""Squeezing takes this many minutes at a time while it can: people keep round figures in mind."""

Agenda = tuple[Segment, ...]


def length(agenda: Sequence[Segment]) -> int:
    return sum(segment.minutes for segment in agenda)


def spans(agenda: Sequence[Segment]) -> dict[int, tuple[int, int]]:
    """Each segment's first and last minute, from the meeting's start."""
    found: dict[int, tuple[int, int]] = {}
    at = 0
    for segment in agenda:
        found[segment.id] = (at, at + segment.minutes)
        at += segment.minutes
    return found


def place_of(agenda: Sequence[Segment], number: int) -> int:
    for place, segment in enumerate(agenda):
        if segment.id == number:
            return place
    raise NotFound("agenda.no_such_segment")


def movable(agenda: Sequence[Segment]) -> range:
    """The places between those pinned first and those pinned last."""
    first = sum(1 for segment in agenda if segment.pinned == "first")
    last = sum(1 for segment in agenda if segment.pinned == "last")
    return range(first, len(agenda) - last)


def insert(agenda: Agenda, segment: Segment, at: int) -> Agenda:
    """``segment`` before the one that stands at ``at``; what follows is shifted later."""
    free = movable(agenda)
    at = max(free.start, min(at, free.stop))
    return (*agenda[:at], segment, *agenda[at:])


def move(agenda: Agenda, number: int, to: int) -> Agenda:
    """The segment at place ``to``, counted after it was taken out; a pinned one does not move."""
    at = place_of(agenda, number)
    if agenda[at].pinned:
        raise Refused("agenda.pinned", title=agenda[at].title)
    return insert((*agenda[:at], *agenda[at + 1 :]), agenda[at], to)


def remove(agenda: Agenda, number: int) -> Agenda:
    """What follows comes earlier, and the meeting ends earlier."""
    at = place_of(agenda, number)
    return (*agenda[:at], *agenda[at + 1 :])


def resize(agenda: Agenda, number: int, minutes: int) -> Agenda:
    """What follows comes earlier or later by the difference."""
    at = place_of(agenda, number)
    if not SHORTEST <= minutes <= LONGEST:
        raise Refused("agenda.minutes_out_of_range", shortest=SHORTEST, longest=LONGEST)
    return (*agenda[:at], replace(agenda[at], minutes=minutes), *agenda[at + 1 :])


def fit(agenda: Agenda, minutes: int, *, untouched: Collection[int] = ()) -> Agenda:
    """The same order in exactly ``minutes``: the longest give first, or the shortest get first, :data:`STEP` at a time,
    of equals the one that gave or got less, then the later one.

    Pinned segments and those in ``untouched`` keep their minutes, and nobody is squeezed under :data:`SHORTEST`.
    Refused when that does not go.
    """
    lengths = {each.id: each.minutes for each in agenda if not each.pinned and each.id not in untouched}
    before = dict(lengths)
    places = {each.id: place for place, each in enumerate(agenda)}
    spare = length(agenda) - minutes
    while spare > 0:
        giving = max(
            lengths, key=lambda each: (lengths[each], lengths[each] - before[each], places[each]), default=None
        )
        if giving is None or lengths[giving] <= SHORTEST:
            raise Refused("agenda.too_tight", minutes=minutes, missing=spare, shortest=SHORTEST)
        step = min(STEP, spare, lengths[giving] - SHORTEST)
        lengths[giving] -= step
        spare -= step
    while spare < 0:
        getting = min(
            lengths, key=lambda each: (lengths[each], lengths[each] - before[each], -places[each]), default=None
        )
        if getting is None:
            raise Refused("agenda.nothing_to_stretch")
        step = min(STEP, -spare)
        lengths[getting] += step
        spare += step
    return tuple(replace(each, minutes=lengths.get(each.id, each.minutes)) for each in agenda)
