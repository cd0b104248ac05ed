"""The administrator's page of mail addresses: whose is missing, saved whole or not at all, tried by a test mail."""

from __future__ import annotations

import pytest
from aiohttp import web
from sqlmodel import Session as Db

from meetinghub import demo
from meetinghub.mail import dead_store
from meetinghub.people import address_store as store
from meetinghub.people.address_store import Kind
from tests.web.asking import mails, post
from tests.web.browser import Browser
from tests.web.conftest import Browsers
from web import keys


@pytest.fixture
async def admin(browsers: Browsers) -> Browser:
    browser = await browsers("admin")
    await browser.open("/addresses")
    return browser


async def address(app: web.Application, kind: Kind, number: int) -> str:
    found = await app[keys.DATABASE].read(store.one, kind, number)
    assert found is not None
    return found.mail


async def test_addresses_of_units_and_people_are_shown_and_changed(app: web.Application, admin: Browser) -> None:
    _, page = await admin.open("/addresses?kind=committee")
    assert f'value="site-04@{demo.DOMAIN}"' in page
    response, page = await post(admin, "/addresses", kind="committee", **{"mail-4": "qinghe4@street.example"})
    assert response.status == 200
    assert "已保存" in page
    assert await address(app, Kind.COMMITTEE, 4) == "qinghe4@street.example"
    _, page = await admin.open("/addresses?kind=person&q=党政办")
    assert f"coordinator@{demo.DOMAIN}" in page


async def test_who_has_none_is_counted_and_listed(app: web.Application, admin: Browser) -> None:
    await post(admin, "/addresses", kind="department", **{"mail-3": ""})
    _, page = await admin.open("/addresses?kind=department&without=1")
    assert "只看没有邮箱的（1）" in page
    assert page.count('name="mail-') == 1
    assert "没有邮箱" in page


async def test_one_wrong_address_keeps_all_as_they_were_and_what_was_typed(
    app: web.Application, admin: Browser
) -> None:
    wrong = {"mail-1": "good@street.example", "mail-2": "not an address"}
    response, page = await post(admin, "/addresses", kind="department", **wrong)
    assert response.status == 422
    assert "这不像邮箱" in page
    assert 'value="not an address"' in page
    assert 'value="good@street.example"' in page
    assert await address(app, Kind.DEPARTMENT, 1) == f"dept-01@{demo.DOMAIN}"


async def test_a_test_mail_goes_to_the_address_as_typed_and_forgives_what_came_back(
    app: web.Application, admin: Browser
) -> None:
    await post(admin, "/addresses", kind="department", test="2", **{"mail-2": "new@street.example"})
    [mail] = await mails(app, "address_test")
    assert (mail.to, mail.to_name) == ("new@street.example", "党建办")
    database, now = app[keys.DATABASE], app[keys.CLOCK].now()

    def mark(db: Db) -> None:
        dead_store.mark(db, "new@street.example", reason="550 5.1.1 no such user", mail=1, now=now)

    await database.write(mark)
    _, page = await admin.open("/addresses")
    assert "550 5.1.1 no such user" in page
    await post(admin, "/addresses", kind="department", test="2", **{"mail-2": "new@street.example"})
    assert await database.read(dead_store.dead, ["new@street.example"]) == {}
    assert len(await mails(app, "address_test")) == 2


async def test_a_test_mail_needs_an_address_and_somebody(app: web.Application, admin: Browser) -> None:
    response, page = await post(admin, "/addresses", kind="department", test="2", **{"mail-2": ""})
    assert response.status == 409
    assert "先填邮箱" in page
    response, _ = await post(admin, "/addresses", kind="person", **{"mail-99999": "a@b.example"})
    assert response.status == 404
