"""What a room wants done after an event. ``live`` performs them in order; rooms themselves touch nothing.

Participants and tracks are named by sid. ``message`` is a serialised ``SignalResponse``: built once for many.
"""

from __future__ import annotations

from dataclasses import dataclass

from signaling.answer import Answered
from signaling.media.interface import Delivery, Downlink, Uplink
from signaling.model import Settings, WebhookEvent


@dataclass(frozen=True, slots=True)
class Send:
    to: tuple[str, ...]
    message: bytes


@dataclass(frozen=True, slots=True)
class HangUp:
    """The socket is closed after what was sent before it; the participant may be gone or may resume."""

    participant: str


@dataclass(frozen=True, slots=True)
class ClosePeer:
    participant: str


@dataclass(frozen=True, slots=True)
class OpenTrack:
    track: str
    publisher: str
    uplink: Uplink
    forwarding: bool


@dataclass(frozen=True, slots=True)
class SetForwarding:
    track: str
    on: bool


@dataclass(frozen=True, slots=True)
class CloseTrack:
    track: str


@dataclass(frozen=True, slots=True)
class OpenFeed:
    subscriber: str
    track: str
    downlink: Downlink
    settings: Settings


@dataclass(frozen=True, slots=True)
class ConfigureFeed:
    subscriber: str
    track: str
    settings: Settings


@dataclass(frozen=True, slots=True)
class CloseFeed:
    subscriber: str
    track: str


@dataclass(frozen=True, slots=True)
class SendAnswer:
    participant: str
    offer: int
    plan: tuple[Answered, ...]


@dataclass(frozen=True, slots=True)
class SendData:
    to: tuple[str, ...]
    delivery: Delivery
    payload: bytes


@dataclass(frozen=True, slots=True)
class Notify:
    event: WebhookEvent


@dataclass(frozen=True, slots=True)
class Finished:
    """The room is over; nothing follows."""


Effect = (
    Send
    | HangUp
    | ClosePeer
    | OpenTrack
    | SetForwarding
    | CloseTrack
    | OpenFeed
    | ConfigureFeed
    | CloseFeed
    | SendAnswer
    | SendData
    | Notify
    | Finished
)
