"""Facts: what happened, by whom, when; the vocabulary of the ledger and how a payload becomes text and back.

A fact is never changed. Its kind is named ``subject:object:action`` (or ``subject:action``) and never renamed; a
payload that needs another shape gets a higher ``version`` and a rule in its class how the older one is read.

Payload text is canonical JSON (:mod:`meetinghub.ledger.canonical`), times as RFC 3339 in UTC with microseconds, so that
equal payloads are equal bytes.
"""

from __future__ import annotations

import dataclasses
import json
import typing
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Any, ClassVar

from meetinghub.ledger import canonical


class FactKind(StrEnum):
    MEETING_PLANNED = "meeting:planned"
    MEETING_STARTED = "meeting:started"
    MEETING_ENDED = "meeting:ended"
    MEETING_EXTENDED = "meeting:time:extended"
    MEETING_POSTPONED = "meeting:postponed"
    MEETING_CANCELLED = "meeting:cancelled"
    CHAIR_HANDED_OVER = "meeting:chair:handed_over"
    FLOOR_GRANTED = "meeting:floor:granted"
    FLOOR_RELEASED = "meeting:floor:released"
    ALL_MUTED = "meeting:floor:all_muted"
    BROADCAST_STARTED = "meeting:broadcast:started"
    BROADCAST_STOPPED = "meeting:broadcast:stopped"
    ACT_UNDONE = "meeting:act:undone"
    COUNT_IN_SET = "meeting:count_in:set"
    HAND_RAISED = "meeting:hand:raised"
    HAND_LOWERED = "meeting:hand:lowered"
    ALL_HANDS_LOWERED = "meeting:hand:all_lowered"
    LAYOUT_SET = "meeting:layout:set"
    SEGMENT_STARTED = "segment:started"
    SEGMENT_ENDED = "segment:ended"
    SEGMENT_TIME_GRANTED = "segment:time:granted"
    SEGMENT_SPEAKER_WARNED = "segment:speaker:warned"
    SITE_JOINED = "site:joined"
    SITE_LEFT = "site:left"
    SITE_CHECKED = "site:device:checked"
    SITE_HEADCOUNT_REPORTED = "site:headcount:reported"
    SITE_ROSTER_TICKED = "site:roster:ticked"
    SITE_EXCUSED = "site:excused"
    SITE_EXCUSE_WITHDRAWN = "site:excuse:withdrawn"
    ROLL_CALL_OPENED = "meeting:roll_call:opened"
    ROLL_CALL_CLOSED = "meeting:roll_call:closed"
    ROLL_CALL_REMINDED = "meeting:roll_call:reminded"
    ATTENDANCE_SEALED = "attendance:sealed"
    ATTENDANCE_CORRECTION_PROPOSED = "attendance:correction:proposed"
    ATTENDANCE_CORRECTION_DECIDED = "attendance:correction:decided"
    ROOM_STARTED = "room:started"
    ROOM_FINISHED = "room:finished"
    ROOM_CONNECTIONS_SEEN = "room:connections:seen"
    AGENDA_ARRANGED = "agenda:arranged"
    AGENDA_TERMS_SET = "agenda:terms:set"
    AGENDA_ANNOUNCED = "agenda:announced"
    AGENDA_FINALISED = "agenda:finalised"
    CLAIM_MADE = "claim:made"
    CLAIM_DECIDED = "claim:decided"
    BURDEN_CONTESTED = "burden:line:contested"
    BURDEN_CONTEST_DECIDED = "burden:contest:decided"
    CALL_LOGGED = "call:logged"
    CALL_ANSWERED = "call:answered"
    CALL_DECIDED = "call:decided"
    MERGE_ACCEPTED = "merge:accepted"
    QUOTA_DECIDED = "quota:decided"
    QUOTA_ENTERED = "quota:entered"
    QUOTA_CHARGED = "quota:charged"
    QUOTA_RELEASED = "quota:released"
    WORKDAYS_SET = "workdays:year:set"
    POLICY_SWITCHED_ON = "policy:switched_on"
    POLICY_WITHDRAWN = "policy:withdrawn"
    DEVICE_PAIRED = "device:paired"
    DEVICE_UNPAIRED = "device:unpaired"
    TOKEN_MADE = "token:made"
    TOKEN_REVOKED = "token:revoked"
    WEBHOOK_REGISTERED = "webhook:registered"
    WEBHOOK_RESUMED = "webhook:resumed"
    WEBHOOK_STOPPED = "webhook:stopped"
    WEBHOOK_REMOVED = "webhook:removed"
    REQUEST_SUBMITTED = "request:submitted"
    REQUEST_RIDES_DECLINED = "request:rides:declined"
    REQUEST_STEP_DECIDED = "request:step:decided"
    REQUEST_APPROVED = "request:approved"
    REQUEST_WITHDRAWN = "request:withdrawn"
    REQUEST_EXPIRED = "request:expired"
    REQUEST_RODE = "request:rode"
    REQUEST_KEPT_AS_NOTICE = "request:notice:kept"
    DEPUTY_NAMED = "approval:deputy:named"
    DEPUTY_ENDED = "approval:deputy:ended"
    ADDRESS_SET = "address:set"
    TOPIC_ASKED = "topic:asked"
    TOPIC_TAKEN = "topic:taken"
    TOPIC_SCHEDULED = "topic:scheduled"
    TOPIC_ANSWERED = "topic:answered"
    TOPIC_WITHDRAWN = "topic:withdrawn"
    IMPORT_TAKEN = "import:taken"
    IMPORT_TAKEN_BACK = "import:taken_back"
    BASELINE_SET = "baseline:set"
    BASELINE_WITHDRAWN = "baseline:withdrawn"
    FEED_MADE = "calendar:feed:made"
    FEED_REVOKED = "calendar:feed:revoked"
    MINUTES_PUBLISHED = "minutes:published"
    MINUTES_ACKNOWLEDGED = "minutes:acknowledged"
    TASK_GIVEN = "task:given"
    TASK_CHANGED = "task:changed"
    TASK_ENDED = "task:ended"
    TASK_ANSWERED = "task:answered"
    INVITATIONS_SENT = "calendar:invitations:sent"
    INVITATION_ANSWERED = "calendar:invitation:answered"
    DOCUMENT_ADDED = "document:added"
    DOCUMENT_REMOVED = "document:removed"
    SERIES_PLANNED = "series:planned"
    SERIES_CHANGED = "series:changed"
    SERIES_CANCELLED = "series:cancelled"
    NOTICE_SUBMITTED = "notice:submitted"
    NOTICE_WITHDRAWN = "notice:withdrawn"
    NOTICE_RETURNED = "notice:returned"
    NOTICE_EDITED = "notice:edited"
    NOTICE_MERGED = "notice:merged"
    NOTICE_SPLIT = "notice:split"
    NOTICE_MOVED = "notice:moved"
    NOTICE_ANSWERED = "notice:item:answered"
    NOTICE_QUERIED = "notice:item:queried"
    NOTICE_QUERY_ANSWERED = "notice:query:answered"
    NOTICE_OFFERED = "notice:offered"
    NOTICE_OFFER_ANSWERED = "notice:offer:answered"
    NOTICE_SETTINGS_CHANGED = "notice:settings:changed"
    NOTICE_PAUSED = "notice:sending:paused"
    ISSUE_APPROVED = "issue:approved"
    ISSUE_SENT = "issue:sent"
    ISSUE_LAPSED = "issue:lapsed"
    ISSUE_RESENT = "issue:resent"


