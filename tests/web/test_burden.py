"""The pages of the burden account: whose figures, the rows behind them, objections, calls from outside."""

from __future__ import annotations

import csv
import io
import re
from datetime import datetime, timedelta

import pytest
from aiohttp import web
from sqlmodel import Session as Db

from meetinghub.bridges.held import HeldMeetings
from meetinghub.burden.following import follow
from meetinghub.clock import SHANGHAI
from meetinghub.imports import store as imports
from meetinghub.imports.model import Held
from meetinghub.imports.store import Taking
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import NewFact
from meetinghub.ledger.imports import ImportTaken
from meetinghub.people import store as people
from tests.web.asking import post, with_meetings
from tests.web.browser import Browser
from tests.web.conftest import Browsers
from web import keys

_TODAY = datetime.now(SHANGHAI).date()
LATELY = f"period=free&from={_TODAY - timedelta(days=60)}&to={_TODAY}"
CHINESE = {"Accept-Language": "zh-CN"}
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
async def counted(app: web.Application, browsers: Browsers) -> web.Application:
    """The demonstration's past meetings, followed into the account."""
    await with_meetings(app, browsers)
    await app[keys.DATABASE].write(follow, HeldMeetings())
    return app


async def test_the_street_reads_its_figures_with_their_source(counted: web.Application, browsers: Browsers) -> None:
    browser = await browsers("coordinator")
    response, text = await browser.open(f"/burden?{LATELY}", **CHINESE)
    assert response.status == 200
    assert "会议负担" in text
    assert "场·居" in text
    assert "分母" not in text  # a count has none
    _, text = await browser.open(f"/burden?{LATELY}&figure=daily", **CHINESE)
    assert "33 个居委会 ×" in text


async def test_a_figure_is_the_sum_of_its_rows(counted: web.Application, browsers: Browsers) -> None:
    browser = await browsers("coordinator")
    _, page = await browser.open(f"/burden?{LATELY}", **ENGLISH)
    for figure, column in (("attendances", "Committees"), ("trips", "Trips"), ("rides", "Rides")):
        shown = re.search(rf'figure={figure}">([\d,]+)<', page)
        assert shown is not None, figure
        response = await browser.client.get(f"/burden/rows.csv?{LATELY}&figure={figure}", headers=ENGLISH)
        rows = list(csv.DictReader(io.StringIO((await response.read()).decode("utf-8-sig"))))
        assert sum(int(row[column] or 0) for row in rows) == int(shown[1].replace(",", ""))


async def test_a_committee_reads_its_own_rows_and_the_streets_sums(
    counted: web.Application, browsers: Browsers
) -> None:
    browser = await browsers("site-04")
    _, text = await browser.open(f"/burden?{LATELY}", **CHINESE)
    assert "对某一行有异议" in text
    response, text = await browser.open(f"/burden?{LATELY}&of=all", **CHINESE)
    assert response.status == 200
    assert "全街道的明细由党政办查看" in text
    for path in ("/burden?of=c05", "/burden/rows?of=c05", "/burden/rows?of=all", "/burden/rows.csv?of=d3"):
        response, _ = await browser.open(path)
        assert response.status == 403, path


async def test_a_department_reads_its_own(counted: web.Application, browsers: Browsers) -> None:
    browser = await browsers("dept-03")
    own = (await counted[keys.DATABASE].read(people.departments))[2].id
    for path, status in (
        (f"/burden/rows?of=d{own}", 200),
        (f"/burden/rows?of=d{own + 1}", 403),
        ("/burden?of=c04", 403),
    ):
        response, _ = await browser.open(path)
        assert response.status == status, path


async def contested(browser: Browser) -> tuple[str, str]:
    """The address of the committee's newest row, after it was contested; and the page that followed."""
    _, text = await browser.open(f"/burden/rows?{LATELY}")
    found = re.search(r'href="(/burden/sittings/meeting-\d+)"', text)
    assert found is not None
    await browser.open(found[1])
    _, text = await post(browser, f"{found[1]}/contests", persons=9, reason="去了九人")
    return found[1], text


async def test_an_objection_is_decided_by_the_coordinator_and_changes_the_row(
    counted: web.Application, browsers: Browsers
) -> None:
    site, coordinator = await browsers("site-04"), await browsers("coordinator")
    address, text = await contested(site)
    assert "去了九人" in text
    _, text = await coordinator.open("/", **CHINESE)
    assert address in text
    _, text = await coordinator.open(address, **CHINESE)
    decide = re.search(rf'action="({address}/contests/\d+)"', text)
    assert decide is not None
    response, _ = await post(coordinator, decide[1], verdict="refuse", reason="")
    assert response.status == 422
    await post(coordinator, decide[1], verdict="accept", reason="")
    _, text = await site.open(address, **CHINESE)
    assert "异议成立" in text
    assert "未点名 9" in text


async def test_what_is_wrong_with_an_objection_is_said_beside_it(counted: web.Application, browsers: Browsers) -> None:
    browser = await browsers("site-04")
    address, _ = await contested(browser)
    response, text = await post(browser, f"{address}/contests", persons=1, reason="再来一次")
    assert response.status == 409
    _, text = await browser.open(f"/burden/rows?{LATELY}")
    others = re.findall(r'href="(/burden/sittings/meeting-\d+)"', text)
    other = next(each for each in others if each != address)
    response, text = await post(browser, f"{other}/contests", reason="")
    assert response.status == 422


