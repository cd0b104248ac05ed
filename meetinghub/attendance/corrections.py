"""Corrections of a sealed sheet: one person proposes with a reason, another accepts or refuses.

The sheet itself stays as it was sealed; an accepted correction is shown beside what it corrects, and a site's newest
accepted one counts. A proposal is decided once, and that is final: who disagrees proposes another. A site has at most
one that waits, or two people would decide on different grounds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from meetinghub.errors import Invalid, NotFound, Refused, Stale
from meetinghub.ledger import payloads as p
from meetinghub.ledger.attendance import Status
from meetinghub.ledger.fact import Fact

REASON_LENGTH = 200
MOST_PEOPLE = 500
"""In one site's room; more is a typing error."""


@dataclass(frozen=True, slots=True)
class Decided:
    """``by``: the account that decided."""

    accepted: bool
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Correction:
    """``number`` is that of the proposing fact. ``status`` or ``headcount`` None: that stays as it was."""

    number: int
    site: str
    status: Status | None
    headcount: int | None
    reason: str
    by: str
    at: datetime
    decided: Decided | None = None

    @property
    def waits(self) -> bool:
        return self.decided is None

    @property
    def counts(self) -> bool:
        return self.decided is not None and self.decided.accepted


def corrections(facts: Iterable[Fact]) -> tuple[Correction, ...]:
    """All that were proposed for a meeting, oldest first."""
    found: dict[int, Correction] = {}
    for fact in facts:
        match fact.payload:
            case p.AttendanceCorrectionProposed(site=site, status=status, headcount=headcount, reason=reason):
                said = Status(status) if status is not None else None
                found[fact.number] = Correction(fact.number, site, said, headcount, reason, fact.actor, fact.at)
            case p.AttendanceCorrectionDecided(proposal=number, accepted=accepted, reason=reason):
                if number in found and found[number].waits:
                    decided = Decided(accepted, reason, fact.actor, fact.at)
                    found[number] = replace(found[number], decided=decided)
            case _:
                pass
    return tuple(found.values())


def propose(
    known: Sequence[Correction],
    *,
    site: str,
    status: Status | None,
    headcount: int | None,
    reason: str,
    now_said: tuple[Status | None, int | None],
) -> p.AttendanceCorrectionProposed:
    """What to write. ``now_said`` is the site's status and headcount with the corrections accepted so far."""
    problems = {}
    if headcount is not None and not 0 <= headcount <= MOST_PEOPLE:
        problems["headcount"] = "attendance.headcount_out_of_range"
    if not reason.strip():
        problems["reason"] = "attendance.reason_missing"
    elif len(reason) > REASON_LENGTH:
        problems["reason"] = "form.too_long"
    new_status = status if status != now_said[0] else None
    new_headcount = headcount if headcount != now_said[1] else None
    if not problems and new_status is None and new_headcount is None:
        problems["status"] = "attendance.nothing_differs"
    if problems:
        raise Invalid(fields=problems, most=MOST_PEOPLE)
    if any(each.site == site and each.waits for each in known):
        raise Refused("attendance.one_waits_already")
    said = new_status.value if new_status is not None else None
    return p.AttendanceCorrectionProposed(site, said, new_headcount, reason.strip())


def decide(
    known: Sequence[Correction], number: int, *, accepted: bool, reason: str, by: str
) -> p.AttendanceCorrectionDecided:
    """What to write. ``by`` must be another account than the one that proposed; refusing needs a reason."""
    correction = next((each for each in known if each.number == number), None)
    if correction is None:
        raise NotFound("attendance.no_such_correction")
    if correction.by == by:
        raise Refused("attendance.second_person")
    if not correction.waits:
        raise Stale("attendance.decided_already")
    if not accepted and not reason.strip():
        raise Invalid(fields={"reason": "attendance.refusal_reason_missing"})
    if len(reason) > REASON_LENGTH:
        raise Invalid(fields={"reason": "form.too_long"})
    return p.AttendanceCorrectionDecided(number, accepted, reason.strip())
