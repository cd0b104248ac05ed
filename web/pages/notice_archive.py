"""往期提示: what was sent, by issue and by words; what a committee got, on screen, on paper and in its calendar."""

from __future__ import annotations

from urllib.parse import urlsplit

from aiohttp import web

from digest.archive import excerpt, marked
from digest.archive_service import Opened
from digest.model import Attachment, Issue, Kind
from meetinghub.attendance.phrases import page_of, taken_by
from meetinghub.bridges.notice_calendar import calendar_of
from meetinghub.bridges.parts import AgendaParts
from meetinghub.errors import Error, NotFound, Refused
from meetinghub.ids import CommitteeId, IssueId
from meetinghub.words import Words
from web import attendance as shared
from web import keys, paging
from web import notice_archive as view
from web.notice_answers import NOTICE_ANSWERS
from web.notice_archive import NOTICE_ARCHIVE
from web.pages.documents import SANDBOX
from web.rendering import filled, render


async def index(request: web.Request) -> web.Response:
    account, query, page = (
        request[keys.WHO].account,
        request.query.get("q", "").replace("\x00", ""),
        paging.number(request),
    )
    listing = await request.app[NOTICE_ARCHIVE].listing(account, query=query, number=page)
    return render(
        request,
        "notice/archive.html",
        listing=listing,
        asked=" ".join(query.split())[:80],
        page=page,
        turn=lambda number: paging.turn(request, number),
        Kind=Kind,
        issue_said=lambda issue: issue_said(request[keys.WORDS], issue),
        marked=lambda text: marked(text, listing.words),
        excerpt=lambda item: excerpt(item, listing.words),
        address=lambda issue: _address(request, issue),
    )


async def issue(request: web.Request) -> web.Response:
    """For the street's people: the issue's items and who got what."""
    found = await request.app[NOTICE_ARCHIVE].issue(request[keys.WHO].account, IssueId(view.number(request, "issue")))
    return render(
        request,
        "notice/issue.html",
        whole=found,
        issue=found.issue,
        Kind=Kind,
        text=view.html,
        issue_said=lambda issue: issue_said(request[keys.WORDS], issue),
        here=lambda language: f"/notice/issues/{found.issue.id}?lang={language}",
    )


async def page(request: web.Request) -> web.Response:
    return await shown(request, await _opened(request))


async def this_week(request: web.Request) -> web.Response:
    """``/notice`` of a committee: the newest page it got."""
    latest = await request.app[NOTICE_ARCHIVE].latest(request[keys.WHO].account)
    return render(request, "notice/none.html") if latest is None else await shown(request, latest)


async def shown(request: web.Request, opened: Opened) -> web.Response:
    """One committee's page, with forms to answer when it is the reader's own."""
    account, seen = request[keys.WHO].account, {}
    if opened.own:
        mine = await request.app[NOTICE_ANSWERS].mine(account)
        seen = {each.sent.id: each for each in (*mine.waiting, *mine.answered)}
    said = view.worded(request, opened)
    base = f"/notice/issues/{opened.issue.id}/{opened.page.head.seat}"
    return render(
        request,
        "notice/page.html",
        letter=said,
        opened=opened,
        head=opened.page.head,
        seen=seen,
        unread=[each for each in opened.page.information if (one := seen.get(each.item)) and not one.given],
        text=view.html,
        base=base,
        back=request.path,
        issue_said=lambda issue: issue_said(request[keys.WORDS], issue),
        here=lambda language: f"{request.path}?lang={language}",
    )


async def as_pdf(request: web.Request) -> web.Response:
    opened = await _opened(request)
    words, account, now = request[keys.WORDS], request[keys.WHO].account, request.app[keys.CLOCK].now()
    said = view.worded(request, opened, base=request.app[keys.CONFIG].public_url)
    taken = taken_by(words, account.name, now)
    html = filled(
        request,
        "print/notice.html",
        letter=said,
        opened=opened,
        approved=opened.issue.approved_at,
        text=view.html,
        taken=taken,
        pieces=page_of(words),
    )
    body = await request.app[shared.PRESS].print(html)
    head = opened.page.head
    plain = f"notice-{head.week}-{head.part}-{head.seat}.pdf"
    return shared.download(body, "application/pdf", plain, f"{said.subject}.pdf")


async def file(request: web.Request) -> web.Response:
    numbers = [view.number(request, name) for name in ("issue", "seat", "item", "file")]
    found, data = await request.app[NOTICE_ARCHIVE].file(
        request[keys.WHO].account, IssueId(numbers[0]), numbers[1], numbers[2], numbers[3]
    )
    return _download(found, data)


async def file_by_link(request: web.Request) -> web.Response:
    """The attachment behind a link in a mail, for whoever still gets the committee's mails."""
    try:
        found, data = await request.app[NOTICE_ARCHIVE].file_by_link(request.match_info["token"])
    except (NotFound, Refused) as error:
        return _closed(request, error)
    return _download(found, data)


async def calendar(request: web.Request) -> web.Response:
    opened, meeting = await _opened(request), view.number(request, "meeting")
    if meeting not in {each.meeting for each in opened.page.meetings}:
        raise NotFound("notice_archive.not_found")
    return await _calendar(request, meeting, opened.page.head.committee)


async def calendar_by_link(request: web.Request) -> web.Response:
    try:
        link = await request.app[NOTICE_ARCHIVE].calendar_by_link(request.match_info["token"].removesuffix(".ics"))
        return await _calendar(request, link.meeting, link.committee)
    except (NotFound, Refused) as error:
        return _closed(request, error)


def issue_said(words: Words, issue: Issue) -> str:
    """第 48 期，11月23日（周一）."""
    number = f"{issue.week.number}-{issue.part}" if issue.part else f"{issue.week.number}"
    at = issue.sent_at or issue.send_at or issue.approved_at
    return words(f"notice_mail.issue_{issue.kind.value}", number=number, day=words.day(at) if at else issue.week.year)


async def _opened(request: web.Request) -> Opened:
    issue, seat = IssueId(view.number(request, "issue")), view.number(request, "seat")
    return await request.app[NOTICE_ARCHIVE].page(request[keys.WHO].account, issue, seat)


async def _calendar(request: web.Request, meeting: int, committee: CommitteeId) -> web.Response:
    address = request.app[keys.CONFIG].public_url
    text = await request.app[keys.DATABASE].read(
        calendar_of,
        meeting,
        committee,
        AgendaParts(),
        words=request[keys.WORDS],
        domain=urlsplit(address).hostname or "localhost",
        address=address,
    )
    response = shared.download(text.encode(), "text/calendar", f"meeting-{meeting}.ics", f"meeting-{meeting}.ics")
    response.headers["Content-Type"] = "text/calendar; charset=utf-8; method=PUBLISH"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _download(found: Attachment, data: bytes) -> web.Response:
    """To be kept, never to be shown by the browser as a page of ours."""
    plain = f"notice-{found.id}.{found.kind.ending}"
    response = shared.download(data, "application/octet-stream", plain, found.name)
    response.headers["Content-Type"] = found.kind.media_type
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _closed(request: web.Request, error: Error) -> web.Response:
    """Why the link opens nothing, in words."""
    words = request[keys.WORDS]
    response = render(
        request, "notice/archive_closed.html", status=error.status, message=words(error.code, **error.values)
    )
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _address(request: web.Request, issue: Issue) -> str:
    """A committee's own page, or all of the issue."""
    seat = request[keys.WHO].account.seat
    own = f"/{seat}" if request[keys.WHO].account.committee is not None and seat else ""
    return f"/notice/issues/{issue.id}{own}"
