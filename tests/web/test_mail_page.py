"""The administrator's outbox: what is there, why it waits, one mail read, sent again, settled."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from aiohttp import web
from sqlmodel import Session as Db
from sqlmodel import select

from meetinghub import demo
from meetinghub.mail import outbox, store
from meetinghub.mail.bounces import Bounce, Kind
from meetinghub.mail.links import Link, Links
from meetinghub.mail.message import Owed
from meetinghub.mail.model import Outcome
from meetinghub.mail.outbox import come_back, owe
from meetinghub.mail.states import Event, State
from meetinghub.mail.tables import MailRow
from tests.web.conftest import Browsers
from web import keys

TOKEN = Links("some secret of thirty-two letters and more").token(
    Link("rsvp", "7", "12", datetime(2027, 1, 1, tzinfo=UTC))
)
MAIL = Owed(
    key="invitation:7:12:0",
    to="chen@committee.example",
    to_name="陈静",
    subject="会议邀请：十一月例会",
    text=f"请回复 https://hub.example/rsvp/{TOKEN}",
    html=f'<p onclick="x()">请<a href="https://hub.example/rsvp/{TOKEN}">回复</a></p><script>alert(1)</script>',
    order_key="meeting-7",
)


async def put(app: web.Application, *mails: Owed) -> None:
    for mail in mails:
        await app[keys.DATABASE].write(partial(outbox.owe, owed=mail, now=app[keys.CLOCK].now()))


async def end(app: web.Application, outcome: Outcome) -> None:
    """The next mail is tried, with this end."""
    database, now = app[keys.DATABASE], app[keys.CLOCK].now()
    tried = await database.write(partial(outbox.claim, by="worker-1", now=now, lease=timedelta(minutes=5)))
    assert tried is not None
    assert await database.write(partial(outbox.finish, tried=tried, outcome=outcome, now=now))


async def test_without_a_server_the_page_says_that_mails_wait(browsers: Browsers, app: web.Application) -> None:
    admin = await browsers("admin")
    await put(app, MAIL)
    _, text = await admin.open("/mail")
    assert "还没有设置发信服务器" in text
    assert MAIL.subject in text
    _, text = await admin.open("/mail?state=accepted&lang=en")
    assert "No mail matches" in text


@pytest.mark.parametrize(
    "query", ["q=chen%40", "q=例会", "state=owed", "page=0", "page=x", "q=%00%25", "state=nonsense"]
)
async def test_any_search_is_answered(browsers: Browsers, app: web.Application, query: str) -> None:
    admin = await browsers("admin")
    await put(app, MAIL)
    response, text = await admin.open(f"/mail?{query}")
    assert response.status == 200
    assert (MAIL.subject in text) == ("%00" not in query)


async def test_a_mail_is_read_without_what_would_act_for_its_recipient(
    browsers: Browsers, app: web.Application
) -> None:
    admin = await browsers("admin")
    await put(app, MAIL)
    _, text = await admin.open("/mail/1")
    assert "https://hub.example/rsvp/mh1.…" in text
    assert TOKEN not in text
    response, page = await admin.open("/mail/1/html")
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "script-src" not in policy
    assert TOKEN not in page


async def test_a_mail_that_is_not_there_is_said_to_be_missing(browsers: Browsers) -> None:
    admin = await browsers("admin")
    for path in ("/mail/1", "/mail/1/html", "/mail/1/resend", "/mail/x", "/mail/99999999999"):
        response, _ = await admin.open(path)
        assert response.status == 404, path


async def test_a_refused_mail_holds_back_the_next_until_it_is_sent_again(
    browsers: Browsers, app: web.Application
) -> None:
    admin = await browsers("admin")
    later = Owed(key="invitation:7:12:1", to=MAIL.to, subject="会议取消", text="取消", order_key=MAIL.order_key)
    await put(app, MAIL, later)
    await end(app, Outcome(Event.REFUSE, 550, "no such user"))
    _, text = await admin.open("/mail")
    assert "550 no such user" in text
    assert "第 1 封" in text
    _, text = await admin.open("/mail/1/resend")
    assert "现在重发" in text
    response, text = await admin.submit("/mail/1/resend")
    assert response.url.path == "/mail/1"
    assert "已重新排队" in text
    assert "admin" in text
    await end(app, Outcome(Event.ACCEPT, 250, "queued"))
    _, text = await admin.open("/mail/2")
    assert "要等前面的邮件" not in text


async def test_what_is_settled_as_undelivered_no_longer_holds_back(browsers: Browsers, app: web.Application) -> None:
    admin = await browsers("admin")
    await put(app, MAIL, Owed(key="invitation:7:12:1", to=MAIL.to, subject="二", text="x", order_key=MAIL.order_key))
    await end(app, Outcome(Event.REFUSE, 550, "no such user"))
    response, text = await admin.submit("/mail/1/bounce")
    assert "已记为未送达" in text
    await end(app, Outcome(Event.ACCEPT, 250, "queued"))
    response, _ = await admin.submit("/mail/2/resend")
    assert response.status == 409


async def test_a_bad_address_cannot_be_sent_again(browsers: Browsers, app: web.Application) -> None:
    admin = await browsers("admin")
    await put(app, Owed(key="invitation:7:13:0", to="nobody", subject="三", text="x"))
    _, text = await admin.open("/mail/1")
    assert "收件地址不是邮箱" in text
    assert "/mail/1/resend" not in text
    response, _ = await admin.submit("/mail/1/resend")
    assert response.status == 409


async def test_trouble_of_the_server_is_told(browsers: Browsers, app: web.Application) -> None:
    admin = await browsers("admin")
    await app[keys.DATABASE].write(store.note_server, "535 bad password", app[keys.CLOCK].now())
    await put(app, MAIL)
    _, text = await admin.open("/metrics")
    assert 'meetinghub_mails{state="owed"} 1.0' in text


async def test_a_mail_that_came_back_shows_why_and_under_which_number_its_reader_is_reached(
    app: web.Application, browsers: Browsers
) -> None:
    admin = await browsers("admin")
    database, now = app[keys.DATABASE], app[keys.CLOCK].now()

    def write(db: Db) -> None:
        owe(db, Owed(key="test:9", to=f"site-04@{demo.DOMAIN}", subject="预告", text="x"), now=now)
        row = db.exec(select(MailRow).where(MailRow.key == "test:9")).one()
        row.state, row.message_id = State.ACCEPTED.value, "<0@hub.example>"
        db.add(row)
        db.flush()
        assert come_back(db, Bounce("<0@hub.example>", "", Kind.DEAD, "5.1.1", "5.1.1 no such user"), now=now)

    await database.write(write)
    _, page = await admin.open("/mail?state=bounced")
    assert "5.1.1 no such user" in page
    assert "邮件没有寄到，请打电话" in page
    assert "tel:021-55500004" in page
    _, page = await admin.open("/addresses?kind=committee")
    assert "寄到这里的邮件被退回" in page
