"""会议纪要: what was decided, who does what until when, and who has taken note of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from meetinghub.attendance.phrases import date as iso_date
from meetinghub.attendance.phrases import page_of, taken_by
from meetinghub.errors import Error, Forbidden, Invalid, NotFound, Refused
from meetinghub.meetings.leading import leads, writes
from meetinghub.meetings.model import Segment
from meetinghub.minutes import publishing
from meetinghub.minutes.model import Content
from meetinghub.minutes.service import Read
from meetinghub.people.model import Account
from web import attendance as shared
from web import keys
from web import minutes as view
from web.forms import form
from web.live import meeting, meeting_id, own_site
from web.minutes import MINUTES
from web.problems import wants_page
from web.rendering import filled, render


@dataclass(frozen=True, slots=True)
class Sheet:
    """A segment's form: what stands in it, from which revision, what is wrong and what is still wanting."""

    segment: Segment
    content: Content
    revision: int
    notes: Mapping[str, str]
    problems: Mapping[str, str]


async def show(request: web.Request) -> web.Response:
    return await _page(request)


async def as_pdf(request: web.Request) -> web.Response:
    """The newest edition, or ``?edition=1``, on paper."""
    live = await meeting(request)
    read = await request.app[MINUTES].read(live.meeting.id)
    if not read.minutes.editions:
        raise Refused("minutes.not_published")
    words, account, now = request[keys.WORDS], _account(request), request.app[keys.CLOCK].now()
    taken = taken_by(words, account.name, now)
    edition = _edition(request, read)
    page = filled(request, "print/minutes.html", **_context(request, read), taken=taken, pieces=page_of(words))
    body = await request.app[shared.PRESS].print(page)
    day = iso_date(live.meeting.starts_at)
    name = words("minutes.file", title=live.meeting.title, day=day)
    plain = f"minutes-{live.meeting.id}-{edition}.pdf"
    return shared.download(body, "application/pdf", plain, f"{name}.pdf")


async def draft(request: web.Request) -> web.Response:
    """The forms of the segments that this account writes."""
    return await _draft(request)


async def save(request: web.Request) -> web.StreamResponse:
    """Keep one segment's draft; a script asks for JSON and goes on writing."""
    await _writer(request)
    fields, segment = await form(request), view.number(request, "segment")
    book, number = request.app[MINUTES], meeting_id(request)
    try:
        revision = fields.whole("revision", wrong="page.bad_request")
        written = view.content(fields)
        fields.check()
        made = await book.save(number, segment, written, _account(request), revision=revision)
    except (Invalid, Refused) as error:
        if not wants_page(request):
            raise
        return await _draft(request, error=error, at=segment)
    if not wants_page(request):
        read, words = await book.read(number), request[keys.WORDS]
        said = words("minutes.saved_at", time=words.time(made.at), name=_account(request).name)
        notes = view.notes(words, made.content, read.register)
        return web.json_response({"revision": made.revision, "saved": said, "notes": notes})
    more = f"?more={segment}" if fields.given.get("do") == "more" else ""
    raise web.HTTPSeeOther(f"/meetings/{number}/minutes/draft{more}#segment-{segment}")


async def publish(request: web.Request) -> web.StreamResponse:
    read = await _writer(request)
    if not leads(read.minutes.meeting, _account(request)):
        raise Forbidden("access.denied")
    fields = await form(request)
    try:
        reason = fields.text("reason", longest=publishing.REASON_LENGTH)
        fields.check()
        await request.app[MINUTES].publish(meeting_id(request), _account(request), reason=reason)
    except (Invalid, Refused) as error:
        return await _draft(request, error=error)
    raise web.HTTPSeeOther(f"/meetings/{meeting_id(request)}/minutes")


