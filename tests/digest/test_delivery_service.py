"""What can be done about an issue's mails: again to one committee, a sample to oneself, a dry run."""

from __future__ import annotations

import pytest
from sqlmodel import Session as Db
from sqlmodel import col, update

from digest import delivery_store
from digest.delivery_service import Deliveries
from digest.posting import Resent
from digest.settings import Pause
from meetinghub.db import Database
from meetinghub.errors import Forbidden, NotFound, Refused
from meetinghub.ids import IssueId
from meetinghub.ledger import notices as n
from meetinghub.ledger.fact import FactKind
from meetinghub.mail.states import State
from meetinghub.mail.tables import MailRow
from meetinghub.people.tables import CommitteeRow, PersonRow
from tests.digest import boards, outgoing
from tests.digest.outgoing import MONDAY
from tests.digest.serving import freezing
from tests.digest.test_settings_service import named
from tests.meetinghub.agendas.hosted import account
from tests.meetinghub.meetings.planned import SetClock


def service(database: Database) -> Deliveries:
    return Deliveries(database, SetClock(MONDAY), drafting=freezing(), posting=outgoing.posting())


async def sent(database: Database, **ends: State) -> IssueId:
    """An issue that went out; ``ends``: what became of the mails to these names."""
    database.write_now(outgoing.register)
    number = database.write_now(outgoing.written, boards.action())
    database.write_now(outgoing.approve, number)
    await outgoing.sending(database, SetClock(MONDAY)).run()
    for name, state in ends.items():
        database.write_now(ended, name.replace("_", "-"), state)
    return number


def ended(db: Db, name: str, state: State) -> None:
    wanted = col(MailRow.recipient).startswith(f"{name}@")
    values = {"state": state.value, "due_at": None, "settled_at": MONDAY, "message_id": f"<{name}@hub>"}
    db.exec(update(MailRow).where(wanted, col(MailRow.kind) == "notice").values(**values))


async def test_again_leaves_alone_what_is_under_way_repeats_what_failed_and_renews_what_was_taken(
    database: Database,
) -> None:
    number = await sent(database, site_01=State.ACCEPTED, secretary=State.BOUNCED)
    deliveries, admin = service(database), named(database, "admin")
    assert await deliveries.resend(admin, number, 1) == Resent(again=1, anew=1)
    assert await deliveries.resend(admin, number, 2) == Resent(waiting=1)
    found = {each.name: each for each in database.read_now(delivery_store.deliveries, number)}
    assert (found["居委会1"].sends, found["陈静"].sends, found["居委会2"].sends) == (2, 1, 1)
    assert {each.mail.state for each in found.values()} == {State.OWED}
    keys = [each.key for each in outgoing.mails(database)]
    assert len(keys) == len(set(keys)) == 5
    assert keys[-1] == f"{keys[0]}:2"
    committee = boards.committee(1)
    assert outgoing.facts(database, FactKind.ISSUE_RESENT) == [n.IssueResent(number, committee, 2)]


async def test_whoever_receives_now_gets_it_too(database: Database) -> None:
    number = await sent(database, site_01=State.ACCEPTED, secretary=State.ACCEPTED)
    database.write_now(outgoing.hand_over)
    done = await service(database).resend(named(database, "admin"), number, 1)
    assert done == Resent(anew=1, added=1)
    assert outgoing.recipients(database)[-2:] == ["site-01", "successor"]


async def test_nothing_is_sent_again_that_was_never_sent_or_while_all_is_paused(database: Database) -> None:
    number = await sent(database)
    deliveries, admin = service(database), named(database, "admin")
    following = outgoing.issue(database, boards.WEEK.after()).id
    with pytest.raises(Refused, match="not_sent"):
        await deliveries.resend(admin, following, 1)
    outgoing.change(database, paused=Pause("admin", MONDAY, "搬迁"))
    with pytest.raises(Refused, match="paused"):
        await deliveries.resend(admin, number, 1)


async def test_who_does_not_run_the_notice_does_none_of_it(database: Database) -> None:
    number = await sent(database)
    deliveries, stranger = service(database), account(3)
    for act in (
        deliveries.overview(stranger),
        deliveries.dry_run(stranger),
        deliveries.resend(stranger, number, 1),
        deliveries.test(stranger, number, 1, mark=""),
    ):
        with pytest.raises(Forbidden):
            await act
    assert len(outgoing.mails(database)) == 4
    assert outgoing.recipients(database, "notice_test") == []


async def test_what_is_not_there_is_not_found(database: Database) -> None:
    number = await sent(database)
    deliveries, admin = service(database), named(database, "admin")
    for act in (deliveries.overview(admin, 99), deliveries.resend(admin, number, 33), deliveries.resend(admin, 99, 1)):
        with pytest.raises(NotFound):
            await act


async def test_a_sample_of_a_draft_goes_to_oneself_alone(database: Database) -> None:
    database.write_now(outgoing.register)
    number = database.write_now(outgoing.written, boards.information("草稿", seats=(2,)))
    await service(database).test(named(database, "admin"), number, 2, mark="【试样】")
    (mail,) = outgoing.mails(database, "notice_test")
    assert (mail.recipient, mail.subject) == ("admin@qinghewan.example", "【试样】第 48 期")
    assert "草稿" in mail.text
    assert database.read_now(delivery_store.deliveries, number) == []
    with pytest.raises(Refused, match="own_address"):
        await service(database).test(account(1), number, 2, mark="")


async def test_the_dry_run_says_who_would_not_be_reached(database: Database) -> None:
    database.write_now(outgoing.register)
    database.write_now(outgoing.written, boards.action())

    def spoil(db: Db) -> None:
        db.exec(update(CommitteeRow).where(col(CommitteeRow.id) == boards.committee(2)).values(mail=""))
        db.exec(update(CommitteeRow).where(col(CommitteeRow.id) == boards.committee(3)).values(mail="站@x"))
        db.exec(update(PersonRow).values(mail=""))

    database.write_now(spoil)
    clock = SetClock(boards.FRIDAY)
    deliveries = Deliveries(database, clock, drafting=freezing(), posting=outgoing.posting())
    run = await deliveries.dry_run(named(database, "admin"))
    assert (run.mails, run.items, run.bad) == (2, 1, ("站@x",))
    assert [each.seat for each in run.without] == [2]
    assert run.plan.sends == MONDAY
    assert outgoing.mails(database) == []
