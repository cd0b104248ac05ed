"""The sheet as a spreadsheet: lines with presence drawn in cells, every stretch with its times, every correction.

Nothing is ever a formula: texts are written as texts, whatever they begin with. Times are Shanghai's, as spreadsheet
programmes know no zone.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from meetinghub.attendance import bars, phrases
from meetinghub.attendance.service import Named
from meetinghub.attendance.sheet import Line
from meetinghub.attendance.store import Entry
from meetinghub.clock import SHANGHAI
from meetinghub.ledger.attendance import Status
from meetinghub.words import Words

STRIP = 36
"""Cells that the meeting's time is drawn in, or fewer."""
_FONT = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "vcenter"}
_LINE = "#DCD8CE"


class _Book:
    """A workbook in memory with the formats that all its sheets use."""

    def __init__(self) -> None:
        self.bytes = io.BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self.file = xlsxwriter.Workbook(self.bytes, options)
        self.text = self._format(text_wrap=True)
        self.head = self._format(bold=True, bottom=1, bg_color="#EFEDE7", text_wrap=True)
        self.title = self._format(bold=True, font_size=14)
        self.number = self._format(num_format="0")
        self.day = self._format(num_format="yyyy-mm-dd", align="left")
        self.time = self._format(num_format="hh:mm:ss", align="left")
        self.there = self._format(bg_color="#0F4C81")
        self.asked = self._format(bg_color="#EFEDE7")
        self.off = self._format(bg_color="#FFFFFF")

    def _format(self, **values: object) -> Format:
        return self.file.add_format({**_FONT, "bottom": 4, "bottom_color": _LINE, **values})

    def sheet(self, name: str, widths: Sequence[int], heads: Sequence[str], at: int = 0) -> Worksheet:
        """A worksheet with its heads in row ``at``, kept in sight."""
        made = self.file.add_worksheet(name)
        for column, width in enumerate(widths):
            made.set_column(column, column, width)
        for column, head in enumerate(heads):
            made.write_string(at, column, head, self.head)
        made.freeze_panes(at + 1, 2)
        made.repeat_rows(at)
        made.set_landscape()
        made.set_paper(9)  # A4
        made.fit_to_pages(1, 0)
        return made

    def closed(self) -> bytes:
        self.file.close()
        return self.bytes.getvalue()

    def moment(self, sheet: Worksheet, row: int, column: int, at: datetime, how: Format) -> None:
        sheet.write_datetime(row, column, at.astimezone(SHANGHAI).replace(tzinfo=None, microsecond=0), how)

    def count(self, sheet: Worksheet, row: int, column: int, number: int | None) -> None:
        if number is None:
            sheet.write_blank(row, column, None, self.text)
        else:
            sheet.write_number(row, column, number, self.number)


def workbook(named: Named, lines: Sequence[Line], words: Words, office: str, taken: str = "") -> bytes:
    """A meeting's sheet: ``lines`` of it, their stretches of presence, their corrections; ``taken``: whose copy."""
    book = _Book()
    _lines(book, named, lines, words, office=office, taken=taken)
    _stretches(book, lines, words)
    _corrections(book, named, lines, words)
    return book.closed()


def history(entries: Sequence[Entry], words: Words, *, own: bool) -> bytes:
    """A list of sealed meetings; ``own``: of one committee, with what is said of it instead of sums."""
    book = _Book()
    heads = ["date", "time", "meeting", "host", *(["status"] if own else ["asked", *Status]), "headcount", "corrected"]
    widths = [12, 14, 34, 16, *([16] if own else [8, *(8 for _ in Status)]), 10, 10]
    titles = [words(f"attendance.status_{head}" if head in set(Status) else f"attendance.col_{head}") for head in heads]
    sheet = book.sheet(words("attendance.history"), widths, titles)
    for row, each in enumerate(entries, start=1):
        book.moment(sheet, row, 0, each.starts_at, book.day)
        for column, text in enumerate((words.span(each.starts_at, each.ends_at), each.title, each.host), start=1):
            sheet.write_string(row, column, text, book.text)
        if own:
            sheet.write_string(row, 4, phrases.statuses(words, each.statuses), book.text)
            column = 5
        else:
            figures = [each.asked, *(each.counts.get(status, 0) for status in Status)]
            for column, figure in enumerate(figures, start=4):
                book.count(sheet, row, column, figure)
            column = 4 + len(figures)
        book.count(sheet, row, column, each.headcount)
        book.count(sheet, row, column + 1, each.corrected)
    return book.closed()