@dataclass(frozen=True, slots=True)
class Payload:
    """What a fact says: frozen dataclasses of str, int, bool, datetime, tuples of str, or ``str | None``."""

    kind: ClassVar[FactKind]
    version: ClassVar[int] = 1

    @classmethod
    def upgrade(cls, version: int, values: dict[str, Any]) -> dict[str, Any] | None:
        """The fields of another ``version`` as this one, or None for a version that never was.

        A class that never changed knows no other.
        """
        return None


@dataclass(frozen=True, slots=True)
class Fact:
    """``number`` counts all facts of the installation from 1 without a gap; ``at`` is the server's time of writing.

    ``actor`` is the account's name, or empty when the system itself noticed.
    """

    number: int
    meeting_id: int | None
    at: datetime
    actor: str
    payload: Payload


@dataclass(frozen=True, slots=True)
class NewFact:
    """A fact about to be written. Two with the same ``key`` are one: the second is not written."""

    payload: Payload
    key: str | None = None


def utc_text(moment: datetime) -> str:
    """RFC 3339 with microseconds, ``Z``."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def utc_moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} names no time zone")
    return moment.astimezone(UTC)


def encode(payload: Payload) -> str:
    """Canonical text; a string that is no text, or a number that has two spellings, raises ``ValueError``."""
    _, hints = _classes()[payload.kind]
    return canonical.dumps({name: _plain(getattr(payload, name)) for name in hints})


def decode(kind: str, version: int, text: str) -> Payload:
    """The inverse of :func:`encode`, with strings in Unicode's form C.

    Raises ``ValueError`` for a kind or version this programme does not know.
    """
    cls, hints = _classes()[FactKind(kind)]
    values: dict[str, Any] | None = json.loads(text)
    if version != cls.version and values is not None:
        values = cls.upgrade(version, values)
    if values is None:
        raise ValueError(f"{kind} version {version} is not known")
    return cls(**{name: _typed(hint, values[name]) for name, hint in hints.items()})


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return utc_text(value)
    return value


def _typed(hint: object, value: Any) -> Any:
    if value is None:
        return None
    if hint is datetime:
        return utc_moment(value)
    if typing.get_origin(hint) is tuple:
        return tuple(value)
    return value


@cache
def _classes() -> dict[FactKind, tuple[type[Payload], dict[str, object]]]:
    """Kind → its class and the types of its fields."""
    return {cls.kind: (cls, _hints(cls)) for cls in Payload.__subclasses__()}


def _hints(cls: type[Payload]) -> dict[str, object]:
    hints = typing.get_type_hints(cls)
    return {field.name: hints[field.name] for field in dataclasses.fields(cls)}
