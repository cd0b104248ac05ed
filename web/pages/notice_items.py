"""每周工作提示 for a department: its items, and the editor in which they are written."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aiohttp import web
from aiohttp.web import FileField
from sqlmodel import Session as Db

from digest import text
from digest.item_service import LARGEST_FILE, MOST_FILES, WRITES, Seen
from digest.model import Notice, State, Wording
from digest.wording import LONGEST_TITLE, compared, leads_somewhere, tidied
from meetinghub.asking.audience import CALLABLE
from meetinghub.errors import Error, Invalid, Refused, Stale
from meetinghub.ids import CommitteeId
from meetinghub.meetings.lifecycle import State as MeetingState
from meetinghub.meetings.model import Listing
from meetinghub.people import store as people
from meetinghub.people.model import Account, Committee
from web import attendance, keys, notice_answers
from web import digest as view
from web.digest import ITEMS
from web.documents import size
from web.forms import Form, form
from web.live import MEETINGS
from web.notice_board import BOARDS
from web.notice_forms import Sheet, said, sheet, typed
from web.pages import notice_archive
from web.pages.documents import SANDBOX
from web.problems import wants_page
from web.rendering import render

LARGEST_BODY = 12 * 1024 * 1024
"""Of a form: 10 MB of pasted text are answered with a sentence, and are still there."""
AHEAD = timedelta(days=60)
SENT_SHOWN = 10
_STATES = (MeetingState.PLANNED, MeetingState.POSTPONED)


@dataclass(frozen=True, slots=True)
class Street:
    """What an audience is chosen from. ``lines``: business lines that line workers answer for."""

    committees: tuple[Committee, ...]
    lines: tuple[str, ...]

    @property
    def numbers(self) -> list[CommitteeId]:
        return [each.id for each in self.committees]


async def index(request: web.Request) -> web.StreamResponse:
    """A department's desk; to a committee what it got last, to everybody else what was sent."""
    account = _account(request)
    if account.committee is not None:
        return await notice_archive.this_week(request)
    if account.department is None or not account.may(*WRITES):
        return await notice_archive.index(request)
    desk, street = await request.app[ITEMS].desk(account), await street_of(request)
    return render(
        request,
        "notice/items.html",
        desk=desk,
        State=State,
        sent_shown=SENT_SHOWN,
        edits=await request.app[BOARDS].edits(account),
        noticed=await notice_answers.duties(request),
        **_saying(request, street),
    )


async def begin(request: web.Request) -> web.StreamResponse:
    """写一条: a draft to write in."""
    raise web.HTTPSeeOther(f"/notice/items/{await request.app[ITEMS].begin(_account(request))}")


async def show(request: web.Request) -> web.Response:
    """The editor, or, once it has been handed in, what it says and what became of it."""
    seen = await request.app[ITEMS].seen(_number(request), _account(request))
    if seen.editable:
        return await _editor(request, seen)
    return await _item(request, seen)


async def save(request: web.Request) -> web.StreamResponse:
    """Keep the draft, and hand it in when asked to; a script asks for JSON and goes on writing."""
    items, number, account = request.app[ITEMS], _number(request), _account(request)
    await items.seen(number, account)  # what others have is not even found to be filled in wrongly
    fields = await form(request)
    try:
        street = await street_of(request)
        wording = said(typed(fields), fields.problems, committees=street.numbers)
        revision = fields.whole("revision", wrong="page.bad_request")
        fields.check()
        made = await items.save(number, account, wording, revision=revision)
        if fields.given.get("do") == "submit":
            made = await items.submit(number, account, revision=made.revision)
    except (Invalid, Refused) as error:
        if not wants_page(request):
            raise
        seen = await items.seen(number, account)
        if not seen.editable:
            return await _item(request, seen, error=error)
        return await _editor(request, seen, fields=fields, error=error)
    if not wants_page(request):
        return web.json_response(
            {"revision": made.revision, "saved": _kept(request, made, {account.username: account.name}), "notes": {}}
        )
    raise web.HTTPSeeOther(f"/notice/items/{number}")


async def preview(request: web.Request) -> web.Response:
    """Whom it reaches and how it reads, as it stands in the form; nothing is kept."""
    seen = await request.app[ITEMS].seen(_number(request), _account(request))
    fields, street = await form(request), await street_of(request)
    wording = tidied(said(typed(fields), {}, committees=street.numbers))
    return render(
        request, "notice/item_preview.html", wording=wording, swap=True, **card_of(request, seen, wording, street)
    )


async def withdraw(request: web.Request) -> web.StreamResponse:
    return await _acted(request, await request.app[ITEMS].withdraw(_number(request), _account(request)))


async def restore(request: web.Request) -> web.StreamResponse:
    return await _acted(request, await request.app[ITEMS].restore(_number(request), _account(request)))


async def attach(request: web.Request) -> web.StreamResponse:
    items, number, account = request.app[ITEMS], _number(request), _account(request)
    await items.seen(number, account)
    fields = await form(request)
    try:
        name, data = _sent(fields.given.get("file"))
        await items.attach(number, account, name=name, data=data)
    except (Invalid, Refused) as error:
        return await _again(request, error)
    raise web.HTTPSeeOther(f"/notice/items/{number}#files")


async def detach(request: web.Request) -> web.StreamResponse:
    number, file = _number(request), view.number(request, "file")
    try:
        await request.app[ITEMS].detach(number, file, _account(request))
    except Refused as error:
        return await _again(request, error)
    raise web.HTTPSeeOther(f"/notice/items/{number}#files")


