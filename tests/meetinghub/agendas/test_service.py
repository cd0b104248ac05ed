"""Claiming, deciding, changing and closing, over a real database of each engine."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import pytest

from meetinghub.agendas import changing, store
from meetinghub.agendas.claims import Act, Kind, State
from meetinghub.agendas.plan import Timing
from meetinghub.agendas.service import Agendas, Answer
from meetinghub.db import Database
from meetinghub.errors import Forbidden, Invalid, NotFound, Refused, Stale
from meetinghub.ledger import agendas as p
from meetinghub.ledger import payloads
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import NewFact, Payload
from meetinghub.meetings.service import Meetings
from meetinghub.people.model import Right
from tests.meetinghub.agendas.hosted import (
    CIVIL,
    CLAIMING,
    HOST,
    HOSTING,
    MONDAY,
    SAFETY,
    THURSDAY,
    account,
    agendas,
    days,
    fill,
    mails,
    wanted,
)
from tests.meetinghub.meetings.planned import SetClock


@pytest.fixture
def meeting(database: Database) -> int:
    return database.write_now(fill)


@pytest.fixture
def hosted(database: Database, meeting: int) -> Agendas:
    return agendas(database)


def said(database: Database, meeting: int) -> list[Payload]:
    return [fact.payload for fact in database.read_now(ledger.of_meeting, meeting)]


def test_of_twenty_claims_at_once_exactly_those_are_made_that_fit(database: Database) -> None:
    """On both engines; whoever came too late is told how much is left."""
    number = database.write_now(fill, capacity=110)
    claiming = agendas(database)

    def ask(_: int) -> Refused | None:
        try:
            database.write_now(claiming.claim_in, meeting=number, wanted=wanted(10), by="dept-03")
        except Refused as refused:
            return refused
        return None

    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(ask, range(20)))
    refused = [each for each in answers if each is not None]
    assert len(refused) == 17
    assert {(each.code, each.values["free"]) for each in refused} == {("claim.no_room", 0)}
    assert len(database.read_now(store.claims, number)) == 3
    assert sum(isinstance(each, p.ClaimMade) for each in said(database, number)) == 3


async def test_the_host_is_told_which_meetings_have_claims_that_wait(hosted: Agendas, meeting: int) -> None:
    assert await hosted.unanswered(HOST) == []
    first = await hosted.claim(meeting, wanted(5), by="dept-03")
    await hosted.claim(meeting, wanted(10, department=SAFETY), by="dept-04")
    (found,) = await hosted.unanswered(HOST)
    assert (found.meeting, found.starts_at, found.count, found.minutes) == (meeting, THURSDAY, 2, 15)
    await hosted.decide(meeting, first.id, Answer(Act.ACCEPT), HOSTING)
    (found,) = await hosted.unanswered(HOST)
    assert (found.count, found.minutes) == (1, 10)
    assert await hosted.unanswered(CIVIL) == []


async def test_a_topic_taken_in_makes_the_meeting_as_long_as_it_needs_to_be(
    hosted: Agendas, database: Database, meeting: int
) -> None:
    plan = await hosted.plan(meeting)
    topic = replace(plan.agenda[1], id=0, title="电梯加装进度", minutes=30)
    database.write_now(partial(hosted.take_in, meeting=meeting, segment=topic, account=HOSTING))
    plan = await hosted.plan(meeting)
    assert "电梯加装进度" in [each.title for each in plan.agenda]
    assert (plan.capacity, plan.free) == (110, 0)
    assert [type(each).__name__ for each in said(database, meeting)[1:]] == ["AgendaTermsSet", "AgendaArranged"]


async def test_an_accepted_claim_stands_where_its_people_sit_anyway(hosted: Agendas, meeting: int) -> None:
    claim = await hosted.claim(meeting, wanted(), by="dept-03")
    plan = await hosted.plan(meeting)
    assert (plan.free, [each.id for each in plan.waiting]) == (10, [claim.id])
    plan = await hosted.decide(meeting, claim.id, Answer(Act.ACCEPT, seen=plan.mark), HOSTING)
    assert [each.title for each in plan.agenda][2:4] == ["居民自治项目申报", "冬季送温暖对象核对"]
    assert (plan.free, plan.waiting) == (10, ())
    assert plan.claims[0].segment == plan.agenda[3].id
    assert plan.claims[0].state is State.ACCEPTED


async def test_the_live_meeting_s_page_shows_what_the_host_arranged(
    hosted: Agendas, database: Database, meeting: int
) -> None:
    live = Meetings(database, SetClock(MONDAY))
    before = await live.current(meeting)
    claim = await hosted.claim(meeting, wanted(), by="dept-03")
    await hosted.decide(meeting, claim.id, Answer(Act.ACCEPT), HOSTING)
    current = await live.current(meeting)
    assert len(current.meeting.segments) == len(before.meeting.segments) + 1
    snap = current.snapshot(MONDAY)
    assert [each["title"] for each in snap["agenda"]][3] == "冬季送温暖对象核对"
    assert [each.segment for each in current.state.agenda] == [each.id for each in current.meeting.segments]
    (listed,) = await live.listings()
    assert (listed.ends_at - listed.starts_at).seconds == 90 * 60


async def test_a_claim_can_be_shortened_and_squeezed_in(hosted: Agendas, meeting: int) -> None:
    claim = await hosted.claim(meeting, wanted(20), by="dept-03")
    for bad in (4, 20, 25):
        with pytest.raises(Invalid):
            await hosted.decide(meeting, claim.id, Answer(Act.SHORTEN, minutes=bad), HOSTING)
    with pytest.raises(Invalid):
        await hosted.decide(meeting, claim.id, Answer(Act.ACCEPT, minutes=10), HOSTING)
    plan = await hosted.decide(meeting, claim.id, Answer(Act.SHORTEN, minutes=10, timing=Timing.FIT), HOSTING)
    assert sum(each.minutes for each in plan.agenda) == 80
    assert plan.claims[0].state is State.SHORTENED
    assert [each.minutes for each in plan.agenda] == [10, 15, 20, 10, 15, 10]


async def test_declining_has_a_reason_and_can_be_undone(hosted: Agendas, meeting: int) -> None:
    claim = await hosted.claim(meeting, wanted(), by="dept-03")
    with pytest.raises(Invalid) as caught:
        await hosted.decide(meeting, claim.id, Answer(Act.DECLINE, reason="  "), HOSTING)
    assert caught.value.fields == {"reason": "claim.reason_missing"}
    await hosted.decide(meeting, claim.id, Answer(Act.DECLINE, reason="放到下月"), HOSTING)
    plan = await hosted.decide(meeting, claim.id, Answer(Act.UNDO), HOSTING)
    assert plan.waiting[0].id == claim.id
    with pytest.raises(Refused, match=r"claim\.too_late_for"):
        await hosted.decide(meeting, claim.id, Answer(Act.UNDO), HOSTING)


async def test_undoing_an_acceptance_takes_it_off_the_agenda_again(hosted: Agendas, meeting: int) -> None:
    before = await hosted.plan(meeting)
    claim = await hosted.claim(meeting, wanted(), by="dept-03")
    await hosted.decide(meeting, claim.id, Answer(Act.ACCEPT), HOSTING)
    plan = await hosted.decide(meeting, claim.id, Answer(Act.UNDO), HOSTING)
    assert plan.agenda == before.agenda
    assert plan.waiting[0].segment is None


async def test_the_claimant_gives_minutes_back_and_takes_them_again_while_there_is_room(
    hosted: Agendas, meeting: int
) -> None:
    claim = await hosted.claim(meeting, wanted(20), by="dept-03")
    await hosted.decide(meeting, claim.id, Answer(Act.ACCEPT), HOSTING)
    with pytest.raises(Forbidden):
        await hosted.decide(meeting, claim.id, Answer(Act.WITHDRAW), account(SAFETY))
    plan = await hosted.decide(meeting, claim.id, Answer(Act.WITHDRAW), CLAIMING)
    assert (plan.free, len(plan.agenda)) == (20, 5)
    await hosted.claim(meeting, wanted(15, department=SAFETY), by="dept-04")
    with pytest.raises(Refused, match=r"claim\.no_room"):
        await hosted.decide(meeting, claim.id, Answer(Act.UNDO), CLAIMING)


async def test_only_the_host_s_people_and_the_coordinator_arrange(hosted: Agendas, meeting: int) -> None:
    claim = await hosted.claim(meeting, wanted(), by="dept-03")
    for stranger in (CLAIMING, account(SAFETY, Right.HOST), account(HOST, Right.CHAIR)):
        with pytest.raises(Forbidden):
            await hosted.decide(meeting, claim.id, Answer(Act.ACCEPT), stranger)
        with pytest.raises(Forbidden):
            await hosted.change(meeting, changing.Arrange(), stranger)
    deputy, coordinator = account(HOST, Right.DEPARTMENT), account(2, Right.COORDINATOR)
    await hosted.decide(meeting, claim.id, Answer(Act.ACCEPT), deputy)
    await hosted.decide(meeting, claim.id, Answer(Act.UNDO), coordinator)
    with pytest.raises(NotFound):
        await hosted.decide(meeting, 99, Answer(Act.ACCEPT), HOSTING)
    with pytest.raises(NotFound):
        await hosted.plan(99)


async def test_the_coordinator_rides_like_anybody_else_and_leaves_the_answer_to_the_host(
    hosted: Agendas, meeting: int
) -> None:
    coordinator = account(2, Right.COORDINATOR)
    claim = await hosted.claim(meeting, wanted(department=2), by="dept-02")
    for act, values in (
        (Act.ACCEPT, {}),
        (Act.SHORTEN, {"minutes": 5}),
        (Act.DECLINE, {"reason": "x"}),
        (Act.NOTICE, {}),
    ):
        with pytest.raises(Refused, match=r"claim\.own_claim"):
            await hosted.decide(meeting, claim.id, Answer(act, **values), coordinator)
    plan = await hosted.decide(meeting, claim.id, Answer(Act.ACCEPT), HOSTING)
    assert plan.claims[0].state is State.ACCEPTED
    with pytest.raises(Refused, match=r"claim\.own_claim"):
        await hosted.decide(meeting, claim.id, Answer(Act.UNDO), coordinator)
    plan = await hosted.decide(meeting, claim.id, Answer(Act.WITHDRAW), coordinator)
    assert plan.claims[0].state is State.WITHDRAWN


async def test_a_page_that_was_overtaken_changes_nothing(hosted: Agendas, meeting: int) -> None:
    plan = await hosted.plan(meeting)
    fire = plan.agenda[3].id
    moved = await hosted.change(meeting, changing.Step(fire, -1), HOSTING, seen=plan.mark)
    assert moved.agenda[2].id == fire
    with pytest.raises(Stale):
        await hosted.change(meeting, changing.Step(fire, -1), HOSTING, seen=plan.mark)


async def test_the_host_s_own_changes(hosted: Agendas, meeting: int) -> None:
    plan = await hosted.plan(meeting)
    party, projects, fire = (each.id for each in plan.agenda[1:4])
    plan = await hosted.change(meeting, changing.Move(fire, 1), HOSTING)
    assert [each.id for each in plan.agenda[1:4]] == [fire, party, projects]
    plan = await hosted.change(meeting, changing.Resize(projects, 35), HOSTING)
    assert plan.free == 10
    with pytest.raises(Refused, match=r"agenda\.over_capacity"):
        await hosted.change(meeting, changing.Resize(projects, 60), HOSTING)
    plan = await hosted.change(meeting, changing.Resize(projects, 25, Timing.FIT), HOSTING)
    assert plan.free == 10
    plan = await hosted.change(meeting, changing.Remove(projects), HOSTING)
    assert [each.id for each in plan.agenda[1:3]] == [fire, party]
    own = replace(plan.agenda[1], id=0, title="临时通报", minutes=10)
    plan = await hosted.change(meeting, changing.Add(own), HOSTING)
    assert "临时通报" in [each.title for each in plan.agenda]
    plan = await hosted.change(meeting, changing.Pin(plan.agenda[-1].id, ""), HOSTING)
    assert plan.agenda[-1].pinned == ""
    with pytest.raises(Refused, match=r"agenda\.cannot_pin"):
        await hosted.change(meeting, changing.Pin(plan.agenda[0].id, "last"), HOSTING)


async def test_a_ride_does_not_leave_the_agenda_behind_the_claimant_s_back(hosted: Agendas, meeting: int) -> None:
    claim = await hosted.claim(meeting, wanted(), by="dept-03")
    plan = await hosted.decide(meeting, claim.id, Answer(Act.ACCEPT), HOSTING)
    ride = plan.claims[0].segment
    assert ride is not None
    with pytest.raises(Refused, match=r"agenda\.is_a_ride"):
        await hosted.change(meeting, changing.Remove(ride), HOSTING)


async def test_what_cannot_be_claimed(database: Database, meeting: int) -> None:
    clock = SetClock(MONDAY)
    hosted = agendas(database, clock)
    for bad, code in (
        (wanted(10, department=HOST), r"claim\.own_meeting"),
        (wanted(4), r"agenda\.minutes_out_of_range"),
        (wanted(21), r"claim\.no_room"),
    ):
        with pytest.raises(Refused, match=code):
            await hosted.claim(meeting, bad, by="x")
    clock.wait(days=2, hours=7)
    with pytest.raises(Refused, match=r"claim\.closed"):
        await hosted.claim(meeting, wanted(), by="x")


async def test_after_the_deadline_changes_need_a_reason_and_those_concerned_are_told(
    database: Database, meeting: int
) -> None:
    clock = SetClock(MONDAY)
    hosted = agendas(database, clock)
    claim = await hosted.claim(meeting, wanted(), by="dept-03")
    clock.wait(days=2, hours=7)
    plan = await hosted.decide(meeting, claim.id, Answer(Act.ACCEPT), HOSTING)  # it came in time
    before = len(mails(database))
    with pytest.raises(Invalid) as caught:
        await hosted.change(meeting, changing.Step(plan.agenda[1].id, 1), HOSTING)
    assert caught.value.fields == {"reason": "agenda.reason_when_locked"}
    await hosted.change(meeting, changing.Step(plan.agenda[4].id, -1), HOSTING, reason="发言人要赶会")
    told = mails(database)[before:]
    assert [to for _, to, _ in told if to.startswith("dept")] == [
        "dept-03@qinghewan.example",
        "dept-04@qinghewan.example",
    ]
    assert sum(to.startswith("site") for _, to, _ in told) == 3
    assert all("发言人要赶会" in text for _, _, text in told)


async def test_closing_the_agenda_tells_everybody_their_part_once(database: Database, meeting: int) -> None:
    hosted = agendas(database)
    claim = await hosted.claim(meeting, wanted(kind=Kind.READ_OUT), by="dept-03")
    with pytest.raises(Refused, match=r"agenda\.claims_wait"):
        await hosted.finalise(meeting, HOSTING)
    await hosted.decide(meeting, claim.id, Answer(Act.NOTICE), HOSTING)
    before = len(mails(database))
    plan = await hosted.finalise(meeting, HOSTING)
    told = mails(database)[before:]
    assert len(told) == 3 + 3
    assert {kind for kind, _, _ in told} == {"agenda"}
    site = next(text for _, to, text in told if to == "site-02@qinghewan.example")
    assert "书记：13:30–14:00" in site
    assert "民政条线：14:00–14:25" in site
    assert plan.closed(MONDAY)
    with pytest.raises(Refused, match=r"agenda\.final_already"):
        await hosted.finalise(meeting, HOSTING)
    assert [each for each in said(database, meeting) if isinstance(each, p.AgendaFinalised)] == [
        p.AgendaFinalised(80, 6)
    ]


async def test_the_host_chooses_another_deadline_and_length(hosted: Agendas, meeting: int) -> None:
    plan = await hosted.set_terms(meeting, HOSTING, capacity=90, close_at=MONDAY + days(1))
    assert (plan.free, plan.deadlines.close_at) == (10, MONDAY + days(1))
    for capacity, close_at, field in ((70, None, "capacity"), (481, None, "capacity"), (90, THURSDAY, "close_at")):
        with pytest.raises(Invalid) as caught:
            await hosted.set_terms(meeting, HOSTING, capacity=capacity, close_at=close_at)
        assert set(caught.value.fields) == {field}


async def test_a_meeting_that_has_begun_is_not_arranged_any_more(
    hosted: Agendas, database: Database, meeting: int
) -> None:
    await Meetings(database, SetClock(THURSDAY)).record(meeting, [NewFact(payloads.MeetingStarted())])
    plan = await hosted.plan(meeting)
    with pytest.raises(Refused, match=r"agenda\.begun"):
        await hosted.change(meeting, changing.Step(plan.agenda[1].id, 1), HOSTING)
    with pytest.raises(Refused, match=r"agenda\.begun"):
        await hosted.claim(meeting, wanted(), by="x")


async def test_every_step_is_a_fact_by_whoever_took_it(hosted: Agendas, database: Database, meeting: int) -> None:
    claim = await hosted.claim(meeting, wanted(), by="dept-03")
    await hosted.decide(meeting, claim.id, Answer(Act.ACCEPT), HOSTING)
    facts = database.read_now(ledger.of_meeting, meeting)[1:]
    assert [(type(each.payload).__name__, each.actor) for each in facts] == [
        ("ClaimMade", "dept-03"),
        ("AgendaArranged", "dept-01"),
        ("ClaimDecided", "dept-01"),
    ]
    assert facts[0].payload == p.ClaimMade(claim.id, CIVIL, 10, False)
    arranged = facts[1].payload
    assert isinstance(arranged, p.AgendaArranged)
    assert sum(arranged.minutes) == 90
    assert (await hosted.plan(meeting)).claims[0].decided_at == MONDAY
