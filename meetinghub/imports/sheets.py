"""An XLSX file → a table of texts: the first visible sheet that holds anything."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import column_index_from_string

from meetinghub.imports.model import MOST_COLUMNS, MOST_ROWS, Table
from meetinghub.imports.upload import table

LARGEST_UNPACKED = 160 * 1024 * 1024
MOST_PARTS = 5_000
MOST_MERGED = 50_000
"""Cells that merged ranges may cover in all."""
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
Cells = list[list[object]]


def read(body: bytes) -> Table | str:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            parts = packed.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
                return "imports.too_heavy"
            if not any(part.filename == "xl/workbook.xml" for part in parts):
                return "imports.not_a_sheet"
            if any(part.flag_bits & 1 for part in parts):
                return "imports.locked"
            return _read(body, packed)
    except MemoryError:
        raise
    except Exception:  # a spreadsheet that is none fails in as many ways as there are formats inside it
        return "imports.unreadable"


def _read(body: bytes, packed: zipfile.ZipFile) -> Table | str:
    book = load_workbook(io.BytesIO(body), read_only=True, data_only=True, keep_links=False)
    try:
        visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        for place, sheet in enumerate(visible):
            cells = _cells(sheet)
            if any(cell is not None for row in cells for cell in row):
                others = tuple(other.title for other in visible[place + 1 :])
                written = packed.read(sheet._worksheet_path)  # type: ignore[attr-defined]  # the only way to its merged cells
                _fill_formulas(body, sheet.title, cells, written)
                _fill_merged(cells, written)
                return table(
                    "xlsx", ([_shown(cell) for cell in row] for row in cells), sheet=sheet.title, others=others
                )
        return "imports.empty"
    finally:
        book.close()


def _cells(sheet: Any) -> Cells:
    sheet.reset_dimensions()  # what a file says of its own size is often wrong
    rows: Iterator[tuple[object, ...]] = sheet.iter_rows(
        max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS + 1, values_only=True
    )
    return [list(row) for row in rows]


def _fill_formulas(body: bytes, title: str, cells: Cells, written: bytes) -> None:
    """A formula that was never calculated has no value: the formula itself says so better than an empty cell."""
    if not _FORMULA.search(written):
        return
    book = load_workbook(io.BytesIO(body), read_only=True, keep_links=False)
    try:
        for row, formulas in zip(cells, _cells(book[title]), strict=False):
            for place, formula in enumerate(formulas[: len(row)]):
                if row[place] is None and isinstance(formula, str) and formula.startswith("="):
                    row[place] = formula
    finally:
        book.close()


def _fill_merged(cells: Cells, written: bytes) -> None:
    covered = 0
    for found in _MERGED.finditer(written):
        left, right = (column_index_from_string(each.decode()) for each in found.group(1, 3))
        top, bottom = max(int(found[2]), 1), min(int(found[4]), len(cells))
        if top > len(cells) or right > MOST_COLUMNS:
            continue
        covered += (bottom - top + 1) * (right - left + 1)
        if covered > MOST_MERGED:
            return
        # Across columns a merged text is a title: repeated, it would look like many headings.
        value = cells[top - 1][left - 1] if left <= len(cells[top - 1]) else None
        for row in cells[top:bottom] if left == right else ():
            row += [None] * (left - len(row))
            row[left - 1] = value


def _shown(cell: object) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return str(cell).upper()
        case datetime():
            whole = cell.replace(microsecond=0)
            return whole.date().isoformat() if whole.time() == time() else whole.isoformat(" ", "minutes")
        case date():
            return cell.isoformat()
        case time():
            return cell.isoformat("minutes")
        case timedelta():
            minutes = round(cell / timedelta(minutes=1))
            return f"{minutes // 60}:{minutes % 60:02}"
        case float():
            return str(int(cell)) if cell.is_integer() else repr(round(cell, 10))
        case _:
            return str(cell)
