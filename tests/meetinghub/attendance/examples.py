"""A meeting that was held, with a site for each way of attending it; as facts in memory, or in a database."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session as Db

from meetinghub.attendance.sheet import Sheet, sheet
from meetinghub.ledger import payloads as p
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import Fact, NewFact, Payload
from meetinghub.meetings import service
from meetinghub.meetings import store as meetings
from tests.meetinghub.meetings.examples import NOON, SITES, Course
from tests.meetinghub.meetings.planned import plan_example

END = NOON + timedelta(hours=1)
ALL_THE_TIME, LATE_AND_EARLY, CUT_OFF, EXCUSED, BRIEF, ABSENT = SITES[:6]


def held() -> Course:
    """Six sites as named above, in a meeting of an hour; nobody else came."""
    course = Course()
    course.write(p.MeetingPlanned("书记主任月度工作例会", NOON, 60), actor="host")
    course.write(p.SiteExcused(EXCUSED, "会场停电"), actor="operator")
    course.write(p.MeetingStarted(), p.SegmentStarted(11))
    course.join(ALL_THE_TIME, CUT_OFF)
    course.write(p.RosterTicked(ALL_THE_TIME, (101, 102), 1, (103,), ("duty",)), actor=ALL_THE_TIME)
    course.write(p.HeadcountReported(CUT_OFF, 7), actor="operator")
    _at(course, 12)
    course.join(LATE_AND_EARLY)
    course.leave(CUT_OFF)
    course.wait(seconds=72)
    course.join(CUT_OFF)
    for minutes, segment in ((25, 12), (35, 13), (50, 14)):
        _at(course, minutes)
        course.write(p.SegmentStarted(segment))
        if minutes == 25:
            course.join(BRIEF)
        if minutes == 35:
            course.leave(BRIEF)
        if minutes == 50:
            course.leave(LATE_AND_EARLY)
    _at(course, 60)
    course.write(p.MeetingEnded())
    course.wait(seconds=1)
    course.leave(ALL_THE_TIME)
    course.leave(CUT_OFF)
    return course


def sealed(course: Course) -> Sheet:
    """The sheet after the seal, which is written too."""
    before = sheet(course.meeting, course.facts, course.now)
    assert before is not None
    course.wait(seconds=30)
    course.write(p.AttendanceSealed(before.through, before.rule, before.digest), actor="")
    after = sheet(course.meeting, course.facts, course.now)
    assert after is not None
    return after


def store_held(db: Db) -> int:
    """The same meeting in a database, ended at :data:`END` and not sealed; its number."""
    number = plan_example(db)
    found = meetings.meeting(db, number)
    assert found is not None
    course = held()
    segments = {segment.id: found.segments[at].id for at, segment in enumerate(course.meeting.segments)}
    for fact in course.facts[1:]:
        write(db, number, fact.at, _renumbered(fact, segments), by=fact.actor)
    service.note(db, found, END)
    return number


def write(db: Db, meeting: int, at: datetime, *payloads: Payload, by: str = "") -> tuple[Fact, ...]:
    return ledger.append(db, [NewFact(each) for each in payloads], meeting_id=meeting, at=at, actor=by)


def _renumbered(fact: Fact, segments: dict[int, int]) -> Payload:
    if isinstance(fact.payload, p.SegmentStarted):
        return p.SegmentStarted(segments[fact.payload.segment])
    return fact.payload


def _at(course: Course, minutes: int) -> None:
    course.now = NOON + timedelta(minutes=minutes)
