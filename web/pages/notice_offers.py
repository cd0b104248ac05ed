"""What the detector offered: taken into the drafts, begun as a meeting's topic, or declined."""

from __future__ import annotations

from dataclasses import replace

from aiohttp import web
from sqlmodel import Session as Db

from digest.offer_service import Waiting
from meetinghub.asking.wish import LONGEST_TEXT, LONGEST_TITLE, Wish
from meetinghub.errors import Invalid
from web import asking, keys
from web.forms import form
from web.minutes import number
from web.notice_answers import NOTICE_OFFERS


async def answer(request: web.Request) -> web.StreamResponse:
    offers, account, fields = request.app[NOTICE_OFFERS], request[keys.WHO].account, await form(request)
    offer, act = number(request, "offer"), fields.text("act", longest=8)
    if act == "decline":
        await offers.decline(account, offer)
        raise web.HTTPSeeOther("/")
    if act != "take":
        raise Invalid("page.bad_request")

    async def take(_: Db) -> str:
        waiting = await offers.offered(account, offer)
        notice = await offers.take(account, offer)
        if notice is not None:
            return f"/notice/items/{notice}"
        return f"/ask/{await request.app[asking.DRAFTS].begin(_wish(waiting), account)}/purpose"

    raise web.HTTPSeeOther(await request.app[keys.DATABASE].as_one(take))


def _wish(waiting: Waiting) -> Wish:
    """A meeting's topic: the item's title, and what was asked about it."""
    assert waiting.sent is not None
    asked = "\n".join(each.text for each in waiting.questions)
    return replace(Wish(), title=waiting.sent.title[:LONGEST_TITLE], purpose=asked[:LONGEST_TEXT])
