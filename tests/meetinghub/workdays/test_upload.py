"""Files that people upload: the same days in each format, every bad row named, nothing half taken."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Event
from openpyxl import Workbook

from meetinghub.workdays import upload
from meetinghub.workdays.calendar import Kind, Source
from meetinghub.workdays.rows import MOST_ROWS, Day, Problem
from meetinghub.workdays.spans import Holiday, holidays

DAYS = [
    Day(date(2027, 2, 5), Kind.OFF, "春节"),
    Day(date(2027, 2, 6), Kind.OFF, "春节"),
    Day(date(2027, 2, 20), Kind.MAKE_UP, "春节"),
    Day(date(2027, 4, 5), Kind.OFF, "清明节"),
]
TABLE = [["日期", "类型", "名称"]] + [
    [each.day.isoformat(), {"off": "休", "make_up": "班"}[each.kind.value], each.name] for each in DAYS
]


def as_csv(table: list[list[str]], encoding: str = "utf-8-sig", delimiter: str = ",") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(table)
    return text.getvalue().encode(encoding)


def as_xlsx(table: list[list[object]]) -> bytes:
    book, body = Workbook(), io.BytesIO()
    assert book.active is not None
    for row in table:
        book.active.append(row)
    book.save(body)
    return body.getvalue()


def as_ics(*events: tuple[str, date, date | None]) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//test//")
    calendar.add("version", "2.0")
    for summary, first, after in events:
        event = Event()
        event.add("summary", summary)
        event.add("uid", f"{first}")
        event.add("dtstamp", datetime(2026, 11, 1, tzinfo=UTC))
        event.add("dtstart", first)
        if after is not None:
            event.add("dtend", after)
        calendar.add_component(event)
    return bytes(calendar.to_ical())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_of_any_office_programme_reads(encoding: str, delimiter: str) -> None:
    assert upload.read(as_csv(TABLE, encoding, delimiter), 2027) == (DAYS, [])


@pytest.mark.parametrize("shown", ["2027-2-5", "2027/02/05", "2027.2.5", "2027年2月5日"])
def test_a_date_reads_however_it_is_written(shown: str) -> None:
    table = [TABLE[0], [shown, "休", "春节"]]
    assert upload.read(as_csv(table), 2027) == (DAYS[:1], [])


def test_a_spreadsheet_reads_with_dates_as_dates_or_text_and_blank_rows_between() -> None:
    table: list[list[object]] = [["名称", "日期", "备注", "类型"]]
    table += [[each.name, each.day, "x", each.kind.value] for each in DAYS[:2]]
    table += [
        [None, None, None, None],
        ["春节", datetime(2027, 2, 20, tzinfo=UTC).replace(tzinfo=None), "", "调休上班"],
        ["清明节", "2027-04-05", "", "放假"],
    ]
    assert upload.read(as_xlsx(table), 2027) == (DAYS, [])


def test_a_calendar_reads_with_stretches_and_marks() -> None:
    body = as_ics(
        ("春节（休）", date(2027, 2, 5), date(2027, 2, 7)),
        ("春节 班", date(2027, 2, 20), None),
        ("清明节", date(2027, 4, 5), date(2027, 4, 6)),
        ("元旦", date(2026, 1, 1), None),  # another year's
    )
    assert upload.read(body, 2027) == (DAYS, [])


def test_every_bad_row_is_named_as_the_readers_programme_counts() -> None:
    table = [
        TABLE[0],
        ["2027-02-30", "休", "x"],
        ["2027-02-05", "也许", "x"],
        ["2026-02-05", "休", "x"],
        [],
        ["2027-02-08", "班", "x"],
        ["2027-02-13", "休", "长" * 41],
        ["2027-02-14", "休", "x"],
        ["2027-02-14", "班", "x"],
    ]
    _, problems = upload.read(as_csv(table), 2027)
    assert problems == [
        Problem(2, "workdays.bad_day", "2027-02-30"),
        Problem(3, "workdays.bad_kind", "也许"),
        Problem(4, "workdays.other_year", "2026-02-05"),
        Problem(6, "workdays.weekday_anyway", "2027-02-08"),
        Problem(7, "workdays.long_name", "长" * 40),
        Problem(9, "workdays.twice", "2027-02-14"),
    ]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "workdays.no_file"),
        (b"x" * (upload.LARGEST + 1), "workdays.too_large"),
        (b"\x00\xff\xfe", "workdays.unreadable"),
        (b"PK\x03\x04 no zip", "workdays.unreadable"),
        (b"a,b\n1,2\n", "workdays.no_columns"),
        ("日期,类型\n".encode(), "workdays.empty"),
        (as_csv([TABLE[0]] + [["2027-02-05", "休", ""]] * (MOST_ROWS + 1)), "workdays.too_many_rows"),
        (as_ics(("元旦", date(2026, 1, 1), None)), "workdays.empty"),
        (as_ics(("长假", date(2027, 1, 1), date(2027, 3, 1))), "workdays.bad_span"),
        (as_ics(("倒着", date(2027, 1, 5), date(2027, 1, 1))), "workdays.bad_span"),
        (b"BEGIN:VCALENDAR\r\nnonsense\r\nEND:VCALENDAR\r\n", "workdays.unreadable"),
    ],
    ids=["no file", "large", "binary", "no zip", "columns", "empty", "rows", "other year", "span", "backwards", "ics"],
)
def test_what_is_no_table_says_why(body: bytes, code: str) -> None:
    _, problems = upload.read(body, 2027)
    assert code in {problem.code for problem in problems}


def test_a_spreadsheet_that_unpacks_to_much_is_not_unpacked() -> None:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"0" * (upload.LARGEST_UNPACKED + 1))
    assert upload.read(body.getvalue(), 2027) == ([], [Problem(0, "workdays.too_large")])


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_bytes_whatever_make_it_fail(body: bytes) -> None:
    for prefix in (b"", b"PK\x03\x04", b"BEGIN:VCALENDAR\r\n", "日期,类型,名称\n".encode()):
        days, problems = upload.read(prefix + body, 2027)
        assert days or problems


def test_a_year_is_told_by_holidays_with_the_days_that_make_up_for_them() -> None:
    table = {each.day: Source(each.kind, each.name, "x") for each in DAYS}
    spring, qingming = holidays(table)
    assert spring == Holiday("春节", date(2027, 2, 5), date(2027, 2, 6), (date(2027, 2, 20),))
    assert (spring.length, qingming.make_up) == (2, ())


def test_a_make_up_day_of_no_holidays_name_goes_with_the_nearest() -> None:
    off, worked = Source(Kind.OFF, "国庆节", "x"), Source(Kind.MAKE_UP, "", "x")
    first = date(2027, 10, 1)
    (holiday,) = holidays({first: off, first + timedelta(days=1): worked})
    assert holiday.make_up == (date(2027, 10, 2),)
    assert holidays({first: worked}) == []
