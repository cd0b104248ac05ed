"""What one committee gets of an issue. Frozen as JSON; every mail, preview and page of the archive is made from it.

Nothing in it is in a language of ours: words are chosen when it is rendered for somebody.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from digest import wire
from digest.model import Attachment, IssueKind, Item, Kind, Link, Week
from meetinghub.ids import CommitteeId, IssueId
from meetinghub.ledger import canonical
from meetinghub.meetings.model import Mode
from meetinghub.people.model import Role


@dataclass(frozen=True, slots=True)
class Contact:
    """Who is asked when something is unclear; parts may be empty."""

    department: str = ""
    person: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Corrected:
    """The item that a correction puts right: of which issue (week's number), under which title."""

    item: int
    issue: int
    title: str


@dataclass(frozen=True, slots=True)
class Whom:
    """Which of a committee's people an item concerns; both empty: the committee as such."""

    roles: tuple[Role, ...] = ()
    line: str = ""


@dataclass(frozen=True, slots=True)
class PageItem:
    """``item`` is the frozen item's number; before that the notice's, negative. ``departments`` are several exactly
    when it was ``merged``."""

    item: int
    title: str
    text: str
    due_on: date | None
    due_at: time | None
    departments: tuple[str, ...]
    whom: tuple[Whom, ...]
    link: Link
    attachments: tuple[Attachment, ...]
    corrects: Corrected | None

    @property
    def merged(self) -> bool:
        return len(self.departments) > 1


@dataclass(frozen=True, slots=True)
class OwnPart:
    """From when to when people of one role (and line) are needed."""

    role: str
    line: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class OwnMeeting:
    """``parts`` are those of the committee's people; empty: all of it concerns them. ``departments``: how many speak.
    ``remote``: it is attended from the committee's own room."""

    meeting: int
    title: str
    place: str
    starts_at: datetime
    ends_at: datetime
    mode: Mode
    parts: tuple[OwnPart, ...]
    departments: int

    @property
    def remote(self) -> bool:
        return self.mode is Mode.VIDEO


class TaskKind(StrEnum):
    """Given by a meeting's minutes, or an action of an earlier issue."""

    MINUTES = "minutes"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class OpenTask:
    """``task``: the minutes' task's number, or the frozen item's. ``meeting``: whose minutes, 0 for a notice.
    ``source``: the meeting's title, or empty; ``given_on``: the day of the meeting or of the issue."""

    kind: TaskKind
    task: int
    text: str
    due_on: date | None
    source: str
    given_on: date
    departments: tuple[str, ...]
    meeting: int = 0


class Colour(StrEnum):
    RED = "red"
    AMBER = "amber"


class LightKind(StrEnum):
    """Why a light is on."""

    OVERDUE = "overdue"
    DUE_SOON = "due_soon"
    MINUTES_UNREAD = "minutes_unread"

    @property
    def colour(self) -> Colour:
        return Colour.RED if self is LightKind.OVERDUE else Colour.AMBER


@dataclass(frozen=True, slots=True)
class Light:
    """``count`` things of one kind; ``about`` and ``day`` are the most urgent one's title and date (due, or published).
    ``path`` is the page that shows them."""

    kind: LightKind
    count: int
    about: str
    day: date
    path: str

    @property
    def colour(self) -> Colour:
        return self.kind.colour


@dataclass(frozen=True, slots=True)
class Earlier:
    """An item of the last issue that the committee has not answered."""

    item: int
    issue: int
    title: str
    sent_on: date
    kind: Kind


@dataclass(frozen=True, slots=True)
class Head:
    """What a page says above its items. ``office`` is the street's name, ``committee`` the committee's in full.
    ``day`` is when it goes out, ``frozen_at`` the moment as of which meetings, tasks and lights are told."""

    office: str
    issue: IssueId
    committee: CommitteeId
    name: str
    seat: int
    week: Week
    part: int
    kind: IssueKind
    day: date
    frozen_at: datetime
    contact: Contact = Contact()


@dataclass(frozen=True, slots=True)
class Page:
    """Sections in the order in which they are read."""

    head: Head
    actions: tuple[PageItem, ...] = ()
    information: tuple[PageItem, ...] = ()
    meetings: tuple[OwnMeeting, ...] = ()
    tasks: tuple[OpenTask, ...] = ()
    lights: tuple[Light, ...] = ()
    unread: tuple[Earlier, ...] = ()

    @property
    def items(self) -> tuple[PageItem, ...]:
        return self.actions + self.information

    @property
    def empty(self) -> bool:
        """No item of this issue concerns the committee."""
        return not self.items


def compile(
    items: Iterable[Item],
    head: Head,
    *,
    meetings: Sequence[OwnMeeting] = (),
    tasks: Sequence[OpenTask] = (),
    lights: Sequence[Light] = (),
    unread: Sequence[Earlier] = (),
    corrected: Mapping[int, Corrected] | None = None,
) -> Page:
    """What of ``items`` concerns the committee: actions by date, then both kinds in the board's order.

    A supplement or correction says only what is new: no meetings, tasks and lights. An action that stands among the
    tasks is not told again as unanswered.
    """
    known = corrected or {}
    ours = sorted((each for each in items if each.wording.concerns(head.committee)), key=lambda each: each.position)
    actions = [each for each in ours if each.wording.kind is Kind.ACTION]
    actions.sort(key=lambda each: (each.wording.due_on or date.max, each.wording.due_at or time.max))
    information = [each for each in ours if each.wording.kind is Kind.INFORMATION]
    told = {each.task for each in tasks if each.kind is TaskKind.NOTICE}
    regular = head.kind is IssueKind.REGULAR
    return Page(
        head=head,
        actions=tuple(_shown(each, head.committee, known) for each in actions),
        information=tuple(_shown(each, head.committee, known) for each in information),
        meetings=tuple(sorted(meetings, key=lambda each: (each.starts_at, each.meeting))) if regular else (),
        tasks=tuple(tasks) if regular else (),
        lights=tuple(lights) if regular else (),
        unread=tuple(each for each in unread if each.item not in told) if regular else (),
    )


def digest(pages: Iterable[Page], items: Iterable[Item], *, known: Mapping[CommitteeId, str] | None = None) -> str:
    """SHA-256 over everything an issue froze, whatever the order it comes in (RFC 8785): items, and pages by their own
    digests, which ``known`` may give."""
    told = known or {each.head.committee: page_digest(each) for each in pages}
    frozen = {
        "items": [wire.to_json(each) for each in sorted(items, key=lambda each: each.id)],
        "pages": [told[committee] for committee in sorted(told)],
    }
    return hashlib.sha256(canonical.dumps(frozen).encode()).hexdigest()


def page_digest(page: Page) -> str:
    """SHA-256 of one page's canonical bytes."""
    return hashlib.sha256(canonical.dumps(to_json(page)).encode()).hexdigest()


def to_json(page: Page) -> dict[str, Any]:
    written: dict[str, Any] = wire.to_json(page)
    return written


def of_json(value: Mapping[str, Any]) -> Page:
    return wire.of_json(Page, value)


def _shown(item: Item, committee: CommitteeId, corrected: Mapping[int, Corrected]) -> PageItem:
    said = item.wording
    whom = dict.fromkeys(Whom(each.roles, each.line) for each in said.audiences if each.concerns(committee))
    return PageItem(
        item=item.id,
        title=said.title,
        text=said.text,
        due_on=said.due_on,
        due_at=said.due_at,
        departments=item.departments,
        whom=tuple(whom),
        link=said.link,
        attachments=item.attachments,
        corrects=corrected.get(item.corrects) if item.corrects is not None else None,
    )
