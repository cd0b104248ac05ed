"""What signalling asks of media and what media reports back: the one interface of the packet's path.

Signalling (``session``, ``hub``) depends on these names and on nothing below them; rooms can be tested with a fake.
All calls happen on the media process's event loop and return at once; only ``close`` and ``open`` are awaited.

Who closes whom: ``Engine`` → ``Peer`` → its ``Track``s and ``Feed``s. Closing a track closes every feed of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Protocol


class Kind(StrEnum):
    AUDIO = "audio"
    VIDEO = "video"


class Quality(IntEnum):
    """LiveKit's ``VideoQuality``: which simulcast layer."""

    LOW = 0
    MEDIUM = 1
    HIGH = 2
    OFF = 3


class Delivery(StrEnum):
    """LiveKit's two data channels."""

    RELIABLE = "_reliable"
    LOSSY = "_lossy"


@dataclass(frozen=True, slots=True)
class Codec:
    """One negotiated payload format of a media section (RFC 8866 rtpmap + fmtp)."""

    mime: str  # "audio/opus", "video/VP8", "video/H264"
    payload_type: int
    clock_rate: int
    channels: int = 1
    fmtp: str = ""
    rtx_payload_type: int | None = None


@dataclass(frozen=True, slots=True)
class Encoding:
    """One layer a publisher announced. ``rid`` is empty without simulcast; sizes in pixels, bitrate in bit/s."""

    rid: str
    quality: Quality
    width: int = 0
    height: int = 0
    bitrate: int = 0


@dataclass(frozen=True, slots=True)
class Uplink:
    """A publisher's media section as answered."""

    mid: str
    kind: Kind
    codecs: tuple[Codec, ...]  # first = the one answered; RED and others that carry the same track may follow
    extensions: Mapping[str, int]  # header extension URI → id chosen by this client (RFC 8285)
    encodings: tuple[Encoding, ...]  # lowest first; one with an empty rid when there is no simulcast
    ssrcs: tuple[int, ...] = ()  # from a=ssrc, when the client names them
    rtx_ssrcs: Mapping[int, int] | None = None  # media SSRC → its RTX SSRC, from a=ssrc-group:FID


@dataclass(frozen=True, slots=True)
class Downlink:
    """The media section of a subscriber that will carry a track."""

    mid: str
    codec: Codec
    extensions: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class PeerStats:
    """Since the peer connected, for connection quality. Loss in 0…1 over the last interval, rtt in seconds."""

    uplink_loss: float
    downlink_loss: float
    rtt: float | None
    uplink_bitrate: float
    downlink_bitrate: float
    downlink_estimate: float | None  # bit/s the subscriber says it can take; None before the first report


class PeerListener(Protocol):
    """Called by media for one peer, always from the loop, never re-entrantly from within a call into media."""

    def connected(self) -> None:
        """ICE validated and DTLS finished: packets flow. Called again after an ICE restart."""
        ...

    def disconnected(self, reason: str) -> None:
        """No consent for 15 s, DTLS closed or failed, or the certificate did not match the fingerprint."""
        ...

    def data(self, delivery: Delivery, payload: bytes) -> None:
        """One message of a LiveKit data channel (a serialised ``DataPacket``)."""
        ...


class TrackListener(Protocol):
    def layers_wanted(self, track: Track, wanted: Mapping[Quality, bool]) -> None:
        """Dynacast: which layers any subscriber needs has changed (already debounced when it shrinks)."""
        ...


class FeedListener(Protocol):
    def stream_state(self, feed: Feed, paused: bool, sent: Quality | None) -> None:
        """Media paused the feed for lack of bandwidth, resumed it, or changed the layer it sends."""
        ...


class Track(Protocol):
    """A published track, inside media."""

    kind: Kind
    ssrc: int  # the SSRC that every subscriber sees
    rtx_ssrc: int | None
    cname: str

    def set_forwarding(self, on: bool) -> None:
        """The server's gate: when off, nothing of this track is forwarded from the next packet on."""
        ...

    def audio_level(self, now: float) -> float:
        """0 (silence) … 1 over the last 400 ms, from the audio-level header extension (RFC 6464); 0 for video."""
        ...

    def close(self) -> None: ...


class Feed(Protocol):
    """One track on its way to one subscriber."""

    def configure(
        self, *, enabled: bool, quality: Quality = Quality.HIGH, width: int = 0, height: int = 0, priority: int = 0
    ) -> None:
        """From ``track_setting``. With width and height the smallest layer that covers them is chosen.
        Enabling asks the publisher for a keyframe at once. When bandwidth is short, 1 is served first and 0 (not
        set) last, then the larger picture before the smaller."""
        ...

    def close(self) -> None: ...


class Peer(Protocol):
    """One client's connection: ICE, DTLS, SRTP, SCTP."""

    @property
    def ufrag(self) -> str: ...

    @property
    def password(self) -> str: ...

    @property
    def heard(self) -> float | None:
        """When the client last sent anything on its connection (the loop's time); None before it was connected."""
        ...

    def start(self, *, ufrag: str, password: str, fingerprints: Sequence[tuple[str, str]], setup: str) -> None:
        """The client's ICE and DTLS parameters from its offer; ``fingerprints`` are (algorithm, value) pairs,
        ``setup`` its a=setup. Called for every offer; media notices what changed. A changed ufrag is an ICE
        restart: ``ufrag`` and ``password`` of this peer change before the call returns."""
        ...

    def publish(self, uplink: Uplink, listener: TrackListener) -> Track: ...

    def subscribe(self, track: Track, downlink: Downlink, listener: FeedListener) -> Feed: ...

    def send_data(self, delivery: Delivery, payload: bytes) -> None:
        """Queued until the channel is open; a lossy message is dropped rather than queued for long."""
        ...

    def stats(self) -> PeerStats: ...

    async def close(self) -> None: ...


class Engine(Protocol):
    """The one UDP port and everything behind it."""

    fingerprint: str  # sha-256 of the process's certificate, as in a=fingerprint
    candidates: tuple[str, ...]  # values of a=candidate: host candidates (plus public address when one is configured)

    def connect(self, listener: PeerListener) -> Peer: ...

    async def close(self) -> None: ...
