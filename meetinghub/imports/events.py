"""An iCalendar file (RFC 5545) → a table of texts: one row for each time that a meeting was held until now."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import recurring_ical_events
from icalendar import Calendar

from meetinghub.clock import SHANGHAI
from meetinghub.imports.model import MOST_ROWS, Table
from meetinghub.imports.upload import table

WINDOW = timedelta(days=3653)
"""How far back repeating meetings are written out."""
HEADING = ("UID", "SUMMARY", "DATE", "START", "END", "LOCATION", "ORGANIZER", "CATEGORIES", "STATUS")
_TOO_OFTEN = ("SECONDLY", "MINUTELY", "HOURLY")


def read(text: str, now: datetime) -> Table | str:
    """Floating times are Shanghai's; a whole day has no START, so that somebody must say when it began."""
    try:
        calendars = Calendar.from_ical(text, multiple=True)
    except ValueError:
        return "imports.unreadable"
    rows: list[tuple[tuple[str, str], tuple[str, ...]]] = []
    for calendar in calendars:
        if any(_too_often(event) for event in calendar.walk("VEVENT")):
            return "imports.too_often"
        if len(calendar.walk("VEVENT")) > MOST_ROWS:
            return "imports.too_many_rows"
        rows += _rows(calendar, now)
    if not rows:
        return "imports.no_events"
    return table("ics", [HEADING, *(row for _, row in sorted(rows))])


def _rows(calendar: Any, now: datetime) -> list[tuple[tuple[str, str], tuple[str, ...]]]:
    """Single events as they are, whenever they are; of series what lies between the window's begin and now."""
    repeating = {str(event.get("uid", "")) for event in calendar.walk("VEVENT") if _repeats(event)}
    found = [
        _row(event, str(event.get("uid", "")))
        for event in calendar.walk("VEVENT")
        if str(event.get("uid", "")) not in repeating
    ]
    if repeating:
        query = recurring_ical_events.of(calendar, skip_bad_series=True)
        local = now.astimezone(SHANGHAI)  # floating times are compared with its figures
        for event in query.between(local - WINDOW, local):
            uid = str(event.get("uid", ""))
            if uid in repeating:
                found.append(_row(event, f"{uid}/{_compact(event)}"))
    return found


def _row(event: Any, uid: str) -> tuple[tuple[str, str], tuple[str, ...]]:
    start, end = _moment(event, "DTSTART"), _end(event)
    day = start.strftime("%Y-%m-%d") if start else ""
    begins = start.strftime("%H:%M") if isinstance(start, datetime) else ""
    ends = ""
    if isinstance(start, datetime) and isinstance(end, datetime):
        ends = end.strftime("%H:%M" if end.date() == start.date() else "%Y-%m-%d %H:%M")
    cells = (
        uid,
        str(event.get("summary", "")),
        day,
        begins,
        ends,
        str(event.get("location", "")),
        _organizer(event),
        _categories(event),
        str(event.get("status", "")),
    )
    return (day, begins), cells


def _moment(event: Any, name: str) -> datetime | date | None:
    value = getattr(event.get(name), "dt", None)
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=SHANGHAI)).astimezone(SHANGHAI)
    return value if isinstance(value, date) else None


def _end(event: Any) -> datetime | date | None:
    """DTEND, or DTSTART and DURATION; an event with neither takes no time (RFC 5545, 3.6.1)."""
    end = _moment(event, "DTEND")
    start, duration = _moment(event, "DTSTART"), getattr(event.get("DURATION"), "dt", None)
    if end is None and start is not None and isinstance(duration, timedelta):
        return start + duration
    return end


def _repeats(event: Any) -> bool:
    return any(name in event for name in ("RRULE", "RDATE", "RECURRENCE-ID"))


def _too_often(event: Any) -> bool:
    rules = event.get("RRULE", [])
    for rule in rules if isinstance(rules, list) else [rules]:
        if any(str(each).upper() in _TOO_OFTEN for each in rule.get("FREQ", [])):
            return True
    return False


def _compact(event: Any) -> str:
    start = _moment(event, "DTSTART")
    return start.astimezone(UTC).strftime("%Y%m%dT%H%MZ") if isinstance(start, datetime) else f"{start:%Y%m%d}"


def _organizer(event: Any) -> str:
    organizer = event.get("organizer")
    if organizer is None or isinstance(organizer, list):
        return ""
    name = str(getattr(organizer, "params", {}).get("CN", ""))
    return name or str(organizer).removeprefix("mailto:").removeprefix("MAILTO:")


def _categories(event: Any) -> str:
    found = event.get("categories")
    several = found if isinstance(found, list) else [found] if found is not None else []
    return "、".join(str(each) for one in several for each in getattr(one, "cats", []))
