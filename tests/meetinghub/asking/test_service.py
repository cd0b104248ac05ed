"""Requests in a database, on both engines: held, decided, judged again, expired; deputies, drafts and topics."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session as Db
from sqlmodel import col, delete

from digest import item_store as items
from digest.model import Origin
from meetinghub.asking.approval import Verdict
from meetinghub.asking.model import TopicState
from meetinghub.asking.request import State
from meetinghub.asking.wish import Kind
from meetinghub.db import Database
from meetinghub.errors import Forbidden, Invalid, NotFound, Refused, Stale
from meetinghub.ids import DepartmentId
from meetinghub.mail import dead_store
from meetinghub.mail.message import Owed
from meetinghub.mail.outbox import owe
from meetinghub.meetings import store as meetings
from meetinghub.people.tables import AccountRightRow
from quotas import store as charges
from quotas.charge import State as Charge
from quotas.policy import Action, Quota
from tests.meetinghub.agendas.hosted import CIVIL, MONDAY, SAFETY
from tests.meetinghub.asking.office import CALLS, WISH, Office, on


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Office:
    return Office(database, tmp_path)


def held(office: Office, number: int) -> Charge | None:
    found = office.database.read_now(charges.charge_of, f"request:{number}")
    return found.state if found else None


async def approve(office: Office, number: int, *by: str, round: int = 1) -> None:
    for name in by:
        await office.asking.decide(number, office.account(name), round=round, verdict=Verdict.APPROVE, reason="")


async def test_a_request_waits_holds_and_is_planned_by_the_last_approval(office: Office) -> None:
    found = await office.handed_in()
    assert (found.state, held(office, found.id)) == (State.SUBMITTED, Charge.HELD)
    assert [step.office.value for step in found.steps] == ["coordinator", "leader"]
    assert [ride.title for ride in found.rides] == ["书记主任月度工作例会"]
    await approve(office, found.id, "coordinator")
    assert office.request(found.id).state is State.SUBMITTED
    await approve(office, found.id, "leader")
    done = office.request(found.id)
    assert (done.state, held(office, found.id)) == (State.APPROVED, Charge.CHARGED)
    assert done.meeting_id is not None
    planned = office.database.read_now(meetings.meeting, done.meeting_id)
    assert planned is not None
    assert (planned.host_department_id, len(planned.sites)) == (CIVIL, 3)


async def test_a_returned_request_gives_back_its_quota_keeps_its_draft_and_comes_again(office: Office) -> None:
    found, coordinator = await office.handed_in(), office.account("coordinator")
    await office.asking.decide(found.id, coordinator, round=1, verdict=Verdict.RETURN, reason="改到下午")
    back = office.request(found.id)
    assert (back.state, held(office, found.id), back.wish) == (State.RETURNED, Charge.RELEASED, WISH)
    await office.asking.submit(found.id, office.account("dept-03"))
    again = office.request(found.id)
    assert (again.round, held(office, found.id)) == (2, Charge.HELD)
    assert [step.reason for step in again.earlier] == ["改到下午"]
    with pytest.raises(Stale):
        await approve(office, found.id, "coordinator", round=1)


async def test_an_approval_asks_the_rules_again_and_is_refused_when_the_quota_filled_up(
    database: Database, tmp_path: Path
) -> None:
    office = Office(database, tmp_path, CALLS)
    found = await office.handed_in()
    quota = Quota("line", limit=0, action=Action.BLOCK)

    def tighten(db: Db) -> None:
        number = charges.add_version(db, (CALLS, quota), note="", by="coordinator", now=office.clock.now())
        values = {"status": "active", "effective_from": date(2026, 1, 2), "switched_on_at": office.clock.now()}
        assert charges.change_version(db, number, revision=0, values=values)

    office.database.write_now(tighten)
    with pytest.raises(Refused, match="filled_up_meanwhile"):
        await approve(office, found.id, "coordinator")
    still = office.request(found.id)
    assert (still.state, still.steps[0].verdict, held(office, found.id)) == (State.SUBMITTED, None, Charge.HELD)


async def test_an_office_that_the_rules_ask_for_only_now_has_to_approve_too(database: Database, tmp_path: Path) -> None:
    simple = replace(CALLS, action=Action.APPROVAL)
    office = Office(database, tmp_path, simple)
    found = await office.handed_in()
    assert [step.office.value for step in found.steps] == ["coordinator"]

    def tighten(db: Db) -> None:
        number = charges.add_version(db, (CALLS,), note="", by="coordinator", now=office.clock.now())
        values = {"status": "active", "effective_from": date(2026, 1, 2), "switched_on_at": office.clock.now()}
        assert charges.change_version(db, number, revision=0, values=values)

    office.database.write_now(tighten)
    await approve(office, found.id, "coordinator")
    still = office.request(found.id)
    assert (still.state, held(office, found.id)) == (State.SUBMITTED, Charge.HELD)
    assert [(step.office.value, step.due_at is not None) for step in still.steps] == [
        ("coordinator", True),
        ("leader", True),
    ]
    assert (still.assessed or {})["approvers"] == ["coordinator", "leader"]
    assert office.asked()[-1] == "leader"
    await approve(office, found.id, "leader")
    assert office.request(found.id).state is State.APPROVED


async def test_nobody_approves_twice_their_own_or_out_of_turn(office: Office) -> None:
    found = await office.handed_in()
    with pytest.raises(Forbidden):
        await approve(office, found.id, "leader")
    with pytest.raises(Forbidden):
        await approve(office, found.id, "dept-04")


@pytest.mark.parametrize("asker", ["coordinator", "clerk"])
async def test_what_the_coordinator_s_office_asks_for_the_leader_alone_decides(office: Office, asker: str) -> None:
    own = await office.handed_in(on(1), by=asker)
    assert [step.office.value for step in own.steps] == ["leader"]
    assert office.asked() == ["leader"]
    for colleague in ("coordinator", "coordinator-2"):
        with pytest.raises(Forbidden):
            await approve(office, own.id, colleague)
    today = office.clock.now().date()
    await office.asking.name_deputy(office.account("leader"), deputy=asker, first=today, last=today)
    with pytest.raises(Refused, match="own_request"):
        await approve(office, own.id, asker)
    await approve(office, own.id, "leader")
    assert office.request(own.id).state is State.APPROVED


async def test_a_request_whose_day_comes_expires_and_gives_back_what_it_held(office: Office) -> None:
    found = await office.handed_in()
    await office.expiring.run()
    assert held(office, found.id) is Charge.HELD
    assert WISH.own is not None
    office.clock.time = WISH.own.starts_at.astimezone(UTC)
    await office.expiring.run()
    await office.expiring.run()
    assert (office.request(found.id).state, held(office, found.id)) == (State.EXPIRED, Charge.RELEASED)
    assert [mail.to for mail in office.mails("request_expired")] == ["dept-03@qinghewan.example"]


async def test_why_no_ride_will_do_is_needed_kept_and_shown_to_those_who_approve(office: Office) -> None:
    account = office.account("dept-03")
    number = await office.drafts.begin(replace(WISH, declined=""), account)
    with pytest.raises(Refused, match="incomplete"):
        await office.asking.submit(number, account)
    await office.drafts.answer(number, account, lambda _: WISH)
    await office.asking.submit(number, account)
    shown = await office.asking.shown(number, office.account("leader"))
    assert (shown.request.wish.declined, len(shown.request.rides), shown.decides) == (WISH.declined, 1, False)
    assert all(WISH.declined in mail.text for mail in office.mails("approval"))


async def test_a_conflict_is_told_before_sending_with_the_way_out(office: Office) -> None:
    account = office.account("dept-03")
    number = await office.drafts.begin(on(-12, 15), account)  # the day of the monthly meeting
    look = await office.asking.look(await office.drafts.draft(number, account))
    [clash] = look.conflicts
    assert (clash.clash.value, clash.shared, clash.ride) == ("adjacent", 6, True)


async def test_a_deputy_decides_while_it_lasts_and_one_for_overdue_steps_only_then(office: Office) -> None:
    found, coordinator = await office.handed_in(), office.account("coordinator")
    today = date(2026, 11, 23)
    late = await office.asking.name_deputy(
        coordinator, deputy="clerk", first=today, last=today + timedelta(days=9), when_late=True
    )
    assert await office.asking.deputies() == [late]
    with pytest.raises(Forbidden):
        await approve(office, found.id, "clerk")
    office.at(25, 18)
    assert [each.id for each in await office.asking.waiting(office.account("clerk"))] == [found.id]
    await approve(office, found.id, "clerk")
    await office.asking.end_deputy(coordinator, "clerk")
    assert await office.asking.deputies() == []
    with pytest.raises(NotFound):
        await office.asking.shown(found.id, office.account("dept-04"))
    with pytest.raises(Invalid):
        await office.asking.name_deputy(coordinator, deputy="site-01", first=today, last=today)


async def test_drafts_are_the_department_s_and_end_by_dropping_or_as_a_notice(office: Office) -> None:
    account, other = office.account("dept-03"), office.account("dept-04")
    read_out = replace(WISH, kind=Kind.READ_OUT)
    number = await office.drafts.begin(read_out, account)
    with pytest.raises(NotFound):
        await office.drafts.draft(number, other)
    assert [each.id for each in await office.drafts.of(account)] == [number]
    await office.drafts.keep_as_notice(number, account)
    (notice,) = office.database.read_now(items.of_department, DepartmentId(CIVIL))
    assert (notice.wording.title, notice.wording.text) == (WISH.title, WISH.purpose)
    assert (notice.state, notice.origin, notice.origin_ref) == (notice.state.DRAFT, Origin.REQUEST, number)
    second = await office.drafts.begin(WISH, account)
    await office.drafts.drop(second, account)
    assert await office.drafts.of(account) == []
    assert {each.state for each in await office.asking.of(account)} == {State.NOTICED, State.WITHDRAWN}


async def test_a_topic_is_asked_taken_up_and_answered(office: Office) -> None:
    site, host = office.account("site-01"), office.account("dept-04")
    number = await office.topics.ask(site, department=SAFETY, title="垃圾清运", text="三天没有清运")
    assert [each.id for each in await office.topics.waiting(DepartmentId(SAFETY))] == [number]
    await office.topics.take_up(number, host)
    with pytest.raises(Stale):
        await office.topics.take_up(number, office.account("dept-03"))
    await office.topics.answer(number, host, "周五前清完")
    [found] = await office.topics.all()
    assert (found.state, found.taker, found.answer) == (TopicState.ANSWERED, "平安办", "周五前清完")


async def test_before_it_is_handed_in_an_office_that_no_mail_reaches_is_named(office: Office) -> None:
    coordinator = office.account("coordinator")
    number = await office.drafts.begin(WISH, coordinator)
    draft = await office.drafts.draft(number, coordinator)
    assert (await office.asking.look(draft)).unreached == ()

    def lose(db: Db) -> None:
        db.exec(delete(AccountRightRow).where(col(AccountRightRow.right) == "coordinator"))
        dead_store.mark(db, "leader@qinghewan.example", reason="5.1.1", mail=1, now=office.clock.now())

    office.database.write_now(_one_mail)
    office.database.write_now(lose)
    found = (await office.asking.look(draft)).unreached
    assert [(each.office.value, each.empty) for each in found] == [("coordinator", True), ("leader", False)]


def _one_mail(db: Db) -> None:
    owe(db, Owed(key="test:1", to="a@b.example", subject="x", text="x"), now=MONDAY)
