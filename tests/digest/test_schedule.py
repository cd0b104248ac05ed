"""When issues go out, against the official calendar of 2024 to 2026 counted day by day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest import schedule
from digest.model import Week
from digest.settings import Settings
from meetinghub.clock import SHANGHAI
from meetinghub.workdays.calendar import Kind, Source, Workdays

OFF, MAKE_UP = Source(Kind.OFF, "", "公告"), Source(Kind.MAKE_UP, "", "公告")
YEARS = (2023, 2024, 2025, 2026)
OFFICIAL = Workdays(
    {
        **{day: OFF for day in chinese_calendar.holidays if day.year in YEARS},
        **{day: MAKE_UP for day in chinese_calendar.workdays if day.year in YEARS},
    },
    YEARS,
)
UNKNOWN = Workdays({}, YEARS)
SETTINGS = Settings()
DAYS = st.dates(date(2024, 1, 1), date(2026, 12, 27))
FIRST = datetime(2024, 1, 1, tzinfo=SHANGHAI)
MOMENTS = st.integers(0, 1088 * 24 * 60).map(lambda minutes: FIRST + timedelta(minutes=minutes))


def shanghai(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


@given(DAYS)
def test_an_issue_goes_out_on_the_first_weekday_of_its_week_that_the_official_calendar_works(day: date) -> None:
    week = Week.of(day)
    every = [week.monday + timedelta(number) for number in range(5)]
    worked = [each for each in every if chinese_calendar.is_workday(each)]
    moment = schedule.sending_moment(week, OFFICIAL, SETTINGS)
    if not worked:
        assert moment is None
        return
    assert moment is not None
    local = moment.astimezone(SHANGHAI)
    assert (local.date(), local.time()) == (worked[0], time(8, 30))
    assert schedule.latest(week, OFFICIAL, SETTINGS) == datetime.combine(worked[-1], time(17), SHANGHAI)


@given(DAYS)
def test_it_closes_at_noon_of_the_last_day_that_was_worked_before(day: date) -> None:
    found = schedule.plan(Week.of(day), OFFICIAL, SETTINGS)
    if found is None:
        return
    closing = found.closes.astimezone(SHANGHAI)
    assert closing.time() == time(12)
    assert chinese_calendar.is_workday(closing.date())
    between = [closing.date() + timedelta(number) for number in range(1, (found.day - closing.date()).days)]
    assert not any(chinese_calendar.is_workday(each) for each in between)
    assert found.closes < found.tells < found.tells_deputy < found.sends < found.latest


@pytest.mark.parametrize(
    ("monday", "sent"),
    [
        (date(2026, 2, 23), date(2026, 2, 24)),
        (date(2026, 4, 6), date(2026, 4, 7)),
        (date(2026, 5, 4), date(2026, 5, 6)),
        (date(2026, 10, 5), date(2026, 10, 8)),
    ],
)
def test_on_mondays_of_2026_that_nobody_works_it_waits_for_the_next_working_day(monday: date, sent: date) -> None:
    assert monday.weekday() == 0
    found = schedule.plan(Week.of(monday), OFFICIAL, SETTINGS)
    assert found is not None
    assert found.day == sent
    assert found.sends == shanghai(sent.year, sent.month, sent.day, 8, 30)


def test_those_are_all_the_mondays_of_2026_that_nobody_works() -> None:
    mondays = [date(2026, 1, 5) + timedelta(weeks=number) for number in range(52)]
    moved = []
    for monday in mondays:
        found = schedule.plan(Week.of(monday), OFFICIAL, SETTINGS)
        if found is None or found.day != monday:
            moved.append(monday)
    assert moved == [date(2026, *day) for day in ((2, 16), (2, 23), (4, 6), (5, 4), (10, 5))]


def test_the_week_of_spring_festival_2026_hands_its_items_to_the_next() -> None:
    festival = Week.of(date(2026, 2, 16))
    assert schedule.plan(festival, OFFICIAL, SETTINGS) is None
    assert schedule.following(festival.after(-1), OFFICIAL, SETTINGS) == festival.after()
    submitted = shanghai(2026, 2, 10, 9)
    assert schedule.week_for(submitted, OFFICIAL, SETTINGS) == festival.after() == Week(2026, 9)


def test_a_make_up_saturday_is_no_day_of_sending_but_one_of_closing() -> None:
    """14 February 2026 is a worked Saturday before the festival; the next issue goes out on the 24th."""
    found = schedule.plan(Week(2026, 9), OFFICIAL, SETTINGS)
    assert found is not None
    assert found.closes == shanghai(2026, 2, 14, 12)
    assert found.sends == shanghai(2026, 2, 24, 8, 30)


@given(MOMENTS)
def test_what_is_submitted_in_time_goes_into_the_next_issue_and_nothing_into_one_that_closed(at: datetime) -> None:
    coming = schedule.next_to_send(at, OFFICIAL, SETTINGS)
    assert coming.sends > at
    week = schedule.week_for(at, OFFICIAL, SETTINGS)
    assert week == (coming.week if at < coming.closes else None)
    earlier = schedule.plan(coming.week.after(-1), OFFICIAL, SETTINGS)
    assert earlier is None or earlier.sends <= at


@given(MOMENTS)
def test_after_a_downtime_the_issue_of_the_right_week_goes_out_while_it_is_not_too_old(at: datetime) -> None:
    found = schedule.current(at, OFFICIAL, SETTINGS)
    assert at < found.latest
    today = schedule.plan(Week.of(at.date()), OFFICIAL, SETTINGS)
    if today is not None and today.sends <= at < today.latest:
        assert found.week == Week.of(at.date())
    else:
        assert found == schedule.next_to_send(at, OFFICIAL, SETTINGS)


def test_an_unconfirmed_year_is_plain_weeks_and_says_so() -> None:
    """The eve of Spring Festival 2027 is Friday, 5 February; New Year's Day is a Friday, too."""
    for week in (Week(2027, 1), Week(2027, 5), Week(2027, 6)):
        found = schedule.plan(week, UNKNOWN, SETTINGS)
        assert found is not None
        assert found.day == week.monday
        assert not found.certain
        assert found.latest == datetime.combine(week.monday + timedelta(4), time(17), SHANGHAI)
    assert schedule.certain(Week(2026, 52), OFFICIAL)


