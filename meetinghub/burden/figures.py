"""From sums to figures: what each is made of, and how it stands beside the baseline.

A figure is a numerator and, where it is a ratio, a denominator; both can be opened as rows. What nobody measured has no
figure (None), never 0.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Protocol

from meetinghub.burden.model import Share


class Figure(StrEnum):
    """What the page shows; each has rows of its own."""

    ATTENDANCES = "attendances"
    DAILY = "daily"
    RIDES = "rides"
    ADDRESSED = "addressed"
    SITTINGS = "sittings"
    MINUTES = "minutes"
    TRIPS = "trips"
    REFUSED = "refused"
    CALLS = "calls"


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over the rows of one view and period.

    ``sittings`` are those held in the system or known from before, ``calls`` those outside it; ``attendances`` count
    one committee at one of either as 1, and ``call_attendances`` is the part of the latter. ``whole`` is of all
    persons, ``measured`` of the sittings of which minutes addressed are known. ``uncounted``: attendances of which
    nobody said how many persons. ``rides`` are items of other departments on a host's agenda.
    """

    sittings: int = 0
    calls: int = 0
    attendances: int = 0
    call_attendances: int = 0
    uncounted: int = 0
    rides: int = 0
    whole: Share = field(default_factory=Share)
    measured: Share = field(default_factory=Share)

    @property
    def untold(self) -> bool:
        """Of no attendance is it known how many persons it was; that is not none."""
        return self.uncounted > 0 and not self.whole.persons

    @property
    def minutes(self) -> int:
        """Person-minutes, a begun one not counted."""
        return self.whole.sat // 60

    @property
    def addressed(self) -> Fraction | None:
        """Of the time sat through, the part that was addressed to who sat there."""
        return Fraction(self.measured.addressed, self.measured.sat) if self.measured.sat else None

    @property
    def ride_share(self) -> Fraction | None:
        """Rides among all that departments brought: rides and sittings of their own."""
        whole = self.rides + self.sittings
        return Fraction(self.rides, whole) if whole else None


@dataclass(frozen=True, slots=True)
class Days:
    """A period's working days: ``days`` of them from ``first`` to ``last``, by the tables of the years in ``sources``.

    ``last`` is today while the period runs. ``unconfirmed`` years have no table yet.
    """

    first: date
    last: date
    days: int
    sources: tuple[str, ...] = ()
    unconfirmed: tuple[int, ...] = ()


def daily(attendances: int, committees: int, days: int) -> Fraction | None:
    """Attendances a committee and working day."""
    return Fraction(attendances, committees * days) if committees and days else None


class Baseline(Protocol):
    """What a survey counted: ``meetings`` from ``period_from`` to ``period_to``, ``meetings_for_all`` of them for every
    one of ``committees``. How many the others were for is not known; each was for one at least."""

    @property
    def period_from(self) -> date: ...

    @property
    def period_to(self) -> date: ...

    @property
    def meetings(self) -> int: ...

    @property
    def meetings_for_all(self) -> int: ...

    @property
    def committees(self) -> int: ...

    @property
    def source(self) -> str: ...


def least_attendances(survey: Baseline) -> int:
    """The least number of committee-attendances that agrees with the survey; the number itself when every meeting was
    for all."""
    return survey.meetings_for_all * survey.committees + survey.meetings - survey.meetings_for_all


@dataclass(frozen=True, slots=True)
class Against:
    """A baseline brought to the length of a period: what ``per_day`` times its working days would have come to.

    ``days`` are the baseline's own working days.
    """

    baseline: Baseline
    days: int
    attendances: Fraction
    sittings: Fraction
    daily: Fraction

    @property
    def exact(self) -> bool:
        """Whether the survey says how many attendances there were, and not only how many at least."""
        return self.baseline.meetings == self.baseline.meetings_for_all

    def fewer(self, attendances: int) -> int | None:
        """By how many per cent ``attendances`` is less than the baseline; negative when it is more."""
        if not self.attendances:
            return None
        return round(100 * (1 - Fraction(attendances) / self.attendances))


def against(baseline: Baseline, own: int, *, days: int, committees: int) -> Against | None:
    """``own`` are the baseline's working days; the period has ``days``. For ``committees`` of those surveyed."""
    if not own or not baseline.committees:
        return None
    each = Fraction(least_attendances(baseline), baseline.committees * own)
    return Against(
        baseline=baseline,
        days=own,
        attendances=each * committees * days,
        sittings=Fraction(baseline.meetings * days, own),
        daily=each,
    )
