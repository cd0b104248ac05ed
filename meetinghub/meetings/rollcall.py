"""What is known of a meeting's roll call: whether it is open, who answered with how many, who was excused.

A site answers once and may change its answer; the newest word about its headcount counts, whether the site ticked it or
somebody told it by telephone. Ending the meeting closes an open roll. Putting the meeting off forgets what was
answered, because other people may sit there on the other day; excuses stay until they are taken back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from meetinghub.ledger import payloads as p
from meetinghub.ledger.fact import Fact


@dataclass(frozen=True, slots=True)
class Answer:
    """What a site's operator ticked. ``excused``: the number of a person's row → the code of the reason."""

    at: datetime
    people: tuple[int, ...]
    guests: int
    excused: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class RollCall:
    """``reminders``: when a site was reminded last; ``excused``: a whole site → why."""

    opened_at: datetime | None = None
    closed_at: datetime | None = None
    reminded_at: datetime | None = None
    answers: Mapping[str, Answer] = field(default_factory=dict)
    headcounts: Mapping[str, int] = field(default_factory=dict)
    reminders: Mapping[str, datetime] = field(default_factory=dict)
    excused: Mapping[str, str] = field(default_factory=dict)

    @property
    def open(self) -> bool:
        return self.opened_at is not None and self.closed_at is None

    def waits_for(self, site: str) -> bool:
        """Nobody has said how many sit there, and it was not excused."""
        return site not in self.headcounts and site not in self.excused


def after(roll: RollCall, fact: Fact) -> RollCall:
    """The roll call after one more fact of its meeting; the same object when the fact is none of its own."""
    match fact.payload:
        case p.RollCallOpened():
            return replace(roll, opened_at=fact.at, closed_at=None)
        case p.RollCallClosed() | p.MeetingEnded():
            return replace(roll, closed_at=fact.at) if roll.open else roll
        case p.RollCallReminded(sites=sites):
            return replace(roll, reminded_at=fact.at, reminders={**roll.reminders, **dict.fromkeys(sites, fact.at)})
        case p.RosterTicked(site=site, people=people, guests=guests, excused=excused, reasons=reasons):
            answer = Answer(fact.at, people, guests, dict(zip(excused, reasons, strict=True)))
            counted = {**roll.headcounts, site: len(people) + guests}
            return replace(roll, answers={**roll.answers, site: answer}, headcounts=counted)
        case p.HeadcountReported(site=site, headcount=headcount):
            return replace(roll, headcounts={**roll.headcounts, site: headcount})
        case p.SiteExcused(site=site, reason=reason):
            return replace(roll, excused={**roll.excused, site: reason})
        case p.SiteExcuseWithdrawn(site=site):
            return replace(roll, excused={each: why for each, why in roll.excused.items() if each != site})
        case p.MeetingPostponed():
            return RollCall(excused=roll.excused)
        case _:
            return roll
