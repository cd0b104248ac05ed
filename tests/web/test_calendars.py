"""The calendar's page, and what an address answers."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from icalendar import Calendar, Component
from sqlmodel import Session as Db
from sqlmodel import col, select, update

from meetinghub import demo_meetings
from meetinghub.calendars.tables import CalendarFeedRow
from meetinghub.ledger import payloads as p
from meetinghub.ledger import store as ledger
from meetinghub.ledger.fact import NewFact
from meetinghub.meetings import service, store
from meetinghub.meetings.tables import MeetingRow
from meetinghub.people.tables import AccountRow
from tests.web.asking import post
from tests.web.browser import Browser
from tests.web.conftest import Browsers
from web import calendars, keys

ADDRESS = re.compile(r'value="[^"]*(/feeds/[\w-]+\.ics)"')


@pytest.fixture
async def meetings(app: web.Application, browsers: Browsers) -> None:
    """The demonstration's meetings."""
    await browsers()
    await app[keys.DATABASE].write(demo_meetings.fill, now=datetime.now(UTC), phone="021-5550")


async def made(browser: Browser, calendar: str) -> str:
    """The path of a new feed."""
    await browser.open("/calendar")
    response, page = await post(browser, "/calendar", calendar=calendar)
    assert response.status == 200
    found = ADDRESS.search(page)
    assert found is not None
    return found[1]


def account(app: web.Application, username: str) -> int:
    def read(db: Db) -> int:
        return db.exec(select(AccountRow.id).where(AccountRow.username == username)).one() or 0

    return app[keys.DATABASE].read_now(read)


def events(text: str) -> dict[str, Component]:
    return {str(each["uid"]): each for each in Calendar.from_ical(text).walk("VEVENT")}


@pytest.mark.usefixtures("meetings")
async def test_an_address_is_shown_once_and_answers_a_calendar_with_ones_own_part(
    app: web.Application, browsers: Browsers
) -> None:
    committee = await browsers("site-04")
    path = await made(committee, "committee:4")
    _, page = await committee.open("/calendar")
    assert path not in page
    assert "换新地址" in page
    nobody = await browsers()
    response, text = await nobody.open(path)
    assert response.status == 200
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    found = events(text)
    assert found
    assert any("书记" in str(each["description"]) for each in found.values())
    assert "ATTENDEE" not in text
    etag = response.headers["ETag"]
    response, text = await nobody.open(path, **{"If-None-Match": etag})
    assert (response.status, text, response.headers["ETag"]) == (304, "", etag)
    assert "Set-Cookie" not in response.headers


@pytest.mark.usefixtures("meetings")
async def test_a_cancelled_meeting_stays_for_a_while_and_counts_its_changes(
    app: web.Application, browsers: Browsers
) -> None:
    path = await made(await browsers("host"), f"person:{account(app, 'host')}")
    nobody = await browsers()
    _, text = await nobody.open(path)
    coming = [each for each in events(text).values() if each.decoded("dtstart") > datetime.now(UTC)]
    uid = str(coming[0]["uid"])
    number = int(uid.partition("@")[0].removeprefix("meeting-"))

    def cancel(db: Db) -> None:
        now = datetime.now(UTC)
        ledger.append(db, [NewFact(p.MeetingCancelled("台风"))], meeting_id=number, at=now, actor="host")
        meeting = store.meeting(db, number)
        assert meeting is not None
        service.note(db, meeting, now)

    before = coming[0].decoded("sequence")
    await app[keys.DATABASE].write(cancel)
    _, text = await nobody.open(path)
    event = events(text)[uid]
    assert (str(event["status"]), event.decoded("sequence")) == ("CANCELLED", before + 1)
    assert "台风" in str(event["description"])

    def long_ago(db: Db) -> None:
        past = datetime.now(UTC) - timedelta(days=20)
        db.exec(update(MeetingRow).where(col(MeetingRow.id) == number).values(starts_at=past, ends_at=past))

    await app[keys.DATABASE].write(long_ago)
    _, text = await nobody.open(path)
    assert uid not in events(text)


