"""Resident memory of processes over time, and how fast it grows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

WARM_UP = 240.0
"""Seconds of a process's life that say nothing about the rest: media, whose peers come and go, takes 3 MB in the first
three minutes and 2 MB in the next thirty."""
APART = 20.0  # seconds between two samples that make a slope
APART_ENDS = 60.0  # seconds at either end of a life that are compared


@dataclass(frozen=True, slots=True)
class Sample:
    at: float  # seconds
    process: str
    pid: int
    megabytes: float


def grown(samples: Iterable[Sample], *, since: float = 0.0, warm_up: float = WARM_UP) -> dict[str, float]:
    """MB by which each process's longest life is larger in its last minute than in its first settled one (medians).

    For runs of which little more than ten minutes count: there, one megabyte up and down is five an hour.
    """
    return {
        process: median(_within(life, life[-1].at - APART_ENDS, life[-1].at))
        - median(_within(life, life[0].at, life[0].at + APART_ENDS))
        for process, life in _longest(samples, since, warm_up).items()
    }


def growth(samples: Iterable[Sample], *, since: float = 0.0, warm_up: float = WARM_UP) -> dict[str, float]:
    """MB an hour of each process's longest life: the median of all slopes (Theil and Sen), which single steps and
    outliers do not move. A process that never lived long enough is left out."""
    found: dict[str, float] = {}
    for process, settled in _longest(samples, since, warm_up).items():
        slopes = [
            (later.megabytes - sooner.megabytes) / (later.at - sooner.at)
            for place, sooner in enumerate(settled)
            for later in settled[place + 1 :]
            if later.at - sooner.at >= APART
        ]
        if slopes:
            found[process] = 3600 * median(slopes)
    return found


def _longest(samples: Iterable[Sample], since: float, warm_up: float) -> dict[str, list[Sample]]:
    """The settled part of each process's longest life."""
    lives: dict[tuple[str, int], list[Sample]] = defaultdict(list)
    for sample in samples:
        lives[sample.process, sample.pid].append(sample)
    found: dict[str, list[Sample]] = {}
    for (process, _), life in lives.items():
        begun = max(life[0].at + warm_up, since)
        settled = [sample for sample in life if sample.at >= begun]
        before = found.get(process, [])
        if settled and (not before or settled[-1].at - settled[0].at > before[-1].at - before[0].at):
            found[process] = settled
    return found


def _within(life: Sequence[Sample], start: float, end: float) -> list[float]:
    return [sample.megabytes for sample in life if start <= sample.at <= end]
