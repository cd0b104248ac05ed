"""Answers to items: who answered what, what the link in a mail stands for, and how far an item is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from digest.model import Acknowledgement, Answer, Issue, Item, Kind
from meetinghub.clock import SHANGHAI
from meetinghub.errors import Invalid, NotFound
from meetinghub.ids import CommitteeId, DepartmentId
from meetinghub.mail.links import Link, Links

PURPOSE = "notice_answer"
LINK_LASTS = timedelta(days=90)
"""From the day of the mail that brings it: longer than nearly every date an item has."""
MOST_ITEMS = 60
"""In one link, whose length has a limit."""
NOTE_LENGTH = 200
QUESTION_LENGTH = 400
REPLY_LENGTH = 800
_SUBJECT = re.compile(r"(read|done):(\d{1,9}):(\d{1,9}(?:,\d{1,9})*)", re.ASCII)


class Via(StrEnum):
    LINK = "link"
    PAGE = "page"
    API = "api"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a link asks to be confirmed: ``act`` for ``items``, in the name of ``committee``, by whoever reads the
    mails of ``address``."""

    act: Answer
    committee: CommitteeId
    items: tuple[int, ...]
    address: str


def answer_token(links: Links, asked: Asked, *, day: date) -> str:
    """The last part of ``/notice/answer/{token}``; equal arguments give an equal token. ``day`` is the mail's."""
    if not 0 < len(asked.items) <= MOST_ITEMS:
        raise ValueError("a link is for one item or several, not too many")
    subject = f"{asked.act.value}:{asked.committee}:{','.join(str(each) for each in asked.items)}"
    until = datetime.combine(day, time(), SHANGHAI) + LINK_LASTS
    return links.token(Link(PURPOSE, subject, asked.address, until))


def read_token(links: Links, token: str, *, now: datetime) -> Asked:
    """Raises :class:`NotFound` for what we did not make for this, :class:`Refused` when it has expired."""
    link = links.read(token, purpose=PURPOSE, now=now)
    found = _SUBJECT.fullmatch(link.subject)
    if found is None:
        raise NotFound("link.bad")
    items = tuple(int(each) for each in found[3].split(","))
    return Asked(Answer(found[1]), CommitteeId(int(found[2])), items, link.recipient)


@dataclass(frozen=True, slots=True)
class SentItem:
    """An item of an issue that was sent. ``corrected_by``: the item that puts it right, which has its place now."""

    item: Item
    issue: Issue
    departments: tuple[DepartmentId, ...]
    corrected_by: int | None = None

    @property
    def id(self) -> int:
        return self.item.id

    @property
    def title(self) -> str:
        return self.item.wording.title

    @property
    def number(self) -> str:
        """Of its issue: 48, of that week's first supplement 48-1."""
        return f"{self.issue.number}-{self.issue.part}" if self.issue.part else f"{self.issue.number}"

    @property
    def is_action(self) -> bool:
        return self.item.wording.kind is Kind.ACTION

    @property
    def due_on(self) -> date | None:
        return self.item.wording.due_on

    def concerns(self, committee: CommitteeId) -> bool:
        return self.item.wording.concerns(committee)

    def settled(self, given: Acknowledgement | None) -> bool:
        """Whether nothing is asked of the committee any more: an action wants to be done, anything else to be read."""
        if self.corrected_by is not None:
            return True
        return given is not None and (given.answer is Answer.DONE or not self.is_action)


@dataclass(frozen=True, slots=True)
class Question:
    """``asked_by`` as in :class:`Acknowledgement`. ``answer`` is empty until the department has answered."""

    id: int
    item: int
    committee: CommitteeId
    text: str
    asked_by: str
    asked_at: datetime
    answer: str
    answered_by: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one item is. ``reached``: the committees it went to, in the order of their seats."""

    sent: SentItem
    reached: tuple[CommitteeId, ...]
    given: Mapping[CommitteeId, Acknowledgement]

    def count(self, *answers: Answer) -> int:
        return sum(1 for each in self.reached if (found := self.given.get(each)) and found.answer in answers)

    @property
    def done(self) -> int:
        return self.count(Answer.DONE)

    @property
    def read(self) -> int:
        """Those who have done it have read it."""
        return self.count(Answer.READ, Answer.DONE)

    @property
    def open(self) -> tuple[CommitteeId, ...]:
        return tuple(each for each in self.reached if not self.sent.settled(self.given.get(each)))


def progress(
    sent: SentItem, committees: Sequence[CommitteeId], given: Mapping[CommitteeId, Acknowledgement]
) -> Progress:
    """``committees``: all of them, in the order of their seats."""
    return Progress(sent, tuple(each for each in committees if sent.concerns(each)), given)


def unanswered(
    sent: Iterable[SentItem], committee: CommitteeId, given: Mapping[int, Acknowledgement | None]
) -> tuple[SentItem, ...]:
    """What a committee has not answered: actions by their date, then what is only to be read, the latest first.

    ``given``: its answers by item.
    """
    found = [each for each in sent if each.concerns(committee) and not each.settled(given.get(each.id))]
    return tuple(sorted(found, key=_urgency))


def _urgency(sent: SentItem) -> tuple[date, int, int]:
    return (sent.due_on or date.max, -sent.issue.id, sent.item.position)


def checked_note(text: str) -> str:
    return checked(text, "note", NOTE_LENGTH)


def checked(text: str, field: str, longest: int, *, missing: str = "") -> str:
    """As it is kept; raises :class:`Invalid` for the field when it is too long, or empty and ``missing`` says so."""
    kept = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if len(kept) > longest:
        raise Invalid(fields={field: "form.too_long"}, limit=longest)
    if missing and not kept:
        raise Invalid(fields={field: missing})
    return kept


def several(items: Sequence[object]) -> bool:
    return len(items) > 1
