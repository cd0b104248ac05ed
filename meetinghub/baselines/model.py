"""What a survey counted, as somebody typed it or took it from a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

LONGEST_PERIOD = 731
"""Days: two years."""
MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class DepartmentCount:
    """``name`` is as the survey wrote it; ``department`` is None for one that the register does not know."""

    name: str
    department: int | None
    meetings: int
    meetings_for_all: int


@dataclass(frozen=True, slots=True)
class Baseline:
    """``period_to`` is the last day. ``meetings`` were called by departments, ``meetings_for_all`` of them for all
    ``committees``. ``departments`` is empty when the survey did not ask: nobody measured it, which is not 0."""

    id: int
    period_from: date
    period_to: date
    meetings: int
    meetings_for_all: int
    committees: int
    source: str
    departments: tuple[DepartmentCount, ...] = ()

    @property
    def days(self) -> int:
        return (self.period_to - self.period_from).days + 1


@dataclass(frozen=True, slots=True)
class Provenance:
    """``file`` and ``digest`` (SHA-256, hexadecimal) name the file its departments came from; empty: it was typed."""

    added_at: datetime
    added_by: str
    file: str
    digest: str
    url: str


@dataclass(frozen=True, slots=True)
class Kept:
    baseline: Baseline
    provenance: Provenance
    withdrawn_at: datetime | None = None
    withdrawn_by: str = ""


def problems(new: Baseline) -> dict[str, str]:
    """Field → code of what cannot be right."""
    found = {}
    if new.period_to < new.period_from:
        found["period_to"] = "baseline.ends_before"
    elif new.days > LONGEST_PERIOD:
        found["period_to"] = "baseline.too_long"
    if not 1 <= new.meetings <= MOST:
        found["meetings"] = "baseline.bad_count"
    elif not 0 <= new.meetings_for_all <= new.meetings:
        found["meetings_for_all"] = "baseline.more_than_all"
    if not 1 <= new.committees <= MOST:
        found["committees"] = "baseline.bad_count"
    if new.departments:
        counted = sum(each.meetings for each in new.departments)
        for_all = sum(each.meetings_for_all for each in new.departments)
        if any(not 0 <= each.meetings_for_all <= each.meetings <= MOST for each in new.departments):
            found["departments"] = "baseline.department_more_than_all"
        elif counted > new.meetings or for_all > new.meetings_for_all:
            found["departments"] = "baseline.departments_exceed"
    return found


def overlapping(new: Baseline, others: tuple[Baseline, ...]) -> Baseline | None:
    """One whose period shares days with it without being the same: which of them would count is nobody's guess."""
    return next(
        (
            each
            for each in others
            if (each.period_from, each.period_to) != (new.period_from, new.period_to)
            and each.period_from <= new.period_to
            and new.period_from <= each.period_to
        ),
        None,
    )
