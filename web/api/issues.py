"""Issues of the weekly notice: what was sent, what became of its mails, what committees answered.

The street's people read all of it, a committee what it got and its own answers.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from pydantic import Field

from digest.answer_service import Followed
from digest.answering import Question, Via
from digest.archive_service import Archive
from digest.delivery_store import Delivery
from digest.model import Acknowledgement, Answer, Issue, IssueKind, IssueState, Item, Kind
from meetinghub.errors import Invalid, NotFound
from meetinghub.ids import IssueId
from meetinghub.mail.states import State as MailState
from web.api import paging
from web.api.model import Model, Moment, Reason
from web.api.operation import Call, Reply
from web.api.paging import Paged
from web.notice_answers import NOTICE_ANSWERS
from web.notice_archive import NOTICE_ARCHIVE
from web.sending import NOTICE_DELIVERIES


class IssueOne(Model):
    """``year`` and ``week`` are ISO 8601's; ``part`` 0 is the week's regular issue. ``digest``: SHA-256 of everything
    that was frozen."""

    id: int
    year: int
    week: int
    part: int
    kind: IssueKind
    state: IssueState
    corrects: int | None
    approved_at: Moment | None
    sent_at: Moment | None
    digest: str


class IssueList(Model):
    items: list[IssueOne]
    next: str | None


class IssueItem(Model):
    """As it was frozen. ``departments``: their names then; ``corrects``: the item that it puts right."""

    id: int
    notice: int
    title: str
    text: str
    kind: Kind
    due_on: date | None
    due_at: str | None
    departments: list[str]
    corrects: int | None


class IssueWhole(Model):
    """``items``: in the issue's order; a committee reads those that concern it."""

    issue: IssueOne
    items: list[IssueItem]


class DeliveryOne(Model):
    """``state``: of its newest mail. ``repeats``: how often it went out again because nobody knew whether it had
    arrived; ``sends``: more than 1 when somebody sent it again."""

    committee: int
    address: str
    name: str
    state: MailState
    problem: str
    sends: int
    repeats: int
    queued_at: Moment
    settled_at: Moment | None


class DeliveryList(Model):
    items: list[DeliveryOne]


class AcknowledgementOne(Model):
    """``answer`` null: none yet. ``via``: ``link``, ``page`` or ``api``."""

    committee: int
    answer: Answer | None
    note: str
    via: str
    at: Moment | None


class QuestionOne(Model):
    """``committee`` null: another one's. ``answer`` is empty until the department has answered."""

    id: int
    committee: int | None
    text: str
    asked_at: Moment
    answer: str
    answered_at: Moment | None


class AcknowledgementList(Model):
    """One for each committee that got the item; a committee reads its own."""

    item: int
    title: str
    items: list[AcknowledgementOne]
    questions: list[QuestionOne]


class Given(StrEnum):
    READ = "read"
    DONE = "done"
    NONE = "none"


class NewAcknowledgement(Model):
    """The last word counts; ``none`` takes it back. Having read it does not undo having done it."""

    answer: Given
    note: Reason = Field(default="", description="Kept with ``done``.")


class IssuesQuery(Paged):
    """Newest first."""


async def index(call: Call, query: IssuesQuery) -> Reply[IssueList]:
    before = paging.number(query.cursor)
    found = await _archive(call).issues(call.account)
    if before is not None:
        places = [place for place, each in enumerate(found) if each.id == before]
        if not places:
            raise Invalid(fields={"cursor": "api.bad_cursor"})
        found = found[places[0] + 1 :]
    shown = found[: query.limit]
    following = paging.encode(shown[-1].id) if len(found) > len(shown) else None
    return Reply(IssueList(items=[_one(each) for each in shown], next=following))


async def show(call: Call) -> Reply[IssueWhole]:
    issue, items = await _archive(call).contents(call.account, IssueId(_number(call)))
    return Reply(IssueWhole(issue=_one(issue), items=[_item(each) for each in items]))


