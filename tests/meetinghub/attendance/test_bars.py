from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetinghub.attendance import bars
from meetinghub.attendance.sheet import Line, sheet
from meetinghub.clock import SHANGHAI
from meetinghub.ledger.presence import Window
from tests.meetinghub.attendance.examples import ABSENT, BRIEF, CUT_OFF, held
from tests.meetinghub.meetings.examples import NOON, SITES

HOUR = Window(NOON, NOON + timedelta(hours=1))


def line(site: str) -> Line:
    course = held()
    found = sheet(course.meeting, course.facts, course.now)
    assert found is not None
    chosen = found.line(site)
    assert chosen is not None
    return chosen


def test_presence_lies_to_scale_over_the_site_s_own_part() -> None:
    asked, there, again = bars.marks(line(CUT_OFF), HOUR)
    assert (asked.kind, asked.at, asked.length) == ("asked", 0, 100)
    assert (there.kind, there.at, there.length) == ("there", 0, 20)
    assert (again.kind, again.at, again.length) == ("there", 22, 78)


def test_who_never_came_has_its_part_only_and_who_was_asked_for_less_a_shorter_one() -> None:
    assert [mark.kind for mark in bars.marks(line(ABSENT), HOUR)] == ["asked"]
    assert [mark.kind for mark in bars.marks(line(BRIEF), HOUR)] == ["asked", "there"]


def test_a_strip_of_cells_says_there_asked_or_nothing() -> None:
    step = timedelta(minutes=5)
    starts = bars.starts(HOUR, step)
    assert bars.cells(line(BRIEF), starts, step) == ["asked"] * 5 + ["there"] * 2 + ["asked"] * 5
    assert bars.cells(line(ABSENT), starts, step) == ["asked"] * 12


def test_the_axis_names_round_times_of_shanghai() -> None:
    window = Window(NOON + timedelta(minutes=7), NOON + timedelta(minutes=95))
    assert [f"{tick.astimezone(SHANGHAI):%H:%M}" for tick in bars.ticks(window)] == [
        "14:15",
        "14:30",
        "14:45",
        "15:00",
        "15:15",
        "15:30",
    ]


@given(
    st.timedeltas(timedelta(0), timedelta(days=700)),
    st.timedeltas(timedelta(0), timedelta(hours=30)),
    st.integers(1, 48),
)
def test_whatever_a_meeting_s_length_cells_cover_it_and_ticks_lie_in_it(
    after: timedelta, length: timedelta, most: int
) -> None:
    window = Window(NOON + after, NOON + after + length)
    step = bars.step_of(window, most)
    starts = bars.starts(window, step)
    assert 1 <= len(starts) <= most
    assert starts[0] == window.start
    assert starts[-1] + step >= window.end
    assert all(window.start <= tick <= window.end for tick in bars.ticks(window))
    assert all(0 <= bars.place(tick, window) <= 100 for tick in bars.ticks(window))


@pytest.mark.parametrize("site", SITES[:6])
def test_no_mark_leaves_the_bar(site: str) -> None:
    for mark in bars.marks(line(site), HOUR):
        assert 0 <= mark.at <= mark.at + mark.length <= 100.001
