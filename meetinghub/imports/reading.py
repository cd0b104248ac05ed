"""A table under its settings → meetings that were held, with every cell that cannot be used.

Nothing is guessed: a cell that says nothing known is a problem of its row, and a row with a problem is no meeting. What
is not in the file at all comes from the settings, the same for all rows.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

from meetinghub.clock import SHANGHAI
from meetinghub.imports import moments
from meetinghub.imports.model import WORDS, Field, Held, Kind, Problem, Reading, Settings, Table, Unknown
from meetinghub.imports.moments import Day, Hours, NotRead
from meetinghub.imports.register import ALL, NOTHING, Register

LONGEST_TITLE = 200
LONGEST_PLACE = 80
LONGEST_UID = 255
LONGEST_MINUTES = 16 * 60
EARLIEST = date(2000, 1, 1)
_MIDNIGHT = re.compile(r"0?0:00(?::00(?:\.0+)?)?")
"""What spreadsheets write behind a date that has no time."""
_NOT_HELD = ("取消", "未开", "未召开", "作废", "cancelled", "canceled", "called off")


def read(table: Table, settings: Settings, register: Register, *, now: datetime) -> Reading:
    """``now``: what lies after it was not held yet."""
    meetings: dict[tuple[object, ...], Held] = {}
    problems: list[Problem] = []
    skipped: list[Problem] = []
    unknown: Counter[tuple[Field, str]] = Counter()
    merged = rows = 0
    for number, cells in _rows(table, settings):
        rows += 1
        row = _Row(number, cells, settings, register, now)
        status = moments.plain(row.text(Field.STATUS)).lower()
        if any(word in status for word in _NOT_HELD):
            skipped.append(Problem(number, Field.STATUS, "imports.was_cancelled", status))
            continue
        held = row.held()
        unknown.update(set(row.unknown))
        if row.problems:
            problems += row.problems
            continue
        assert held is not None
        key = _same(held)
        if key in meetings:
            merged += 1
            meetings[key] = _joined(meetings[key], held)
        else:
            meetings[key] = held
    order = {each: place for place, each in enumerate(WORDS)}
    found = sorted(unknown.items(), key=lambda each: (order[each[0][0]], -each[1], each[0][1]))
    return Reading(
        tuple(meetings.values()),
        tuple(problems),
        tuple(Unknown(of, text, count) for (of, text), count in found),
        tuple(skipped),
        merged,
        rows,
    )


def _rows(table: Table, settings: Settings) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Rows below the heading that say anything, by their numbers in the file."""
    for number, row in enumerate(table.rows, 1):
        if number > settings.heading and any(cell.strip() for cell in row):
            yield number, row


def _same(held: Held) -> tuple[object, ...]:
    """Rows of one file with the same of these are one meeting, such as a row for each committee."""
    return held.starts_at, held.title, held.department or held.department_name, held.own, held.uid


def _joined(one: Held, other: Held) -> Held:
    committees, roles = one.committees | other.committees, one.roles | other.roles
    return replace(one, committees=committees, roles=roles, minutes=max(one.minutes, other.minutes))


