"""A room at work: gives events to :class:`~signaling.room.Room`, performs the effects, keeps its one timer.

Owns the media objects of its participants. Who closes whom: hub → live room → peers, tracks, feeds; a socket belongs
to its session and is only asked to hang up.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Protocol, assert_never

import structlog

from signaling import answer, effects, metrics, protocol
from signaling.effects import Effect
from signaling.media.interface import Delivery, Engine, Feed, Kind, Peer, Quality, Track
from signaling.model import DisconnectReason, WebhookEvent
from signaling.rates import Bucket, Rate
from signaling.room import Room
from signaling.sdp import Offer, Scanner
from signaling.state import Moment

CONSENT_EXPIRED = "consent_expired"  # media's word for a path that may come back
DATA = Rate(burst=500, per_second=100)  # packets of one participant: each is sent to everybody, which costs the server
log = structlog.get_logger("signaling")


class Line(Protocol):
    """A client's socket, as a room sees it."""

    def send(self, message: bytes) -> None: ...

    def hang_up(self) -> None:
        """Close after what was sent before."""
        ...


def moment() -> Moment:
    return Moment(asyncio.get_running_loop().time(), time.time_ns() // 1_000_000)


class LiveRoom:
    def __init__(
        self,
        room: Room,
        engine: Engine,
        notify: Callable[[WebhookEvent], None],
        finished: Callable[[LiveRoom], None],
    ) -> None:
        self.room = room
        self.name = room.state.info.name
        self._engine = engine
        self._notify = notify
        self._finished = finished
        self._lines: dict[str, Line] = {}
        self._peers: dict[str, Peer] = {}
        self._scanners: dict[str, Scanner] = {}
        self._answers: dict[str, int] = {}
        self._spoke: dict[str, float] = {}  # when a socket last brought a message (loop time)
        self._setups: dict[str, str] = {}
        self._tracks: dict[str, Track] = {}
        self._feeds: dict[tuple[str, str], Feed] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None

    # sockets

    def admit(self, sid: str, line: Line) -> None:
        """Before the effects of joining are performed: they speak to this socket and this peer."""
        self._lines[sid] = line
        self._peers[sid] = self._engine.connect(_PeerEvents(self, sid))
        self._scanners[sid] = Scanner()
        self._answers[sid] = secrets.randbits(30)

    def attach(self, sid: str, line: Line) -> None:
        """A new socket of a participant who resumes; the old one, if still there, ends."""
        old = self._lines.pop(sid, None)
        if old is not None:
            old.hang_up()
        self._lines[sid] = line

    def detach(self, sid: str, line: Line) -> None:
        """The socket ended by itself."""
        if self._lines.get(sid) is line:
            del self._lines[sid]
            self.run(self.room.signal_lost(sid, moment()))

    def spoke(self, sid: str) -> None:
        """The socket brought a message."""
        self._spoke[sid] = asyncio.get_running_loop().time()

    def drop(self, sid: str) -> None:
        """Ends the socket; the participant stays and may resume."""
        line = self._lines.get(sid)
        if line is not None:
            line.hang_up()

    def is_attached(self, sid: str, line: Line) -> bool:
        return self._lines.get(sid) is line

    def scan(self, sid: str, text: str) -> Offer | None:
        """Reads an offer and gives its ICE and DTLS parameters to the peer. None when the participant has gone."""
        peer = self._peers.get(sid)
        if peer is None:
            return None
        offer = self._scanners[sid].scan(text)
        transport = offer.transport
        peer.start(
            ufrag=transport.ufrag,
            password=transport.password,
            fingerprints=transport.fingerprints,
            setup=transport.setup,
        )
        self._setups[sid] = "active" if transport.setup == "passive" else "passive"
        return offer

    def say(self, sid: str, message: bytes) -> None:
        line = self._lines.get(sid)
        if line is not None:
            line.send(message)

    # effects

    def run(self, wanted: list[Effect]) -> None:
        """Performs in order. What fails for one participant ends that participant, and nobody else."""
        failed: dict[str, None] = {}
        for effect in wanted:
            try:
                self._perform(effect)
            except Exception:
                victim = self._victim(effect)
                log.exception("effect failed", room=self.name, participant=victim, effect=type(effect).__name__)
                if victim is not None:
                    failed[victim] = None
        for sid in failed:
            self.run(self.room.remove(sid, DisconnectReason.MEDIA_FAILURE, moment()))
        self._schedule()

    def _victim(self, effect: Effect) -> str | None:
        match effect:
            case effects.OpenTrack():
                return effect.publisher
            case effects.OpenFeed() | effects.ConfigureFeed() | effects.CloseFeed():
                return effect.subscriber
            case effects.SendAnswer() | effects.HangUp() | effects.ClosePeer():
                return effect.participant
            case _:
                return None

    def _perform(self, effect: Effect) -> None:
        match effect:
            case effects.Send():
                for sid in effect.to:
                    self.say(sid, effect.message)
            case effects.SendData():
                for sid in effect.to:
                    self._peers[sid].send_data(effect.delivery, effect.payload)
            case effects.SendAnswer():
                self._answer(effect)
            case effects.OpenTrack():
                self._open_track(effect)
            case effects.SetForwarding():
                self._tracks[effect.track].set_forwarding(effect.on)
            case effects.CloseTrack():
                self._close_track(effect.track)
            case effects.OpenFeed() | effects.ConfigureFeed() | effects.CloseFeed():
                self._feed(effect)
            case effects.HangUp():
                line = self._lines.pop(effect.participant, None)
                if line is not None:
                    line.hang_up()
            case effects.ClosePeer():
                self._close_peer(effect.participant)
            case effects.Notify():
                self._notify(effect.event)
            case effects.Finished():
                self._finish()
            case _:
                assert_never(effect)

    def _open_track(self, effect: effects.OpenTrack) -> None:
        track = self._peers[effect.publisher].publish(effect.uplink, _TrackEvents(self, effect.track))
        track.set_forwarding(effect.forwarding)
        self._tracks[effect.track] = track

    def _close_track(self, sid: str) -> None:
        track = self._tracks.pop(sid, None)
        if track is not None:
            track.close()

    def _feed(self, effect: effects.OpenFeed | effects.ConfigureFeed | effects.CloseFeed) -> None:
        key = (effect.subscriber, effect.track)
        if isinstance(effect, effects.OpenFeed):
            peer, track = self._peers[effect.subscriber], self._tracks[effect.track]
            feed = peer.subscribe(track, effect.downlink, _FeedEvents(self, *key))
            self._feeds[key] = feed
        elif isinstance(effect, effects.CloseFeed):
            closing = self._feeds.pop(key, None)
            if closing is not None:
                closing.close()
            return
        settings = effect.settings
        if key in self._feeds:
            self._feeds[key].configure(
                enabled=settings.enabled,
                quality=settings.quality,
                width=settings.width,
                height=settings.height,
                priority=settings.priority,
            )

    def _answer(self, effect: effects.SendAnswer) -> None:
        sid = effect.participant
        peer = self._peers[sid]
        self._answers[sid] += 1
        text = answer.write(
            effect.plan,
            answer.Server(
                peer.ufrag, peer.password, self._engine.fingerprint, self._engine.candidates, self._setups[sid]
            ),
            self._source,
            session_id=self.room.state.info.creation_time_ms,
            version=self._answers[sid],
        )
        mids = {a.section.mid: a.track for a in effect.plan if a.track}
        self.say(sid, protocol.answer(text, effect.offer, mids))

    def _source(self, sid: str) -> answer.Source | None:
        track = self._tracks.get(sid)
        return answer.Source(track.ssrc, track.rtx_ssrc, track.cname) if track is not None else None

    def _close_peer(self, sid: str) -> None:
        peer = self._peers.pop(sid, None)
        self._scanners.pop(sid, None)
        self._answers.pop(sid, None)
        self._setups.pop(sid, None)
        self._spoke.pop(sid, None)
        for key in [key for key in self._feeds if key[0] == sid]:
            self._feeds.pop(key).close()
        if peer is not None:
            task = asyncio.ensure_future(peer.close())
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    # time

    def _schedule(self) -> None:
        due = None if self.room.state.finished else self.room.deadline()
        if self._timer is not None:
            if due is not None and self._timer.when() == due:
                return
            self._timer.cancel()
            self._timer = None
        if due is not None:
            self._timer = asyncio.get_running_loop().call_at(due, self._tick)

    def _tick(self) -> None:
        self._timer = None
        self.run(self.room.tick(moment()))

    def listen(self) -> None:
        """Tells who is speaking, and notices who has fallen silent on both lines; called a few times a second."""
        now = asyncio.get_running_loop().time()
        signs = {sid: max(self._spoke.get(sid, 0.0), peer.heard or 0.0) for sid, peer in self._peers.items()}
        self.run(self.room.heard(signs, moment()))
        levels = {sid: t.audio_level(now) for sid, t in self._tracks.items() if t.kind is Kind.AUDIO}
        if levels or self.room.state.speaking:
            self.run(self.room.speakers(levels))

    def measure(self) -> None:
        """Tells how good connections are; called every few seconds."""
        self.run(self.room.qualities({sid: peer.stats() for sid, peer in self._peers.items()}))

    def _finish(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._finished(self)

    async def closed(self) -> None:
        """Waits until every peer that was told to close has closed."""
        while self._closing:
            await asyncio.gather(*self._closing, return_exceptions=True)


class _PeerEvents:
    def __init__(self, live: LiveRoom, sid: str) -> None:
        self._live, self._sid = live, sid
        self._data = Bucket(DATA, asyncio.get_running_loop().time())

    def connected(self) -> None:
        self._live.run(self._live.room.media_connected(self._sid, moment()))

    def disconnected(self, reason: str) -> None:
        log.info("media lost", room=self._live.name, participant=self._sid, reason=reason)
        over = reason != CONSENT_EXPIRED
        self._live.run(self._live.room.media_lost(self._sid, moment(), over=over))

    def data(self, delivery: Delivery, payload: bytes) -> None:
        if not self._data.take(asyncio.get_running_loop().time()):
            metrics.REFUSED.labels("signaling.too_much_data").inc()
            return
        self._live.run(self._live.room.data(self._sid, delivery, payload, moment()))


class _TrackEvents:
    def __init__(self, live: LiveRoom, sid: str) -> None:
        self._live, self._sid = live, sid

    def layers_wanted(self, track: Track, wanted: Mapping[Quality, bool]) -> None:
        self._live.run(self._live.room.layers_wanted(self._sid, wanted))


class _FeedEvents:
    def __init__(self, live: LiveRoom, subscriber: str, track: str) -> None:
        self._live, self._subscriber, self._track = live, subscriber, track

    def stream_state(self, feed: Feed, paused: bool, sent: Quality | None) -> None:
        self._live.run(self._live.room.stream_state(self._subscriber, self._track, paused))
