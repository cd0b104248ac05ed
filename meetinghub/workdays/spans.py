"""A year's table as people say it: one line for each holiday, with the days that make up for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from meetinghub.workdays.calendar import Kind, Source


@dataclass(frozen=True, slots=True)
class Holiday:
    """``make_up``: weekend days that are worked under the same name, those nearest to this stretch."""

    name: str
    first: date
    last: date
    make_up: tuple[date, ...]

    @property
    def length(self) -> int:
        return (self.last - self.first).days + 1


def holidays(days: Mapping[date, Source]) -> list[Holiday]:
    """Stretches of days off, in order. A name may have several; a make-up day goes with the nearest of its name, or
    of any name when its own has none."""
    stretches = _stretches(days)
    made_up: dict[tuple[date, date], list[date]] = {(first, last): [] for _, first, last in stretches}
    for day in sorted(day for day, why in days.items() if why.kind is Kind.MAKE_UP):
        same = [each for each in stretches if each[0] == days[day].name] or stretches
        if same:
            _, first, last = min(same, key=lambda each: _distance(day, each[1], each[2]))
            made_up[first, last].append(day)
    return [Holiday(name, first, last, tuple(made_up[first, last])) for name, first, last in stretches]


def _stretches(days: Mapping[date, Source]) -> list[tuple[str, date, date]]:
    found: list[tuple[str, date, date]] = []
    for day in sorted(day for day, why in days.items() if why.kind is Kind.OFF):
        name = days[day].name
        if found and found[-1][0] == name and found[-1][2] == day - timedelta(days=1):
            found[-1] = (name, found[-1][1], day)
        else:
            found.append((name, day, day))
    return found


def _distance(day: date, first: date, last: date) -> int:
    return max((first - day).days, (day - last).days, 0)
