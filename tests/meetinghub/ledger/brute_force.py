"""Presence and attendance second by second, from the words of ``docs/attendance.md`` alone: slow, and written without
a look at the real ones. Everything happens at whole seconds after the meeting's start."""

from __future__ import annotations

from collections.abc import Sequence

from meetinghub.ledger import payloads as p
from meetinghub.ledger.fact import Fact
from tests.meetinghub.ledger.histories import after_start

FAR = 10**9


def seconds_there(facts: Sequence[Fact], site: str, start: int, end: int, *, running: bool) -> set[int]:
    """The seconds s (from s until s + 1) of the window in which any connection of the site is there."""
    there: set[int] = set()
    for connection in _connections(facts, site):
        there |= {s for s in _believed(facts, connection, end, running) if start <= s < end}
    return there


def _connections(facts: Sequence[Fact], site: str) -> set[str]:
    return {f.payload.connection for f in facts if isinstance(f.payload, p.SiteJoined) and f.payload.site == site}


def _believed(facts: Sequence[Fact], connection: str, now: int, running: bool) -> set[int]:
    comings = [f.payload for f in facts if isinstance(f.payload, p.SiteJoined) and f.payload.connection == connection]
    came, room = min(after_start(each.occurred_at) for each in comings), comings[0].room
    goings = [
        (after_start(f.payload.occurred_at), f.payload.reason)
        for f in facts
        if isinstance(f.payload, p.SiteLeft) and f.payload.connection == connection
    ]
    told = [at for at, reason in goings if reason != "LOST" and at >= came]
    noticed = [at for at, reason in goings if reason == "LOST" and at >= came]
    for fact in facts:
        if isinstance(fact.payload, p.RoomFinished) and fact.payload.room == room:
            told += [at for at in [after_start(fact.payload.occurred_at)] if at >= came]
    replaced = [
        after_start(f.payload.occurred_at)
        for f in facts
        if isinstance(f.payload, p.RoomStarted) and f.payload.room != room
    ]
    over = min([FAR, *told])
    superseded = min([FAR, *(at for at in replaced if at > came)])
    last_word = min(over, superseded)
    heard = {came}
    for fact in facts:
        if isinstance(fact.payload, p.ConnectionsSeen) and connection in fact.payload.connections:
            heard.add(after_start(fact.at))
    heard |= set(noticed)
    if over <= superseded and over < FAR:
        heard.add(over)
    heard = {at for at in heard if came <= at <= last_word}
    patience = 45 if any(isinstance(f.payload, p.ConnectionsSeen) for f in facts) else FAR
    believed: set[int] = set()
    for at in sorted(heard):
        following = [other for other in heard if other > at]
        if following and min(following) - at <= patience:
            believed |= set(range(at, min(following)))
    last = max(heard)
    open_ended = last_word == FAR and (not noticed or max(noticed) < last)
    if running and open_ended and now - last <= patience:
        believed |= set(range(last, now))
    return believed


def status(there: set[int], part: tuple[int, int] | None, late: int, early: int, per_cent: int, excused: bool) -> str:
    if part is None:
        return "not asked"
    inside = sorted(s for s in there if part[0] <= s < part[1])
    if not inside:
        return "excused" if excused else "absent"
    if len(inside) / (part[1] - part[0]) < per_cent / 100:
        return "brief"
    if inside[0] - part[0] > late:
        return "late"
    if part[1] - (inside[-1] + 1) > early:
        return "left_early"
    return "present"
