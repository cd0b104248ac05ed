"""Invitations as mails that are owed: whom to, how often, with what; on both engines."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from icalendar import vCalAddress
from sqlmodel import Session as Db
from sqlmodel import col, delete, update

from meetinghub.agendas import changing
from meetinghub.agendas.claims import Act
from meetinghub.agendas.service import Answer as Reply
from meetinghub.calendars import inviter
from meetinghub.calendars.inviter import LOOK_AGAIN, REST
from meetinghub.config import Smtp
from meetinghub.db import Database
from meetinghub.ledger import payloads as p
from meetinghub.ledger import store as ledger
from meetinghub.ledger.calendars import InvitationsSent
from meetinghub.ledger.fact import FactKind
from meetinghub.mail import dead_store
from meetinghub.mail.mailer import Mailer
from meetinghub.mail.tables import MailRow
from meetinghub.meetings.tables import MeetingRow, MeetingSiteRow
from meetinghub.people.tables import DepartmentRow, PersonRoleRow
from tests.meetinghub.agendas.hosted import HOSTING, MONDAY, THURSDAY, agendas, fill, wanted
from tests.meetinghub.calendars.invited import HUB, addresses, event, happen, inviting, mails, said, without_mailboxes
from tests.meetinghub.mail.smtp import inbox
from tests.meetinghub.meetings.planned import SetClock

LATER = THURSDAY + timedelta(days=1)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(MONDAY)


@pytest.fixture
def meeting(database: Database) -> int:
    number = database.write_now(fill)
    database.write_now(addresses, 101)
    return number


def recipients(found: Sequence[MailRow]) -> set[str]:
    return {each.recipient.partition("@")[0] for each in found}


async def test_everybody_called_is_invited_once_and_a_mailbox_for_those_without_an_address(
    database: Database, clock: SetClock, meeting: int
) -> None:
    for _ in range(3):
        await inviting(database, clock).run()
    found = mails(database)
    assert {"p1", "p2", "site-02", "site-03", "dept-01"} <= recipients(found)
    assert "site-01" not in recipients(found)  # its people have addresses of their own
    assert len(found) == len(recipients(found))
    assert {said(each)[0] for each in found} == {"REQUEST"}
    assert {said(each)[2] for each in found} == {0}


async def test_each_letter_names_its_recipient_and_nobody_else(
    database: Database, clock: SetClock, meeting: int
) -> None:
    await inviting(database, clock).run()
    everybody = {each.recipient for each in mails(database)}
    for mail in mails(database):
        others = everybody - {mail.recipient, mail.reply_to}
        assert not any(other in text for other in others for text in (mail.calendar, mail.text, mail.html))
        guest, host = event(mail)["attendee"], event(mail)["organizer"]
        assert isinstance(guest, vCalAddress)
        assert guest == f"mailto:{mail.recipient}"
        assert host == f"mailto:{HUB.address}"
        assert mail.reply_to == "dept-01@qinghewan.example"
        assert "/rsvp/mh1." in mail.text
        assert "/rsvp/mh1." in mail.html
        assert "/rsvp/" not in mail.calendar


async def test_ones_own_part_stands_in_text_page_and_calendar(
    database: Database, clock: SetClock, meeting: int
) -> None:
    await inviting(database, clock).run()
    mail = next(each for each in mails(database) if each.recipient.startswith("p2@"))
    assert "您的部分：13:30–" in mail.text
    assert "<b>13:30–" in mail.html
    assert "您的部分 13:30–" in str(event(mail)["description"])


async def test_a_new_time_is_told_at_once_and_answers_for_the_old_one_are_over(
    database: Database, clock: SetClock, meeting: int
) -> None:
    await inviting(database, clock).run()
    before = len(mails(database))
    happen(database, meeting, p.MeetingPostponed(LATER, "台风"), clock.now())
    for _ in range(2):
        await inviting(database, clock).run()
    found = mails(database)[before:]
    assert len(found) == before
    assert {said(each)[0] for each in found} == {"REQUEST"}
    assert {said(each)[2] for each in found} == {1}
    assert all("台风" in each.text and "会议变更" in each.subject for each in found)
    assert {event(each)["uid"] for each in found} == {event(mails(database)[0])["uid"]}
    assert {each.order_key for each in mails(database)} == {str(event(found[0])["uid"])}


async def test_parts_that_move_are_told_when_the_agenda_has_come_to_rest(
    database: Database, clock: SetClock, meeting: int
) -> None:
    await inviting(database, clock).run()
    before, board = len(mails(database)), agendas(database, clock)
    claim = await board.claim(meeting, wanted(), by="dept-03")
    await inviting(database, clock).run()
    assert len(mails(database)) == before  # a claim changes nothing yet
    await board.decide(meeting, claim.id, Reply(Act.ACCEPT), HOSTING)
    await inviting(database, clock).run()
    new = mails(database)[before:]
    assert {said(each)[2] for each in new} == {0}  # those whom the new item calls, at once
    await board.change(meeting, changing.Arrange(), HOSTING)
    clock.wait(minutes=5)
    await inviting(database, clock).run()
    assert len(mails(database)) == before + len(new)
    clock.wait(minutes=REST.total_seconds() / 60)
    for _ in range(2):
        await inviting(database, clock).run()
    changed = mails(database)[before + len(new) :]
    assert changed
    assert len(recipients(changed)) == len(changed)
    assert {said(each)[0] for each in changed} == {"REQUEST"}
    assert {said(each)[2] for each in changed} == {1}


async def test_a_cancelled_meeting_is_called_off_for_everybody_once(
    database: Database, clock: SetClock, meeting: int
) -> None:
    await inviting(database, clock).run()
    before = mails(database)
    happen(database, meeting, p.MeetingCancelled("并入党建例会"), clock.now())
    for _ in range(2):
        await inviting(database, clock).run()
    found = mails(database)[len(before) :]
    assert recipients(found) == recipients(before)
    assert {(said(each)[0], said(each)[2]) for each in found} == {("CANCEL", 1)}
    assert {str(event(each)["status"]) for each in found} == {"CANCELLED"}
    assert all("并入党建例会" in each.text and "/rsvp/" not in each.text for each in found)


async def test_only_who_is_needed_no_more_is_told_so(database: Database, clock: SetClock, meeting: int) -> None:
    await inviting(database, clock).run()
    before = len(mails(database))

    def leave(db: Db) -> None:
        db.exec(delete(PersonRoleRow).where(col(PersonRoleRow.person_id) == 2))
        db.exec(delete(MeetingSiteRow).where(col(MeetingSiteRow.committee_id) == 103))

    database.write_now(leave)
    clock.wait(minutes=LOOK_AGAIN.total_seconds() / 60 + 1)
    for _ in range(2):
        await inviting(database, clock).run()
    found = mails(database)[before:]
    assert {(*said(each)[::2], each.recipient) for each in found} == {
        ("CANCEL", 1, "p2@qinghewan.example"),
        ("CANCEL", 1, "site-03@qinghewan.example"),
    }
    assert all("不用参加" in each.subject for each in found)


async def test_a_committees_mailbox_stands_in_for_an_address_that_died(
    database: Database, clock: SetClock, meeting: int
) -> None:
    await inviting(database, clock).run()
    before = len(mails(database))
    first = mails(database)[0].id or 0
    database.write_now(dead_store.mark, "p1@qinghewan.example", reason="550", mail=first, now=clock.now())
    clock.wait(minutes=LOOK_AGAIN.total_seconds() / 60 + 1)
    for _ in range(2):
        await inviting(database, clock).run()
    (mail,) = mails(database)[before:]
    assert said(mail) == ("REQUEST", "site-01@qinghewan.example", 0)  # and nothing to the dead one


async def test_a_host_whose_mailbox_is_no_address_keeps_nobody_from_being_invited(
    database: Database, clock: SetClock, meeting: int
) -> None:
    database.write_now(lambda db: db.exec(update(DepartmentRow).values(mail="自治办")))
    await inviting(database, clock).run()
    found = {each.recipient.partition("@")[0]: (each.state, each.reply_to) for each in mails(database)}
    assert found["p1"] == ("owed", "")


async def test_two_workers_invite_once(database: Database, clock: SetClock, meeting: int) -> None:
    await asyncio.gather(*(inviting(database, clock).run() for _ in range(4)))
    assert len(mails(database)) == len(recipients(mails(database)))
    facts = database.read_now(lambda db: ledger.of_kinds(db, [FactKind.INVITATIONS_SENT]))
    sent = [fact.payload for fact in facts if isinstance(fact.payload, InvitationsSent)]
    assert sum(each.invited for each in sent) == len(mails(database))


async def test_letters_that_were_overtaken_are_left_to_the_next_look(
    database: Database, clock: SetClock, meeting: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The meeting is moved between two of the transactions that owe a look's letters."""
    monkeypatch.setattr(inviter, "AT_ONCE", 2)
    work, looks = inviting(database, clock), 0
    write = database.write

    async def moving(function: Any, *args: Any, **values: Any) -> Any:
        nonlocal looks
        looks += 1
        if looks == 3:
            happen(database, meeting, p.MeetingPostponed(LATER, "台风"), clock.now())
        return await write(function, *args, **values)

    monkeypatch.setattr(database, "write", moving)
    await work.run()
    assert [said(each)[2] for each in mails(database)] == [0] * 4
    await work.run()
    assert len(mails(database)) == len(recipients(mails(database))) + 4
    assert {event(each).decoded("dtstart") for each in mails(database)[4:]} == {LATER}


