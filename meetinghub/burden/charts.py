"""Months → a picture of them: where lines, points and figures stand, in pixels of a box. The axis begins at 0."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from meetinghub.burden.rows import Month

WIDTH, HEIGHT = 776, 296
LEFT, RIGHT, TOP, BOTTOM = 52.0, 776.0, 40.0, 250.0
_STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Point:
    """``partial``: its month is not over; ``known``: somebody counted then, and it is drawn. ``calls_y`` is where the
    column of calls outside the system begins; it ends at the axis, and there is none when it is None. ``year`` is
    written under the first month and each January."""

    x: float
    y: float
    month: int
    attendances: int
    calls: int
    calls_y: float | None
    partial: bool
    chosen: bool
    known: bool
    year: int | None

    @property
    def number(self) -> int:
        return self.month % 100


@dataclass(frozen=True, slots=True)
class Tick:
    y: float
    value: int


@dataclass(frozen=True, slots=True)
class Picture:
    """``line`` and ``dotted`` are SVG point lists; ``dotted`` leads to a month that is not over. ``survey`` is the
    height of the survey's mean month, ``tint`` from where to where its own months lie."""

    points: tuple[Point, ...]
    ticks: tuple[Tick, ...]
    line: str
    dotted: str
    survey: float | None
    tint: tuple[float, float] | None
    named: Point | None
    """The point that carries its figure: the last full month."""


def picture(
    months: Sequence[Month],
    *,
    running: int,
    chosen: frozenset[int] = frozenset(),
    survey: float | None = None,
    surveyed: tuple[int, int] | None = None,
) -> Picture:
    """``running`` is the month that is not over, ``chosen`` those of the period looked at; ``survey`` the attendances
    of its mean month, ``surveyed`` its first and last."""
    top = max([each.attendances for each in months] + [survey or 0, 1])
    step = _step(top)
    count = -(-int(top) // step) if top > step else 1
    whole = step * max(count, 1)

    def height(value: float) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * value / whole, 1)

    gap = (RIGHT - LEFT) / max(len(months), 1)
    points = tuple(
        Point(
            x=round(LEFT + gap * (place + 0.5), 1),
            y=height(each.attendances),
            month=each.month,
            attendances=each.attendances,
            calls=each.calls,
            calls_y=height(each.calls) if each.calls else None,
            partial=each.month >= running,
            chosen=each.month in chosen,
            known=each.known,
            year=each.month // 100 if place == 0 or each.month % 100 == 1 else None,
        )
        for place, each in enumerate(months)
    )
    full = [point for point in points if point.known and not point.partial]
    ends = [*full[-1:], *(point for point in points if point.known and point.partial)]
    return Picture(
        points=points,
        ticks=tuple(Tick(height(step * number), step * number) for number in range(whole // step + 1)),
        line=_path(full),
        dotted=_path(ends) if len(ends) > 1 else "",
        survey=height(survey) if survey is not None else None,
        tint=_tint(points, surveyed, gap) if surveyed is not None else None,
        named=full[-1] if full else None,
    )


def _step(top: float) -> int:
    """A round distance that leaves at most five lines."""
    power = 1
    while True:
        for each in _STEPS:
            if top / (each * power) <= 5:
                return each * power
        power *= 10


def _path(points: Sequence[Point]) -> str:
    return " ".join(f"{point.x},{point.y}" for point in points)


def _tint(points: Sequence[Point], surveyed: tuple[int, int], gap: float) -> tuple[float, float] | None:
    inside = [point.x for point in points if surveyed[0] <= point.month <= surveyed[1]]
    return (round(inside[0] - gap / 2, 1), round(inside[-1] + gap / 2, 1)) if inside else None
