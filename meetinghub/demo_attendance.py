"""Who was there in the demonstration's past meetings, all invented: most rooms all the time, some late, one cut off.

The same each time: what a newcomer reads about in the instructions is what is on the screen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from meetinghub.ledger import payloads as p
from meetinghub.ledger.fact import Payload
from meetinghub.meetings.model import Meeting, Site

CODES = ("duty", "leave", "training")
"""Why a person was excused, in turn."""


@dataclass(frozen=True, slots=True)
class Said:
    at: datetime
    by: str
    payload: Payload


@dataclass(frozen=True, slots=True)
class _Course:
    """Seconds after the start (``came``) and before the end (``left``); ``cut``: when it was gone, and how long."""

    came: int
    left: int = 0
    cut: tuple[tuple[int, int], ...] = ()


def facts(meeting: Meeting, start: datetime, end: datetime, staff: Mapping[str, Sequence[int]]) -> list[Said]:
    """What was said of the sites between ``start`` and ``end``; ``staff``: numbers of the people each could tick."""
    found: list[Said] = []
    for site in meeting.sites:
        course = _course(meeting.id, site.seat)
        if course is None:
            if (site.seat + meeting.id) % 2:
                at = start - timedelta(hours=2)
                found.append(Said(at, "operator", p.SiteExcused(site.identity, "会场停电检修")))
            continue
        found += _presence(meeting, site, course, start, end)
        found.append(_answer(meeting, site, start, staff[site.identity]))
    return found


def _course(meeting: int, seat: int) -> _Course | None:
    """None: the site did not come at all."""
    turn = (seat * 7 + meeting * 11) % 33
    early = -60 - (seat * 37 + meeting * 53) % 540
    match turn:
        case 3 | 20:
            return None
        case 8:
            return _Course(came=8 * 60 + 20)
        case 14:
            return _Course(came=early, left=9 * 60)
        case 26:
            return _Course(came=early, cut=((11 * 60, 48), (19 * 60, 24)))
        case 31:
            return _Course(came=early, cut=((6 * 60, 170),))
        case _:
            return _Course(came=early)


def _presence(meeting: Meeting, site: Site, course: _Course, start: datetime, end: datetime) -> list[Said]:
    came, last = start + timedelta(seconds=course.came), end - timedelta(seconds=course.left)
    closed = end + timedelta(seconds=1)
    room, found, number = f"RM_demo_{meeting.id}", [], 1
    for after, lasted in (*course.cut, (None, 0)):
        until = last if after is None else start + timedelta(seconds=after)
        if until > last:
            continue
        connection = f"PA_demo_{meeting.id}_{site.seat}_{number}"
        reason = "CONNECTION_TIMEOUT" if after is not None else "CLIENT_INITIATED" if course.left else "ROOM_DELETED"
        until = closed if reason == "ROOM_DELETED" else until
        found.append(Said(came, "", p.SiteJoined(site.identity, connection, room, came)))
        found.append(Said(until, "", p.SiteLeft(site.identity, connection, room, until, reason)))
        came, number = until + timedelta(seconds=lasted), number + 1
    return found


def _answer(meeting: Meeting, site: Site, start: datetime, staff: Sequence[int]) -> Said:
    """One of four rooms has somebody excused, one of five has guests; ticked a few minutes after the start."""
    turn = site.seat + meeting.id
    away = staff[-1:] if turn % 4 == 0 and len(staff) > 1 else ()
    there = tuple(number for number in staff if number not in away)
    ticked = p.RosterTicked(
        site.identity, there, 2 if turn % 5 == 0 else 0, tuple(away), tuple(CODES[turn % 3] for _ in away)
    )
    return Said(start + timedelta(minutes=2, seconds=site.seat * 7), site.identity, ticked)
