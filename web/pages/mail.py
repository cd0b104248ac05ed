"""邮件, for the administrator: what is owed, what became of each mail, and the two things a person can do about one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import structlog
from aiohttp import web
from sqlmodel import Session as Db

from meetinghub.errors import NotFound
from meetinghub.mail import outbox, store
from meetinghub.mail.links import hidden
from meetinghub.mail.model import Mail
from meetinghub.mail.reading import Search
from meetinghub.mail.states import Event, State, possible
from meetinghub.people.address_store import phone_of
from web import keys
from web.rendering import render

EACH = 30
FURTHEST = 10_000
LONGEST_TEXT = 80
SHUT_IN = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'"
"""A mail's HTML may look as it likes, and can do nothing: no script, no form, no picture that tells who reads it."""

OWN_PROBLEMS = {outbox.NO_ADDRESS, outbox.OUTDATED, outbox.TOO_OFTEN, outbox.INTERRUPTED, outbox.UNWRITABLE}

log = structlog.get_logger("mails")


async def index(request: web.Request) -> web.Response:
    search, number = _search(request), _page_number(request)
    found = await request.app[keys.MAILS].overview(search, offset=(number - 1) * EACH, limit=EACH)
    returns = await request.app[keys.DATABASE].read(store.return_box)
    return render(
        request,
        "mail.html",
        page=found.page,
        counts=found.counts,
        trouble=found.trouble,
        returns=returns if request.app[keys.CONFIG].imap is not None else None,
        phones=await _phones(request, found.page.entries),
        configured=request.app[keys.CONFIG].smtp is not None,
        search=search,
        State=State,
        own_problems=OWN_PROBLEMS,
        newer=_turn(request, number - 1) if number > 1 else None,
        older=_turn(request, number + 1) if number * EACH < found.page.whole else None,
        filtered=bool(search.text or search.state),
    )


async def show(request: web.Request) -> web.Response:
    """The mail without what its links are signed with: whoever looks after mails does not act for their recipients."""
    mail, steps = await request.app[keys.MAILS].one(_number(request))
    return render(
        request,
        "mail_one.html",
        mail=mail,
        phones=await _phones(request, [mail]),
        steps=steps,
        text=hidden(mail.owed.text),
        calendar=hidden(mail.owed.calendar),
        can_resend=possible(mail.state, Event.RESEND) and mail.problem != outbox.NO_ADDRESS,
        can_settle=possible(mail.state, Event.BOUNCE) or possible(mail.state, Event.GIVE_UP),
        own_problems=OWN_PROBLEMS,
        done=request.query.get("done", "") if request.query.get("done") in {"resend", "bounce"} else "",
    )


async def as_html(request: web.Request) -> web.Response:
    """The mail's own page, shut in."""
    mail, _ = await request.app[keys.MAILS].one(_number(request))
    if not mail.owed.html:
        raise NotFound("mail.not_found")
    return web.Response(
        text=hidden(mail.owed.html), content_type="text/html", headers={"Content-Security-Policy": SHUT_IN}
    )


async def confirm_resend(request: web.Request) -> web.Response:
    return await _confirm(request, "resend")


async def confirm_bounce(request: web.Request) -> web.Response:
    return await _confirm(request, "bounce")


async def resend(request: web.Request) -> web.StreamResponse:
    number = _number(request)
    await request.app[keys.MAILS].resend(number, request[keys.WHO].account)
    log.info("mail sent again", mail=number)
    raise web.HTTPSeeOther(f"/mail/{number}?done=resend")


async def bounce(request: web.Request) -> web.StreamResponse:
    number = _number(request)
    await request.app[keys.MAILS].mark_undelivered(number, request[keys.WHO].account)
    log.info("mail marked undelivered", mail=number)
    raise web.HTTPSeeOther(f"/mail/{number}?done=bounce")


async def _phones(request: web.Request, entries: Iterable[Mail]) -> Mapping[str, str]:
    """Under which telephone those are reached whom a mail did not reach: address → number."""
    missed = {each.owed.to for each in entries if each.state in {State.FAILED, State.BOUNCED}}

    def read(db: Db) -> dict[str, str]:
        known = {address: phone_of(db, address) for address in missed}
        return {address: found[1] for address, found in known.items() if found is not None and found[1]}

    return await request.app[keys.DATABASE].read(read) if missed else {}


async def _confirm(request: web.Request, act: str) -> web.Response:
    mail, _ = await request.app[keys.MAILS].one(_number(request))
    return render(request, "mail_act.html", mail=mail, act=act)


def _search(request: web.Request) -> Search:
    asked, text = request.query.get("state", ""), request.query.get("q", "").replace("\x00", "").strip()
    state = next((state for state in State if state.value == asked), None)
    return Search(text=text[:LONGEST_TEXT], state=state)


def _page_number(request: web.Request) -> int:
    text = request.query.get("page", "1")
    return min(FURTHEST, max(1, int(text))) if text.isascii() and text.isdigit() and len(text) < 9 else 1


def _turn(request: web.Request, page: int) -> str:
    return str(request.rel_url.update_query(page=page))


def _number(request: web.Request) -> int:
    text = request.match_info["mail"]
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise NotFound("mail.not_found")
    return int(text)
