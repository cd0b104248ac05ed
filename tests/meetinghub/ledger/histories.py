"""A meeting's connections, written as facts one by one."""

from __future__ import annotations

from datetime import datetime, timedelta

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
