"""Files as they really come: encodings, marks, spreadsheets and their habits, calendars, and files that mean harm."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncIterator
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from openpyxl import Workbook

from meetinghub.aside import Aside, GaveUp
from meetinghub.imports import columns
from meetinghub.imports.model import MOST_ROWS, Table
from meetinghub.imports.reading import read as meetings
from meetinghub.imports.upload import LARGEST, read, read_aside
from tests.meetinghub.imports.examples import HEADING, NOW, REGISTER, ROWS, csv_file, xlsx_file

CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x//x//EN
{}
END:VCALENDAR
"""


def table(body: bytes) -> Table:
    found = read(body, NOW)
    assert isinstance(found, Table), found
    return found


def ics(*events: str) -> bytes:
    text = "".join(f"BEGIN:VEVENT\nDTSTAMP:20260101T000000Z\n{each.strip()}\nEND:VEVENT\n" for each in events)
    return CALENDAR.format(text.strip()).replace("\n", "\r\n").encode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_every_encoding_and_mark_is_the_same_table(encoding: str, mark: str) -> None:
    rows = [tuple(cell.replace(mark, " ") for cell in row) for row in ROWS]
    found = table(csv_file(rows, mark=mark, encoding=encoding))
    assert found.rows == (HEADING, *rows)


def test_quoted_cells_keep_their_marks_and_line_ends() -> None:
    found = table('标题,日期\r\n"甲,乙\n丙",="20260305"\r\n'.encode())
    assert found.rows[1] == ("甲,乙\n丙", "20260305")


def test_a_spreadsheet_s_dates_times_and_figures_are_what_a_person_sees() -> None:
    cells: list[Any] = [
        date(2026, 3, 5),
        datetime(2026, 3, 5, 14),  # noqa: DTZ001 (spreadsheets know no zones)
        time(14, 30),
        timedelta(minutes=90),
        90,
        1.5,
        46086.0,
        True,
    ]
    found = table(xlsx_file([["a"] * len(cells), cells]))
    assert found.rows[1] == ("2026-03-05", "2026-03-05 14:00", "14:30", "1:30", "90", "1.5", "46086", "TRUE")


def test_a_cell_merged_over_rows_holds_for_each_of_them() -> None:
    rows = [HEADING, ROWS[0], ("", "", *ROWS[0][2:]), ("会", "2026-4-1", *ROWS[0][2:])]
    found = table(xlsx_file(rows, merged=("A2:A3", "B2:B3", "C4:E4")))
    assert found.rows[2][:2] == ROWS[0][:2]
    assert found.rows[3][2:5] == (ROWS[0][2], "", ""), "across columns it is one cell"


def test_a_formula_is_its_value_and_without_one_itself() -> None:
    found = table(xlsx_file([["a", "b"], ["x", "=1+1"]]))
    assert found.rows[1] == ("x", "=1+1")


def test_the_first_visible_sheet_with_content_is_read_and_the_others_are_named() -> None:
    book = Workbook()
    assert book.active is not None
    book.active.title = "空"
    for name, state in (("藏", "hidden"), ("会议", "visible"), ("汇总", "visible")):
        sheet = book.create_sheet(name)
        sheet.append(["标题", "日期"])
        sheet.sheet_state = state
    body = io.BytesIO()
    book.save(body)
    found = table(body.getvalue())
    assert (found.sheet, found.others) == ("会议", ("汇总",))


