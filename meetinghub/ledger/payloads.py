"""What each kind of fact says. ``site`` is an identity (``site-04``, or ``main``), ``segment`` an agenda item's id."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from meetinghub.ledger.fact import FactKind, Payload


@dataclass(frozen=True, slots=True)
class MeetingPlanned(Payload):
    """``attendance_rule`` is the version of the rule that attendance will be judged by, whatever is changed later."""

    kind: ClassVar = FactKind.MEETING_PLANNED
    version: ClassVar = 2
    title: str
    starts_at: datetime
    minutes: int
    attendance_rule: int = 1

    @classmethod
    def upgrade(cls, version: int, values: dict[str, Any]) -> dict[str, Any] | None:
        """Version 1 knew one rule only."""
        return {**values, "attendance_rule": 1} if version == 1 else None


@dataclass(frozen=True, slots=True)
class MeetingStarted(Payload):
    kind: ClassVar = FactKind.MEETING_STARTED


@dataclass(frozen=True, slots=True)
class MeetingEnded(Payload):
    kind: ClassVar = FactKind.MEETING_ENDED


@dataclass(frozen=True, slots=True)
class MeetingExtended(Payload):
    """Minutes added after the last agenda item."""

    kind: ClassVar = FactKind.MEETING_EXTENDED
    minutes: int


@dataclass(frozen=True, slots=True)
class MeetingPostponed(Payload):
    kind: ClassVar = FactKind.MEETING_POSTPONED
    starts_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class MeetingCancelled(Payload):
    kind: ClassVar = FactKind.MEETING_CANCELLED
    reason: str


@dataclass(frozen=True, slots=True)
class ChairHandedOver(Payload):
    kind: ClassVar = FactKind.CHAIR_HANDED_OVER
    account: str


@dataclass(frozen=True, slots=True)
class FloorGranted(Payload):
    """The picture is public from the fact's time on, the voice from ``opens_at``."""

    kind: ClassVar = FactKind.FLOOR_GRANTED
    site: str
    opens_at: datetime


@dataclass(frozen=True, slots=True)
class FloorReleased(Payload):
    """``how``: ``release`` by the chair, ``done`` or ``skip`` by the site itself."""

    kind: ClassVar = FactKind.FLOOR_RELEASED
    site: str
    how: str


@dataclass(frozen=True, slots=True)
class AllMuted(Payload):
    kind: ClassVar = FactKind.ALL_MUTED


@dataclass(frozen=True, slots=True)
class BroadcastStarted(Payload):
    kind: ClassVar = FactKind.BROADCAST_STARTED
    site: str


@dataclass(frozen=True, slots=True)
class BroadcastStopped(Payload):
    kind: ClassVar = FactKind.BROADCAST_STOPPED


@dataclass(frozen=True, slots=True)
class ActUndone(Payload):
    """``undoes`` is the number of the fact that is taken back."""

    kind: ClassVar = FactKind.ACT_UNDONE
    undoes: int


@dataclass(frozen=True, slots=True)
class CountInSet(Payload):
    kind: ClassVar = FactKind.COUNT_IN_SET
    seconds: int


@dataclass(frozen=True, slots=True)
class HandRaised(Payload):
    kind: ClassVar = FactKind.HAND_RAISED
    site: str
    topic: str


@dataclass(frozen=True, slots=True)
class HandLowered(Payload):
    """``by_chair`` false: the site took its own hand down."""

    kind: ClassVar = FactKind.HAND_LOWERED
    site: str
    by_chair: bool


@dataclass(frozen=True, slots=True)
class AllHandsLowered(Payload):
    kind: ClassVar = FactKind.ALL_HANDS_LOWERED


@dataclass(frozen=True, slots=True)
class LayoutSet(Payload):
    kind: ClassVar = FactKind.LAYOUT_SET
    layout: str
    site: str | None


@dataclass(frozen=True, slots=True)
class SegmentStarted(Payload):
    """The item before it ends at the same moment: an agenda has no gap."""

    kind: ClassVar = FactKind.SEGMENT_STARTED
    segment: int


@dataclass(frozen=True, slots=True)
class SegmentEnded(Payload):
    """The last item: nothing follows it."""

    kind: ClassVar = FactKind.SEGMENT_ENDED
    segment: int


@dataclass(frozen=True, slots=True)
class SegmentTimeGranted(Payload):
    kind: ClassVar = FactKind.SEGMENT_TIME_GRANTED
    segment: int
    minutes: int


