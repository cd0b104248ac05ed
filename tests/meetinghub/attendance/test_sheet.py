from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

from meetinghub.attendance.sheet import Line, Sheet, canonical, sheet, with_late
from meetinghub.ledger import payloads as p
from meetinghub.ledger.attendance import Status
from tests.meetinghub.attendance.examples import (
    ABSENT,
    ALL_THE_TIME,
    BRIEF,
    CUT_OFF,
    END,
    EXCUSED,
    LATE_AND_EARLY,
    held,
    sealed,
)
from tests.meetinghub.meetings.examples import NOON, Course, started

GOLDEN = Path(__file__).parent / "golden" / "sheet.json"


def line(of: Sheet, site: str) -> Line:
    found = of.line(site)
    assert found is not None
    return found


def of(course: Course) -> Sheet:
    found = sheet(course.meeting, course.facts, course.now)
    assert found is not None
    return found


def test_a_meeting_that_has_not_begun_has_no_sheet() -> None:
    course = Course()
    course.write(p.MeetingPlanned("x", NOON, 60))
    assert sheet(course.meeting, course.facts, NOON) is None


def test_every_way_of_attending_has_its_word() -> None:
    found = of(held())
    said = {line.place.identity: line.statuses for line in found.lines}
    assert said[ALL_THE_TIME] == (Status.PRESENT,)
    assert said[LATE_AND_EARLY] == (Status.LATE, Status.LEFT_EARLY)
    assert said[CUT_OFF] == (Status.PRESENT,)
    assert said[EXCUSED] == (Status.EXCUSED,)
    assert said[BRIEF] == (Status.BRIEF,)
    assert said[ABSENT] == (Status.ABSENT,)
    assert len(found.lines) == 33


def test_what_was_cut_off_stays_visible_and_people_stand_beside_the_room() -> None:
    found = of(held())
    ((start, end),) = line(found, CUT_OFF).judged.interruptions
    assert (end - start) == timedelta(seconds=72)
    assert line(found, CUT_OFF).headcount == 7
    judged = line(found, ALL_THE_TIME).judged
    assert (judged.people, judged.guests, judged.headcount) == ((101, 102), 1, 3)
    assert judged.excused_people == ((103, "duty"),)


def test_the_canonical_sheet_is_the_golden_one_to_the_byte() -> None:
    assert canonical(of(held())) == GOLDEN.read_bytes()


def test_the_canonical_sheet_holds_no_name_and_no_title() -> None:
    text = canonical(of(held())).decode()
    assert text.isascii()
    assert json.loads(text)["meeting"] == 1


def test_a_running_meeting_s_sheet_is_as_of_now() -> None:
    course = started(ALL_THE_TIME)
    course.wait(minutes=10)
    found = of(course)
    assert found.window.end == course.now
    assert found.window.running
    assert found.seal is None
    assert line(found, ALL_THE_TIME).judged.intervals[0].end == course.now


def test_the_sealed_sheet_gives_the_digest_that_was_sealed() -> None:
    course = held()
    before = of(course)
    after = sealed(course)
    assert after.seal is not None
    assert after.digest == before.digest == after.seal.digest
    assert after.late == ()


def test_what_arrives_after_the_seal_is_set_aside_and_told() -> None:
    course = held()
    before = sealed(course)
    course.write(p.SiteJoined(ABSENT, "PA_late", "RM_1", NOON))
    course.write(p.SiteLeft(ABSENT, "PA_late", "RM_1", END, "CLIENT_INITIATED"))
    course.write(p.SiteJoined(ABSENT, "PA_afterwards", "RM_2", END + timedelta(minutes=5)))
    after = of(course)
    assert after.digest == before.digest
    assert line(after, ABSENT).status is Status.ABSENT
    assert [fact.payload.kind for fact in after.late] == ["site:joined"]  # one that came when all was over is nothing
    assert with_late(after, course.facts)[ABSENT].status is Status.PRESENT


def test_an_accepted_correction_counts_and_the_seal_still_holds() -> None:
    course = held()
    before = sealed(course)
    course.write(p.AttendanceCorrectionProposed(ABSENT, "present", 4, "用电话参会"), actor=ABSENT)
    waiting = of(course)
    assert line(waiting, ABSENT).status is Status.ABSENT
    assert [each.waits for each in waiting.corrections] == [True]
    course.write(p.AttendanceCorrectionDecided(course.facts[-1].number, True, ""), actor="coordinator")
    after = line(of(course), ABSENT)
    assert (after.status, after.headcount, after.corrected) == (Status.PRESENT, 4, True)
    assert after.judged.status is Status.ABSENT
    assert of(course).digest == before.digest


def test_a_refused_correction_changes_nothing() -> None:
    course = held()
    sealed(course)
    course.write(p.AttendanceCorrectionProposed(ABSENT, None, 4, "x"), actor=ABSENT)
    course.write(p.AttendanceCorrectionDecided(course.facts[-1].number, False, "没有依据"), actor="coordinator")
    after = line(of(course), ABSENT)
    assert (after.headcount, after.corrected) == (None, False)
    assert after.corrections[0].decided is not None


def test_the_newest_accepted_correction_of_a_thing_counts() -> None:
    course = held()
    sealed(course)
    for status, headcount in (("late", 4), (None, 5)):
        course.write(p.AttendanceCorrectionProposed(ABSENT, status, headcount, "x"), actor=ABSENT)
        course.write(p.AttendanceCorrectionDecided(course.facts[-1].number, True, ""), actor="coordinator")
    after = line(of(course), ABSENT)
    assert (after.statuses, after.headcount) == ((Status.LATE,), 5)


def test_a_site_that_was_late_and_early_keeps_both_words_until_it_is_corrected() -> None:
    course = held()
    sealed(course)
    course.write(p.AttendanceCorrectionProposed(LATE_AND_EARLY, "left_early", None, "x"), actor="host")
    course.write(p.AttendanceCorrectionDecided(course.facts[-1].number, True, ""), actor="coordinator")
    after = line(of(course), LATE_AND_EARLY)
    assert after.statuses == (Status.LEFT_EARLY,)
    assert (after.late, after.left_early) == (False, True)
