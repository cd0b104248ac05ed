"""A survey's counts by department, from lines that somebody pasted or a sheet."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from meetinghub.baselines.model import DepartmentCount

MOST_ROWS = 200
LONGEST_NAME = 80
_TOTAL = re.compile(r"合计|总计|总数|小计|total|sum", re.IGNORECASE)
_APART = re.compile(r"[\t,;，；、|]+|\s+(?=\d)")
_NUMBER = re.compile(r"(\d{1,6})(?:\.0+)?\s*[场次个]?")


@dataclass(frozen=True, slots=True)
class Problem:
    """``row`` counts lines from 1; ``code`` is a key of the catalogue, ``found`` what stood there."""

    row: int
    code: str
    found: str = ""


def split(text: str) -> list[list[str]]:
    """Lines as they are pasted from a sheet, or typed with blanks or commas between name and figures."""
    return [_APART.split(line.strip()) for line in text.replace("\r\n", "\n").split("\n")]


def read(
    rows: Iterable[Sequence[str]], known: Mapping[str, int]
) -> tuple[tuple[DepartmentCount, ...], tuple[Problem, ...]]:
    """Name, meetings, and how many of them for all committees (missing: none said, counted 0).

    Blank lines, one heading before the first figures and lines of sums are passed over. ``known``: names of departments
    and their numbers.
    """
    found: list[DepartmentCount] = []
    problems: list[Problem] = []
    names: set[str] = set()
    heading: Problem | None = None
    for number, row in enumerate(rows, 1):
        cells = [_plain(cell) for cell in row if cell.strip()]
        if not cells or _TOTAL.search(cells[0]):
            continue
        figures = [_NUMBER.fullmatch(cell) for cell in cells[1:3]]
        if len(cells) < 2 or not all(figures):
            bad = Problem(number, "baseline.bad_line", " ".join(cells)[:60])
            if found or problems or heading is not None or any(each.isdigit() for cell in cells for each in cell):
                problems.append(bad)
            heading = heading or bad
            continue
        if len(found) == MOST_ROWS:
            problems.append(Problem(number, "baseline.too_many_lines"))
            break
        name = cells[0][:LONGEST_NAME]
        if name in names:
            problems.append(Problem(number, "baseline.twice", name))
            continue
        names.add(name)
        counts = [int(each[1]) for each in figures if each]
        found.append(DepartmentCount(name, known.get(name), counts[0], counts[1] if len(counts) > 1 else 0))
    if heading is not None and not found and not problems:
        problems.append(heading)
    return tuple(found), tuple(problems)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())
