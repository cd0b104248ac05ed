"""Reading, sealing and correcting, on both engines."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial

import pytest
from sqlmodel import Session as Db

from meetinghub.attendance import store
from meetinghub.attendance.service import GRACE, Attendance, Named, seal
from meetinghub.attendance.sheet import Line
from meetinghub.attendance.store import Search
from meetinghub.db import Database
from meetinghub.errors import Invalid, NotFound, Refused
from meetinghub.ledger import payloads as p
from meetinghub.ledger import store as ledger
from meetinghub.ledger.attendance import Status
from meetinghub.ledger.fact import FactKind, Payload
from tests.meetinghub.attendance.examples import ABSENT, ALL_THE_TIME, END, LATE_AND_EARLY, store_held, write
from tests.meetinghub.meetings.planned import SetClock, plan_example


async def begin(database: Database) -> tuple[Attendance, SetClock, int]:
    clock = SetClock(END + GRACE)
    return Attendance(database, clock), clock, await database.write(store_held)


async def sheet_of(attendance: Attendance, number: int) -> Named:
    named = await attendance.sheet(number)
    assert named is not None
    return named


async def line_of(attendance: Attendance, number: int, site: str) -> Line:
    found = (await sheet_of(attendance, number)).sheet.line(site)
    assert found is not None
    return found


async def test_a_meeting_is_due_half_a_minute_after_its_end_and_sealed_once(database: Database) -> None:
    attendance, clock, number = await begin(database)
    clock.time = END + GRACE - timedelta(seconds=1)
    assert await attendance.due() == []
    clock.wait(seconds=1)
    assert await attendance.due() == [number]
    await attendance.seal(number)
    assert await attendance.due() == []
    named = await sheet_of(attendance, number)
    assert named.whole
    assert named.sheet.seal is not None
    assert named.sheet.seal.at == END + GRACE
    assert named.sheet.seal.digest == named.sheet.digest


async def test_two_workers_seal_once(database: Database) -> None:
    attendance, clock, number = await begin(database)
    others = [Attendance(database, clock) for _ in range(5)]
    await asyncio.gather(*(each.seal(number) for each in (attendance, *others)))
    facts = await database.read(ledger.of_meeting, number)
    assert [fact.payload.kind for fact in facts].count(FactKind.ATTENDANCE_SEALED) == 1


async def test_a_meeting_that_was_planned_or_runs_is_not_sealed(database: Database) -> None:
    number = await database.write(plan_example)
    attendance = Attendance(database, SetClock(END + timedelta(days=1)))
    assert await attendance.sheet(number) is None
    assert await attendance.due() == []
    await attendance.seal(number)
    await database.write(partial(_write_late, number=number, said=(p.MeetingStarted(),)))
    await attendance.seal(number)
    assert (await sheet_of(attendance, number)).sheet.seal is None


async def test_a_meeting_that_is_not_there_is_not_found(database: Database) -> None:
    attendance = Attendance(database, SetClock())
    with pytest.raises(NotFound):
        await attendance.sheet(7)
    with pytest.raises(NotFound):
        await attendance.seal(7)


async def test_only_a_sealed_sheet_is_corrected(database: Database) -> None:
    attendance, _, number = await begin(database)
    with pytest.raises(Refused, match="not_sealed"):
        await attendance.propose(number, site=ABSENT, status=Status.PRESENT, headcount=None, reason="x", by=ABSENT)


async def test_a_correction_is_proposed_by_one_decided_by_another_and_found_in_lists(database: Database) -> None:
    attendance, clock, number = await begin(database)
    await attendance.seal(number)
    clock.wait(days=1)
    await attendance.propose(number, site=ABSENT, status=Status.PRESENT, headcount=4, reason="用电话参会", by=ABSENT)
    (waiting,) = await attendance.waiting(not_by="coordinator")
    assert (waiting.meeting, waiting.committee, waiting.by) == (number, "居委会6", ABSENT)
    assert await attendance.waiting(not_by=ABSENT) == []
    with pytest.raises(Refused, match="second_person"):
        await attendance.decide(number, waiting.number, accepted=True, reason="", by=ABSENT)
    decided = await attendance.decide(number, waiting.number, accepted=True, reason="", by="coordinator")
    assert decided.counts
    assert await attendance.waiting(not_by="coordinator") == []
    page = await attendance.page(Search(), offset=0, limit=9)
    (entry,) = page.entries
    assert page.whole == 1
    assert (entry.counts[Status.PRESENT], entry.corrected, entry.waiting) == (3, 1, 0)
    line = await line_of(attendance, number, ABSENT)
    assert (line.status, line.headcount, line.judged.status) == (Status.PRESENT, 4, Status.ABSENT)


async def test_a_proposal_for_somebody_who_was_not_asked_is_refused(database: Database) -> None:
    attendance, _, number = await begin(database)
    await attendance.seal(number)
    with pytest.raises(Invalid) as refused:
        await attendance.propose(number, site="site-77", status=Status.LATE, headcount=None, reason="x", by="host")
    assert set(refused.value.fields) == {"site"}


async def test_of_two_that_decide_at_once_one_is_told_that_it_was_decided(database: Database) -> None:
    attendance, _, number = await begin(database)
    await attendance.seal(number)
    await attendance.propose(number, site=ABSENT, status=Status.PRESENT, headcount=None, reason="x", by=ABSENT)
    (waiting,) = await attendance.waiting(not_by="")
    answers = await asyncio.gather(
        *(
            attendance.decide(number, waiting.number, accepted=by == "chair", reason="x", by=by)
            for by in ("chair", "coordinator")
        ),
        return_exceptions=True,
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["Correction", "Stale"]


async def test_what_arrives_late_is_told_with_what_it_would_change(database: Database) -> None:
    attendance, _, number = await begin(database)
    await attendance.seal(number)
    late = p.SiteJoined(ABSENT, "PA_late", "RM_1", END - timedelta(minutes=59))
    gone = p.SiteLeft(ABSENT, "PA_late", "RM_1", END, "CLIENT_INITIATED")
    await database.write(partial(_write_late, number=number, said=(late, gone)))
    named = await sheet_of(attendance, number)
    assert named.whole
    assert len(named.sheet.late) == 1
    assert named.late[ABSENT].status is Status.PRESENT
    assert set(named.late) == {ABSENT}


async def test_a_ledger_that_says_something_else_today_is_noticed(sqlite_database: Database) -> None:
    attendance, _, number = await begin(sqlite_database)
    wrong = p.AttendanceSealed(through=21, rule=1, digest="0" * 64)
    await sqlite_database.write(partial(_write_late, number=number, said=(wrong,)))
    assert not (await sheet_of(attendance, number)).whole


async def test_the_projection_is_made_again_when_only_the_fact_was_written(database: Database) -> None:
    attendance, clock, number = await begin(database)
    await attendance.seal(number)
    await database.write(_forget)
    assert await attendance.due() == [number]
    assert await database.write(partial(seal, meeting_id=number, now=clock.now()))
    assert await attendance.due() == []
    (entry,) = (await attendance.page(Search(), offset=0, limit=1)).entries
    assert entry.counts == {
        Status.PRESENT: 2,
        Status.LATE: 1,
        Status.LEFT_EARLY: 1,
        Status.EXCUSED: 1,
        Status.BRIEF: 1,
        Status.ABSENT: 28,
    }
    assert entry.headcount == 10


@pytest.mark.parametrize(("search", "found"), [
    (Search(), True), (Search(committee=106), True), (Search(committee=106, status=Status.ABSENT), True),
    (Search(committee=106, status=Status.PRESENT), False), (Search(status=Status.LEFT_EARLY), True),
    (Search(text="月度"), True), (Search(text="居委会33"), True), (Search(text="%"), False),
    (Search(committee=101, text="居委会33"), False), (Search(since=END), False), (Search(until=END), True),
    (Search(department=9), False), (Search(committee=999), False),
])  # fmt: skip
async def test_lists_are_searched(sqlite_database: Database, search: Search, found: bool) -> None:
    attendance, _, number = await begin(sqlite_database)
    await attendance.seal(number)
    page = await attendance.page(search, offset=0, limit=10)
    assert [entry.meeting for entry in page.entries] == ([number] if found else [])
    assert page.whole == int(found)


async def test_a_committee_s_own_entry_says_how_it_was_and_nothing_of_others(database: Database) -> None:
    attendance, _, number = await begin(database)
    await attendance.seal(number)
    (entry,) = (await attendance.page(Search(committee=102), offset=0, limit=10)).entries
    assert entry.statuses == (Status.LATE, Status.LEFT_EARLY)
    assert entry.counts == {}
    assert entry.headcount is None
    assert (await line_of(attendance, number, LATE_AND_EARLY)).statuses == entry.statuses


async def test_names_come_with_the_numbers_and_only_for_those_that_are_known(database: Database) -> None:
    attendance, _, number = await begin(database)
    named = await sheet_of(attendance, number)
    assert named.people == {}
    assert (await line_of(attendance, number, ALL_THE_TIME)).judged.people == (101, 102)


async def test_sealed_sheets_without_a_checkpoint_are_known(database: Database) -> None:
    attendance, clock, number = await begin(database)
    await attendance.seal(number)
    assert await database.read(store.without_checkpoint) == [number]
    await database.write(partial(store.note_checkpoint, meetings=[number], now=clock.now()))
    assert await database.read(store.without_checkpoint) == []


def _write_late(db: Db, *, number: int, said: tuple[Payload, ...]) -> None:
    write(db, number, END + timedelta(minutes=5), *said)


def _forget(db: Db) -> None:
    db.connection().exec_driver_sql("DELETE FROM attendance_sheet")
