"""Which days are worked. Days are those of Shanghai; moments must be turned into days before they come here.

The State Council announces each November how the next year's holidays and make-up days lie. Until a year's table is in,
that year is *unconfirmed*: it is answered by weekday and by the festivals that are known anyway, and whoever shows a
date in it says so.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from meetinghub.clock import SHANGHAI
from meetinghub.workdays.festivals import festivals

ONE_DAY = timedelta(days=1)
SATURDAY = 5


class Kind(StrEnum):
    OFF = "off"
    MAKE_UP = "make_up"


@dataclass(frozen=True, slots=True)
class Source:
    """Why a day is as it is. ``source`` names where that is known from, empty when it only follows from the festival's
    date in an unconfirmed year; ``url`` may be empty."""

    kind: Kind
    name: str
    source: str
    url: str = ""


class Workdays:
    """``days``: the days that differ from their weekday, or whose weekday's rest has a name. Everything else follows
    from the weekday."""

    def __init__(self, days: Mapping[date, Source], confirmed: Collection[int]) -> None:
        self._days = days
        self._confirmed = frozenset(confirmed)
        self._known: dict[int, dict[date, str]] = {}

    def is_working(self, day: date) -> bool:
        why = self.why(day)
        return day.weekday() < SATURDAY if why is None else why.kind is Kind.MAKE_UP

    def why(self, day: date) -> Source | None:
        """None when nothing but its weekday decides."""
        found = self._days.get(day)
        if found is None and day.year not in self._confirmed:
            name = self._festivals(day.year).get(day)
            found = Source(Kind.OFF, name, "") if name else None
        return found

    def confirmed(self, year: int) -> bool:
        """Whether the year's table is in."""
        return year in self._confirmed

    def add(self, day: date, n: int) -> date:
        """The ``n``-th working day after ``day``, before it when ``n`` is negative; ``day`` itself for 0."""
        step = ONE_DAY if n > 0 else -ONE_DAY
        left = abs(n)
        while left:
            day += step
            left -= self.is_working(day)
        return day

    def between(self, a: date, b: date) -> int:
        """How many working days lie after ``a`` up to and including ``b``; so ``between(a, add(a, n)) == n``.

        Negative when ``b`` is earlier: minus those from ``b`` on and before ``a``.
        """
        if b >= a:
            return sum(self.is_working(a + ONE_DAY * number) for number in range(1, (b - a).days + 1))
        return -sum(self.is_working(b + ONE_DAY * number) for number in range((a - b).days))

    def on_or_after(self, day: date) -> date:
        """The first working day from ``day`` on."""
        return day if self.is_working(day) else self.add(day, 1)

    def on_or_before(self, day: date) -> date:
        """The last working day up to ``day``."""
        return day if self.is_working(day) else self.add(day, -1)

    def _festivals(self, year: int) -> dict[date, str]:
        if year not in self._known:
            self._known[year] = festivals(year)
        return self._known[year]


def day_of(moment: datetime) -> date:
    """The day in Shanghai on which a moment falls."""
    return moment.astimezone(SHANGHAI).date()
