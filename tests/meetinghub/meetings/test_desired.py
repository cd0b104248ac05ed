from __future__ import annotations

from datetime import timedelta

from meetinghub.ledger import payloads as p
from meetinghub.meetings import floor
from meetinghub.meetings.desired import FAREWELL, Desired, desired, takes_part
from tests.meetinghub.meetings.examples import NOON, Course, started


def wanted(course: Course) -> Desired:
    return desired(course.meeting, course.state, course.now)


def test_before_the_start_every_gate_is_closed() -> None:
    want = wanted(Course())
    assert len(want.gates) == 33
    assert set(want.gates.values()) == {"closed"}
    assert want.changes_at is None


def test_the_room_is_looked_at_again_when_the_microphone_opens() -> None:
    course = started("site-01")
    course.write(*floor.call_on(course.state, "site-01", course.now))
    assert wanted(course).changes_at == NOON + timedelta(seconds=3)
    assert wanted(course).gates["site-01"] == "closed"
    course.wait(seconds=3)
    assert wanted(course).gates["site-01"] == "open"
    assert wanted(course).changes_at == NOON + timedelta(minutes=25)


def test_an_overrun_is_told_every_minute() -> None:
    course = started()
    course.wait(minutes=26, seconds=30)
    assert wanted(course).changes_at == NOON + timedelta(minutes=27)
    course.wait(seconds=30)
    assert wanted(course).changes_at == NOON + timedelta(minutes=28)


def test_after_the_last_item_nothing_changes_by_itself() -> None:
    course = started()
    course.write(*(p.SegmentStarted(segment) for segment in (12, 13, 14)), p.SegmentEnded(14))
    assert wanted(course).changes_at is None


def test_an_ended_meeting_keeps_its_room_until_pages_have_seen_it() -> None:
    course = started("site-01")
    course.write(p.MeetingEnded())
    assert not wanted(course).close
    assert wanted(course).changes_at == NOON + FAREWELL
    course.now += FAREWELL
    assert wanted(course).close


def test_a_cancelled_meeting_keeps_its_room_as_long() -> None:
    course = Course()
    course.write(p.MeetingCancelled("停电"))
    assert not wanted(course).close
    course.now += FAREWELL
    assert wanted(course).close


def test_walls_and_consoles_take_no_part() -> None:
    state = Course().state
    assert takes_part("main", state)
    assert takes_part("site-33", state)
    assert not takes_part("wall-1", state)
    assert not takes_part("site-34", state)
