"""The attendance pages over HTTP: what each reader sees, what is refused and how, what may be taken away as a file."""

from __future__ import annotations

import io
import json
import re
from datetime import timedelta
from functools import partial
from typing import Any

import openpyxl
import pypdf
import pytest
from aiohttp import web

from meetinghub.attendance.service import seal
from meetinghub.ledger import payloads as p
from meetinghub.ledger.fact import NewFact
from tests.web.browser import PAGE, Browser
from tests.web.conftest import Browsers
from tests.web.live import Stage, prepare
from web import keys

ABSENT = "青禾二村"


@pytest.fixture
async def stage(app: web.Application, browsers: Browsers) -> Stage:
    """Today's meeting, held and sealed: seats 1 and 3 came, 4 was excused; the demonstration's past ones too."""
    stage = await prepare(app, browsers)
    await stage.act("operator", "roll", {"act": "excuse", "site": "site-04", "reason": "会场停电"})
    await stage.act("chair", "state", {"act": "start"})
    await stage.join("site-01", "site-03")
    roster = (await stage.browser("site-01")).client
    people = (await (await roster.get(f"/meetings/{stage.number}/roster.json")).json())["people"]
    answer = {"people": [each["id"] for each in people[:2]], "guests": 1, "excused": []}
    assert (await stage.act("site-01", "roster", answer))[0] == 200
    await stage.act("chair", "state", {"act": "end"})
    later = app[keys.CLOCK].now() + timedelta(seconds=31)
    assert await app[keys.DATABASE].write(partial(seal, meeting_id=stage.number, now=later))
    return stage


def sheet(stage: Stage, ending: str = "") -> str:
    return f"/meetings/{stage.number}/attendance{ending}"


async def opened(stage: Stage, username: str, path: str, language: str = "zh-CN") -> tuple[int, str]:
    browser = await stage.browser(username)
    response, text = await browser.open(path, **{"Accept-Language": language})
    return response.status, text


async def fetched(stage: Stage, username: str, path: str) -> tuple[int, bytes]:
    browser = await stage.browser(username)
    response = await browser.client.get(path, headers={"Accept-Language": "zh-CN"})
    return response.status, await response.read()


async def said(stage: Stage, username: str, path: str, **fields: str) -> tuple[int, str]:
    """A form sent by somebody who has the page open."""
    browser: Browser = await stage.browser(username)
    browser.headers = {**PAGE, "Accept-Language": "zh-CN"}
    await browser.open(sheet(stage))
    response, text = await browser.submit(path, **fields)
    return response.status, text


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("username", ["chair", "host", "leader", "dept-03", "admin"])
async def test_the_street_sees_all_thirty_three(stage: Stage, username: str, language: str) -> None:
    status, text = await opened(stage, username, sheet(stage), language)
    assert status == 200
    assert text.count('<tr id="site-') == 33
    assert ABSENT in text
    assert ("已于" if language == "zh-CN" else "Sealed") in text


async def test_before_the_start_the_page_says_what_will_be_there(app: web.Application, browsers: Browsers) -> None:
    stage = await prepare(app, browsers)
    status, text = await opened(stage, "host", sheet(stage))
    assert status == 200
    assert "会议还没有开始" in text
    assert (await opened(stage, "host", sheet(stage, ".pdf")))[0] == 409
    await stage.act("chair", "state", {"act": "start"})
    await stage.join("site-01")
    _, text = await opened(stage, "host", sheet(stage))
    assert "正在进行" in text
    assert "hx-get" in text
    assert text.count('<tr id="site-') == 33
    await stage.act("chair", "state", {"act": "end"})
    assert "30 秒后自动封存" in (await opened(stage, "host", sheet(stage)))[1]


async def test_a_cancelled_meeting_has_no_sheet(app: web.Application, browsers: Browsers) -> None:
    stage = await prepare(app, browsers)
    await stage.act("chair", "state", {"act": "cancel", "reason": "x"})
    status, text = await opened(stage, "site-04", sheet(stage))
    assert status == 200
    assert "没有出席表" in text


