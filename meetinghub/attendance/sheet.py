"""The attendance sheet of a meeting: one line per site, made from facts and from nothing else.

A sealed sheet rests on the meeting's facts up to the one that the seal names; what arrives afterwards is set aside
(:attr:`Sheet.late`) and changes nothing by itself. What is sealed is :func:`canonical`: identities and numbers of rows
only, no names, so that a name can still be put right, or erased, without touching what can never be changed.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rfc8785

from meetinghub.attendance.corrections import Correction, corrections
from meetinghub.ledger import payloads as p
from meetinghub.ledger.attendance import RULES, SiteAttendance, Status, attendance
from meetinghub.ledger.fact import Fact, FactKind, utc_text
from meetinghub.ledger.presence import Window
from meetinghub.meetings.fold import fold
from meetinghub.meetings.live import LiveState, before_the_start
from meetinghub.meetings.model import Meeting, Site
from meetinghub.meetings.parts import asked
from meetinghub.meetings.parts import window as actual

FORMAT = "meetinghub-attendance/1"
_GROUND = frozenset(
    {
        FactKind.SITE_JOINED,
        FactKind.SITE_LEFT,
        FactKind.SITE_ROSTER_TICKED,
        FactKind.SITE_HEADCOUNT_REPORTED,
        FactKind.SITE_EXCUSED,
        FactKind.SITE_EXCUSE_WITHDRAWN,
    }
)
"""Facts that speak of one site's attendance. Heartbeats and rooms are left out: alone they tell a reader nothing."""


@dataclass(frozen=True, slots=True)
class Seal:
    """``number`` is that of the sealing fact."""

    number: int
    at: datetime
    through: int
    rule: int
    digest: str


@dataclass(frozen=True, slots=True)
class Line:
    """A site as it was judged, and the corrections of it, oldest first."""

    place: Site
    judged: SiteAttendance
    corrections: tuple[Correction, ...] = ()

    @property
    def status(self) -> Status | None:
        """As it counts now; None: it was asked for nothing."""
        said = [each.status for each in self.corrections if each.counts and each.status is not None]
        return said[-1] if said else self.judged.status

    @property
    def headcount(self) -> int | None:
        """As it counts now; None while nobody said how many."""
        said = [each.headcount for each in self.corrections if each.counts and each.headcount is not None]
        return said[-1] if said else self.judged.headcount

    @property
    def corrected(self) -> bool:
        return any(each.counts for each in self.corrections)

    @property
    def late(self) -> bool:
        return self.judged.late if self.status is self.judged.status else self.status is Status.LATE

    @property
    def left_early(self) -> bool:
        return self.judged.left_early if self.status is self.judged.status else self.status is Status.LEFT_EARLY

    @property
    def statuses(self) -> tuple[Status, ...]:
        """What is said of it: late and left early stand together when both are so."""
        return both(self.status, late=self.late, left_early=self.left_early)


