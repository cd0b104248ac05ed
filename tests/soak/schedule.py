"""What goes wrong when: the same seed and length give the same schedule. Pure."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

SITES = 33
YOUNG = 240.0
"""Seconds of a process's life that say nothing about the rest: media, whose peers come and go, takes 3 MB in the first
three minutes and 2 MB in the next thirty."""
CALM = 60.0
CALM_AFTER = 25.0
PROCESSES = ("web", "media", "worker")


class Kind(StrEnum):
    KILL = "kill"  # kill -9 of server processes; their supervisor starts them again
    CLOSE = "close"  # the signalling socket ends, media goes on
    LEAVE = "leave"  # the page says goodbye and comes back later
    CRASH = "crash"  # the browser dies: sockets close, nobody says goodbye
    POWER = "power"  # the computer dies: silence
    BLACKOUT = "blackout"  # the line passes nothing, and then does again


PEER_FAULTS = {Kind.CLOSE: 3, Kind.LEAVE: 2, Kind.CRASH: 2, Kind.POWER: 1, Kind.BLACKOUT: 3}
LASTS = {
    Kind.CLOSE: (0.0, 0.0),
    Kind.LEAVE: (2.0, 40.0),
    Kind.CRASH: (3.0, 40.0),
    Kind.POWER: (20.0, 60.0),
    Kind.BLACKOUT: (5.0, 90.0),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """``at`` and ``seconds`` count from the start. ``sites`` are numbers; ``processes`` for kills."""

    at: float
    kind: Kind
    sites: tuple[int, ...] = ()
    seconds: float = 0.0
    processes: tuple[str, ...] = ()

    def __str__(self) -> str:
        who = "+".join(self.processes) or ",".join(map(str, self.sites))
        lasts = f" for {self.seconds:.1f} s" if self.seconds else ""
        return f"{self.at:8.1f} s  {self.kind.value} {who}{lasts}"


@dataclass(frozen=True, slots=True)
class Plan:
    """``faults`` in order of time, all over by ``quiet_at``; ``clock_errors`` are the sites' wrong clocks, seconds.

    ``calms`` are spans in which everybody has been back for half a minute: what memory is in one can be held against
    what it is in another, whoever was away between. A short run has none.
    """

    seed: int
    seconds: float
    faults: tuple[Fault, ...]
    clock_errors: tuple[float, ...]
    kills_end: float
    quiet_at: float
    calms: tuple[tuple[float, float], ...] = ()

    def __str__(self) -> str:
        return "\n".join((f"seed {self.seed}, {self.seconds:.0f} s", *map(str, self.faults)))


def plan(seed: int, seconds: float) -> Plan:
    """Processes are killed in the first quarter, so that the rest shows what a process's memory does over a long life.
    The end is quiet, and in a long run so is a minute after that quarter, when lives are four minutes old."""
    source = random.Random(seed)
    kills_end = max(0.25 * seconds, min(seconds, 90.0) - 35.0)
    calm_at, end = kills_end + YOUNG, seconds - CALM_AFTER
    long = end - CALM - calm_at > CALM
    quiet_at = end - CALM if long else end
    faults = [*_kills(source, 12.0, kills_end), *_peer_faults(source, 3.0, calm_at if long else quiet_at)]
    faults += _peer_faults(source, calm_at + CALM, quiet_at) if long else []
    calms = tuple((since + CALM / 2, since + CALM) for since in (calm_at, quiet_at)) if long else ()
    clocks = tuple(source.choice((0.0, source.uniform(-5, 5), source.uniform(-90_000, 90_000))) for _ in range(SITES))
    return Plan(seed, seconds, tuple(sorted(faults, key=lambda f: f.at)), clocks, kills_end, quiet_at, calms)


def _kills(source: random.Random, start: float, end: float) -> Iterator[Fault]:
    """Each of the three and all at once come in turn, in random order; each pause is long enough for a restart."""
    choices = [*((name,) for name in PROCESSES), PROCESSES]
    at = start
    for number in itertools.count():
        if number % len(choices) == 0:
            source.shuffle(choices)
        if at > end:
            return
        yield Fault(at, Kind.KILL, processes=choices[number % len(choices)])
        at += max(13.0, min(source.uniform(30, 60), (end - start) / 4))


def _peer_faults(source: random.Random, start: float, end: float) -> Iterator[Fault]:
    """One every six seconds on average, every three in a short run; now and then several sites at once, as when a
    switch is turned off. Kinds are dealt like cards, so that even a short run has them all."""
    deck: list[Kind] = []
    at, pause = start, 3.0 if end - start < 120 else 6.0
    while (at := at + source.expovariate(1 / pause)) < end:
        if not deck:
            deck = [kind for kind, count in PEER_FAULTS.items() for _ in range(count)]
            source.shuffle(deck)
        kind = deck.pop()
        sites = tuple(sorted(source.sample(range(1, SITES + 1), source.choice((1, 1, 1, 1, 2, 5)))))
        shortest, longest = LASTS[kind]
        if at + shortest < end:
            yield Fault(at, kind, sites, source.uniform(shortest, min(longest, end - at)))
