"""The live shape through Janus' VideoRoom: the same packets as towards our server, by the same peers."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from random import randrange

import aiohttp

from tests.benchmarks import janus
from tests.benchmarks.janus import Session
from tests.benchmarks.measure import Meter, Window
from tests.benchmarks.shape import FLOOR, SETTLE, SITES, THIRD, Shape
from tests.peers.connection import Connection, Ends
from tests.peers.description import Answer, Offer, Section, read_answer
from tests.peers.field import Field
from tests.peers.meeting import MAIN, site
from tests.peers.publication import Publication
from tests.peers.viewer import HIGH, LOW, MEDIUM

ROOM = 1
READY = 10.0  # seconds for ICE and DTLS


class Publisher:
    """One participant's sending connection."""

    def __init__(self, janus: Session, field: Field) -> None:
        self._janus, self._field = janus, field
        self.feed = 0
        self.connection: Connection | None = None
        self.publications: list[Publication] = []

    async def publish(self, publications: Sequence[Publication]) -> None:
        handle = await self._janus.attach()
        joined = await self._janus.message(handle, {"request": "join", "ptype": "publisher", "room": ROOM})
        self.feed = joined["plugindata"]["data"]["id"]
        ends = Ends()
        offer = Offer(ends.ufrag, ends.password, ends.identity.fingerprint, "peer", "9", 1, setup="active")
        for number, publication in enumerate(publications):
            publication.section = _section(publication, str(number))
            offer.sections.append(publication.section)
            self.publications.append(publication)
        jsep = {"type": "offer", "sdp": offer.write(), "rid_order": "lmh"}
        answered = await self._janus.message(handle, {"request": "publish"}, jsep)
        answer = read_answer(answered["jsep"]["sdp"])
        self.connection = await _connect(self._field, answer, ends)
        by_mid = {section.mid: section for section in answer.sections}
        now = asyncio.get_running_loop().time()
        for publication in publications:
            assert publication.section is not None
            publication.start(self.connection.media, by_mid[publication.section.mid], now)


def _section(publication: Publication, mid: str) -> Section:
    return Section(mid, publication.kind, publication.cid, "stream", randrange(1, 1 << 32), publication.rids)


class Subscriber:
    """One participant's receiving connection; Janus offers, we answer."""

    def __init__(self, janus: Session, field: Field) -> None:
        self._janus, self._field = janus, field
        self.connection: Connection | None = None

    async def watch(self, streams: Sequence[tuple[int, str, int | None]]) -> None:
        """Each stream is (feed, mid, simulcast layer or None)."""
        handle = await self._janus.attach()
        wanted = [{"feed": feed, "mid": mid} for feed, mid, _ in streams]
        attached = await self._janus.message(
            handle, {"request": "join", "ptype": "subscriber", "room": ROOM, "streams": wanted}
        )
        offer = read_answer(attached["jsep"]["sdp"])
        ends = Ends()
        connecting = asyncio.create_task(_connect(self._field, offer, ends))
        await asyncio.sleep(0)
        answer = {"type": "answer", "sdp": _answer(offer, ends)}
        await self._janus.message(handle, {"request": "start"}, answer)
        self.connection = await connecting
        self.connection.media.answered(offer.sections, {s.mid: s.mid for s in offer.sections})
        layers = [
            {"mid": described["mid"], "substream": layer}
            for described in attached["plugindata"]["data"]["streams"]
            for feed, mid, layer in streams
            if layer is not None and (described["feed_id"], described["feed_mid"]) == (feed, mid)
        ]
        if layers:
            await self._janus.message(handle, {"request": "configure", "streams": layers})


async def _connect(field: Field, remote: Answer, ends: Ends) -> Connection:
    ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def failed(reason: str) -> None:
        if not ready.done():
            ready.set_exception(ConnectionError(reason))

    connection = field.connect(
        remote,
        ends=ends,
        cname="peer",
        on_ready=lambda: ready.set_result(None),
        on_lost=failed,
        on_frame=lambda track, now: None,
    )
    async with asyncio.timeout(READY):
        await ready
    return connection


