"""The days of a rule, held against icalendar's and recurring-ical-events' reading of the same RRULE."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise

import icalendar
import pytest
import recurring_ical_events
from hypothesis import assume, given
from hypothesis import strategies as st

from meetinghub.meetings.recurrence import (
    LONGEST,
    MOST,
    MOST_INTERVAL,
    Freq,
    On,
    Recurrence,
    as_json,
    days,
    from_json,
    is_last,
    nth,
    problems,
    rule,
)

firsts = st.dates(date(2026, 1, 1), date(2028, 12, 31))
counted = st.builds(
    Recurrence, st.sampled_from(Freq), st.integers(1, MOST_INTERVAL), st.sampled_from(On), st.integers(2, MOST)
)
bounded = st.builds(
    lambda made, until: replace(made, count=None, until=until), counted, st.dates(date(2026, 1, 2), date(2030, 1, 1))
)
EIGHTH = date(2026, 12, 8)


def usable(repeat: Recurrence, first: date) -> tuple[date, ...]:
    assume(not problems(repeat, first))
    return days(repeat, first)


@given(counted | bounded, firsts)
def test_a_rule_without_problems_has_between_2_and_26_days_the_first_among_them(
    repeat: Recurrence, first: date
) -> None:
    found = usable(repeat, first)
    assert found[0] == first
    assert 2 <= len(found) <= MOST
    assert list(found) == sorted(set(found))
    assert found[-1] - first <= LONGEST
    assert repeat.count in (None, len(found))
    assert repeat.until is None or found[-1] <= repeat.until


@given(counted, firsts)
def test_days_lie_as_far_apart_as_the_rule_says(repeat: Recurrence, first: date) -> None:
    found = usable(repeat, first)
    for one, other in pairwise(found):
        if repeat.freq is Freq.WEEKLY:
            assert other - one == timedelta(weeks=repeat.interval)
        else:
            assert 12 * (other.year - one.year) + other.month - one.month == repeat.interval


@given(counted, firsts)
def test_a_monthly_rule_holds_on_to_what_its_first_day_was(repeat: Recurrence, first: date) -> None:
    repeat = replace(repeat, freq=Freq.MONTHLY)
    for day in usable(repeat, first):
        match repeat.on:
            case On.DAY:
                assert day.day == first.day or (is_end(day) and day.day < first.day)
            case On.LAST:
                assert day.weekday() == first.weekday()
                assert is_last(day)
            case On.WEEKDAY:
                assert day.weekday() == first.weekday()
                assert is_last(day) if nth(first) == -1 else nth(day) == nth(first)


def is_end(day: date) -> bool:
    return (day + timedelta(days=1)).month != day.month


@given(counted | bounded, firsts)
def test_calendars_read_the_same_days_out_of_the_rule(repeat: Recurrence, first: date) -> None:
    found = usable(repeat, first)
    event = icalendar.Event()
    event.start = datetime.combine(first, time(9))  # floating, as the rule's UNTIL is
    event.end = event.start + timedelta(hours=1)
    event["RRULE"] = icalendar.vRecur.from_ical(rule(repeat, first))
    calendar = icalendar.Calendar()
    calendar.add_component(event)
    read = recurring_ical_events.of(calendar).between(event.start, event.start + LONGEST + timedelta(days=60))
    assert sorted(each.start.date() for each in read) == list(found)


@given(counted | bounded)
def test_a_rule_survives_being_kept(repeat: Recurrence) -> None:
    assert from_json(json.loads(json.dumps(as_json(repeat)))) == repeat


@pytest.mark.parametrize(
    ("repeat", "code"),
    [
        (Recurrence(Freq.WEEKLY, 0, count=3), "interval_out_of_range"),
        (Recurrence(Freq.WEEKLY, 13, count=3), "interval_out_of_range"),
        (Recurrence(Freq.WEEKLY), "end_missing"),
        (Recurrence(Freq.WEEKLY, count=3, until=date(2027, 1, 1)), "end_missing"),
        (Recurrence(Freq.WEEKLY, count=1), "count_out_of_range"),
        (Recurrence(Freq.WEEKLY, count=MOST + 1), "count_out_of_range"),
        (Recurrence(Freq.WEEKLY, until=EIGHTH), "until_too_early"),
        (Recurrence(Freq.WEEKLY, until=EIGHTH + timedelta(days=3)), "count_out_of_range"),
        (Recurrence(Freq.WEEKLY, until=EIGHTH + timedelta(days=300)), "count_out_of_range"),
        (Recurrence(Freq.MONTHLY, until=EIGHTH + timedelta(days=500)), "too_long"),
        (Recurrence(Freq.MONTHLY, 12, count=9), "too_long"),
        (Recurrence(Freq.MONTHLY, on=On.LAST, count=3), "not_the_last"),
    ],
)
def test_what_cannot_be_a_series_is_said(repeat: Recurrence, code: str) -> None:
    assert list(problems(repeat, EIGHTH).values()) == [f"series.{code}"]
