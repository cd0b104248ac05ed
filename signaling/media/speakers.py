"""Who is loud: RFC 6464 levels over the last 400 ms. Pure; nothing is decoded."""

from __future__ import annotations

from collections import deque

WINDOW_SECONDS = 0.4
SILENCE = 127  # -dBov
AUDIBLE = 40  # -dBov; quieter is background
ACTIVE_SHARE = 0.3  # of the window that must be audible


class AudioLevel:
    """``note`` per packet, ``value`` when somebody asks."""

    __slots__ = ("_levels",)

    def __init__(self) -> None:
        self._levels: deque[tuple[float, int]] = deque(maxlen=100)

    def note(self, element: bytes, now: float) -> None:
        """``element`` is the header extension: a voice flag and seven bits of -dBov."""
        self._levels.append((now, element[0] & 0x7F))

    def value(self, now: float) -> float:
        """0…1: the linear amplitude of the audible packets' mean level, as LiveKit's clients expect it. 0 when less
        than a third of the last 400 ms was audible, so that a door slamming is no speaker."""
        levels = self._levels
        while levels and now - levels[0][0] > WINDOW_SECONDS:
            levels.popleft()
        audible = [level for _, level in levels if level <= AUDIBLE]
        if not audible or len(audible) < ACTIVE_SHARE * len(levels):
            return 0.0
        return min(1.0, 10 ** (-(sum(audible) / len(audible)) / 20) * 8)
