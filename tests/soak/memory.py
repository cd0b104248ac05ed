"""Resident memory of processes over time, and how fast it grows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from tests.soak.schedule import YOUNG
from tests.soak.truth import Span

APART = 20.0  # seconds between two samples that make a slope


@dataclass(frozen=True, slots=True)
class Sample:
    at: float  # seconds
    process: str
    pid: int
    megabytes: float


def growth_between(samples: Iterable[Sample], first: Span, last: Span) -> dict[str, float]:
    """MB an hour from one span to another in which the same was going on, by medians; only of processes that lived
    through both.

    Between two such spans who is there comes and goes, and with it a megabyte or two: over ten minutes that is more
    than any growth worth finding.
    """
    lives: dict[tuple[str, int], list[Sample]] = defaultdict(list)
    for sample in samples:
        lives[sample.process, sample.pid].append(sample)
    found: dict[str, float] = {}
    for (process, _), life in lives.items():
        before, after = _within(life, *first), _within(life, *last)
        if before and after:
            found[process] = 3600 * (median(after) - median(before)) / (sum(last) / 2 - sum(first) / 2)
    return found


def growth(samples: Iterable[Sample], *, since: float = 0.0, warm_up: float = YOUNG) -> dict[str, float]:
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
