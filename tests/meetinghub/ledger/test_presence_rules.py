"""Presence against a second-by-second brute force, over histories in which everything goes wrong."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from meetinghub.ledger import payloads as p
from meetinghub.ledger.fact import Fact
from meetinghub.ledger.presence import Interval, Window, presences
from tests.meetinghub.ledger.brute_force import seconds_there
from tests.meetinghub.ledger.histories import LENGTH, SITES, after_start, at, chaos, histories

WINDOWS = st.tuples(st.integers(0, LENGTH), st.integers(0, LENGTH)).map(sorted)


def seconds(intervals: tuple[Interval, ...]) -> set[int]:
    return {s for each in intervals for s in range(after_start(each.start), after_start(each.end))}


def agree(facts: list[Fact], start: int, end: int, running: bool) -> None:
    found = presences(facts, SITES, Window(at(start), at(end), running))
    for site in SITES:
        assert seconds(found[site]) == seconds_there(facts, site, start, end, running=running), site


@settings(max_examples=200)
@given(histories(), WINDOWS, st.booleans())
def test_presence_is_what_a_brute_force_over_every_second_finds(
    facts: list[Fact], bounds: list[int], running: bool
) -> None:
    agree(facts, bounds[0], bounds[1], running)


@settings(max_examples=100)
@given(st.integers(0, 2**32))
def test_so_it_is_over_thousands_of_histories(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(40):
        start, end = sorted((chance.randint(0, LENGTH), chance.randint(0, LENGTH)))
        agree(chaos(chance), start, end, chance.random() < 0.5)


@settings(max_examples=100)
@given(histories(), WINDOWS, st.booleans())
def test_intervals_are_apart_in_order_and_within_the_window(
    facts: list[Fact], bounds: list[int], running: bool
) -> None:
    window = Window(at(bounds[0]), at(bounds[1]), running)
    for intervals in presences(facts, SITES, window).values():
        assert all(window.start <= each.start < each.end <= window.end for each in intervals)
        assert all(one.end < two.start for one, two in pairwise(intervals))


@settings(max_examples=100)
@given(histories(), st.randoms(use_true_random=False), st.booleans())
def test_neither_the_order_of_late_news_nor_hearing_it_twice_matters(
    facts: list[Fact], chance: random.Random, running: bool
) -> None:
    window = Window(at(0), at(LENGTH), running)
    again = [*facts, *chance.sample(facts, k=len(facts) // 2)]
    chance.shuffle(again)
    assert presences(again, SITES, window) == presences(facts, SITES, window)


@settings(max_examples=100)
@given(histories(), st.booleans())
def test_a_second_device_never_lowers_nor_doubles(facts: list[Fact], running: bool) -> None:
    """One that is there from before the start until after the end, beside whatever the first ones do."""
    if not any(isinstance(fact.payload, p.ConnectionsSeen) for fact in facts):
        return  # its heartbeats would be the first, and begin to count
    window = Window(at(0), at(LENGTH), running)
    before = presences(facts, SITES, window)["site-01"]
    beats = [p.ConnectionsSeen("R9", ("second",)) for _ in range(-60, LENGTH + 60, 15)]
    told = [p.SiteJoined("site-01", "second", "R9", at(100)), p.SiteLeft("site-01", "second", "R9", at(200), "")]
    device = [
        *(Fact(1000 + n, 1, at(-60 + 15 * n), "", beat) for n, beat in enumerate(beats)),
        *(Fact(2000 + n, 1, at(0), "", payload) for n, payload in enumerate(told)),
    ]
    rooms = [
        fact
        for fact in facts
        if not (isinstance(fact.payload, p.RoomStarted) and 100 < after_start(fact.payload.occurred_at) < 200)
    ]
    before = presences(rooms, SITES, window)["site-01"]
    after = presences([*rooms, *device], SITES, window)["site-01"]
    assert seconds(after) == seconds(before) | set(range(100, 200))
    assert sum((each.length for each in after), timedelta()) <= window.end - window.start


@settings(max_examples=100)
@given(histories(), st.integers(-10_000, 10_000), st.booleans())
def test_when_a_meeting_is_held_changes_nothing(facts: list[Fact], hours: int, running: bool) -> None:
    """Midnight, the year's end, a change to summer time somewhere: only differences count."""
    shift = timedelta(hours=hours, seconds=hours % 3600)
    window = Window(at(0), at(LENGTH), running)
    moved = [_moved(fact, shift) for fact in facts]
    found = presences(moved, SITES, Window(window.start + shift, window.end + shift, running))
    back = {
        site: tuple(Interval(each.start - shift, each.end - shift, each.ended_by) for each in intervals)
        for site, intervals in found.items()
    }
    assert back == presences(facts, SITES, window)


def _moved(fact: Fact, shift: timedelta) -> Fact:
    payload = fact.payload
    match payload:
        case p.SiteJoined(occurred_at=moment) | p.SiteLeft(occurred_at=moment):
            payload = replace(payload, occurred_at=moment + shift)
        case p.RoomStarted(occurred_at=moment) | p.RoomFinished(occurred_at=moment):
            payload = replace(payload, occurred_at=moment + shift)
        case _:
            pass
    return replace(fact, at=fact.at + shift, payload=payload)
