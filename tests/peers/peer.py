"""A synthetic LiveKit client: real signalling, SDP, ICE, DTLS-SRTP, RTP and RTCP, but nothing is encoded or decoded.

It imports nothing of the server, so that both must agree with the protocol and not with each other.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import aiohttp
from livekit.protocol import models, rtc

from tests.peers.connection import Connection, Ends
from tests.peers.description import Answer
from tests.peers.field import Field
from tests.peers.line import Line
from tests.peers.media import Media
from tests.peers.negotiation import Negotiation
from tests.peers.publication import Publication
from tests.peers.signalling import Refused, Signal, client_information

PING = 5  # seconds


@dataclass(slots=True)
class Watched:
    """Decodable frames of one subscribed video track. Times are monotonic."""

    frames: int = 0
    first_at: float = 0.0
    last_at: float = 0.0
    waiters: list[asyncio.Future[float]] = field(default_factory=list)

    def frame(self, now: float) -> None:
        self.frames += 1
        self.first_at = self.first_at or now
        self.last_at = now
        for waiter in self.waiters:
            if not waiter.done():
                waiter.set_result(now)
        self.waiters.clear()


class Peer:
    """Joins with `join`, ends with `leave`; ``on_change`` is called after every message that changed what is known.

    ``resumes``: a socket that ended leaves it ``cut`` and not gone, until `resume` brings it a new one.
    """

    def __init__(
        self,
        field: Field,
        http: aiohttp.ClientSession,
        *,
        url: str,
        token: str,
        auto_subscribe: bool = True,
        line: Line | None = None,
        resumes: bool = False,
    ) -> None:
        self.url, self.token = url, token
        self.line = line or Line()
        self.cut = False
        self.room = models.Room()
        self.me = models.ParticipantInfo()
        self.participants: dict[str, models.ParticipantInfo] = {}  # the others, by identity
        self.publications: list[Publication] = []
        self.watched: dict[str, Watched] = {}
        self.connection: Connection | None = None
        self.asked_at = self.joined_at = self.media_at = 0.0  # asked to join, joined, media connected (monotonic)
        self.gone: str | None = None  # why it is not connected any more
        self.on_change: Callable[[], None] = lambda: None
        self.receiving: dict[str, str] = {}  # mid → track the server sends on it
        self._field, self._http = field, http
        self._auto_subscribe = auto_subscribe
        self._resumes = resumes
        self._ends = Ends()
        self._signal = Signal(self._message, self._closed, self.line)
        self._joined: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._connected: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._resumed: asyncio.Future[None] | None = None
        self.negotiation = Negotiation(
            ends=self._ends,
            send=lambda offer: self._signal.send(rtc.SignalRequest(offer=offer)),
            on_answer=self._answered,
        )

    # --- life -----------------------------------------------------------------------------------------------------

    async def join(self, *, patience: float = 15.0) -> None:
        """Returns when media is connected. Raises `Refused` or TimeoutError."""
        request = rtc.JoinRequest(
            client_info=client_information(),
            connection_settings=rtc.ConnectionSettings(auto_subscribe=self._auto_subscribe, adaptive_stream=True),
            publisher_offer=self.negotiation.first(),
        )
        self.asked_at = time.monotonic()
        async with asyncio.timeout(patience):
            await self._signal.open(self._http, self.url, self.token, request)
            await self._joined
            await self._connected

    async def resume(self, *, patience: float = 6.0) -> None:
        """A new socket for the same connection; media goes on meanwhile. Raises `Refused`, TimeoutError, OSError."""
        await self._signal.close(leave=False)
        self._signal = Signal(self._message, self._closed, self.line)
        self._resumed = asyncio.get_running_loop().create_future()
        request = rtc.JoinRequest(
            client_info=client_information(),
            connection_settings=rtc.ConnectionSettings(auto_subscribe=self._auto_subscribe, adaptive_stream=True),
            reconnect=True,
            participant_sid=self.me.sid,
        )
        async with asyncio.timeout(patience):
            await self._signal.open(self._http, self.url, self.token, request)
            await self._resumed
        self.cut = False
        self._signal.keep_alive(PING)
        self.negotiation.renew()
        for publication in self.publications:
            if publication.sid:
                self.mute(publication, publication.muted)

    def drop_signal(self) -> None:
        """The socket ends under both sides; media does not notice."""
        self._signal.drop()

    async def leave(self, *, quietly: bool = False) -> None:
        """``quietly``: the line breaks without a goodbye, on both paths."""
        if self.connection is not None:
            self.connection.silent = quietly
            self._field.remove(self.connection)
        await self._signal.close(leave=not quietly)
        self._end("left")

    def _end(self, reason: str) -> None:
        self.gone = self.gone or reason
        waiting = (self._joined, self._connected, self._resumed, *(p.published for p in self.publications))
        for future in waiting:
            if future is not None and not future.done():
                future.set_exception(Refused(0, reason))
                future.exception()  # whoever waits still gets it; nobody waiting is fine
        for watched in self.watched.values():
            for waiter in watched.waiters:
                waiter.cancel()

    def _closed(self, signal: Signal, code: int | None) -> None:
        if signal is not self._signal:
            return
        pending = (self._connected, self._resumed, *(publication.published for publication in self.publications))
        if self._resumes and all(future is None or future.done() for future in pending):
            self.cut = True
        else:
            self._end(f"signal closed with {code}")
        self.on_change()

    # --- publishing -----------------------------------------------------------------------------------------------

    async def publish(self, *publications: Publication) -> None:
        """Returns when the server has named every track and answered the offer that carries them."""
        stream = str(uuid.uuid4())
        waiting = []
        for publication in publications:
            publication.section = self.negotiation.send_section(
                publication.kind, track=publication.cid, stream=stream, rids=publication.rids
            )
            publication.published = asyncio.get_running_loop().create_future()
            waiting.append(publication.published)
            self.publications.append(publication)
            self._signal.send(rtc.SignalRequest(add_track=publication.request()))
        self.negotiation.negotiate()
        async with asyncio.timeout(15):
            await asyncio.gather(*waiting)

    def mute(self, publication: Publication, muted: bool) -> None:
        publication.mute(muted)
        self._signal.send(rtc.SignalRequest(mute=rtc.MuteTrackRequest(sid=publication.sid, muted=muted)))

    # --- subscribing ----------------------------------------------------------------------------------------------

    def tracks(self, identity: str) -> dict[models.TrackSource, models.TrackInfo]:
        """What another participant has published, by source."""
        participant = self.participants.get(identity)
        return {t.source: t for t in participant.tracks} if participant else {}

    def subscribe(self, sids: Mapping[str, Sequence[str]], wanted: bool) -> None:
        """Track sids by the participant's sid."""
        update = rtc.UpdateSubscription(
            track_sids=[sid for group in sids.values() for sid in group],
            subscribe=wanted,
            participant_tracks=[
                models.ParticipantTracks(participant_sid=p, track_sids=group) for p, group in sids.items()
            ],
        )
        self._signal.send(rtc.SignalRequest(subscription=update))

    def set_track(
        self, sid: str, *, disabled: bool = False, quality: models.VideoQuality = models.VideoQuality.HIGH,
        width: int = 0, height: int = 0,
    ) -> None:  # fmt: skip
        setting = rtc.UpdateTrackSettings(
            track_sids=[sid], disabled=disabled, quality=quality, width=width, height=height
        )
        self._signal.send(rtc.SignalRequest(track_setting=setting))

    def set_attributes(self, attributes: Mapping[str, str]) -> None:
        self._signal.send(
            rtc.SignalRequest(update_metadata=rtc.UpdateParticipantMetadata(attributes=dict(attributes), request_id=1))
        )

    def watch(self, sid: str) -> Watched:
        return self.watched.setdefault(sid, Watched())

    def next_frame(self, sid: str) -> asyncio.Future[float]:
        """Resolves with the time of the next decodable frame of a track."""
        future: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self.watch(sid).waiters.append(future)
        return future

    @property
    def media(self) -> Media:
        assert self.connection is not None
        return self.connection.media

    def _frame(self, track: str, now: float) -> None:
        self.watch(track).frame(now)

    # --- what the server says -------------------------------------------------------------------------------------

    def _message(self, message: rtc.SignalResponse) -> None:
        match message.WhichOneof("message"):
            case "join":
                self._welcome(message.join)
            case "reconnect":
                if self._resumed is not None and not self._resumed.done():
                    self._resumed.set_result(None)
            case "answer":
                self.negotiation.answered(message.answer)
            case "update":
                self._update(message.update.participants)
            case "media_sections_requirement":
                wanted = message.media_sections_requirement
                self.negotiation.require(wanted.num_audios, wanted.num_videos)
            case "track_published":
                self._published(message.track_published)
            case "subscribed_quality_update":
                self._qualities(message.subscribed_quality_update)
            case "mute":
                for publication in self.publications:
                    if publication.sid == message.mute.sid:
                        publication.mute(message.mute.muted)
            case "room_update":
                self.room = message.room_update.room
            case "refresh_token":
                self.token = message.refresh_token
            case "leave":
                self._end(f"server: {models.DisconnectReason.Name(message.leave.reason)}")
            case _:
                pass  # speakers, qualities of connection and the like change nothing here
        self.on_change()

    def _welcome(self, join: rtc.JoinResponse) -> None:
        self.joined_at = time.monotonic()
        self.room, self.me = join.room, join.participant
        self._update(join.other_participants)
        self._signal.keep_alive(join.ping_interval or PING)
        if not self._joined.done():
            self._joined.set_result(None)

    def _update(self, changed: Sequence[models.ParticipantInfo]) -> None:
        for participant in changed:
            if participant.identity == self.me.identity:
                self.me = participant
            elif participant.state == models.ParticipantInfo.DISCONNECTED:
                known = self.participants.get(participant.identity)
                if known is not None and known.sid == participant.sid:
                    del self.participants[participant.identity]
            else:
                self.participants[participant.identity] = participant

    def _published(self, message: rtc.TrackPublishedResponse) -> None:
        for publication in self.publications:
            if publication.cid == message.cid:
                publication.sid = message.track.sid
                publication.settle()

    def _qualities(self, update: rtc.SubscribedQualityUpdate) -> None:
        qualities = [q for codec in update.subscribed_codecs for q in codec.qualities] or update.subscribed_qualities
        for publication in self.publications:
            if publication.sid == update.track_sid:
                publication.want({q.quality: q.enabled for q in qualities})

    def _answered(self, answer: Answer, received: dict[str, str]) -> None:
        if self.connection is None:
            self._connect(answer)
        self.receiving = received
        self.media.answered(answer.sections, received)
        now = time.monotonic()
        by_mid = {s.mid: s for s in answer.sections}
        for publication in self.publications:
            section = by_mid.get(publication.section.mid) if publication.section else None
            if section is not None and section.accepted and not publication.sending:
                publication.start(self.media, section, now)
                publication.settle()

    def _connect(self, answer: Answer) -> None:
        self.connection = self._field.connect(
            answer,
            ends=self._ends,
            cname=self.negotiation.offer.cname,
            on_ready=self._ready,
            on_lost=self._lost,
            on_frame=self._frame,
            line=self.line,
        )

    def _ready(self) -> None:
        self.media_at = time.monotonic()
        if not self._connected.done():
            self._connected.set_result(None)

    def _lost(self, reason: str) -> None:
        self._end(reason)
        self.on_change()
