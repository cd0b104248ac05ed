"""Single steps of the media process that block its loop: one answer to a wall's offer, one DTLS handshake."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from statistics import median

from signaling.answer import Answered, Server, Source, Use, write
from signaling.media.dtls import DtlsSession, make_certificate
from signaling.sdp import Scanner
from tests.benchmarks.measure import Metric, emit
from tests.peers.dtls import Handshake, Identity

ROUNDS = 30
VIDEOS = 34  # of a wall: 33 sites and the main venue; with the rest 39 sections
CHROMIUM = Path(__file__).resolve().parents[1] / "signaling" / "golden" / "chromium-join.sdp"
_SERVER = Server("ufrag", "password", ":".join(["AB"] * 32), ("1 1 udp 1 127.0.0.1 7882 typ host",))


def wall_offer() -> str:
    """What Chromium offers on a wall: its join offer with the video section repeated."""
    head, *bodies = CHROMIUM.read_bytes().decode().split("\r\nm=")
    video = next(body for body in bodies if body.startswith("video"))
    mid = next(line for line in video.split("\r\n") if line.startswith("a=mid:"))
    others = [body for body in bodies if not body.startswith("video")]
    videos = [video.replace(mid, f"a=mid:v{number}", 1) for number in range(VIDEOS)]
    return "\r\nm=".join([head.split("a=group:")[0].rstrip(), *others, *(v.rstrip() for v in videos)]) + "\r\n"


def answer_seconds() -> tuple[list[float], list[float], int]:
    """A first offer, and one in which a single section is new; and the size of the offer in bytes."""
    text = wall_offer()
    first: list[float] = []
    again: list[float] = []
    for _ in range(ROUNDS):
        scanner = Scanner()
        first.append(_answer(scanner, text))
        again.append(_answer(scanner, text.replace("a=mid:v0\r\n", "a=mid:new\r\n")))
    return first, again, len(text)


def _answer(scanner: Scanner, text: str) -> float:
    start = time.perf_counter()
    plan = [
        Answered(s, Use.DATA)
        if s.kind is None
        else Answered(s, Use.SENT, s.codecs[0], stream="PA_1", track=f"TR_{s.mid}")
        for s in scanner.scan(text).sections
    ]
    write(plan, _SERVER, lambda track: Source(1, 2, "cname"), session_id=1, version=1)
    return time.perf_counter() - start


async def handshake_seconds() -> list[float]:
    """The server's processor time of each handshake: all of this thread's less the client's."""
    certificate = make_certificate()
    spent: list[float] = []
    for _ in range(ROUNDS):
        identity, client_time = Identity(), 0.0
        outgoing: asyncio.Queue[bytes] = asyncio.Queue()
        ready = asyncio.Event()
        start = time.thread_time()
        session = DtlsSession(certificate, send=outgoing.put_nowait, ready=ready.set, ended=lambda reason: None)
        session.start([("sha-256", identity.fingerprint)], server=True)
        before = time.thread_time()
        client = Handshake(identity, certificate.fingerprint)
        flight = client.advance()
        client_time += time.thread_time() - before
        while not (client.finished and ready.is_set()):
            for datagram in flight:
                session.receive(datagram)
            received = await outgoing.get()
            before = time.thread_time()
            flight = client.advance(received)
            client_time += time.thread_time() - before
            await asyncio.sleep(0)
        spent.append(time.thread_time() - start - client_time)
        await session.close()
    return spent


async def micro() -> None:
    first, again, size = answer_seconds()
    sections = f"{VIDEOS + 5} sections, {size // 1000} kB"
    emit(Metric("sdp_answer_ms", 1000 * median(first), "ms", 3, variant="first offer", note=f"{sections}; median"))
    emit(Metric("sdp_answer_ms", 1000 * median(again), "ms", 3, variant="one section new", note=f"{sections}; median"))
    spent = await handshake_seconds()
    emit(Metric("dtls_handshake_ms", 1000 * median(spent), "ms", None, note="server's processor time; median"))
