"""推送: registering a receiver, looking at what it was sent, sending again, removing it."""

from __future__ import annotations

import re

from aiohttp import web
from sqlmodel import Session as Db

from meetinghub.ledger import store as ledger
from meetinghub.ledger.agendas import ClaimMade
from meetinghub.ledger.fact import NewFact
from meetinghub.webhooks import outbox, store
from meetinghub.webhooks.model import Outcome
from tests.web.browser import Browser
from tests.web.conftest import Browsers
from web import keys

URL = "https://data.example.org/hub?from=street"


async def registered(browsers: Browsers) -> tuple[Browser, str]:
    """The administrator's browser, and the secret that the page showed."""
    browser = await browsers("admin")
    await browser.open("/webhooks")
    response, page = await browser.submit("/webhooks", url=URL, events="claim.made")
    assert response.status == 200
    found = re.search(r"whsec_[\w+/=]+", page)
    assert found is not None
    return browser, found[0]


async def test_the_secret_is_shown_once(browsers: Browsers) -> None:
    browser, secret = await registered(browsers)
    _, page = await browser.open("/webhooks")
    assert URL in page
    assert secret not in page
    _, page = await browser.open("/webhooks/1")
    assert secret not in page


async def test_what_cannot_be_registered_stays_in_the_form_with_its_problems(browsers: Browsers) -> None:
    browser = await browsers("coordinator")
    await browser.open("/webhooks")
    response, page = await browser.submit("/webhooks", url="http://192.168.1.9/x")
    assert response.status == 422
    assert "http://192.168.1.9/x" in page
    assert 'id="url-problem"' in page
    assert 'id="events-problem"' in page


async def test_a_failed_delivery_is_seen_with_its_answer_and_sent_again(
    browsers: Browsers, app: web.Application
) -> None:
    browser, _ = await registered(browsers)
    now = app[keys.CLOCK].now()

    def fail(db: Db) -> None:
        ledger.append(db, [NewFact(ClaimMade(4, 1, 10, False))], meeting_id=None, at=now, actor="x")
        outbox.project(db, now=now)
        (tried,) = outbox.claim(db, now=now, most=8)
        outbox.finish(db, tried, Outcome(410), now=now, notice=lambda *_: None)

    await app[keys.DATABASE].write(fail)
    _, page = await browser.open("/webhooks/1")
    assert "410" in page
    assert "/webhooks/1/resume" in page
    response, _ = await browser.submit("/webhooks/1/resume")
    assert response.status == 200
    response, page = await browser.submit("/webhooks/1/1/resend")
    assert response.status == 200
    assert await app[keys.DATABASE].read(store.has_work, app[keys.CLOCK].now())


async def test_removing_asks_once_and_says_what_is_lost(browsers: Browsers) -> None:
    browser, _ = await registered(browsers)
    _, page = await browser.open("/webhooks/1/remove")
    assert URL in page
    response, page = await browser.submit("/webhooks/1/remove")
    assert response.status == 200
    assert URL not in page
    response, _ = await browser.open("/webhooks/1")
    assert response.status == 404