def _answer(offer: Answer, ends: Ends) -> str:
    """Accepts every section as offered, receiving only."""
    lines = ["v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0"]
    lines.append("a=group:BUNDLE " + " ".join(section.mid for section in offer.sections))
    for section in offer.sections:
        numbers = [str(n) for n, name in section.payloads.items() if name in ("opus", "vp8", "rtx")]
        lines += [
            f"m={section.kind} 9 UDP/TLS/RTP/SAVPF {' '.join(numbers)}",
            "c=IN IP4 0.0.0.0",
            f"a=mid:{section.mid}",
            "a=recvonly",
            "a=rtcp-mux",
            f"a=ice-ufrag:{ends.ufrag}",
            f"a=ice-pwd:{ends.password}",
            f"a=fingerprint:sha-256 {ends.identity.fingerprint}",
            "a=setup:active",
        ]
        for number, name in section.payloads.items():
            if name == "opus":
                lines.append(f"a=rtpmap:{number} opus/48000/2")
            elif name == "vp8":
                lines += [f"a=rtpmap:{number} VP8/90000", f"a=rtcp-fb:{number} nack", f"a=rtcp-fb:{number} nack pli"]
                lines.append(f"a=rtcp-fb:{number} goog-remb")
            elif name == "rtx":
                lines += [f"a=rtpmap:{number} rtx/90000", f"a=fmtp:{number} apt={section.repairs[number]}"]
        lines += [f"a=extmap:{number} {uri}" for uri, number in section.extensions.items()]
    return "\r\n".join(lines) + "\r\n"


async def janus_round(
    http: aiohttp.ClientSession, shape: Shape, *, seconds: float, event_loops: int
) -> tuple[Window, int]:
    """The window and the packets that were missing or had to be repeated in it."""
    async with janus.running(http, event_loops=event_loops) as (session, pid), Field() as field:
        names = [site(number) for number in range(1, SITES + 1)]
        publishers = {MAIN: Publisher(session, field)}
        if shape.whole:
            publishers |= {name: Publisher(session, field) for name in names}
        await _in_groups([_publish(publisher, name, shape) for name, publisher in publishers.items()])
        feeds = {name: publisher.feed for name, publisher in publishers.items()}
        viewers = [Subscriber(session, field) for _ in names]
        await _in_groups([v.watch(_site_streams(feeds, name)) for v, name in zip(viewers, names, strict=True)])
        if shape.whole:
            viewers.append(Subscriber(session, field))
            await viewers[-1].watch(_wall_streams(feeds, names))
        await asyncio.sleep(SETTLE)
        media = [viewer.connection.media for viewer in viewers if viewer.connection]
        before = sum(t.repaired + t.lost for t in (m.totals() for m in media))
        meter = Meter(pid, field)
        await asyncio.sleep(seconds)
        window = meter.read()
        after = sum(t.repaired + t.lost for t in (m.totals() for m in media))
        return window, max(0, after - before - field.drops())


async def _in_groups(steps: Sequence[Coroutine[None, None, None]]) -> None:
    for start in range(0, len(steps), 6):
        await asyncio.gather(*steps[start : start + 6])


async def _publish(publisher: Publisher, name: str, shape: Shape) -> None:
    """Sends the layers that somebody watches, as dynacast makes clients of our server do."""
    microphone = Publication("audio", muted=not shape.microphones_open and name not in (MAIN, FLOOR, THIRD))
    camera = Publication("video")
    await publisher.publish([microphone, camera])
    camera.want({LOW: name != MAIN, MEDIUM: name == FLOOR, HIGH: name == MAIN})


def _site_streams(feeds: dict[str, int], me: str) -> list[tuple[int, str, int | None]]:
    streams: list[tuple[int, str, int | None]] = [(feeds[MAIN], "0", None), (feeds[MAIN], "1", 2)]
    if me != FLOOR and FLOOR in feeds:
        streams += [(feeds[FLOOR], "0", None), (feeds[FLOOR], "1", 1)]
    if me != THIRD and THIRD in feeds:
        streams.append((feeds[THIRD], "0", None))
    return streams


def _wall_streams(feeds: dict[str, int], names: list[str]) -> list[tuple[int, str, int | None]]:
    return [
        *((feeds[name], "1", 0) for name in names),
        (feeds[MAIN], "0", None),
        (feeds[MAIN], "1", 2),
        (feeds[FLOOR], "0", None),
    ]
