"""Everything a room knows, and the questions its rules ask. Changed only by the rules beside it."""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from signaling import protocol
from signaling.effects import Effect, Notify, Send
from signaling.media.interface import Downlink, Kind
from signaling.model import (
    Grants,
    Limits,
    MediaState,
    ParticipantInfo,
    Permission,
    Publication,
    RoomInfo,
    Settings,
    SignalState,
    Subscription,
    Track,
    WebhookEvent,
)
from signaling.sdp import Section

State = ParticipantInfo.State
JOINING, JOINED, ACTIVE, DISCONNECTED = State.JOINING, State.JOINED, State.ACTIVE, State.DISCONNECTED


@dataclass(frozen=True, slots=True)
class Moment:
    """``mono`` orders and measures (seconds), ``unix_ms`` is what clients are told."""

    mono: float
    unix_ms: int


@dataclass(slots=True)
class Audience:
    """``subscription_permission``: who may subscribe to a publisher. None in ``tracks`` = all of them."""

    everybody: bool = True
    tracks: dict[str, frozenset[str] | None] = field(default_factory=dict)  # by identity and by sid

    def allows(self, subscriber: Participant, track: str) -> bool:
        if self.everybody:
            return True
        for name in (subscriber.identity, subscriber.sid):
            if name in self.tracks:
                allowed = self.tracks[name]
                return allowed is None or track in allowed
        return False


@dataclass(slots=True)
class Slot:
    """A section the client receives on. ``track`` is what the last answer put there, also when it has gone since;
    ``downlink`` and ``settings`` are what it is sent with when it comes back before the section is switched off."""

    kind: Kind
    track: str | None = None
    downlink: Downlink | None = None
    settings: Settings = field(default_factory=Settings)
    former: str | None = None  # what the last answer took away: the client still has it should that answer be lost


@dataclass(slots=True)
class Participant:
    sid: str
    identity: str
    grants: Grants
    name: str
    metadata: str
    attributes: dict[str, str]
    permission: Permission
    joined_ms: int
    auto_subscribe: bool = True
    client_protocol: int = 0
    state: State = JOINING
    version: int = 1
    announced: bool = False  # the webhook participant_joined was sent
    signal: SignalState = SignalState.ATTACHED
    media: MediaState = MediaState.NEW
    signal_since: float = 0.0
    media_since: float = 0.0
    heard: float | None = None  # last sign of life on either line, as far as told
    silent: float = 0.0  # seconds that we listened since then
    token_due: float = 0.0
    publications: dict[str, Publication] = field(default_factory=dict)  # by cid
    uplinks: dict[str, str] = field(default_factory=dict)  # mid → track
    unpaired: dict[str, Section] = field(default_factory=dict)  # sending sections that no add_track names yet
    tracks: list[str] = field(default_factory=list)
    audience: Audience = field(default_factory=Audience)
    subscriptions: dict[str, Subscription] = field(default_factory=dict)  # by track
    declined: set[str] = field(default_factory=set)
    slots: dict[str, Slot] = field(default_factory=dict)  # by mid
    promised: dict[Kind, int] = field(default_factory=dict)  # receiving sections that exist or were asked for
    offered: bool = False
    offer_due: float | None = None  # when to ask the client for an offer
    offer_asked: float | None = None  # asked for, and not come yet
    last_asked: float = float("-inf")
    received_sequence: int = 0  # last reliable data packet
    info: ParticipantInfo | None = None

    @property
    def visible(self) -> bool:
        return not self.permission.hidden


@dataclass(slots=True)
class Stored:
    """A reliable packet kept for those who were away when it passed."""

    publisher: str
    sequence: int
    to: frozenset[str] | None  # identities; None = all
    payload: bytes
    at: float


@dataclass(slots=True)
class Decision:
    """What the server API last said about an identity, and when (unix seconds): it outlives the connection."""

    gates: dict[str, str] = field(default_factory=dict)
    gates_at: int = 0
    permission: Permission | None = None
    permission_at: int = 0
    revoked_at: int = 0


@dataclass(slots=True)
class RoomState:
    info: RoomInfo
    limits: Limits
    new_id: Callable[[str], str] = field(default=lambda prefix: prefix + secrets.token_urlsafe(9).replace("_", "x"))
    participants: dict[str, Participant] = field(default_factory=dict)  # by sid, in order of joining
    identities: dict[str, str] = field(default_factory=dict)
    tracks: dict[str, Track] = field(default_factory=dict)
    decisions: dict[str, Decision] = field(default_factory=dict)
    dirty: dict[str, None] = field(default_factory=dict)  # sids to announce, in order
    gone: list[ParticipantInfo] = field(default_factory=list)
    flush_due: float | None = None
    empty_since: float | None = None
    listened: float | None = None  # when we last looked who has spoken
    ever_joined: bool = False
    finished: bool = False
    speaking: dict[str, float] = field(default_factory=dict)
    kept: deque[Stored] = field(default_factory=deque)
    kept_bytes: int = 0

    def by_identity(self, identity: str) -> Participant | None:
        return self.participants.get(self.identities.get(identity, ""))

    def others(self, sid: str) -> Iterator[Participant]:
        return (p for p in self.participants.values() if p.sid != sid)

    def attached(self) -> tuple[str, ...]:
        """Those with a socket who have had their join message."""
        return tuple(
            p.sid for p in self.participants.values() if p.signal is SignalState.ATTACHED and p.state != JOINING
        )

    def touch(self, participant: Participant, now: Moment) -> None:
        """Something others see has changed: told together with other changes within ``update_interval``."""
        participant.version += 1
        participant.info = None
        self.dirty[participant.sid] = None
        if self.flush_due is None:
            self.flush_due = now.mono + self.limits.update_interval

    def describe(self, participant: Participant) -> ParticipantInfo:
        if participant.info is None:
            participant.info = ParticipantInfo(
                sid=participant.sid,
                identity=participant.identity,
                name=participant.name,
                state=participant.state,
                metadata=participant.metadata,
                attributes=participant.attributes,
                joined_at=participant.joined_ms // 1000,
                joined_at_ms=participant.joined_ms,
                version=participant.version,
                permission=protocol.permission_info(participant.permission),
                is_publisher=bool(participant.tracks),
                kind=participant.grants.kind,
                tracks=[self.tracks[sid].info for sid in participant.tracks],
                client_protocol=participant.client_protocol,
            )
        return participant.info

    def count(self) -> None:
        visible = [p for p in self.participants.values() if p.visible]
        self.info.num_participants = len(visible)
        self.info.num_publishers = sum(1 for p in visible if p.tracks)

    def notify(self, event: str, now: Moment, participant: ParticipantInfo | None = None, **values: object) -> Notify:
        made = WebhookEvent(
            event=event, room=self.info, participant=participant, id=self.new_id("EV_"), created_at=now.unix_ms // 1000
        )
        for name, value in values.items():
            if hasattr(value, "CopyFrom") or name == "track":
                getattr(made, name).CopyFrom(value)
            else:
                setattr(made, name, value)
        return Notify(made)

    def tell(self, message: bytes) -> list[Effect]:
        to = self.attached()
        return [Send(to, message)] if to else []
