"""Authorisation as a matrix: every address x every kind of account x own or another's committee, over HTTP."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import ClientResponse, web
from sqlmodel import Session as Db

from digest.issue_store import open_issue
from digest.model import Week, Wording
from meetinghub.asking import store as asked
from meetinghub.asking.approval import ApprovalStep, Office
from meetinghub.asking.audience import Audience
from meetinghub.asking.wish import Item, Kind, Own, Wish
from meetinghub.burden import said
from meetinghub.burden import store as kept
from meetinghub.burden.calls import Call
from meetinghub.burden.calls import State as Calling
from meetinghub.burden.contests import Contest
from meetinghub.burden.model import Line, Sitting, Source
from meetinghub.calendars import store as calendars
from meetinghub.calendars.model import Kind as Calendar
from meetinghub.calendars.model import Scope
from meetinghub.ids import CommitteeId
from meetinghub.mail.message import Owed
from meetinghub.mail.outbox import owe
from meetinghub.meetings import series_store, service
from meetinghub.meetings.model import Audience as Called
from meetinghub.meetings.model import Meeting, Segment
from meetinghub.meetings.recurrence import Freq, Recurrence
from meetinghub.meetings.store import SitePlan
from meetinghub.people import store
from meetinghub.people.model import Role
from meetinghub.workdays.store import Year, put
from tests.web import matrix
from tests.web.api.programme import programme
from tests.web.browser import Browser
from tests.web.conftest import Browsers
from tests.web.history import brought_in
from tests.web.paired import paired
from web import keys
from web.access import SIGNED_IN
from web.digest import ITEMS
from web.documents import DOCUMENTS
from web.routes import ENTRIES

REFUSED = {401, 403, 404}
PROVES_ITSELF = ("/api/", "/rsvp/", "/notice/answer/", "/notice/file/", "/notice/calendar/")


def test_every_address_has_a_line_in_the_matrix_and_no_line_is_left_over() -> None:
    assert {(entry.method, entry.path) for entry in ENTRIES} == set(matrix.ALLOWED)
    assert len(ENTRIES) == len(matrix.ALLOWED)


def test_only_programs_that_prove_themselves_otherwise_may_come_without_a_token() -> None:
    assert {entry.path for entry in ENTRIES if entry.foreign} == {"/hooks/livekit", "/csp-reports"}


def test_only_public_addresses_go_without_asking_who_it_is() -> None:
    assert all(entry.access.everyone for entry in ENTRIES if entry.anonymous)


def test_signed_in_means_every_kind_of_account() -> None:
    assert not SIGNED_IN.allows(None)
    assert not SIGNED_IN.everyone


@pytest.fixture
async def meeting(browsers: Browsers, app: web.Application) -> int:
    """A meeting of the committees on seats 4 and 29 only."""
    app[keys.LIMITS].per_address = 10_000  # strangers ask for every address
    await browsers()
    database = app[keys.DATABASE]
    committees = await database.read(store.committees)
    now = app[keys.CLOCK].now()
    planned = Meeting(
        id=0,
        title="Two committees",
        host="自治办",
        place="302",
        phone="",
        starts_at=now + timedelta(minutes=10),
        chair="chair",
        audience=Called(("director",)),
        sites=(),
        segments=(Segment(0, "自治办", "One", "Somebody", 20),),
    )
    sites = [SitePlan(committees[seat - 1].id, "Somebody", "1") for seat in (4, 29)]

    def write(db: object) -> int:
        put(db, Year(2026, True, "x", "", now, "", {}))  # type: ignore[arg-type]
        mail = Owed(key="test:1", to="a@b.example", subject="x", text="x", html="<p>x</p>")
        owe(db, mail, now=now)  # type: ignore[arg-type]
        digest, scope = hashlib.sha256(b"x").hexdigest(), Scope(Calendar.COMMITTEE, "4")
        calendars.add_feed(db, digest=digest, account=1, scope=scope, language="en", now=now)  # type: ignore[arg-type]
        number = service.plan(db, meeting=planned, sites=sites, now=now, actor="host")  # type: ignore[arg-type]
        series_of(db, number, now)  # type: ignore[arg-type]
        return number

    await handed_in(app, committees[0].id)
    await database.write(account_of, number=1, now=now)
    await database.write(brought_in, now=now)
    number = await database.write(write)
    await given(app, number)
    await drafted(app)
    return number


def series_of(db: Db, meeting: int, now: datetime) -> None:
    """Series 1 of dept-03, planned of request 1: the meeting is part of it."""
    department = next(each for each in store.departments(db) if each.id == 3)
    repeat = Recurrence(Freq.WEEKLY, count=2)
    number = series_store.add(
        db, title="x", department=(department.id, department.name), request=1, repeat=repeat, first=now.date(),
        by="dept-03", now=now,
    )  # fmt: skip
    series_store.join(db, number, [meeting])


async def given(app: web.Application, meeting: int) -> None:
    """Document 1: of the meeting's only segment."""
    account = await app[keys.DATABASE].read(store.account_named, "chair")
    assert account is not None
    papers = await app[DOCUMENTS].papers(meeting, account[0])
    segment = papers.segments[0].id
    await app[DOCUMENTS].add(meeting, segment, account[0], name="one.pdf", data=b"%PDF-1.7 one")