async def test_an_address_ends_when_it_is_replaced_or_revoked_or_its_owner_leaves(
    app: web.Application, browsers: Browsers
) -> None:
    host, nobody = await browsers("host"), await browsers()
    first = await made(host, "department:1")
    second = await made(host, "department:1")
    assert (await nobody.open(first))[0].status == 404
    assert (await nobody.open(second))[0].status == 200
    _, page = await post(host, "/calendar/revoke", calendar="department:1")
    assert "已停用" in page
    assert (await nobody.open(second))[0].status == 404
    third = await made(host, "department:2")

    def disable(db: Db) -> None:
        db.exec(update(AccountRow).where(col(AccountRow.username) == "host").values(disabled_at=datetime.now(UTC)))

    await app[keys.DATABASE].write(disable)
    assert (await nobody.open(third))[0].status == 404


async def test_a_committee_subscribes_to_its_own_only_and_nobody_to_another_person(
    app: web.Application, browsers: Browsers
) -> None:
    committee = await browsers("site-04")
    await committee.open("/calendar")
    for calendar, status in {
        "committee:5": 403,
        "site:5": 403,
        "department:1": 403,
        f"person:{account(app, 'host')}": 403,
        "committee:999": 404,
        "room": 422,
        "": 422,
    }.items():
        response, _ = await post(committee, "/calendar", calendar=calendar)
        assert response.status == status, calendar
    host = await browsers("host")
    await made(host, "committee:5")
    await host.open("/calendar")
    response, _ = await post(host, "/calendar", calendar=f"person:{account(app, 'site-04')}")
    assert response.status == 403


async def test_the_database_and_the_log_know_no_address(
    app: web.Application, browsers: Browsers, capsys: pytest.CaptureFixture[str]
) -> None:
    path = await made(await browsers("host"), "department:1")
    secret = path.removeprefix("/feeds/").removesuffix(".ics")
    await (await browsers()).open(path)

    def rows(db: Db) -> str:
        return json.dumps([row.model_dump(mode="json") for row in db.exec(select(CalendarFeedRow))])

    assert secret not in app[keys.DATABASE].read_now(rows)
    said = capsys.readouterr()
    assert secret not in said.out + said.err
    assert "/feeds/{token}.ics" in said.out + said.err


async def test_a_programme_that_asks_too_often_is_told_when_to_come_back(
    app: web.Application, browsers: Browsers
) -> None:
    path = await made(await browsers("host"), "department:1")
    nobody = await browsers()
    pace = app[calendars.FETCHING]
    pace.rate, pace.burst = 1 / 3000, 3  # so slow that no machine waits it out
    for _ in range(3):
        assert (await nobody.open(path))[0].status == 200
    response, _ = await nobody.open(path)
    assert response.status == 429
    assert 0 < int(response.headers["Retry-After"]) <= 3000


async def test_guessing_addresses_is_slowed_down(app: web.Application, browsers: Browsers) -> None:
    nobody = await browsers()
    pace = app[calendars.GUESSING]
    pace.rate, pace.burst = 1 / 3000, 3
    seen = [(await nobody.open(f"/feeds/guess-{number}.ics"))[0].status for number in range(5)]
    assert seen == [404, 404, 404, 429, 429]


@pytest.mark.usefixtures("meetings")
@pytest.mark.parametrize("calendar", ["venue:302 会议室", "site:4", "department:3", "committee:4"])
async def test_every_kind_of_calendar_can_be_fetched(browsers: Browsers, calendar: str) -> None:
    host = await browsers("host")
    _, page = await host.open("/calendar")
    value = calendar if f'value="{calendar}"' in page else re.findall(r'value="(venue:[^"]+)"', page)[0]
    response, text = await (await browsers()).open(await made(host, value))
    assert response.status == 200
    assert events(text)
