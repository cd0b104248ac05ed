"""Facts → what a site's own page says when the meeting is over. Nobody has to fill anything in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from meetinghub.ledger import payloads as p
from meetinghub.ledger.attendance import RULES, SiteAttendance, attendance
from meetinghub.ledger.fact import Fact
from meetinghub.meetings.live import LiveState
from meetinghub.meetings.model import Meeting
from meetinghub.meetings.parts import asked, window


@dataclass(frozen=True, slots=True)
class Summary:
    """``joined_at``: its first coming, also before the beginning; ``seconds`` it was there in the whole meeting, with
    ``drops`` interruptions; ``missed`` seconds of its own part; ``turns``: how often it had the floor."""

    joined_at: datetime | None
    seconds: int
    missed: int
    drops: int
    turns: int
    judged: SiteAttendance


def summary(meeting: Meeting, state: LiveState, facts: Sequence[Fact], site: str, now: datetime) -> Summary | None:
    """None before the meeting has begun. ``facts`` are the meeting's, oldest first."""
    whole = window(state, now)
    if whole is None:
        return None
    part = asked(meeting, state, now)[site]
    judged = attendance(facts, {site: part}, whole, RULES[state.attendance_rule])[site]
    missed = sum((end - start for start, end in judged.gaps), timedelta())
    return Summary(
        joined_at=_first_coming(facts, site),
        seconds=sum((each.length for each in judged.intervals), timedelta()) // timedelta(seconds=1),
        missed=missed // timedelta(seconds=1) if part else 0,
        drops=max(0, len(judged.intervals) - 1),
        turns=turns(facts, site),
        judged=judged,
    )


def _first_coming(facts: Sequence[Fact], site: str) -> datetime | None:
    comings = (fact.payload for fact in facts if isinstance(fact.payload, p.SiteJoined))
    return min((each.occurred_at for each in comings if each.site == site), default=None)


def turns(facts: Sequence[Fact], site: str) -> int:
    """How often ``site`` was called and did not ask to be called later; what was undone did not happen."""
    taken: set[int] = set()
    skipped: dict[int, int] = {}
    held = 0
    for fact in facts:
        match fact.payload:
            case p.FloorGranted(site=called):
                held = fact.number if called == site else 0
                taken |= {held} if held else set()
            case p.FloorReleased(site=of, how="skip") if of == site and held:
                taken.discard(held)
                skipped[fact.number] = held
            case p.ActUndone(undoes=number):
                taken.discard(number)
                if number in skipped:
                    held = skipped.pop(number)
                    taken.add(held)
            case _:
                pass
    return len(taken)
