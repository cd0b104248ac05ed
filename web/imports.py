"""What the pages about history share: a draft's form as settings and back, and what the pages show of a draft."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp.web import AppKey
from multidict import MultiMapping

from meetinghub.baselines.service import Baselines
from meetinghub.imports import moments
from meetinghub.imports.document import MOST_WORDS
from meetinghub.imports.model import LONGEST_CELL, WORDS, Field, Problem, Settings
from meetinghub.imports.moments import NotRead
from meetinghub.imports.register import Register
from meetinghub.imports.service import Imports, Looked, Read
from meetinghub.people.model import Right

IMPORTS = AppKey("imports", Imports)
BASELINES = AppKey("baselines", Baselines)
READ: AppKey[Read] = AppKey("read")  # bytes of an uploaded file → a table
BRINGS = (Right.COORDINATOR, Right.ADMINISTRATOR)
SHOWN = 8
"""Meetings of a draft that are shown as they were read."""
SHOWN_BAD = 50
LONGEST_FIXED = 40
FIXED_TEXTS = {Field.DATE: "year", Field.START: "start", Field.MINUTES: "minutes"}
FIXED_CHOICES = (Field.DEPARTMENT, Field.COMMITTEES, Field.MODE, Field.KIND)


@dataclass(frozen=True, slots=True)
class Word:
    """A text of the file that somebody has to explain, or did. ``rows`` 0: explained."""

    field: Field
    text: str
    rows: int
    value: str


@dataclass(frozen=True, slots=True)
class BadRow:
    """``cells``: every mapped field with its text and the code of what is wrong with it, or none."""

    number: int
    cells: tuple[tuple[Field, str, str], ...]
    whole: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Typed:
    """A draft's form as it was typed."""

    settings: Settings
    revision: int
    problems: Mapping[str, str] = field(default_factory=dict)


def typed(given: MultiMapping[Any], register_width: int) -> Typed:
    """What a browser sent; what cannot be used is named and kept as it was typed. Columns count from 0."""
    problems: dict[str, str] = {}
    heading = _text(given, "heading", 6)
    if not (heading.isascii() and heading.isdigit()):
        problems["heading"] = "imports.bad_heading"
    columns = {}
    for each in Field:
        place = _text(given, f"column.{each.value}", 4)
        if place.isascii() and place.isdigit() and int(place) < register_width:
            columns[each] = int(place)
    fixed = _fixed(given, problems)
    revision = _text(given, "revision", 9)
    settings = Settings(int(heading) if "heading" not in problems else 0, columns, fixed, _words(given))
    return Typed(settings, int(revision) if revision.isascii() and revision.isdigit() else 0, problems)


def words_of(looked: Looked, settings: Settings) -> list[Word]:
    """Texts that name nothing known first, then those that somebody explained."""
    known = {(each.field, each.text) for each in looked.reading.unknown}
    found = [Word(each.field, each.text, each.rows, "") for each in looked.reading.unknown[:MOST_WORDS]]
    for of, said in settings.words.items():
        found += [Word(of, text, 0, value) for text, value in said.items() if (of, text) not in known]
    return found[:MOST_WORDS]


def bad_rows(looked: Looked) -> list[BadRow]:
    """The first rows that have problems, with all their mapped cells in the order of the file."""
    table, settings = looked.draft.table, looked.draft.settings
    order = sorted(settings.columns, key=lambda each: settings.columns[each])
    by_row: defaultdict[int, list[Problem]] = defaultdict(list)
    for problem in looked.reading.problems:
        if len(by_row) < SHOWN_BAD or problem.row in by_row:
            by_row[problem.row].append(problem)
    found = []
    for number, problems in by_row.items():
        row = table.rows[number - 1]
        codes: dict[Field | None, list[str]] = defaultdict(list)
        for problem in problems:
            codes[problem.field].append(problem.code)
        cells = tuple((each, row[settings.columns[each]], codes[each][0] if codes[each] else "") for each in order)
        whole = tuple(code for of, several in codes.items() if of not in settings.columns for code in several)
        found.append(BadRow(number, cells, whole))
    return found


def example(looked: Looked, of: Field) -> str:
    """The first text of a field's column."""
    place = looked.draft.settings.columns.get(of)
    if place is None:
        return ""
    rows = looked.draft.table.rows[looked.draft.settings.heading :]
    return next((row[place] for row in rows if row[place].strip()), "")


def column_names(looked: Looked) -> list[str]:
    """``B · 日期``: as a spreadsheet names them, and by their heading."""
    heading = looked.draft.settings.heading
    rows = looked.draft.table.rows
    cells = rows[heading - 1] if 1 <= heading <= len(rows) else ("",) * looked.draft.table.width
    return [f"{letters(place)} · {cell}" if cell else letters(place) for place, cell in enumerate(cells)]


def letters(place: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    found = ""
    number = place + 1
    while number:
        number, rest = divmod(number - 1, 26)
        found = chr(ord("A") + rest) + found
    return found


def names_of(register: Register) -> dict[Field, dict[str, str]]:
    """How the values are called that stand in the register; the others have words of their own."""
    return {
        Field.DEPARTMENT: {str(each.id): each.name for each in register.departments},
        Field.COMMITTEES: {str(each.id): each.name for each in register.committees},
        Field.LINE: {line: line for line in register.lines},
    }


def _fixed(given: MultiMapping[Any], problems: dict[str, str]) -> dict[str, str]:
    fixed = {name: _text(given, f"fixed.{name}", LONGEST_FIXED) for name in FIXED_TEXTS.values()}
    year = fixed["year"]
    if year and not (year.isascii() and year.isdigit() and 2000 <= int(year) <= 2099):
        problems["fixed.year"] = "imports.bad_year"
    if fixed["start"] and isinstance(moments.hours(fixed["start"]), NotRead):
        problems["fixed.start"] = "imports.bad_time"
    if fixed["minutes"] and isinstance(moments.minutes(fixed["minutes"]), NotRead):
        problems["fixed.minutes"] = "imports.bad_minutes"
    for each in FIXED_CHOICES:
        fixed[each.value] = _text(given, f"fixed.{each.value}", LONGEST_FIXED)
    roles = [str(role)[:LONGEST_FIXED] for role in given.getall(f"fixed.{Field.ROLES.value}", [])]
    fixed[Field.ROLES.value] = ",".join(roles[:20])
    return {name: value for name, value in fixed.items() if value}


def _words(given: MultiMapping[Any]) -> dict[Field, dict[str, str]]:
    """``word.department.老文教科`` → what it stands for."""
    found: dict[Field, dict[str, str]] = {}
    for name in [each for each in given if each.startswith("word.")][:MOST_WORDS]:
        of, _, text = name.removeprefix("word.").partition(".")
        value = _text(given, name, LONGEST_FIXED)
        if value and 0 < len(text) <= LONGEST_CELL and of in {each.value for each in WORDS}:
            found.setdefault(Field(of), {})[text] = value
    return found


def _text(given: MultiMapping[Any], name: str, longest: int) -> str:
    value = given.get(name, "")
    return value.strip().replace("\x00", "")[:longest] if isinstance(value, str) else ""
