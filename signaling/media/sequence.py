"""Sequence numbers without an end, and without the holes that swallowed packets would leave.

All numbers here are *extended*: the 16 bits of RTP continued upwards (RFC 3550 appendix A.1).
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from dataclasses import dataclass, field

REMEMBERED_RANGES = 64


def extend(number: int, near: int) -> int:
    """The extended number whose low 16 bits are ``number``, nearest to ``near``."""
    return near + ((number - near + 0x8000) & 0xFFFF) - 0x8000


def extend32(number: int, near: int) -> int:
    """The same for 32-bit values: RTP timestamps."""
    return near + ((number - near + 0x8000_0000) & 0xFFFF_FFFF) - 0x8000_0000


@dataclass(slots=True)
class Continuity:
    """Maps numbers of a stream to numbers without gaps where packets were swallowed.

    Real losses stay gaps: they may still arrive, or be asked for again. A late packet gets the number it would have
    had in time.
    """

    removed: int = 0  # how many numbers are swallowed below the highest
    highest: int = -1
    _starts: deque[int] = field(default_factory=lambda: deque(maxlen=REMEMBERED_RANGES))
    _removed: deque[int] = field(default_factory=lambda: deque(maxlen=REMEMBERED_RANGES))

    def place(self, number: int) -> int | None:
        """The number to send it under; None for one too old to be placed."""
        if number > self.highest:
            self.highest = number
            if not self._starts:
                self._starts.append(number - 0x8000)
                self._removed.append(self.removed)
            return number - self.removed
        index = bisect_right(self._starts, number) - 1
        return number - self._removed[index] if index >= 0 else None

    def swallow(self, number: int) -> bool:
        """Close the gap this packet would leave. False when later ones have already left under their numbers: then
        it has to be sent, empty."""
        if self.highest < 0 or number <= self.highest:
            return False
        self.highest = number
        self._remember(number + 1, self.removed + 1)
        return True

    def resume(self, number: int) -> None:
        """Continue right behind the last number sent, whatever was left out before ``number``; older ones are
        forgotten. For streams that were held back as a whole."""
        if self.highest < 0 or number <= self.highest:
            return
        removed = number - (self.highest - self.removed) - 1
        self._starts.clear()
        self._removed.clear()
        self._remember(number, removed)

    def _remember(self, start: int, removed: int) -> None:
        self.removed = removed
        self._starts.append(start)
        self._removed.append(removed)
