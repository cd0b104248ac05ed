"""What the office pages say to whom."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from aiohttp import web

from meetinghub import demo
from meetinghub.people import store
from meetinghub.people.model import Right
from tests.web import matrix
from tests.web.conftest import QUICK, TEMPLATES, Browsers
from web import keys

HOSTILE = "<script>alert(1)</script>\"'%{{7*7}}%(x)s"


@pytest.mark.parametrize("username", sorted(matrix.SIGNED_IN))
@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_today_is_there_for_every_account_in_both_languages(
    browsers: Browsers, username: str, language: str
) -> None:
    browser = await browsers(username)
    response, page = await browser.open(f"/?lang={language}")
    assert response.status == 200
    assert f'<html lang="{language}">' in page
    assert ('aria-current="page">今天' if language == "zh-CN" else 'aria-current="page">Today') in page
    assert not re.search(r"\b[a-z_]+\.[a-z_]+_[a-z_]+\b", re.sub(r"<[^>]*>", "", page)), "a key without a text"


async def test_a_committee_sees_its_seat_and_its_operator(browsers: Browsers) -> None:
    browser = await browsers("site-21")
    _, page = await browser.open("/")
    assert "和风二村居委会" in page
    assert "21 号席位" in page
    assert 'href="tel:19900000121"' in page


async def test_search_finds_committees_departments_and_people(browsers: Browsers) -> None:
    browser = await browsers("dept-03")
    for query, found in (
        ("棠梨", "棠梨里居委会"),
        ("民政", "民政科"),
        ("顾念安", "和风二村居委会"),
        (" 顾念 ", "顾念安"),
    ):
        response, page = await browser.open(f"/search?q={query}")
        assert response.status == 200
        assert found in page


@pytest.mark.parametrize(
    "query", ["", "   ", "没有这样的东西", "%", "_", HOSTILE, "x" * 5000, "\x00", "'; DROP TABLE person"]
)
async def test_odd_searches_find_nothing_and_do_no_harm(browsers: Browsers, query: str) -> None:
    browser = await browsers("dept-03")
    response = await browser.client.get("/search", params={"q": query}, headers=browser.headers)
    page = await response.text()
    assert response.status == 200
    assert "<script>alert" not in page
    assert "49" not in re.sub(r"<[^>]*>", "", page.split("<main")[1])
    assert 'class="count"' not in page


async def test_what_was_typed_comes_back_as_text(browsers: Browsers) -> None:
    browser = await browsers()
    _, page = await browser.sign_in(HOSTILE[:40], "x")
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


async def test_an_administrator_gives_a_new_password_which_is_shown_once(
    browsers: Browsers, app: web.Application
) -> None:
    admin = await browsers("admin")
    number = await app[keys.DATABASE].write(
        store.add_account,
        username="newcomer",
        name=HOSTILE,
        password_hash=QUICK.hash("first password"),
        rights=[Right.OPERATOR],
        now=app[keys.CLOCK].now(),
    )
    _, page = await admin.open("/accounts")
    assert "newcomer" in page
    assert "<script>alert" not in page
    assert f"/accounts/{number}/password" in page
    response, page = await admin.submit(f"/accounts/{number}/password")
    assert response.status == 200
    shown = re.search(r"[2-9a-z]{4}-[2-9a-z]{4}-[2-9a-z]{4}", page)
    assert shown
    _, page = await admin.open("/accounts")
    assert shown[0] not in page
    newcomer = await browsers()
    response, _ = await newcomer.sign_in("newcomer", shown[0])
    assert response.url.path == "/"
    await admin.submit(f"/accounts/{number}/sign-out")
    response, _ = await newcomer.open("/")
    assert response.url.path == "/sign-in"


async def test_a_demonstration_password_cannot_be_reset_either(browsers: Browsers) -> None:
    admin = await browsers("admin")
    _, page = await admin.open("/accounts")
    assert len(re.findall(r'<th scope="row">', page)) == len(demo.usernames())
    assert "/password" not in page
    response, page = await admin.submit("/accounts/1/password")
    assert response.status == 409


@pytest.mark.parametrize("number", ["0", "x", "-1", "99999999999999999999", "٣"])
async def test_an_account_that_is_not_there_is_not_found(browsers: Browsers, number: str) -> None:
    admin = await browsers("admin")
    await admin.open("/accounts")
    response, _ = await admin.submit(f"/accounts/{number}/sign-out")
    assert response.status == 404


async def test_the_styleguide_shows_every_component(browsers: Browsers) -> None:
    browser = await browsers("admin")
    _, page = await browser.open("/styleguide")
    macros = re.findall(r"{% macro (\w+)", (TEMPLATES / "parts.html").read_text(encoding="utf-8"))
    guide = (TEMPLATES / "styleguide.html").read_text(encoding="utf-8")
    shown = {name for name in macros if f"parts.{name}(" in guide}
    assert set(macros) - shown <= {"icon", "act"}
    assert len(re.findall(r"<rect class=.cell", page)) == 33


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_no_template_switches_escaping_off(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\|\s*safe\b|autoescape|Markup", text)
