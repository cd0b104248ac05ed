"""今天, the first page: the meeting that is on, what comes next, how to hold it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from aiohttp import web

from digest.item_service import WRITES, Desk
from digest.model import State as NoticeState
from meetinghub.agendas.store import Unanswered
from meetinghub.asking.model import Topic
from meetinghub.attendance.store import Entry, Search, Waiting
from meetinghub.burden.calls import LENGTHS
from meetinghub.clock import SHANGHAI
from meetinghub.meetings import store as planned
from meetinghub.meetings.lifecycle import State
from meetinghub.meetings.model import Listing, Segment
from meetinghub.people import store
from meetinghub.people.model import Account, Person, Right, Role
from web import asking, keys, notice_answers
from web.agendas import AGENDAS
from web.attendance import ATTENDANCE, DECIDES, SEES_ALL
from web.burden import DECIDES as DECIDES_BURDEN
from web.burden import SAYING
from web.digest import ITEMS
from web.live import LEADS, MEETINGS, own_site
from web.merging import MERGING, Shown, shown
from web.minutes import MINUTES, due
from web.notice_board import BOARDS
from web.rendering import render

AHEAD = timedelta(days=14)
SHOWN = 6
SHEETS = 3
STALE = timedelta(hours=6)
"""A planned meeting whose time passed this long ago will not be held any more by itself."""
COMING = (State.PLANNED, State.POSTPONED)


@dataclass(frozen=True, slots=True)
class Panel:
    """The meeting to enter. ``online`` is None until it has begun; positions are per cent of its time."""

    meeting: Listing
    online: int | None
    speaks: Segment | None
    own: tuple[datetime, datetime] | None
    elapsed: float
    own_at: float
    own_length: float
    minutes_to_own: int


async def show(request: web.Request) -> web.Response:
    meetings, account = request.app[MEETINGS], request[keys.WHO].account
    now, committee = request.app[keys.CLOCK].now(), account.committee
    live = await meetings.listings(states=(State.LIVE,), committee=committee)
    coming = await meetings.listings(since=now - STALE, until=now + AHEAD, states=COMING, committee=committee)
    today = [each for each in coming if _same_day(each.starts_at, now)]
    first = (live or today)[:1]
    panels = [await _panel(request, each, now) for each in first]
    waiting = await _waiting(request, account)
    return render(
        request,
        "today.html",
        panels=panels,
        live_count=len(live),
        today_count=len(today),
        coming=[each for each in [*live, *coming] if each not in first][:SHOWN],
        own_site=own_site(account),
        department=account.department,
        leads=account.may(*LEADS),
        site=Right.SITE in account.rights,
        operators=await _operators(request, account),
        waiting=waiting,
        board=await request.app[BOARDS].waiting(account),
        waiting_names=await _names(request, waiting),
        sheets=await _sheets(request, account),
        approvals=await request.app[asking.ASKING].waiting(account),
        returned=[each for each in await request.app[asking.DRAFTS].of(account) if each.round],
        asks=asking.may_ask(account),
        topics=await _topics(request, account),
        proposed=await _proposed(request, account),
        claims=await _claims(request, account),
        noticed=await notice_answers.duties(request),
        notice_due=lambda seen: notice_answers.until(seen, now),
        duties=await request.app[MINUTES].waiting(account),
        due=lambda day: due(day, now),
        burden=await request.app[SAYING].waiting(account, decides=account.may(DECIDES_BURDEN)),
        callers=await request.app[keys.DATABASE].read(store.departments) if Right.SITE in account.rights else [],
        call_lengths=LENGTHS,
        NoticeState=NoticeState,
        notice=await _notice(request, account),
        is_today=lambda moment: _same_day(moment, now),
    )


async def _notice(request: web.Request, account: Account) -> Desk | None:
    """A department's items that wait for somebody to go on with them."""
    if account.department is None or not account.may(*WRITES):
        return None
    desk = await request.app[ITEMS].desk(account)
    return desk if desk.of(NoticeState.RETURNED, NoticeState.DRAFT) else None


async def _panel(request: web.Request, meeting: Listing, now: datetime) -> Panel:
    account = request[keys.WHO].account
    whole = meeting.ends_at - meeting.starts_at

    def place(moment: datetime) -> float:
        return round(max(0.0, min(100.0, (moment - meeting.starts_at) / whole * 100)), 2) if whole else 0.0

    own = meeting.own_time(account.department, own_site(account))
    online = None
    if meeting.state is State.LIVE:
        snapshot = (await request.app[MEETINGS].current(meeting.id)).snapshot(now)
        online = sum(1 for each in snapshot["sites"].values() if each["joined_at"] is not None)
    speaks = next((each for each in meeting.segments if each.department_id == account.department), None)
    return Panel(
        meeting=meeting,
        online=online,
        speaks=speaks if account.department is not None else None,
        own=own,
        elapsed=place(now),
        own_at=place(own[0]) if own else 0.0,
        own_length=place(own[1]) - place(own[0]) if own else 0.0,
        minutes_to_own=int((own[0] - now) / timedelta(minutes=1)) if own else 0,
    )


async def _claims(request: web.Request, account: Account) -> list[Unanswered]:
    """Meetings of this account's department whose minutes others have claimed."""
    if account.department is None or not account.may(Right.HOST, Right.DEPARTMENT):
        return []
    return await request.app[AGENDAS].unanswered(account.department)


async def _operators(request: web.Request, account: Account) -> list[Person]:
    if account.committee is None:
        return []
    found = await request.app[keys.DATABASE].read(store.people, committee=account.committee, role=Role.OPERATOR)
    return list(found)


async def _waiting(request: web.Request, account: Account) -> list[Waiting]:
    """Corrections of attendance sheets that this account may decide."""
    return await request.app[ATTENDANCE].waiting(not_by=account.username) if account.may(*DECIDES) else []


async def _names(request: web.Request, waiting: list[Waiting]) -> Mapping[str, str]:
    by = {each.by for each in waiting}
    return await request.app[keys.DATABASE].read(planned.account_names, by) if by else {}


async def _sheets(request: web.Request, account: Account) -> list[Entry]:
    """The latest sealed sheets that concern this account."""
    search = Search(committee=account.committee, department=None if account.may(*SEES_ALL) else account.department)
    return await request.app[ATTENDANCE].latest(search, limit=SHEETS)


async def _topics(request: web.Request, account: Account) -> list[Topic]:
    """What committees ask this account's department to answer and nobody has taken up; to the coordinator also what
    waited too long for any department."""
    found: list[Topic] = []
    if account.department is not None and asking.may_ask(account):
        found += await request.app[asking.TOPICS].waiting(account.department)
    if account.may(Right.COORDINATOR):
        known = {each.id for each in found}
        found += [each for each in await request.app[asking.TOPICS].old() if each.id not in known]
    return found


async def _proposed(request: web.Request, account: Account) -> list[Shown]:
    """Rows of the merge plan that the coordinator may still accept, those that save most before the others."""
    plan = await request.app[MERGING].newest() if account.may(Right.COORDINATOR) else None
    if plan is None:
        return []
    numbers = {number for row in plan.rows for number in row.meetings}
    found = await request.app[keys.DATABASE].read(partial(planned.listings, among=numbers, limit=len(numbers)))
    rows = [each for each in shown(plan, {one.id: one for one in found}) if each.row.accepted_at is None]
    return sorted((each for each in rows if not each.gone), key=lambda each: -each.row.saved)


def _same_day(one: datetime, other: datetime) -> bool:
    return one.astimezone(SHANGHAI).date() == other.astimezone(SHANGHAI).date()
