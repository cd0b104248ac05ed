"""Facts → when each site was there. Server time only; what counts is written down in ``docs/attendance.md``.

A connection is there from its coming to its going. In between it gives **signs**: its coming, every heartbeat that
lists it, the last listing it was in, its going. Two signs no more than :data:`SILENCE` apart have no silence between
them; a longer silence is a gap, from the earlier sign to the later one. What the media server told (a going, the end of
a room) is itself a sign, and nothing comes after it. What was only noticed (a connection missing from the listings, a
new room in the place of the old one) is none: there the connection ends at its last sign.

The order of the facts does not matter, and neither does how often one is told: late news gives the same presence.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from meetinghub.ledger import payloads as p
from meetinghub.ledger.fact import Fact

SILENCE = timedelta(seconds=45)
"""How long a connection is believed to be there without a sign: three heartbeats."""
RESOLUTION = timedelta(seconds=1)
"""The media server's news has whole seconds: a gap shorter than this, from one connection to the next, is none."""
NOTICED = "LOST"
"""The reason of a going that nobody told: its time is that of the last listing the connection was in."""


class Ending(StrEnum):
    """Why a stretch of presence ended."""

    LEFT = "left"
    REMOVED = "removed"
    DROPPED = "dropped"
    """The media server noticed that the line was gone, or the connection failed."""
    TIMEOUT = "timeout"
    LOST = "lost"
    ROOM = "room"
    """The room ended, or the media server did."""
    MEETING = "meeting"
    """It was still there when the meeting ended (or is, now)."""


_TOLD = {
    "CLIENT_INITIATED": Ending.LEFT,
    "PARTICIPANT_REMOVED": Ending.REMOVED,
    "SERVER_SHUTDOWN": Ending.ROOM,
    "ROOM_DELETED": Ending.ROOM,
    "ROOM_CLOSED": Ending.ROOM,
}
"""LiveKit's DisconnectReason; whatever is not here is :attr:`Ending.DROPPED`."""


@dataclass(frozen=True, slots=True)
class Window:
    """A meeting from its actual start to its actual end; while it is ``running``, ``end`` is now."""

    start: datetime
    end: datetime
    running: bool = False


@dataclass(frozen=True, slots=True)
class Interval:
    start: datetime
    end: datetime
    ended_by: Ending

    @property
    def length(self) -> timedelta:
        return self.end - self.start


@dataclass(slots=True)
class _Connection:
    """``told``: the earliest going the media server told, and its reason; ``missed``: the last listings it was in
    before it was missing; ``runs``: first and last of the heartbeats that list it without a silence."""

    site: str
    room: str
    joined: datetime
    told: tuple[datetime, Ending] | None = None
    missed: list[datetime] = field(default_factory=list)
    runs: list[list[int]] = field(default_factory=list)


@dataclass(slots=True)
class _Gathered:
    connections: dict[str, _Connection]
    beats: list[tuple[datetime, tuple[str, ...]]]
    times: list[datetime]
    began: list[tuple[datetime, str]]
    ended: dict[str, list[datetime]]


def presences(facts: Iterable[Fact], sites: Collection[str], window: Window) -> dict[str, tuple[Interval, ...]]:
    """When each of ``sites`` was there within ``window``: disjoint intervals in order, over all its connections."""
    gathered = _gather(facts, frozenset(sites))
    found: dict[str, list[Interval]] = {site: [] for site in sites}
    for connection in gathered.connections.values():
        found[connection.site] += _stretches(connection, gathered, window)
    return {site: tuple(_clipped(_united(stretches), window)) for site, stretches in found.items()}


def gaps(intervals: Sequence[Interval], start: datetime, end: datetime) -> tuple[tuple[datetime, datetime], ...]:
    """What of ``start`` … ``end`` the (disjoint, ordered) intervals leave out."""
    found, at = [], start
    for each in intervals:
        if each.start >= end:
            break
        if each.start > at:
            found.append((at, each.start))
        at = max(at, each.end)
    if at < end:
        found.append((at, end))
    return tuple(found)


def _gather(facts: Iterable[Fact], sites: frozenset[str]) -> _Gathered:
    connections: dict[str, _Connection] = {}
    goings: list[p.SiteLeft] = []
    gathered = _Gathered(connections, [], [], [], {})
    for fact in facts:
        match fact.payload:
            case p.ConnectionsSeen(connections=seen):
                gathered.beats.append((fact.at, seen))
            case p.SiteJoined(site=site, connection=name, room=room, occurred_at=at) if site in sites:
                known = connections.setdefault(name, _Connection(site, room, at))
                known.joined = min(known.joined, at)
            case p.SiteLeft() as going:
                goings.append(going)
            case p.RoomStarted(room=room, occurred_at=at):
                gathered.began.append((at, room))
            case p.RoomFinished(room=room, occurred_at=at):
                gathered.ended.setdefault(room, []).append(at)
            case _:
                pass
    for going in goings:
        _go(connections.get(going.connection), going)
    gathered.beats.sort(key=lambda beat: beat[0])
    gathered.times = [at for at, _ in gathered.beats]
    _spread(gathered)
    return gathered


