"""What the asking pages share: where they find the service, who may ask, and how an audience is said in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from aiohttp import web
from aiohttp.web import AppKey
from sqlmodel import Session as Db

from meetinghub.asking.audience import Audience, Counted, count
from meetinghub.asking.drafts import Drafts
from meetinghub.asking.model import Request
from meetinghub.asking.phrases import roles_said, said
from meetinghub.asking.service import SEES_REQUESTS, Asking
from meetinghub.asking.topics import Topics
from meetinghub.asking.wish import Step
from meetinghub.errors import NotFound
from meetinghub.people import store as people
from meetinghub.people.model import Account, Committee, Right
from meetinghub.words import Words
from web import keys

__all__ = ["SEES_REQUESTS", "roles_said", "said"]
DRAFTS = AppKey("drafts", Drafts)
ASKING = AppKey("asking", Asking)
TOPICS = AppKey("topics", Topics)

ASKS = (Right.DEPARTMENT, Right.HOST, Right.COORDINATOR)
"""Who may ask for meetings: for their own department. The coordinator's office is one that calls meetings, too; it goes
through the same questions and rules, and nobody decides a request of their own."""
STAFF = tuple(right for right in Right if right is not Right.SITE)
"""The street office's own people: any of them may stand in for an approver."""
NEW = "new"
"""In an address, in the place of a draft's number: one that does not exist yet."""


@dataclass(frozen=True, slots=True)
class Street:
    """What an audience is chosen from. ``lines``: the business lines line workers answer for."""

    committees: tuple[Committee, ...]
    lines: tuple[str, ...]
    counted: Counted


def may_ask(account: Account) -> bool:
    """Whether this account's department can ask for meetings through it."""
    return account.may(*ASKS) and account.department is not None


def number(request: web.Request, name: str) -> int:
    """The number in the address."""
    text = request.match_info[name]
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise NotFound("asking.not_found")
    return int(text)


async def draft(request: web.Request) -> Request | None:
    """The draft of the address, which must be this department's; None for a new one."""
    if request.match_info["draft"] == NEW:
        return None
    return await request.app[DRAFTS].draft(number(request, "draft"), request[keys.WHO].account)


async def own_draft(request: web.Request) -> Request:
    """The draft of the address; a new one has its first question asked first."""
    found = await draft(request)
    if found is None:
        raise web.HTTPSeeOther(f"/ask/{NEW}/{Step.PURPOSE.value}")
    return found


async def street(request: web.Request, audience: Audience) -> Street:
    return await request.app[keys.DATABASE].read(partial(_street, audience=audience))


def messages(words: Words, problems: Mapping[str, str], **values: object) -> dict[str, str]:
    """Field → message."""
    return {name: words(code, **values) for name, code in problems.items()}


def _street(db: Db, *, audience: Audience) -> Street:
    everybody = people.people(db)
    lines = {line for person in everybody if person.committee is not None for line in person.lines}
    order = [each.line for each in people.departments(db)]
    known = tuple(line for line in order if line in lines) + tuple(sorted(lines - set(order)))
    return Street(tuple(people.committees(db)), known, count(everybody, audience))
