"""Who came and went, as facts. However often and by whatever way it is told, each coming and going is written once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from meetinghub.ledger import payloads as p
from meetinghub.ledger.fact import NewFact
from meetinghub.ledger.presence import NOTICED
from meetinghub.meetings.desired import takes_part
from meetinghub.meetings.live import LiveState, Presence
from meetinghub.meetings.locks import Present

NEW = timedelta(seconds=10)
"""A connection younger than this may be missing from a listing that was made while it came."""
BELIEVED = timedelta(seconds=10)
"""A connection that listings have lacked for so long is gone, whether anybody told us or not."""


def came(site: str, connection: str, room: str, at: datetime) -> NewFact:
    return NewFact(p.SiteJoined(site, connection, room, at), key=f"joined:{connection}")


def went(site: str, connection: str, room: str, at: datetime, reason: str) -> NewFact:
    """A going that was told, or with the reason ``LOST`` one that was only noticed: then the news may still come."""
    key = "lost" if reason == NOTICED else "left"
    return NewFact(p.SiteLeft(site, connection, room, at, reason), key=f"{key}:{connection}")


def room_began(room: str, at: datetime) -> NewFact:
    return NewFact(p.RoomStarted(room, at), key=f"began:{room}")


def room_ended(room: str, at: datetime) -> NewFact:
    return NewFact(p.RoomFinished(room, at), key=f"ended:{room}")


def heartbeat(state: LiveState, room: str, listed: Iterable[Present]) -> NewFact | None:
    """One fact for all who are there; None when nobody is who takes part."""
    connections = sorted(present.sid for present in listed if takes_part(present.identity, state))
    return NewFact(p.ConnectionsSeen(room, tuple(connections))) if connections else None


class Listings:
    """What the media server's listings showed so far, and what of it nobody told us."""

    def __init__(self) -> None:
        self._seen: dict[str, datetime] = {}  # connection → the last listing it was in
        self._missing: dict[str, datetime] = {}  # connection → the first listing that lacked it

    def missed(self, state: LiveState, room: str, listed: Sequence[Present], now: datetime) -> list[NewFact]:
        """The comings and goings that explain why the media server lists others than ``state``.

        A going is believed when the connection has been missing for :data:`BELIEVED`: the news with its true time is
        often on its way, for instance while web was being restarted. Until that comes, it counts as gone since the last
        listing it was in.
        """
        facts = [
            came(present.identity, present.sid, room, now - present.age)
            for present in listed
            if takes_part(present.identity, state) and _unknown(state.presences[present.identity], present.sid)
        ]
        absent = {
            known.connection: site
            for site, known in state.presences.items()
            if _expected(known, now) and all(present.sid != known.connection for present in listed)
        }
        self._missing = {connection: self._missing.get(connection, now) for connection in absent}
        for connection, since in self._missing.items():
            if now - since >= BELIEVED:
                site = absent[connection]
                facts.append(went(site, connection, state.presences[site].room, self._last(state, site), NOTICED))
        self._seen = {each: at for each, at in self._seen.items() if each in absent}
        self._seen.update((present.sid, now) for present in listed)
        return facts

    def _last(self, state: LiveState, site: str) -> datetime:
        """The last listing that a site's connection was in, as far as this process or the facts remember."""
        known, beat = state.presences[site], state.beat
        assert known.joined_at is not None
        if known.connection in self._seen:
            return self._seen[known.connection]
        return max(beat.at, known.joined_at) if beat and known.connection in beat.connections else known.joined_at


def _unknown(known: Presence, connection: str) -> bool:
    return connection != known.gone and (connection != known.connection or not known.online)


def _expected(known: Presence, now: datetime) -> bool:
    """Whether a listing must show it: it is said to be there, and is not new."""
    return known.joined_at is not None and known.online and now - known.joined_at > NEW
