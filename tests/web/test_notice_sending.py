"""提示设置 and 送达情况: who may, what is kept, what a bad form keeps, what would go out, what became of it."""

from __future__ import annotations

import pytest
from aiohttp import web
from sqlmodel import Session as Db
from sqlmodel import select

from digest import delivery_store, issue_store, schedule, settings_store
from digest.model import Issue
from digest.posting import Posting
from digest.settings import Settings, Unapproved
from meetinghub.bridges.noticing import NoticeMails, freezing
from meetinghub.ledger import store as ledger
from meetinghub.mail.states import State
from meetinghub.mail.tables import DeadAddressRow, MailRow
from meetinghub.people import address_store
from meetinghub.people import store as people
from meetinghub.people.tables import AccountRow, PersonRow
from meetinghub.workdays.store import workdays
from tests.digest import boards
from tests.web.conftest import Browsers
from web import keys

FORM = {
    "host": "1",
    "deputy": "coordinator",
    "deadline_days": "2",
    "deadline": "16:00",
    "warn": "07:00",
    "send": "08:00",
    "remind": "09:00",
    "unapproved": "send",
    "roles": "secretary",
    "revision": "0",
}


async def settings(app: web.Application) -> Settings:
    return await app[keys.DATABASE].read(settings_store.settings)


async def sent(app: web.Application) -> Issue:
    """The coming issue with one item, approved and gone out early."""
    now = app[keys.CLOCK].now()

    def write(db: Db) -> Issue:
        ledger.take(db)
        plan = schedule.next_to_send(now, workdays(db), settings_store.settings(db))
        issue = issue_store.open_issue(db, plan.week, send_at=plan.sends)
        boards.submitted(db, boards.information(), issue=issue.id)
        issue = freezing().freeze(db, issue, by="host", now=now)
        Posting(NoticeMails(app[keys.CONFIG])).owe(db, issue, now=now)
        issue_store.set_sent(db, issue.id, now)
        found = issue_store.issue(db, issue.id)
        assert found is not None
        return found

    return await app[keys.DATABASE].write(write)


async def addressed(app: web.Application, *seats: int) -> None:
    """These committees have mailboxes, the others none."""

    def write(db: Db) -> None:
        for each in people.committees(db):
            mail = f"site-{each.seat:02d}@qinghewan.example" if each.seat in seats else ""
            address_store.set_mail(db, address_store.Kind.COMMITTEE, each.id, mail)
        for person in people.people(db):
            address_store.set_mail(db, address_store.Kind.PERSON, person.id, "")

    await app[keys.DATABASE].write(write)


async def mails(app: web.Application, kind: str) -> list[str]:
    def read(db: Db) -> list[str]:
        return list(db.exec(select(MailRow.recipient).where(MailRow.kind == kind).order_by("id")))

    return await app[keys.DATABASE].read(read)


async def test_settings_are_changed_and_shown(browsers: Browsers, app: web.Application) -> None:
    admin = await browsers("admin")
    _, text = await admin.open("/notice/settings")
    assert "召集科室" in text
    response, text = await admin.submit("/notice/settings", **FORM)
    assert response.status == 200
    assert "已保存" in text
    found = await settings(app)
    assert (found.host, found.deputy, found.deadline_days, found.unapproved) == (1, "coordinator", 2, Unapproved.SEND)
    assert [each.value for each in found.roles] == ["secretary"]
    assert found.revision == 1


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("host", "999", "没有这个科室"),
        ("host", "x", "没有这个科室"),
        ("deputy", "nobody", "没有这个账户"),
        ("deadline_days", "9", "0 到 5"),
        ("deadline_days", "-1", "0 到 5"),
        ("warn", "08:30", "催核定要早于发出"),
        ("send", "17:30", "早于 17:00"),
        ("remind", "", "请选时间"),
        ("deadline", "25:99", "这不是时间"),
        ("revision", "7", "别人刚改过设置"),
    ],
)
async def test_a_form_that_cannot_be_used_keeps_what_was_typed(
    browsers: Browsers, app: web.Application, field: str, value: str, says: str
) -> None:
    admin = await browsers("admin")
    await admin.open("/notice/settings")
    response, text = await admin.submit("/notice/settings", **(FORM | {field: value}))
    assert response.status in {409, 422}
    assert says in text
    assert 'value="16:00"' in text or field == "deadline"
    assert await settings(app) == Settings()


