"""A committee contests its line of a sitting; somebody of the coordinator's office, never itself, decides.

A contest says what the line should be: that it did or did not come, how many it sent, whether they travelled. One that
was accepted counts instead of what was recorded; the record stays, and so does the contest, whatever became of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from meetinghub.burden.model import Line, Share, Sitting, Source
from meetinghub.errors import Invalid, Refused, Stale

MOST_PERSONS = 500
LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Contest:
    """``number`` is that of the contesting fact. ``accepted`` None: nobody decided yet. What is None stays as it is."""

    number: int
    source: Source
    sitting: int
    committee: int
    attended: bool | None
    persons: int | None
    travelled: bool | None
    reason: str
    by: str
    at: datetime
    accepted: bool | None = None
    answer: str = ""
    decided_by: str = ""
    decided_at: datetime | None = None


def problems(*, attended: bool | None, persons: int | None, travelled: bool | None, reason: str) -> dict[str, str]:
    """Field → what is wrong with it."""
    found = {}
    if attended is None and persons is None and travelled is None:
        found["what"] = "burden.contest_nothing"
    if persons is not None and not 0 <= persons <= MOST_PERSONS:
        found["persons"] = "burden.persons_out_of_range"
    if not reason.strip():
        found["reason"] = "form.required"
    elif len(reason) > LONGEST_REASON:
        found["reason"] = "form.too_long"
    return found


def may_contest(line: Line, said: Iterable[Contest]) -> None:
    """One at a time: raises :class:`Refused` while another of this line waits for its answer."""
    if any(each.accepted is None and each.committee == line.committee for each in said):
        raise Refused("burden.contest_waits")


def may_decide(contest: Contest, *, by: str, accepted: bool, reason: str) -> None:
    """The second person; a refusal gives its reason."""
    if contest.accepted is not None:
        raise Stale("burden.contest_decided_already")
    if contest.by == by:
        raise Refused("burden.contest_own")
    if not accepted and not reason.strip():
        raise Invalid(fields={"reason": "form.required"})
    if len(reason) > LONGEST_REASON:
        raise Invalid(fields={"reason": "form.too_long"}, limit=LONGEST_REASON)


def corrected(line: Line, said: Iterable[Contest], *, seconds: int) -> Line:
    """``line`` with every accepted contest of its committee, oldest first; the sitting took ``seconds``."""
    for each in sorted(said, key=lambda contest: contest.number):
        if each.accepted and each.committee == line.committee:
            line = _applied(line, each, seconds)
    return line


def _applied(line: Line, said: Contest, seconds: int) -> Line:
    """Persons who were not counted before sat there as long as the others did on average, or all the time."""
    attended = line.attended if said.attended is None else said.attended
    if not attended:
        return Line(line.committee, line.called, attended=False)
    was, roles = line.whole, line.roles
    travels = bool(was.trips) if said.travelled is None else said.travelled
    if said.persons is not None and said.persons != was.persons:
        each = was.sat // was.persons if was.persons else seconds
        meant = was.addressed // was.persons if was.persons else seconds
        roles = {"": Share(said.persons, 0, each * said.persons, meant * said.persons)} if said.persons else {}
    roles = {
        role: Share(share.persons, share.persons if travels else 0, share.sat, share.addressed)
        for role, share in roles.items()
    }
    uncounted = said.persons is None and (line.uncounted or not line.attended)
    return Line(line.committee, line.called, attended=True, uncounted=uncounted, roles=roles)


def all_corrected(sitting: Sitting, said: Sequence[Contest]) -> Sitting:
    """The sitting with the lines that accepted contests leave of it."""
    if not any(each.accepted for each in said):
        return sitting
    lines = tuple(corrected(line, said, seconds=sitting.seconds) for line in sitting.lines)
    return replace(sitting, lines=lines)
