"""Data packets between participants: who sent it is written by the server, who gets it is read from the packet.

Reliable packets carry a number per sender. The last few seconds of them are kept, so that a client whose connection
broke gets what it missed (LiveKit's resume).
"""

from __future__ import annotations

from collections.abc import Iterable

from livekit.protocol import models, rtc
from livekit.protocol.room import SendDataRequest

from signaling import protocol
from signaling.effects import Effect, SendData
from signaling.media.interface import Delivery
from signaling.state import ACTIVE, Moment, Participant, RoomState, Stored

KEEP_SECONDS = 15.0
KEEP_PACKETS = 256
KEEP_BYTES = 1_000_000
_SERVER_ONLY = frozenset({"speaker", "metrics"})


def received(state: RoomState, p: Participant, delivery: Delivery, payload: bytes, now: Moment) -> list[Effect]:
    packet = protocol.parse_packet(payload) if len(payload) <= state.limits.data_packet else None
    if packet is None or not p.permission.can_publish_data:
        return []
    kind = packet.WhichOneof("value")
    if kind is None or kind in _SERVER_ONLY:
        return []
    if delivery is Delivery.RELIABLE and packet.sequence:
        if packet.sequence <= p.received_sequence:
            return []  # sent again after a resume, and it had arrived
        p.received_sequence = packet.sequence
    shown_sid, shown_identity = (p.sid, p.identity) if p.visible else ("", "")
    names = set(packet.destination_identities)
    sids: set[str] = set()
    if kind == "user":
        names |= set(packet.user.destination_identities)
        sids = set(packet.user.destination_sids)
        packet.user.participant_sid = shown_sid
        packet.user.participant_identity = shown_identity
    packet.participant_identity = shown_identity
    packet.participant_sid = shown_sid
    to = _targets(state, names, sids)
    return _forward(state, p.sid, packet, delivery, to, now)


def send(state: RoomState, request: SendDataRequest, now: Moment) -> list[Effect]:
    """From the server API."""
    user = models.UserPacket(payload=request.data, nonce=request.nonce)
    user.destination_sids.extend(request.destination_sids)
    user.destination_identities.extend(request.destination_identities)
    if request.HasField("topic"):
        user.topic = request.topic
    packet = models.DataPacket(kind=request.kind, user=user, destination_identities=request.destination_identities)
    delivery = Delivery.LOSSY if request.kind == models.DataPacket.Kind.LOSSY else Delivery.RELIABLE
    to = _targets(state, set(request.destination_identities), set(request.destination_sids))
    return _forward(state, "", packet, delivery, to, now)


def _targets(state: RoomState, identities: set[str], sids: set[str]) -> frozenset[str] | None:
    if not identities and not sids:
        return None
    return frozenset(identities | {state.participants[sid].identity for sid in sids if sid in state.participants})


def _forward(
    state: RoomState,
    sender: str,
    packet: models.DataPacket,
    delivery: Delivery,
    to: frozenset[str] | None,
    now: Moment,
) -> list[Effect]:
    payload = packet.SerializeToString()
    if delivery is Delivery.RELIABLE and packet.sequence:
        _keep(state, Stored(sender, packet.sequence, to, payload, now.mono))
    receivers = tuple(p.sid for p in state.others(sender) if p.state == ACTIVE and (to is None or p.identity in to))
    return [SendData(receivers, delivery, payload)] if receivers else []


def _keep(state: RoomState, stored: Stored) -> None:
    state.kept.append(stored)
    state.kept_bytes += len(stored.payload)
    while (
        len(state.kept) > KEEP_PACKETS or state.kept_bytes > KEEP_BYTES or state.kept[0].at < stored.at - KEEP_SECONDS
    ):
        state.kept_bytes -= len(state.kept.popleft().payload)


def missed(state: RoomState, p: Participant, states: Iterable[rtc.DataChannelReceiveState]) -> list[Effect]:
    """After a resume: what the client has not seen of what was kept."""
    seen = {entry.publisher_sid: entry.last_seq for entry in states}
    return [
        SendData((p.sid,), Delivery.RELIABLE, stored.payload)
        for stored in state.kept
        if stored.publisher != p.sid
        and (stored.to is None or p.identity in stored.to)
        and stored.sequence > seen.get(stored.publisher, 0)
    ]