async def test_a_call_is_written_down_in_three_answers_and_answered_by_the_department(
    counted: web.Application, browsers: Browsers
) -> None:
    site, department, coordinator = await browsers("site-04"), await browsers("dept-03"), await browsers("coordinator")
    named = (await counted[keys.DATABASE].read(people.departments))[2]
    _, text = await site.open("/", **CHINESE)
    assert 'action="/burden/calls"' in text
    _, text = await post(site, "/burden/calls", department=named.id, subject="消防检查碰头", minutes=60)
    assert "消防检查碰头" in text
    _, text = await department.open("/", **CHINESE)
    assert "消防检查碰头" in text
    _, text = await department.open("/burden/calls", **CHINESE)
    assert "一个居委会" in text
    number = re.search(r'action="/burden/calls/(\d+)"', text)
    assert number is not None
    response, _ = await post(department, f"/burden/calls/{number[1]}", act="dispute", reason="")
    assert response.status == 422
    await post(department, f"/burden/calls/{number[1]}", act="dispute", reason="没有打过这个电话")
    _, text = await coordinator.open("/", **CHINESE)
    assert "消防检查碰头" in text
    _, text = await post(coordinator, f"/burden/calls/{number[1]}", act="uphold")
    assert "没有打过这个电话" in text
    _, text = await site.open(f"/burden?{LATELY}&figure=calls", **CHINESE)
    assert "消防检查碰头" in text


async def test_what_is_missing_of_a_call_is_said_and_what_was_typed_stays(
    counted: web.Application, browsers: Browsers
) -> None:
    browser = await browsers("site-04")
    await browser.open("/burden/calls")
    response, text = await post(browser, "/burden/calls", department="", subject="消防", minutes=60)
    assert response.status == 422
    assert 'value="消防"' in text


async def test_a_period_that_is_none_is_said_to_be_and_the_usual_one_shown(
    counted: web.Application, browsers: Browsers
) -> None:
    browser = await browsers("coordinator")
    response, text = await browser.open("/burden?period=free&from=2026-05-02&to=2026-05-01", **CHINESE)
    assert response.status == 200
    assert "这个时段看不懂" in text
    for path in (
        "/burden?period=2026-13&of=x&role=x&figure=x",
        "/burden/rows?page=zzz&q=%00%25",
        "/burden?period=1999",
    ):
        assert (await browser.open(path))[0].status == 200, path


async def test_how_many_came_to_a_meeting_of_the_years_before_is_unknown_and_not_none(
    counted: web.Application, browsers: Browsers
) -> None:
    """A register says which committees were called, and nothing of how many came."""
    at = datetime(2024, 3, 12, 9, tzinfo=SHANGHAI)

    def take(db: Db) -> None:
        called = frozenset(each.id for each in people.committees(db) if each.seat <= 3)
        (civil,) = (each.id for each in people.departments(db) if each.name == "民政科")
        held = Held(1, "低保复核会", at, 90, civil, "民政科", called, frozenset({"director"}))
        taking = Taking(0, "2024.csv", "csv", "d", "r", 1, 0, 0, 0, at.date(), at.date(), at, "coordinator")
        number = imports.add_taking(db, taking, [(held, 3)])
        fact = ImportTaken(number, "2024.csv", "d", 1, "2024-03-12", "2024-03-12", "r")
        ledger.append(db, [NewFact(fact)], meeting_id=None, at=at, actor="coordinator")

    await counted[keys.DATABASE].write(take)
    await counted[keys.DATABASE].write(follow, HeldMeetings())
    browser, march = await browsers("coordinator"), "period=free&from=2024-03-01&to=2024-03-31"
    _, page = await browser.open(f"/burden?{march}", **CHINESE)
    for figure in ("minutes", "trips", "addressed"):
        assert re.search(rf'figure={figure}">–<', page), figure
    assert page.count("3 场·居都没有报人数，算不出来") == 3
    assert re.search(r"民政科</th>(<td class=\"n\">[\d,]+</td>){3}<td class=\"n\">不详</td>", page)
    _, page = await browser.open(f"/burden/rows?{march}&figure=minutes", **CHINESE)
    row = page[page.index("低保复核会") :].split("</tr>")[0]
    assert (row.count("没有报"), row.count("不详")) == (1, 2)
    found = re.search(r"/burden/sittings/import-\d+", page)
    assert found is not None
    _, page = await browser.open(found[0], **ENGLISH)
    line = page[page.index("<tbody>") :].split("</tr>")[0]
    assert (line.count("not told"), line.count("unknown"), line.count("not measured")) == (1, 2, 1)
    response = await browser.client.get(f"/burden/rows.csv?{march}&figure=minutes", headers=ENGLISH)
    (told,) = csv.DictReader(io.StringIO((await response.read()).decode("utf-8-sig")))
    assert {told[each] for each in ("People", "Person-minutes", "Meant for them", "Trips") if each in told} == {""}


async def test_rows_come_as_a_spreadsheet(counted: web.Application, browsers: Browsers) -> None:
    browser = await browsers("leader")
    for figure in ("attendances", "refused", "calls"):
        response = await browser.client.get(f"/burden/rows.xlsx?{LATELY}&figure={figure}")
        assert response.status == 200
        assert (await response.read())[:2] == b"PK"