async def drafted(app: web.Application) -> None:
    """Item 1 of the weekly notice: a draft of dept-03, with attachment 1; issue 1, whose board is empty."""
    await app[keys.DATABASE].write(open_issue, Week.of(app[keys.CLOCK].now().date()).after())
    account = await app[keys.DATABASE].read(store.account_named, "dept-03")
    assert account is not None
    await app[ITEMS].begin(account[0], Wording("An item"))
    await app[ITEMS].attach(1, account[0], name="one.pdf", data=b"%PDF-1.7 one")


def account_of(db: Db, *, number: int, now: datetime) -> None:
    """A sitting that dept-03 called and seat 4 attended, contested by it; and a call that names dept-03."""
    third, fourth = store.departments(db)[2], store.committees(db)[3]
    line = Line(fourth.id, called=True, attended=True)
    kept.put(
        db, Sitting(Source.MEETING, number, now.date(), now, 60, "A sitting", "", third.id, "video", True, (line,))
    )
    said.add_contest(db, Contest(number, Source.MEETING, number, fourth.id, None, 1, None, "One only", "site-04", now))
    said.add_call(db, Call(0, fourth.id, third.id, now.date(), "A call", 60, 1, True, Calling.LOGGED, "site-04", now))


async def handed_in(app: web.Application, committee: CommitteeId) -> None:
    """Request 1: dept-03's, waiting for the coordinator."""
    now = app[keys.CLOCK].now()

    def write(db: Db) -> None:
        account = store.account_named(db, "dept-03")
        assert account is not None
        assert account[0].department is not None
        own = Own(now + timedelta(days=9), "302", True, "chair", (Item("One", "Somebody", 20),))
        audience = Audience((Role.DIRECTOR,), frozenset({committee}))
        wish = Wish("A wish", "For this", Kind.DISCUSSION, audience, 20, now.date(), now.date(), own=own)
        number = asked.add(db, wish, by="dept-03", department=account[0].department, now=now)
        asked.submit(db, number, round=1, assessed={"outcome": "needs_approval", "findings": []}, now=now)
        asked.set_steps(db, number, 1, [ApprovalStep(1, Office.COORDINATOR, now), ApprovalStep(2, Office.LEADER)])

    await app[keys.DATABASE].write(write)


@pytest.fixture
def version(app: web.Application) -> Iterator[sqlite3.Connection]:
    """A connection that only watches: SQLite's data_version changes when any other connection has written."""
    path = Path(str(app[keys.CONFIG].database_url).removeprefix("sqlite:///"))
    connection = sqlite3.connect(path)
    yield connection
    connection.close()


