"""回执: what a committee is asked and what it answers; to departments and the host office, how far their items are."""

from __future__ import annotations

from aiohttp import web

from digest import settings_store
from digest.answer_service import Followed
from digest.answering import NOTE_LENGTH, QUESTION_LENGTH, REPLY_LENGTH
from digest.model import Answer
from meetinghub.errors import Error, Invalid, Refused
from meetinghub.ids import NoticeId
from meetinghub.people import store as people
from web import keys, notice_answers
from web.forms import form
from web.minutes import due, number
from web.notice_answers import NOTICE_ANSWERS
from web.rendering import render

TAKE_BACK = "back"


async def index(request: web.Request) -> web.Response:
    if request[keys.WHO].account.committee is not None:
        return await _of_committee(request)
    return await _of_departments(request)


async def give(request: web.Request) -> web.StreamResponse:
    """One answer to one item or several."""
    answers, account, fields = request.app[NOTICE_ANSWERS], request[keys.WHO].account, await form(request)
    items = notice_answers.numbers(fields.several("item"))
    try:
        if fields.text("answer", longest=8) == TAKE_BACK:
            for each in items:
                await answers.take_back(account, each)
        else:
            answer = notice_answers.given(fields)
            note = fields.paragraph("note", longest=NOTE_LENGTH)
            fields.check()
            await answers.give(account, items, answer, note if answer is Answer.DONE else "")
    except (Invalid, Refused) as error:
        return await _of_committee(request, error=error, at=items[0] if items else 0, typed=dict(fields.given))
    raise web.HTTPSeeOther(notice_answers.back(fields) + (f"#item-{items[0]}" if len(items) == 1 else ""))


async def ask(request: web.Request) -> web.StreamResponse:
    item, fields = number(request, "item"), await form(request)
    try:
        question = fields.paragraph("question", longest=QUESTION_LENGTH, missing="notice_answer.question_missing")
        fields.check()
        await request.app[NOTICE_ANSWERS].ask(request[keys.WHO].account, item, question)
    except (Invalid, Refused) as error:
        return await _of_committee(request, error=error, at=item, typed=dict(fields.given))
    raise web.HTTPSeeOther(f"{notice_answers.back(fields)}#item-{item}")


async def reply(request: web.Request) -> web.StreamResponse:
    """A department answers a question; everybody who got the item sees it."""
    answers, account, fields = request.app[NOTICE_ANSWERS], request[keys.WHO].account, await form(request)
    question = number(request, "question")
    item = await answers.item_of(account, question)
    try:
        text = fields.paragraph("answer", longest=REPLY_LENGTH, missing="notice_answer.reply_missing")
        fields.check()
        await answers.reply(account, question, text)
    except Invalid as error:
        followed = await answers.followed(account, item)
        return await _live(request, followed, error=error, at=question, typed=str(fields.given.get("answer", "")))
    followed = await answers.followed(account, item)
    raise web.HTTPSeeOther(f"/notice/items/{followed.sent.item.notice}/answers#question-{question}")


async def show(request: web.Request) -> web.Response:
    """Who has read and done one item; the page asks again by itself."""
    notice = NoticeId(number(request, "item"))
    return await _live(request, await request.app[NOTICE_ANSWERS].followed_as(request[keys.WHO].account, notice))


async def _of_committee(
    request: web.Request, *, error: Error | None = None, at: int = 0, typed: dict[str, object] | None = None
) -> web.Response:
    account, now = request[keys.WHO].account, request.app[keys.CLOCK].now()
    problems = notice_answers.problems(request[keys.WORDS], error, beside="item")
    return render(
        request,
        "notice/answers.html",
        status=error.status if error else 200,
        mine=await request.app[NOTICE_ANSWERS].mine(account),
        due=lambda seen: notice_answers.until(seen, now),
        problems={f"{name}-{at}": text for name, text in problems.items()},
        at=at,
        typed=typed or {},
        note_length=NOTE_LENGTH,
        question_length=QUESTION_LENGTH,
        here=lambda language: f"/notice/answers?lang={language}",
    )


async def _of_departments(request: web.Request) -> web.Response:
    account, now = request[keys.WHO].account, request.app[keys.CLOCK].now()
    return render(
        request,
        "notice/following.html",
        following=await request.app[NOTICE_ANSWERS].following(account),
        due=lambda each: due(each.sent.due_on, now, done=not each.progress.open),
        here=lambda language: f"/notice/answers?lang={language}",
    )


async def _live(
    request: web.Request, followed: Followed, *, error: Error | None = None, at: int = 0, typed: str = ""
) -> web.Response:
    now, account = request.app[keys.CLOCK].now(), request[keys.WHO].account
    committees = await request.app[keys.DATABASE].read(people.committees)
    settings = await request.app[keys.DATABASE].read(settings_store.settings)
    progress = followed.progress
    only_open = request.query.get("show") == "open"
    problems = notice_answers.problems(request[keys.WORDS], error, beside="answer")
    ours = account.department is not None and account.department in followed.sent.departments
    return render(
        request,
        "notice/live.html",
        status=error.status if error else 200,
        followed=followed,
        sent=followed.sent,
        progress=progress,
        committees=[each for each in committees if each.id in progress.reached],
        listed=[each for each in committees if each.id in (progress.open if only_open else progress.reached)],
        by_seat={each.seat: each for each in committees},
        only_open=only_open,
        due=due(followed.sent.due_on, now, done=not progress.open),
        now=now,
        answers_questions=ours or settings.edits(account),
        names={each.id: each.name for each in committees},
        problems={f"{name}-{at}": text for name, text in problems.items()},
        at=at,
        typed=typed,
        reply_length=REPLY_LENGTH,
        base=f"/notice/items/{followed.sent.item.notice}/answers",
        here=lambda language: f"/notice/items/{followed.sent.item.notice}/answers?lang={language}",
    )
