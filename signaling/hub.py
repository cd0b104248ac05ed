"""All live rooms: opened by the first who comes or by the server API, closed when empty long enough or deleted."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog
from livekit.protocol import models, rtc

from meetinghub.errors import Forbidden, Invalid, NotFound, TooMany, Unavailable
from signaling import metrics, protocol, tokens
from signaling.codecs import PUBLISHABLE
from signaling.live import LiveRoom, moment
from signaling.media.interface import Engine
from signaling.model import DisconnectReason, Grants, Limits, RoomInfo, SignalState, WebhookEvent
from signaling.room import Room
from signaling.session import Session

LISTEN_INTERVAL = 0.3
MEASURE_EVERY = 10  # listening intervals
log = structlog.get_logger("signaling")


@dataclass(frozen=True, slots=True)
class Key:
    """The pair that tokens for clients are renewed with."""

    name: str
    secret: str


class Hub:
    """Use as a context, and :meth:`close` it while clients can still be told."""

    def __init__(self, engine: Engine, limits: Limits, key: Key, notify: Callable[[WebhookEvent], None]) -> None:
        self._engine, self._limits, self._key, self._notify = engine, limits, key, notify
        self._rooms: dict[str, LiveRoom] = {}
        self._beat: asyncio.Task[None] | None = None
        self._closed = False

    async def __aenter__(self) -> Hub:
        self._beat = asyncio.create_task(self._beats())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._beat is not None:
            self._beat.cancel()
            await asyncio.gather(self._beat, return_exceptions=True)
        await self.close()

    async def close(self) -> None:
        """Closes every room and waits until all peers have closed. Nobody is admitted after it."""
        self._closed = True
        rooms = list(self._rooms.values())
        for live in rooms:
            live.run(
                live.room.close(
                    DisconnectReason.SERVER_SHUTDOWN, models.RoomEndReason.ROOM_END_SERVER_SHUTDOWN, moment()
                )
            )
        for live in rooms:
            await live.closed()

    # rooms

    @property
    def rooms(self) -> Mapping[str, LiveRoom]:
        return self._rooms

    def find(self, name: str) -> LiveRoom:
        live = self._rooms.get(name)
        if live is None:
            raise NotFound("signaling.room_unknown")
        return live

    def open(
        self,
        name: str,
        *,
        metadata: str = "",
        empty_timeout: int = 0,
        departure_timeout: int = 0,
        max_participants: int = 0,
    ) -> LiveRoom:
        """The room of that name, opened if it is not."""
        live = self._rooms.get(name)
        if live is not None:
            return live
        if not name or len(name) > self._limits.name:
            raise Invalid("signaling.room_name")
        if len(self._rooms) >= self._limits.rooms:
            raise TooMany("signaling.rooms", retry_after=60)
        now = moment()
        info = RoomInfo(
            name=name,
            metadata=metadata,
            empty_timeout=empty_timeout or self._limits.empty_timeout,
            departure_timeout=departure_timeout or self._limits.departure_timeout,
            max_participants=max_participants,
            creation_time=now.unix_ms // 1000,
            creation_time_ms=now.unix_ms,
            enabled_codecs=[models.Codec(mime=mime) for mime in PUBLISHABLE],
        )
        room = Room(info, self._limits, now)
        info.sid = room.state.new_id("RM_")
        live = self._rooms[name] = LiveRoom(room, self._engine, self._notify, self._finished)
        metrics.ROOMS.set(len(self._rooms))
        live.run(room.opened(now))
        return live

    def delete(self, name: str) -> None:
        live = self.find(name)
        live.run(live.room.close(DisconnectReason.ROOM_DELETED, models.RoomEndReason.ROOM_END_API_DELETE, moment()))

    def _finished(self, live: LiveRoom) -> None:
        if self._rooms.get(live.name) is live:
            del self._rooms[live.name]
        metrics.ROOMS.set(len(self._rooms))

    # clients

    def check(self, grants: Grants) -> None:
        """May this token join now? Raises what the client is told."""
        if self._closed:
            raise Unavailable("signaling.closing")
        if not grants.room_join or not grants.room or not grants.identity:
            raise Forbidden("signaling.join_not_granted")
        if len(grants.identity) > self._limits.name or len(grants.name) > self._limits.name:
            raise Invalid("signaling.identity_too_long")
        live = self._rooms.get(grants.room)
        if live is None:
            return
        if live.room.revoked(grants):
            raise Forbidden("signaling.token_revoked")
        limit = live.room.state.info.max_participants or self._limits.participants
        known = live.room.state.by_identity(grants.identity) is not None
        if not known and len(live.room.state.participants) >= limit:
            raise TooMany("signaling.room_full", retry_after=30)

    def join(self, grants: Grants, request: rtc.JoinRequest) -> Session | None:
        """A session for a new socket. None = it cannot resume: the client is to join from the start."""
        self.check(grants)
        if request.reconnect:
            return self._resume(grants, request)
        configuration = grants.configuration
        live = self.open(
            grants.room,
            metadata=configuration.metadata if configuration else "",
            empty_timeout=configuration.empty_timeout if configuration else 0,
            departure_timeout=configuration.departure_timeout if configuration else 0,
            max_participants=configuration.max_participants if configuration else 0,
        )
        now = moment()
        attributes = dict(request.participant_attributes)
        size = sum(len(k.encode()) + len(v.encode()) for k, v in attributes.items())
        if size > self._limits.attributes or len(request.metadata.encode()) > self._limits.metadata:
            raise Invalid("signaling.attributes_too_large")
        sid, effects = live.room.join(
            grants,
            now,
            auto_subscribe=request.connection_settings.auto_subscribe,
            client_protocol=request.client_info.client_protocol,
            metadata=request.metadata,
            attributes=attributes,
        )
        session = Session(live, sid, now.mono)
        live.admit(sid, session)
        live.run(effects)
        try:
            for wanted in request.add_track_requests[: self._limits.tracks_per_participant]:
                live.run(live.room.add_track(sid, wanted, now))
            if request.HasField("publisher_offer"):
                session.offer(request.publisher_offer)
        except Exception:
            live.run(live.room.remove(sid, DisconnectReason.JOIN_FAILURE, now))
            raise
        metrics.JOINS.labels("join").inc()
        log.info("joined", room=grants.room, participant=sid, identity=grants.identity)
        return session

    def _resume(self, grants: Grants, request: rtc.JoinRequest) -> Session | None:
        live = self._rooms.get(grants.room)
        p = live.room.state.by_identity(grants.identity) if live is not None else None
        if live is None or p is None or (request.participant_sid and p.sid != request.participant_sid):
            metrics.JOINS.labels("resume_failed").inc()
            return None
        now = moment()
        session = Session(live, p.sid, now.mono)
        live.attach(p.sid, session)
        live.run(live.room.resume(p.sid, now))
        try:
            if request.HasField("sync_state"):
                live.run(live.room.sync(p.sid, request.sync_state, now))
            if request.HasField("publisher_offer"):
                session.offer(request.publisher_offer)
        except Exception:
            live.detach(p.sid, session)
            raise
        metrics.JOINS.labels("resume").inc()
        log.info("resumed", room=grants.room, participant=p.sid, identity=grants.identity)
        return session

    # time

    async def _beats(self) -> None:
        turn = 0
        while True:
            await asyncio.sleep(LISTEN_INTERVAL)
            turn += 1
            for live in list(self._rooms.values()):
                live.listen()
                if turn % MEASURE_EVERY == 0:
                    live.measure()
                    self._renew(live)
            if turn % MEASURE_EVERY == 0:
                metrics.PARTICIPANTS.set(sum(len(live.room.state.participants) for live in self._rooms.values()))

    def _renew(self, live: LiveRoom) -> None:
        """Fresh tokens for those who have been here a while, so that they can come back."""
        now = moment()
        for p in live.room.state.participants.values():
            if p.token_due <= now.mono and p.signal is SignalState.ATTACHED:
                p.token_due = now.mono + self._limits.token_refresh
                token = tokens.renew(
                    p.grants,
                    permission=p.permission,
                    name=p.name,
                    metadata=p.metadata,
                    attributes=p.attributes,
                    now=int(time.time()),
                    ttl=self._limits.token_ttl,
                    key=self._key.name,
                    secret=self._key.secret,
                )
                live.say(p.sid, protocol.refresh_token(token))