@dataclass(frozen=True, slots=True)
class SegmentSpeakerWarned(Payload):
    kind: ClassVar = FactKind.SEGMENT_SPEAKER_WARNED
    segment: int


@dataclass(frozen=True, slots=True)
class SiteJoined(Payload):
    """A connection of a site, or of ``main``, to the media room.

    ``connection`` and ``room`` are LiveKit's participant sid and room sid; ``occurred_at`` is when it happened, which
    may lie well before the fact's time when the news was late.
    """

    kind: ClassVar = FactKind.SITE_JOINED
    site: str
    connection: str
    room: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class SiteLeft(Payload):
    kind: ClassVar = FactKind.SITE_LEFT
    site: str
    connection: str
    room: str
    occurred_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class SiteChecked(Payload):
    """The device self-test: which of camera, microphone, speaker, network failed."""

    kind: ClassVar = FactKind.SITE_CHECKED
    site: str
    failed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RoomStarted(Payload):
    kind: ClassVar = FactKind.ROOM_STARTED
    room: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class RoomFinished(Payload):
    kind: ClassVar = FactKind.ROOM_FINISHED
    room: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class ConnectionsSeen(Payload):
    """A heartbeat: the connections of sites and of ``main`` that the media server listed at the fact's time."""

    kind: ClassVar = FactKind.ROOM_CONNECTIONS_SEEN
    room: str
    connections: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RollCallOpened(Payload):
    kind: ClassVar = FactKind.ROLL_CALL_OPENED


@dataclass(frozen=True, slots=True)
class RollCallClosed(Payload):
    kind: ClassVar = FactKind.ROLL_CALL_CLOSED


@dataclass(frozen=True, slots=True)
class RollCallReminded(Payload):
    """The sites that had not answered and were reminded."""

    kind: ClassVar = FactKind.ROLL_CALL_REMINDED
    sites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RosterTicked(Payload):
    """A site's answer to the roll: who of its people is there, and who is excused, by the numbers of their rows.

    ``reasons`` stand beside ``excused``, one code each (``duty``, ``training``, ``leave``, ``other``): names and words
    about a person stay out of what can never be deleted. ``guests`` are counted only. The headcount is
    ``len(people) + guests``; a later answer replaces an earlier one.
    """

    kind: ClassVar = FactKind.SITE_ROSTER_TICKED
    site: str
    people: tuple[int, ...]
    guests: int
    excused: tuple[int, ...] = ()
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HeadcountReported(Payload):
    """How many sit in a site, told to the main venue (by telephone, say) without names."""

    kind: ClassVar = FactKind.SITE_HEADCOUNT_REPORTED
    site: str
    headcount: int


@dataclass(frozen=True, slots=True)
class SiteExcused(Payload):
    """A whole site need not come."""

    kind: ClassVar = FactKind.SITE_EXCUSED
    site: str
    reason: str


@dataclass(frozen=True, slots=True)
class SiteExcuseWithdrawn(Payload):
    kind: ClassVar = FactKind.SITE_EXCUSE_WITHDRAWN
    site: str


@dataclass(frozen=True, slots=True)
class AttendanceSealed(Payload):
    """The sheet as it stood when the meeting was over.

    ``through`` is the last fact that it rests on, ``rule`` the version that judged, ``digest`` SHA-256 (hexadecimal) of
    its canonical JSON.
    """

    kind: ClassVar = FactKind.ATTENDANCE_SEALED
    through: int
    rule: int
    digest: str


@dataclass(frozen=True, slots=True)
class AttendanceCorrectionProposed(Payload):
    """What one person says the sealed sheet should say of a site: only what is not None differs."""

    kind: ClassVar = FactKind.ATTENDANCE_CORRECTION_PROPOSED
    site: str
    status: str | None
    headcount: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class AttendanceCorrectionDecided(Payload):
    """What a second person says to the correction proposed by fact ``proposal``."""

    kind: ClassVar = FactKind.ATTENDANCE_CORRECTION_DECIDED
    proposal: int
    accepted: bool
    reason: str


@dataclass(frozen=True, slots=True)
class DevicePaired(Payload):
    """A PC became a committee's room."""

    kind: ClassVar = FactKind.DEVICE_PAIRED
    device: int
    site: str


@dataclass(frozen=True, slots=True)
class DeviceUnpaired(Payload):
    kind: ClassVar = FactKind.DEVICE_UNPAIRED
    device: int
    site: str