def _lines(book: _Book, named: Named, lines: Sequence[Line], words: Words, *, office: str, taken: str) -> None:
    sheet, window = named.sheet, named.sheet.window
    step = bars.step_of(window, STRIP)
    starts = bars.starts(window, step)
    names = (
        "seat",
        "committee",
        "status",
        "asked_from_to",
        "there",
        "gaps",
        "headcount",
        "people",
        "excused",
        "corrected",
    )
    heads = [words(f"attendance.col_{name}") for name in names]
    made = book.sheet(words("attendance.title"), [6, 14, 12, 14, 24, 18, 8, 36, 22, 16], heads, at=3)
    made.set_column(len(heads), len(heads) + len(starts) - 1, 2.3)
    when = words("attendance.when", day=words.day(window.start), span=words.span(window.start, window.end))
    made.write_string(0, 0, sheet.meeting.title, book.title)
    made.write_string(1, 0, f"{office}  {sheet.meeting.host}  {sheet.meeting.place}  {when}")
    made.write_string(2, 0, f"{phrases.sealed(words, named)}  {taken}".rstrip())
    for column, start in enumerate(starts, start=len(heads)):
        shown = start.astimezone(SHANGHAI)
        text = words.time(start) if shown.minute % 30 == 0 or column == len(heads) else ""
        made.write_string(3, column, text, book.head)
    fills = {"there": book.there, "asked": book.asked, "": book.off}
    for row, line in enumerate(lines, start=4):
        part = line.judged.asked
        texts = (
            line.place.name,
            phrases.statuses(words, line.statuses),
            words.span(part.start, part.end) if part else "",
            phrases.times(words, line),
            phrases.interruptions(words, line),
        )
        book.count(made, row, 0, line.place.seat)
        for column, text in enumerate(texts, start=1):
            made.write_string(row, column, text, book.text)
        book.count(made, row, 6, line.headcount)
        made.write_string(row, 7, phrases.people(words, named, line), book.text)
        made.write_string(row, 8, phrases.excused(words, named, line), book.text)
        before = phrases.before(words, line)
        made.write_string(row, 9, before, book.text)
        for column, kind in enumerate(bars.cells(line, starts, step), start=len(heads)):
            made.write_blank(row, column, None, fills[kind])


def _stretches(book: _Book, lines: Sequence[Line], words: Words) -> None:
    heads = [
        words(f"attendance.col_{name}") for name in ("seat", "committee", "date", "from", "to", "seconds", "ended")
    ]
    made = book.sheet(words("attendance.stretches"), [6, 14, 12, 12, 12, 10, 30], heads)
    row = 0
    for line in lines:
        for each in line.judged.intervals:
            row += 1
            book.count(made, row, 0, line.place.seat)
            made.write_string(row, 1, line.place.name, book.text)
            book.moment(made, row, 2, each.start, book.day)
            book.moment(made, row, 3, each.start, book.time)
            book.moment(made, row, 4, each.end, book.time)
            book.count(made, row, 5, round(each.length.total_seconds()))
            made.write_string(row, 6, phrases.ended_by(words, each.ended_by), book.text)


def _corrections(book: _Book, named: Named, lines: Sequence[Line], words: Words) -> None:
    names = ("fact", "committee", "correction", "reason", "proposed", "decided", "answer")
    made = book.sheet(
        words("attendance.corrections"),
        [8, 14, 24, 40, 30, 30, 30],
        [words(f"attendance.col_{name}") for name in names],
    )
    said = sorted(((each, line) for line in lines for each in line.corrections), key=lambda pair: pair[0].number)
    for row, (each, line) in enumerate(said, start=1):
        book.count(made, row, 0, each.number)
        decided = each.decided
        texts = (
            line.place.name,
            phrases.correction(words, each),
            each.reason,
            phrases.who_when(words, named, each.by, each.at),
            phrases.who_when(words, named, decided.by, decided.at) if decided else words("attendance.waits"),
            phrases.answer(words, decided) if decided else "",
        )
        for column, text in enumerate(texts, start=1):
            made.write_string(row, column, text, book.text)
