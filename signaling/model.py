"""The words of a room: who may do what, what is published, who subscribes to it. Values only; rules are elsewhere.

Names are LiveKit's. Times are seconds of a monotonic clock unless a name says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum

from livekit.protocol import models, rtc, webhook
from livekit.protocol.room import RoomConfiguration

from signaling.media.interface import Kind, Quality

TrackInfo = models.TrackInfo
ParticipantInfo = models.ParticipantInfo
RoomInfo = models.Room
WebhookEvent = webhook.WebhookEvent
AddTrackRequest = rtc.AddTrackRequest
DisconnectReason = models.DisconnectReason

GATE_PREFIX = "gate."


class Source(IntEnum):
    """LiveKit's ``TrackSource``."""

    UNKNOWN = 0
    CAMERA = 1
    MICROPHONE = 2
    SCREEN_SHARE = 3
    SCREEN_SHARE_AUDIO = 4

    @property
    def gate(self) -> str:
        """The attribute that opens and closes this source at the server."""
        return GATE_PREFIX + self.name.lower()


@dataclass(frozen=True, slots=True)
class Permission:
    """What a participant may do. ``can_publish_sources`` empty = every source."""

    can_subscribe: bool = True
    can_publish: bool = True
    can_publish_data: bool = True
    can_publish_sources: frozenset[Source] = frozenset()
    hidden: bool = False
    recorder: bool = False
    can_update_metadata: bool = False
    agent: bool = False
    can_subscribe_metrics: bool = False

    def may_publish(self, source: Source) -> bool:
        return self.can_publish and (not self.can_publish_sources or source in self.can_publish_sources)


@dataclass(frozen=True, slots=True)
class Grants:
    """A verified token. ``issued_at`` and ``expires_at`` are unix seconds; ``room`` is the only room it is good for."""

    identity: str
    room: str
    room_join: bool = False
    room_admin: bool = False
    room_create: bool = False
    room_list: bool = False
    name: str = ""
    metadata: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    permission: Permission = field(default_factory=Permission)
    kind: str = "STANDARD"  # a name of ParticipantInfo.Kind
    configuration: RoomConfiguration | None = None
    issued_at: int = 0
    expires_at: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, times in seconds."""

    attributes: int = 64_000
    metadata: int = 512_000
    name: int = 256
    tracks_per_participant: int = 32
    participants: int = 500
    rooms: int = 2_000
    data_packet: int = 64_000
    empty_timeout: int = 300  # nobody has come
    departure_timeout: int = 20  # the last one has gone
    join_timeout: float = 20.0  # joined, but media never connected
    media_grace: float = 30.0  # media lost, socket alive: the client restarts ICE
    signal_grace: float = 30.0  # socket lost, media alive: the client resumes
    lost_grace: float = 6.0  # both lost
    silence: float = 12.0  # nothing heard on either line, though neither is known to be lost
    publish_timeout: float = 20.0  # add_track without its section in an offer
    token_ttl: int = 600
    token_refresh: float = 300.0
    update_interval: float = 0.05  # participant updates are gathered this long
    negotiation_interval: float = 0.2  # at most one wish for an offer in this time
    negotiation_gather: float = 0.02  # a wish waits this long for others that come of the same act
    retire_delay: float = 2.0  # a section that only has to be switched off can wait
    offer_timeout: float = 5.0  # a wished-for offer that does not come is wished for again
    remote_unmute: bool = False


class SignalState(Enum):
    ATTACHED = "attached"
    LOST = "lost"


class MediaState(Enum):
    NEW = "new"
    CONNECTED = "connected"
    LOST = "lost"  # an ICE restart may bring it back
    OVER = "over"  # DTLS has ended: only a new connection helps


@dataclass(slots=True)
class Track:
    """One published track. ``info`` is what everyone is told; ``mid`` the publisher's section."""

    info: TrackInfo
    publisher: str
    mid: str
    kind: Kind
    codec: tuple[str, str]  # mime in lower case, and what else must agree (H264 profile and packetization)
    heard: bool = False  # the publisher was told that somebody subscribed
    wanted: tuple[tuple[Quality, bool], ...] = ()  # layers the publisher was last told to send; empty: nothing yet

    @property
    def sid(self) -> str:
        return self.info.sid

    @property
    def source(self) -> Source:
        return Source(self.info.source)


@dataclass(frozen=True, slots=True)
class Settings:
    """From ``track_setting``: what one subscriber wants of one track."""

    enabled: bool = True
    quality: Quality = Quality.HIGH
    width: int = 0
    height: int = 0
    priority: int = 0


@dataclass(slots=True)
class Subscription:
    """A wish, and the section that fulfils it once there is one."""

    track: str
    settings: Settings = field(default_factory=Settings)
    mid: str | None = None
    unsupported: bool = False
    paused: bool | None = None  # as last told; None: nothing yet


@dataclass(slots=True)
class Publication:
    """An ``add_track`` whose section has not been offered yet."""

    request: AddTrackRequest
    info: TrackInfo
    deadline: float
