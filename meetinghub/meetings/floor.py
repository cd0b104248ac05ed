"""Who may speak, and what everybody sees: the acts of chair, operator and sites.

The theory is BFCP's (RFC 8855) made simple: one floor, one holder, one chair. Sites ask for it by raising a hand; the
chair calls on any site that is connected, whether it asked or not. Calling one takes the floor from whoever had it. A
broadcast is a picture for everyone and gives nobody a voice. The chair's own microphone (``main``) never needs the
floor.

Each function looks at the state and answers with what has to be written, or raises :class:`Refused`. Answering
nothing means that it is so already: two consoles pressed the same button.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from meetinghub.errors import Invalid, NotFound, Refused
from meetinghub.ledger import payloads as p
from meetinghub.ledger.fact import Payload
from meetinghub.meetings.lifecycle import must_be_live
from meetinghub.meetings.live import LAYOUTS, LiveState
from meetinghub.meetings.model import MAIN

COUNT_IN_SECONDS = range(0, 11)
TOPIC_LENGTH = 60

Decision = tuple[Payload, ...]


def call_on(state: LiveState, site: str, now: datetime) -> Decision:
    must_be_live(state.state)
    must_know(state, site)
    if state.floor and state.floor.site == site:
        return ()
    if not state.online(site):
        raise Refused("floor.site_offline", site=site)
    return (p.FloorGranted(site, opens_at=now + timedelta(seconds=state.count_in)),)


def release(state: LiveState) -> Decision:
    must_be_live(state.state)
    return (p.FloorReleased(state.floor.site, "release"),) if state.floor else ()


def give_back(state: LiveState, site: str, *, later: bool) -> Decision:
    """A site has finished, or asks to be called ``later``."""
    must_be_live(state.state)
    if state.floor is None or state.floor.site != site:
        raise Refused("floor.not_holding")
    return (p.FloorReleased(site, "skip" if later else "done"),)


def mute_all(state: LiveState) -> Decision:
    must_be_live(state.state)
    return (p.AllMuted(),) if state.floor else ()


def broadcast(state: LiveState, site: str) -> Decision:
    must_be_live(state.state)
    must_know(state, site)
    if state.broadcast == site:
        return ()
    if not state.online(site):
        raise Refused("floor.site_offline", site=site)
    return (p.BroadcastStarted(site),)


def stop_broadcast(state: LiveState) -> Decision:
    must_be_live(state.state)
    return (p.BroadcastStopped(),) if state.broadcast else ()


def undo(state: LiveState) -> Decision:
    must_be_live(state.state)
    if not state.undo:
        raise Refused("floor.nothing_to_undo")
    return (p.ActUndone(state.undo[0].number),)


def set_count_in(state: LiveState, seconds: int) -> Decision:
    if seconds not in COUNT_IN_SECONDS:
        raise Invalid(fields={"seconds": "floor.count_in_out_of_range"})
    return (p.CountInSet(seconds),) if seconds != state.count_in else ()


def raise_hand(state: LiveState, site: str, topic: str) -> Decision:
    """``topic`` is shortened to one line of at most 60 characters."""
    must_be_live(state.state)
    must_know(state, site)
    if state.floor and state.floor.site == site:
        raise Refused("hand.has_floor")
    line = " ".join("".join(char if char.isprintable() else " " for char in topic).split())[:TOPIC_LENGTH].strip()
    hand = state.hand(site)
    return () if hand and hand.topic == line else (p.HandRaised(site, line),)


def lower_hand(state: LiveState, site: str, *, by_chair: bool) -> Decision:
    must_be_live(state.state)
    must_know(state, site)
    return (p.HandLowered(site, by_chair),) if state.hand(site) else ()


def lower_all_hands(state: LiveState) -> Decision:
    must_be_live(state.state)
    return (p.AllHandsLowered(),) if state.hands else ()


def set_layout(state: LiveState, layout: str, site: str | None) -> Decision:
    """The picture of the big screen; only ``single`` names a site."""
    if layout not in LAYOUTS:
        raise Invalid(fields={"layout": "layout.unknown"})
    if layout == "single" and site is None:
        raise Invalid(fields={"site": "layout.needs_site"})
    shown = site if layout == "single" else None
    if shown is not None and shown != MAIN:
        must_know(state, shown)
    return (p.LayoutSet(layout, shown),) if (layout, shown) != (state.layout, state.layout_site) else ()


def must_know(state: LiveState, site: str) -> None:
    """Raise :class:`NotFound` unless ``site`` is a committee's site of this meeting."""
    if site == MAIN or site not in state.presences:
        raise NotFound("meeting.no_such_site", site=site)
