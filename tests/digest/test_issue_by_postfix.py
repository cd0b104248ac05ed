"""From a department's item to the committees' maildirs, through a real Postfix; and back, when one of them is gone."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

from sqlmodel import Session as Db
from sqlmodel import col, update

from digest import board, delivery_store, item_store
from digest.delivery_service import Deliveries
from digest.posting import Posting
from meetinghub.bridges.noticing import NoticeMails
from meetinghub.config import Smtp, from_env
from meetinghub.db import Database
from meetinghub.mail import bounces, outbox
from meetinghub.mail.mailer import Mailer
from meetinghub.mail.message import Sender
from meetinghub.mail.states import State
from meetinghub.people.tables import CommitteeRow
from tests.digest import boards, offices, outgoing
from tests.digest.outgoing import MONDAY
from tests.digest.serving import HOST, freezing, issues
from tests.meetinghub.mail.postfix import Post, postfix
from tests.meetinghub.meetings.planned import SetClock

HUB = Sender("hub@street.example", "街道办", "a secret of at least thirty-two letters")
MAILBOXES = ["site-01@qinghewan.example", "secretary@qinghewan.example", "site-02@qinghewan.example"]
GONE = "site-03@qinghewan.example"
SAID = boards.action("报高龄津贴未复核名单", seats=(1, 3))


async def test_an_item_becomes_a_mail_in_every_committee_s_mailbox(sqlite_database: Database, tmp_path: Path) -> None:
    database, clock = sqlite_database, SetClock(boards.FRIDAY)
    database.write_now(outgoing.register)
    database.write_now(with_phone)
    await written_and_approved(database, clock, tmp_path)
    clock.time = MONDAY
    config = from_env({"SECRET_KEY": HUB.secret, "PUBLIC_URL": "https://hub.example", "DATA_DIR": str(tmp_path)})
    post = Posting(NoticeMails(config))
    with postfix([*MAILBOXES, HUB.address], gone=[GONE]) as server:
        await outgoing.sending(database, clock, post).run()
        await Mailer(database, clock, Smtp("127.0.0.1", server.port), HUB).run()
        assert {each.state for each in outgoing.mails(database)} == {"accepted"}
        arrived = [await arriving(server, each) for each in MAILBOXES]
        came_back = await arriving(server, HUB.address)
    known = {each.recipient: each.message_id for each in outgoing.mails(database)}
    for address, message in zip(MAILBOXES, arrived, strict=True):
        assert message["Message-ID"] == known[address]
        assert message["List-Id"] == "<notice.street.example>"
        assert [each.get_content_type() for each in message.walk()][1:] == ["text/plain", "text/html"]
    assert [SAID.title in said(each) for each in arrived] == [True, True, False]
    assert "本周无事项" in said(arrived[2])
    await seen_as_bounced(database, clock, came_back, Deliveries(database, clock, drafting=freezing(), posting=post))


async def written_and_approved(database: Database, clock: SetClock, folder: Path) -> None:
    """A department hands an item in on Friday morning, the host office approves at noon."""
    items = offices.items(database, folder, clock)
    await items.submit(await items.begin(offices.CIVIL, SAID), offices.CIVIL)
    clock.wait(hours=1)
    issue = outgoing.issue(database)
    seen = board.mark(database.read_now(item_store.on_board, issue.id))
    await issues(database, clock).approve(issue.id, HOST, seen=seen)


async def seen_as_bounced(database: Database, clock: SetClock, report: EmailMessage, service: Deliveries) -> None:
    """Postfix's own report makes the delivery a bounced one, with the number to call."""
    clock.wait(minutes=5)
    bounce = bounces.read(report.as_bytes(), domain=HUB.domain)
    assert bounce is not None
    assert bounce.kind is bounces.Kind.DEAD
    assert database.write_now(outbox.come_back, bounce, now=clock.now())
    look = await service.overview(HOST)
    assert {each.committee.seat: each.lost for each in look.reached} == {1: False, 2: False, 3: True}
    (missed,) = look.reached[2].missed
    assert missed.mail.state is State.BOUNCED
    assert "no such user" in missed.mail.problem
    assert look.reached[2].phones == {GONE: "021-5550 0103"}
    clock.wait(days=1)
    run = await service.dry_run(HOST)
    assert [(committee.seat, each.address) for committee, each, _ in run.returned] == [(3, GONE)]
    assert run.mails == 4
    assert run.plan.sends == MONDAY + timedelta(weeks=1)
    assert len(database.read_now(delivery_store.deliveries, outgoing.issue(database).id)) == 4


async def arriving(server: Post, address: str) -> EmailMessage:
    (message,) = await asyncio.to_thread(server.wait, address)
    return message


def said(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def with_phone(db: Db) -> None:
    third = col(CommitteeRow.id) == boards.committee(3)
    db.exec(update(CommitteeRow).where(third).values(phone="021-5550 0103"))
