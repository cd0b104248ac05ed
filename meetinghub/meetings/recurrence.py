"""How often a meeting comes back: the part of RFC 5545's RRULE that offices use, and the days that follow from it.

Weekly or monthly, every so many weeks or months, a number of times or until a day. What a monthly one holds on to is
read off its first day: the n-th weekday of the month, the last such weekday, or the day of the month. A fifth weekday
is the last one, and a day that a month does not have is that month's last day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice
from typing import Any

from dateutil import rrule

MOST = 26
"""Occurrences of one series: every other week for a year."""
LONGEST = timedelta(days=400)
MOST_INTERVAL = 12
SHORTEST_MONTH = 28
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Freq(StrEnum):
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class On(StrEnum):
    """What a monthly meeting holds on to."""

    WEEKDAY = "weekday"
    LAST = "last"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Exactly one of ``count`` and ``until`` (the last day that may be one of them) ends it."""

    freq: Freq
    interval: int = 1
    on: On = On.WEEKDAY
    count: int | None = None
    until: date | None = None


def nth(day: date) -> int:
    """Which of its weekday in its month a day is, from 1; the fifth is -1, the last."""
    place = (day.day - 1) // 7 + 1
    return place if place < 5 else -1


def is_last(day: date) -> bool:
    """Whether no later day of its month falls on the same weekday."""
    return (day + timedelta(days=7)).month != day.month


def rule(recurrence: Recurrence, first: date) -> str:
    """The RRULE of RFC 5545, section 3.3.10, for a series that begins on ``first``."""
    parts = [f"FREQ={recurrence.freq.upper()}", f"INTERVAL={recurrence.interval}"]
    if recurrence.freq is Freq.WEEKLY:
        parts.append(f"BYDAY={_DAYS[first.weekday()]}")
    elif recurrence.on is not On.DAY:
        place = -1 if recurrence.on is On.LAST else nth(first)
        parts.append(f"BYDAY={place}{_DAYS[first.weekday()]}")
    elif first.day <= SHORTEST_MONTH:
        parts.append(f"BYMONTHDAY={first.day}")
    else:
        days = ",".join(str(day) for day in range(SHORTEST_MONTH, first.day + 1))
        parts += [f"BYMONTHDAY={days}", "BYSETPOS=-1"]
    if recurrence.count is not None:
        parts.append(f"COUNT={recurrence.count}")
    elif recurrence.until is not None:
        parts.append(f"UNTIL={recurrence.until:%Y%m%d}T235959")
    return ";".join(parts)


def days(recurrence: Recurrence, first: date) -> tuple[date, ...]:
    """The days of the series, ``first`` among them, never more than one above :data:`MOST`."""
    expanded = rrule.rrulestr(rule(recurrence, first), dtstart=datetime.combine(first, time.min))
    return tuple(moment.date() for moment in islice(expanded, MOST + 1))


def problems(recurrence: Recurrence, first: date) -> dict[str, str]:
    """Field → code of its message."""
    if not 1 <= recurrence.interval <= MOST_INTERVAL:
        return {"repeat": "series.interval_out_of_range"}
    if recurrence.freq is Freq.MONTHLY and recurrence.on is On.LAST and not is_last(first):
        return {"on": "series.not_the_last"}
    if (recurrence.count is None) == (recurrence.until is None):
        return {"count": "series.end_missing"}
    if recurrence.count is not None and not 2 <= recurrence.count <= MOST:
        return {"count": "series.count_out_of_range"}
    if recurrence.until is not None and not first < recurrence.until:
        return {"until": "series.until_too_early"}
    found = days(recurrence, first) if recurrence.until is None or recurrence.until - first <= LONGEST else ()
    end = "until" if recurrence.until is not None else "count"
    if not found or found[-1] - first > LONGEST:
        return {end: "series.too_long"}
    if not 2 <= len(found) <= MOST:
        return {end: "series.count_out_of_range"}
    return {}


def as_json(recurrence: Recurrence) -> dict[str, Any]:
    return {
        "freq": recurrence.freq.value,
        "interval": recurrence.interval,
        "on": recurrence.on.value,
        "count": recurrence.count,
        "until": recurrence.until and recurrence.until.isoformat(),
    }


def from_json(value: Mapping[str, Any]) -> Recurrence:
    """The inverse of :func:`as_json`."""
    return Recurrence(
        Freq(value["freq"]),
        value["interval"],
        On(value["on"]),
        value["count"],
        date.fromisoformat(value["until"]) if value["until"] else None,
    )