@pytest.mark.parametrize("moment", [THURSDAY, THURSDAY + timedelta(days=3)])
async def test_a_meeting_that_has_begun_invites_nobody(
    database: Database, clock: SetClock, meeting: int, moment: datetime
) -> None:
    clock.time = moment
    await inviting(database, clock).run()
    assert not mails(database)


async def test_nobody_without_any_address_is_in_the_way(database: Database, clock: SetClock, meeting: int) -> None:
    database.write_now(without_mailboxes)
    database.write_now(lambda db: db.exec(update(MeetingRow).values(chair="nobody")))
    await inviting(database, clock).run()
    assert {"p1", "p2", "dept-01"} <= recipients(mails(database))
    assert not any(each.recipient.startswith("site-") for each in mails(database))


async def test_over_smtp_one_message_carries_text_page_and_calendar_with_its_method_twice(
    database: Database, clock: SetClock, meeting: int
) -> None:
    await inviting(database, clock).run()
    happen(database, meeting, p.MeetingCancelled("台风"), clock.now())
    await inviting(database, clock).run()
    async with inbox() as box:
        await Mailer(database, clock, Smtp("127.0.0.1", box.port), HUB).run()
    assert len(box.accepted) == len(mails(database))
    by_recipient: dict[str, list[str]] = {}
    for recipient, message in box.accepted:
        kinds = [part.get_content_type() for part in message.walk() if not part.is_multipart()]
        assert kinds == ["text/plain", "text/html", "text/calendar", "application/ics"]
        (part,) = (part for part in message.walk() if part.get_content_type() == "text/calendar")
        method = part.get_param("method")
        assert f"METHOD:{method}" in part.get_content()
        assert message["From"].addresses[0].addr_spec == HUB.address
        assert f"mailto:{HUB.address}" in part.get_content()
        by_recipient.setdefault(recipient, []).append(str(method))
    assert set(map(tuple, by_recipient.values())) == {("REQUEST", "CANCEL")}