def written(watcher: sqlite3.Connection) -> int:
    (number,) = watcher.execute("PRAGMA data_version").fetchone()
    return int(number)


async def call(browser: Browser, method: str, path: str, meeting: int) -> ClientResponse:
    """The request a page would make, with the session's own token."""
    there = matrix.address(path, meeting)
    headers = {"Accept": "application/json", "X-CSRF-Token": browser.csrf}
    if path.startswith("/api/"):
        headers = {"Authorization": f"Bearer {browser.secret}"} if browser.secret else {}
    elif browser.device:
        headers["X-Device"] = "1"
    elif path.startswith("/kiosk") and browser.csrf:  # there nobody is signed in: another token
        headers["X-CSRF-Token"] = (await (await browser.client.get("/kiosk.json")).json())["csrf"]
    if method == "GET":
        response = await browser.client.get(there, headers=headers, allow_redirects=False)
    elif path in matrix.BODIES:
        response = await browser.client.post(there, json=matrix.BODIES[path], headers=headers, allow_redirects=False)
    else:
        data = matrix.FORMS.get(path, {})
        response = await browser.client.post(there, data=data, headers=headers, allow_redirects=False)
    await response.read()
    return response


async def people(browsers: Browsers) -> dict[str, Browser]:
    found = {}
    for name in matrix.SUBJECTS:
        if name in matrix.DEVICES:
            found[name] = await paired(browsers, int(name.removeprefix("device-")))
            continue
        found[name] = await browsers(None if name == matrix.NOBODY else name)
        await found[name].open("/sign-in" if name == matrix.NOBODY else "/account")
        if name != matrix.NOBODY:
            own = await programme(browsers, name)
            await own.get("/me")  # that it was used now is written down once in five minutes
            found[name].secret = own.secret
    await paired(browsers, 6)  # the third, to be unpaired
    return found


async def test_every_denied_cell_is_refused_and_writes_nothing(
    browsers: Browsers, meeting: int, version: sqlite3.Connection
) -> None:
    subjects = await people(browsers)
    before, wrong, cells = written(version), [], 0
    for (method, path), allowed in matrix.ALLOWED.items():
        for name, browser in subjects.items():
            if name in allowed:
                continue
            cells += 1
            response = await call(browser, method, path, meeting)
            after = written(version)
            if response.status not in REFUSED or after != before:
                wrong.append((method, path, name, response.status, "wrote" if after != before else ""))
            before = after
    assert wrong == []
    assert cells > 100


async def test_every_allowed_cell_is_let_in(browsers: Browsers, meeting: int) -> None:
    subjects = await people(browsers)
    wrong = []
    for (method, path), allowed in sorted(matrix.ALLOWED.items(), key=lambda line: line[0][1] == "/sign-out"):
        for name in sorted(allowed):
            response = await call(subjects[name], method, path, meeting)
            if response.status in REFUSED or response.status == 500:
                wrong.append((method, path, name, response.status))
    assert wrong == []


async def test_a_stranger_is_asked_to_sign_in_at_every_page_but_public_ones(browsers: Browsers, meeting: int) -> None:
    browser = await browsers()
    for (method, path), allowed in matrix.ALLOWED.items():
        if method == "GET" and matrix.NOBODY not in allowed and not path.startswith(PROVES_ITSELF):
            response, _ = await browser.open(matrix.address(path, meeting))
            assert response.url.path == "/sign-in", path


async def test_without_a_token_no_act_is_accepted_from_anybody(
    browsers: Browsers, meeting: int, version: sqlite3.Connection
) -> None:
    subjects = await people(browsers)
    for browser in subjects.values():
        browser.csrf = ""
    foreign = {entry.path for entry in ENTRIES if entry.foreign}
    before = written(version)
    for (method, path), allowed in matrix.ALLOWED.items():
        if method == "POST" and path not in foreign and not path.startswith("/api/"):
            for name in sorted(allowed):
                response = await call(subjects[name], method, path, meeting)
                assert response.status == 403, (path, name)
    assert written(version) == before
