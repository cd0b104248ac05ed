"""A meeting as it was planned. What happens in it later is in :mod:`meetinghub.meetings.live`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from meetinghub.meetings.lifecycle import State

MAIN = "main"
_ROOM = re.compile(r"meeting-([1-9]\d{0,17})")


def meeting_of_room(room: str) -> int | None:
    """The meeting a LiveKit room belongs to, or None when the room is none of ours."""
    found = _ROOM.fullmatch(room)
    return int(found[1]) if found else None


class Mode(StrEnum):
    """How committees take part: from their own rooms, by coming to the main venue, or some this way and some that."""

    VIDEO = "video"
    IN_PERSON = "in_person"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class Site:
    """A committee's place in a meeting. ``operator`` and ``phone``: who to call when it stays dark."""

    identity: str
    seat: int
    name: str
    committee_id: int
    operator: str
    phone: str


@dataclass(frozen=True, slots=True)
class Audience:
    """Roles x committees x business line; ``line`` empty means every line."""

    roles: tuple[str, ...]
    line: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """One department's stretch of the agenda; ``sites`` None means that it concerns all of them.

    ``audience`` None: everybody the meeting is for. ``pinned``: ``first`` or ``last`` keeps it at that end of the
    agenda, empty lets it move.
    """

    id: int
    department: str
    title: str
    speaker: str
    minutes: int
    sites: tuple[str, ...] | None = None
    department_id: int | None = None
    audience: Audience | None = None
    pinned: str = ""


@dataclass(frozen=True, slots=True)
class Meeting:
    """``chair`` is an account's name; ``count_in`` the seconds between calling a site and its microphone opening.

    ``capacity`` is how many minutes the meeting may take in all; 0 = as many as its agenda holds. ``claims_close_at``
    None: by the rule that holds for all meetings.
    """

    id: int
    title: str
    host: str
    place: str
    phone: str
    starts_at: datetime
    chair: str
    audience: Audience
    sites: tuple[Site, ...]
    segments: tuple[Segment, ...]
    count_in: int = 3
    host_department_id: int | None = None
    capacity: int = 0
    claims_close_at: datetime | None = None
    mode: Mode = Mode.VIDEO

    @property
    def minutes(self) -> int:
        return sum(segment.minutes for segment in self.segments)

    def site(self, identity: str) -> Site | None:
        return next((site for site in self.sites if site.identity == identity), None)


@dataclass(frozen=True, slots=True)
class Listing:
    """A meeting in a list: where it stands now, without its agenda's details. Times are expected or actual."""

    id: int
    title: str
    host: str
    place: str
    state: State
    starts_at: datetime
    ends_at: datetime
    sites: int
    segments: tuple[Segment, ...] = field(default=())

    def own_time(self, department_id: int | None, site: str | None) -> tuple[datetime, datetime] | None:
        """From when to when this department speaks or this site is asked for, as planned; None when not at all."""
        at, first, last = self.starts_at, None, None
        for segment in self.segments:
            end = at + timedelta(minutes=segment.minutes)
            asked = site is not None and (segment.sites is None or site in segment.sites)
            if asked or (department_id is not None and segment.department_id == department_id):
                first, last = first or at, end
            at = end
        return (first, last) if first is not None and last is not None else None
