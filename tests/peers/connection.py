"""One peer's path to the media server: socket, ICE, DTLS, SRTP (RFC 7983 tells the datagrams apart)."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

from OpenSSL import SSL
from pylibsrtp import Error as SrtpError
from pylibsrtp import Session
from pylibsrtp._binding import lib

from tests.peers import ice, wire
from tests.peers.dtls import Handshake, Identity, WrongFingerprint
from tests.peers.line import Line
from tests.peers.media import Media


class Ends:
    """What this side shows of itself in its descriptions."""

    def __init__(self) -> None:
        self.identity = Identity()
        self.ufrag, self.password = ice.credentials()


class Connection:
    """``on_ready`` is called once when media may flow, ``on_lost`` with a reason when the path is gone."""

    def __init__(
        self,
        arena: wire.Arena,
        address: tuple[str, int],
        *,
        checks: ice.Checks,
        handshake: Handshake,
        cname: str,
        on_frame: Callable[[str, float], None],
        on_ready: Callable[[], None],
        on_lost: Callable[[str], None],
        line: Line,
    ) -> None:
        self.line = line
        self.socket: socket.socket = wire.open_socket(address)
        self.address = address
        self.checks = checks
        self.handshake = handshake
        self.media = Media(
            cname=cname,
            out=arena.out_view,
            send=self.send_rtp,
            send_rtcp=self.send_rtcp,
            resend=self.send_again,
            on_frame=on_frame,
        )
        self.ready = self.lost = False
        self.refused = 0  # datagrams whose authentication failed
        self.unsent = 0  # datagrams the kernel did not take
        self.silent = False  # a black hole: nothing goes out, nothing is read (for tests of reconnecting)
        self._arena = arena
        self._on_ready, self._on_lost = on_ready, on_lost
        self._begun = False
        self._retransmit_at = 0.0
        self._outgoing: Session | None = None
        self._incoming: Session | None = None
        self._protect: Any = None
        self._unprotect: Any = None

    def fileno(self) -> int:
        return self.socket.fileno()

    # --- out ------------------------------------------------------------------------------------------------------

    def beat(self, now: float, wall: float) -> None:
        if (request := self.checks.due(now)) is not None:
            self._send(request)
        if self.ready:
            self.media.beat(now, wall + self.line.clock_error)
            if self.checks.expired(now):
                self._lose("consent expired")
        elif self.checks.valid and not self.lost:
            if not self._begun:
                self._begun = True
                self._advance(None, now)
            elif self._retransmit_at and now >= self._retransmit_at:
                self._flight(self.handshake.retransmit(), now)

    def _send(self, data: bytes | memoryview) -> None:
        if self.silent or self.line.cut:
            return
        try:
            self.socket.send(data)
        except OSError:  # full buffer, or the port is closed while a server restarts
            self.unsent += 1

    def send_rtp(self, size: int) -> bytes:
        """Protects and sends what lies in the arena's outgoing slot; returns the protected bytes."""
        arena = self._arena
        arena.length[0] = size
        if lib.srtp_protect(self._protect, arena.out, arena.length):
            raise SrtpError("protect")
        packet = bytes(arena.out_view[: arena.length[0]])
        self._send(packet)
        return packet

    def send_rtcp(self, compound: bytes) -> None:
        if self._outgoing is not None:
            self._send(self._outgoing.protect_rtcp(compound))

    def send_again(self, packet: bytes) -> None:
        self._send(packet)

    # --- in -------------------------------------------------------------------------------------------------------

    def read(self, now: float) -> None:
        """Everything the socket holds."""
        arena = self._arena
        while count := arena.receive(self.socket.fileno()):
            for slot in range(count):
                if not (self.silent or self.line.cut):
                    self._datagram(slot, arena.size(slot), now)
            if count < wire.BATCH:
                return

    def _datagram(self, slot: int, size: int, now: float) -> None:
        arena = self._arena
        view = arena.views[slot]
        first = view[0]
        if 127 < first < 192:
            if self._unprotect is None:
                return
            if 192 <= view[1] <= 223:
                self._rtcp(bytes(view[:size]), now)
                return
            arena.length[0] = size
            if lib.srtp_unprotect(self._unprotect, arena.slots[slot], arena.length):
                self.refused += 1
                return
            self.media.received(view, arena.length[0], now)
        elif first < 4:
            if answer := self.checks.received(bytes(view[:size]), self.address, now):
                self._send(answer)
        elif 19 < first < 64:
            self._advance(bytes(view[:size]), now)

    def _rtcp(self, data: bytes, now: float) -> None:
        assert self._incoming is not None
        try:
            plain = self._incoming.unprotect_rtcp(data)
        except SrtpError:
            self.refused += 1
            return
        self.media.received_rtcp(plain, now)

    def _advance(self, datagram: bytes | None, now: float) -> None:
        try:
            self._flight(self.handshake.advance(datagram), now)
        except (SSL.Error, WrongFingerprint) as failure:
            self._lose(f"DTLS: {failure!r}")
            return
        if self.handshake.closed:
            self._lose("DTLS closed")
        elif self.handshake.finished and not self.ready:
            self._outgoing, self._incoming = self.handshake.srtp()
            self._protect, self._unprotect = self._outgoing._srtp[0], self._incoming._srtp[0]
            self.ready = True
            self._on_ready()

    def _flight(self, datagrams: list[bytes], now: float) -> None:
        for datagram in datagrams:
            self._send(datagram)
        wait = None if self.handshake.finished else self.handshake.timeout()
        self._retransmit_at = now + wait if wait is not None else 0.0

    def _lose(self, reason: str) -> None:
        if not self.lost:
            self.ready, self.lost = False, True
            self._on_lost(reason)

    def close(self) -> None:
        for datagram in self.handshake.close():
            self._send(datagram)
        self.ready, self.lost = False, True
        self.socket.close()
