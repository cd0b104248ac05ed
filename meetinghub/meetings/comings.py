"""Who came and went, as facts. However often and by whatever way it is told, each coming and going is written once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from meetinghub.ledger import payloads as p
from meetinghub.ledger.fact import NewFact
from meetinghub.meetings.desired import takes_part
from meetinghub.meetings.live import LiveState
from meetinghub.meetings.locks import Present

NEW = timedelta(seconds=10)
"""A connection younger than this may be missing from a listing that was made while it came."""


def came(site: str, connection: str, room: str, at: datetime) -> NewFact:
    return NewFact(p.SiteJoined(site, connection, room, at), key=f"joined:{connection}")


def went(site: str, connection: str, room: str, at: datetime, reason: str) -> NewFact:
    return NewFact(p.SiteLeft(site, connection, room, at, reason), key=f"left:{connection}")


def room_began(room: str, at: datetime) -> NewFact:
    return NewFact(p.RoomStarted(room, at), key=f"began:{room}")


def room_ended(room: str, at: datetime) -> NewFact:
    return NewFact(p.RoomFinished(room, at), key=f"ended:{room}")


def missed(
    state: LiveState, room: str, listed: Sequence[Present], now: datetime, absent_before: frozenset[str]
) -> list[NewFact]:
    """What nobody told us: the comings and goings that explain why the media server lists others than ``state``.

    A going is believed when the connection was absent from the listing before this one too: the news with its true time
    is often on its way, for instance while web was being restarted.
    """
    facts: list[NewFact] = []
    for present in listed:
        if takes_part(present.identity, state):
            known = state.presences[present.identity]
            if present.sid != known.gone and (present.sid != known.connection or not known.online):
                facts.append(came(present.identity, present.sid, room, now - present.age))
    gone = absent_before & absent(state, listed, now)
    for site, known in state.presences.items():
        if known.connection in gone:
            facts.append(went(site, known.connection, known.room, now, "LOST"))
    return facts


def absent(state: LiveState, listed: Sequence[Present], now: datetime) -> frozenset[str]:
    """Connections that are said to be there, and are not listed although they are not new."""
    there = {present.sid for present in listed}
    return frozenset(
        known.connection
        for known in state.presences.values()
        if known.joined_at is not None
        and known.online
        and known.connection not in there
        and now - known.joined_at > NEW
    )
