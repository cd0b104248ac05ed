"""How a feed's packets stay one continuous stream while the layer behind them changes.

A feed that never switched gets a layer's numbers as they are (all shifts zero), so everybody in that position gets
identical packets. After a switch or a pause it continues at the next number, the next picture id and a later
timestamp, and everybody who left off at the same packet continues identically.
"""

from __future__ import annotations

from typing import NamedTuple


class Shift(NamedTuple):
    """What is added to a layer's numbers: sequence and timestamp extended, picture id and TL0PICIDX modulo."""

    sequence: int = 0
    timestamp: int = 0
    picture: int = 0
    tl0: int = 0


class Tail(NamedTuple):
    """Where a feed left off, in the numbers its receiver has seen. ``at`` is the arrival of that packet in seconds."""

    sequence: int
    timestamp: int
    picture: int
    tl0: int
    at: float


class Start(NamedTuple):
    """The packet a feed continues with, in its layer's numbers."""

    sequence: int
    timestamp: int
    picture: int
    tl0: int
    at: float


UNSHIFTED = Shift()
MAX_DISAGREEMENT = 1.0  # seconds between the reports' time line and the arrivals' before the reports are not believed


def continue_from(tail: Tail | None, start: Start, *, clock_rate: int, aligned: int | None) -> Shift:
    """The shift that lets ``start`` follow ``tail``.

    ``aligned`` is the timestamp shift that keeps this layer on the time line the receiver knows, when sender reports
    have told; otherwise the time that passed between the two arrivals stands in for it. A timestamp never goes back:
    a receiver would take the new picture for an old one.
    """
    if tail is None:
        return UNSHIFTED
    elapsed = max(1, round((start.at - tail.at) * clock_rate))
    by_arrival = tail.timestamp + elapsed - start.timestamp
    timestamp = by_arrival
    if aligned is not None and abs(aligned - by_arrival) <= MAX_DISAGREEMENT * clock_rate:
        timestamp = aligned
    if start.timestamp + timestamp <= tail.timestamp:
        timestamp = tail.timestamp + 1 - start.timestamp
    return Shift(
        sequence=tail.sequence + 1 - start.sequence,
        timestamp=timestamp,
        picture=(tail.picture + 1 - start.picture) & 0x7FFF,
        tl0=(tail.tl0 + 1 - start.tl0) & 0xFF,
    )
