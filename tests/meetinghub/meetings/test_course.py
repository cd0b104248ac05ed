from __future__ import annotations

from datetime import timedelta

import pytest

from meetinghub.errors import Invalid, Refused
from meetinghub.ledger import payloads as p
from meetinghub.meetings import course as acts
from meetinghub.meetings.lifecycle import State
from tests.meetinghub.meetings.examples import NOON, Course, started


def test_starting_begins_the_first_item() -> None:
    assert acts.start(Course().state) == (p.MeetingStarted(), p.SegmentStarted(11))


def test_the_last_item_can_only_be_finished_and_then_there_is_no_next() -> None:
    course = started()
    for segment in (12, 13, 14):
        assert acts.next_segment(course.state) == (p.SegmentStarted(segment),)
        course.write(p.SegmentStarted(segment))
    assert acts.next_segment(course.state) == (p.SegmentEnded(14),)
    course.write(p.SegmentEnded(14))
    assert [run.state for run in course.state.agenda] == ["done"] * 4
    for decide in (acts.next_segment, acts.warn):
        with pytest.raises(Refused, match="was_the_last"):
            decide(course.state)


def test_ending_twice_writes_once() -> None:
    course = started()
    course.write(*acts.end(course.state))
    assert acts.end(course.state) == ()


@pytest.mark.parametrize("minutes", [0, -5, 61])
def test_overtime_is_between_one_minute_and_an_hour(minutes: int) -> None:
    with pytest.raises(Invalid):
        acts.grant(started().state, minutes)


def test_the_meeting_is_extended_by_at_most_three_hours() -> None:
    assert acts.extend(started().state, 15) == (p.MeetingExtended(15),)
    with pytest.raises(Invalid):
        acts.extend(started().state, 181)


def test_postponing_names_a_time_to_come_and_a_reason() -> None:
    state = Course().state
    later = NOON + timedelta(days=1)
    assert acts.postpone(state, later, " 检修 ", NOON) == (p.MeetingPostponed(later, "检修"),)
    with pytest.raises(Invalid) as problem:
        acts.postpone(state, NOON, "", NOON)
    assert set(problem.value.fields) == {"starts_at", "reason"}
    with pytest.raises(Invalid):
        acts.postpone(state, later, "长" * 201, NOON)


def test_cancelling_needs_a_reason_and_is_for_good() -> None:
    course = Course()
    with pytest.raises(Invalid):
        acts.cancel(course.state, " ")
    course.write(*acts.cancel(course.state, "区里另有安排"))
    assert (course.state.state, course.state.reason) == (State.CANCELLED, "区里另有安排")
    assert acts.cancel(course.state, "再按一次") == ()
    with pytest.raises(Refused):
        acts.start(course.state)
    with pytest.raises(Refused):
        acts.cancel(started().state, "已经在开")


def test_a_meeting_that_is_over_has_no_chair_to_hand_over() -> None:
    course = started()
    assert acts.hand_over(course.state, "chair") == ()
    assert acts.hand_over(course.state, "host") == (p.ChairHandedOver("host"),)
    course.write(p.MeetingEnded())
    with pytest.raises(Refused, match="over"):
        acts.hand_over(course.state, "host")


def test_the_next_speaker_is_told_once_three_minutes_before() -> None:
    course = started()
    assert acts.warning_due(course.state, NOON + timedelta(minutes=25)) == NOON + timedelta(minutes=22)
    course.write(*acts.warn(course.state))
    assert acts.warning_due(course.state, NOON + timedelta(minutes=25)) is None


def test_a_self_test_names_devices_in_one_order_and_once() -> None:
    course = Course()
    course.write(*acts.check(course.state, "site-01", ("network", "camera")))
    assert course.state.checks["site-01"].failed == ("camera", "network")
    assert acts.check(course.state, "site-01", ("camera", "network")) == ()
    with pytest.raises(Invalid):
        acts.check(course.state, "site-01", ("toaster",))


def test_between_items_there_is_nothing_to_give_time_to() -> None:
    course = started()
    course.write(*(p.SegmentStarted(segment) for segment in (12, 13, 14)), p.SegmentEnded(14))
    with pytest.raises(Refused, match="nothing_under_way"):
        acts.grant(course.state, 5)
