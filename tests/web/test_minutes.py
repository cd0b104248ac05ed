"""Minutes as people meet them: written in forms, published, taken note of, their tasks answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import pytest
from aiohttp import web

from meetinghub import demo_meetings
from meetinghub.meetings import store
from meetinghub.meetings.lifecycle import State
from meetinghub.minutes.model import Minutes
from meetinghub.people import store as people
from meetinghub.people.model import Right
from tests.web.asking import today
from tests.web.browser import Browser
from tests.web.conftest import Browsers
from web import keys
from web.minutes import MINUTES

ZH = {"Accept-Language": "zh-CN"}


@dataclass
class Held:
    """One of the demonstration's past meetings, without minutes; its first segment."""

    app: web.Application
    browsers: Browsers
    number: int
    segment: int
    department: str

    @property
    def base(self) -> str:
        return f"/meetings/{self.number}/minutes"

    async def minutes(self) -> Minutes:
        return await self.app[MINUTES].of(self.number)

    async def write(self, browser: Browser, **fields: str) -> tuple[int, str]:
        given = {"text": "", "decisions": "", "revision": "0", **fields}
        response, text = await browser.submit(f"{self.base}/draft/{self.segment}", **given)
        return response.status, text

    async def published(self) -> Browser:
        """With two decisions and a task of everybody; the host's browser."""
        host = await opened(self.browsers, "host", f"{self.base}/draft")
        fields = {
            "text": "上月 12 件办结 11 件。",
            "decisions": "年前走访。\n名单每周更新。",
            "task-0-text": "上报走访名单",
            "task-0-owners": "全体居委会、民政科",
            "task-0-due": (today(self.app) + timedelta(days=2)).isoformat(),
        }
        status, _ = await self.write(host, **fields)
        assert status == 200
        response, text = await host.submit(f"{self.base}/publish")
        assert response.status == 200, text
        return host


async def opened(browsers: Browsers, username: str, path: str) -> Browser:
    browser = await browsers(username)
    browser.headers.update(ZH)
    await browser.open(path)
    return browser


@pytest.fixture
async def held(browsers: Browsers, app: web.Application) -> Held:
    await browsers()
    database, now = app[keys.DATABASE], app[keys.CLOCK].now()
    await database.write(partial(demo_meetings.fill, now=now, phone="1"))
    past = await database.read(partial(store.listings, states=(State.ENDED,)))
    found = next(each for each in past if each.sites == 33)
    return Held(app, browsers, found.id, found.segments[0].id, found.host)


async def test_minutes_are_written_published_and_read_by_everybody(held: Held) -> None:
    host = await held.published()
    _, text = await host.open(held.base)
    assert "上月 12 件办结 11 件。" in text
    assert "全体居委会、民政科" in text
    assert "还有 2 天" in text
    assert "33 个居委会，0 个已知悉" in text
    site = await opened(held.browsers, "site-04", held.base)
    _, text = await site.open(held.base)
    assert "名单每周更新。" in text
    assert "还没有知悉" not in text  # who has not is for the host
    assert (await host.open(f"{held.base}?edition=7"))[0].status == 404


async def test_a_committee_takes_note_and_the_host_sees_who_has_not(held: Held) -> None:
    host = await held.published()
    site = await opened(held.browsers, "site-04", "/")
    _, text = await site.open("/")
    assert "请知悉的纪要" in text
    await site.open(held.base)
    await site.submit(f"{held.base}/taken", edition="1", act="take")
    _, text = await host.open(held.base)
    assert "33 个居委会，1 个已知悉" in text
    _, text = await site.open("/")
    assert "请知悉的纪要" not in text
    await site.submit(f"{held.base}/taken", edition="1", act="undo")
    assert (await held.minutes()).taken == {}
    response, text = await site.submit(f"{held.base}/taken", edition="4", act="take")
    assert response.status == 409
    assert "刚刚发布了新的一版" in text


async def test_a_task_waits_on_today_and_is_done_with_a_note(held: Held) -> None:
    host = await held.published()
    (task,) = (await held.minutes()).tasks
    site = await opened(held.browsers, "site-04", "/")
    _, text = await site.open("/")
    assert "待办任务" in text
    assert "上报走访名单" in text
    await site.submit(f"/tasks/{task.id}", answer="read")
    _, text = await site.submit(f"/tasks/{task.id}", answer="done", note="已送民政科")
    assert "没有待办的任务" in text
    _, text = await host.open(held.base)
    assert "已办 1" in text
    assert "已送民政科" in text
    _, text = await site.submit(f"/tasks/{task.id}", answer="open")
    assert "已办的任务" not in text
    other = await opened(held.browsers, "dept-05", "/tasks")
    assert (await other.submit(f"/tasks/{task.id}", answer="done"))[0].status == 404
    assert (await other.submit(f"/tasks/{task.id}", answer="perhaps"))[0].status == 422


