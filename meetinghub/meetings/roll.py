"""The acts of roll call: opening and closing it, reminding, answering for a site, excusing one.

A site answers for itself from an hour before the meeting until its end, whether a roll call is open or not: the roll
call only asks. Each function looks at the state and answers with what has to be written, or raises. Answering nothing
means that it is so already.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from meetinghub.errors import Invalid, Refused
from meetinghub.ledger import payloads as p
from meetinghub.meetings.floor import Decision, must_know
from meetinghub.meetings.lifecycle import FINAL
from meetinghub.meetings.live import LiveState

EARLY = timedelta(minutes=60)
GUESTS = range(0, 501)
HEADCOUNT = range(0, 1000)
REASONS = ("duty", "training", "leave", "other")
"""Why one person is excused."""
REASON_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Ticks:
    """What a site says of its people, by the numbers of their rows; ``excused`` → the code of the reason."""

    people: frozenset[int]
    guests: int
    excused: Mapping[int, str]


def open_roll(state: LiveState, now: datetime) -> Decision:
    _must_be_answerable(state, now)
    return () if state.roll.open else (p.RollCallOpened(),)


def close_roll(state: LiveState) -> Decision:
    return (p.RollCallClosed(),) if state.roll.open else ()


def remind(state: LiveState, site: str | None, now: datetime) -> Decision:
    """Remind one site, or all that are connected and have not answered. Who is not there has to be telephoned."""
    _must_be_answerable(state, now)
    if site is not None:
        must_know(state, site)
        if not state.online(site):
            raise Refused("floor.site_offline", site=site)
    asked = to_remind(state) if site is None else (site,) if state.roll.waits_for(site) else ()
    return (p.RollCallReminded(asked),) if asked else ()


def to_remind(state: LiveState) -> tuple[str, ...]:
    """The sites that a reminder would reach, in the order of their seats."""
    return tuple(site for site in state.sites if state.roll.waits_for(site) and state.online(site))


def count(state: LiveState, site: str, headcount: int, now: datetime) -> Decision:
    """How many sit there, as somebody in the main venue was told."""
    must_know(state, site)
    _must_be_answerable(state, now)
    if headcount not in HEADCOUNT:
        raise Invalid(fields={"headcount": "roll.headcount_out_of_range"}, most=HEADCOUNT[-1])
    return () if state.roll.headcounts.get(site) == headcount else (p.HeadcountReported(site, headcount),)


def excuse(state: LiveState, site: str, reason: str) -> Decision:
    """``reason`` is one line that everybody in the meeting may read."""
    must_know(state, site)
    _must_not_be_over(state)
    line = " ".join("".join(char if char.isprintable() else " " for char in reason).split())
    if not line:
        raise Invalid(fields={"reason": "form.required"})
    if len(line) > REASON_LENGTH:
        raise Invalid(fields={"reason": "form.too_long"}, limit=REASON_LENGTH)
    return () if state.roll.excused.get(site) == line else (p.SiteExcused(site, line),)


def unexcuse(state: LiveState, site: str) -> Decision:
    must_know(state, site)
    _must_not_be_over(state)
    return (p.SiteExcuseWithdrawn(site),) if site in state.roll.excused else ()


def answer(state: LiveState, site: str, ticks: Ticks, roster: Collection[int], now: datetime) -> Decision:
    """A site's own answer; ``roster`` are the people it may name."""
    must_know(state, site)
    _must_be_answerable(state, now)
    problems = {}
    if not ticks.people <= set(roster):
        problems["people"] = "roll.unknown_person"
    if ticks.guests not in GUESTS:
        problems["guests"] = "roll.guests_out_of_range"
    if not ticks.excused.keys() <= set(roster):
        problems["excused"] = "roll.unknown_person"
    elif not ticks.people.isdisjoint(ticks.excused):
        problems["excused"] = "roll.here_and_excused"
    elif not set(ticks.excused.values()) <= set(REASONS):
        problems["excused"] = "roll.unknown_reason"
    if problems:
        raise Invalid(fields=problems, most=GUESTS[-1])
    before, people = state.roll.answers.get(site), tuple(sorted(ticks.people))
    if (
        before is not None
        and (before.people, before.guests, before.excused) == (people, ticks.guests, ticks.excused)
        and state.roll.headcounts[site] == len(people) + ticks.guests
    ):
        return ()
    excused = sorted(ticks.excused.items())
    numbers, reasons = tuple(number for number, _ in excused), tuple(reason for _, reason in excused)
    return (p.RosterTicked(site, people, ticks.guests, numbers, reasons),)


def _must_not_be_over(state: LiveState) -> None:
    if state.state in FINAL:
        raise Refused("roll.over")


def _must_be_answerable(state: LiveState, now: datetime) -> None:
    _must_not_be_over(state)
    if state.started_at is None and now < state.starts_at - EARLY:
        raise Refused("roll.too_early", minutes=EARLY // timedelta(minutes=1))
