"""The account's rows as files: a spreadsheet and CSV. No text is ever a formula, whatever it begins with."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import xlsxwriter

from meetinghub.burden.model import Refusal
from meetinghub.burden.rows import Entry
from meetinghub.words import Words

Cell = str | int | date | None
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_FONT = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "vcenter"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """``name`` and ``plain`` are file names without their endings, the latter in ASCII."""

    name: str
    plain: str
    heads: tuple[str, ...]
    widths: tuple[int, ...]
    cells: tuple[tuple[Cell, ...], ...]


def rows(words: Words, entries: Sequence[Entry], *, title: str, plain: str) -> Sheet:
    """Minutes are person-minutes, a begun one not counted; what nobody measured is empty."""
    names = ("day", "time", "sitting", "host", "mode", "source", "committees", "persons", "minutes", "sat", "meant")
    heads = (*names, "trips", "rides")
    cells = tuple(
        (
            each.day,
            "" if each.source == "call" else words.time(each.starts_at),
            each.title,
            each.host,
            words(f"meeting.mode_{each.mode}"),
            words(f"burden.source_{each.source}"),
            each.attendances,
            None if each.untold else each.share.persons,
            each.minutes,
            None if each.untold else each.share.sat // 60,
            each.share.addressed // 60 if each.measured and not each.untold else None,
            None if each.untold else each.share.trips,
            each.rides,
        )
        for each in entries
    )
    widths = (12, 8, 34, 16, 14, 14, 9, 9, 9, 12, 14, 9, 9)
    return Sheet(title, plain, tuple(words(f"burden.col_{head}") for head in heads), widths, cells)


def refusals(
    words: Words, found: Sequence[Refusal], departments: Mapping[int, str], *, title: str, plain: str
) -> Sheet:
    heads = ("day", "department", "wished", "minutes", "committees", "refused_by", "reason")
    cells = tuple(
        (
            each.day,
            departments.get(each.department or 0, ""),
            each.title,
            each.minutes,
            each.committees,
            words(f"burden.by_{each.why}"),
            each.reason or words("page.comma").join(rule.partition(":")[2] for rule in each.rules),
        )
        for each in found
    )
    widths = (12, 16, 34, 9, 9, 14, 40)
    return Sheet(title, plain, tuple(words(f"burden.col_{head}") for head in heads), widths, cells)


def workbook(sheet: Sheet) -> bytes:
    body = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(body, options)
    text, number = book.add_format({**_FONT, "text_wrap": True}), book.add_format({**_FONT, "num_format": "#,##0"})
    head = book.add_format({**_FONT, "bold": True, "bottom": 1, "bg_color": "#EFEDE7", "text_wrap": True})
    day = book.add_format({**_FONT, "num_format": "yyyy-mm-dd", "align": "left"})
    made = book.add_worksheet()
    for column, (title, width) in enumerate(zip(sheet.heads, sheet.widths, strict=True)):
        made.set_column(column, column, width)
        made.write_string(0, column, title, head)
    made.freeze_panes(1, 0)
    for row, cells in enumerate(sheet.cells, start=1):
        for column, cell in enumerate(cells):
            match cell:
                case str():
                    made.write_string(row, column, cell, text)
                case int():
                    made.write_number(row, column, cell, number)
                case date():
                    made.write_datetime(row, column, cell, day)
                case None:
                    made.write_blank(row, column, None, text)
    book.close()
    return body.getvalue()


def csv_of(sheet: Sheet) -> bytes:
    """UTF-8 with a byte order mark, without which spreadsheet programmes read Chinese as something else."""
    body = io.StringIO()
    writer = csv.writer(body)
    writer.writerow(sheet.heads)
    writer.writerows([_plain(cell) for cell in cells] for cells in sheet.cells)
    return body.getvalue().encode("utf-8-sig")


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    text = cell.isoformat() if isinstance(cell, date) else str(cell)
    return f"'{text}" if isinstance(cell, str) and text.startswith(_FORMULA) else text
