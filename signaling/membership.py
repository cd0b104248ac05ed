"""Coming and going: joining, being kicked by one's own second window, losing and resuming the socket, leaving.

Two lines hold a participant: the socket (``signal``) and the peer connection (``media``). Either may be lost for a
while; both may be lost for a moment only.
"""

from __future__ import annotations

from collections.abc import Mapping

from livekit.protocol import models

from signaling import negotiating, protocol, publishing, subscribing
from signaling.effects import ClosePeer, Effect, Finished, HangUp, Send
from signaling.model import (
    GATE_PREFIX,
    DisconnectReason,
    Grants,
    MediaState,
    ParticipantInfo,
    Permission,
    SignalState,
)
from signaling.state import ACTIVE, DISCONNECTED, JOINED, JOINING, Decision, Moment, Participant, RoomState

RoomEndReason = models.RoomEndReason
DISCONNECT = protocol.Action.DISCONNECT
LISTENING = 1.0
"""Seconds: a longer pause between two looks is ours, not the clients'."""
UNHEARD = protocol.PING_INTERVAL + 1.0
"""Seconds without a sign that a living client never has."""


def join(
    state: RoomState,
    sid: str,
    grants: Grants,
    now: Moment,
    *,
    auto_subscribe: bool,
    client_protocol: int,
    metadata: str,
    attributes: Mapping[str, str],
) -> list[Effect]:
    """``metadata`` and ``attributes`` are the client's own wishes beside its token."""
    effects: list[Effect] = []
    old = state.by_identity(grants.identity)
    if old is not None:
        effects += remove(state, old, DisconnectReason.DUPLICATE_IDENTITY, now)
    permission, merged = _admitted(state, grants)
    if permission.can_update_metadata:
        metadata = metadata or grants.metadata
        merged |= {k: v for k, v in attributes.items() if not k.startswith(GATE_PREFIX)}
    else:
        metadata = grants.metadata
    p = Participant(
        sid=sid,
        identity=grants.identity,
        grants=grants,
        name=grants.name,
        metadata=metadata,
        attributes=merged,
        permission=permission,
        joined_ms=now.unix_ms,
        auto_subscribe=auto_subscribe,
        client_protocol=client_protocol,
        signal_since=now.mono,
        media_since=now.mono,
        token_due=now.mono + state.limits.token_refresh,
    )
    others = [state.describe(o) for o in state.participants.values() if o.visible and o.state != JOINING]
    state.participants[sid] = p
    state.identities[p.identity] = sid
    state.empty_since = None
    state.ever_joined = True
    p.state = JOINED
    state.count()
    subscribing.everything(state, p)
    effects.append(Send((sid,), protocol.join(state.info, state.describe(p), others)))
    state.touch(p, now)
    return effects


def _admitted(state: RoomState, grants: Grants) -> tuple[Permission, dict[str, str]]:
    """Token against what the server API said about this identity: the newer counts. Tokens know seconds only; within
    one the API's permission counts, and a closed gate."""
    permission, attributes = grants.permission, dict(grants.attributes)
    decision = state.decisions.get(grants.identity)
    if decision is not None:
        if decision.permission is not None and decision.permission_at >= grants.issued_at:
            permission = decision.permission
        for name, value in decision.gates.items():
            newer = decision.gates_at > grants.issued_at
            if newer or (decision.gates_at == grants.issued_at and value == "closed"):
                attributes[name] = value
    return permission, {k: v for k, v in attributes.items() if v}


def revoked(state: RoomState, grants: Grants) -> bool:
    decision = state.decisions.get(grants.identity)
    return decision is not None and decision.revoked_at > grants.issued_at