@dataclass(frozen=True, slots=True)
class Sheet:
    """``window`` is the meeting's actual time, up to now while it runs. ``digest`` is of what the facts say now."""

    meeting: Meeting
    state: LiveState
    window: Window
    rule: int
    through: int
    lines: tuple[Line, ...]
    seal: Seal | None = None
    late: tuple[Fact, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of :func:`canonical`, hexadecimal."""
        return hashlib.sha256(canonical(self)).hexdigest()

    @property
    def corrections(self) -> tuple[Correction, ...]:
        found = [each for line in self.lines for each in line.corrections]
        return tuple(sorted(found, key=lambda each: each.number))

    @property
    def counts(self) -> Counter[Status]:
        """Of how many sites each word is said; one that was late and left early counts under both."""
        return Counter(status for line in self.lines for status in line.statuses)

    @property
    def asked(self) -> int:
        """How many sites were asked for any part of the meeting."""
        return sum(1 for line in self.lines if line.judged.asked is not None)

    @property
    def headcount(self) -> int | None:
        """Everybody in all rooms, as far as it was told; None when no room told it."""
        said = [line.headcount for line in self.lines if line.headcount is not None]
        return sum(said) if said else None

    def line(self, site: str) -> Line | None:
        return next((line for line in self.lines if line.place.identity == site), None)


def both(status: Status | None, *, late: bool, left_early: bool) -> tuple[Status, ...]:
    """The words of a status: two when a site was late and left early too; none when it was asked for nothing."""
    if status is Status.LATE and late and left_early:
        return (Status.LATE, Status.LEFT_EARLY)
    return (status,) if status is not None else ()


def sheet(meeting: Meeting, facts: Sequence[Fact], now: datetime) -> Sheet | None:
    """The sheet of a meeting that has begun, from all its facts, oldest first; None before that."""
    seal = sealed(facts)
    through = seal.through if seal else max((fact.number for fact in facts), default=0)
    ground = [fact for fact in facts if fact.number <= through]
    state = _course(meeting, ground)
    window = actual(state, now)
    if window is None:
        return None
    rule = seal.rule if seal else state.attendance_rule
    judged = _judged(meeting, state, ground, window, rule)
    said = corrections(facts)
    lines = tuple(
        Line(place, judged[place.identity], tuple(each for each in said if each.site == place.identity))
        for place in meeting.sites
    )
    late = tuple(fact for fact in facts if fact.number > through and _concerns(fact, window.end)) if seal else ()
    return Sheet(meeting, state, window, rule, through, lines, seal, late)


def with_late(of: Sheet, facts: Sequence[Fact]) -> Mapping[str, SiteAttendance]:
    """How the sites would be judged if what arrived after the seal were counted."""
    return _judged(of.meeting, _course(of.meeting, facts), facts, of.window, of.rule)


def sealed(facts: Sequence[Fact]) -> Seal | None:
    for fact in facts:
        if isinstance(fact.payload, p.AttendanceSealed):
            return Seal(fact.number, fact.at, fact.payload.through, fact.payload.rule, fact.payload.digest)
    return None


def canonical(of: Sheet) -> bytes:
    """What the seal's digest is taken of: RFC 8785, times in UTC with microseconds."""
    return rfc8785.dumps(content(of))


def content(of: Sheet) -> dict[str, Any]:
    """The sheet as it was judged, without a name and without corrections."""
    return {
        "format": FORMAT,
        "meeting": of.meeting.id,
        "through": of.through,
        "rule": of.rule,
        "window": _span(of.window.start, of.window.end),
        "sites": {line.place.identity: _site(line.judged) for line in of.lines},
    }


def _site(judged: SiteAttendance) -> dict[str, Any]:
    return {
        "status": judged.status.value if judged.status is not None else None,
        "late": judged.late,
        "left_early": judged.left_early,
        "asked": _span(judged.asked.start, judged.asked.end) if judged.asked else None,
        "intervals": [{**_span(each.start, each.end), "ended_by": each.ended_by.value} for each in judged.intervals],
        "headcount": judged.headcount,
        "people": list(judged.people),
        "guests": judged.guests,
        "excused_people": [{"person": person, "reason": reason} for person, reason in judged.excused_people],
        "excused": judged.excuse is not None,
    }


def _span(start: datetime, end: datetime) -> dict[str, str]:
    return {"start": utc_text(start), "end": utc_text(end)}


def _concerns(fact: Fact, ended_at: datetime) -> bool:
    """Whether a fact says something of the time before ``ended_at``: who looks in afterwards changes nothing."""
    payload = fact.payload
    if isinstance(payload, p.SiteJoined | p.SiteLeft):
        return payload.occurred_at < ended_at
    return payload.kind in _GROUND


def _course(meeting: Meeting, facts: Sequence[Fact]) -> LiveState:
    """When the meeting and its items began and ended. Heartbeats, which are most of the facts, tell nothing of that."""
    told = (fact for fact in facts if not isinstance(fact.payload, p.ConnectionsSeen))
    return fold(before_the_start(meeting), told)


def _judged(
    meeting: Meeting, state: LiveState, facts: Sequence[Fact], window: Window, rule: int
) -> Mapping[str, SiteAttendance]:
    return attendance(facts, asked(meeting, state, window.end), window, RULES[rule])
