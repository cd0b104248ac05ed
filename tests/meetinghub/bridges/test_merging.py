"""The weekly merge plan over a database: made once, accepted whole or not at all, on both engines."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from functools import partial

import pytest
from sqlmodel import Session as Db

from meetinghub.bridges.merging import Merging
from meetinghub.clock import SHANGHAI
from meetinghub.db import Database
from meetinghub.errors import Refused
from meetinghub.ledger import store as ledger
from meetinghub.ledger.merging import MergeAccepted
from meetinghub.ledger.payloads import MeetingCancelled
from meetinghub.meetings import service, store
from meetinghub.meetings.lifecycle import State
from meetinghub.meetings.model import Audience, Meeting, Segment
from meetinghub.merging.model import Proposed, ProposedRow
from meetinghub.people.model import Right
from meetinghub.words import all_words
from tests.meetinghub.agendas.hosted import MONDAY, NAMES, account, agendas, mails, register
from tests.meetinghub.calendars.invited import inviting
from tests.meetinghub.calendars.invited import mails as invitations
from tests.meetinghub.meetings.planned import SetClock

COORDINATOR = account(2, Right.COORDINATOR)
COMMITTEES = 3


def merging(database: Database, clock: SetClock | None = None) -> Merging:
    clock = clock or SetClock(MONDAY)
    return Merging(database, clock, agendas(database, clock), all_words()["zh-CN"], "https://hub.example")


def plan(db: Db, department: int, day: date) -> int:
    """A meeting of twenty minutes with all secretaries and directors."""
    name = NAMES[department]
    meeting = Meeting(
        id=0,
        title=f"{name}的会",
        host=name,
        host_department_id=department,
        place="302 会议室",
        phone="",
        starts_at=datetime(day.year, day.month, day.day, 14, tzinfo=SHANGHAI),
        chair="chair",
        audience=Audience(("secretary", "director")),
        sites=(),
        segments=(Segment(0, name, f"{name}的事", "某人", 20, None, department),),
    )
    sites = [store.SitePlan(100 + seat, "", "") for seat in range(1, COMMITTEES + 1)]
    return service.plan(db, meeting=meeting, sites=sites, now=MONDAY, actor="host")


@pytest.fixture
def three(database: Database) -> tuple[int, ...]:
    """Three meetings of the same people on neighbouring days next week."""

    def fill(db: Db) -> tuple[int, ...]:
        register(db, COMMITTEES)
        return tuple(plan(db, number, date(2026, 12, number)) for number in (1, 2, 3))

    return database.write_now(fill)


async def proposed(database: Database) -> tuple[Proposed, ProposedRow]:
    """A plan made by the coordinator, and its only row."""
    work = merging(database)
    await work.make(by="coordinator")
    found = await work.newest()
    assert found is not None
    (row,) = found.rows
    return found, row


async def test_a_plan_is_read_as_it_was_proposed(database: Database, three: tuple[int, ...]) -> None:
    found, row = await proposed(database)
    assert (found.made_at, found.made_by, found.meetings) == (MONDAY, "coordinator", 3)
    assert (found.before, found.after, found.at_least) == (18, 6, 6)
    assert set(row.meetings) == set(three)
    assert (row.saved, row.ride, row.accepted_at) == (12, False, None)
    assert {part.starts_at.astimezone(SHANGHAI).hour for part in row.parts} == {14}


async def test_an_accepted_row_is_one_meeting_with_the_others_items(database: Database, three: tuple[int, ...]) -> None:
    _, row = await proposed(database)
    await merging(database).accept(row.id, COORDINATOR)
    joint = await agendas(database).plan(row.host)
    assert sorted(each.department for each in joint.agenda) == sorted(NAMES[number] for number in (1, 2, 3))
    assert sum(each.minutes for each in joint.agenda) == 60
    gone = set(three) - {row.host}
    listed = database.read_now(partial(store.listings, among=three))
    assert {each.id for each in listed if each.state is State.CANCELLED} == gone
    for number in gone:
        said = [fact.payload for fact in database.read_now(ledger.of_meeting, number)]
        assert sum(isinstance(each, MeetingCancelled) for each in said) == 1
    (accepted,) = (
        fact for fact in database.read_now(ledger.of_meeting, row.host) if isinstance(fact.payload, MergeAccepted)
    )
    assert isinstance(accepted.payload, MergeAccepted)
    assert (set(accepted.payload.merged), accepted.payload.saved, accepted.actor) == (gone, 12, "dept-02")
    told = [to for kind, to, _ in mails(database) if kind == "merge"]
    assert (len(told), len(set(told))) == (3 + COMMITTEES, 3 + COMMITTEES)
    after = await merging(database).newest()
    assert after is not None
    assert after.rows[0].accepted_by == "dept-02"


async def test_whoever_was_invited_reads_of_a_merge_in_the_invitation_s_letters(
    database: Database, three: tuple[int, ...]
) -> None:
    clock = SetClock(MONDAY)
    invite = inviting(database, clock)
    _, row = await proposed(database)
    await invite.run()
    clock.wait(minutes=1)
    await merging(database, clock).accept(row.id, COORDINATOR)
    clock.wait(minutes=11)
    before = len(invitations(database))
    await invite.run()
    assert [to for kind, to, _ in mails(database) if kind == "merge"] == []
    host = NAMES[row.host]
    letters = [each for each in invitations(database)[before:] if each.recipient.startswith("site-01@")]
    assert len(letters) == 3
    off = [each.text for each in letters if "【会议取消】" in each.subject]
    assert len(off) == 2
    assert all(f"「{host}的会」" in text for text in off)
    (changed,) = (each.text for each in letters if "【会议变更】" in each.subject)
    assert all(f"并入「{NAMES[number]}的会」" in changed for number in set(three) - {row.host})


async def test_a_row_with_a_meeting_that_was_changed_since_changes_nothing(
    database: Database, three: tuple[int, ...]
) -> None:
    _, row = await proposed(database)
    moved = next(number for number in three if number != row.host)
    later = datetime(2026, 12, 9, 14, tzinfo=SHANGHAI)
    end = later + timedelta(minutes=20)
    note = partial(store.note, number=moved, state=State.POSTPONED, starts_at=later, ends_at=end, revision=1)
    database.write_now(note)
    with pytest.raises(Refused, match=r"merge\.out_of_date"):
        await merging(database).accept(row.id, COORDINATOR)
    for number in three:
        assert len((await agendas(database).plan(number)).agenda) == 1
    after = await merging(database).newest()
    assert after is not None
    assert after.rows[0].accepted_at is None
    assert mails(database) == []


async def test_of_those_who_accept_a_row_at_once_one_does(database: Database, three: tuple[int, ...]) -> None:
    _, row = await proposed(database)
    work = merging(database)

    def accept(_: int) -> str:
        try:
            database.write_now(partial(work._accept, number=row.id, account=COORDINATOR))
        except Refused as refused:
            return refused.code
        return ""

    with ThreadPoolExecutor(4) as threads:
        answers = sorted(threads.map(accept, range(4)))
    assert answers == ["", *["merge.accepted_already"] * 3]
    facts = [fact for number in three for fact in database.read_now(ledger.of_meeting, number)]
    assert sum(isinstance(fact.payload, MergeAccepted) for fact in facts) == 1


async def test_the_worker_proposes_once_a_week_also_where_two_run(database: Database, three: tuple[int, ...]) -> None:
    clock = SetClock(MONDAY)
    first, second = merging(database, clock), merging(database, clock)
    await first.run()
    made = await first.newest()
    assert made is not None
    assert made.made_by == ""
    await second.make(by="")  # had asked before the other wrote
    assert await second.newest() == made
    clock.wait(days=7)
    await second.run()
    after = await second.newest()
    assert after is not None
    assert after.id != made.id
