"""The host office's board: order, merging, editing, returning, approving, and what everybody will get."""

from __future__ import annotations

import hashlib
import re

from aiohttp import web
from sqlmodel import Session as Db
from sqlmodel import select

from digest import issue_store, item_store
from digest.model import IssueState, Notice, State
from digest.posting import Posting
from meetinghub.ids import IssueId, NoticeId
from meetinghub.mail.tables import MailRow
from tests.web.browser import Browser
from tests.web.conftest import Browsers
from tests.web.noticed import account, full_board, run_by
from web import keys
from web.notice_board import ISSUES, MAILS

SEEN = re.compile(r'name="seen" value="([0-9a-f]{16})"')
ROW = re.compile(r'<li class="it[^"]*" id="item-(\d+)"')


def seen(page: str) -> str:
    found = SEEN.search(page)
    assert found is not None
    return found[1]


def rows(page: str) -> list[int]:
    return [int(each) for each in ROW.findall(page)]


async def notice(app: web.Application, number: int) -> Notice:
    found = await app[keys.DATABASE].read(item_store.notice, number)
    assert found is not None
    return found


async def act(host: Browser, issue: int, do: str, page: str) -> tuple[int, str]:
    response, text = await host.submit(f"/notice/board/{issue}", do=do, seen=seen(page))
    return response.status, text


async def test_the_board_shows_actions_by_date_then_information(browsers: Browsers, app: web.Application) -> None:
    host = await browsers("host")
    _, items = await full_board(app)
    response, page = await host.open("/notice/board")
    assert response.status == 200
    assert rows(page) == items
    for said in ("33 个居委会", "5 条来自 4 个科室", "12 个", "核定并冻结", "青禾一村居委会收到的信"):
        assert said in page
    _, english = await host.open("/notice/board?lang=en")
    assert "5 items from 4 departments" in english


async def test_others_have_no_board(browsers: Browsers, app: web.Application) -> None:
    issue, items = await full_board(app)
    for username in ("dept-01", "coordinator", "admin"):
        browser = await browsers(username)
        for path in ("/notice/board", f"/notice/board/items/{items[0]}", f"/notice/board/{issue}/approve"):
            response, _ = await browser.open(path)
            assert response.status == 403, (username, path)


async def test_whoever_is_named_host_office_runs_the_board(browsers: Browsers, app: web.Application) -> None:
    issue, _ = await full_board(app)
    await run_by(app, 4)
    safety, host = await browsers("dept-04"), await browsers("host")
    response, _ = await safety.open(f"/notice/board?issue={issue}")
    assert response.status == 200
    response, _ = await host.open("/notice/board")
    assert response.status == 403


async def test_up_and_down_change_places_of_one_day_and_keep_the_focus(
    browsers: Browsers, app: web.Application
) -> None:
    host = await browsers("host")
    issue, items = await full_board(app)
    _, page = await host.open("/notice/board")
    status, page = await act(host, issue, f"up:{items[1]}", page)
    assert status == 200
    assert rows(page) == [items[1], items[0], *items[2:]]
    assert re.search(rf'value="down:{items[1]}"[^>]*autofocus', page)
    status, page = await act(host, issue, f"move:{items[4]}:0", page)
    assert rows(page)[3:] == [items[4], items[3]]


async def test_who_comes_second_is_told_and_sees_the_board_as_it_is(browsers: Browsers, app: web.Application) -> None:
    host = await browsers("host")
    issue, items = await full_board(app)
    _, page = await host.open("/notice/board")
    await act(host, issue, f"up:{items[1]}", page)
    status, text = await act(host, issue, f"up:{items[4]}", page)
    assert status == 409
    assert "刚才有人动过这一期" in text
    assert rows(text) == [items[1], items[0], *items[2:]]


async def test_items_are_merged_edited_and_split(browsers: Browsers, app: web.Application) -> None:
    host = await browsers("host")
    issue, items = await full_board(app)
    _, page = await host.open("/notice/board?merge=1")
    fields = {"csrf": host.csrf, "do": "merge", "seen": seen(page)}
    data = [*fields.items(), ("chosen", str(items[0])), ("chosen", str(items[1]))]
    response = await host.client.post(f"/notice/board/{issue}", data=data, headers=host.headers)
    text = await response.text()
    assert response.status == 200
    merged = int(str(response.url).rsplit("/", 1)[1])
    assert "平安办：入户排查独居老人用气安全" in text
    _, page = await host.open("/notice/board")
    assert rows(page) == [merged, *items[2:]]
    assert "平安办 + 民政科" in page
    status, page = await act(host, issue, f"split:{merged}", page)
    assert (status, rows(page)) == (200, items)


async def test_one_alone_is_not_merged(browsers: Browsers, app: web.Application) -> None:
    host = await browsers("host")
    issue, _ = await full_board(app)
    _, page = await host.open("/notice/board?merge=1")
    status, text = await act(host, issue, "merge", page)
    assert status == 422
    assert "请至少选两条" in text


