"""Live state → what the media room should be told now, and when that will change by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from meetinghub.meetings.lifecycle import FINAL, State
from meetinghub.meetings.live import LiveState, open_microphones
from meetinghub.meetings.model import MAIN, Meeting
from meetinghub.meetings.timetable import timetable, whole_minute

GATE = "gate.microphone"
DEVICE = "gate.device"
"""Names the paired PC behind a site's connection; like a gate, it is the server's and not the page's to write."""
OPEN = "open"
CLOSED = "closed"

FAREWELL = timedelta(seconds=8)
"""How long pages have to see that the meeting has ended before its room is closed."""


@dataclass(frozen=True, slots=True)
class Desired:
    """``gates``: site → ``open`` or ``closed``; ``close``: the room should go; ``changes_at``: look again then."""

    gates: Mapping[str, str]
    close: bool
    changes_at: datetime | None


def desired(meeting: Meeting, state: LiveState, now: datetime) -> Desired:
    heard = open_microphones(state, now)
    gates = {site.identity: OPEN if site.identity in heard else CLOSED for site in meeting.sites}
    if state.state in FINAL:
        over_at = state.ended_at or state.cancelled_at
        closes_at = over_at + FAREWELL if over_at else now
        return Desired(gates, now >= closes_at, closes_at if now < closes_at else None)
    moments = [each for each in _moments(meeting, state, now) if each > now]
    return Desired(gates, False, min(moments, default=None))


def _moments(meeting: Meeting, state: LiveState, now: datetime) -> list[datetime]:
    found: list[datetime] = []
    if state.state is State.LIVE:
        if state.floor:
            found.append(state.floor.opens_at)
        current = timetable(meeting.segments, state, now).current
        if current is not None:
            found.append(current.ends_at)  # from here on it overruns
            if current.overrun:
                found.append(whole_minute(now + timedelta(microseconds=1)))
    return found


def takes_part(identity: str, state: LiveState) -> bool:
    """Whether comings and goings of this participant are facts: sites and the main venue, not walls or consoles."""
    return identity == MAIN or identity in state.presences
