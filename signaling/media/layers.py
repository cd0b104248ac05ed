"""Who gets which layer: what a size asks for, what is there, and what a subscriber's bandwidth allows. Pure.

When bandwidth is short, audio is never cut. What is left for video is divided: every picture gets its lowest layer, in
order; then the pictures are raised to what was asked for, in order. The order is the subscriber's own priority (1
first, unset last), then the larger picture first. So a room keeps the voice, then the main venue's picture, then the
floor's; and a wall keeps all its tiles moving before any of them gets sharp.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from signaling.media.interface import Encoding, Quality

MARGIN = 1.25  # what a better layer must leave free: bitrates vary, and a picture must not go to and fro
UPSCALING = 1.15  # a layer this little too small is not visibly so

#: bit/s of a layer that nobody has measured or announced
TYPICAL = {Quality.LOW: 150_000.0, Quality.MEDIUM: 500_000.0, Quality.HIGH: 1_700_000.0}


def covering(encodings: Sequence[Encoding], width: int, height: int) -> Quality:
    """The smallest layer that fills ``width`` × ``height`` when shown whole inside it; the largest if none does."""
    for encoding in encodings:
        if encoding.width * UPSCALING >= width or encoding.height * UPSCALING >= height:
            return encoding.quality
    return encodings[-1].quality if encodings else Quality.HIGH


def nearest(available: Iterable[Quality], wanted: Quality) -> Quality | None:
    """The best available layer that is not above ``wanted``; if all are above, the lowest."""
    layers = sorted(available)
    below = [quality for quality in layers if quality <= wanted]
    return below[-1] if below else (layers[0] if layers else None)


@dataclass(frozen=True, slots=True)
class Demand:
    """One video feed. ``costs`` has a bitrate for each layer there is, whether or not it is running."""

    key: Hashable
    wanted: Quality
    costs: Mapping[Quality, float]
    priority: int = 0
    area: int = 0  # pixels asked for; 0: not told, and taken for large
    current: Quality | None = Quality.HIGH  # the layer allowed so far: only what is above it needs the margin

    def extra(self, quality: Quality, before: Quality | None) -> float:
        """bit/s to set aside for going from one layer to a better one."""
        more = self.costs[quality] - (0.0 if before is None else self.costs[before])
        return more if self.current is not None and quality <= self.current else more * MARGIN

    def choices(self) -> list[Quality]:
        """Layers worth sending, lowest first."""
        layers = sorted(self.costs)
        below = [quality for quality in layers if quality <= self.wanted]
        return below or layers[:1]


@dataclass(frozen=True, slots=True)
class Allocation:
    """The layer for each demand (None: paused), what all of it costs, and what the next better allocation would."""

    ceilings: Mapping[Hashable, Quality | None]
    cost: float
    next_cost: float | None  # None: everybody has what was asked for


def least(demands: Sequence[Demand]) -> float:
    """bit/s that the lowest layer of every picture takes, with room to vary."""
    return sum(min(demand.costs.values(), default=0.0) for demand in demands) * MARGIN


def allocate(demands: Sequence[Demand], limit: float | None) -> Allocation:
    """Divide ``limit`` bit/s; None means there is no limit."""
    ordered = sorted(demands, key=lambda d: (d.priority or 1_000, -(d.area or 10**9)))
    ceilings: dict[Hashable, Quality | None] = {}
    left = float("inf") if limit is None else limit
    next_cost: float | None = None
    spent = 0.0

    def consider(demand: Demand, quality: Quality, extra: float) -> bool:
        nonlocal left, spent, next_cost
        if extra <= left:
            ceilings[demand.key] = quality
            left -= extra
            spent += extra
            return True
        next_cost = spent + extra
        return False

    for demand in ordered:
        choices = demand.choices()
        ceilings[demand.key] = None
        if choices and next_cost is None:
            consider(demand, choices[0], demand.extra(choices[0], None))
    for demand in ordered:
        has = ceilings[demand.key]
        if has is None:
            continue
        for quality in demand.choices()[1:]:
            if next_cost is None and consider(demand, quality, demand.extra(quality, has)):
                has = quality
    return Allocation(ceilings, spent, next_cost)
