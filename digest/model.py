"""The weekly work notice: items that departments write, the issue that carries them, what each gets of it.

*Notice* is an item (工作提示事项), *issue* one Monday's mail (本期提示). An issue is named by its ISO week: number 48
of 2026 is that of the week that begins on Monday, 23 November.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from meetinghub.files.kinds import Kind as FileKind
from meetinghub.ids import CommitteeId, DepartmentId, IssueId, NoticeId
from meetinghub.people.model import Role


class Kind(StrEnum):
    ACTION = "action"
    INFORMATION = "information"


class Origin(StrEnum):
    """Where an item comes from: written here; a read-out that was offered here instead of a meeting (a request, a
    claim, a segment that was only read out); merged from others; the correction of a frozen item; posted by a
    department's own system."""

    DEPARTMENT = "department"
    REQUEST = "request"
    CLAIM = "claim"
    SEGMENT = "segment"
    MERGE = "merge"
    CORRECTION = "correction"
    API = "api"


AVOIDS_A_MEETING = frozenset({Origin.REQUEST, Origin.CLAIM, Origin.SEGMENT})


class State(StrEnum):
    """``draft → submitted → frozen``; ``submitted → returned → submitted``; ``submitted → merged`` and back;
    ``draft | returned | submitted → withdrawn``."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    MERGED = "merged"
    FROZEN = "frozen"
    WITHDRAWN = "withdrawn"


class IssueState(StrEnum):
    """``open → approved → sent``; an issue whose week passed unsent is ``lapsed`` and its items are in the next."""

    OPEN = "open"
    APPROVED = "approved"
    SENT = "sent"
    LAPSED = "lapsed"


class IssueKind(StrEnum):
    REGULAR = "regular"
    SUPPLEMENT = "supplement"
    CORRECTION = "correction"


class LinkKind(StrEnum):
    NONE = ""
    MEETING = "meeting"
    PAGE = "page"
    """A page of ours (a ledger, say): a path."""
    WEB = "web"
    """Somebody else's page: an https address."""


class Answer(StrEnum):
    READ = "read"
    DONE = "done"


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """An ISO week (ISO 8601): ``year`` is the week's, which differs from the day's around New Year."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Week:
        found = day.isocalendar()
        return cls(found.year, found.week)

    @property
    def monday(self) -> date:
        return date.fromisocalendar(self.year, self.number, 1)

    def after(self, weeks: int = 1) -> Week:
        return Week.of(self.monday + timedelta(weeks=weeks))

    def __str__(self) -> str:
        return f"{self.year}-W{self.number:02d}"


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom an item concerns. ``committees`` None: all of them. ``roles`` empty: the committee as such; ``line`` narrows
    line workers. It decides which committees get the item, who of them is named beside it, and who gets the mail."""

    committees: frozenset[CommitteeId] | None = None
    roles: tuple[Role, ...] = ()
    line: str = ""

    def concerns(self, committee: CommitteeId) -> bool:
        return self.committees is None or committee in self.committees


@dataclass(frozen=True, slots=True)
class Link:
    """``target``: a meeting's number, a path, or an https address."""

    kind: LinkKind = LinkKind.NONE
    target: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """``digest``: SHA-256 of its content, under which it lies on the shelf."""

    id: int
    name: str
    kind: FileKind
    bytes: int
    digest: str


@dataclass(frozen=True, slots=True)
class Wording:
    """What an item says: everything that a revision can change. ``text`` is in the little markup of
    :mod:`digest.text`. ``due_on`` is set exactly for actions; ``due_at`` None means until the end of that day."""

    title: str
    text: str = ""
    kind: Kind = Kind.INFORMATION
    due_on: date | None = None
    due_at: time | None = None
    audiences: tuple[Audience, ...] = (Audience(),)
    link: Link = Link()

    def concerns(self, committee: CommitteeId) -> bool:
        return any(each.concerns(committee) for each in self.audiences)

    def reached(self, committees: Collection[CommitteeId]) -> frozenset[CommitteeId]:
        return frozenset(each for each in committees if self.concerns(each))


@dataclass(frozen=True, slots=True)
class Notice:
    """An item as it stands. ``revision`` counts every saved change from 1. ``departments`` are credited, the owner
    first (several only in a merged one); ``sources``: those it was merged from; ``into``: what it was
    merged into."""

    id: NoticeId
    departments: tuple[DepartmentId, ...]
    wording: Wording
    state: State
    origin: Origin
    origin_ref: int | None
    revision: int
    position: int
    issue: IssueId | None
    week: Week | None
    reason: str
    into: NoticeId | None
    sources: tuple[NoticeId, ...]
    attachments: tuple[Attachment, ...]
    written_by: str
    created_at: datetime
    updated_by: str
    updated_at: datetime
    submitted_at: datetime | None

    @property
    def department(self) -> DepartmentId:
        return self.departments[0]


@dataclass(frozen=True, slots=True)
class Issue:
    """``part`` 0 is the week's regular issue; supplements and corrections count from 1. ``send_at`` None: a week
    without a working day. ``approved_by`` is empty where the policy let it go out as drafted."""

    id: IssueId
    week: Week
    part: int
    kind: IssueKind
    state: IssueState
    corrects: IssueId | None
    send_at: datetime | None
    digest: str
    approved_by: str
    approved_at: datetime | None
    sent_at: datetime | None

    @property
    def number(self) -> int:
        return self.week.number


@dataclass(frozen=True, slots=True)
class Item:
    """An item as an issue froze it. ``departments``: names as they were; ``corrects``: the item it puts right."""

    id: int
    issue: IssueId
    notice: NoticeId
    position: int
    wording: Wording
    departments: tuple[str, ...]
    attachments: tuple[Attachment, ...]
    corrects: int | None = None


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """``by``: an account's name, or the address whose link was used. ``via``: ``link``, ``page`` or ``api``."""

    item: int
    committee: CommitteeId
    answer: Answer
    by: str
    via: str
    at: datetime
    note: str = ""


def audience_json(audience: Audience) -> dict[str, Any]:
    committees = None if audience.committees is None else sorted(audience.committees)
    return {"committees": committees, "roles": [each.value for each in audience.roles], "line": audience.line}


def audience_of(value: dict[str, Any]) -> Audience:
    committees = value["committees"]
    return Audience(
        None if committees is None else frozenset(CommitteeId(each) for each in committees),
        tuple(Role(each) for each in value["roles"]),
        value["line"],
    )
