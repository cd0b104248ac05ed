"""Presence drawn to scale: where on a bar of 100 units the stretches lie, and which times its axis names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from meetinghub.attendance.sheet import Line
from meetinghub.clock import SHANGHAI
from meetinghub.ledger.presence import Window

STEPS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 15, 30, 60, 120, 240))


@dataclass(frozen=True, slots=True)
class Mark:
    """``at`` and ``length`` in per cent of the meeting; ``kind``: ``asked`` (its own part) or ``there``."""

    kind: str
    at: float
    length: float


def marks(line: Line, window: Window) -> tuple[Mark, ...]:
    """The site's own part, and over it the stretches in which it was there."""
    part = line.judged.asked
    asked = [_mark("asked", part.start, part.end, window)] if part else []
    return (*asked, *(_mark("there", each.start, each.end, window) for each in line.judged.intervals))


def place(moment: datetime, window: Window) -> float:
    """Where ``moment`` lies, in per cent."""
    whole = window.end - window.start
    share = (moment - window.start) / whole if whole else 0.0
    return round(min(1.0, max(0.0, share)) * 100, 3)


def ticks(window: Window, most: int = 6) -> tuple[datetime, ...]:
    """Round times (Shanghai's) within the meeting, evenly spaced, ``most`` of them or fewer."""
    step = step_of(window, most)
    midnight = window.start.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    at = midnight + step * -(-(window.start - midnight) // step)
    found: list[datetime] = []
    while at <= window.end and len(found) < most + 1:
        found.append(at)
        at += step
    return tuple(found)


def step_of(window: Window, most: int) -> timedelta:
    """The shortest round step of which ``most`` or fewer fit into the meeting."""
    whole = window.end - window.start
    return next((step for step in STEPS if whole <= step * most), max(STEPS[-1], whole))


def cells(line: Line, starts: Sequence[datetime], step: timedelta) -> list[str]:
    """For a strip of cells that begin at ``starts``: ``there`` for at least half of it, ``asked`` only, or nothing."""
    found: list[str] = []
    for start in starts:
        end = start + step
        there = sum(
            (max(timedelta(), min(each.end, end) - max(each.start, start)) for each in line.judged.intervals),
            timedelta(),
        )
        part = line.judged.asked
        asked = part is not None and part.start < end and part.end > start
        found.append("there" if there * 2 >= step else "asked" if asked else "")
    return found


def _mark(kind: str, start: datetime, end: datetime, window: Window) -> Mark:
    at = place(start, window)
    return Mark(kind, at, round(place(end, window) - at, 3))


def starts(window: Window, step: timedelta) -> tuple[datetime, ...]:
    """The beginnings of the cells of a strip over the meeting."""
    count = max(1, -(-(window.end - window.start) // step))
    return tuple(window.start + step * number for number in range(count))