def resume(state: RoomState, p: Participant, now: Moment) -> list[Effect]:
    """A new socket for a participant who is still here. Everybody's state is told again: updates may have been lost.

    Of somebody who has come again only the new connection is told: clients look at the identity of who has gone.
    """
    p.signal = SignalState.ATTACHED
    p.signal_since = now.mono
    p.offer_due = p.offer_asked = None
    negotiating.doubt(p)
    subscribing.release(state, p, now)  # clients offer by themselves now; in case this one does not
    infos = [state.describe(o) for o in state.participants.values() if o.visible or o is p]
    gone = [info for info in state.gone if info.identity not in state.identities]
    tracks = [state.tracks[sid] for sid in p.tracks]
    return [
        Send((p.sid,), protocol.reconnected(p.received_sequence)),
        Send((p.sid,), protocol.update([*gone, *infos])),
        Send((p.sid,), protocol.room_update(state.info)),
        *(publishing.wish(track) for track in tracks if track.wanted),
        *subscribing.flow(state, p),
    ]


def signal_lost(p: Participant, now: Moment) -> None:
    p.signal = SignalState.LOST
    p.signal_since = now.mono


def media_connected(state: RoomState, p: Participant, now: Moment) -> list[Effect]:
    p.media = MediaState.CONNECTED
    p.media_since = now.mono
    if p.state == ACTIVE:
        return []
    p.state = ACTIVE
    p.announced = True
    state.touch(p, now)
    return [state.notify("participant_joined", now, state.describe(p))]


def media_lost(p: Participant, now: Moment, *, over: bool) -> None:
    p.media = MediaState.OVER if over else MediaState.LOST
    p.media_since = now.mono


def silent(state: RoomState, signs: Mapping[str, float], now: Moment) -> list[Participant]:
    """Takes note of signs of life; those whose lines are both dead, whatever the sockets still pretend.

    Only time in which we listened counts: a process that was stopped for a while has not heard anybody.
    """
    passed = min(now.mono - state.listened, LISTENING) if state.listened is not None else 0.0
    state.listened = now.mono
    found: list[Participant] = []
    for p in state.participants.values():
        sign = signs.get(p.sid, 0.0)
        if sign > (p.heard or 0.0):
            p.heard, p.silent = sign, 0.0
        else:
            p.silent += passed
        if p.announced and p.silent >= state.limits.silence:
            found.append(p)
    return found


def _last_moment(p: Participant, reason: DisconnectReason, now: Moment) -> Moment:
    """When a participant really went: who only fell silent was gone since its last sign of life."""
    if p.heard is None or reason == DisconnectReason.CLIENT_INITIATED:
        return now
    since = now.mono - p.heard
    concluded = reason in (DisconnectReason.CONNECTION_TIMEOUT, DisconnectReason.SIGNAL_CLOSE)
    dead = p.signal is SignalState.LOST and p.media is not MediaState.CONNECTED
    if since <= UNHEARD and not concluded and not dead:
        return now
    return Moment(p.heard, now.unix_ms - round(1000 * since))


def overdue(state: RoomState, p: Participant, now: Moment) -> DisconnectReason | None:
    """Why the participant must go now, if it must."""
    reason, due = _end(state, p)
    return reason if due is not None and due <= now.mono else None


def deadline(state: RoomState, p: Participant) -> float | None:
    return _end(state, p)[1]


def _end(state: RoomState, p: Participant) -> tuple[DisconnectReason, float | None]:
    limits = state.limits
    if p.signal is SignalState.LOST:
        if p.media is MediaState.CONNECTED:
            return DisconnectReason.SIGNAL_CLOSE, p.signal_since + limits.signal_grace
        return DisconnectReason.CONNECTION_TIMEOUT, max(p.signal_since, p.media_since) + limits.lost_grace
    if p.media is MediaState.NEW and p.offered:
        return DisconnectReason.JOIN_FAILURE, p.media_since + limits.join_timeout
    if p.media is MediaState.LOST:
        return DisconnectReason.CONNECTION_TIMEOUT, p.media_since + limits.media_grace
    if p.media is MediaState.OVER:
        # a moment for the client's own leave, which comes after its connection has closed
        return DisconnectReason.CONNECTION_TIMEOUT, p.media_since + limits.lost_grace
    return DisconnectReason.UNKNOWN_REASON, None


