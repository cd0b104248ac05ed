"""The account follows the ledger: whatever facts change what a sitting cost, its rows are counted anew.

Counting is idempotent: a sitting is written whole, in place of what stood there. So a worker that died in between, or
two workers, or following all facts from the first one again (:func:`rebuild`), lead to the same rows.
"""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import Session as Db

from meetinghub.burden import calls, contests, said, store
from meetinghub.burden.counting import counted
from meetinghub.burden.model import Refusal, Sitting, Source
from meetinghub.burden.ports import Meetings
from meetinghub.clock import SHANGHAI
from meetinghub.db import Database
from meetinghub.ledger import burden as b
from meetinghub.ledger import payloads as p
from meetinghub.ledger import store as ledger
from meetinghub.ledger.coordination import RequestStepDecided
from meetinghub.ledger.fact import Fact, FactKind
from meetinghub.ledger.imports import ImportTaken, ImportTakenBack
from meetinghub.ledger.quotas import QuotaDecided

FOLLOWED = (
    FactKind.ATTENDANCE_SEALED,
    FactKind.ATTENDANCE_CORRECTION_DECIDED,
    FactKind.BURDEN_CONTEST_DECIDED,
    FactKind.CALL_LOGGED,
    FactKind.CALL_DECIDED,
    FactKind.IMPORT_TAKEN,
    FactKind.IMPORT_TAKEN_BACK,
    FactKind.QUOTA_DECIDED,
    FactKind.REQUEST_STEP_DECIDED,
)
AT_ONCE = 100
"""Facts that one transaction follows."""
TAKEN_AT_ONCE = 50
"""Imported meetings that one transaction counts: everybody else who writes waits for it."""


class Following:
    """The worker's part."""

    every = timedelta(seconds=10)

    def __init__(self, database: Database, meetings: Meetings) -> None:
        self._database = database
        self._meetings = meetings

    async def run(self) -> None:
        while (await self._database.write(step, self._meetings))[1]:
            pass


def follow(db: Db, meetings: Meetings, *, most: int | None = None) -> int:
    """Let the account follow all (or the next ``most``) facts; how many there were."""
    return _follow(db, meetings, most, None)[0]


def step(db: Db, meetings: Meetings) -> tuple[int, bool]:
    """As much as one transaction should: how many facts were followed to their end, and whether there is more."""
    return _follow(db, meetings, AT_ONCE, TAKEN_AT_ONCE)


def rebuild(database: Database, meetings: Meetings) -> int:
    """Count everything anew from the first fact on; how many facts were followed. Pages show less until it is done."""
    database.write_now(store.forget)
    whole, more = 0, True
    while more:
        found, more = database.write_now(step, meetings)
        whole += found
    return whole


def _follow(db: Db, meetings: Meetings, most: int | None, taken: int | None) -> tuple[int, bool]:
    news = ledger.of_kinds(db, FOLLOWED, after=store.followed(db), most=most)
    for source, number in dict.fromkeys(key for fact in news if (key := _concerned(db, fact)) is not None):
        recount(db, meetings, source, number)
    for place, fact in enumerate(news):
        imported = fact.payload.taking if isinstance(fact.payload, ImportTaken | ImportTakenBack) else None
        if imported is not None and not _follow_taking(db, meetings, imported, taken):
            store.set_followed(db, fact.number - 1)
            return place, True
        refusal = _refusal(db, meetings, fact)
        if refusal is not None:
            store.put_refusal(db, refusal)
    if news:
        store.set_followed(db, news[-1].number)
    return len(news), len(news) == most


def recount(db: Db, meetings: Meetings, source: Source, number: int) -> None:
    """Write what a sitting cost as it stands now, or take it out."""
    sitting = _found(db, meetings, source, number)
    if sitting is None:
        store.drop(db, source, number)
    else:
        store.put(db, sitting)


def _found(db: Db, meetings: Meetings, source: Source, number: int) -> Sitting | None:
    if source is Source.CALL:
        call = said.call(db, number)
        return calls.counted(call) if call is not None and call.counts else None
    if source is Source.MEETING:
        held = meetings.held(db, number)
        sitting = counted(held) if held is not None else None
    else:
        sitting = meetings.imported(db, number)
    return None if sitting is None else contests.all_corrected(sitting, said.contests_of(db, source, number))


def _follow_taking(db: Db, meetings: Meetings, taking: int, most: int | None) -> bool:
    """Count the next ``most`` of what was imported together, or take them out; whether that was the rest."""
    counts, numbers = meetings.taking(db, taking)
    there = store.numbers(db, Source.IMPORT, numbers)
    due = [number for number in numbers if (number in there) != counts]
    for number in due[:most]:
        recount(db, meetings, Source.IMPORT, number)
    return most is None or len(due) <= most


def _concerned(db: Db, fact: Fact) -> tuple[Source, int] | None:
    """The sitting whose rows a fact may change."""
    match fact.payload:
        case p.AttendanceSealed() | p.AttendanceCorrectionDecided() if fact.meeting_id is not None:
            return Source.MEETING, fact.meeting_id
        case b.BurdenContestDecided(contest=number):
            found = said.contest(db, number)
            return (found.source, found.sitting) if found is not None else None
        case b.CallLogged(call=number) | b.CallDecided(call=number):
            return Source.CALL, number
        case _:
            return None


def _refusal(db: Db, meetings: Meetings, fact: Fact) -> Refusal | None:
    day = fact.at.astimezone(SHANGHAI).date()
    match fact.payload:
        case RequestStepDecided(request=number, verdict="refuse", office=office, reason=reason):
            asked = meetings.asked(db, number)
            if asked is None:
                return None
            return Refusal(
                number=fact.number,
                day=day,
                at=fact.at,
                department=asked.department,
                request=number,
                title=asked.title,
                minutes=asked.minutes,
                committees=asked.committees,
                why=office,
                reason=reason,
            )
        case QuotaDecided(outcome="refused") as wish:
            return Refusal(
                number=fact.number,
                day=day,
                at=fact.at,
                department=wish.department,
                request=None,
                title=wish.title,
                minutes=wish.minutes,
                committees=len(wish.sites),
                why="rules",
                rules=tuple(f"{wish.policy}:{rule}" for rule in wish.broken),
            )
        case _:
            return None
