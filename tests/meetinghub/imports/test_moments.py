"""Dates, times and lengths as people and spreadsheets write them: read back to what was meant, or refused."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetinghub.imports import moments
from meetinghub.imports.moments import Day, Hours, NotRead

DAYS = st.dates(date(1990, 1, 1), date(2099, 12, 31))
CLOCKS = st.times().map(lambda each: each.replace(second=0, microsecond=0, tzinfo=None))
WEEKDAYS = "一二三四五六日"


def ways(day: date) -> list[str]:
    """One date as it stands in registers."""
    serial = (day - date(1899, 12, 30)).days
    return [
        day.isoformat(),
        f"{day.year}-{day.month}-{day.day}",
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}.{day.month:02}.{day.day:02}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year} 年 {day.month} 月 {day.day} 号",
        f"{day.year}年{day.month}月{day.day}日（周{WEEKDAYS[day.weekday()]}）",
        f"{day.year}-{day.month}-{day.day} 星期{WEEKDAYS[day.weekday()]}",
        f"{day:%Y%m%d}",
        str(serial),
    ]


@given(DAYS)
def test_every_way_to_write_a_date_is_the_same_date(day: date) -> None:
    for text in ways(day):
        assert moments.day(text) == Day(day), text
    fullwidth = day.isoformat().translate({ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)})
    assert moments.day(fullwidth) == Day(day)


@given(DAYS)
def test_a_date_without_a_year_is_read_only_with_one_given(day: date) -> None:
    text = f"{day.month}月{day.day}日"
    assert moments.day(text) == NotRead("imports.no_year")
    assert moments.day(text, year=day.year) == Day(day)


@given(DAYS, CLOCKS)
def test_a_time_behind_a_date_is_kept_for_who_asks_for_it(day: date, clock: time) -> None:
    for text in (
        f"{day.isoformat()} {clock:%H:%M}",
        f"{day.isoformat()}T{clock:%H:%M}:00",
        f"{ways(day)[6]}{clock:%H:%M}",
    ):
        found = moments.day(text)
        assert isinstance(found, Day)
        assert (found.day, moments.hours(found.rest)) == (day, Hours(clock)), text


@given(DAYS, CLOCKS)
def test_a_spreadsheet_s_number_holds_day_and_time(day: date, clock: time) -> None:
    minutes = clock.hour * 60 + clock.minute
    found = moments.day(repr((day - date(1899, 12, 30)).days + round(minutes / 1440, 10)))
    assert isinstance(found, Day)
    assert found.day == day
    assert not minutes or moments.hours(found.rest) == Hours(clock)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("3/5/2026", "imports.unclear_day"),
        ("26.3.5", "imports.unclear_day"),
        ("2026-2-30", "imports.no_such_day"),
        ("2026年13月1日", "imports.no_such_day"),
        ("下周三", "imports.bad_day"),
        ("12", "imports.bad_day"),
        ("999999", "imports.bad_day"),
        ("", "imports.bad_day"),
    ],
)
def test_what_is_no_clear_date_is_not_guessed_at(text: str, code: str) -> None:
    assert moments.day(text) == NotRead(code)


@given(CLOCKS)
def test_every_way_to_write_a_time_is_the_same_time(clock: time) -> None:
    half = "上午" if clock.hour < 12 else "下午"
    twelve = clock.hour % 12 or 12
    english = "am" if clock.hour < 12 else "pm"
    for text in (
        f"{clock:%H:%M}",
        f"{clock:%H}：{clock:%M}",
        f"{clock:%H:%M}:00",
        f"{clock.hour}点{clock.minute}分",
        f"{clock.hour}时{clock.minute:02}",
        f"{half}{twelve}:{clock:%M}",
        f"{twelve}:{clock:%M} {english}",
        f"{clock:%H%M}",
        repr(round((clock.hour * 60 + clock.minute) / 1440, 10))
        if clock > time(0, 1)
        else "0:00"
        if not clock.minute
        else "0:01",
    ):
        assert moments.hours(text) == Hours(clock), text


@given(CLOCKS, CLOCKS)
def test_a_span_has_two_ends(start: time, end: time) -> None:
    for joint in ("-", "—", "–", "~", "～", "至", "到", " - ", " to "):
        assert moments.hours(f"{start:%H:%M}{joint}{end:%H:%M}") == Hours(start, end)


def test_the_afternoon_holds_for_both_ends() -> None:
    assert moments.hours("下午2点半至4点") == Hours(time(14, 30), time(16))
    assert moments.hours("上午9:00-下午1:00") == Hours(time(9), time(13))
    assert moments.hours("中午12点半") == Hours(time(12, 30))
    assert moments.hours("中午1点") == Hours(time(13))
    assert moments.hours("2pm") == Hours(time(14))


@pytest.mark.parametrize("text", ["25:00", "12:60", "早上", "14:00-15:00-16:00", "14:00-", "x", "", "1.5"])
def test_what_is_no_time_is_not_guessed_at(text: str) -> None:
    found = moments.hours(text)
    assert found == NotRead("imports.bad_time") or (text == "14:00-" and found == Hours(time(14)))


@given(st.integers(1, 960))
def test_every_way_to_write_a_length_is_the_same_length(minutes: int) -> None:
    hours, rest = divmod(minutes, 60)
    texts = [str(minutes), f"{minutes}分钟", f"{minutes} 分", f"{minutes}.0", f"{minutes} min", f"{hours}:{rest:02}"]
    if hours:
        texts += [f"{hours}小时{rest}分" if rest else f"{hours}小时", f"{hours}h{rest}m"]
        if rest == 30:
            texts += [f"{hours}.5小时", f"{hours}小时半", f"{hours}个半小时"]
    if minutes == 30:
        texts += ["半小时", "半个小时"]
    for text in texts:
        assert moments.minutes(text) == minutes, text


@pytest.mark.parametrize("text", ["", "很久", "半", "1天", "-5", "99999999小时"])
def test_what_is_no_length_is_not_guessed_at(text: str) -> None:
    assert moments.minutes(text) == NotRead("imports.bad_minutes")


@given(st.text(max_size=30))
def test_no_text_at_all_breaks_it(text: str) -> None:
    assert isinstance(moments.day(text), Day | NotRead)
    assert isinstance(moments.hours(text), Hours | NotRead)
    assert isinstance(moments.minutes(text), int | NotRead)
