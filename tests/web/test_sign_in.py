"""Signing in and out, over HTTP."""

from __future__ import annotations

from http.cookies import Morsel

import pytest
from aiohttp import web

from meetinghub import demo
from meetinghub.people import store, throttle
from tests.web.browser import Browser
from tests.web.conftest import Browsers
from web import keys


def cookie(browser: Browser, name: str) -> Morsel[str] | None:
    return next((each for each in browser.client.session.cookie_jar if each.key == name), None)


async def test_a_stranger_is_sent_to_sign_in_and_back_to_where_he_wanted(browsers: Browsers) -> None:
    browser = await browsers()
    response, page = await browser.open("/account?x=1")
    assert response.url.path == "/sign-in"
    assert 'name="next" value="/account?x=1"' in page
    response, page = await browser.submit("/sign-in", username="chair", password=demo.PASSWORD, next="/account?x=1")
    assert (response.status, response.url.path_qs) == (200, "/account?x=1")
    assert "季云帆" in page


@pytest.mark.parametrize(
    "onward", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere", "javascript:x"]
)
async def test_signing_in_never_leads_to_another_site(browsers: Browsers, onward: str) -> None:
    browser = await browsers()
    await browser.open("/sign-in")
    response, _ = await browser.submit("/sign-in", username="chair", password=demo.PASSWORD, next=onward)
    assert response.url.path == "/"
    assert response.url.host == "127.0.0.1"


async def test_names_are_read_without_case_or_surrounding_space(browsers: Browsers) -> None:
    browser = await browsers()
    response, _ = await browser.sign_in(" Site-04 ", demo.PASSWORD)
    assert response.url.path == "/"


async def test_a_wrong_password_keeps_the_name_and_says_nothing_about_which_was_wrong(browsers: Browsers) -> None:
    browser = await browsers()
    response, known = await browser.sign_in("chair", "nonsense-1")
    assert response.status == 422
    assert 'value="chair"' in known
    assert "nonsense-1" not in known
    _, unknown = await browser.sign_in("nobody", "nonsense-1")
    assert known.replace("chair", "X", 1).count("账户名或口令不对") == unknown.count("账户名或口令不对") > 0


@pytest.mark.parametrize(("username", "password", "message"), [
    ("", "x", "请输入账户名"), ("chair", "", "请输入口令"), ("x" * 41, "x", "太长了"), ("a\tb", "x", "一行文字"),
])  # fmt: skip
async def test_each_missing_or_impossible_field_is_named(
    browsers: Browsers, username: str, password: str, message: str
) -> None:
    browser = await browsers()
    response, page = await browser.sign_in(username, password)
    assert response.status == 422
    assert message in page
    assert 'role="alert"' in page


async def test_signing_in_gives_a_new_session_and_ends_the_one_before(browsers: Browsers, app: web.Application) -> None:
    browser = await browsers("chair")
    first = cookie(browser, "session")
    assert first is not None
    assert first["httponly"]
    assert first["samesite"] == "Lax"
    old = first.value
    await browser.submit("/sign-out")
    assert await app[keys.ACCOUNTS].signed_in(old) is None
    await browser.sign_in("chair", demo.PASSWORD)
    second = cookie(browser, "session")
    assert second is not None
    assert second.value != old


async def test_a_planted_session_cookie_is_not_taken_over(browsers: Browsers) -> None:
    browser = await browsers()
    browser.client.session.cookie_jar.update_cookies({"session": "planted-by-somebody"}, browser.client.make_url("/"))
    await browser.sign_in("chair", demo.PASSWORD)
    now = cookie(browser, "session")
    assert now is not None
    assert now.value != "planted-by-somebody"


async def test_signing_out_ends_the_session_on_the_server(browsers: Browsers, app: web.Application) -> None:
    browser = await browsers("chair")
    held = cookie(browser, "session")
    assert held is not None
    response, _ = await browser.submit("/sign-out")
    assert response.url.path == "/sign-in"
    assert await app[keys.ACCOUNTS].signed_in(held.value) is None


async def test_signing_out_elsewhere_ends_only_the_other_sessions(browsers: Browsers) -> None:
    here, there = await browsers("chair"), await browsers("chair")
    _, page = await here.open("/account")
    assert "退出其他各处" in page
    response, page = await here.submit("/account/sign-out-elsewhere")
    assert response.status == 200
    assert "其他各处都已退出" in page
    response, _ = await there.open("/")
    assert response.url.path == "/sign-in"
    response, _ = await here.open("/account")
    assert response.url.path == "/account"


async def test_guessing_one_account_from_one_place_is_stopped_and_says_how_long(browsers: Browsers) -> None:
    browser = await browsers()
    for _ in range(throttle.PER_ACCOUNT_AND_ADDRESS):
        response, _ = await browser.sign_in("chair", "nonsense-1")
        assert response.status == 422
    response, page = await browser.sign_in("chair", demo.PASSWORD)
    assert response.status == 429
    assert int(response.headers["Retry-After"]) == 15 * 60
    assert "15 分钟后再试" in page
    response, _ = await browser.sign_in("operator", demo.PASSWORD)
    assert response.url.path == "/"


async def test_an_office_behind_one_address_keeps_working_while_somebody_guesses_there(
    browsers: Browsers, app: web.Application
) -> None:
    regular = await browsers("site-04")
    await regular.open("/")
    await regular.submit("/sign-out")
    now = app[keys.CLOCK].now()
    for number in range(throttle.PER_ADDRESS):
        await app[keys.DATABASE].write(store.add_failure, f"guess-{number}", "127.0.0.1", now)
    response, _ = await (await browsers()).sign_in("site-05", demo.PASSWORD)
    assert response.status == 429
    response, _ = await regular.sign_in("site-04", demo.PASSWORD)
    assert (response.status, response.url.path) == (200, "/")


async def test_a_good_password_forgives_the_wrong_ones_before(browsers: Browsers) -> None:
    browser = await browsers()
    for _ in range(3):
        for _ in range(throttle.PER_ACCOUNT_AND_ADDRESS - 1):
            await browser.sign_in("chair", "nonsense-1")
        response, _ = await browser.sign_in("chair", demo.PASSWORD)
        assert response.status == 200
        await browser.submit("/sign-out")


async def test_a_demonstration_password_cannot_be_changed(browsers: Browsers) -> None:
    browser = await browsers("chair")
    await browser.open("/account")
    response, page = await browser.submit("/account/password", old=demo.PASSWORD, new="another-one-9")
    assert response.status == 409
    assert "公开的" in page
