"""会议材料: documents of each segment, to have and to put there."""

from __future__ import annotations

from contextlib import closing

from aiohttp import web
from aiohttp.web import FileField

from meetinghub.documents.model import MOST, REASON_LENGTH, Document
from meetinghub.errors import Error, Forbidden, Invalid, NotFound, Refused
from meetinghub.files.kinds import LARGEST
from meetinghub.meetings import store as meetings
from meetinghub.meetings.leading import writes
from meetinghub.meetings.lifecycle import State
from meetinghub.meetings.service import Live
from meetinghub.meetings.upcoming import CHECK, COMING
from meetinghub.people.model import Account
from web import attendance as shared
from web import documents as view
from web import keys
from web.documents import DOCUMENTS
from web.forms import form
from web.live import meeting, meeting_id
from web.rendering import render

SANDBOX = "default-src 'none'; sandbox"
"""Should a browser ever show a file instead of keeping it, nothing in it runs or loads."""


async def show(request: web.Request) -> web.Response:
    return await _page(request)


async def as_json(request: web.Request) -> web.Response:
    """What a paired PC's page lists: the newest version of each document of the site's own items."""
    live = await meeting(request)
    _must_be_on(request, live)
    papers = await request.app[DOCUMENTS].papers(live.meeting.id, _account(request))
    found = [
        {"title": each.title, "department": each.department, "documents": [_told(doc.now) for doc in shown]}
        for each in papers.segments
        if (shown := papers.of(each.id))
    ]
    return web.json_response({"items": found})


async def fetch(request: web.Request) -> web.Response:
    """One version's content, to be kept and never to be shown by the browser as a page of ours."""
    live = await meeting(request)
    _must_be_on(request, live)
    found, data = await request.app[DOCUMENTS].fetch(live.meeting.id, _number(request, "document"), _account(request))
    plain = f"document-{found.group}-{found.version}.{found.kind.ending}"
    response = shared.download(data, "application/octet-stream", plain, found.name)
    response.headers["Content-Type"] = found.kind.media_type
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


async def add(request: web.Request) -> web.StreamResponse:
    """A file for a segment, or the next version of one that is there."""
    live, segment = await meeting(request), _number(request, "segment")
    of = next((each for each in live.meeting.segments if each.id == segment), None)
    if of is None:
        raise NotFound("document.no_such_segment")
    if not writes(live.meeting, of, _account(request)):
        raise Forbidden("access.denied")
    fields = await form(request)
    replaces = fields.text("replaces", longest=9)
    try:
        name, data = _sent(fields.given.get("file"))
        await request.app[DOCUMENTS].add(
            meeting_id(request),
            segment,
            _account(request),
            name=name,
            data=data,
            replaces=int(replaces) if replaces.isascii() and replaces.isdigit() else 0,
        )
    except (Invalid, Refused) as error:
        return await _page(request, error=error, at=segment)
    raise web.HTTPSeeOther(f"/meetings/{meeting_id(request)}/documents#segment-{segment}")


async def remove(request: web.Request) -> web.StreamResponse:
    await meeting(request)
    fields, number = await form(request), _number(request, "document")
    try:
        reason = fields.text("reason", longest=REASON_LENGTH)
        fields.check()
        await request.app[DOCUMENTS].remove(meeting_id(request), number, _account(request), reason=reason)
    except (Invalid, Refused) as error:
        return await _page(request, error=error, removing=number)
    raise web.HTTPSeeOther(f"/meetings/{meeting_id(request)}/documents")


async def _page(request: web.Request, *, error: Error | None = None, at: int = 0, removing: int = 0) -> web.Response:
    live = await meeting(request)
    words, account = request[keys.WORDS], _account(request)
    papers = await request.app[DOCUMENTS].papers(live.meeting.id, account)
    by = {each.by for each in papers.documents}
    codes = error.fields if isinstance(error, Invalid) else {}
    values = {"megabytes": LARGEST // (1024 * 1024), "most": MOST, **(error.values if error else {})}
    problem = " ".join(words(code, **values) for code in codes.values())
    if error is not None and not problem:
        problem = words(error.code, **values)
    return render(
        request,
        "documents.html",
        status=error.status if error else 200,
        meeting=live.meeting,
        state=live.state,
        papers=papers,
        names=await request.app[keys.DATABASE].read(meetings.account_names, by),
        writes=lambda segment: live.state.state != "cancelled" and writes(live.meeting, segment, account),
        problem=problem,
        at=at,
        removing=removing,
        size=view.size,
        base=f"/meetings/{live.meeting.id}/documents",
        here=lambda language: f"/meetings/{live.meeting.id}/documents?lang={language}",
    )


def _told(document: Document) -> dict[str, object]:
    said = {"name": document.name, "size": view.size(document.bytes), "type": document.kind.media_type}
    return {"id": document.id, **said}


def _must_be_on(request: web.Request, live: Live) -> None:
    """Who walks past a paired PC reads of the meeting it is in, and of no other."""
    account, state = _account(request), live.state
    soon = request.app[keys.CLOCK].now() >= state.starts_at - CHECK
    if account.device is not None and state.state != State.LIVE and not (state.state in COMING and soon):
        raise Forbidden("document.not_now")


def _sent(field: object) -> tuple[str, bytes]:
    """Name and content of the file in a form; one byte more than allowed is read of what is too large."""
    if not isinstance(field, FileField):
        raise Invalid(fields={"file": "file.missing"})
    with closing(field.file):  # a request with room for a file is a copy: the server closes only its own
        if not field.filename:
            raise Invalid(fields={"file": "file.missing"})
        return field.filename, field.file.read(LARGEST + 1)


def _number(request: web.Request, name: str) -> int:
    text = request.match_info[name]
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise NotFound("document.not_found")
    return int(text)


def _account(request: web.Request) -> Account:
    return request[keys.WHO].account
