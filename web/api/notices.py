"""Items of the weekly notice: a department's own, written by its people or posted by its systems."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from digest.item_service import Items
from digest.model import Audience, Kind, Link, LinkKind, Notice, Origin, State, Wording
from digest.text import LONGEST, LONGEST_ADDRESS
from digest.wording import LONGEST_LINE
from meetinghub.errors import Invalid
from meetinghub.ids import CommitteeId
from meetinghub.people.model import Role
from web.api import paging
from web.api.model import Day, Line, Model, Moment, Number, Title
from web.api.operation import ROOT, Call, Reply
from web.api.paging import Paged
from web.digest import ITEMS

_TEXT = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$"
_PLACES = {"committees": "audience.committees", "line": "audience.line", "link": "link.target"}
"""Fields of the page's form → of this."""


class NoticesQuery(Paged):
    """Newest first."""

    state: State | None = None


class NoticeAudience(Model):
    """``committees`` null: all of them. ``roles`` empty: the committee as such; ``line`` narrows line workers."""

    committees: Annotated[list[Number], Field(max_length=100)] | None = None
    roles: Annotated[list[Role], Field(max_length=12)] = Field(default_factory=list)
    line: Annotated[Line, Field(max_length=LONGEST_LINE)] = ""


class NoticeLink(Model):
    """``target``: a meeting's number, a path of ours, or an https address."""

    kind: Literal["meeting", "page", "web"]
    target: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_ADDRESS, pattern=r"^[!-~]*$")]


class NoticeWording(Model):
    """What an item says. ``text``: one paragraph a line; ``- `` or ``1. `` begin an entry of a list; addresses, and
    ``[words](address)``, become links."""

    title: Title
    text: Annotated[str, StringConstraints(max_length=LONGEST, pattern=_TEXT)] = ""
    kind: Kind = Kind.INFORMATION
    due_on: Day | None = Field(default=None, description="By which day; for actions only, and needed for them.")
    due_at: Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")] | None = Field(
        default=None, description="``17:00``, in Shanghai; null: until the end of that day."
    )
    audience: NoticeAudience = Field(default_factory=NoticeAudience)
    link: NoticeLink | None = None


class NewNotice(NoticeWording):
    submit: bool = Field(default=False, description="Hand it in at once; otherwise it is a draft.")


class NoticeLinkKept(Model):
    """A draft's may lead nowhere yet."""

    kind: LinkKind
    target: str


class NoticeFile(Model):
    id: int
    name: str
    bytes: int
    digest: str = Field(description="SHA-256 of its content.")


class NoticeOne(Model):
    """``week``: of the issue on whose board it is, such as ``2026-W48``; null for what was handed in after the
    deadline and waits for the host office's choice. ``audiences``: several only where items were merged."""

    id: int
    state: State
    revision: int
    origin: Origin
    departments: list[int]
    title: str
    text: str
    kind: Kind
    due_on: date | None
    due_at: str | None
    audiences: list[NoticeAudience]
    link: NoticeLinkKept | None
    files: list[NoticeFile]
    week: str | None
    reason: str = Field(description="Why it was returned.")
    created_at: Moment
    updated_at: Moment
    submitted_at: Moment | None


class NoticeList(Model):
    items: list[NoticeOne]
    next: str | None


async def index(call: Call, query: NoticesQuery) -> Reply[NoticeList]:
    states = tuple(State) if query.state is None else (query.state,)
    before = paging.number(query.cursor)
    found = await call.app[ITEMS].page(call.account, states, before=before, limit=query.limit + 1)
    shown = found[: query.limit]
    following = paging.encode(shown[-1].id) if len(found) > len(shown) else None
    return Reply(NoticeList(items=[one(each) for each in shown], next=following))


async def show(call: Call) -> Reply[NoticeOne]:
    return _reply((await _items(call).seen(number(call), call.account)).notice)


async def create(call: Call, body: NewNotice) -> Reply[NoticeOne]:
    """A draft, or handed in at once: then what keeps it from that is said, and nothing is kept."""
    items, account = _items(call), call.account
    try:
        made = await items.begin(account, _wording(body), origin=Origin.API)
        if body.submit:
            await items.submit(made, account)
    except Invalid as error:
        raise _placed(error) from None
    found = (await items.seen(made, account)).notice
    return Reply(one(found), status=201, mark=str(found.revision), location=f"{ROOT}/notices/{made}")


async def change(call: Call, body: NoticeWording) -> Reply[NoticeOne]:
    """Put another wording in the place of a draft's, or of one that was returned."""
    items, account, which = _items(call), call.account, number(call)
    revision = (await items.seen(which, account)).notice.revision
    call.matches(str(revision))
    try:
        return _reply(await items.save(which, account, _wording(body), revision=revision))
    except Invalid as error:
        raise _placed(error) from None


async def submit(call: Call) -> Reply[NoticeOne]:
    try:
        return _reply(await _items(call).submit(number(call), call.account))
    except Invalid as error:
        raise _placed(error) from None


async def withdraw(call: Call) -> Reply[NoticeOne]:
    """One that was handed in becomes a draft again; any other is laid aside."""
    return _reply(await _items(call).withdraw(number(call), call.account))


def number(call: Call) -> int:
    return call.number("notice", missing="notice.not_found")


def one(found: Notice) -> NoticeOne:
    said = found.wording
    return NoticeOne(
        id=found.id,
        state=found.state,
        revision=found.revision,
        origin=found.origin,
        departments=list(found.departments),
        title=said.title,
        text=said.text,
        kind=said.kind,
        due_on=said.due_on,
        due_at=said.due_at.isoformat("minutes") if said.due_at else None,
        audiences=[audience(each) for each in said.audiences],
        link=link(said.link),
        files=[
            NoticeFile(id=each.id, name=each.name, bytes=each.bytes, digest=each.digest) for each in found.attachments
        ],
        week=str(found.week) if found.week else None,
        reason=found.reason,
        created_at=found.created_at,
        updated_at=found.updated_at,
        submitted_at=found.submitted_at,
    )


def audience(whom: Audience) -> NoticeAudience:
    committees = None if whom.committees is None else [int(each) for each in sorted(whom.committees)]
    return NoticeAudience(committees=committees, roles=list(whom.roles), line=whom.line)


def link(found: Link) -> NoticeLinkKept | None:
    return None if found.kind is LinkKind.NONE else NoticeLinkKept(kind=found.kind, target=found.target)


def _wording(body: NoticeWording) -> Wording:
    whom = body.audience
    some = None if whom.committees is None else frozenset(CommitteeId(each) for each in whom.committees)
    return Wording(
        title=body.title,
        text=body.text,
        kind=body.kind,
        due_on=body.due_on,
        due_at=time.fromisoformat(body.due_at) if body.due_at else None,
        audiences=(Audience(some, tuple(whom.roles), whom.line),),
        link=Link() if body.link is None else Link(LinkKind(body.link.kind), body.link.target),
    )


def _reply(found: Notice) -> Reply[NoticeOne]:
    return Reply(one(found), mark=str(found.revision))


def _items(call: Call) -> Items:
    return call.app[ITEMS]


def _placed(error: Invalid) -> Invalid:
    fields = {_PLACES.get(name, name): code for name, code in error.fields.items()}
    return Invalid(error.code, fields=fields, **error.values)