async def fetch(request: web.Request) -> web.Response:
    """An attachment, to be kept and never to be shown by the browser as a page of ours."""
    number, file = _number(request), view.number(request, "file")
    found, data = await request.app[ITEMS].fetch(number, file, _account(request))
    plain = f"notice-{number}-{file}.{found.kind.ending}"
    response = attendance.download(data, "application/octet-stream", plain, found.name)
    response.headers["Content-Type"] = found.kind.media_type
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


async def _acted(request: web.Request, made: Notice) -> web.StreamResponse:
    raise web.HTTPSeeOther("/notice" if made.state is State.WITHDRAWN else f"/notice/items/{made.id}")


async def _again(request: web.Request, error: Error) -> web.Response:
    seen = await request.app[ITEMS].seen(_number(request), _account(request))
    if seen.editable:
        return await _editor(request, seen, error=error)
    return await _item(request, seen, error=error)


async def _editor(
    request: web.Request, seen: Seen, *, fields: Form | None = None, error: Error | None = None
) -> web.Response:
    """The form with what was typed, or with what is kept. After a stale one both are there."""
    street, notice = await street_of(request), seen.notice
    given = typed(fields) if fields is not None else sheet(notice.wording)
    wording = tidied(said(given, {}, committees=street.numbers))
    problems = _problems(request, error)
    return render(
        request,
        "notice/item_edit.html",
        status=error.status if error else 200,
        seen=seen,
        notice=notice,
        sheet=given,
        problems=problems,
        stale=isinstance(error, Stale),
        changes=compared(notice.wording, wording) if isinstance(error, Stale) else (),
        street=street,
        callable_roles=CALLABLE,
        meetings=await meetings_for(request, given),
        most_files=MOST_FILES,
        most_megabytes=LARGEST_FILE // (1024 * 1024),
        longest={"title": LONGEST_TITLE, "text": text.LONGEST},
        saved=_kept(request, notice, seen.names) if notice.revision > 1 else "",
        here=lambda language: f"/notice/items/{notice.id}?lang={language}",
        wording=wording,
        swap=False,
        **card_of(request, seen, wording, street),
    )


async def _item(request: web.Request, seen: Seen, *, error: Error | None = None) -> web.Response:
    street, notice = await street_of(request), seen.notice
    steps = zip(seen.revisions, seen.revisions[1:], strict=False)
    changes = [(after, compared(before.wording, after.wording)) for before, after in steps if after.of_host]
    return render(
        request,
        "notice/item.html",
        status=error.status if error else 200,
        seen=seen,
        notice=notice,
        problems=_problems(request, error),
        changes=changes,
        State=State,
        here=lambda language: f"/notice/items/{notice.id}?lang={language}",
        wording=notice.wording,
        swap=False,
        **card_of(request, seen, notice.wording, street),
    )


def card_of(request: web.Request, seen: Seen, wording: Wording, street: Street) -> dict[str, Any]:
    """What the picture of an item needs."""
    return {
        "blocks": text.parse(wording.text),
        "files": seen.notice.attachments,
        "departments": view.units_said(request[keys.WORDS], seen.notice.departments, seen.units),
        "base": f"/notice/items/{seen.notice.id}",
        "size": size,
        "leads": leads_somewhere(wording.link),
        "length": len(wording.text),
        **_saying(request, street),
    }


def _saying(request: web.Request, street: Street) -> dict[str, Any]:
    """How items are said, for templates."""
    words, committees = request[keys.WORDS], street.committees
    return {
        "kind_said": lambda wording: view.kind_said(words, wording),
        "whom_said": lambda wording: view.whom_said(words, wording.audiences),
        "reached_said": lambda wording: view.reached_said(words, wording, committees),
        "names_said": lambda wording: view.names_said(words, wording, committees),
        "seats": lambda wording: view.seats(wording, committees),
        "whole": len(committees),
    }


def _problems(request: web.Request, error: Error | None) -> dict[str, str]:
    if error is None:
        return {}
    words = request[keys.WORDS]
    fields = error.fields if isinstance(error, Invalid) else {}
    found = {name: words(code, **error.values) for name, code in fields.items()}
    return found or {"title": words(error.code, **error.values)}


def _kept(request: web.Request, notice: Notice, names: Mapping[str, str]) -> str:
    words, by = request[keys.WORDS], notice.updated_by
    return words("notice_item.saved_at", time=words.time(notice.updated_at), name=names.get(by, by))


async def street_of(request: web.Request) -> Street:
    def read(db: Db) -> Street:
        everybody = people.people(db)
        held = {line for each in everybody if each.committee is not None for line in each.lines}
        order = [each.line for each in people.departments(db)]
        lines = tuple(line for line in order if line in held) + tuple(sorted(held - set(order)))
        return Street(tuple(people.committees(db)), lines)

    return await request.app[keys.DATABASE].read(read)


async def meetings_for(request: web.Request, given: Sheet) -> list[Listing]:
    """A department's own meetings to come, and the one that is chosen."""
    account, now = _account(request), request.app[keys.CLOCK].now()
    coming = await request.app[MEETINGS].listings(since=now, until=now + AHEAD, states=_STATES)
    return [
        each
        for each in coming
        if each.host == account.unit
        or str(each.id) == given.meeting
        or any(segment.department_id == account.department for segment in each.segments)
    ]


def _sent(field: object) -> tuple[str, bytes]:
    """Name and content of the file in a form; one byte more than allowed is read of what is too large."""
    if not isinstance(field, FileField):
        raise Invalid(fields={"file": "file.missing"})
    with closing(field.file):
        if not field.filename:
            raise Invalid(fields={"file": "file.missing"})
        return field.filename, field.file.read(LARGEST_FILE + 1)


def _number(request: web.Request) -> int:
    return view.number(request, "notice")


def _account(request: web.Request) -> Account:
    return request[keys.WHO].account
