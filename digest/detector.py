"""Agenda segments that were only read out, and items that are asked about so often that they want a meeting."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from digest.answering import Question
from meetinghub.ids import CommitteeId, DepartmentId
from meetinghub.ledger import payloads as p
from meetinghub.ledger.fact import Fact
from meetinghub.workdays.calendar import Workdays

SHORTEST = timedelta(minutes=1)
"""What ran for less was passed over, not read out."""
CARRIED_OVER = timedelta(minutes=1)
"""A site that spoke before a segment and is only slow to give the floor back has not spoken about it."""
WAITS = 5
"""Working days after a meeting without minutes: then nothing was decided."""
QUERIED = 3
"""So many committees ask about an item before a meeting's topic is offered."""


class OfferState(StrEnum):
    OFFERED = "offered"
    TAKEN = "taken"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Course:
    """How a segment went. ``questions``: hands that went up and sites that were given the floor while it ran."""

    ran: timedelta = timedelta()
    questions: int = 0


@dataclass(frozen=True, slots=True)
class Ended:
    """A segment of a meeting that is over. ``decided``: whether published minutes hold a decision or task of it; None
    while there are no minutes. ``course`` None: nobody pressed that it began."""

    segment: int
    department: DepartmentId
    course: Course | None
    decided: bool | None
    ended_on: date


def was_read_out(ended: Ended, *, today: date, workdays: Workdays) -> bool | None:
    """None: it cannot be told yet."""
    if ended.course is None or ended.course.ran < SHORTEST or ended.course.questions:
        return False
    if ended.decided is not None:
        return not ended.decided
    return True if workdays.between(ended.ended_on, today) >= WAITS else None


def courses(facts: Iterable[Fact]) -> Mapping[int, Course]:
    """Segment → how it went, from all facts of one meeting in their order. What was undone did not happen."""
    known = list(facts)
    undone = {each.payload.undoes for each in known if isinstance(each.payload, p.ActUndone)}
    runs, floors, hands = _Spans(), _Spans(), []
    for each in known:
        if each.number in undone:
            continue
        match each.payload:
            case p.SegmentStarted(segment=segment):
                runs.begin(segment, each.at)
            case p.SegmentEnded():
                runs.end(each.at)
            case p.FloorGranted():
                floors.begin(each.number, each.at)
            case p.FloorReleased() | p.AllMuted():
                floors.end(each.at)
            case p.HandRaised():
                hands.append(each.at)
            case p.MeetingEnded():
                runs.end(each.at)
                floors.end(each.at)
            case _:
                pass
    found: dict[int, Course] = {}
    for segment, spans in runs.of.items():
        ran = sum((end - start for start, end in spans), timedelta())
        asked = sum(1 for at in hands if any(start <= at < end for start, end in spans))
        spoken = sum(1 for floor in floors.all() if any(_spoke(floor, span) for span in spans))
        found[segment] = Course(ran, asked + spoken)
    return found


def queried(questions: Mapping[int, Iterable[Question]]) -> tuple[int, ...]:
    """Items about which enough different committees asked."""
    return tuple(item for item, asked in questions.items() if len(askers(asked)) >= QUERIED)


def askers(questions: Iterable[Question]) -> Collection[CommitteeId]:
    return {each.committee for each in questions}


Span = tuple[datetime, datetime]


class _Spans:
    """What goes on at one time only: the next begins where the one before ends."""

    def __init__(self) -> None:
        self.of: defaultdict[int, list[Span]] = defaultdict(list)
        self._now: tuple[int, datetime] | None = None

    def begin(self, what: int, at: datetime) -> None:
        self.end(at)
        self._now = (what, at)

    def end(self, at: datetime) -> None:
        if self._now is not None:
            what, since = self._now
            self.of[what].append((since, at))
        self._now = None

    def all(self) -> Iterable[Span]:
        return [span for spans in self.of.values() for span in spans]


def _spoke(floor: Span, run: Span) -> bool:
    granted, given_back = floor
    start, end = run
    if start <= granted < end:
        return True
    return granted < start and min(given_back, end) - start >= CARRIED_OVER