async def test_a_change_keeps_who_gets_it_and_shows_the_department_what(
    browsers: Browsers, app: web.Application
) -> None:
    host, civil = await browsers("host"), await browsers("dept-03")
    _, items = await full_board(app)
    before = await notice(app, items[1])
    await host.open(f"/notice/board/items/{items[1]}")
    response, text = await host.submit(
        f"/notice/board/items/{items[1]}",
        revision=str(before.revision),
        title="独居老人冬季走访（含用气）",
        text="走访时一并看用气。\n<script>alert(1)</script>",
        kind="action",
        due_on=str(before.wording.due_on),
        which="all",
    )
    assert response.status == 200
    after = await notice(app, items[1])
    assert (after.wording.title, after.wording.audiences) == ("独居老人冬季走访（含用气）", before.wording.audiences)
    _, page = await civil.open(f"/notice/items/{items[1]}")
    assert "<ins>（含用气）</ins>" in page
    assert "<script>alert" not in page + text
    stale, text = await host.submit(
        f"/notice/board/items/{items[1]}",
        revision=str(before.revision),
        title="又一个题目",
        kind="action",
        due_on=str(before.wording.due_on),
        which="all",
    )
    assert stale.status == 409
    assert 'value="又一个题目"' in text


async def test_what_cannot_be_used_stands_beside_its_field_with_what_was_typed(
    browsers: Browsers, app: web.Application
) -> None:
    host = await browsers("host")
    _, items = await full_board(app)
    await host.open(f"/notice/board/items/{items[0]}")
    path = f"/notice/board/items/{items[0]}"
    sent = {"revision": "1", "title": "", "text": "还在", "kind": "action", "which": "all"}
    for due, field in (("x", "due_on"), ("", "title")):
        response, text = await host.submit(path, due_on=due, **sent)
        assert response.status == 422
        assert f'id="{field}-problem"' in text
        assert "还在" in text
    response, text = await host.submit(f"{path}/return", revision="1", reason="")
    assert (response.status, 'id="reason-problem"' in text) == (422, True)


async def test_a_returned_item_stands_on_the_board_with_its_reason(browsers: Browsers, app: web.Application) -> None:
    host, safety = await browsers("host"), await browsers("dept-04")
    _, items = await full_board(app)
    revision = (await notice(app, items[2])).revision
    await host.open(f"/notice/board/items/{items[2]}")
    response, page = await host.submit(
        f"/notice/board/items/{items[2]}/return", revision=str(revision), reason="请写明自查表交给谁"
    )
    assert response.status == 200
    assert items[2] not in rows(page)
    assert "请写明自查表交给谁" in page
    _, text = await safety.open(f"/notice/items/{items[2]}")
    assert "请写明自查表交给谁" in text
    gone, _ = await host.open(f"/notice/board/items/{items[2]}")
    assert gone.status == 404


async def test_an_item_is_put_into_a_supplement_which_is_approved_by_itself(
    browsers: Browsers, app: web.Application
) -> None:
    host = await browsers("host")
    _, items = await full_board(app)
    await host.open(f"/notice/board/items/{items[2]}")
    response, page = await host.submit(f"/notice/board/items/{items[2]}/put", do="supplement")
    issue = int(str(response.url.query["issue"]))
    assert (rows(page), "补充 1" in page) == ([items[2]], True)
    _, page = await host.open(f"/notice/board/{issue}/approve")
    assert "12 个居委会" in page
    response, page = await host.submit(
        f"/notice/board/{issue}/approve", seen=seen(page), when="later", send_at="2001-01-01T08:30"
    )
    assert (response.status, 'id="send_at-problem"' in page) == (422, True)
    response, page = await host.submit(f"/notice/board/{issue}/approve", seen=seen(page), when="now")
    assert response.status == 200
    found = await app[keys.DATABASE].read(issue_store.issue, IssueId(issue))
    assert found is not None
    assert found.state is IssueState.APPROVED


async def test_approval_freezes_what_was_seen(browsers: Browsers, app: web.Application) -> None:
    host = await browsers("host")
    issue, items = await full_board(app)
    _, page = await host.open(f"/notice/board/{issue}/approve")
    response, text = await host.submit(f"/notice/board/{issue}/approve", seen="0" * 16)
    assert (response.status, "刚才有人动过" in text) == (409, True)
    response, text = await host.submit(f"/notice/board/{issue}/approve", seen=seen(page))
    assert response.status == 200
    assert "内容指纹" in text
    assert {(await notice(app, each)).state for each in items} == {State.FROZEN}
    response, text = await host.submit(f"/notice/board/{issue}", do=f"up:{items[1]}", seen=seen(text))
    assert (response.status, "已经核定" in text) == (409, True)
    response, _ = await host.open(f"/notice/board/{issue}/approve")
    assert str(response.url.path) == "/notice/board"


