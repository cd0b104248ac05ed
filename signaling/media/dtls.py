"""DTLS towards one client: the handshake, the SRTP keys, and what data channels travel in.

The only file that touches aiortc's private parts (``tests/signaling/media/test_dtls.py`` fails when they change).
aiortc runs the handshake over an object that looks like its ICE transport; datagrams are handed in by the port, and
only after ICE has validated their source.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from aiortc import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport
from aiortc.rtcdtlstransport import (
    SRTP_AEAD_AES_128_GCM,
    SRTP_AEAD_AES_256_GCM,
    SRTP_AES128_CM_SHA1_80,
    SRTPProtectionProfile,
)
from cryptography.hazmat.primitives.asymmetric import ec
from OpenSSL import SSL

from signaling.media import srtp

HANDSHAKE_SECONDS = 30.0
QUEUED_DATAGRAMS = 64

# The leaner AEAD first: with hardware AES it costs less than half of what counter mode with SHA-1 does.
PROFILES = [SRTP_AEAD_AES_128_GCM, SRTP_AEAD_AES_256_GCM, SRTP_AES128_CM_SHA1_80]
CIPHERS = b"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305"


class Certificate(RTCCertificate):
    """One key pair per process, made at start and never stored; AEAD suites only, no renegotiation."""

    _context: SSL.Context | None = None

    def _create_ssl_context(self, srtp_profiles: list[SRTPProtectionProfile]) -> SSL.Context:
        if self._context is None:
            context = super()._create_ssl_context(srtp_profiles)
            context.set_cipher_list(CIPHERS)
            context.set_options(SSL.OP_NO_RENEGOTIATION | SSL.OP_CIPHER_SERVER_PREFERENCE | SSL.OP_NO_TICKET)
            context.set_session_cache_mode(SSL.SESS_CACHE_OFF)  # else each client's session stays; none is resumed
            self._context = context
        return self._context

    @property
    def fingerprint(self) -> str:
        """SHA-256 in the notation of ``a=fingerprint``."""
        return next(f.value for f in self.getFingerprints() if f.algorithm == "sha-256")


def make_certificate() -> Certificate:
    certificate = Certificate.generateCertificate()
    assert isinstance(certificate._key, ec.EllipticCurvePrivateKey)
    return certificate


class DataReceiver(Protocol):
    """Takes the application data of a DTLS connection: SCTP packets."""

    async def _handle_data(self, data: bytes) -> None: ...


class _Datagrams:
    """What aiortc believes to be an ICE transport."""

    role = "controlled"
    state = "completed"

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._write = send

    async def _recv(self) -> bytes:
        data = await self._queue.get()
        if data is None:
            raise ConnectionError
        return data

    async def _send(self, data: bytes) -> None:
        self._write(data)

    def put(self, data: bytes) -> bool:
        if self._queue.qsize() >= QUEUED_DATAGRAMS:
            return False
        self._queue.put_nowait(data)
        return True

    def end(self) -> None:
        self._queue.put_nowait(None)


class DtlsSession:
    """One DTLS association. ``ready`` is called once keys exist, ``ended`` (with a reason) when it is over for any
    cause but :meth:`close`. Both are called from the loop, never from within a call into this object."""

    def __init__(
        self,
        certificate: Certificate,
        *,
        send: Callable[[bytes], None],
        ready: Callable[[], None],
        ended: Callable[[str], None],
    ) -> None:
        self._datagrams = _Datagrams(send)
        self._ready = ready
        self._ended = ended
        transport: Any = self._datagrams
        self._dtls = RTCDtlsTransport(transport, [certificate])
        self._dtls._srtp_profiles = PROFILES
        self._task: asyncio.Task[None] | None = None
        self._over = asyncio.Event()
        self.receive_context: Any = None
        self.send_context: Any = None

    @property
    def started(self) -> bool:
        return self._task is not None

    def start(self, fingerprints: Sequence[tuple[str, str]], *, server: bool) -> None:
        """``fingerprints`` as in the client's SDP. At least one must be of an algorithm we know, and each such one
        must match the certificate the client shows."""
        self._dtls._set_role("server" if server else "client")
        parameters = RTCDtlsParameters([RTCDtlsFingerprint(algorithm, value) for algorithm, value in fingerprints])
        self._task = asyncio.create_task(self._run(parameters))

    async def _run(self, parameters: RTCDtlsParameters) -> None:
        self._dtls.on("statechange", self._state_changed)
        try:
            async with asyncio.timeout(HANDSHAKE_SECONDS):
                await self._dtls.start(parameters)
        except TimeoutError:
            self._ended("dtls_timeout")
            return
        if self._dtls.state != "connected":
            self._ended("dtls_failed")
            return
        self.receive_context = srtp.context(self._dtls._rx_srtp)
        self.send_context = srtp.context(self._dtls._tx_srtp)
        self._ready()
        await self._over.wait()
        self._ended("dtls_closed")

    def _state_changed(self) -> None:
        if self._dtls.state == "closed":
            self._over.set()

    def receive(self, datagram: bytes) -> bool:
        """False when it had to be dropped because the handshake does not keep up."""
        return self._datagrams.put(datagram)

    def attach(self, receiver: DataReceiver) -> None:
        """Who gets application data from now on."""
        self._dtls._register_data_receiver(receiver)

    async def send_data(self, data: bytes) -> None:
        """Raises ConnectionError when there is no connection (any more)."""
        try:
            await self._dtls._send_data(data)
        except SSL.Error as error:
            raise ConnectionError from error

    @property
    def is_server(self) -> bool:
        return self._dtls._role == "server"

    async def close(self) -> None:
        """Sends close_notify and ends the tasks. Idempotent."""
        self._dtls.remove_all_listeners()
        pump = self._dtls._task
        with contextlib.suppress(ConnectionError):
            await self._dtls.stop()
        self._datagrams.end()
        for task in (self._task, pump):
            if task is not None and task is not asyncio.current_task():
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