@dataclass
class _Row:
    number: int
    cells: tuple[str, ...]
    settings: Settings
    register: Register
    now: datetime
    problems: list[Problem] = field(default_factory=list)
    unknown: list[tuple[Field, str]] = field(default_factory=list)

    def text(self, of: Field) -> str:
        place = self.settings.columns.get(of)
        return self.cells[place].strip() if place is not None and place < len(self.cells) else ""

    def held(self) -> Held | None:
        """None when the row has problems."""
        title = self._line(Field.TITLE, LONGEST_TITLE, missing="imports.no_title")
        place, uid = self._line(Field.PLACE, LONGEST_PLACE), self._line(Field.UID, LONGEST_UID)
        when = self._when()
        departments = self._words(Field.DEPARTMENT)
        if not departments and not self.text(Field.DEPARTMENT):
            self._bad(Field.DEPARTMENT, "imports.no_department")
        committees = self._committees()
        roles, lines = self._words(Field.ROLES), self._words(Field.LINE)
        modes, kinds = self._words(Field.MODE), self._words(Field.KIND)
        filed = self._filed()
        if self.problems or when is None:
            return None
        department = int(departments[0]) if departments else None
        known = next((each for each in self.register.departments if each.id == department), None)
        return Held(
            row=self.number,
            title=title,
            starts_at=when[0],
            minutes=when[1],
            department=department,
            department_name=known.name if known else moments.plain(self.text(Field.DEPARTMENT))[:80],
            committees=committees,
            roles=frozenset(roles),
            line=lines[0] if lines else known.line if known else "",
            mode=modes[0] if modes else "",
            own=not kinds or kinds[0] == Kind.OWN,
            place=place,
            uid=uid,
            filed_at=filed,
        )

    def _line(self, of: Field, longest: int, *, missing: str = "") -> str:
        found = " ".join(self.text(of).split())
        if found.startswith("="):
            self._bad(of, "imports.formula", found)
        elif len(found) > longest:
            self._bad(of, "imports.too_long", found)
        elif not found and missing:
            self._bad(of, missing)
        return found

    def _when(self) -> tuple[datetime, int] | None:
        """Start and minutes; what one cell of date and time says of both is taken from there."""
        day = self._day(Field.DATE, missing="imports.no_date")
        if day is None:
            return None
        of = Field.START if self.text(Field.START) else Field.DATE
        rest = "" if _MIDNIGHT.fullmatch(day.rest) else day.rest
        given = self.text(Field.START) or rest or self.settings.fixed.get("start", "")
        span = self._hours(of, _time_of(given), missing="imports.no_time")
        if span is None:
            return None
        begins = datetime.combine(day.day, span.start, SHANGHAI)
        minutes = self._minutes(begins, span)
        if minutes is None:
            return None
        if begins > self.now:
            self._bad(Field.DATE, "imports.not_yet", self.text(Field.DATE))
        elif day.day < EARLIEST:
            self._bad(Field.DATE, "imports.too_early", self.text(Field.DATE))
        return begins.astimezone(UTC), minutes

    def _day(self, of: Field, *, missing: str) -> Day | None:
        given = self.text(of)
        year = self.settings.fixed.get("year", "")
        found = moments.day(given, year=int(year) if year.isdigit() else None) if given else None
        if isinstance(found, Day):
            return found
        if found is not None or missing:
            code = missing if found is None else "imports.formula" if given.startswith("=") else found.code
            self._bad(of, code, given)
        return None

    def _hours(self, of: Field, given: str, *, missing: str) -> Hours | None:
        found = moments.hours(given) if given else NotRead(missing)
        if isinstance(found, NotRead):
            self._bad(of, "imports.formula" if given.startswith("=") else found.code, given)
            return None
        return found

    def _minutes(self, begins: datetime, span: Hours) -> int | None:
        """From the end, or else the length, or else the settings."""
        ends, end = span.end, self.text(Field.END)
        after = 0
        if ends is None and end:
            dated = moments.day(end)
            after = (dated.day - begins.date()).days if isinstance(dated, Day) else 0
            found = self._hours(
                Field.END, _time_of(dated.rest if isinstance(dated, Day) else end), missing="imports.no_time"
            )
            if found is None:
                return None
            ends = found.start
        if ends is not None:
            minutes = _between(begins.time(), ends) + after * 24 * 60
            return self._sensible(Field.END if end else Field.START, minutes, end or self.text(Field.START))
        given = self.text(Field.MINUTES) or self.settings.fixed.get("minutes", "")
        length = moments.minutes(given) if given else NotRead("imports.no_minutes")
        if isinstance(length, NotRead):
            self._bad(Field.MINUTES, "imports.formula" if given.startswith("=") else length.code, given)
            return None
        return self._sensible(Field.MINUTES, length, given)

    def _sensible(self, of: Field, minutes: int, found: str) -> int | None:
        if 1 <= minutes <= LONGEST_MINUTES:
            return minutes
        self._bad(of, "imports.ends_before" if minutes < 1 else "imports.too_many_minutes", found)
        return None

    def _filed(self) -> datetime | None:
        day = self._day(Field.FILED, missing="")
        return datetime.combine(day.day, time(12), SHANGHAI).astimezone(UTC) if day else None

    def _words(self, of: Field) -> tuple[str, ...]:
        """What the cell names, or what the settings say for an empty one."""
        given = self.text(of)
        if not given:
            return tuple(part for part in self.settings.fixed.get(of.value, "").split(",") if part and part != NOTHING)
        if given.startswith("="):
            self._bad(of, "imports.formula", given)
            return ()
        said: Mapping[str, str] = self.settings.words.get(of, {})
        found: list[str] = []
        for text in self.register.split(of, given):
            values = self.register.values(of, text, said)
            if values is None:
                self.unknown.append((of, text))
                self._bad(of, f"imports.unknown_{of.value}", text)
            else:
                found += values
        return tuple(dict.fromkeys(found))

    def _committees(self) -> frozenset[int]:
        found = self._words(Field.COMMITTEES)
        if ALL in found:
            return frozenset(each.id for each in self.register.committees)
        if not found and not any(problem.field is Field.COMMITTEES for problem in self.problems):
            self._bad(Field.COMMITTEES, "imports.no_committees")
        return frozenset(int(each) for each in found)

    def _bad(self, of: Field, code: str, found: str = "") -> None:
        self.problems.append(Problem(self.number, of, code, found[:80]))


def _time_of(text: str) -> str:
    """The time behind a date, when a cell of times holds both."""
    dated = moments.day(text)
    return dated.rest if isinstance(dated, Day) and dated.rest else text


def _between(start: time, end: time) -> int:
    return int((datetime.combine(date.min, end) - datetime.combine(date.min, start)) / timedelta(minutes=1))