async def test_overdue_tasks_say_so_in_colour_and_words(held: Held) -> None:
    host = await opened(held.browsers, "host", f"{held.base}/draft")
    late = (today(held.app) - timedelta(days=3)).isoformat()
    fields = {"task-0-text": "补交", "task-0-owners": "全体居委会", "task-0-due": late}
    await held.write(host, **fields)
    await host.submit(f"{held.base}/publish")
    site = await opened(held.browsers, "site-04", "/")
    _, text = await site.open("/")
    assert "light--red" in text
    assert "已过 3 天" in text


async def test_what_cannot_be_published_is_said_and_nothing_typed_is_lost(held: Held) -> None:
    host = await opened(held.browsers, "host", f"{held.base}/draft")
    fields = {"text": "写好的话", "task-0-text": "做一件事", "task-0-owners": "无此单位", "task-0-due": ""}
    _, text = await held.write(host, **fields)
    assert "找不到「无此单位」" in text
    assert "写好的话" in text
    response, text = await host.submit(f"{held.base}/publish")
    assert response.status == 422
    assert "找不到「无此单位」" in text
    status, text = await held.write(host, revision="1", **{**fields, "text": "改" * 4001, "task-0-due": "明天"})
    assert status == 422
    assert "改改改" in text
    assert "不是日期" in text
    status, text = await held.write(host, revision="0", text="过时的草稿")
    assert status == 409
    assert "别人刚刚改过" in text
    assert "过时的草稿" in text


async def test_a_script_saves_in_passing_and_is_told_what_is_wanting(held: Held) -> None:
    host = await opened(held.browsers, "host", f"{held.base}/draft")
    data = {
        "csrf": host.csrf,
        "revision": "0",
        "text": "甲",
        "decisions": "",
        "task-0-text": "",
        "task-0-owners": "民政科",
    }
    response = await host.client.post(
        f"{held.base}/draft/{held.segment}", data=data, headers={"Accept": "application/json", **ZH}
    )
    answer = await response.json()
    assert answer["revision"] == 1
    assert answer["notes"] == {"task-0-text": "请写做什么"}
    response = await host.client.post(
        f"{held.base}/draft/{held.segment}", data={**data, "text": "乙"}, headers={"Accept": "application/json", **ZH}
    )
    assert response.status == 409


async def test_a_correction_shows_its_reason_and_the_edition_before(held: Held) -> None:
    host = await held.published()
    await host.open(f"{held.base}/draft")
    await held.write(host, revision="1", text="上月 12 件全部办结。", decisions="年前走访。")
    response, text = await host.submit(f"{held.base}/publish")
    assert response.status == 422
    assert "请写更正理由" in text
    _, text = await host.submit(f"{held.base}/publish", reason="统计口径有误")
    assert "第 2 版更正" in text
    assert "统计口径有误" in text
    _, text = await host.open(f"{held.base}?edition=1")
    assert "办结 11 件" in text
    assert "后来有更正" in text
    assert "上报走访名单" in text


async def test_a_department_without_a_part_in_the_meeting_reads_but_does_not_write(held: Held) -> None:
    speaking = {each.department_id for each in (await held.minutes()).meeting.segments}
    everybody = await held.app[keys.DATABASE].read(people.accounts)
    outside = next(each for each in everybody if each.rights == {Right.DEPARTMENT} and each.department not in speaking)
    other = await opened(held.browsers, outside.username, held.base)
    assert (await other.open(held.base))[0].status == 200
    assert (await other.open(f"{held.base}/draft"))[0].status == 403
    assert (await other.submit(f"{held.base}/publish"))[0].status == 403


async def test_minutes_print(held: Held) -> None:
    host = await opened(held.browsers, "host", held.base)
    assert (await host.open(f"{held.base}.pdf"))[0].status == 409
    await held.published()
    response = await host.client.get(f"{held.base}.pdf", headers=ZH)
    assert response.content_type == "application/pdf"
    assert (await response.read())[:5] == b"%PDF-"
