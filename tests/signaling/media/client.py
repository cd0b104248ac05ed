"""A WebRTC client for tests: real STUN (aioice's), DTLS, SRTP and SCTP (aiortc's) over a UDP socket of its own."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from collections.abc import Callable
from typing import Any

from aioice import stun
from aiortc import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport
from aiortc.rtcsctptransport import RTCSctpCapabilities, RTCSctpTransport
from pylibsrtp import Error as SrtpError

from signaling.media import rtcp
from signaling.media.engine import MediaEngine
from signaling.media.interface import Delivery, PeerListener, Quality, Track
from signaling.media.peer import PeerConnection

SENT_EXTENSIONS = {
    "urn:ietf:params:rtp-hdrext:sdes:mid": 4,
    "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id": 10,
    "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id": 11,
    "urn:ietf:params:rtp-hdrext:ssrc-audio-level": 1,
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01": 3,
}


class Listener:
    """Records what media reports back, for peers, tracks and feeds alike."""

    def __init__(self) -> None:
        self.events: list[tuple[Any, ...]] = []
        self.changed = asyncio.Event()

    def _note(self, *event: Any) -> None:
        self.events.append(event)
        self.changed.set()

    def connected(self) -> None:
        self._note("connected")

    def disconnected(self, reason: str) -> None:
        self._note("disconnected", reason)

    def data(self, delivery: Delivery, payload: bytes) -> None:
        self._note("data", delivery, payload)

    def layers_wanted(self, track: Track, wanted: Any) -> None:
        self._note("layers", {quality: bool(on) for quality, on in wanted.items()})

    def stream_state(self, feed: Any, paused: bool, sent: Quality | None) -> None:
        self._note("state", paused, sent)

    async def until(self, condition: Callable[[list[tuple[Any, ...]]], bool], seconds: float = 10) -> None:
        async with asyncio.timeout(seconds):
            while not condition(self.events):
                self.changed.clear()
                await self.changed.wait()


class _Ice:
    role = "controlling"
    state = "completed"

    def __init__(self, client: Client) -> None:
        self._client = client
        self.queue: asyncio.Queue[bytes | None] = asyncio.Queue()

    async def _recv(self) -> bytes:
        data = await self.queue.get()
        if data is None:
            raise ConnectionError
        return data

    async def _send(self, data: bytes) -> None:
        self._client.send(data)


class Client(asyncio.DatagramProtocol):
    """Make with :meth:`open`; received plaintext lands in ``rtp`` and ``rtcp``."""

    transport: asyncio.DatagramTransport

    def __init__(self, engine: MediaEngine, peer: PeerConnection) -> None:
        self.engine = engine
        self.peer = peer
        self.ufrag = os.urandom(4).hex()
        self.password = os.urandom(16).hex()
        self.certificate = RTCCertificate.generateCertificate()
        self.ice = _Ice(self)
        ice: Any = self.ice
        self.dtls = RTCDtlsTransport(ice, [self.certificate])
        self.dtls._set_role("client")
        self.replies: asyncio.Queue[stun.Message] = asyncio.Queue()
        self.rtp: list[bytes] = []
        self.rtcp: list[bytes] = []
        self.raw: list[bytes] = []  # every SRTP or SRTCP datagram, as received
        self.last_sent = b""
        self.sctp: RTCSctpTransport | None = None
        self.on_rtp: Callable[[bytes], None] | None = None

    @classmethod
    async def open(cls, engine: MediaEngine, listener: PeerListener) -> Client:
        """A socket and a peer of the engine's, not yet connected."""
        client = cls(engine, engine.connect(listener))
        await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: client, remote_addr=("127.0.0.1", engine.udp_port)
        )
        return client

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * 1024 * 1024)

    def error_received(self, exc: Exception) -> None:
        """The engine has gone."""

    def datagram_received(self, data: bytes, _: object) -> None:
        if data[0] < 4:
            self.replies.put_nowait(stun.parse_message(data))
        elif data[0] < 64:
            self.ice.queue.put_nowait(data)
        else:
            self.raw.append(data)
            self._decrypt(data)

    def _decrypt(self, data: bytes) -> None:
        session: Any = self.dtls._rx_srtp
        if session is None:
            return
        try:
            if 192 <= data[1] <= 223:
                self.rtcp.append(session.unprotect_rtcp(data))
            else:
                packet = session.unprotect(data)
                self.rtp.append(packet)
                if self.on_rtp is not None:
                    self.on_rtp(packet)
        except SrtpError:
            return  # a resend of what has already arrived

    def send(self, data: bytes) -> None:
        self.transport.sendto(data)

    async def check(self, *, nominate: bool = True, password: str | None = None) -> bool:
        """One connectivity check; False when nothing came back."""
        request = stun.Message(
            message_method=stun.Method.BINDING,
            message_class=stun.Class.REQUEST,
            attributes={
                "USERNAME": f"{self.peer.ufrag}:{self.ufrag}",
                "PRIORITY": 1,
                "ICE-CONTROLLING": 1,
                **({"USE-CANDIDATE": None} if nominate else {}),
            },
        )
        key = (password or self.peer.password).encode()
        request.add_message_integrity(key)
        self.send(bytes(request))
        try:
            async with asyncio.timeout(0.3):
                reply = await self.replies.get()
        except TimeoutError:
            return False
        assert reply.transaction_id == request.transaction_id
        assert reply.check_message_integrity(key)
        if reply.message_class is not stun.Class.RESPONSE:
            return False
        assert reply.attributes["XOR-MAPPED-ADDRESS"] == self.transport.get_extra_info("sockname")
        return True

    def fingerprints(self) -> list[tuple[str, str]]:
        return [(f.algorithm, f.value) for f in self.certificate.getFingerprints()]

    def announce(self, fingerprints: list[tuple[str, str]] | None = None) -> None:
        """What signalling would hand over from the offer."""
        self.peer.start(
            ufrag=self.ufrag,
            password=self.password,
            fingerprints=self.fingerprints() if fingerprints is None else fingerprints,
            setup="actpass",
        )

    async def handshake(self) -> None:
        await self.dtls.start(RTCDtlsParameters([RTCDtlsFingerprint("sha-256", self.engine.fingerprint)]))

    async def connect(self) -> Client:
        self.announce()
        assert await self.check()
        await self.handshake()
        assert self.dtls.state == "connected"
        return self

    async def open_data(self) -> RTCSctpTransport:
        self.sctp = RTCSctpTransport(self.dtls, 5000)
        await self.sctp.start(RTCSctpCapabilities(maxMessageSize=65536), 5000)
        return self.sctp

    def send_rtp(self, packet: bytes) -> bytes:
        """Protect and send; returns the datagram, to be replayed."""
        self.last_sent = self.dtls._tx_srtp.protect(packet)
        self.send(self.last_sent)
        return self.last_sent

    def send_rtcp(self, packet: bytes) -> None:
        self.send(self.dtls._tx_srtp.protect_rtcp(packet))

    async def close(self) -> None:
        if self.sctp is not None:
            await self.sctp.stop()
        await self.dtls.stop()
        self.ice.queue.put_nowait(None)
        self.transport.close()


