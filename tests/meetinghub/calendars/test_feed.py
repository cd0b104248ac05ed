"""Feeds as text: byte for byte as they should be, the same whenever they are asked for, readable for others."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from meetinghub.calendars import ical
from meetinghub.calendars.feed import feed, mark
from meetinghub.calendars.ical import Entry, uid

GOLDEN = Path(__file__).parent / "golden"
THURSDAY = datetime(2026, 11, 26, 5, 30, tzinfo=UTC)
CHANGED = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DESCRIPTION = (
    "您的部分 14:00–14:25\n召集：自治办\n议程：\n13:30–14:00 开场（自治办）\n"
    "14:00–14:25 冬季送温暖；对象核对，名单（民政科）"
)


def example(number: int = 7, *, cancelled: bool = False) -> Entry:
    return Entry(
        uid=uid(number, "hub.example"),
        sequence=2,
        stamp=CHANGED,
        starts_at=THURSDAY,
        ends_at=THURSDAY + timedelta(minutes=90),
        summary="书记主任月度工作例会",
        location="302 会议室",
        description=DESCRIPTION,
        url=f"https://hub.example/meetings/{number}",
        cancelled=cancelled,
    )


def test_a_feed_is_as_it_was_written_down() -> None:
    text = feed("清河湾街道 · 望春苑居委会", [example(), example(8, cancelled=True)])
    assert text.encode() == (GOLDEN / "feed.ics").read_bytes()


def test_a_feed_names_nobody_and_says_how_often_to_come() -> None:
    text = feed("例", [example()])
    assert "METHOD:PUBLISH" in text
    assert "ATTENDEE" not in text
    assert "ORGANIZER" not in text
    assert "mailto" not in text
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in text
    assert "X-PUBLISHED-TTL:PT1H" in text


def test_the_same_meetings_have_the_same_mark_and_others_another() -> None:
    assert mark(feed("例", [example()])) == mark(feed("例", [example()]))
    assert mark(feed("例", [example()])) != mark(feed("例", [example(cancelled=True)]))


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200))
def test_whatever_is_typed_stays_text_in_lines_of_75_octets(typed: str) -> None:
    hostile = f"{typed}\r\nATTENDEE:mailto:x@y.example\rEND:VEVENT\nBEGIN:VEVENT"
    entry = replace(example(), summary=hostile, location=hostile, description=hostile)
    text = feed(hostile, [entry])
    lines = text.split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    assert not any(character in line for line in lines for character in "\r\n")
    (event,) = Calendar.from_ical(text).walk("VEVENT")
    assert event["summary"] == ical.line(hostile)
    assert event["description"] == ical.plain(hostile)
    assert "attendee" not in event
