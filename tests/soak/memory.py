"""Resident memory of processes over time, and how fast it grows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

WARM_UP = 90.0  # seconds of a process's life that say nothing about the rest
APART = 20.0  # seconds between two samples that make a slope


@dataclass(frozen=True, slots=True)
class Sample:
    at: float  # seconds
    process: str
    pid: int
    megabytes: float


def growth(samples: Iterable[Sample], *, since: float = 0.0, warm_up: float = WARM_UP) -> dict[str, float]:
    """MB an hour of each process's longest life: the median of all slopes (Theil and Sen), which single steps and
    outliers do not move. A process that never lived long enough is left out."""
    lives: dict[tuple[str, int], list[Sample]] = defaultdict(list)
    for sample in samples:
        lives[sample.process, sample.pid].append(sample)
    found: dict[str, tuple[float, float]] = {}
    for (process, _), life in lives.items():
        begun = max(life[0].at + warm_up, since)
        settled = [sample for sample in life if sample.at >= begun]
        slopes = [
            (later.megabytes - sooner.megabytes) / (later.at - sooner.at)
            for place, sooner in enumerate(settled)
            for later in settled[place + 1 :]
            if later.at - sooner.at >= APART
        ]
        if slopes:
            length = settled[-1].at - settled[0].at
            if length > found.get(process, (0.0, 0.0))[0]:
                found[process] = (length, 3600 * median(slopes))
    return {process: slope for process, (_, slope) in found.items()}