async def test_a_committee_gets_its_own_line_and_nothing_of_others_in_any_form(stage: Stage) -> None:
    _, whole = await fetched(stage, "host", sheet(stage, ".json"))
    everything = json.loads(whole)
    others = [name for site, name in everything["names"].items() if site != "site-02"]
    names = list(everything["people"].values())
    assert len(others) == 32
    assert len(names) == 2
    _, text = await opened(stage, "site-02", sheet(stage))
    body = text[text.index("<main") :]
    assert '<tr id="site-02"' in body
    assert not [name for name in (*others, *names) if name in body]
    _, own = await fetched(stage, "site-02", sheet(stage, ".json"))
    assert set(json.loads(own)["sites"]) == {"site-02"}
    assert json.loads(own)["people"] == {}
    assert json.loads(own)["sealed"]["whole"] is True
    _, body_xlsx = await fetched(stage, "site-02", sheet(stage, ".xlsx"))
    cells = _cells(body_xlsx)
    assert ABSENT in cells
    assert not [name for name in (*others, *names) if name in cells]
    _, body_pdf = await fetched(stage, "site-02", sheet(stage, ".pdf"))
    printed = _printed(body_pdf)
    assert ABSENT in printed
    assert not [name for name in (*others, *names) if name in printed]


async def test_the_pdf_names_all_committees_in_chinese_with_pages_and_the_checkpoint(stage: Stage) -> None:
    status, body = await fetched(stage, "host", sheet(stage, ".pdf"))
    assert status == 200
    pages = pypdf.PdfReader(io.BytesIO(body)).pages
    text = _printed(body)
    everything = json.loads((await fetched(stage, "host", sheet(stage, ".json")))[1])
    assert [name for name in everything["names"].values() if name not in text] == []
    assert [name for name in everything["people"].values() if name not in text] == []
    for number, page in enumerate(pages, start=1):
        printed = "".join(page.extract_text().split())
        assert f"第{number}页，共{len(pages)}页" in printed
        assert everything["sealed"]["checkpoint"] in printed
        assert "出席情况" in printed
        assert "陆文清于" in printed  # whose copy it is