def remove(
    state: RoomState,
    p: Participant,
    reason: DisconnectReason,
    now: Moment,
    *,
    tell: bool = True,
    action: protocol.Action = DISCONNECT,
) -> list[Effect]:
    """The participant leaves the room. ``tell`` = its client has to be told (it did not say so itself)."""
    effects: list[Effect] = []
    for sid in list(p.tracks):
        effects += publishing.unpublish(state, p, sid, now, by_server=False)
    p.state = DISCONNECTED
    p.version += 1
    p.info = None
    last = ParticipantInfo()
    last.CopyFrom(state.describe(p))
    last.disconnect_reason = reason
    del state.participants[p.sid]
    del state.identities[p.identity]
    state.dirty.pop(p.sid, None)
    state.count()
    if tell and p.signal is SignalState.ATTACHED:
        effects.append(Send((p.sid,), protocol.leave(reason, action)))
    effects += [HangUp(p.sid), ClosePeer(p.sid)]
    if p.visible:
        state.gone = [*state.gone[-63:], last]
        effects += state.tell(protocol.update([last]))
    event = "participant_left" if p.announced else "participant_connection_aborted"
    effects.append(state.notify(event, _last_moment(p, reason, now), last))
    if not state.participants:
        state.empty_since = now.mono
    return effects


def close(state: RoomState, reason: DisconnectReason, end: models.RoomEndReason, now: Moment) -> list[Effect]:
    effects: list[Effect] = []
    action = protocol.Action.RECONNECT if reason == DisconnectReason.SERVER_SHUTDOWN else DISCONNECT
    for p in list(state.participants.values()):
        effects += remove(state, p, reason, now, action=action)
    state.finished = True
    return [*effects, state.notify("room_finished", now, room_end_reason=end), Finished()]


def update(
    state: RoomState,
    p: Participant,
    now: Moment,
    *,
    name: str | None = None,
    metadata: str | None = None,
    attributes: Mapping[str, str] | None = None,
    permission: Permission | None = None,
) -> list[Effect]:
    """By the server API, or by the participant itself after its wish was checked. An empty attribute is deleted."""
    effects: list[Effect] = []
    if name:
        p.name = name
    if metadata:
        p.metadata = metadata
    if attributes:
        p.attributes = {k: v for k, v in {**p.attributes, **attributes}.items() if v}
        gates = {k: v for k, v in attributes.items() if k.startswith(GATE_PREFIX)}
        if gates:
            decision = state.decisions.setdefault(p.identity, Decision())
            decision.gates |= gates
            decision.gates_at = now.unix_ms // 1000
            effects += publishing.regate(state, p)
    if permission is not None and permission != p.permission:
        effects += _permit(state, p, permission, now)
    state.touch(p, now)
    return effects


def _permit(state: RoomState, p: Participant, permission: Permission, now: Moment) -> list[Effect]:
    decision = state.decisions.setdefault(p.identity, Decision())
    decision.permission, decision.permission_at = permission, now.unix_ms // 1000
    before, p.permission = p.permission, permission
    effects = publishing.enforce(state, p, now)
    if before.can_subscribe != permission.can_subscribe:
        effects += subscribing.enforce(state, p, now)
    if before.hidden != permission.hidden:
        effects += _hide(state, p, now)
    return effects + publishing.regate(state, p)


def _hide(state: RoomState, p: Participant, now: Moment) -> list[Effect]:
    """Hiding looks like leaving to the others, showing like coming."""
    state.count()
    if p.visible:
        for other in state.others(p.sid):
            subscribing.wish(state, other, now)
        return []
    effects: list[Effect] = []
    for other in state.others(p.sid):
        for sid in p.tracks:
            effects += subscribing.subscribe(state, other, [sid], False, now)
    last = ParticipantInfo()
    last.CopyFrom(state.describe(p))
    last.state = DISCONNECTED
    last.version = p.version
    others = tuple(sid for sid in state.attached() if sid != p.sid)
    return [*effects, Send(others, protocol.update([last]))] if others else effects
