"""What a department's own system posts, until it lies in every committee's maildir: API, board, Monday, Postfix."""

from __future__ import annotations

import asyncio
import re
import shutil
from datetime import datetime
from pathlib import Path

import pytest
from aiohttp import web

from digest import settings_store
from digest.settings import Settings
from meetinghub import demo
from meetinghub.app import web_app
from meetinghub.bridges.notice_sending import sending_of
from meetinghub.clock import SHANGHAI
from meetinghub.config import Config, Smtp, from_env
from meetinghub.mail.mailer import Mailer
from meetinghub.mail.message import sender
from meetinghub.people import store as people
from tests.meetinghub.mail.postfix import postfix
from tests.meetinghub.meetings.planned import SetClock
from tests.web.api.programme import programme
from tests.web.conftest import QUICK, Browsers
from web import keys

THURSDAY = "2026-11-19T10:00:00+08:00"
MONDAY = datetime(2026, 11, 23, 8, 30, tzinfo=SHANGHAI)
HUB = f"hub@{demo.DOMAIN}"


@pytest.fixture
def config(tmp_path: Path, demo_template: Path) -> Config:
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(demo_template, data / "meetinghub.sqlite")
    return from_env({"DATA_DIR": str(data), "MEDIA_PORT": "9", "MEETINGHUB_NOW": THURSDAY})


@pytest.fixture
def app(config: Config, built: Path) -> web.Application:
    return web_app(config, built=built, hasher=QUICK)


async def test_an_item_posted_by_a_programme_lies_in_every_committee_s_maildir_on_monday(
    browsers: Browsers, app: web.Application, config: Config
) -> None:
    system = await programme(browsers, "dept-03")
    database = app[keys.DATABASE]
    departments = await database.read(people.departments)
    await database.write(settings_store.put, Settings(host=departments[0].id, roles=(), revision=1))
    said = {"title": "报高龄津贴未复核名单", "text": "对照名单核对。", "kind": "action", "due_on": "2026-11-25"}
    response, made = await system.post("/notices", {**said, "submit": True})
    assert (response.status, made["state"]) == (201, "submitted")

    host = await browsers("host")
    _, page = await host.open("/notice/board")
    board = re.search(r"/notice/board/(\d+)/approve", page)
    assert board is not None
    _, page = await host.open(board[0])
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    assert seen is not None
    response, _ = await host.submit(board[0], seen=seen[1])
    assert response.status == 200

    monday = SetClock(MONDAY)
    mailboxes = [f"site-{seat:02d}@{demo.DOMAIN}" for seat in range(1, 34)]
    with postfix([*mailboxes, HUB]) as server:
        await sending_of(database, monday, config).run()
        await Mailer(database, monday, Smtp("127.0.0.1", server.port), sender(HUB, config.secret_key)).run()
        arrived = [(await asyncio.to_thread(server.wait, each))[0] for each in mailboxes]
        assert [len(server.mails(each)) for each in mailboxes] == [1] * 33
    assert len({each["Message-ID"] for each in arrived}) == 33
    for message in arrived:
        html = message.get_body(("html",))
        assert html is not None
        assert said["title"] in str(html.get_content())
        assert message["Auto-Submitted"] == "auto-generated"

    office = await programme(browsers, "host")
    _, listed = await office.get(f"/issues/{board[1]}/deliveries")
    assert {each["state"] for each in listed["items"]} == {"accepted"}
