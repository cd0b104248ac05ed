"""Where time comes from. Rules never read a clock: they take ``now`` (aware, UTC) as an argument."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class ShiftedClock:
    """Runs at normal speed but elsewhere in time (``MEETINGHUB_NOW``: demonstrations and tests only)."""

    def __init__(self, shift: timedelta) -> None:
        self._shift = shift

    def now(self) -> datetime:
        return datetime.now(UTC) + self._shift


def clock(shift: timedelta | None) -> Clock:
    """The clock of an installation; ``shift`` None = the true time."""
    return SystemClock() if shift is None else ShiftedClock(shift)