def zipped(parts: dict[str, bytes]) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, part in parts.items():
            packed.writestr(name, part)
    return body.getvalue()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "imports.empty"),
        (b" \r\n", "imports.empty"),
        (b",,,\n,,\n", "imports.empty"),
        (b"x" * (LARGEST + 1), "imports.too_large"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "imports.unreadable"),
        (b"PK\x03\x04", "imports.unreadable"),
        (zipped({"word/document.xml": b"x"}), "imports.not_a_sheet"),
        (zipped({"xl/workbook.xml": b"<x/>", "xl/bomb": b"0" * (161 * 1024 * 1024)}), "imports.too_heavy"),
        (zipped({"xl/workbook.xml": b"<broken"}), "imports.unreadable"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "imports.old_excel"),
        (b"a,b\n" * (MOST_ROWS + 2), "imports.too_many_rows"),
        (b"a,b\n" * 100_000, "imports.too_many_rows"),
        (b"," * 70 + b"x", "imports.too_wide"),
        (b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "imports.no_events"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\n", "imports.no_events"),
        (ics("UID:1\nSUMMARY:x\nDTSTART:20260101T000000Z\nRRULE:FREQ=SECONDLY"), "imports.too_often"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_cannot_be_read_says_why(body: bytes, code: str) -> None:
    assert read(body, NOW) == code


def test_a_sheet_of_a_hundred_thousand_rows_is_refused_without_being_read_to_its_end() -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for _ in range(30_000):
        sheet.append(["a", "b"])
    body = io.BytesIO()
    book.save(body)
    assert read(body.getvalue(), NOW) == "imports.too_many_rows"


def test_a_calendar_is_read_with_floating_zoned_and_whole_day_times() -> None:
    body = ics(
        "UID:a\nSUMMARY:浮动\nDTSTART:20260305T140000\nDTEND:20260305T153000\nLOCATION:302\nORGANIZER;CN=城管科:mailto:a@b.cn",
        "UID:b\nSUMMARY:世界时\nDTSTART:20260306T060000Z\nDURATION:PT45M",
        "UID:c\nSUMMARY:全天\nDTSTART;VALUE=DATE:20260307",
        "UID:d\nSUMMARY:跨夜\nDTSTART:20260308T230000\nDTEND:20260309T010000\nSTATUS:CANCELLED",
    )
    found = table(body)
    assert [row[1:5] for row in found.rows[1:]] == [
        ("浮动", "2026-03-05", "14:00", "15:30"),
        ("世界时", "2026-03-06", "14:00", "14:45"),
        ("全天", "2026-03-07", "", ""),
        ("跨夜", "2026-03-08", "23:00", "2026-03-09 01:00"),
    ]
    assert found.rows[1][5:7] == ("302", "城管科")
    settings = columns.guess(found)
    fixed = {"committees": "all", "department": "1"}
    reading = meetings(found, type(settings)(1, settings.columns, fixed), REGISTER, now=NOW)
    assert [(each.title, each.minutes, each.uid) for each in reading.meetings] == [
        ("浮动", 90, "a"),
        ("世界时", 45, "b"),
    ]
    assert [each.code for each in reading.problems] == ["imports.no_time"]
    assert [each.row for each in reading.skipped] == [5]


def test_a_repeating_meeting_is_written_out_until_now_with_its_exceptions() -> None:
    body = ics(
        "UID:s\nSUMMARY:周例会\nDTSTART:20261102T090000\nDTEND:20261102T100000\nRRULE:FREQ=WEEKLY\nEXDATE:20261109T090000",
        "UID:s\nSUMMARY:周例会（改期）\nRECURRENCE-ID:20261116T090000\nDTSTART:20261117T150000\nDTEND:20261117T160000",
    )
    rows = table(body).rows[1:]
    assert [row[1:4] for row in rows] == [
        ("周例会", "2026-11-02", "09:00"),
        ("周例会（改期）", "2026-11-17", "15:00"),
        ("周例会", "2026-11-23", "09:00"),
    ]
    assert len({row[0] for row in rows}) == 3, "each time has a number of its own"


def test_rows_of_one_width_without_blank_ends_and_without_control_characters() -> None:
    found = table(b"a,b,,\nx\x07y\n,,\n")
    assert found.rows == (("a", "b"), ("x y", ""))
    assert table(b"a,b\n" + b"x" * 900 + b",1\n").rows[1][0].endswith("…")


@pytest.fixture
async def aside() -> AsyncIterator[Aside[[bytes, datetime], Table | str]]:
    made = Aside(read_aside, patience=60)
    yield made
    made.close()


async def test_files_are_read_in_a_process_of_their_own(aside: Aside[[bytes, datetime], Table | str]) -> None:
    found = await aside(xlsx_file([HEADING, *ROWS]), NOW)
    assert isinstance(found, Table)
    assert found.rows == (HEADING, *ROWS)
    assert await aside(b"\x00", NOW) == "imports.unreadable"


async def test_a_process_that_takes_too_long_is_given_up_and_the_next_file_gets_a_new_one() -> None:
    quick: Aside[[bytes, datetime], Table | str] = Aside(read_aside, patience=0.001)
    with pytest.raises(GaveUp):
        await quick(csv_file(), NOW)
    quick.close()
