from __future__ import annotations

import json
from datetime import timedelta

from meetinghub.ledger import payloads as p
from meetinghub.meetings import floor
from meetinghub.meetings.snapshot import as_text, snapshot, tag
from tests.meetinghub.meetings.examples import NOON, Course, started

NAMES = {"chair": "周启明"}


def test_the_object_before_the_start() -> None:
    course = Course()
    snap = snapshot(course.meeting, course.state, NOON, NAMES)
    assert snap["version"] == 1
    assert snap["revision"] == 0
    assert snap["state"] == "planned"
    assert snap["starts_at"] == "2026-11-26T06:00:00.000Z"
    assert snap["floor"] is snap["broadcast"] is snap["undo"] is snap["started_at"] is None
    assert snap["chair"] == {"account": "chair", "name": "周启明"}
    assert list(snap["sites"])[:2] == ["site-01", "site-02"]
    assert len(snap["sites"]) == 33
    assert snap["agenda"][1]["sites"] == ["site-01", "site-02", "site-03", "site-04", "site-05"]


def test_the_object_in_mid_meeting() -> None:
    course = started("site-04", "site-12", "site-23", "site-30")
    for site in ("site-12", "site-23", "site-30"):
        course.write(p.HandRaised(site, "？"), actor=site)
    course.write(*floor.call_on(course.state, "site-04", course.now), actor="chair")
    course.write(p.SiteChecked("site-04", ("camera",)))
    snap = snapshot(course.meeting, course.state, course.now, NAMES)
    assert snap["floor"] == {
        "site": "site-04",
        "since": "2026-11-26T06:00:00.000Z",
        "opens_at": "2026-11-26T06:00:03.000Z",
    }
    assert snap["next"] == ["site-12", "site-23"]
    assert [hand["site"] for hand in snap["hands"]] == ["site-12", "site-23", "site-30"]
    assert snap["undo"] == {"act": "call_on", "site": "site-04", "segment": None}
    assert snap["recent"][0] == {
        "at": "2026-11-26T06:00:00.000Z",
        "by": "周启明",
        "act": "call_on",
        "site": "site-04",
        "segment": None,
    }
    assert snap["sites"]["site-04"]["check"] == {"at": "2026-11-26T06:00:00.000Z", "failed": ["camera"]}
    assert snap["sites"]["site-04"]["joined_at"] == "2026-11-26T06:00:00.000Z"


def test_a_meeting_that_is_put_off_says_why() -> None:
    course = Course()
    assert snapshot(course.meeting, course.state, course.now, NAMES)["reason"] == ""
    course.write(p.MeetingPostponed(NOON + timedelta(days=1), "主会场停电检修"), actor="chair")
    snap = snapshot(course.meeting, course.state, course.now, NAMES)
    assert (snap["state"], snap["starts_at"]) == ("postponed", "2026-11-27T06:00:00.000Z")
    assert snap["reason"] == "主会场停电检修"


def test_times_are_cut_to_milliseconds_so_that_nothing_opens_early_by_rounding() -> None:
    course = Course()
    snap = snapshot(course.meeting, course.state, NOON + timedelta(microseconds=1999), {})
    assert snap["now"] == "2026-11-26T06:00:00.001Z"


def test_the_tag_changes_with_what_is_shown_and_not_with_the_clock() -> None:
    course = started()
    first = tag(snapshot(course.meeting, course.state, course.now, {}))
    assert first == tag(snapshot(course.meeting, course.state, course.now + timedelta(seconds=5), {}))
    assert first != tag(snapshot(course.meeting, course.state, course.now + timedelta(minutes=27), {}))


def test_a_full_object_fits_into_room_metadata_many_times_over() -> None:
    course = started(*(f"site-{seat:02d}" for seat in range(1, 34)))
    for seat in range(1, 34):
        course.write(p.HandRaised(f"site-{seat:02d}", "项" * 60))
    text = as_text(snapshot(course.meeting, course.state, course.now, {}))
    assert len(text.encode()) < 64_000
    assert json.loads(text)["revision"] == course.state.revision
