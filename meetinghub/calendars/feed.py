"""A calendar to subscribe to (RFC 5545; METHOD:PUBLISH of RFC 5546, 3.2.1): many events, nobody's address."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import timedelta

from icalendar import vDuration, vText

from meetinghub.calendars import ical
from meetinghub.calendars.ical import Entry

REFRESH = timedelta(hours=1)


def feed(name: str, entries: Iterable[Entry]) -> str:
    """Equal arguments give equal text, whenever it is asked for."""
    made = ical.calendar("PUBLISH")
    made.add("x-wr-calname", vText(ical.line(name)))
    made.add("name", vText(ical.line(name)))
    made.add("x-wr-timezone", ical.ZONE)
    made.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", vDuration(REFRESH))
    for entry in entries:
        made.add_component(ical.event(entry))
    return ical.text_of(made)


def mark(text: str) -> str:
    """A strong ETag's value (RFC 9110, 8.8.3)."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]
