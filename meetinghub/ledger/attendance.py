"""Facts → attendance: what the sheet says of each site, by the rule that was frozen when the meeting was planned.

A site is judged against its own part: what of the meeting it was asked for. Whoever was asked for nothing is not
judged; when it was there all the same, that shows. A site is a room and not a person: how many sat in it, and who, are
facts of their own beside its presence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from meetinghub.ledger import payloads as p
from meetinghub.ledger.fact import Fact
from meetinghub.ledger.presence import Interval, Window, gaps, presences


class Status(StrEnum):
    PRESENT = "present"
    LATE = "late"
    LEFT_EARLY = "left_early"
    BRIEF = "brief"
    ABSENT = "absent"
    EXCUSED = "excused"


@dataclass(frozen=True, slots=True)
class Rule:
    """``late``: whoever comes more than this after its part began is late; ``early``: whoever leaves more than this
    before it ended left early; ``brief``: whoever was there for less than so many per cent of it was there briefly."""

    late: timedelta
    early: timedelta
    brief: int


RULES: Mapping[int, Rule] = MappingProxyType({1: Rule(late=timedelta(minutes=5), early=timedelta(minutes=5), brief=50)})
"""Versions of the rule. A meeting keeps the one it was planned under: none is ever changed or taken out."""
NEWEST = max(RULES)


@dataclass(frozen=True, slots=True)
class Part:
    """What of a meeting a site was asked for, by the agenda's actual times."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class SiteAttendance:
    """``status`` None: it was ``asked`` for nothing. A site that was late and left early too has both flags.

    ``intervals`` are those within the whole meeting, ``gaps`` what they leave out of its own part (before it came and
    after it left included); ``seconds`` is how long it was there within its own part (asked for nothing: within the
    meeting), cut to whole ones. ``headcount`` is that of the newest answer or report, None when there was none;
    ``people`` and ``excused_people`` (with the reason's code) are numbers of people's rows as ticked; ``excuse`` is why
    the whole site was excused, whether it came or not.
    """

    site: str
    status: Status | None
    late: bool
    left_early: bool
    asked: Part | None
    intervals: tuple[Interval, ...]
    gaps: tuple[tuple[datetime, datetime], ...]
    seconds: int
    headcount: int | None
    people: tuple[int, ...]
    guests: int
    excused_people: tuple[tuple[int, str], ...]
    excuse: str | None

    @property
    def interruptions(self) -> tuple[tuple[datetime, datetime], ...]:
        """The gaps between two stretches of presence."""
        if self.asked is None:
            return ()
        start, end = self.asked.start, self.asked.end
        return tuple(gap for gap in self.gaps if start < gap[0] and gap[1] < end)


@dataclass(slots=True)
class _Answers:
    """What a site said of itself, or was said of it; the newest of each kind."""

    ticked: p.RosterTicked | None = None
    headcount: int | None = None
    excuse: str | None = None


def attendance(
    facts: Sequence[Fact], asked: Mapping[str, Part | None], window: Window, rule: Rule
) -> dict[str, SiteAttendance]:
    """``asked``: each site of the meeting → its own part. ``facts`` are the meeting's, of any kind and in any order."""
    there = presences(facts, asked.keys(), window)
    answers = _answers(facts)
    return {
        site: _judged(site, there[site], part, window, rule, answers.get(site, _Answers()))
        for site, part in asked.items()
    }


def _judged(
    site: str, intervals: tuple[Interval, ...], part: Part | None, window: Window, rule: Rule, answers: _Answers
) -> SiteAttendance:
    span = part or Part(window.start, window.end)
    within = [each for each in intervals if each.start < span.end and each.end > span.start]
    there = sum((min(each.end, span.end) - max(each.start, span.start) for each in within), timedelta())
    late = part is not None and bool(within) and within[0].start - part.start > rule.late
    early = part is not None and bool(within) and part.end - within[-1].end > rule.early
    ticked = answers.ticked
    return SiteAttendance(
        site=site,
        status=_status(part, there, rule, late, early, answers.excuse),
        late=late,
        left_early=early,
        asked=part,
        intervals=intervals,
        gaps=gaps(within, part.start, part.end) if part else (),
        seconds=there // timedelta(seconds=1),
        headcount=answers.headcount,
        people=ticked.people if ticked else (),
        guests=ticked.guests if ticked else 0,
        excused_people=tuple(zip(ticked.excused, ticked.reasons, strict=True)) if ticked else (),
        excuse=answers.excuse,
    )


def _status(
    part: Part | None, there: timedelta, rule: Rule, late: bool, early: bool, excuse: str | None
) -> Status | None:
    if part is None:
        return None
    if not there:
        return Status.ABSENT if excuse is None else Status.EXCUSED
    if there * 100 < (part.end - part.start) * rule.brief:
        return Status.BRIEF
    if late:
        return Status.LATE
    return Status.LEFT_EARLY if early else Status.PRESENT


def _answers(facts: Iterable[Fact]) -> dict[str, _Answers]:
    found: dict[str, _Answers] = {}
    told = (p.RosterTicked, p.HeadcountReported, p.SiteExcused, p.SiteExcuseWithdrawn, p.MeetingPostponed)
    for fact in sorted((fact for fact in facts if isinstance(fact.payload, told)), key=lambda fact: fact.number):
        match fact.payload:
            case p.RosterTicked(site=site, people=people, guests=guests) as ticked:
                answers = found.setdefault(site, _Answers())
                answers.ticked, answers.headcount = ticked, len(people) + guests
            case p.HeadcountReported(site=site, headcount=headcount):
                found.setdefault(site, _Answers()).headcount = headcount
            case p.SiteExcused(site=site, reason=reason):
                found.setdefault(site, _Answers()).excuse = reason
            case p.SiteExcuseWithdrawn(site=site):
                found.setdefault(site, _Answers()).excuse = None
            case p.MeetingPostponed():  # what was answered was about the other day
                found = {site: _Answers(excuse=answers.excuse) for site, answers in found.items()}
            case _:
                pass
    return found
