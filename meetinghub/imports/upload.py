"""A file's bytes → a table of texts, in a process of its own with a lid on time and memory.

What the file is shows in its first bytes, not in its name. A cell's text is what a person sees in it: dates as ISO
8601, a merged cell's text in each row it covers, the value of a formula as it was stored, or the formula itself where
none was.
"""

from __future__ import annotations

import csv
import io
import resource
from collections.abc import Iterable, Sequence
from datetime import datetime

from meetinghub.aside import Aside
from meetinghub.imports.model import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, Table

LARGEST = 10 * 1024 * 1024
PATIENCE = 60.0
MEMORY = 1536 * 1024 * 1024
CPU_SECONDS = 50
_BOM = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


def read(body: bytes, now: datetime) -> Table | str:
    """The table, or the code of what keeps it from being read. ``now``: repeating meetings end there."""
    if not body.strip():
        return "imports.empty"
    if len(body) > LARGEST:
        return "imports.too_large"
    if body.startswith(b"PK\x03\x04"):
        from meetinghub.imports import sheets  # openpyxl is loaded where it is used only

        return sheets.read(body)
    if body.startswith(_OLD_EXCEL):
        return "imports.old_excel"
    text, encoding = _text(body)
    if text is None:
        return "imports.unreadable"
    if text.lstrip().upper().startswith("BEGIN:VCALENDAR"):
        from meetinghub.imports import events

        return events.read(text, now)
    return _csv(text, encoding)


def read_aside(body: bytes, now: datetime) -> Table | str:
    """The same, in a process that ends afterwards."""
    for kind, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, CPU_SECONDS)):
        _, hard = resource.getrlimit(kind)
        resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
    try:
        return read(body, now)
    except (MemoryError, RecursionError):
        return "imports.too_heavy"


def reader() -> Aside[[bytes, datetime], Table | str]:
    """Bytes and now → a table, one file at a time; raises :class:`meetinghub.aside.GaveUp`."""
    return Aside(read_aside, patience=PATIENCE)


def table(format_: str, rows: Iterable[Sequence[str]], **of: object) -> Table | str:
    """Rows of one width, without blank ones at the end and blank columns at the right."""
    kept: list[tuple[str, ...]] = []
    width = 0
    last = 0
    for number, row in enumerate(rows, 1):
        filled = max((place for place, cell in enumerate(row, 1) if cell.strip()), default=0)
        if filled > MOST_COLUMNS:
            return "imports.too_wide"
        if filled and number > MOST_ROWS + 1:
            return "imports.too_many_rows"
        if number > 4 * MOST_ROWS:
            break
        width, last = max(width, filled), number if filled else last
        kept.append(tuple(_cut(cell) for cell in row[:MOST_COLUMNS]))
    if not last:
        return "imports.empty"
    full = tuple((*row, *("",) * width)[:width] for row in kept[:last])
    return Table(format_, full, **of)  # type: ignore[arg-type]  # the names of its other fields


def _cut(cell: str) -> str:
    clean = "".join(each if each >= " " or each == "\n" else " " for each in cell.strip())
    return clean if len(clean) <= LONGEST_CELL else f"{clean[: LONGEST_CELL - 1]}…"


def _text(body: bytes) -> tuple[str | None, str]:
    encodings = (_BOM[body[:2]],) if body[:2] in _BOM else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = body.decode(encoding)
        except UnicodeDecodeError:
            continue
        return (None, "") if "\x00" in text else (text, encoding.removesuffix("-sig"))
    return None, ""


def _csv(text: str, encoding: str) -> Table | str:
    try:
        best = max(",;\t", key=lambda mark: _columns(text[:20_000], mark))
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=best)
        return table("csv", (tuple(_bare(cell) for cell in row) for row in rows), encoding=encoding)
    except csv.Error:
        return "imports.unreadable"


def _columns(text: str, delimiter: str) -> int:
    """How many cells most of the first rows agree on."""
    try:
        widths = [
            len(row)
            for _, row in zip(range(20), csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), strict=False)
        ]
    except csv.Error:
        return 0
    return max((width * widths.count(width) for width in set(widths) if width > 1), default=0)


def _bare(cell: str) -> str:
    """``="0012"``, as some programmes write figures that must stay text."""
    return cell[2:-1] if cell.startswith('="') and cell.endswith('"') and len(cell) > 2 else cell