async def test_sending_is_paused_with_a_reason_and_resumed(browsers: Browsers, app: web.Application) -> None:
    host = await browsers("host")
    await host.open("/notice/settings")
    response, text = await host.submit("/notice/settings/pause", reason="")
    assert response.status == 422
    assert "请写明为什么暂停" in text
    _, text = await host.submit("/notice/settings/pause", reason="服务器<b>搬迁")
    assert "发送已暂停" in text
    assert "服务器&lt;b&gt;搬迁" in text
    assert (await settings(app)).paused is not None
    _, text = await host.open("/notice/deliveries")
    assert "发送已暂停" in text
    _, text = await host.submit("/notice/settings/resume")
    assert "已恢复" in text
    assert (await settings(app)).paused is None


@pytest.mark.parametrize("username", ["dept-03", "leader", "site-04"])
async def test_only_who_runs_the_notice_looks_in(browsers: Browsers, username: str) -> None:
    somebody = await browsers(username)
    for path in ("/notice/settings", "/notice/deliveries", "/notice/deliveries/dry-run"):
        response, _ = await somebody.open(path)
        assert response.status == 403


async def test_the_dry_run_counts_mails_dead_addresses_and_committees_without(
    browsers: Browsers, app: web.Application
) -> None:
    await addressed(app, 1, 2, 3)
    await app[keys.DATABASE].write(mark_dead, "site-02@qinghewan.example")
    host = await browsers("host")
    _, text = await host.open("/notice/deliveries/dry-run")
    assert "3 封" in text
    assert "1 个地址退信" in text
    assert "30 个居委会没有邮箱" in text
    assert "550 no such user" in text
    assert await mails(app, "notice") == []


async def test_what_became_of_each_mail_is_shown_with_whom_to_call(browsers: Browsers, app: web.Application) -> None:
    await addressed(app, 1, 2)
    issue = await sent(app)
    found = await app[keys.DATABASE].read(delivery_store.deliveries, issue.id)

    def bounce(db: Db) -> None:
        row = db.get(MailRow, found[0].mail.number)
        assert row is not None
        row.state, row.problem = State.BOUNCED.value, "5.1.1 no such user"
        db.add(row)

    await app[keys.DATABASE].write(bounce)
    admin = await browsers("admin")
    _, text = await admin.open("/notice/deliveries")
    phone = (await app[keys.DATABASE].read(people.committees))[0].phone
    assert "5.1.1 no such user" in text
    assert phone
    assert f">{phone}</a>" in text
    assert "没有邮箱，一封也没发" in text
    _, missed = await admin.open(f"/notice/deliveries?issue={issue.id}&only=missed")
    assert "site-01@qinghewan.example" in missed
    assert "site-02@qinghewan.example" not in missed


async def test_one_committee_gets_it_again_under_its_own_message_id(browsers: Browsers, app: web.Application) -> None:
    await addressed(app, 1, 2)
    issue = await sent(app)
    host = await browsers("host")
    _, text = await host.open(f"/notice/deliveries/{issue.id}/1")
    _, text = await host.submit(f"/notice/deliveries/{issue.id}/1/resend")
    assert "还在路上" in text
    response, text = await host.submit(f"/notice/deliveries/{issue.id}/5/resend")
    assert response.status == 409
    assert "没有可用的邮箱" in text
    assert await mails(app, "notice") == ["site-01@qinghewan.example", "site-02@qinghewan.example"]


async def test_a_sample_goes_to_oneself(browsers: Browsers, app: web.Application) -> None:
    await addressed(app, 1)
    issue = await sent(app)
    await app[keys.DATABASE].write(give_address, "admin", "admin@qinghewan.example")
    admin = await browsers("admin")
    await admin.open(f"/notice/deliveries/{issue.id}/1")
    _, text = await admin.submit(f"/notice/deliveries/{issue.id}/1/test")
    assert "试样已放进待发" in text
    assert await mails(app, "notice_test") == ["admin@qinghewan.example"]


def mark_dead(db: Db, address: str) -> None:
    db.add(DeadAddressRow(address=address, since=boards.FRIDAY, reason="550 no such user"))


def give_address(db: Db, username: str, mail: str) -> None:
    account = db.exec(select(AccountRow).where(AccountRow.username == username)).one()
    person = db.get(PersonRow, account.person_id)
    assert person is not None
    person.mail = mail
    db.add(person)


@pytest.mark.parametrize("path", ["/notice/deliveries/99/1", "/notice/deliveries/x/1", "/notice/deliveries?issue=0x1"])
async def test_what_is_not_there_is_not_found(browsers: Browsers, path: str) -> None:
    host = await browsers("host")
    response, _ = await host.open(path)
    assert response.status == 404
