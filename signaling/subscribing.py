"""Subscribing: who receives what. A subscription is a wish; ``negotiating`` finds a section for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from livekit.protocol import models, rtc
from livekit.protocol.room import UpdateSubscriptionsRequest

from signaling import protocol
from signaling.effects import CloseFeed, ConfigureFeed, Effect, Send
from signaling.media.interface import Quality
from signaling.model import Settings, Subscription, Track
from signaling.state import Audience, Moment, Participant, RoomState

_QUALITIES = frozenset(map(int, Quality))  # protobuf lets unknown numbers through


def wish(state: RoomState, p: Participant, now: Moment) -> None:
    """A subscription waits for a section: the client will be asked for an offer, the first time at once: somebody
    who is given the floor is waited for."""
    limits = state.limits
    _ask_at(p, max(now.mono + limits.negotiation_gather, p.last_asked + limits.negotiation_interval))


def release(state: RoomState, p: Participant, now: Moment) -> None:
    """A section carries nothing any more. Nothing is lost while it stays as it is, so this can wait."""
    _ask_at(p, now.mono + state.limits.retire_delay)


def _ask_at(p: Participant, when: float) -> None:
    if p.offered and (p.offer_due is None or p.offer_due > when):
        p.offer_due = when


def allowed(state: RoomState, p: Participant, track: Track) -> bool:
    publisher = state.participants.get(track.publisher)
    return (
        publisher is not None
        and publisher.visible
        and p.sid != track.publisher
        and p.permission.can_subscribe
        and publisher.audience.allows(p, track.sid)
    )


def published(state: RoomState, track: Track, now: Moment) -> list[Effect]:
    """A new track: those who subscribe automatically now wish for it."""
    for p in state.others(track.publisher):
        if p.auto_subscribe and p.permission.can_subscribe and track.sid not in p.declined:
            p.subscriptions.setdefault(track.sid, Subscription(track.sid))
        if track.sid in p.subscriptions:
            wish(state, p, now)
    return []


def withdrawn(state: RoomState, track: Track, now: Moment) -> list[Effect]:
    """A track has gone: its feeds close, wishes for it are dropped, sections fall free at the next offer."""
    effects: list[Effect] = []
    for p in state.others(track.publisher):
        subscription = p.subscriptions.pop(track.sid, None)
        p.declined.discard(track.sid)
        if subscription is not None and subscription.mid is not None:
            effects.append(CloseFeed(p.sid, track.sid))
            release(state, p, now)
    return effects


def everything(state: RoomState, p: Participant) -> None:
    """A participant has come: with ``auto_subscribe`` it wishes for all there is."""
    if not p.auto_subscribe or not p.permission.can_subscribe:
        return
    for track in state.tracks.values():
        if track.publisher != p.sid and track.sid not in p.declined and track.sid not in p.subscriptions:
            p.subscriptions[track.sid] = _subscription(p, track.sid)


def _subscription(p: Participant, sid: str) -> Subscription:
    """Where the client still has the track, its wishes still stand: it will not repeat them."""
    slot = next((slot for slot in p.slots.values() if slot.track == sid), None)
    return Subscription(sid, slot.settings if slot is not None else Settings())


def subscribe(state: RoomState, p: Participant, sids: Iterable[str], on: bool, now: Moment) -> list[Effect]:
    effects: list[Effect] = []
    for sid in dict.fromkeys(sids):
        if on:
            effects += _subscribe(state, p, sid, now)
        else:
            effects += _unsubscribe(state, p, sid, now)
    return effects


def _subscribe(state: RoomState, p: Participant, sid: str, now: Moment) -> list[Effect]:
    p.declined.discard(sid)
    track = state.tracks.get(sid)
    if track is None:
        # published and gone again, or not ours: LiveKit names it too
        error = models.SubscriptionError.SE_TRACK_NOTFOUND
        return [Send((p.sid,), protocol.subscription_failed(sid, error))]
    if track.publisher == p.sid or sid in p.subscriptions:
        return []
    p.subscriptions[sid] = _subscription(p, sid)
    wish(state, p, now)
    if not allowed(state, p, track):
        return [Send((p.sid,), protocol.subscription_permission(track.publisher, sid, False))]
    return []


def _unsubscribe(state: RoomState, p: Participant, sid: str, now: Moment) -> list[Effect]:
    subscription = p.subscriptions.pop(sid, None)
    if sid in state.tracks and len(p.declined) < 4096:
        p.declined.add(sid)
    if subscription is None or subscription.mid is None:
        return []
    release(state, p, now)
    return [CloseFeed(p.sid, sid)]


def configure(p: Participant, request: rtc.UpdateTrackSettings) -> list[Effect]:
    settings = Settings(
        enabled=not request.disabled,
        quality=Quality(request.quality) if request.quality in _QUALITIES else Quality.HIGH,
        width=min(request.width, 16_384),
        height=min(request.height, 16_384),
        priority=request.priority,
    )
    effects: list[Effect] = []
    sids = dict.fromkeys(request.track_sids)
    for slot in p.slots.values():
        if slot.track in sids:
            slot.settings = settings
    for sid in sids:
        subscription = p.subscriptions.get(sid)
        if subscription is None or subscription.settings == settings:
            continue
        subscription.settings = settings
        if subscription.mid is not None:
            effects.append(ConfigureFeed(p.sid, sid, settings))
    return effects


def set_audience(state: RoomState, p: Participant, request: rtc.SubscriptionPermission, now: Moment) -> list[Effect]:
    """The publisher says who may subscribe; what changes by it is told to those concerned."""
    before = {
        (other.sid, sid): allowed(state, other, state.tracks[sid]) for other in state.others(p.sid) for sid in p.tracks
    }
    tracks: dict[str, frozenset[str] | None] = {}
    for entry in request.track_permissions[:1024]:
        for name in (entry.participant_identity, entry.participant_sid):
            if name:
                tracks[name] = None if entry.all_tracks else frozenset(entry.track_sids)
    p.audience = Audience(request.all_participants, tracks)
    effects: list[Effect] = []
    for (other_sid, track_sid), was in before.items():
        other = state.participants[other_sid]
        now_allowed = allowed(state, other, state.tracks[track_sid])
        if now_allowed != was and (track_sid in other.subscriptions or other.auto_subscribe):
            effects += _permit(state, other, track_sid, now_allowed, now)
            effects.append(Send((other_sid,), protocol.subscription_permission(p.sid, track_sid, now_allowed)))
    return effects


def _permit(state: RoomState, p: Participant, sid: str, on: bool, now: Moment) -> list[Effect]:
    subscription = p.subscriptions.get(sid)
    if subscription is None:
        return []
    if on:
        wish(state, p, now)
        return []
    if subscription.mid is None:
        return []
    subscription.mid = None
    release(state, p, now)
    return [CloseFeed(p.sid, sid)]


def enforce(state: RoomState, p: Participant, now: Moment) -> list[Effect]:
    """After a change of ``can_subscribe``: everything or nothing."""
    if p.permission.can_subscribe:
        everything(state, p)
        wish(state, p, now)
        return []
    effects: list[Effect] = [CloseFeed(p.sid, s.track) for s in p.subscriptions.values() if s.mid is not None]
    if effects:
        release(state, p, now)
    p.subscriptions.clear()
    return effects


def flow(state: RoomState, p: Participant) -> list[Effect]:
    """Which pictures the participant was last told to be paused, and which not."""
    return [
        Send((p.sid,), protocol.stream_state(state.tracks[s.track].publisher, s.track, s.paused))
        for s in p.subscriptions.values()
        if s.paused is not None and s.mid is not None
    ]


def tracks_of(request: rtc.UpdateSubscription | UpdateSubscriptionsRequest) -> Sequence[str]:
    return [*request.track_sids, *(sid for entry in request.participant_tracks for sid in entry.track_sids)][:4096]
