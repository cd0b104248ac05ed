"""The engine: one port, one certificate, every peer, and the clock they share."""

from __future__ import annotations

import asyncio
import time

from meetinghub.settling import release_memory
from signaling.media import ice, rtp
from signaling.media.context import Context
from signaling.media.dtls import make_certificate
from signaling.media.fanout import Fanout
from signaling.media.interface import PeerListener
from signaling.media.names import local_addresses
from signaling.media.peer import PeerConnection
from signaling.media.port import Port, bind
from signaling.media.stats import Counters

MAX_DATAGRAM = 1600  # bytes; nothing longer crosses an Ethernet, and what we add when forwarding must still fit a slot
STALE_NS = 2_000_000_000  # media that waited so long helps nobody: an overloaded machine catches up by letting it go
TICK_SECONDS = 0.02
TICKS_PER_SECOND = 50
#: a check with another client's credentials may not take over an address whose owner was heard so recently
ADDRESS_HELD_SECONDS = 5.0
#: a peer that has gone is a knot of a few dozen objects holding 150 kB; by itself Python would untie hundreds at once
COLLECT_AFTER = 16
COLLECT_SECONDS = 1.0  # later, when its tasks and packet stores have ended, too


class MediaEngine:
    """See ``interface.Engine``. Made by :func:`open_engine`."""

    def __init__(self, host: str, udp_port: int, public_ip: str | None) -> None:
        self._loop = asyncio.get_running_loop()
        self.counters = Counters()
        self.port = Port(bind(host, udp_port), self._datagram, self._batch_done)
        self.udp_port: int = self.port.sock.getsockname()[1]
        self.context = Context(self.port, Fanout(self.port, self.counters), self.counters)
        self.peers: list[PeerConnection] = []
        self._certificate = make_certificate()
        self.fingerprint: str = self._certificate.fingerprint
        self.candidates: tuple[str, ...] = _candidates(host, self.udp_port, public_ip)
        self._by_ufrag: dict[str, PeerConnection] = {}
        self._by_address: dict[bytes, PeerConnection] = {}
        self.loop_lag = 0.0  # seconds by which the last timer was late
        self._max_lag = 0.0
        self._clock = time.time_ns()  # of the batch under way
        self._ticks = 0
        self._forgotten = 0
        self._timer = self._loop.call_later(TICK_SECONDS, self._tick)

    def connect(self, listener: PeerListener) -> PeerConnection:
        peer = PeerConnection(self, self.context, self.port, self._certificate, listener)
        self.peers.append(peer)
        self.register(peer)
        return peer

    # For peers

    def time(self) -> float:
        return self._loop.time()

    def register(self, peer: PeerConnection) -> None:
        """Make the peer known by the ufrags it answers to, and by no other."""
        for ufrag in [ufrag for ufrag, owner in self._by_ufrag.items() if owner is peer]:
            del self._by_ufrag[ufrag]
        for credentials in (peer.agent.current, peer.agent.previous):
            if credentials is not None:
                self._by_ufrag[credentials.ufrag] = peer

    def validated(self, peer: PeerConnection, source: bytes) -> None:
        """``source`` has passed a check with this peer's credentials."""
        self._by_address[source] = peer
        if len(peer.agent.paths) < sum(1 for owner in self._by_address.values() if owner is peer):
            for address in [a for a, owner in self._by_address.items() if owner is peer]:
                if address not in peer.agent.paths:
                    del self._by_address[address]

    def forget(self, peer: PeerConnection) -> None:
        self.peers.remove(peer)
        self._by_ufrag = {ufrag: owner for ufrag, owner in self._by_ufrag.items() if owner is not peer}
        self._by_address = {address: owner for address, owner in self._by_address.items() if owner is not peer}
        self._forgotten += 1
        if self._forgotten % COLLECT_AFTER == 0:
            self._loop.call_later(COLLECT_SECONDS, release_memory)

    # Datagrams

    def _datagram(self, offset: int, length: int, source: bytes, arrival: int) -> None:
        """Demultiplexing by the first byte (RFC 7983); RTCP by the second (RFC 5761)."""
        if not self.context.in_batch:
            self._begin_batch()
        counters = self.counters
        counters.packets_in += 1
        counters.bytes_in += length
        received = self.port.received
        first = received[offset] if 12 <= length <= MAX_DATAGRAM else 255
        if 127 < first < 192:
            peer = self._by_address.get(source)
            if peer is None:
                counters.drop("unknown_address")
            elif 192 <= received[offset + 1] <= 223:
                peer.received_rtcp(offset, length)
            elif arrival and self._clock - arrival > STALE_NS:
                counters.drop("stale")
            else:
                peer.received_rtp(offset, length, arrival or self._clock)
        elif first < 4:
            self._check(bytes(received[offset : offset + length]), source)
        elif 19 < first < 64:
            peer = self._by_address.get(source)
            if peer is None:
                counters.drop("unknown_address")
            else:
                peer.received_dtls(bytes(received[offset : offset + length]))
        else:
            counters.drop("malformed")

    def _check(self, datagram: bytes, source: bytes) -> None:
        check = ice.parse_check(datagram)
        peer = None if check is None else self._by_ufrag.get(check.local_ufrag)
        if check is None or peer is None:
            self.counters.drop("malformed" if check is None else "unknown_address")
            return
        owner = self._by_address.get(source)
        if owner not in (None, peer):
            assert owner is not None
            if self.context.now - owner.agent.last_check(source) < ADDRESS_HELD_SECONDS:
                self.counters.drop("unknown_address")
                return
        reply = peer.checked(check, source)
        if reply is None:
            self.counters.drop("auth")
            return
        self.port.reply(reply, source)

    def _begin_batch(self) -> None:
        self.context.in_batch = True
        self.context.now = self._loop.time()
        self._clock = time.time_ns()
        self.context.fanout.send_time = rtp.abs_send_time(self._clock)

    def _batch_done(self) -> None:
        self.context.in_batch = False
        self.port.flush()
        self.context.fanout.settle(time.time_ns())

    # Time

    def _tick(self) -> None:
        self._begin_batch()
        self.loop_lag = max(0.0, self.context.now - self._timer.when())
        self._max_lag = max(self._max_lag, self.loop_lag)
        self._timer = self._loop.call_later(TICK_SECONDS, self._tick)
        self._ticks += 1
        phase = self._ticks % TICKS_PER_SECOND
        for index, peer in enumerate(list(self.peers)):
            peer.tick()
            if index % TICKS_PER_SECOND == phase:
                peer.every_second()
        self._batch_done()

    def take_max_lag(self) -> float:
        """The largest lag since the last call."""
        lag, self._max_lag = self._max_lag, 0.0
        return lag

    async def close(self) -> None:
        """Closes every peer, then the socket."""
        for peer in list(self.peers):
            await peer.close()
        self._timer.cancel()
        self.port.close()


async def open_engine(host: str, udp_port: int, public_ip: str | None = None) -> MediaEngine:
    """Bind ``host``:``udp_port`` (0 picks a free port) on the running loop. ``public_ip`` is announced in addition to
    the addresses of this machine, for a server behind one-to-one NAT."""
    return MediaEngine(host, udp_port, public_ip)


def _candidates(host: str, port: int, public_ip: str | None) -> tuple[str, ...]:
    """RFC 8839 section 5.1, most preferred first."""
    addresses = local_addresses() if host in ("0.0.0.0", "::") else [host]
    if public_ip is not None:
        addresses = [public_ip, *(address for address in addresses if address != public_ip)]
    return tuple(
        f"{index + 1} 1 udp {(126 << 24) | ((65535 - index) << 8) | 255} {address} {port} typ host"
        for index, address in enumerate(addresses)
    )
