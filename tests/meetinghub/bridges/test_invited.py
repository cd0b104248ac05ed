"""One mail for a change and a recipient: by the invitation where there is one, else by the agenda's letter."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlmodel import select

from meetinghub.agendas import changing
from meetinghub.agendas.letters import Letters
from meetinghub.agendas.service import Agendas
from meetinghub.bridges.invited import CalendarInvitations
from meetinghub.db import Database
from meetinghub.ledger import store as ledger
from meetinghub.ledger.agendas import AgendaFinalised
from meetinghub.mail.tables import MailRow
from meetinghub.words import all_words
from tests.meetinghub.agendas.examples import Weekdays
from tests.meetinghub.agendas.hosted import HOSTING, MONDAY, fill
from tests.meetinghub.calendars.invited import addresses, inviting
from tests.meetinghub.meetings.planned import SetClock

WHY = "发言人要赶会"
OTHERS = {"site-02", "site-03"}
"""Committees whose mailboxes are invited, because nobody there has an address."""


@pytest.fixture
def clock() -> SetClock:
    return SetClock(MONDAY)


@pytest.fixture
def meeting(database: Database) -> int:
    number = database.write_now(fill)
    database.write_now(addresses, 101)
    return number


def board(database: Database, clock: SetClock) -> Agendas:
    letters = Letters(all_words()["zh-CN"], "https://hub.example", CalendarInvitations())
    return Agendas(database, clock, workdays=lambda _: Weekdays(), letters=letters)


def since(database: Database, number: int) -> Sequence[MailRow]:
    """Mails owed after the first ``number``."""
    rows = database.read_now(lambda db: db.exec(select(MailRow).order_by("id")).all())
    return rows[number:]


def told(mails: Sequence[MailRow], kind: str) -> list[str]:
    return sorted(each.recipient.partition("@")[0] for each in mails if each.kind == kind)


async def invite(database: Database, clock: SetClock) -> int:
    """Everybody is invited; how many mails there are."""
    await inviting(database, clock).run()
    clock.wait(minutes=1)
    return len(since(database, 0))


async def test_a_change_after_the_deadline_is_told_by_the_invitation_with_its_reason(
    database: Database, clock: SetClock, meeting: int
) -> None:
    before = await invite(database, clock)
    clock.wait(days=2, hours=7)
    host = board(database, clock)
    party = (await host.plan(meeting)).agenda[1].id
    await host.change(meeting, changing.Move(party, 2), HOSTING, reason=WHY)
    clock.wait(minutes=11)
    await inviting(database, clock).run()
    mails = since(database, before)
    everybody = [each.recipient for each in mails]
    assert len(everybody) == len(set(everybody))
    # People of the first committee have invitations of their own, its mailbox has none; the host's is for all of it.
    assert told(mails, "agenda") == ["dept-01", "site-01"]
    assert {"dept-02", *OTHERS, "p1"} <= set(told(mails, "invitation"))
    changed = next(each for each in mails if each.recipient.startswith("site-02@"))
    assert f"您需要到场的时间改了，请以这封邮件为准。原因：{WHY}。" in changed.text
    assert "原来：书记 13:30–14:00" in changed.text


async def test_without_invitations_everybody_gets_the_agenda_s_letter(
    database: Database, clock: SetClock, meeting: int
) -> None:
    clock.wait(days=2, hours=7)
    host = board(database, clock)
    party = (await host.plan(meeting)).agenda[1].id
    await host.change(meeting, changing.Move(party, 2), HOSTING, reason=WHY)
    assert told(since(database, 0), "agenda") == ["dept-01", "dept-02", "site-01", *sorted(OTHERS)]


async def test_closing_the_agenda_tells_by_the_invitation_only_whom_it_brings_something_new(
    database: Database, clock: SetClock, meeting: int
) -> None:
    before, host = await invite(database, clock), board(database, clock)
    party = (await host.plan(meeting)).agenda[1].id
    await host.change(meeting, changing.Move(party, 2), HOSTING)
    await host.finalise(meeting, HOSTING)
    await inviting(database, clock).run()  # at once: nobody moves items about any more
    mails = since(database, before)
    everybody = [each.recipient for each in mails]
    assert len(everybody) == len(set(everybody))
    assert set(told(mails, "invitation")) >= OTHERS | {"dept-02"}
    assert told(mails, "agenda") == ["dept-01", "dept-04", "site-01"]
    final = next(each for each in mails if each.recipient.startswith("site-02@"))
    assert "议程已定稿。" in final.text
    (closed,) = (
        fact.payload
        for fact in database.read_now(ledger.of_meeting, meeting)
        if isinstance(fact.payload, AgendaFinalised)
    )
    assert closed.mails == 3 + 3


async def test_closing_an_agenda_that_nobody_touched_since_is_told_by_letter(
    database: Database, clock: SetClock, meeting: int
) -> None:
    before = await invite(database, clock)
    await board(database, clock).finalise(meeting, HOSTING)
    await inviting(database, clock).run()
    mails = since(database, before)
    assert told(mails, "invitation") == []
    assert told(mails, "agenda") == ["dept-01", "dept-02", "dept-04", "site-01", *sorted(OTHERS)]


async def test_shortly_before_the_start_nothing_waits_for_the_agenda_to_come_to_rest(
    database: Database, clock: SetClock, meeting: int
) -> None:
    before = await invite(database, clock)
    clock.wait(days=3, hours=2, minutes=45)
    host = board(database, clock)
    party = (await host.plan(meeting)).agenda[1].id
    await host.change(meeting, changing.Move(party, 2), HOSTING, reason=WHY)
    await inviting(database, clock).run()
    assert set(told(since(database, before), "invitation")) >= OTHERS


async def test_who_is_no_longer_needed_reads_why(database: Database, clock: SetClock, meeting: int) -> None:
    before = await invite(database, clock)
    clock.wait(days=2, hours=7)
    host = board(database, clock)
    fire = (await host.plan(meeting)).agenda[3].id
    await host.change(meeting, changing.Remove(fire), HOSTING, reason="消防检查推迟")
    clock.wait(minutes=11)
    await inviting(database, clock).run()
    released = [each for each in since(database, before) if each.recipient.startswith("dept-04@")]
    assert [each.kind for each in released] == ["invitation"]
    assert "原因：消防检查推迟。" in released[0].text