def posted(db: Db, *, app: web.Application, issue: IssueId) -> dict[str, tuple[str, str]]:
    """Owe an issue's mails as the worker does; address → HTML and text."""
    found = issue_store.issue(db, issue)
    assert found is not None
    Posting(app[MAILS]).owe(db, found, now=app[keys.CLOCK].now())
    return {row.recipient: (row.html, row.text) for row in db.exec(select(MailRow))}


async def test_the_preview_of_an_approved_issue_is_the_mail_byte_for_byte(
    browsers: Browsers, app: web.Application
) -> None:
    host = await browsers("host")
    issue, _ = await full_board(app)
    _, page = await host.open(f"/notice/board/{issue}/approve")
    await host.submit(f"/notice/board/{issue}/approve", seen=seen(page))
    response = await host.client.get(f"/notice/board/preview/8?issue={issue}")
    shown = await response.read()
    assert "sandbox" in response.headers["Content-Security-Policy"]
    text = await (await host.client.get(f"/notice/board/preview/8?issue={issue}&part=text")).text()
    mails = await app[keys.DATABASE].write(posted, app=app, issue=IssueId(issue))
    html, plain = mails["site-08@qinghewan.example"]
    assert hashlib.sha256(shown).hexdigest() == hashlib.sha256(html.encode()).hexdigest()
    assert text == plain
    _, page = await host.open(f"/notice/board?issue={issue}&seat=8")
    assert hashlib.sha256(shown).hexdigest() in page


async def test_no_link_of_a_draft_is_good_for_anything(browsers: Browsers, app: web.Application) -> None:
    host = await browsers("host")
    issue, _ = await full_board(app)
    draft = await (await host.client.get(f"/notice/board/preview/8?issue={issue}")).text()
    links = set(re.findall(r'href="https?://[^/"]+(/notice/answer/[^"]+)"', draft))
    assert links
    for each in links:
        response, _ = await host.open(each)
        assert response.status == 404, each


async def test_somebody_looks_at_a_mail_of_his_own_first(browsers: Browsers, app: web.Application) -> None:
    host = await browsers("host")
    issue, _ = await full_board(app)
    _, page = await host.open("/notice/board?seat=8")
    response, page = await host.submit(f"/notice/board/{issue}", do="test:8")
    assert (response.status, "请去邮箱里看" in page) == (200, True)
    mail = (await account(app, "host")).mail
    assert await app[keys.DATABASE].read(lambda db: [row.recipient for row in db.exec(select(MailRow))]) == [mail]


async def test_the_preview_has_a_frame_of_its_own_and_nothing_else_may_be_framed(
    browsers: Browsers, app: web.Application
) -> None:
    host = await browsers("host")
    await full_board(app)
    response, page = await host.open("/notice/board?look=wide&scheme=dark&seat=20")
    assert "frame-src 'self'" in response.headers["Content-Security-Policy"]
    assert 'class="view__frame view__frame--wide view__frame--dark"' in page
    _, page = await host.open("/notice/board?look=text")
    assert '<pre class="view__text"' in page
    response, _ = await host.open("/notice/board/preview/99")
    assert response.status == 404


async def test_a_sent_item_is_corrected_from_the_board(browsers: Browsers, app: web.Application) -> None:
    host = await browsers("host")
    issue, _ = await full_board(app)
    _, page = await host.open(f"/notice/board/{issue}/approve")
    await host.submit(f"/notice/board/{issue}/approve", seen=seen(page))
    await app[keys.DATABASE].write(issue_store.set_sent, IssueId(issue), app[keys.CLOCK].now())
    _, page = await host.open(f"/notice/board?issue={issue}")
    found = re.search(r'value="correct:(\d+)"', page)
    assert found is not None
    response, page = await host.submit(f"/notice/board/{issue}", do=f"correct:{found[1]}", seen=seen(page))
    assert "信里会写明更正的是哪一期哪一条" in page
    number = int(str(response.url).rsplit("/", 1)[1])
    response, page = await host.submit(f"/notice/board/items/{number}/put", do="drop")
    assert response.status == 200
    assert (await notice(app, NoticeId(number))).state is State.WITHDRAWN


async def test_nonsense_is_refused_politely(browsers: Browsers, app: web.Application) -> None:
    host = await browsers("host")
    issue, items = await full_board(app)
    _, page = await host.open("/notice/board")
    for do in ("", "up", "up:x", "fly:1", f"up:{items[0]}:1", "move:1:2:3", "up:99999"):
        status, _ = await act(host, issue, do, page)
        assert status in {404, 409, 422}, do
    for path in ("/notice/board?issue=x", "/notice/board?issue=999", "/notice/board/items/999"):
        response, _ = await host.open(path)
        assert response.status == 404, path
    assert (await app[ISSUES].content(IssueId(issue), await account(app, "host")))[0].state is IssueState.OPEN
