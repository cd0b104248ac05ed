"""What a person's table of holidays says, row by row: read whole, or refused with every row that cannot be used."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from meetinghub.workdays.calendar import SATURDAY, Kind

LONGEST_NAME = 40
MOST_ROWS = 200
COLUMNS = {
    "day": ("日期", "date", "day", "放假日期"),
    "kind": ("类型", "kind", "type", "安排"),
    "name": ("名称", "name", "节日", "假期"),
}
KINDS = {
    Kind.OFF: {"off", "休", "休息", "放假", "holiday", "假", "公休", "调休"},
    Kind.MAKE_UP: {"make_up", "班", "上班", "补班", "调休上班", "make-up", "makeup", "workday", "工作日"},
}
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    kind: Kind
    name: str


@dataclass(frozen=True, slots=True)
class Problem:
    """``row`` counts as the reader's programme does, the heading being row 1; 0 = the file as a whole. ``code`` is a
    key of the catalogue, ``found`` what stood there."""

    row: int
    code: str
    found: str = ""


def columns(heading: Sequence[object]) -> dict[str, int] | None:
    """Where each column is; None when day or kind is missing. A name may be missing."""
    cells = [str(cell if cell is not None else "").strip().lower() for cell in heading]
    found = {}
    for name, titles in COLUMNS.items():
        place = next((number for number, cell in enumerate(cells) if cell in titles), None)
        if place is not None:
            found[name] = place
    return found if {"day", "kind"} <= set(found) else None


def read(rows: Iterable[Sequence[object]], year: int) -> tuple[list[Day], list[Problem]]:
    """A heading and its rows; blank rows count but say nothing."""
    days: list[Day] = []
    problems: list[Problem] = []
    places: dict[str, int] | None = None
    for number, row in enumerate(rows, 1):
        if number == 1:
            places = columns(row)
            if places is None:
                return [], [Problem(1, "workdays.no_columns")]
            continue
        if number > MOST_ROWS + 1:
            return [], [Problem(0, "workdays.too_many_rows", str(MOST_ROWS))]
        assert places is not None
        cells = {name: row[place] if place < len(row) else None for name, place in places.items()}
        if all(cell is None or not str(cell).strip() for cell in cells.values()):
            continue
        one = _row(number, cells)
        if isinstance(one, Problem):
            problems.append(one)
        else:
            days.append(one)
            problem = _fits(number, one, days[:-1], year)
            if problem is not None:
                problems.append(problem)
    if not days and not problems:
        problems.append(Problem(0, "workdays.empty"))
    return days, problems


def check(days: Sequence[Day], year: int) -> list[Problem]:
    """The same rules for days that come from no table; numbered from 1."""
    found = [_fits(number, day, days[: number - 1], year) for number, day in enumerate(days, 1)]
    return [problem for problem in found if problem is not None]


def _row(number: int, cells: dict[str, object]) -> Day | Problem:
    day = _day(cells["day"])
    if day is None:
        return Problem(number, "workdays.bad_day", _shown(cells["day"]))
    word = str(cells["kind"] or "").strip().lower()
    kind = next((kind for kind, words in KINDS.items() if word in words), None)
    if kind is None:
        return Problem(number, "workdays.bad_kind", _shown(cells["kind"]))
    name = " ".join(str(cells.get("name") or "").split())
    if len(name) > LONGEST_NAME:
        return Problem(number, "workdays.long_name", _shown(name))
    return Day(day, kind, name)


def _fits(number: int, one: Day, before: Sequence[Day], year: int) -> Problem | None:
    shown = one.day.isoformat()
    if one.day.year != year:
        return Problem(number, "workdays.other_year", shown)
    if any(other.day == one.day for other in before):
        return Problem(number, "workdays.twice", shown)
    if one.kind is Kind.MAKE_UP and one.day.weekday() < SATURDAY:
        return Problem(number, "workdays.weekday_anyway", shown)
    return None


def _day(cell: object) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    found = _DAY.fullmatch(str(cell or "").strip())
    try:
        return date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        return None


def _shown(cell: object) -> str:
    return str(cell if cell is not None else "").strip()[:40]