async def test_a_machine_without_pango_says_so_and_everything_else_works(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    (tmp_path / "weasyprint.py").write_text("raise OSError('no pango')\n")
    monkeypatch.syspath_prepend(tmp_path)
    status, text = await opened(stage, "host", sheet(stage, ".pdf"))
    assert status == 503
    assert "缺 Pango" in text
    assert (await fetched(stage, "host", sheet(stage, ".xlsx")))[0] == 200


async def test_lines_are_filtered_and_sorted_by_the_address(stage: Stage) -> None:
    past = next(each for each in await stage.meetings.listings() if each.title == "创建文明城区推进会")
    base = f"/meetings/{past.id}/attendance"
    now = json.loads((await fetched(stage, "host", f"{base}.json"))[1])["now"]
    late = [site for site, each in now.items() if "late" in each["statuses"]]
    excused = [site for site, each in now.items() if "excused" in each["statuses"]]
    assert 0 < len(late) < 33
    _, text = await opened(stage, "host", f"{base}?show=late")
    assert [site for site in now if f'<tr id="{site}"' in text] == late
    _, text = await opened(stage, "host", f"{base}?q={ABSENT}")
    assert text.count('<tr id="site-') == 1
    _, text = await opened(stage, "host", f"{base}?sort=status")
    assert text.index(f'<tr id="{excused[0]}"') < text.index(f'<tr id="{late[0]}"') < text.index('<tr id="site-03"')
    _, text = await opened(stage, "host", f"{base}?q=nobody&show=x&sort=minutes")
    assert "没有符合条件的" in text
    _, body = await fetched(stage, "host", f"{base}.xlsx?q={ABSENT}")
    assert ABSENT in _cells(body)
    assert "青禾一村" not in _cells(body)


async def test_a_correction_goes_from_one_person_to_another_and_stands_beside(stage: Stage) -> None:
    path = sheet(stage, "/corrections")
    status, text = await said(stage, "site-02", path, status="present", headcount="4", reason="用电话参会")
    assert status == 200
    assert "等待决定" in text
    assert "等您决定" in (await opened(stage, "coordinator", "/"))[1]
    assert "等您决定" not in (await opened(stage, "operator", "/"))[1]
    number = json.loads((await fetched(stage, "host", sheet(stage, ".json")))[1])["corrections"][0]["number"]
    assert (await said(stage, "operator", f"{path}/{number}", answer="accept"))[0] == 403
    status, text = await said(stage, "coordinator", f"{path}/{number}", answer="refuse", reason="")
    assert status == 422
    assert "请写明理由" in text
    status, text = await said(stage, "coordinator", f"{path}/{number}", answer="accept")
    assert status == 200
    assert "封存时：未到" in text
    assert "等您决定" not in (await opened(stage, "chair", "/"))[1]
    status, text = await said(stage, "chair", f"{path}/{number}", answer="accept")
    assert status == 409
    assert "已经有人决定" in text
    assert "有更正" in (await opened(stage, "host", "/attendance"))[1]


async def test_whoever_proposed_is_told_that_another_decides(stage: Stage) -> None:
    path = sheet(stage, "/corrections")
    assert (await said(stage, "host", path, site="site-02", status="late", reason="x"))[0] == 200
    _, text = await opened(stage, "host", sheet(stage))
    assert "要由另一个人决定" in text
    assert 'value="accept"' not in text
    number = json.loads((await fetched(stage, "host", sheet(stage, ".json")))[1])["corrections"][0]["number"]
    status, text = await said(stage, "host", f"{path}/{number}", answer="accept")
    assert status == 409
    assert "要由另一个人决定" in text


async def test_what_was_typed_is_kept_and_every_problem_stands_at_its_field(stage: Stage) -> None:
    path = sheet(stage, "/corrections")
    status, text = await said(stage, "host", path, site="site-02", status="late", headcount="many", reason="")
    assert status == 422
    assert '<option value="site-02" selected>' in text
    assert '<option value="late" selected>' in text
    assert 'value="many"' in text
    assert 'href="#headcount"' in text
    assert 'href="#reason"' in text
    status, text = await said(stage, "host", path, site="", status="late", headcount="", reason="a\nb")
    assert status == 422
    assert 'href="#site"' in text
    status, text = await said(stage, "host", path, site="site-02", status="", headcount="501", reason="x")
    assert "0 到 500" in text


async def test_a_committee_cannot_speak_for_another(stage: Stage) -> None:
    path = sheet(stage, "/corrections")
    assert (await said(stage, "site-02", path, site="site-01", status="late", reason="x"))[0] == 200
    everything = json.loads((await fetched(stage, "host", sheet(stage, ".json")))[1])
    assert [each["site"] for each in everything["corrections"]] == ["site-02"]
    assert json.loads((await fetched(stage, "site-03", sheet(stage, ".json")))[1])["corrections"] == []
    assert (await said(stage, "dept-03", path, site="site-02", status="late", reason="x"))[0] == 403


async def test_what_looks_like_markup_or_a_formula_is_text_everywhere(stage: Stage) -> None:
    path, hostile = sheet(stage, "/corrections"), "=1+1<b>x</b>"
    assert (await said(stage, "host", path, site="site-02", status="late", reason=hostile))[0] == 200
    _, text = await opened(stage, "host", sheet(stage))
    assert "=1+1&lt;b&gt;x&lt;/b&gt;" in text
    assert hostile not in text
    _, body = await fetched(stage, "host", sheet(stage, ".xlsx"))
    assert hostile in _cells(body)
    assert hostile in _printed((await fetched(stage, "host", sheet(stage, ".pdf")))[1])


async def test_what_arrived_after_the_seal_is_counted_and_offered_as_a_correction(stage: Stage) -> None:
    live = await stage.meetings.current(stage.number)
    assert live.state.started_at is not None
    assert live.state.ended_at is not None
    came = p.SiteJoined("site-02", "PA_late", "RM_1", live.state.started_at - timedelta(minutes=1))
    went = p.SiteLeft("site-02", "PA_late", "RM_1", live.state.ended_at + timedelta(minutes=1), "CLIENT_INITIATED")
    await stage.meetings.record(stage.number, [NewFact(came), NewFact(went)])
    _, text = await opened(stage, "host", sheet(stage))
    assert "封存后又到了 1 条记录" in text
    assert "按补到的记录应为「出席」" in text
    link = re.search(r'href="([^"]+)">按此更正', text)
    assert link is not None
    _, text = await opened(stage, "host", link[1].replace("&amp;", "&"))
    assert '<option value="site-02" selected>' in text
    assert '<option value="present" selected>' in text
    assert 'value="封存后补到的记录"' in text
    assert "封存后又到了" not in (await opened(stage, "site-03", sheet(stage)))[1]


async def test_a_sheet_that_no_longer_is_what_was_sealed_says_so(app: web.Application, browsers: Browsers) -> None:
    stage = await prepare(app, browsers)
    await stage.act("chair", "state", {"act": "start"})
    await stage.act("chair", "state", {"act": "end"})
    through = (await stage.meetings.current(stage.number)).state.revision
    await stage.meetings.record(stage.number, [NewFact(p.AttendanceSealed(through, 1, "0" * 64))])
    _, text = await opened(stage, "host", sheet(stage))
    assert "与封存时的摘要不一致" in text


@pytest.mark.parametrize(("username", "others"), [("site-02", True), ("dept-01", True), ("leader", False)])
async def test_a_history_holds_what_concerns_its_reader(stage: Stage, username: str, others: bool) -> None:
    status, text = await opened(stage, username, "/attendance")
    assert status == 200
    assert "书记主任月度工作例会" in text
    assert ("本居委会参加" in text) == (username == "site-02")
    listed = text.count('/attendance">')
    whole = (await opened(stage, "leader", "/attendance"))[1].count('/attendance">')
    assert listed == whole if not others or username == "site-02" else listed < whole
    assert "青禾一村" not in text[text.index("<main") :] or username != "site-02"


async def test_a_history_is_searched_by_the_address_and_taken_away_as_a_spreadsheet(stage: Stage) -> None:
    assert "没有符合条件的" in (await opened(stage, "host", "/attendance?q=%25"))[1]
    assert "没有符合条件的" in (await opened(stage, "host", "/attendance?show=brief&period=last_month&page=7"))[1]
    _, text = await opened(stage, "host", "/attendance?committee=2&show=absent&period=year")
    assert "书记主任月度工作例会" in text
    status, body = await fetched(stage, "host", "/attendance.xlsx?period=all")
    assert status == 200
    assert "书记主任月度工作例会" in _cells(body)
    _, own = await fetched(stage, "site-02", "/attendance.xlsx")
    assert "应到" not in _cells(own)


async def test_pages_lead_to_the_sheet(stage: Stage) -> None:
    for path in ("/", "/meetings", f"/meetings/{stage.number}"):
        assert f'href="{sheet(stage)}"' in (await opened(stage, "site-01", path))[1]


async def test_a_committee_that_was_not_invited_finds_no_sheet(app: web.Application, stage: Stage) -> None:
    small = next(each for each in await stage.meetings.listings() if each.sites < 33)
    seats = {site.seat for site in (await stage.meetings.current(small.id)).meeting.sites}
    stranger = next(seat for seat in range(1, 34) if seat not in seats)
    for ending in ("", ".json", ".xlsx", ".pdf"):
        path = f"/meetings/{small.id}/attendance{ending}"
        assert (await fetched(stage, f"site-{stranger:02d}", path))[0] == 404


def _cells(body: bytes) -> str:
    book = openpyxl.load_workbook(io.BytesIO(body))
    return "\n".join(str(cell.value) for page in book for row in page.iter_rows() for cell in row if cell.value)


def _printed(body: bytes) -> str:
    """A PDF's text without its line breaks."""
    return "".join("".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(body)).pages)
