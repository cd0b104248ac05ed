"""What the pages about answers to items share: where they find the service, which answers an item takes, and where
one goes back to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from aiohttp.web import AppKey

from digest.answer_service import Followed, NoticeAnswers, Seen
from digest.answering import NOTE_LENGTH, QUESTION_LENGTH
from digest.item_service import WRITES
from digest.model import Answer
from digest.offer_service import NoticeOffers, Waiting
from meetinghub.errors import Error, Invalid
from meetinghub.words import Words
from web import keys
from web.forms import Form
from web.minutes import Due, due
from web.pace import Pace

NOTICE_ANSWERS = AppKey("notice_answers", NoticeAnswers)
NOTICE_OFFERS = AppKey("notice_offers", NoticeOffers)
NOTICE_ANSWERING = AppKey("notice_answering", Pace)
_OWN = re.compile(r"/|/notice(/[\w/.-]*)?", re.ASCII)


def choices(items: Iterable[Seen]) -> tuple[Answer, ...]:
    """What is only for information is read, not done."""
    return (Answer.DONE, Answer.READ) if any(each.sent.is_action for each in items) else (Answer.READ,)


def given(fields: Form, name: str = "answer") -> Answer:
    """Raises :class:`Invalid` for anything that is no answer."""
    text = fields.text(name, longest=8)
    found = next((each for each in Answer if each.value == text), None)
    if found is None:
        raise Invalid(fields={name: "notice_answer.choose"})
    return found


def numbers(texts: Iterable[str]) -> tuple[int, ...]:
    return tuple(int(each) for each in texts if each.isascii() and each.isdigit() and len(each) <= 9)


def back(fields: Form, default: str = "/notice/answers") -> str:
    """今天 or a page of the notice, from which the form was sent."""
    wanted = fields.text("back", longest=200)
    return wanted if _OWN.fullmatch(wanted) else default


def until(seen: Seen, now: datetime) -> Due | None:
    settled = seen.sent.settled(seen.given)
    return due(seen.sent.due_on, now, done=settled)


def problems(words: Words, error: Error | None, *, beside: str) -> dict[str, str]:
    """Field → what is wrong with it; what is wrong with no field stands ``beside`` one."""
    if error is None:
        return {}
    limits = {"note": NOTE_LENGTH, "question": QUESTION_LENGTH}
    if isinstance(error, Invalid):
        return {name: words(code, limit=limits.get(name, 0)) for name, code in error.fields.items()}
    return {beside: words(error.code, **error.values)}


@dataclass(frozen=True, slots=True)
class Duties:
    """What the notice asks of one account on 今天. ``items``: to be answered; ``asked``: items with questions."""

    items: tuple[Seen, ...]
    asked: tuple[Followed, ...]
    offers: tuple[Waiting, ...]


async def duties(request: web.Request) -> Duties:
    account = request[keys.WHO].account
    answers = request.app[NOTICE_ANSWERS]
    return Duties(
        await answers.waiting(account),
        await answers.asked(account),
        await request.app[NOTICE_OFFERS].waiting(account) if account.may(*WRITES) else (),
    )