class Source:
    """One outgoing SSRC with running numbers."""

    def __init__(self, client: Client, ssrc: int, payload_type: int, elements: dict[int, bytes]) -> None:
        self.client = client
        self.ssrc = ssrc
        self.payload_type = payload_type
        self.elements = elements
        self.sequence = 100
        self.timestamp = 10_000
        self.transport_number = 0

    def packet(self, payload: bytes, *, marker: bool = False, padding: int = 0) -> bytes:
        elements = dict(self.elements)
        elements[3] = struct.pack("!H", self.transport_number)
        self.transport_number += 1
        block = b"".join(bytes((i << 4 | len(v) - 1,)) + v for i, v in elements.items())
        block += bytes(-len(block) % 4)
        first = 0x90 | (0x20 if padding else 0)
        second = self.payload_type | (0x80 if marker else 0)
        header = struct.pack("!BBHII", first, second, self.sequence & 0xFFFF, self.timestamp & 0xFFFFFFFF, self.ssrc)
        header += struct.pack("!HH", 0xBEDE, len(block) // 4)
        self.sequence += 1
        tail = bytes(padding - 1) + bytes((padding,)) if padding else b""
        return header + block + payload + tail

    def send(self, payload: bytes, *, marker: bool = False, padding: int = 0) -> bytes:
        return self.client.send_rtp(self.packet(payload, marker=marker, padding=padding))


def vp8(picture: int, *, key: bool, body: bytes = b"", start: bool = True) -> bytes:
    """A VP8 payload: descriptor with a 15-bit picture id and TL0PICIDX, then a frame header byte."""
    first = 0x80 | (0x10 if start else 0)
    return bytes((first, 0xC0, 0x80 | picture >> 8 & 0x7F, picture & 0xFF, picture & 0xFF, 0 if key else 1)) + body


async def eventually(condition: Callable[[], Any], seconds: float = 5) -> None:
    """Until it holds; fails with a timeout otherwise."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is waited for happens in another object's state
            await asyncio.sleep(0.005)


def reports(client: Client) -> list[rtcp.SenderReport]:
    """The sender reports that reached it."""
    messages = [message for packet in client.rtcp for message in rtcp.parse(packet)]
    return [message for message in messages if isinstance(message, rtcp.SenderReport)]


def requests(client: Client, source: Source) -> int:
    """How often it was asked for a key frame of ``source``."""
    messages = [message for packet in client.rtcp for message in rtcp.parse(packet)]
    return sum(message == rtcp.KeyframeRequest(source.ssrc) for message in messages)
