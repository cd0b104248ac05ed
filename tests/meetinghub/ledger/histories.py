"""A meeting's connections, written as facts one by one."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from hypothesis import strategies as st

from meetinghub.ledger import payloads as p
from meetinghub.ledger.fact import Fact, Payload
from meetinghub.ledger.presence import Interval, Window, presences
from tests.meetinghub.meetings.examples import NOON


def at(second: float) -> datetime:
    """So many seconds after the meeting's start."""
    return NOON + timedelta(seconds=second)


class History:
    def __init__(self) -> None:
        self.facts: list[Fact] = []

    def write(self, second: float, payload: Payload) -> None:
        self.facts.append(Fact(len(self.facts) + 1, 1, at(second), "", payload))

    def join(self, second: float, connection: str = "A1", *, site: str = "site-01", room: str = "R1") -> None:
        self.write(second, p.SiteJoined(site, connection, room, at(second)))

    def leave(
        self, second: float, connection: str = "A1", *, reason: str = "CLIENT_INITIATED", told: float | None = None
    ) -> None:
        """``told``: when it became known, if later."""
        self.write(told or second, p.SiteLeft("site-01", connection, "R1", at(second), reason))

    def beat(self, second: float, *connections: str, room: str = "R1") -> None:
        self.write(second, p.ConnectionsSeen(room, connections))

    def beats(self, first: float, last: float, *connections: str) -> None:
        """One every 15 seconds, ``last`` included when it falls on one."""
        second = first
        while second <= last:
            self.beat(second, *connections)
            second += 15

    def begin(self, second: float, room: str) -> None:
        self.write(second, p.RoomStarted(room, at(second)))

    def finish(self, second: float, room: str = "R1") -> None:
        self.write(second, p.RoomFinished(room, at(second)))

    def of(
        self, site: str = "site-01", *, start: float = 0, end: float = 3600, running: bool = False
    ) -> list[tuple[float, float, str]]:
        """(from, to, why it ended) in seconds after the start."""
        found = presences(self.facts, [site], Window(at(start), at(end), running))[site]
        return [_seconds(each) for each in found]


def _seconds(interval: Interval) -> tuple[float, float, str]:
    start, end = ((moment - NOON) / timedelta(seconds=1) for moment in (interval.start, interval.end))
    return start, end, interval.ended_by.value


def after_start(moment: datetime) -> int:
    """The inverse of :func:`at` for whole seconds."""
    whole, rest = divmod(moment - NOON, timedelta(seconds=1))
    assert not rest
    return whole


LENGTH = 400
SITES = ("site-01", "site-02", "site-03")
ROOMS = ("R1", "R2", "R3")
REASONS = ("CLIENT_INITIATED", "DUPLICATE_IDENTITY", "LOST", "LOST", "CONNECTION_TIMEOUT", "SERVER_SHUTDOWN")
Told = tuple[int, Payload]
"""When it was written, and what it says."""
SECONDS = st.integers(-60, LENGTH + 60)


@dataclass(frozen=True)
class Line:
    """A connection that may become known."""

    name: str
    site: str
    room: str


LINES = tuple(
    Line(f"{site[-1]}{room}{number}", site, room) for site in SITES for room in ROOMS[:2] for number in range(2)
)


def news(line: st.SearchStrategy[Line], second: st.SearchStrategy[int]) -> st.SearchStrategy[Told]:
    """Anything that may be told, true or not."""
    room = st.sampled_from(ROOMS)
    coming = st.builds(lambda line, second: p.SiteJoined(line.site, line.name, line.room, at(second)), line, second)
    going = st.builds(
        lambda line, second, reason: p.SiteLeft(line.site, line.name, line.room, at(second), reason),
        line,
        second,
        st.sampled_from(REASONS),
    )
    listed = st.lists(line, unique=True, max_size=4).map(lambda lines: tuple(sorted(each.name for each in lines)))
    beat = st.builds(p.ConnectionsSeen, room, listed)
    began = st.builds(lambda room, second: p.RoomStarted(room, at(second)), room, second)
    ended = st.builds(lambda room, second: p.RoomFinished(room, at(second)), room, second)
    return st.tuples(second, st.one_of(coming, coming, going, going, beat, beat, beat, began, ended))


@st.composite
def rhythms(draw: st.DrawFn, line: st.SearchStrategy[Line], second: st.SearchStrategy[int]) -> list[Told]:
    """Regular heartbeats of one set of connections, some steps of which are silences."""
    names = draw(st.lists(line, unique=True, min_size=1, max_size=4))
    first, step, count = draw(second), draw(st.sampled_from((7, 14, 15, 44, 45, 46))), draw(st.integers(1, 12))
    listed = tuple(sorted(each.name for each in names))
    return [(first + step * index, p.ConnectionsSeen("R1", listed)) for index in range(count)]


@st.composite
def histories(draw: st.DrawFn) -> list[Fact]:
    """Facts of a meeting in the order in which they were written, which is not that in which things happened.

    A few lines and a few moments each time, so that things fall together.
    """
    line = st.sampled_from(draw(st.lists(st.sampled_from(LINES), unique=True, min_size=1, max_size=4)))
    second = st.sampled_from(draw(st.lists(SECONDS, min_size=1, max_size=8)))
    told = draw(st.lists(news(line, second), max_size=14))
    for rhythm in draw(st.lists(rhythms(line, second), max_size=3)):
        told += rhythm
    order = draw(st.permutations(told)) if draw(st.booleans()) else told
    return [Fact(number, 1, at(second), "", payload) for number, (second, payload) in enumerate(order, 1)]


def chaos(chance: random.Random) -> list[Fact]:
    """The same kind of history by plain chance: cheap enough for thousands, but it cannot be made smaller."""
    lines = chance.sample(LINES, chance.randint(1, 4))
    moments = [chance.randint(-60, LENGTH + 60) for _ in range(chance.randint(1, 8))]

    def listed() -> tuple[str, ...]:
        return tuple(sorted(each.name for each in chance.sample(lines, chance.randint(0, len(lines)))))

    def told(second: int, line: Line) -> Payload:
        match chance.choice(("came", "came", "went", "went", "seen", "seen", "seen", "began", "ended")):
            case "came":
                return p.SiteJoined(line.site, line.name, line.room, at(second))
            case "went":
                return p.SiteLeft(line.site, line.name, line.room, at(second), chance.choice(REASONS))
            case "began":
                return p.RoomStarted(chance.choice(ROOMS), at(second))
            case "ended":
                return p.RoomFinished(chance.choice(ROOMS), at(second))
            case _:
                return p.ConnectionsSeen(line.room, listed())

    news = [(second, told(second, chance.choice(lines))) for second in chance.choices(moments, k=chance.randint(0, 14))]
    for _ in range(chance.randint(0, 3)):
        names, first, step = listed(), chance.choice(moments), chance.choice((7, 14, 15, 44, 45, 46))
        news += [(first + step * n, p.ConnectionsSeen("R1", names)) for n in range(chance.randint(1, 12))]
    if chance.random() < 0.5:
        chance.shuffle(news)
    return [Fact(number, 1, at(second), "", payload) for number, (second, payload) in enumerate(news, 1)]
