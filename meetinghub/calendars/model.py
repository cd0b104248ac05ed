"""What calendars show: sittings, whose calendar it is, and when somebody's own part is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from meetinghub.meetings.lifecycle import State
from meetinghub.meetings.model import Audience, Mode, Segment
from meetinghub.people.model import Role


class Kind(StrEnum):
    """Whose meetings a feed shows. ``SITE`` is a committee's room, ``VENUE`` a main venue."""

    PERSON = "person"
    COMMITTEE = "committee"
    DEPARTMENT = "department"
    SITE = "site"
    VENUE = "venue"


@dataclass(frozen=True, slots=True)
class Scope:
    """``subject``: an account's, committee's or department's number, or a venue's name."""

    kind: Kind
    subject: str

    @property
    def number(self) -> int | None:
        """``subject`` as a number; None when it is none."""
        known = self.subject.isascii() and self.subject.isdigit() and len(self.subject) <= 9
        return int(self.subject) if known else None


@dataclass(frozen=True, slots=True)
class Planned:
    """A meeting as it stands. Times are expected or actual; ``seats``: committees that take part → their seats.

    ``revision`` counts its changes from 0 and ``changed_at`` is the last one's time, both from its facts; ``reason`` is
    the last postponement's or the cancellation's. ``arranged``: when somebody gave which reason for
    changing the agenda. ``final``: the host closed it.
    """

    id: int
    title: str
    host: str
    host_department_id: int | None
    place: str
    phone: str
    chair: str
    state: State
    starts_at: datetime
    ends_at: datetime
    audience: Audience
    segments: tuple[Segment, ...]
    seats: Mapping[int, int]
    revision: int
    changed_at: datetime
    reason: str
    arranged: tuple[tuple[datetime, str], ...] = ()
    final: bool = False
    mode: Mode = Mode.VIDEO


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whose calendar it is. Only a person has ``roles``, ``lines`` and a ``username``, which may be a chair's."""

    scope: Scope
    name: str
    username: str = ""
    department: int | None = None
    committee: int | None = None
    seat: int | None = None
    roles: tuple[Role, ...] = ()
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """From when to when somebody is needed. ``role`` empty: the reader's own; ``line`` narrows line workers."""

    starts_at: datetime
    ends_at: datetime
    role: str = ""
    line: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the agenda."""

    starts_at: datetime
    ends_at: datetime
    title: str
    department: str


@dataclass(frozen=True, slots=True)
class Sitting:
    """A meeting as one calendar shows it. ``parts`` are those of whoever looks; empty: all of it concerns them."""

    meeting: int
    title: str
    host: str
    place: str
    phone: str
    starts_at: datetime
    ends_at: datetime
    sites: int
    items: tuple[Item, ...]
    revision: int
    changed_at: datetime
    cancelled: bool = False
    reason: str = ""
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as its owner sees it again: everything but the address. ``fetched_at`` is kept by the hour."""

    id: int
    account: int
    scope: Scope
    language: str
    made_at: datetime
    fetched_at: datetime | None
