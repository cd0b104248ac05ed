"""Minutes as they are written, published and answered.

A meeting's minutes are published in editions: the first says every segment that has a text, a later one only what it
corrects. What a segment says now is what its latest edition said; earlier ones stay readable.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from meetinghub.meetings.lifecycle import State
from meetinghub.meetings.model import Meeting, Segment
from meetinghub.people.model import Account


class Answer(StrEnum):
    """What somebody says of a task that was given to them."""

    OPEN = "open"
    READ = "read"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Wish:
    """A task as it was typed: ``owners`` are names, several between commas."""

    text: str
    owners: str = ""
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """What a segment's minutes say."""

    text: str = ""
    decisions: tuple[str, ...] = ()
    tasks: tuple[Wish, ...] = ()

    @property
    def empty(self) -> bool:
        return not (self.text or self.decisions or self.tasks)


@dataclass(frozen=True, slots=True)
class Draft:
    """``revision`` changes with each saving, so that two people who write at once notice it."""

    segment: int
    content: Content
    revision: int
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Edition:
    number: int
    by: str
    at: datetime
    reason: str
    digest: str


@dataclass(frozen=True, slots=True)
class Said:
    """What one edition says of one segment; its tasks are :class:`Task`."""

    segment: int
    edition: int
    text: str
    decisions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Who:
    """Whom a task is given to. ``committee`` or ``department`` is the one that answers, also for its ``person``."""

    name: str
    committee: int | None = None
    department: int | None = None
    person: int | None = None

    @property
    def ref(self) -> str:
        """As facts write it."""
        if self.person is not None:
            return f"person:{self.person}"
        return f"committee:{self.committee}" if self.committee is not None else f"department:{self.department}"

    def of(self, account: Account) -> bool:
        """Whether this account answers for it."""
        if self.committee is not None:
            return account.committee == self.committee
        return self.department is not None and account.department == self.department


@dataclass(frozen=True, slots=True)
class Owner:
    """One of those a task is given to, and what they said last."""

    id: int
    who: Who
    answer: Answer = Answer.OPEN
    note: str = ""
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """``edition`` gave it, ``ended`` is the one that no longer has it. ``due`` is a date in Shanghai, until its end."""

    id: int
    meeting: int
    segment: int
    text: str
    due: date | None
    edition: int
    ended: int | None
    owners: tuple[Owner, ...]

    def open(self) -> tuple[Owner, ...]:
        return tuple(each for each in self.owners if each.answer is not Answer.DONE)

    def owned_by(self, account: Account) -> tuple[Owner, ...]:
        return tuple(each for each in self.owners if each.who.of(account))

    def stood_in(self, edition: int) -> bool:
        return self.edition <= edition and (self.ended is None or edition < self.ended)


@dataclass(frozen=True, slots=True)
class Taken:
    """A committee has taken note of ``edition``."""

    edition: int
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Minutes:
    """All there is of one meeting's minutes. ``taken``: committees' numbers → of which edition they took note."""

    meeting: Meeting
    state: State
    drafts: Mapping[int, Draft] = field(default_factory=dict)
    editions: tuple[Edition, ...] = ()
    said: tuple[Said, ...] = ()
    tasks: tuple[Task, ...] = ()
    taken: Mapping[int, Taken] = field(default_factory=dict)

    @property
    def edition(self) -> int:
        """The newest; 0 when nothing was published."""
        return self.editions[-1].number if self.editions else 0

    def says(self, segment: int, edition: int) -> Said | None:
        """What ``edition`` leaves standing of a segment."""
        found = [each for each in self.said if each.segment == segment and each.edition <= edition]
        return found[-1] if found else None

    def tasks_of(self, segment: int, edition: int) -> tuple[Task, ...]:
        return tuple(each for each in self.tasks if each.segment == segment and each.stood_in(edition))

    def segment(self, number: int) -> Segment | None:
        return next((each for each in self.meeting.segments if each.id == number), None)

    def begun(self) -> bool:
        return self.state in {State.LIVE, State.ENDED}

    def not_taken(self) -> tuple[int, ...]:
        """Committees that have not taken note of the newest edition, in the order of their seats."""
        known = {number for number, each in self.taken.items() if each.edition == self.edition}
        return tuple(each.committee_id for each in self.meeting.sites if each.committee_id not in known)
