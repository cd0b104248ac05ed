"""When each agenda item is announced, expected, and was: planned minutes, granted minutes, real starts, overrun.

Items follow one another without a gap. A finished item keeps its real times. The one under way ends after its planned
and granted minutes; when those have passed it is expected to end with the minute that is running, so that what
follows slides by whole minutes and nothing on a page trembles. Items to come keep their length. Minutes by which the
whole meeting is extended lie after the last item.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from meetinghub.meetings.live import LiveState
from meetinghub.meetings.model import Segment

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Slot:
    """``planned_at`` as announced; ``starts_at`` and ``ends_at`` now expected, or real once begun and done."""

    segment: int
    state: str
    planned_at: datetime
    starts_at: datetime
    ends_at: datetime
    overrun: timedelta


@dataclass(frozen=True, slots=True)
class Timetable:
    slots: tuple[Slot, ...]
    ends_at: datetime

    @property
    def current(self) -> Slot | None:
        return next((slot for slot in self.slots if slot.state == "current"), None)


def timetable(segments: Sequence[Segment], state: LiveState, now: datetime) -> Timetable:
    """``segments`` in the agenda's order, as in ``state.agenda``."""
    planned_at = state.starts_at
    at = state.started_at or state.starts_at
    slots: list[Slot] = []
    for segment, run in zip(segments, state.agenda, strict=True):
        planned = timedelta(minutes=segment.minutes)
        allowed = planned + run.granted * MINUTE
        starts_at = run.started_at or at
        if run.ended_at is not None:
            at = run.ended_at
        elif run.started_at is not None:
            at = max(starts_at + allowed, whole_minute(now))
        else:
            at = starts_at + allowed
        overrun = max(at - starts_at - allowed, timedelta(0))
        slots.append(Slot(segment.id, run.state, planned_at, starts_at, at, overrun))
        planned_at += planned
    return Timetable(tuple(slots), state.ended_at or at + state.extended * MINUTE)


def whole_minute(moment: datetime) -> datetime:
    """The end of the minute that is running; a whole minute is its own end."""
    past = timedelta(seconds=moment.second, microseconds=moment.microsecond)
    return moment - past + MINUTE if past else moment
