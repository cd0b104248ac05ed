"""What tests of the asking pages share: a department that answers question by question."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from aiohttp import ClientResponse, web
from sqlmodel import Session as Db
from sqlmodel import col, select

from meetinghub import demo_meetings
from meetinghub.clock import SHANGHAI
from meetinghub.mail.message import Owed
from meetinghub.mail.store import owed_of
from meetinghub.mail.tables import MailRow
from meetinghub.meetings import service
from meetinghub.meetings.model import Audience, Meeting, Segment
from meetinghub.meetings.store import SitePlan
from meetinghub.people import store as people
from quotas import store as quota_store
from quotas.policy import CallApproval, Rule, Status
from tests.web.browser import Browser
from tests.web.conftest import Browsers
from web import keys


async def with_meetings(app: web.Application, browsers: Browsers) -> None:
    """The demonstration's meetings, behind and ahead."""
    await browsers()
    await app[keys.DATABASE].write(demo_meetings.fill, now=app[keys.CLOCK].now(), phone="1")


def today(app: web.Application) -> date:
    return app[keys.CLOCK].now().astimezone(SHANGHAI).date()


async def post(browser: Browser, path: str, **fields: object) -> tuple[ClientResponse, str]:
    """Send a form whose fields may hold several values."""
    data: list[tuple[str, str]] = [("csrf", browser.csrf)]
    for name, value in fields.items():
        values = value if isinstance(value, list | tuple) else [value]
        data += [(name, str(each)) for each in values]
    response = await browser.client.post(path, data=data, headers=browser.headers)
    return response, await response.text()


async def told(
    browser: Browser,
    app: web.Application,
    *,
    roles: tuple[str, ...] = ("secretary", "director"),
    kind: str = "discussion",
    minutes: int = 10,
    days: int = 20,
    title: str = "冬季送温暖对象核对",
) -> int:
    """A draft with its first four answers; its number."""
    await browser.open("/ask")
    response, _ = await post(browser, "/ask/new/purpose", title=title, purpose="逐户核对名单")
    number = int(response.url.path.split("/")[2])
    await post(browser, f"/ask/{number}/kind", kind=kind)
    await post(browser, f"/ask/{number}/audience", roles=roles, which="all", line="")
    first = today(app)
    await post(browser, f"/ask/{number}/time", minutes=minutes, first=first, last=first + timedelta(days=days))
    return number


async def called(browser: Browser, app: web.Application, number: int, *, day: date, hour: str = "09:00") -> None:
    """The rides declined and an own meeting described."""
    await post(browser, f"/ask/{number}/rides", declined="要逐户讨论，10 分钟不够")
    fields = {"item-1-title": "核对名单", "item-1-speaker": "沈若琳", "item-1-minutes": 40}
    await post(
        browser, f"/ask/{number}/own", date=day, time=hour, mode="video", place="302 会议室", chair="chair",
        spare=20, **fields,
    )  # fmt: skip


async def monthly(app: web.Application, *, days: int = 10, capacity: int = 60, booked: int = 40) -> int:
    """A planned meeting of all secretaries and directors, by another department, with minutes to spare."""
    database = app[keys.DATABASE]

    def write(db: Db) -> int:
        start = datetime.combine(today(app) + timedelta(days=days), time(14), SHANGHAI)
        host = people.departments(db)[0]
        meeting = Meeting(
            id=0,
            title="党建工作月度例会",
            host=host.name,
            host_department_id=host.id,
            place="302 会议室",
            phone="",
            starts_at=start,
            chair="chair",
            audience=Audience(("secretary", "director")),
            sites=(),
            segments=(Segment(0, host.name, "党建", "许知微", booked, department_id=host.id),),
            capacity=capacity,
        )
        sites = [SitePlan(each.id, "", "") for each in people.committees(db)]
        return service.plan(db, meeting=meeting, sites=sites, now=app[keys.CLOCK].now(), actor="host")

    return await database.write(write)


async def with_policy(app: web.Application, *rules: Rule) -> None:
    """A version of the rules in force; without others: calling secretaries or directors needs both offices."""
    chosen = rules or (CallApproval("calls", ("secretary", "director")),)
    now = app[keys.CLOCK].now()

    def write(db: Db) -> None:
        number = quota_store.add_version(db, chosen, note="", by="coordinator", now=now)
        values = {"status": Status.ACTIVE.value, "effective_from": date(2026, 1, 1), "switched_on_at": now}
        assert quota_store.change_version(db, number, revision=0, values=values)

    await app[keys.DATABASE].write(write)


async def handed_in(app: web.Application, browsers: Browsers) -> int:
    """A request of dept-06 for secretaries and directors, so that both offices must approve; its number."""
    await browsers()
    await with_policy(app)
    await monthly(app)
    browser = await browsers("dept-06")
    number = await told(browser, app)
    await called(browser, app, number, day=today(app) + timedelta(days=17))
    response, page = await post(browser, f"/ask/{number}/submit")
    assert response.url.path == f"/requests/{number}", page
    return number


async def mails(app: web.Application, kind: str) -> list[Owed]:
    """Those of a kind that are owed, oldest first."""

    def read(db: Db) -> list[Owed]:
        rows = db.exec(select(MailRow).where(MailRow.kind == kind).order_by(col(MailRow.id)))
        return [owed_of(row) for row in rows]

    return await app[keys.DATABASE].read(read)
