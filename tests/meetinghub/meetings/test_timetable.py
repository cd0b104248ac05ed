from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from meetinghub.ledger import payloads as p
from meetinghub.meetings.timetable import Timetable, timetable, whole_minute
from tests.meetinghub.meetings.examples import NOON, Course, started

MINUTE = timedelta(minutes=1)


def table(course: Course) -> Timetable:
    return timetable(course.meeting.segments, course.state, course.now)


def clock(times: Timetable) -> list[str]:
    return [f"{(slot.starts_at + timedelta(hours=8)):%H:%M}" for slot in times.slots]


def test_before_the_start_times_are_as_announced() -> None:
    times = table(Course())
    assert clock(times) == ["14:00", "14:25", "14:35", "14:50"]
    assert times.ends_at == NOON + 60 * MINUTE
    assert times.current is None


def test_an_item_that_overruns_pushes_what_follows_by_whole_minutes() -> None:
    course = started()
    course.wait(minutes=27, seconds=6)
    times = table(course)
    assert clock(times) == ["14:00", "14:28", "14:38", "14:53"]
    assert times.current
    assert times.current.overrun == 3 * MINUTE
    assert times.ends_at == NOON + 63 * MINUTE


def test_granted_minutes_are_not_overrun() -> None:
    course = started()
    course.wait(minutes=27)
    course.write(p.SegmentTimeGranted(11, 5))
    times = table(course)
    assert clock(times)[1] == "14:30"
    assert times.slots[0].overrun == timedelta(0)


def test_finishing_early_pulls_the_rest_forward() -> None:
    course = started()
    course.wait(minutes=20)
    course.write(p.SegmentStarted(12))
    times = table(course)
    assert clock(times) == ["14:00", "14:20", "14:30", "14:45"]
    assert [slot.state for slot in times.slots] == ["done", "current", "waiting", "waiting"]
    assert times.slots[1].planned_at == NOON + 25 * MINUTE


def test_minutes_added_to_the_meeting_lie_after_the_last_item() -> None:
    course = started()
    course.write(p.MeetingExtended(15))
    assert table(course).ends_at == NOON + 75 * MINUTE


def test_an_ended_meeting_ends_when_it_did() -> None:
    course = started()
    course.wait(minutes=12)
    course.write(p.MeetingEnded())
    assert table(course).ends_at == course.now


def test_a_postponed_meeting_is_announced_anew() -> None:
    course = Course()
    course.write(p.MeetingPostponed(NOON + timedelta(days=1), "会议室检修"))
    assert table(course).slots[0].planned_at == NOON + timedelta(days=1)


def test_a_minute_that_is_running_counts_as_a_whole_one() -> None:
    assert whole_minute(NOON) == NOON
    assert whole_minute(NOON + timedelta(microseconds=1)) == NOON + MINUTE


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("wait"), st.integers(0, 2400)),
            st.tuples(st.just("next"), st.just(0)),
            st.tuples(st.just("grant"), st.integers(1, 20)),
        ),
        max_size=12,
    )
)
def test_the_agenda_never_has_a_gap_and_never_shrinks_what_is_to_come(steps: list[tuple[str, int]]) -> None:
    course = started()
    for step, amount in steps:
        current, following = course.state.current, course.state.following
        if step == "wait":
            course.wait(seconds=amount)
        elif step == "next" and following:
            course.write(p.SegmentStarted(following.segment))
        elif step == "grant" and current:
            course.write(p.SegmentTimeGranted(current.segment, amount))
    times = table(course)
    for earlier, later in zip(times.slots, times.slots[1:], strict=False):
        assert earlier.ends_at == later.starts_at
    for slot, segment in zip(times.slots, course.meeting.segments, strict=True):
        assert slot.ends_at >= slot.starts_at
        if slot.state == "waiting":
            assert slot.ends_at - slot.starts_at >= segment.minutes * MINUTE
        if slot.state == "current":
            assert slot.ends_at >= course.now
    assert times.slots[0].starts_at == NOON
