"""What surrounds every handler: headers, languages, errors, anti-forgery."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from argon2 import PasswordHasher

from meetinghub import demo
from meetinghub.app import web_app
from meetinghub.config import Config, from_env
from meetinghub.errors import Error, Unavailable
from tests.web.browser import Browser
from tests.web.conftest import QUICK, Browsers
from web import keys, routes
from web.access import PUBLIC
from web.entry import Entry


async def test_every_answer_carries_the_security_headers(browsers: Browsers) -> None:
    browser = await browsers("chair")
    for path in ("/", "/sign-in", "/healthz", "/nowhere", "/static/mark.svg", "/static/nothing.js"):
        response, _ = await browser.open(path)
        policy = response.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "report-uri /csp-reports" in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "same-origin"
        assert "camera=(self)" in response.headers["Permissions-Policy"]
        assert "display-capture=(self)" in response.headers["Permissions-Policy"]
        assert "aiohttp" not in response.headers["Server"]
        assert response.headers["Cache-Control"] == (
            "public, max-age=3600" if path.endswith("mark.svg") else "no-store"
        )


@pytest.mark.parametrize("path", ["/", "/sign-in", "/account", "/styleguide", "/nowhere"])
async def test_pages_hold_nothing_inline_that_the_policy_would_block(browsers: Browsers, path: str) -> None:
    browser = await (browsers() if path == "/sign-in" else browsers("chair"))
    _, page = await browser.open(path)
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", page)
    for script in re.findall(r"<script[^>]*>", page):
        assert 'src="/static/' in script or 'type="application/json"' in script


async def test_the_language_follows_address_then_cookie_then_browser(browsers: Browsers) -> None:
    browser = await browsers()
    _, page = await browser.open("/sign-in")
    assert '<html lang="zh-CN">' in page
    _, page = await browser.open("/sign-in", **{"Accept-Language": "fr, en-GB;q=0.8, zh;q=0.1"})
    assert '<html lang="en">' in page
    _, page = await browser.open("/sign-in?lang=en")
    assert "Sign in" in page
    _, page = await browser.open("/sign-in", **{"Accept-Language": "zh-CN"})
    assert '<html lang="en">' in page
    _, page = await browser.open("/sign-in?lang=tlh")
    assert '<html lang="en">' in page


@pytest.mark.parametrize("tags", ["", ";;;", "en;q=x", "*", "zh-TW;q=0", "a" * 4000, "en;q=0"])
async def test_odd_language_wishes_give_chinese(browsers: Browsers, tags: str) -> None:
    browser = await browsers()
    response, page = await browser.open("/sign-in", **{"Accept-Language": tags})
    assert response.status == 200
    assert '<html lang="zh-CN">' in page


async def test_a_missing_page_says_so_in_words_and_json(browsers: Browsers) -> None:
    browser = await browsers("chair")
    response, page = await browser.open("/nowhere")
    assert response.status == 404
    assert "没有找到" in page
    response = await browser.client.get("/nowhere", headers={"Accept": "application/json"})
    assert response.status == 404
    assert (await response.json())["code"] == "page.not_found"


async def test_a_wrong_method_names_the_right_ones(browsers: Browsers) -> None:
    browser = await browsers("chair")
    response = await browser.client.delete("/account", headers={"Accept": "text/html"})
    assert response.status == 405
    assert "GET" in response.headers["Allow"]
    assert "不接受" in await response.text()


async def test_head_answers_like_get_without_a_body(browsers: Browsers) -> None:
    browser = await browsers("chair")
    response = await browser.client.head("/", headers={"Accept": "text/html"})
    assert response.status == 200
    assert await response.read() == b""


async def broken(_: web.Request) -> web.StreamResponse:
    raise RuntimeError("secret detail")


async def test_a_bug_shows_a_number_to_read_out_and_never_its_cause(
    config: Config, built: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(routes.install, "__defaults__", ([*routes.ENTRIES, Entry("GET", "/broken", broken, PUBLIC)],))
    async with TestClient(TestServer(web_app(config, built=built, hasher=QUICK))) as client:
        response = await client.get("/broken", headers={"Accept": "text/html"})
        page = await response.text()
        assert response.status == 500
        assert "secret detail" not in page
        assert "Traceback" not in page
        found = re.search(r"\b[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}\b", page)
        assert found
        response = await client.get("/broken", headers={"Accept": "application/json"})
        body = await response.json()
        assert set(body) == {"code", "message", "id"}
        assert "secret" not in str(body)


@pytest.mark.parametrize(("token", "site"), [("", ""), ("x" * 64, ""), ("good", "cross-site"), ("good", "same-site")])
async def test_a_forged_form_changes_nothing(browsers: Browsers, token: str, site: str) -> None:
    browser = await browsers("chair")
    await browser.open("/account")
    if site:
        browser.headers["Sec-Fetch-Site"] = site
    if token != "good":
        browser.csrf = token
    response, page = await browser.submit("/sign-out")
    assert response.status == 403
    assert "没有任何改动" in page
    browser.headers.pop("Sec-Fetch-Site", None)
    response, _ = await browser.open("/account")
    assert response.url.path == "/account"


async def test_the_token_of_one_session_is_worth_nothing_in_another(browsers: Browsers) -> None:
    first, second = await browsers("chair"), await browsers("operator")
    await first.open("/account")
    await second.open("/account")
    second.csrf = first.csrf
    response, _ = await second.submit("/sign-out")
    assert response.status == 403


async def test_the_token_may_come_as_a_header(browsers: Browsers) -> None:
    browser = await browsers("chair")
    await browser.open("/account")
    response = await browser.client.post(
        "/account/sign-out-elsewhere", headers={"X-CSRF-Token": browser.csrf, "Accept": "text/html"}
    )
    assert response.status == 200


async def test_the_sign_in_form_is_protected_before_anybody_is_signed_in(browsers: Browsers) -> None:
    first, second = await browsers(), await browsers()
    await first.open("/sign-in")
    await second.open("/sign-in")
    assert first.csrf != second.csrf
    second.csrf = first.csrf
    response, _ = await second.submit("/sign-in", username="chair", password=demo.PASSWORD)
    assert response.status == 403


async def test_under_https_cookies_belong_to_this_host_alone(config: Config, built: Path, demo_template: Path) -> None:
    secure = from_env(
        {"DATA_DIR": str(config.data_dir), "PUBLIC_URL": "https://hub.example", "DATABASE_URL": config.database_url}
    )
    app = web_app(secure, built=built, hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    async with TestClient(TestServer(app)) as client:
        response = await client.get("/sign-in", headers={"Accept": "text/html"})
        assert response.headers["Strict-Transport-Security"].startswith("max-age=")
        cookie = response.headers["Set-Cookie"]
        assert cookie.startswith("__Host-visitor=")
        for part in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"):
            assert part in cookie
        assert "Domain" not in cookie


async def test_a_violation_report_is_counted_and_odd_ones_do_no_harm(browsers: Browsers, app: web.Application) -> None:
    browser = await browsers()
    for body in (
        b'{"csp-report": {"blocked-uri": "x"}}',
        b'[{"body": {"a": 1}}]',
        b"[" * 5000,
        b"\xff",
        b"",
        b"x" * 9999,
    ):
        response = await browser.client.post("/csp-reports", data=body)
        assert response.status == 204
    assert app[keys.METRICS].csp_reports._value.get() == 6


async def test_one_address_cannot_fill_the_log_with_reports(browsers: Browsers) -> None:
    browser = await browsers()
    statuses = [(await browser.client.post("/csp-reports", data=b"{}")).status for _ in range(60)]
    assert statuses[0] == 204
    assert statuses[-1] == 429


async def test_figures_name_routes_and_not_addresses(browsers: Browsers) -> None:
    browser = await browsers("chair")
    await browser.open("/static/unknown-file.js")
    await browser.open("/never/heard/of")
    await browser.client.request("BREW", "/coffee")
    response, text = await browser.open("/metrics")
    assert response.status == 200
    assert 'route="/static/{name}"' in text
    assert 'route="none"' in text
    assert "meetinghub_web_process_resident_memory_bytes" in text
    assert "never" not in text
    assert "BREW" not in text


@pytest.mark.parametrize("name", ["../rendering.py", "..%2frendering.py", "manifest.json", ".hidden.js", "%00.js"])
async def test_only_built_files_are_served(browsers: Browsers, name: str) -> None:
    browser = await browsers()
    response, _ = await browser.open(f"/static/{name}")
    assert response.status in {400, 404}


async def test_a_built_file_travels_compressed_where_the_browser_takes_it(browsers: Browsers, built: Path) -> None:
    script = b"console.log('\xe5\xbc\x80\xe4\xbc\x9a');" * 100
    (built / "compressed-AAAA.js").write_bytes(script)
    (built / "compressed-AAAA.js.gz").write_bytes(gzip.compress(script))
    browser = await browsers()
    response = await browser.client.get("/static/compressed-AAAA.js", headers={"Accept-Encoding": "gzip"})
    assert response.headers["Content-Encoding"] == "gzip"
    assert await response.read() == script
    response = await browser.client.get("/static/compressed-AAAA.js", headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in response.headers
    assert await response.read() == script


async def test_an_error_code_without_a_text_is_still_an_answer(browsers: Browsers, app: web.Application) -> None:
    assert issubclass(Error, Exception)
    browser = await browsers()
    response = await browser.client.post("/account/password", headers={"Accept": "application/json"})
    assert response.status == 401
    assert (await response.json()) == {"code": "access.sign_in_first", "message": "请先登录。"}


async def test_browsers_are_different_people(browsers: Browsers) -> None:
    first, second = await browsers("chair"), await browsers("operator")
    assert isinstance(first, Browser)
    _, one = await first.open("/account")
    _, two = await second.open("/account")
    assert "季云帆" in one
    assert "莫清和" in two


async def test_a_database_that_is_away_is_said_on_every_page_in_words(
    browsers: Browsers, app: web.Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = await browsers("chair")

    async def away(*_: object) -> None:
        raise Unavailable("database.away")

    monkeypatch.setattr(app[keys.DATABASE], "read", away)
    for path in ("/", "/account", "/nowhere"):
        response, page = await browser.open(path)
        assert response.status == 503
        assert "数据库暂时没有应答" in page
    response = await browser.client.get("/", headers={"Accept": "application/json"})
    assert (await response.json())["code"] == "database.away"
    for path in ("/healthz", "/metrics", "/static/mark.svg"):
        response, _ = await browser.open(path)
        assert response.status == 200, path