def _go(connection: _Connection | None, going: p.SiteLeft) -> None:
    """A going without a coming, or before it, is nothing."""
    at = going.occurred_at
    if connection is None or at < connection.joined:
        return
    if going.reason == NOTICED:
        connection.missed.append(at)
        return
    told = (at, _TOLD.get(going.reason, Ending.DROPPED))
    connection.told = told if connection.told is None else min(connection.told, told)


def _spread(gathered: _Gathered) -> None:
    """Give each connection its heartbeats.

    Beats are many and change rarely: comparing two lists is cheap, handing out each beat 34 times is not.
    """
    beats, first, silent = gathered.beats, 0, True
    for index in range(1, len(beats) + 1):
        follows = index < len(beats) and beats[index][0] - beats[index - 1][0] <= SILENCE
        if follows and beats[index][1] == beats[first][1]:
            continue
        for name in beats[first][1]:
            connection = gathered.connections.get(name)
            if connection is None:
                continue
            runs = connection.runs
            if runs and runs[-1][1] == first - 1 and not silent:
                runs[-1][1] = index - 1
            else:
                runs.append([first, index - 1])
        first, silent = index, not follows


def _stretches(connection: _Connection, gathered: _Gathered, window: Window) -> list[Interval]:
    """One connection's presence, before it is clipped to the window."""
    told = _told(connection, gathered)
    until = told[0] if told else None
    replaced = _replaced(connection, gathered)
    if replaced is not None and (until is None or replaced < until):
        told, until = None, replaced
    signs = _signs(connection, gathered, until)
    if told:
        signs.append((told[0], told[0]))
    silence = SILENCE if gathered.beats else timedelta.max
    found: list[Interval] = []
    (start, end), *later = sorted(signs)
    for first, last in later:
        if first - end > silence:
            found.append(Interval(start, end, Ending.TIMEOUT))
            start = first
        end = max(end, last)
    if told:
        return [*found, Interval(start, end, told[1])]
    if replaced is not None and until == replaced:
        return [*found, Interval(start, end, Ending.ROOM)]
    if connection.missed and max(connection.missed) >= end:
        return [*found, Interval(start, end, Ending.LOST)]
    if window.running and window.end - end <= silence:
        return [*found, Interval(start, max(end, window.end), Ending.MEETING)]
    return [*found, Interval(start, end, Ending.TIMEOUT)]


def _told(connection: _Connection, gathered: _Gathered) -> tuple[datetime, Ending] | None:
    """The end that the media server told: the connection's own going, or its room's end."""
    ends = [(at, Ending.ROOM) for at in gathered.ended.get(connection.room, ()) if at >= connection.joined]
    if connection.told:
        ends.append(connection.told)
    return min(ends, default=None)


def _replaced(connection: _Connection, gathered: _Gathered) -> datetime | None:
    """When another room began in the place of this connection's: a media server that died tells nobody."""
    others = (at for at, room in gathered.began if at > connection.joined and room != connection.room)
    return min(others, default=None)


def _signs(connection: _Connection, gathered: _Gathered, until: datetime | None) -> list[tuple[datetime, datetime]]:
    """Spans without a silence from the coming on, the last of them at ``until`` or before."""
    joined, times = connection.joined, gathered.times
    signs = [(joined, joined), *((at, at) for at in connection.missed if until is None or at <= until)]
    for first, last in connection.runs:
        if times[first] < joined:
            first = bisect_left(times, joined, first, last + 1)
        if until is not None and times[last] > until:
            last = bisect_right(times, until, first, last + 1) - 1
        if first <= last:
            signs.append((times[first], times[last]))
    return signs


def _united(stretches: list[Interval]) -> list[Interval]:
    """Overlapping or touching ones become one, which ends as the last of them does."""
    found: list[Interval] = []
    for each in sorted(stretches, key=lambda interval: (interval.start, interval.end)):
        if found and each.start - found[-1].end < RESOLUTION:
            if each.end >= found[-1].end:
                found[-1] = Interval(found[-1].start, each.end, each.ended_by)
        else:
            found.append(each)
    return found


def _clipped(intervals: list[Interval], window: Window) -> Iterable[Interval]:
    for each in intervals:
        start, end = max(each.start, window.start), min(each.end, window.end)
        if start < end:
            yield replace(each, start=start, end=end, ended_by=Ending.MEETING if each.end > end else each.ended_by)
