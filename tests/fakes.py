"""Fakes beside the real thing: a media engine that carries nothing and remembers everything it was told."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

from signaling.media.interface import (
    Delivery,
    Downlink,
    Feed,
    FeedListener,
    Kind,
    PeerListener,
    PeerStats,
    Quality,
    Track,
    TrackListener,
    Uplink,
)


@dataclass
class FakeTrack:
    uplink: Uplink
    listener: TrackListener
    ssrc: int
    rtx_ssrc: int | None = None
    cname: str = "fake"
    forwarding: bool = True
    closed: bool = False
    level: float = 0.0

    @property
    def kind(self) -> Kind:
        return self.uplink.kind

    @kind.setter
    def kind(self, value: Kind) -> None:
        raise AttributeError(value)

    def set_forwarding(self, on: bool) -> None:
        self.forwarding = on

    def audio_level(self, now: float) -> float:
        return self.level

    def close(self) -> None:
        self.closed = True


@dataclass
class FakeFeed:
    track: Track
    downlink: Downlink
    listener: FeedListener
    enabled: bool = True
    quality: Quality = Quality.HIGH
    size: tuple[int, int] = (0, 0)
    priority: int = 0
    closed: bool = False

    def configure(
        self, *, enabled: bool, quality: Quality = Quality.HIGH, width: int = 0, height: int = 0, priority: int = 0
    ) -> None:
        self.enabled, self.quality, self.size, self.priority = enabled, quality, (width, height), priority

    def close(self) -> None:
        self.closed = True


@dataclass
class FakePeer:
    listener: PeerListener
    numbers: itertools.count[int]
    ufrag: str = "fakeufrag"
    password: str = "fakepasswordfakepassword"
    heard: float | None = None
    client_ufrag: str = ""
    tracks: list[FakeTrack] = field(default_factory=list)
    feeds: list[FakeFeed] = field(default_factory=list)
    sent: list[tuple[Delivery, bytes]] = field(default_factory=list)
    closed: bool = False

    def start(self, *, ufrag: str, password: str, fingerprints: Sequence[tuple[str, str]], setup: str) -> None:
        if self.client_ufrag and self.client_ufrag != ufrag:
            self.ufrag = f"fakeufrag{next(self.numbers)}"
        self.client_ufrag = ufrag

    def publish(self, uplink: Uplink, listener: TrackListener) -> FakeTrack:
        track = FakeTrack(uplink, listener, ssrc=next(self.numbers))
        self.tracks.append(track)
        return track

    def subscribe(self, track: Track, downlink: Downlink, listener: FeedListener) -> Feed:
        feed = FakeFeed(track, downlink, listener)
        self.feeds.append(feed)
        return feed

    def send_data(self, delivery: Delivery, payload: bytes) -> None:
        self.sent.append((delivery, payload))

    def stats(self) -> PeerStats:
        return PeerStats(0.0, 0.0, 0.02, 1e6, 1e6, None)

    async def close(self) -> None:
        self.closed = True


@dataclass
class FakeEngine:
    fingerprint: str = ":".join(["AB"] * 32)
    candidates: tuple[str, ...] = ("1 1 udp 2130706431 127.0.0.1 7882 typ host",)
    peers: list[FakePeer] = field(default_factory=list)
    closed: bool = False
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1000))

    def connect(self, listener: PeerListener) -> FakePeer:
        peer = FakePeer(listener, self.numbers)
        self.peers.append(peer)
        return peer

    async def close(self) -> None:
        self.closed = True
