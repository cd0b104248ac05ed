"""居委会点题: what committees ask departments to come and answer, and how long it has waited."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from aiohttp import web

from meetinghub.asking.topics import LONGEST_TEXT, LONGEST_TITLE
from meetinghub.errors import Invalid, Refused
from meetinghub.meetings import store as planned
from meetinghub.meetings.lifecycle import State
from meetinghub.people import store as people
from web import asking, keys
from web.forms import form
from web.rendering import render


async def show(request: web.Request) -> web.Response:
    return await _page(request)


async def ask(request: web.Request) -> web.StreamResponse:
    fields = await form(request)
    title = fields.text("title", longest=LONGEST_TITLE, missing="topic.title_missing")
    text = fields.paragraph("text", longest=LONGEST_TEXT, missing="topic.text_missing")
    department = fields.whole("department", wrong="topic.department_missing")
    try:
        fields.check()
        await request.app[asking.TOPICS].ask(request[keys.WHO].account, department=department, title=title, text=text)
    except Invalid as error:
        return await _page(request, error=error, typed=fields.given)
    raise web.HTTPSeeOther("/topics")


async def act(request: web.Request) -> web.StreamResponse:
    """Take it up, say what was answered, or (its committee) withdraw it."""
    number, fields, account = asking.number(request, "topic"), await form(request), request[keys.WHO].account
    topics = request.app[asking.TOPICS]
    match fields.text("act", longest=10):
        case "take":
            await topics.take_up(number, account)
        case "answer":
            answer = fields.paragraph("answer", longest=LONGEST_TEXT, missing="topic.answer_missing")
            if fields.problems:
                return await _page(request, error=Invalid(fields=fields.problems), typed=fields.given, at=number)
            await topics.answer(number, account, answer)
        case "schedule":
            meeting = fields.whole("meeting", wrong="topic.meeting_missing")
            minutes = fields.whole("minutes", wrong="form.not_a_number")
            speaker = fields.text("speaker", longest=LONGEST_TITLE)
            try:
                fields.check()
                await topics.schedule(number, account, meeting=meeting, minutes=minutes, speaker=speaker)
            except (Invalid, Refused) as error:
                return await _page(request, error=error, typed=fields.given, at=number, part="schedule")
        case "withdraw":
            await topics.withdraw(number, account)
        case _:
            raise Invalid("page.bad_request")
    raise web.HTTPSeeOther("/topics")


async def _page(
    request: web.Request,
    *,
    error: Invalid | Refused | None = None,
    typed: Mapping[str, object] | None = None,
    at: int = 0,
    part: str = "",
) -> web.Response:
    account = request[keys.WHO].account
    words, now = request[keys.WORDS], request.app[keys.CLOCK].now()
    fields = error.fields if isinstance(error, Invalid) else {}
    problems = asking.messages(words, fields, **(error.values if error else {}))
    if error and not problems:
        problems = {f"topic-{at}": words(error.code, **error.values)}
    found, takes = await request.app[asking.TOPICS].all(), asking.may_ask(account)
    among = {each.meeting_id for each in found if each.meeting_id is not None}
    read, coming = request.app[keys.DATABASE].read, (State.PLANNED, State.POSTPONED)
    ahead = await read(partial(planned.listings, since=now, states=coming)) if takes else []
    return render(
        request,
        "ask/topics.html",
        status=error.status if error else 200,
        topics=found,
        meetings={each.id: each for each in await read(partial(planned.listings, among=among))},
        own=[each for each in ahead if each.host == account.unit],
        part=part,
        departments=await request.app[keys.DATABASE].read(people.departments),
        committee=account.committee,
        takes=takes,
        problems=problems,
        typed=typed or {},
        at=at,
        here=lambda language: f"/topics?lang={language}",
    )
