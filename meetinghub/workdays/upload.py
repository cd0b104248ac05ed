"""A file that somebody uploads → a year's days: CSV (UTF-8 or GB 18030), XLSX, or iCalendar."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from icalendar import Calendar

from meetinghub.workdays import rows
from meetinghub.workdays.calendar import Kind
from meetinghub.workdays.rows import MOST_ROWS, Day, Problem

LARGEST = 512 * 1024
LARGEST_UNPACKED = 20 * 1024 * 1024
LONGEST_SPAN = 31
_MADE_UP = re.compile(r"上班|补班|班$|[(（]班[)）]|make-?\s?up|workday", re.IGNORECASE)
_MARKS = re.compile(
    r"[(（]\s*[休班]\s*[)）]|\s+[休班]$|调休上班|补班|上班|放假|假期$|\s*第\s*\d+\s*天.*$", re.IGNORECASE
)


def read(body: bytes, year: int) -> tuple[list[Day], list[Problem]]:
    """The days, and everything that keeps them from being used; what the file is shows in its first bytes."""
    if not body:
        return [], [Problem(0, "workdays.no_file")]
    if len(body) > LARGEST:
        return [], [Problem(0, "workdays.too_large")]
    if body.startswith(b"PK\x03\x04"):
        return _xlsx(body, year)
    text = _text(body)
    if text is None:
        return [], [Problem(0, "workdays.unreadable")]
    if text.lstrip().upper().startswith("BEGIN:VCALENDAR"):
        return _ics(text, year)
    return _csv(text, year)


def _text(body: bytes) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = body.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\x00" in text else text
    return None


def _csv(text: str, year: int) -> tuple[list[Day], list[Problem]]:
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        return rows.read(list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)), year)
    except csv.Error:
        return [], [Problem(0, "workdays.unreadable")]


def _xlsx(body: bytes, year: int) -> tuple[list[Day], list[Problem]]:
    """The first sheet. What a file claims to unpack to is believed only as far as it is small."""
    from openpyxl import load_workbook  # loaded where it is used only: it would cost every web process 10 MB

    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            if sum(part.file_size for part in packed.infolist()) > LARGEST_UNPACKED:
                return [], [Problem(0, "workdays.too_large")]
        book = load_workbook(io.BytesIO(body), read_only=True, data_only=True, keep_links=False)
        try:
            sheet = book.worksheets[0]
            cells = list(sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=20, values_only=True))
        finally:
            book.close()
    except Exception:  # a spreadsheet that is none fails in as many ways as there are formats inside it
        return [], [Problem(0, "workdays.unreadable")]
    return rows.read(cells, year)


def _ics(text: str, year: int) -> tuple[list[Day], list[Problem]]:
    """Whole-day events; DTEND is the day after the last (RFC 5545, 3.6.1). Events of other years are left out."""
    try:
        events = Calendar.from_ical(text).walk("VEVENT")
    except ValueError:
        return [], [Problem(0, "workdays.unreadable")]
    days: list[Day] = []
    problems: list[Problem] = []
    for number, event in enumerate(events[: MOST_ROWS + 1], 1):
        summary = str(event.get("summary", ""))
        first = _whole_day(event.get("dtstart"))
        if first is None:
            problems.append(Problem(number, "workdays.bad_day", summary[:40]))
            continue
        after = _whole_day(event.get("dtend")) or first + timedelta(days=1)
        if not 1 <= (after - first).days <= LONGEST_SPAN:
            problems.append(Problem(number, "workdays.bad_span", summary[:40]))
            continue
        kind = Kind.MAKE_UP if _MADE_UP.search(summary) else Kind.OFF
        name = _MARKS.sub("", summary).strip()[: rows.LONGEST_NAME]
        every = [first + timedelta(days=each) for each in range((after - first).days)]
        days += [Day(day, kind, name) for day in every if day.year == year]
    return days, problems or _whole(days, year)


def _whole(days: Sequence[Day], year: int) -> list[Problem]:
    return rows.check(days, year) if days else [Problem(0, "workdays.empty")]


def _whole_day(found: object) -> date | None:
    value = getattr(found, "dt", None)
    return value if isinstance(value, date) and not isinstance(value, datetime) else None
