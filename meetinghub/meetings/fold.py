"""Facts → live state. Folding one fact at a time or all at once gives the same state.

What can be undone. Acts of the chair over floor, broadcast, hands and agenda, and a site giving the floor back, are
kept on a short stack with what they changed; undo takes the newest one off and puts that back. Nothing else changes
floor, broadcast or the agenda's course, so taking back the newest is exact. Only hands move on their own meanwhile:
those that went up since stay, those an act had lowered return to their old places.

A connection that drops changes nothing but its presence: seat, floor, broadcast and the place in the line stay.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from meetinghub.ledger import payloads as p
from meetinghub.ledger.fact import Fact
from meetinghub.ledger.presence import NOTICED
from meetinghub.meetings import rollcall
from meetinghub.meetings.lifecycle import Event, after
from meetinghub.meetings.live import Beat, Check, Floor, Hand, LiveState, Presence, Recent, Run, Undo

RECENT = 8
UNDOABLE = 16


def fold(state: LiveState, facts: Iterable[Fact]) -> LiveState:
    for fact in facts:
        state = apply(state, fact)
    return state


def apply(state: LiveState, fact: Fact) -> LiveState:
    """The state after one more fact of this meeting; facts of other subjects only move the revision.

    A heartbeat moves it only when it shows a connection again that had been given up.
    """
    if isinstance(fact.payload, p.ConnectionsSeen):
        return replace(_seen(state, fact), beat=Beat(fact.at, fact.payload.connections), folded=fact.number)
    changed = _meeting(state, fact) or _floor(state, fact) or _agenda(state, fact) or _presence(state, fact) or state
    return replace(_roll(changed, fact), revision=fact.number, folded=fact.number)


def _roll(state: LiveState, fact: Fact) -> LiveState:
    """Roll call stands beside everything else: nothing in it is undone by undo, only by another act."""
    changed = replace(state, roll=rollcall.after(state.roll, fact))
    match fact.payload:
        case p.RollCallOpened():
            return _noted(changed, fact, "roll_open")
        case p.RollCallClosed():
            return _noted(changed, fact, "roll_close")
        case p.RollCallReminded(sites=sites):
            return _noted(changed, fact, "remind", site=sites[0] if len(sites) == 1 else None)
        case p.HeadcountReported(site=site):
            return _noted(changed, fact, "count", site=site)
        case p.SiteExcused(site=site):
            return _noted(changed, fact, "excuse", site=site)
        case p.SiteExcuseWithdrawn(site=site):
            return _noted(changed, fact, "unexcuse", site=site)
        case _:
            return changed


def _meeting(state: LiveState, fact: Fact) -> LiveState | None:
    match fact.payload:
        case p.MeetingPlanned(attendance_rule=rule):
            return replace(state, attendance_rule=rule)
        case p.MeetingStarted():
            started = replace(state, state=after(state.state, Event.START), started_at=fact.at)
            return _noted(started, fact, "start")
        case p.MeetingEnded():
            agenda = tuple(replace(run, ended_at=fact.at) if run.state == "current" else run for run in state.agenda)
            ended = replace(state, state=after(state.state, Event.END), ended_at=fact.at, agenda=agenda)
            return _noted(replace(ended, floor=None, broadcast=None, hands=(), undo=()), fact, "end")
        case p.MeetingExtended(minutes=minutes):
            extended = state.extended + minutes
            return _noted(replace(state, state=after(state.state, Event.EXTEND), extended=extended), fact, "extend")
        case p.MeetingPostponed(starts_at=starts_at, reason=reason):
            following = after(state.state, Event.POSTPONE)
            return _noted(replace(state, state=following, starts_at=starts_at, reason=reason), fact, "postpone")
        case p.MeetingCancelled(reason=reason):
            following = after(state.state, Event.CANCEL)
            return _noted(replace(state, state=following, cancelled_at=fact.at, reason=reason), fact, "cancel")
        case p.ChairHandedOver(account=account):
            return _noted(replace(state, chair=account), fact, "chair")
        case p.CountInSet(seconds=seconds):
            return _noted(replace(state, count_in=seconds), fact, "count_in")
        case p.LayoutSet(layout=layout, site=site):
            return _noted(replace(state, layout=layout, layout_site=site), fact, "layout", site=site)
        case _:
            return None


def _floor(state: LiveState, fact: Fact) -> LiveState | None:
    match fact.payload:
        case p.FloorGranted(site=site, opens_at=opens_at):
            hand = state.hand(site)
            floor = Floor(site, fact.at, opens_at, hand)
            changed = replace(state, floor=floor, hands=_without(state.hands, site))
            return _undoable(state, changed, fact, "call_on", site=site, hands=(hand,) if hand else ())
        case p.FloorReleased(site=site, how=how):
            raised = _back_in_line(state, fact) if how == "skip" else None
            hands = (*_without(state.hands, site), raised) if raised else state.hands
            return _undoable(state, replace(state, floor=None, hands=hands), fact, how, site=site, raised=raised)
        case p.AllMuted():
            site_or_none = state.floor.site if state.floor else None
            return _undoable(state, replace(state, floor=None), fact, "mute_all", site=site_or_none)
        case p.BroadcastStarted(site=site):
            return _undoable(state, replace(state, broadcast=site), fact, "broadcast", site=site)
        case p.BroadcastStopped():
            return _undoable(state, replace(state, broadcast=None), fact, "stop_broadcast", site=state.broadcast)
        case p.ActUndone():
            return _undone(state, fact)
        case p.HandRaised(site=site, topic=topic):
            return _raised(state, Hand(fact.number, site, fact.at, topic))
        case p.HandLowered(site=site, by_chair=by_chair):
            hand = state.hand(site)
            changed = replace(state, hands=_without(state.hands, site))
            if not by_chair:
                return changed
            return _undoable(state, changed, fact, "lower", site=site, hands=(hand,) if hand else ())
        case p.AllHandsLowered():
            return _undoable(state, replace(state, hands=()), fact, "lower_all", hands=state.hands)
        case _:
            return None


def _agenda(state: LiveState, fact: Fact) -> LiveState | None:
    match fact.payload:
        case p.SegmentStarted(segment=segment):
            first = state.current is None
            changed = replace(state, agenda=tuple(_turned(run, segment, fact.at) for run in state.agenda))
            return changed if first else _undoable(state, changed, fact, "next", segment=segment)
        case p.SegmentEnded(segment=segment):
            changed = replace(state, agenda=tuple(_turned(run, None, fact.at) for run in state.agenda))
            return _undoable(state, changed, fact, "next", segment=segment)
        case p.SegmentTimeGranted(segment=segment, minutes=minutes):
            agenda = tuple(
                replace(run, granted=run.granted + minutes) if run.segment == segment else run for run in state.agenda
            )
            return _undoable(state, replace(state, agenda=agenda), fact, "grant", segment=segment)
        case p.SegmentSpeakerWarned(segment=segment):
            agenda = tuple(replace(run, warned_at=fact.at) if run.segment == segment else run for run in state.agenda)
            return _noted(replace(state, agenda=agenda), fact, "warn", segment=segment)
        case _:
            return None


def _presence(state: LiveState, fact: Fact) -> LiveState | None:
    match fact.payload:
        case p.SiteJoined(site=site, connection=connection, room=room, occurred_at=at):
            before = state.presences.get(site, Presence())
            if connection == before.gone:  # its leaving was told first
                return state
            joined = Presence(connection, room, joined_at=at, gone=before.gone)
            return replace(state, presences={**state.presences, site: joined})
        case p.SiteLeft(site=site, connection=connection, occurred_at=at, reason=reason):
            before, noticed = state.presences.get(site, Presence()), reason == NOTICED
            if noticed and connection == before.gone:  # its leaving was told first
                return state
            left = at if connection == before.connection else before.left_at
            gone = replace(before, left_at=left, gone=connection, noticed=noticed)
            return replace(state, presences={**state.presences, site: gone})
        case p.SiteChecked(site=site, failed=failed):
            return replace(state, checks={**state.checks, site: Check(fact.at, failed)})
        case p.RoomStarted(room=room, occurred_at=at):
            return _left_behind(state, at, staying=room)
        case p.RoomFinished(room=room, occurred_at=at):
            return _left_behind(state, at, leaving=room)
        case _:
            return None


def _seen(state: LiveState, fact: Fact) -> LiveState:
    """A connection that was given up because listings lacked it, and is listed again, had never left."""
    assert isinstance(fact.payload, p.ConnectionsSeen)
    back = {
        site: replace(presence, left_at=None, gone="", noticed=False)
        for site, presence in state.presences.items()
        if presence.noticed and presence.gone == presence.connection and presence.gone in fact.payload.connections
    }
    return replace(state, presences={**state.presences, **back}, revision=fact.number) if back else state


def _left_behind(state: LiveState, at: datetime, *, staying: str = "", leaving: str = "") -> LiveState:
    """A media server that died tells nobody who left: connections of a room that is no more have ended with it."""
    presences = {
        site: replace(presence, left_at=at)
        if presence.online and (presence.room == leaving if leaving else presence.room != staying)
        else presence
        for site, presence in state.presences.items()
    }
    return replace(state, presences=presences)


def _turned(run: Run, segment: int | None, at: datetime) -> Run:
    if run.segment == segment:
        return replace(run, started_at=at, ended_at=None)
    return replace(run, ended_at=at) if run.state == "current" else run


def _raised(state: LiveState, hand: Hand) -> LiveState:
    before = state.hand(hand.site)
    if before is None:
        return replace(state, hands=(*state.hands, hand))
    kept = replace(before, topic=hand.topic)  # asking again changes the question, not the place
    return replace(state, hands=tuple(kept if each.site == hand.site else each for each in state.hands))


def _back_in_line(state: LiveState, fact: Fact) -> Hand | None:
    """The hand a site gets back, last in line, when it asks to be called later."""
    answered = state.floor.hand if state.floor else None
    return Hand(fact.number, answered.site, fact.at, answered.topic) if answered else None


def _without(hands: tuple[Hand, ...], site: str | None) -> tuple[Hand, ...]:
    return tuple(hand for hand in hands if hand.site != site)


def _noted(state: LiveState, fact: Fact, act: str, *, site: str | None = None, segment: int | None = None) -> LiveState:
    return replace(state, recent=(Recent(fact.at, fact.actor, act, site, segment), *state.recent)[:RECENT])


def _undoable(
    before: LiveState,
    changed: LiveState,
    fact: Fact,
    act: str,
    *,
    site: str | None = None,
    segment: int | None = None,
    hands: tuple[Hand, ...] = (),
    raised: Hand | None = None,
) -> LiveState:
    undo = Undo(fact.number, act, site, segment, before.floor, before.broadcast, before.agenda, hands, raised)
    noted = _noted(changed, fact, act, site=site, segment=segment)
    return replace(noted, undo=(undo, *before.undo)[:UNDOABLE])


def _undone(state: LiveState, fact: Fact) -> LiveState:
    last, *older = state.undo
    warned = {run.segment: run.warned_at for run in state.agenda}
    agenda = tuple(replace(run, warned_at=warned[run.segment]) for run in last.agenda)
    returned = {hand.site for hand in last.hands}
    taken_back = last.raised.number if last.raised else None
    holder = last.floor.site if last.floor else None  # a hand it raised since is answered by this
    hands = (*last.hands, *(h for h in state.hands if h.site not in returned and h.number != taken_back))
    restored = replace(
        state,
        floor=last.floor,
        broadcast=last.broadcast,
        agenda=agenda,
        hands=tuple(sorted(_without(hands, holder), key=lambda hand: hand.number)),
        undo=tuple(older),
    )
    return _noted(restored, fact, "undo", site=last.site, segment=last.segment)
