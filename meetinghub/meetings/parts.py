"""Live state → what attendance is judged against: the meeting's actual window, and each site's own part of it."""

from __future__ import annotations

from datetime import datetime

from meetinghub.ledger.attendance import Part
from meetinghub.ledger.presence import Window
from meetinghub.meetings.live import LiveState
from meetinghub.meetings.model import Meeting


def window(state: LiveState, now: datetime) -> Window | None:
    """From the actual start to the actual end, or to ``now`` while it runs; None before the start."""
    if state.started_at is None:
        return None
    return Window(state.started_at, state.ended_at or now, running=state.ended_at is None)


def asked(meeting: Meeting, state: LiveState, now: datetime) -> dict[str, Part | None]:
    """Each site's own part: from the start of the first item that concerns it to the end of the last, both actual.

    Items that never began (the meeting was ended before them, or has not come so far) ask for nobody. A meeting
    without an agenda asks for everybody, all the time. None: a site was asked for nothing.
    """
    whole = window(state, now)
    if whole is None:
        return {site.identity: None for site in meeting.sites}
    if not meeting.segments:
        return {site.identity: Part(whole.start, whole.end) for site in meeting.sites}
    return {site.identity: _part(meeting, state, whole, site.identity) for site in meeting.sites}


def _part(meeting: Meeting, state: LiveState, whole: Window, site: str) -> Part | None:
    times = [
        (run.started_at, run.ended_at or whole.end)
        for segment, run in zip(meeting.segments, state.agenda, strict=True)
        if run.started_at is not None and (segment.sites is None or site in segment.sites)
    ]
    start, end = min((at for at, _ in times), default=whole.end), max((at for _, at in times), default=whole.end)
    return Part(start, end) if start < end else None
