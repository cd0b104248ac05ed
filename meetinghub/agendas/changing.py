"""What the host does with the agenda, as values, and the agenda that follows from each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import assert_never

from meetinghub.agendas import board, ordering
from meetinghub.agendas.board import Agenda
from meetinghub.agendas.claims import ON_THE_AGENDA
from meetinghub.agendas.plan import Plan, Timing, must_fit, with_segment
from meetinghub.errors import Refused
from meetinghub.meetings.model import Segment


@dataclass(frozen=True, slots=True)
class Move:
    """To place ``to`` of the whole agenda, counted from 0 after it was taken out."""

    segment: int
    to: int


@dataclass(frozen=True, slots=True)
class Step:
    """One place up (``by`` -1) or down (1)."""

    segment: int
    by: int


@dataclass(frozen=True, slots=True)
class Resize:
    """``timing`` FIT: the others give or take the difference; else the end moves by it."""

    segment: int
    minutes: int
    timing: Timing = Timing.SHIFT


@dataclass(frozen=True, slots=True)
class Remove:
    segment: int


@dataclass(frozen=True, slots=True)
class Add:
    """The host's own segment; it needs no claim."""

    segment: Segment
    timing: Timing = Timing.SHIFT


@dataclass(frozen=True, slots=True)
class Arrange:
    """Order all segments so that people wait least."""


@dataclass(frozen=True, slots=True)
class Pin:
    """Keep the first segment first or the last one last, or let it go."""

    segment: int
    pinned: str


Change = Move | Step | Resize | Remove | Add | Arrange | Pin


def name_of(change: Change) -> str:
    """As it stands in the ledger."""
    return type(change).__name__.lower()


def changed(plan: Plan, change: Change) -> Agenda:
    """The agenda after ``change``; refused when it does not go."""
    agenda = plan.agenda
    match change:
        case Move(segment=number, to=to):
            return board.move(agenda, number, to)
        case Step(segment=number, by=by):
            at = board.place_of(agenda, number)
            return board.move(agenda, number, at + by)
        case Resize(segment=number, minutes=minutes, timing=timing):
            found = board.resize(agenda, number, minutes)
            if timing is Timing.FIT:
                found = board.fit(found, board.length(agenda), untouched={number})
        case Remove(segment=number):
            found = _without(plan, number)
        case Add(segment=segment, timing=timing):
            found = with_segment(plan, segment, timing)
        case Arrange():
            return ordering.arrange(agenda, plan.groups(agenda))
        case Pin(segment=number, pinned=pinned):
            return _pinned(agenda, number, pinned)
        case _:
            assert_never(change)
    must_fit(plan, found)
    return found


def _without(plan: Plan, number: int) -> Agenda:
    """A ride leaves the agenda by its claim, never behind the claimant's back; something has to stay."""
    if any(each.segment == number and each.state in ON_THE_AGENDA for each in plan.claims):
        raise Refused("agenda.is_a_ride")
    found = board.remove(plan.agenda, number)
    if not found:
        raise Refused("agenda.last_one")
    return found


def _pinned(agenda: Agenda, number: int, pinned: str) -> Agenda:
    at = board.place_of(agenda, number)
    free = board.movable(agenda)
    ends = {"first": at <= free.start, "last": at >= free.stop - 1, "": agenda[at].pinned != ""}
    innermost = at in (free.start - 1, free.stop)  # letting go an outer one would leave a pinned one inside
    if not ends.get(pinned, False) or (pinned == "" and not innermost):
        raise Refused("agenda.cannot_pin")
    return (*agenda[:at], replace(agenda[at], pinned=pinned), *agenda[at + 1 :])
