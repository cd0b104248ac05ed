"""What facts say of the weekly work notice. Numbers are those of the rows; texts stay in rows that are never changed,
and an issue's ``digest`` binds the fact to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from meetinghub.ledger.fact import FactKind, Payload


@dataclass(frozen=True, slots=True)
class NoticeSubmitted(Payload):
    """``revision`` of the item; ``issue`` on whose board it is, 0 while the host office has to choose."""

    kind: ClassVar = FactKind.NOTICE_SUBMITTED
    notice: int
    revision: int
    department: int
    issue: int


@dataclass(frozen=True, slots=True)
class NoticeWithdrawn(Payload):
    kind: ClassVar = FactKind.NOTICE_WITHDRAWN
    notice: int


@dataclass(frozen=True, slots=True)
class NoticeReturned(Payload):
    kind: ClassVar = FactKind.NOTICE_RETURNED
    notice: int
    reason: str


@dataclass(frozen=True, slots=True)
class NoticeEdited(Payload):
    """The host office changed what it says."""

    kind: ClassVar = FactKind.NOTICE_EDITED
    notice: int
    revision: int


@dataclass(frozen=True, slots=True)
class NoticesMerged(Payload):
    """``sources`` became ``notice``."""

    kind: ClassVar = FactKind.NOTICE_MERGED
    notice: int
    sources: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class NoticeSplit(Payload):
    """A merged item became its ``sources`` again."""

    kind: ClassVar = FactKind.NOTICE_SPLIT
    notice: int
    sources: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class NoticeMoved(Payload):
    """To another issue's board."""

    kind: ClassVar = FactKind.NOTICE_MOVED
    notice: int
    issue: int


@dataclass(frozen=True, slots=True)
class IssueApproved(Payload):
    """``items`` in order; ``digest`` of everything that was frozen. ``by_policy``: nobody approved, it goes
    as drafted."""

    kind: ClassVar = FactKind.ISSUE_APPROVED
    issue: int
    items: tuple[int, ...]
    digest: str
    by_policy: bool = False


@dataclass(frozen=True, slots=True)
class IssueSent(Payload):
    """Its mails were owed in the same transaction."""

    kind: ClassVar = FactKind.ISSUE_SENT
    issue: int
    mails: int


@dataclass(frozen=True, slots=True)
class IssueLapsed(Payload):
    """Its week passed without its being sent; its items are on the board of ``following``."""

    kind: ClassVar = FactKind.ISSUE_LAPSED
    issue: int
    following: int


@dataclass(frozen=True, slots=True)
class IssueResent(Payload):
    """To one committee, by a person's wish."""

    kind: ClassVar = FactKind.ISSUE_RESENT
    issue: int
    committee: int
    mails: int


@dataclass(frozen=True, slots=True)
class NoticeAnswered(Payload):
    """``answer``: ``read``, ``done``, or empty for taken back. ``via``: ``link``, ``page`` or ``api``."""

    kind: ClassVar = FactKind.NOTICE_ANSWERED
    item: int
    committee: int
    answer: str
    via: str


@dataclass(frozen=True, slots=True)
class NoticeQueried(Payload):
    kind: ClassVar = FactKind.NOTICE_QUERIED
    question: int
    item: int
    committee: int


@dataclass(frozen=True, slots=True)
class NoticeQueryAnswered(Payload):
    kind: ClassVar = FactKind.NOTICE_QUERY_ANSWERED
    question: int


@dataclass(frozen=True, slots=True)
class NoticeOffered(Payload):
    """A segment that was only read out (``segment``), or an item that was queried often (``item``); the other is 0."""

    kind: ClassVar = FactKind.NOTICE_OFFERED
    offer: int
    department: int
    segment: int = 0
    item: int = 0


@dataclass(frozen=True, slots=True)
class NoticeOfferAnswered(Payload):
    kind: ClassVar = FactKind.NOTICE_OFFER_ANSWERED
    offer: int
    taken: bool


@dataclass(frozen=True, slots=True)
class NoticeSettingsChanged(Payload):
    """``settings``: as they are now, name and value."""

    kind: ClassVar = FactKind.NOTICE_SETTINGS_CHANGED
    settings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoticePaused(Payload):
    """``paused`` false: sending goes on."""

    kind: ClassVar = FactKind.NOTICE_PAUSED
    paused: bool
    reason: str
