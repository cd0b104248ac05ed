"""One client's connection: ICE, DTLS, SRTP, data channels, and the tracks and feeds that hang on it."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from meetinghub.errors import Refused
from signaling.media import ice, rtcp, srtp
from signaling.media.channels import Channels
from signaling.media.congestion import Downstream
from signaling.media.dtls import Certificate, DtlsSession
from signaling.media.feed import Past, SubscribedFeed
from signaling.media.feedback import Feedback
from signaling.media.inbound import MAX_SSRCS, Inbound
from signaling.media.interface import (
    Delivery,
    Downlink,
    FeedListener,
    Kind,
    PeerListener,
    PeerStats,
    Quality,
    Track,
    TrackListener,
    Uplink,
)
from signaling.media.layers import Allocation, Demand, allocate
from signaling.media.limits import TokenBucket
from signaling.media.names import address_of
from signaling.media.port import Port, ffi
from signaling.media.track import PublishedTrack
from signaling.media.wire import STRIDE

if TYPE_CHECKING:
    from signaling.media.context import Context
    from signaling.media.engine import MediaEngine

RESENDS = 300.0  # resent packets per second to one subscriber
RESEND_BURST = 150.0
REPAIRS = 0.25  # of a line that is known to be narrow: a full one must not be filled by repairs
RTP_DATAGRAMS = 4000.0  # per second that are decrypted at all: five times what camera, screen and microphone need
DTLS_DATAGRAMS = 2000.0  # per second: data channels travel in them


class PeerConnection:
    """See ``interface.Peer``. Owned by the engine; owns its tracks and feeds."""

    def __init__(
        self,
        engine: MediaEngine,
        context: Context,
        port: Port,
        certificate: Certificate,
        listener: PeerListener,
    ) -> None:
        self._engine = engine
        self._port = port
        self.context = context
        self.listener = listener
        self.agent = ice.Agent()
        self.feedback_ssrc = context.new_ssrc()
        self.inbound = Inbound(context)
        self.tracks: list[PublishedTrack] = []
        self.feeds: dict[int, SubscribedFeed] = {}  # by the SSRC the subscriber sees, RTX included
        self.downstream = Downstream()
        self.resend_limit = TokenBucket(RESENDS, RESEND_BURST)
        self.send_context: Any = None
        self.flowing = False  # keys exist and the client consents: packets may go out
        self.closed = False
        self.heard: float | None = None
        self._name = ffi.new("char[]", port.name_size)
        self.address = array("Q", [int(ffi.cast("uintptr_t", self._name))])
        self._past: dict[int, Past] = {}
        self._received: set[PublishedTrack] = set()  # every track that was ever subscribed and is not closed
        self._reporters: set[int] = set()  # SSRCs that RTCP came from: as many as of packets
        self._fingerprints: tuple[tuple[str, str], ...] = ()
        self._as_server = True
        self._rtp_limit = TokenBucket(RTP_DATAGRAMS, RTP_DATAGRAMS)
        self._dtls_limit = TokenBucket(DTLS_DATAGRAMS, DTLS_DATAGRAMS)
        self._dtls = DtlsSession(certificate, send=self._send_dtls, ready=self._ready, ended=self._ended)
        self._channels: Channels | None = None
        self.feedback = Feedback(self)

    # Negotiated parameters

    @property
    def ufrag(self) -> str:
        return self.agent.current.ufrag

    @property
    def password(self) -> str:
        return self.agent.current.password

    def start(self, *, ufrag: str, password: str, fingerprints: Sequence[tuple[str, str]], setup: str) -> None:
        """See ``interface.Peer``. ``password`` is the client's; a lite agent sends no checks and needs none."""
        if self.agent.remote_ufrag is None:
            self.agent.remote_ufrag = ufrag
            self._fingerprints = tuple(fingerprints)
            self._as_server = setup != "passive"
            self._maybe_handshake()
        elif ufrag != self.agent.remote_ufrag:
            self.agent.restart(ufrag)
            self._engine.register(self)

    def publish(self, uplink: Uplink, listener: TrackListener) -> PublishedTrack:
        track = PublishedTrack(self.context, self, uplink, listener)
        self.tracks.append(track)
        self.inbound.add(track)
        return track

    def unpublish(self, track: PublishedTrack) -> None:
        self.tracks.remove(track)
        self.inbound.remove(track)

    def subscribe(self, track: Track, downlink: Downlink, listener: FeedListener) -> SubscribedFeed:
        """Raises Refused when the section's codec is not the track's: nothing here transcodes."""
        assert isinstance(track, PublishedTrack)  # an engine carries its own tracks only
        if downlink.codec.mime.lower() != track.mime:
            raise Refused("media.codec", codec=track.mime)
        if track.ssrc in self.feeds:
            self.feeds[track.ssrc].close()
        feed = SubscribedFeed(track, self, downlink, listener, self._past.get(track.ssrc))
        self.feeds[track.ssrc] = feed
        self._received.add(track)
        if track.rtx_ssrc is not None:
            self.feeds[track.rtx_ssrc] = feed
        track.feeds.append(feed)
        feed.refresh()
        self.demand_changed()
        track.update_demand()
        return feed

    def unsubscribe(self, feed: SubscribedFeed, past: Past | None) -> None:
        self.feeds.pop(feed.track.ssrc, None)
        self.feeds.pop(feed.track.rtx_ssrc or 0, None)
        if past is not None:
            self._past[feed.track.ssrc] = past
        feed.track.update_demand()

    def distinct_feeds(self) -> list[SubscribedFeed]:
        return [feed for ssrc, feed in self.feeds.items() if ssrc == feed.track.ssrc]

    # Datagrams, handed over by the engine after demultiplexing

    def checked(self, check: ice.Check, source: bytes) -> bytes | None:
        """A connectivity check; the reply to send, or None to stay silent."""
        address, port = address_of(source)
        answer = self.agent.answer(check, source, address, port, self.context.now)
        if answer is None:
            return None
        if answer.validated:
            self.heard = self.context.now
            self._engine.validated(self, source)
            if answer.selected:
                ffi.memmove(self._name, source, len(source))
            self._maybe_handshake()
            self._update_flow()
        return answer.reply

    def received_dtls(self, datagram: bytes) -> None:
        allowed = self._dtls.started and self._dtls_limit.take(1.0, self.context.now)
        if not allowed or not self._dtls.receive(datagram):
            self.context.counters.drop("dtls_backlog")

    def received_rtp(self, offset: int, length: int, arrival: int) -> None:
        if self._dtls.receive_context is None:
            self.context.counters.drop("auth")
            return
        if not self._rtp_limit.take(1.0, self.context.now):
            self.context.counters.drop("rate")
            return
        self.heard = self.context.now
        self.inbound.receive(self._dtls.receive_context, offset, length, arrival)

    def received_rtcp(self, offset: int, length: int) -> None:
        """RTCP from a validated address."""
        if self._dtls.receive_context is None:
            self.context.counters.drop("auth")
            return
        port = self.context.wire
        cell = srtp.length_cell()
        cell[0] = length
        ssrc = int.from_bytes(port.received[offset + 4 : offset + 8], "big")
        if ssrc not in self._reporters and len(self._reporters) >= MAX_SSRCS:
            self.context.counters.drop("ssrc_limit")
            return
        if srtp.unprotect_rtcp(self._dtls.receive_context, port.received_slots[offset // STRIDE], cell):
            self.context.counters.drop("auth")
            return
        self._reporters.add(ssrc)
        self.feedback.received(rtcp.parse(bytes(port.received[offset : offset + cell[0]])))

    def send_rtcp(self, packet: bytes) -> None:
        """Queued; leaves with the batch or timer under way."""
        if self.flowing:
            self.context.fanout.send_rtcp(packet, self.send_context, self.address)
            self.context.flush_soon()

    # Connection state

    def _maybe_handshake(self) -> None:
        if self.agent.selected is not None and self._fingerprints and not self._dtls.started and not self.closed:
            self._dtls.start(self._fingerprints, server=self._as_server)

    def _send_dtls(self, datagram: bytes) -> None:
        if self.agent.consents(self._engine.time()):
            self._port.send(datagram, self.address)
            self._port.flush()

    def _ready(self) -> None:
        self.send_context = self._dtls.send_context
        self._channels = Channels(self._dtls, message=self._message, overrun=self._fail)
        self.context.now = self._engine.time()
        self._update_flow()

    def _message(self, delivery: Delivery, payload: bytes) -> None:
        self.later(lambda: self.listener.data(delivery, payload))

    def _update_flow(self) -> None:
        """Connected or not follows from keys and consent; only the change is told."""
        flowing = self.send_context is not None and not self.closed and self.agent.consents(self.context.now)
        if flowing == self.flowing:
            return
        self.flowing = flowing
        self._refresh_feeds()
        if flowing:
            self.later(self.listener.connected)
        elif not self.closed:
            self.later(lambda: self.listener.disconnected("consent_expired"))

    def _ended(self, reason: str) -> None:
        if not self.closed:
            self._fail(reason)

    def _fail(self, reason: str) -> None:
        """Over for good, though the owner still has to close it."""
        self.send_context = None
        self.flowing = False
        self._refresh_feeds()
        self.later(lambda: self.listener.disconnected(reason))

    def _refresh_feeds(self) -> None:
        for feed in self.distinct_feeds():
            feed.refresh()
            feed.track.update_demand()

    def later(self, call: Callable[[], None]) -> None:
        """Call a listener, but not from within a call into media, and not once this peer is closed."""

        def unless_closed() -> None:
            if not self.closed:
                call()

        asyncio.get_running_loop().call_soon(unless_closed)

    # Timers, driven by the engine

    def tick(self) -> None:
        self.feedback.tick()

    def every_second(self) -> None:
        self._update_flow()
        self.feedback.every_second()
        for track in self.tracks:
            track.every_second()
        if self.flowing and self.feeds:
            self._try_more()
        self._forget_closed()

    def _forget_closed(self) -> None:
        """A closed track never sends again: whoever stays for hours need not keep the state of all that ever came."""
        for track in [track for track in self._received if track.closed]:
            self._received.discard(track)
            self._past.pop(track.ssrc, None)
            if self.send_context is not None:
                srtp.forget(self.send_context, track.ssrc)
                srtp.forget(self.send_context, track.rtx_ssrc or 0)

    # Demand and bandwidth

    def demand_changed(self) -> None:
        """This subscriber wants something else than before: divide its bandwidth anew."""
        self.reallocate()

    def sending_rate(self, *, voice: bool = False) -> float:
        """bit/s of video that goes out to this subscriber now, or of everything."""
        return sum(
            feed.stream.bitrate
            for feed in self.distinct_feeds()
            if feed.stream is not None and (voice or feed.track.kind is Kind.VIDEO)
        )

    def sent_octets(self) -> int:
        """Video payload sent on the feeds there are, from their beginning."""
        return sum(feed.sent()[1] for feed in self.distinct_feeds() if feed.track.kind is Kind.VIDEO)

    def demands(self) -> list[Demand]:
        """The pictures that are wanted and may be shown."""
        return [
            feed.as_demand()
            for feed in self.distinct_feeds()
            if feed.enabled and feed.track.kind is Kind.VIDEO and feed.track.forwarding
        ]

    def may_resend(self, octets: int) -> bool:
        """Takes one resent packet's share of what is allowed."""
        limit = self.downstream.limit
        share = 0.0 if limit is None else octets * 8 / (limit * REPAIRS)  # seconds of it
        return self.resend_limit.take(max(1.0, share * RESENDS), self.context.now)

    def reallocate(self) -> Allocation:
        """Give every feed the layer that the limit of the moment allows."""
        demands = self.demands()
        allocation = allocate(demands, self.downstream.limit)
        for demand in demands:
            assert isinstance(demand.key, SubscribedFeed)
            demand.key.allow(allocation.ceilings[demand.key])
        return allocation

    def _try_more(self) -> None:
        """Once a second: the next step up, when it is time for one."""
        allocation = self.reallocate()
        if self.downstream.may_try(self.context.now):
            self.downstream.tried(allocation.next_cost, self.context.now)
            self.reallocate()

    def tell(self, feed: SubscribedFeed, *, paused: bool, sent: Quality | None) -> None:
        self.later(lambda: None if feed.closed else feed.listener.stream_state(feed, paused, sent))

    # The rest of the interface

    def send_data(self, delivery: Delivery, payload: bytes) -> None:
        if self._channels is not None:
            self._channels.send(delivery, payload)

    def stats(self) -> PeerStats:
        return self.feedback.stats()

    async def close(self) -> None:
        """Closes tracks (and so everybody's feeds of them) and feeds, says goodbye by DTLS. Idempotent."""
        if self.closed:
            return
        for track in list(self.tracks):
            track.close()
        for feed in self.distinct_feeds():
            feed.close()
        self.closed = True
        self.flowing = False
        if self._channels is not None:
            await self._channels.close()
        await self._dtls.close()
        self._engine.forget(self)
