"""One live room: every event is a method that returns the effects it asks for. Nothing here waits, sends or logs.

State lives in ``state``; the rules are grouped by concern: ``membership`` (who is here), ``publishing``,
``subscribing``, ``negotiating`` (sections and offers), ``data``, ``observing``. Events about participants or tracks
that have gone meanwhile are not errors: the message crossed with the news. They change nothing and return nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from livekit.protocol import models, rtc
from livekit.protocol.room import SendDataRequest, UpdateParticipantRequest

from signaling import data, membership, negotiating, observing, protocol, publishing, subscribing
from signaling.effects import Effect, Send
from signaling.media.interface import Delivery, PeerStats, Quality
from signaling.model import (
    GATE_PREFIX,
    DisconnectReason,
    Grants,
    Limits,
    ParticipantInfo,
    Permission,
    RoomInfo,
    SignalState,
    Source,
    TrackInfo,
)
from signaling.sdp import Offer
from signaling.state import Decision, Moment, Participant, RoomState

Reason = protocol.Reason
SyncState = rtc.SyncState


class Room:
    def __init__(self, info: RoomInfo, limits: Limits, now: Moment) -> None:
        self.state = RoomState(info=info, limits=limits, empty_since=now.mono)
        self._quality_told: dict[str, int] = {}

    def opened(self, now: Moment) -> list[Effect]:
        return [self.state.notify("room_started", now)]

    def participant(self, sid: str) -> Participant | None:
        return self.state.participants.get(sid)

    # coming and going

    def join(
        self,
        grants: Grants,
        now: Moment,
        *,
        auto_subscribe: bool = True,
        client_protocol: int = 0,
        metadata: str = "",
        attributes: Mapping[str, str] | None = None,
    ) -> tuple[str, list[Effect]]:
        """The new participant's sid. The caller has made sure that the token is good for this room."""
        sid = self.state.new_id("PA_")
        effects = membership.join(
            self.state,
            sid,
            grants,
            now,
            auto_subscribe=auto_subscribe,
            client_protocol=client_protocol,
            metadata=metadata,
            attributes=attributes or {},
        )
        return sid, effects

    def resume(self, sid: str, now: Moment) -> list[Effect]:
        p = self.participant(sid)
        return membership.resume(self.state, p, now) if p else []

    def signal_lost(self, sid: str, now: Moment) -> list[Effect]:
        p = self.participant(sid)
        if p is not None:
            membership.signal_lost(p, now)
        return []

    def media_connected(self, sid: str, now: Moment) -> list[Effect]:
        p = self.participant(sid)
        return membership.media_connected(self.state, p, now) if p else []

    def media_lost(self, sid: str, now: Moment, *, over: bool = False) -> list[Effect]:
        """``over``: an ICE restart will not bring it back."""
        p = self.participant(sid)
        if p is not None:
            membership.media_lost(p, now, over=over)
        return []

    def heard(self, signs: Mapping[str, float], now: Moment) -> list[Effect]:
        """``signs``: when each participant last sent anything, on either line (monotonic). Called a few times a
        second; who says nothing for long has gone."""
        return [
            effect
            for p in membership.silent(self.state, signs, now)
            for effect in membership.remove(
                self.state, p, DisconnectReason.CONNECTION_TIMEOUT, now, action=protocol.Action.RECONNECT
            )
        ]

    def left(self, sid: str, now: Moment) -> list[Effect]:
        p = self.participant(sid)
        return membership.remove(self.state, p, DisconnectReason.CLIENT_INITIATED, now, tell=False) if p else []

    def remove(self, sid: str, reason: DisconnectReason, now: Moment) -> list[Effect]:
        """For good, except after a failure of ours: then the client may try again from the start."""
        p = self.participant(sid)
        failed = reason == DisconnectReason.MEDIA_FAILURE
        action = protocol.Action.RECONNECT if failed else protocol.Action.DISCONNECT
        return membership.remove(self.state, p, reason, now, action=action) if p else []

    def reconnect(self, sid: str) -> list[Effect]:
        """Tell the client to come again from the start."""
        message = protocol.leave(DisconnectReason.CLIENT_INITIATED, protocol.Action.RECONNECT)
        return [Send((sid,), message)] if self.participant(sid) else []

    def revoke(self, identity: str, timestamp: int) -> None:
        """Tokens of this identity from before ``timestamp`` (unix seconds) are good for nothing."""
        self.state.decisions.setdefault(identity, Decision()).revoked_at = timestamp

    def revoked(self, grants: Grants) -> bool:
        return membership.revoked(self.state, grants)

    def close(self, reason: DisconnectReason, end: models.RoomEndReason, now: Moment) -> list[Effect]:
        return [] if self.state.finished else membership.close(self.state, reason, end, now)

    # the client's messages

    def offer(self, sid: str, number: int, offer: Offer, now: Moment) -> list[Effect]:
        p = self.participant(sid)
        return negotiating.offered(self.state, p, number, offer, now) if p else []

    def add_track(self, sid: str, request: rtc.AddTrackRequest, now: Moment) -> list[Effect]:
        p = self.participant(sid)
        return publishing.add_track(self.state, p, request, now) if p else []

    def mute(self, sid: str, request: rtc.MuteTrackRequest, now: Moment) -> list[Effect]:
        p = self.participant(sid)
        # no echo: the SDKs would take it for the server's will and answer it, for ever
        return publishing.set_muted(self.state, p, request.sid, request.muted, now) if p else []

    def subscription(self, sid: str, request: rtc.UpdateSubscription, now: Moment) -> list[Effect]:
        p = self.participant(sid)
        if p is None or not p.permission.can_subscribe:
            return []
        return subscribing.subscribe(self.state, p, subscribing.tracks_of(request), request.subscribe, now)

    def track_setting(self, sid: str, request: rtc.UpdateTrackSettings) -> list[Effect]:
        p = self.participant(sid)
        return subscribing.configure(p, request) if p else []

    def subscription_permission(self, sid: str, request: rtc.SubscriptionPermission, now: Moment) -> list[Effect]:
        p = self.participant(sid)
        return subscribing.set_audience(self.state, p, request, now) if p else []

    def sync(self, sid: str, request: SyncState, now: Moment) -> list[Effect]:
        """After a resume the client says what it believes; the server's own knowledge stays, wishes are renewed."""
        p = self.participant(sid)
        if p is None:
            return []
        known = {*self.state.tracks, *(publication.info.sid for publication in p.publications.values())}
        effects: list[Effect] = [
            Send((sid,), protocol.track_unpublished(response.track.sid))
            for response in request.publish_tracks[:64]
            if response.track.sid not in known
        ]
        if p.permission.can_subscribe:
            tracks = subscribing.tracks_of(request.subscription)
            effects += subscribing.subscribe(self.state, p, tracks, request.subscription.subscribe, now)
        return effects + data.missed(self.state, p, request.datachannel_receive_states)

    def update_audio_track(self, sid: str, request: rtc.UpdateLocalAudioTrack, now: Moment) -> list[Effect]:
        p = self.participant(sid)
        if p is not None:
            publishing.update_audio(self.state, p, request, now)
        return []

    def update_video_track(self, sid: str, request: rtc.UpdateLocalVideoTrack, now: Moment) -> list[Effect]:
        p = self.participant(sid)
        if p is not None:
            publishing.update_video(self.state, p, request.track_sid, request.width, request.height, now)
        return []

    def update_layers(self, sid: str, request: rtc.UpdateVideoLayers, now: Moment) -> list[Effect]:
        p = self.participant(sid)
        if p is not None:
            publishing.update_layers(self.state, p, request, now)
        return []

    def update_metadata(self, sid: str, request: rtc.UpdateParticipantMetadata, now: Moment) -> list[Effect]:
        """The participant about itself. Gates are the server's alone."""
        p = self.participant(sid)
        if p is None:
            return []
        reason, text = self._may_update(p, request)
        effects: list[Effect] = []
        if reason == Reason.OK:
            effects += membership.update(
                self.state, p, now, name=request.name, metadata=request.metadata, attributes=request.attributes
            )
        if request.request_id:
            response = rtc.RequestResponse(
                request_id=request.request_id, reason=reason, message=text, update_metadata=request
            )
            effects.append(Send((sid,), protocol.request_response(response)))
        return effects

    def _may_update(self, p: Participant, request: rtc.UpdateParticipantMetadata) -> tuple[Reason, str]:
        limits = self.state.limits
        if not p.permission.can_update_metadata:
            return Reason.NOT_ALLOWED, "does not have permission to update own metadata"
        if any(name.startswith(GATE_PREFIX) for name in request.attributes):
            return Reason.NOT_ALLOWED, "gates are set by the server only"
        merged = {**p.attributes, **request.attributes}
        size = sum(len(k.encode()) + len(v.encode()) for k, v in merged.items())
        if len(request.name.encode()) > limits.name or len(request.metadata.encode()) > limits.metadata:
            return Reason.LIMIT_EXCEEDED, "name or metadata too long"
        if size > limits.attributes:
            return Reason.LIMIT_EXCEEDED, "attributes too large"
        return Reason.OK, ""

    def data(self, sid: str, delivery: Delivery, payload: bytes, now: Moment) -> list[Effect]:
        p = self.participant(sid)
        return data.received(self.state, p, delivery, payload, now) if p else []

    # the server API

    def mute_by_server(
        self, identity: str, track: str, muted: bool, now: Moment
    ) -> tuple[TrackInfo | None, list[Effect]]:
        """The track's new description, or None when there is no such track. Un-muting is the caller's to refuse."""
        p = self.state.by_identity(identity)
        if p is None or track not in p.tracks:
            return None, []
        info = self.state.tracks[track].info
        if info.muted == muted:
            return info, []
        effects = publishing.set_muted(self.state, p, track, muted, now)
        if p.signal is SignalState.ATTACHED:
            effects.append(Send((p.sid,), protocol.mute(track, muted)))
        return info, effects

    def update_participant(
        self, request: UpdateParticipantRequest, now: Moment
    ) -> tuple[ParticipantInfo | None, list[Effect]]:
        p = self.state.by_identity(request.identity)
        if p is None:
            return None, []
        permission = _permission(request.permission) if request.HasField("permission") else None
        gates = any(name.startswith(GATE_PREFIX) for name in request.attributes)
        effects = membership.update(
            self.state,
            p,
            now,
            name=request.name,
            metadata=request.metadata,
            attributes=request.attributes,
            permission=permission,
        )
        if gates or permission is not None:
            effects += self.flush_now(now)
        return self.state.describe(p), effects

    def update_subscriptions(self, identity: str, tracks: Sequence[str], on: bool, now: Moment) -> list[Effect] | None:
        p = self.state.by_identity(identity)
        return None if p is None else subscribing.subscribe(self.state, p, tracks, on, now)

    def set_metadata(self, metadata: str) -> list[Effect]:
        """Told at once: a live meeting's floor travels in it."""
        self.state.info = protocol.revised(self.state.info, metadata=metadata)
        return self.state.tell(protocol.room_update(self.state.info))

    def send_data(self, request: SendDataRequest, now: Moment) -> list[Effect]:
        return data.send(self.state, request, now)

    # media's news

    def layers_wanted(self, track_sid: str, wanted: Mapping[Quality, bool]) -> list[Effect]:
        track = self.state.tracks.get(track_sid)
        if track is None:
            return []
        track.wanted = tuple(sorted((quality, on) for quality, on in wanted.items() if quality is not Quality.OFF))
        return [publishing.wish(track)]

    def stream_state(self, subscriber: str, track_sid: str, paused: bool) -> list[Effect]:
        track, p = self.state.tracks.get(track_sid), self.participant(subscriber)
        if track is None or p is None:
            return []
        subscription = p.subscriptions.get(track_sid)
        if subscription is not None:
            subscription.paused = paused
        return [Send((subscriber,), protocol.stream_state(track.publisher, track_sid, paused))]

    def speakers(self, levels: Mapping[str, float]) -> list[Effect]:
        return observing.speakers(self.state, levels)

    def qualities(self, stats: Mapping[str, PeerStats]) -> list[Effect]:
        return observing.qualities(self.state, stats, self._quality_told)

    # time

    def flush_now(self, now: Moment) -> list[Effect]:
        self.state.flush_due = now.mono
        return observing.flush(self.state, now)

    def tick(self, now: Moment) -> list[Effect]:
        """Everything that is due by now."""
        effects = observing.flush(self.state, now)
        for p in list(self.state.participants.values()):
            reason = membership.overdue(self.state, p, now)
            if reason is not None:
                # only its media is lost while its socket lives: it is told to build both anew
                lost = reason == DisconnectReason.CONNECTION_TIMEOUT
                action = protocol.Action.RECONNECT if lost else protocol.Action.DISCONNECT
                effects += membership.remove(self.state, p, reason, now, action=action)
                continue
            effects += publishing.expire(self.state, p, now)
            effects += negotiating.ask(self.state, p, now)
        end = self._end()
        if end is not None and end <= now.mono and not self.state.finished:
            effects += self.close(DisconnectReason.ROOM_CLOSED, models.RoomEndReason.ROOM_END_IDLE_TIMEOUT, now)
        return effects

    def _end(self) -> float | None:
        since, info = self.state.empty_since, self.state.info
        if since is None:
            return None
        return since + (info.departure_timeout if self.state.ever_joined else info.empty_timeout)

    def deadline(self) -> float | None:
        """When :meth:`tick` must be called next (monotonic seconds), or None when nothing will become due by itself."""
        times = [self.state.flush_due, self._end()]
        for p in self.state.participants.values():
            times.append(membership.deadline(self.state, p))
            if p.signal is SignalState.ATTACHED:
                times.append(p.offer_due)
            times += [publication.deadline for publication in p.publications.values()]
        return min((t for t in times if t is not None), default=None)


def _permission(message: models.ParticipantPermission) -> Permission:
    return Permission(
        can_subscribe=message.can_subscribe,
        can_publish=message.can_publish,
        can_publish_data=message.can_publish_data,
        can_publish_sources=frozenset(Source(s) for s in message.can_publish_sources if s in Source._value2member_map_),
        hidden=message.hidden,
        recorder=message.recorder,
        can_update_metadata=message.can_update_metadata,
        agent=message.agent,
        can_subscribe_metrics=message.can_subscribe_metrics,
    )
