"""What every iCalendar object of ours has in common (RFC 5545): its head, its time zone, one event."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from icalendar import Calendar, Event, Timezone, TimezoneStandard

from meetinghub.clock import SHANGHAI

PRODUCT = "-//MeetingHub//Meetings//ZH"
ZONE = "Asia/Shanghai"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_OFFSET = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class Entry:
    """One event in words. ``stamp`` is when it was last changed, ``sequence`` how often (RFC 5545, 3.8.7.4)."""

    uid: str
    sequence: int
    stamp: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str
    location: str
    description: str
    url: str
    cancelled: bool = False


def uid(meeting: int, domain: str) -> str:
    """The same for a meeting for ever, in every feed and invitation."""
    return f"meeting-{meeting}@{domain}"


def plain(text: str) -> str:
    """``text`` without control characters; line ends and tabs stay."""
    return _CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))


def line(text: str) -> str:
    """``text`` on one line."""
    return " ".join(plain(text).split())


def calendar(method: str) -> Calendar:
    """An object without events yet. It holds its zone, because some programmes shift times of a zone that is only
    named; Shanghai has had one offset since 1991."""
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", method)
    zone, standard = Timezone(), TimezoneStandard()
    zone.add("tzid", ZONE)
    standard.add("dtstart", datetime(1991, 9, 15, 0, 0))  # noqa: DTZ001  (a zone's own times name no zone)
    standard.add("tzoffsetfrom", _OFFSET)
    standard.add("tzoffsetto", _OFFSET)
    standard.add("tzname", "CST")
    zone.add_component(standard)
    made.add_component(zone)
    return made


def event(entry: Entry) -> Event:
    made = Event()
    made.add("uid", entry.uid)
    made.add("sequence", entry.sequence)
    made.add("dtstamp", entry.stamp)
    made.add("last-modified", entry.stamp)
    made.add("dtstart", entry.starts_at.astimezone(SHANGHAI))
    made.add("dtend", entry.ends_at.astimezone(SHANGHAI))
    made.add("summary", line(entry.summary))
    made.add("location", line(entry.location))
    made.add("description", plain(entry.description))
    made.add("url", entry.url)
    made.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    made.add("transp", "TRANSPARENT" if entry.cancelled else "OPAQUE")
    return made


def text_of(made: Calendar) -> str:
    """As it goes out: CRLF, lines of at most 75 octets that never part a character."""
    return str(made.to_ical(), "utf-8")
