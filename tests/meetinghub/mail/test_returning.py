"""Mails that come back, from a real IMAP server into the outbox, on both engines."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import Session as Db
from sqlmodel import col, update

from meetinghub.db import Database
from meetinghub.mail import dead_store, outbox, reading, store
from meetinghub.mail.bounces import read
from meetinghub.mail.message import Owed, Sender
from meetinghub.mail.model import Mail, Outcome, ReturnBox
from meetinghub.mail.returning import Returning
from meetinghub.mail.states import Event, State
from meetinghub.mail.tables import MailRow
from tests.meetinghub.mail.imap import Mailbox, mailbox
from tests.meetinghub.mail.test_bounces import IDENTIFIER, TO, golden
from tests.meetinghub.meetings.examples import NOON
from tests.meetinghub.meetings.planned import SetClock

SENDER = Sender("hub@hub.example", "", "secret")


@pytest.fixture
def server() -> Iterator[Mailbox]:
    with mailbox() as running:
        yield running


@pytest.fixture
def number(database: Database) -> int:
    """A mail that was accepted and went out under the identifier of the goldens."""

    def write(db: Db) -> int:
        outbox.owe(db, Owed(key="test:1", to=TO, subject="x", text="x"), now=NOON)
        tried = outbox.claim(db, by="w", now=NOON, lease=timedelta(minutes=1))
        assert tried is not None
        assert store.hand_over(db, tried, message_id=IDENTIFIER, now=NOON, lease_until=NOON + timedelta(minutes=9))
        assert outbox.finish(db, tried, Outcome(Event.ACCEPT, 250, "ok"), now=NOON)
        return tried.number

    return database.write_now(write)


def mail(database: Database, number: int) -> Mail:
    found = database.read_now(reading.one, number)
    assert found is not None
    return found


def events(database: Database, number: int) -> list[Event]:
    return [step.event for step in database.read_now(reading.steps, number)]


def dead(database: Database) -> bool:
    return TO in database.read_now(dead_store.dead, [TO])


def seen(database: Database) -> ReturnBox:
    box = database.read_now(store.return_box)
    assert box is not None
    return box


async def test_a_dead_address_is_marked_and_its_mail_bounced_with_the_reason(
    database: Database, number: int, server: Mailbox
) -> None:
    returning = Returning(database, SetClock(), server.box, SENDER)
    for name in ("vacation", "postfix-delayed"):
        server.deliver(golden(name))
    await returning.run()
    assert (mail(database, number).state, dead(database)) == (State.ACCEPTED, False)
    assert events(database, number) == [Event.ACCEPT, Event.DELAY]
    server.deliver(golden("postfix-unknown"))
    await asyncio.gather(returning.run(), Returning(database, SetClock(), server.box, SENDER).run())
    found = mail(database, number)
    assert (found.state, dead(database)) == (State.BOUNCED, True)
    assert "User unknown" in found.problem
    server.deliver(golden("exchange"))
    await returning.run()
    await returning.run()
    assert events(database, number) == [Event.ACCEPT, Event.DELAY, Event.BOUNCE]
    assert (seen(database).uid, seen(database).problem) == (server.delivered, "")


async def test_a_full_mailbox_bounces_the_mail_and_leaves_the_address_alone(
    database: Database, number: int, server: Mailbox
) -> None:
    server.deliver(golden("netease"))
    await Returning(database, SetClock(), server.box, SENDER).run()
    assert (mail(database, number).state, dead(database)) == (State.BOUNCED, False)


async def test_a_mailbox_that_is_numbered_anew_is_read_from_its_beginning(
    database: Database, number: int, server: Mailbox
) -> None:
    server.deliver(b"From: a@b.example\nSubject: nothing\n\nx\n")
    returning = Returning(database, SetClock(), server.box, SENDER)
    await returning.run()
    now = seen(database)
    database.write_now(store.note_return_box, replace(now, validity=now.validity - 1, uid=99))
    server.deliver(golden("qq"))
    await returning.run()
    assert mail(database, number).state is State.BOUNCED


async def test_a_mailbox_that_cannot_be_read_is_told_and_mends(database: Database, server: Mailbox) -> None:
    clock = SetClock()
    await Returning(database, clock, replace(server.box, password="wrong"), SENDER).run()
    assert "uthentication" in seen(database).problem
    for other in (replace(server.box, port=1), replace(server.box, folder="nowhere")):
        await Returning(database, clock, other, SENDER).run()
        assert seen(database).problem
    await Returning(database, clock, server.box, SENDER).run()
    assert seen(database).problem == ""


async def test_without_a_mailbox_nothing_is_asked(database: Database) -> None:
    await Returning(database, SetClock(), None, SENDER).run()
    assert database.read_now(store.return_box) is None


def test_what_a_server_says_at_once_marks_the_address_too(database: Database) -> None:
    def write(db: Db) -> None:
        outbox.owe(db, Owed(key="test:2", to=TO, subject="x", text="x"), now=NOON)
        tried = outbox.claim(db, by="w", now=NOON, lease=timedelta(minutes=1))
        assert tried is not None
        outbox.finish(db, tried, Outcome(Event.REFUSE, 550, "5.1.1 no such user"), now=NOON)

    database.write_now(write)
    assert dead(database)


def test_a_mail_that_waits_again_is_not_bounced_by_an_old_return(database: Database, number: int) -> None:
    def write(db: Db) -> bool:
        db.exec(update(MailRow).where(col(MailRow.id) == number).values(state=State.OWED.value))
        bounce = read(golden("postfix-unknown"), domain="hub.example")
        assert bounce is not None
        return outbox.come_back(db, bounce, now=NOON)

    assert not database.write_now(write)
    assert mail(database, number).state is State.OWED