def test_a_week_across_the_border_of_years_is_uncertain_when_one_of_them_is() -> None:
    """Week 53 of 2026: Monday, 28 December to Friday, 1 January, which is no holiday as long as no table says so."""
    week = Week.of(date(2027, 1, 1))
    assert week == Week(2026, 53)
    found = schedule.plan(week, UNKNOWN, SETTINGS)
    assert found is not None
    assert not found.certain
    assert found.latest == shanghai(2027, 1, 1, 17)
    assert week.after() == Week(2027, 1)


def test_the_first_week_of_2025_begins_in_2024_and_goes_out_there() -> None:
    week = Week.of(date(2025, 1, 1))
    assert week == Week(2025, 1)
    assert schedule.sending_moment(week, OFFICIAL, SETTINGS) == shanghai(2024, 12, 30, 8, 30)


def test_the_deputy_is_told_ten_minutes_after_the_host_office() -> None:
    found = schedule.plan(Week(2026, 48), OFFICIAL, SETTINGS)
    assert found is not None
    assert (found.tells, found.tells_deputy) == (shanghai(2026, 11, 23, 7, 30), shanghai(2026, 11, 23, 7, 40))


def test_settings_move_every_moment() -> None:
    settings = Settings(deadline_days=2, deadline=time(16), warn=time(9), send=time(10))
    found = schedule.plan(Week(2026, 48), OFFICIAL, settings)
    assert found is not None
    assert found.closes == shanghai(2026, 11, 19, 16)
    assert (found.tells, found.sends) == (shanghai(2026, 11, 23, 9), shanghai(2026, 11, 23, 10))
    assert schedule.deadline(Week(2026, 48), OFFICIAL, settings) == found.closes


def test_a_week_without_a_working_day_has_no_moments() -> None:
    festival = Week(2026, 8)
    assert schedule.deadline(festival, OFFICIAL, SETTINGS) is None
    assert schedule.latest(festival, OFFICIAL, SETTINGS) is None


def test_a_supplement_lasts_as_long_as_its_week_or_a_day_from_its_approval() -> None:
    week = Week(2026, 48)
    end = shanghai(2026, 11, 27, 17)
    for approved, until in (
        (shanghai(2026, 11, 24, 9), end),
        (shanghai(2026, 11, 27, 16), shanghai(2026, 11, 28, 16)),
        (shanghai(2026, 11, 28, 9), shanghai(2026, 11, 29, 9)),
        (None, shanghai(2026, 11, 27, 12)),
    ):
        assert schedule.lasts_until(week, approved, OFFICIAL, SETTINGS) == until
    festival = shanghai(2026, 2, 17, 9)
    assert schedule.lasts_until(Week(2026, 8), festival, OFFICIAL, SETTINGS) == festival + timedelta(days=1)


@given(DAYS)
def test_people_are_reminded_on_the_last_day_worked_before_the_date_and_on_it(due: date) -> None:
    first, second = schedule.reminder_days(due, OFFICIAL)
    assert second == due
    assert first < due
    assert chinese_calendar.is_workday(first)
    assert schedule.remind_today(first, [due], OFFICIAL) == schedule.remind_today(due, [due], OFFICIAL) == {due}
    others = {due + timedelta(number) for number in range(-12, 3)} - {first, due}
    assert not any(schedule.remind_today(each, [due], OFFICIAL) for each in others)


def test_moments_are_in_utc() -> None:
    assert schedule.at(date(2026, 11, 23), time(8, 30)) == datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
    assert schedule.at(date(2026, 11, 23), time(8, 30)).tzinfo is UTC