async def deliveries(call: Call) -> Reply[DeliveryList]:
    number = _number(call)
    await _archive(call).contents(call.account, IssueId(number))
    found = await call.app[NOTICE_DELIVERIES].overview(call.account, number)
    return Reply(DeliveryList(items=[_delivery(each) for reached in found.reached for each in reached.deliveries]))


async def acknowledgements(call: Call) -> Reply[AcknowledgementList]:
    issue, item = _number(call), call.number("item", missing="notice_answer.no_such_item")
    if call.account.committee is not None:
        return Reply(await _own(call, issue, item))
    followed = await call.app[NOTICE_ANSWERS].followed(call.account, item)
    if followed.sent.issue.id != issue:
        raise NotFound("notice_answer.no_such_item")
    return Reply(_followed(followed))


async def acknowledge(call: Call, body: NewAcknowledgement) -> Reply[AcknowledgementList]:
    issue, item = _number(call), call.number("item", missing="notice_answer.no_such_item")
    await _own(call, issue, item)
    answers, account = call.app[NOTICE_ANSWERS], call.account
    if body.answer is Given.NONE:
        await answers.take_back(account, item, via=Via.API)
    else:
        note = body.note if body.answer is Given.DONE else ""
        await answers.give(account, [item], Answer(body.answer.value), note, via=Via.API)
    return Reply(await _own(call, issue, item))


async def _own(call: Call, issue: int, item: int) -> AcknowledgementList:
    """What the caller's committee has answered."""
    seen = (await call.app[NOTICE_ANSWERS].seen(call.account, [item])).get(item)
    if seen is None or seen.sent.issue.id != issue:
        raise NotFound("notice_answer.no_such_item")
    ours = call.account.committee or 0
    return AcknowledgementList(
        item=item,
        title=seen.sent.title,
        items=[_acknowledgement(ours, seen.given)],
        questions=[_question(each, ours) for each in seen.questions],
    )


def _followed(followed: Followed) -> AcknowledgementList:
    progress = followed.progress
    return AcknowledgementList(
        item=followed.sent.id,
        title=followed.sent.title,
        items=[_acknowledgement(each, progress.given.get(each)) for each in progress.reached],
        questions=[_question(each, None) for each in followed.questions],
    )


def _acknowledgement(committee: int, given: Acknowledgement | None) -> AcknowledgementOne:
    return AcknowledgementOne(
        committee=committee,
        answer=given.answer if given else None,
        note=given.note if given else "",
        via=given.via if given else "",
        at=given.at if given else None,
    )


def _question(found: Question, reader: int | None) -> QuestionOne:
    """``reader``: the committee that reads it; None: somebody who may know who asked."""
    return QuestionOne(
        id=found.id,
        committee=found.committee if reader in (None, found.committee) else None,
        text=found.text,
        asked_at=found.asked_at,
        answer=found.answer,
        answered_at=found.answered_at,
    )


def _delivery(found: Delivery) -> DeliveryOne:
    return DeliveryOne(
        committee=found.committee,
        address=found.address,
        name=found.name,
        state=found.mail.state,
        problem=found.mail.problem,
        sends=found.sends,
        repeats=found.mail.repeats,
        queued_at=found.queued_at,
        settled_at=found.mail.settled_at,
    )


def _item(found: Item) -> IssueItem:
    said = found.wording
    return IssueItem(
        id=found.id,
        notice=found.notice,
        title=said.title,
        text=said.text,
        kind=said.kind,
        due_on=said.due_on,
        due_at=f"{said.due_at:%H:%M}" if said.due_at else None,
        departments=list(found.departments),
        corrects=found.corrects,
    )


def _one(found: Issue) -> IssueOne:
    return IssueOne(
        id=found.id,
        year=found.week.year,
        week=found.week.number,
        part=found.part,
        kind=found.kind,
        state=found.state,
        corrects=found.corrects,
        approved_at=found.approved_at,
        sent_at=found.sent_at,
        digest=found.digest,
    )


def _archive(call: Call) -> Archive:
    return call.app[NOTICE_ARCHIVE]


def _number(call: Call) -> int:
    return call.number("issue", missing="notice_archive.not_found")