async def take_note(request: web.Request) -> web.StreamResponse:
    """知悉, or taking it back."""
    await meeting(request)
    fields = await form(request)
    taken, edition = fields.text("act", longest=8) != "undo", fields.whole("edition", wrong="page.bad_request")
    try:
        await request.app[MINUTES].take_note(meeting_id(request), _account(request), edition=edition, taken=taken)
    except Refused as error:
        return await _page(request, error=error)
    raise web.HTTPSeeOther(f"/meetings/{meeting_id(request)}/minutes#taken")


async def _page(request: web.Request, *, error: Error | None = None) -> web.Response:
    live = await meeting(request)
    read = await request.app[MINUTES].read(live.meeting.id)
    return render(
        request,
        "minutes.html",
        status=error.status if error else 200,
        state=live.state,
        error=request[keys.WORDS](error.code, **error.values) if error else "",
        here=lambda language: f"/meetings/{live.meeting.id}/minutes?lang={language}",
        **_context(request, read),
    )


def _context(request: web.Request, read: Read) -> dict[str, object]:
    account, found, now = _account(request), read.minutes, request.app[keys.CLOCK].now()
    words, edition = request[keys.WORDS], _edition(request, read)
    return {
        "meeting": found.meeting,
        "minutes": found,
        "edition": edition,
        "names": read.names,
        "leading": leads(found.meeting, account),
        "writing": any(writes(found.meeting, each, account) for each in found.meeting.segments),
        "own_site": own_site(account),
        "owners_said": lambda task: view.owners_said(words, task, found),
        "tally": view.tally,
        "due": lambda day, done=False: view.due(day, now, done=done),
        "base": f"/meetings/{found.meeting.id}/minutes",
    }


async def _draft(request: web.Request, *, error: Error | None = None, at: int = 0) -> web.Response:
    read = await _writer(request)
    words, account, found = request[keys.WORDS], _account(request), read.minutes
    typed = await form(request) if at and error else None
    problems = {name: words(code, **(error.values if error else {})) for name, code in _fields(error).items()}
    sheets = []
    for segment in found.meeting.segments:
        if not writes(found.meeting, segment, account):
            continue
        content, revision = view.shown(found, segment.id, read.register, words)
        own = segment.id == at and typed is not None
        if typed is not None and segment.id == at:
            content = view.content(typed)
        notes = view.notes(words, content, read.register)
        sheets.append(Sheet(segment, content, revision, notes, problems if own else {}))
    more = request.query.get("more", "")
    summary = {f"segment-{at}-{name}": text for name, text in problems.items()} if at else dict(problems)
    if error is not None and not summary:
        summary = {f"segment-{at}" if at else "publish": words(error.code, **error.values)}
    return render(
        request,
        "minutes_draft.html",
        status=error.status if error else 200,
        sheets=sheets,
        begun=found.begun(),
        problems=summary,
        more=int(more) if more.isascii() and more.isdigit() and len(more) < 10 else at,
        most=publishing.MOST_TASKS,
        here=lambda language: f"/meetings/{found.meeting.id}/minutes/draft?lang={language}",
        **_context(request, read),
    )


def _fields(error: Error | None) -> Mapping[str, str]:
    return error.fields if isinstance(error, Invalid) else {}


async def _writer(request: web.Request) -> Read:
    """The minutes, for somebody who writes at least one segment of them."""
    live = await meeting(request)
    read = await request.app[MINUTES].read(live.meeting.id)
    found = read.minutes.meeting
    account = _account(request)
    if not (leads(found, account) or any(writes(found, each, account) for each in found.segments)):
        raise Forbidden("access.denied")
    return read


def _edition(request: web.Request, read: Read) -> int:
    """The one the address asks for; the newest when it asks for none."""
    asked = request.query.get("edition", "")
    if not asked:
        return read.minutes.edition
    if any(str(each.number) == asked for each in read.minutes.editions):
        return int(asked)
    raise NotFound("minutes.no_such_edition")


def _account(request: web.Request) -> Account:
    return request[keys.WHO].account
