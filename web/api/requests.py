"""Requests for meetings: a department's own, and for those who approve what was handed in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from typing import Any

from pydantic import Field

from meetinghub.asking import store
from meetinghub.asking.approval import ApprovalStep, Office, Verdict
from meetinghub.asking.model import Request
from meetinghub.asking.phrases import WHOLE, sentence
from meetinghub.asking.request import State
from meetinghub.asking.service import SEES_REQUESTS
from meetinghub.asking.wish import Wish
from meetinghub.clock import SHANGHAI
from meetinghub.errors import Forbidden
from meetinghub.meetings import series_store
from meetinghub.words import Words
from web import keys
from web.api import paging
from web.api.model import Day, Model, Moment
from web.api.operation import ROOT, Call, Reply
from web.api.paging import Paged
from web.api.wishes import WishAsKept, WishOf, kept
from web.asking import ASKING, DRAFTS


class RequestsQuery(Paged):
    """Newest first."""

    state: State | None = None


class RequestSummary(Model):
    """``meeting``: the one that was planned of it or ridden on."""

    id: int
    state: State
    title: str
    department: int
    department_name: str
    asked_by: str
    meeting: int | None
    created_at: Moment
    updated_at: Moment
    submitted_at: Moment | None
    decided_at: Moment | None


class RequestList(Model):
    items: list[RequestSummary]
    next: str | None


class Step(Model):
    """``verdict`` null: not decided yet; ``due_at`` null: it is not its turn yet."""

    office: Office
    due_at: Moment | None
    verdict: Verdict | None
    by: str
    reason: str
    decided_at: Moment | None


class RowOfFinding(Model):
    title: str
    day: str
    meeting: int | None


class FindingOf(Model):
    """What one rule said. Amounts are in ``unit``; ``said`` is the sentence in the asked language."""

    kind: str
    broken: bool
    action: str
    unit: str
    limit: float
    used: float
    asked: float
    left: float = Field(description="After it.")
    period: str
    said: str
    rows: list[RowOfFinding]


class OccurrenceOf(Model):
    """What the rules said of one time of a series. ``findings`` only of rules that it breaks. ``better``: where its day
    is off or a rule forbids meetings on it, the next that is neither."""

    starts_at: Moment
    outcome: str
    findings: list[FindingOf]
    better: Day | None


class RequestOne(RequestSummary):
    """``round`` counts its submissions; ``outcome``: ``granted``, ``needs_approval`` or empty before the first.
    ``series``: what was planned of a meeting that comes back; ``occurrences``: what was said of each time."""

    round: int
    wish: WishAsKept
    outcome: str
    findings: list[FindingOf]
    occurrences: list[OccurrenceOf]
    series: int | None
    steps: list[Step]
    decidable: bool = Field(description="Whether this account may decide it now.")


class Submitted(Model):
    """``outcome`` is ``granted`` (planned at once), ``needs_approval`` or ``refused``: then it stays as it was."""

    outcome: str
    findings: list[FindingOf]
    occurrences: list[OccurrenceOf]
    request: RequestSummary


async def index(call: Call, query: RequestsQuery) -> Reply[RequestList]:
    account = call.account
    department = None if account.may(*SEES_REQUESTS) else account.department
    if department is None and not account.may(*SEES_REQUESTS):
        return Reply(RequestList(items=[], next=None))
    read = partial(
        store.page,
        department=department,
        state=query.state,
        before=paging.number(query.cursor),
        limit=query.limit + 1,
    )
    found = await call.app[keys.DATABASE].read(read)
    shown = found[: query.limit]
    following = paging.encode(shown[-1].id) if len(found) > len(shown) else None
    return Reply(RequestList(items=[summary(each) for each in shown], next=following))


async def show(call: Call) -> Reply[RequestOne]:
    return Reply(await shown(call, number(call)))


async def create(call: Call, body: WishOf) -> Reply[RequestOne]:
    """A draft with every answer; handing it in is an act of its own."""
    made = await call.app[DRAFTS].begin(_checked(call, body), call.account)
    return Reply(await shown(call, made), status=201, location=f"{ROOT}/requests/{made}")


async def change(call: Call, body: WishOf) -> Reply[RequestOne]:
    """Put another wish in the place of a draft's, or of one that was sent back."""
    wish = _checked(call, body)
    changed = await call.app[DRAFTS].answer(number(call), call.account, lambda _: wish)
    return Reply(await shown(call, changed.id))


async def submit(call: Call) -> Reply[Submitted]:
    done = await call.app[ASKING].submit(number(call), call.account)
    words, said = call.request[keys.WORDS], done.assessed.as_json()
    return Reply(
        Submitted(
            outcome=done.assessed.outcome,
            findings=findings(words, said["findings"]),
            occurrences=_occurrences(words, said),
            request=summary(done.request),
        )
    )


async def withdraw(call: Call) -> Reply[RequestSummary]:
    return Reply(summary(await call.app[ASKING].withdraw(number(call), call.account)))


def number(call: Call) -> int:
    return call.number("request", missing="asking.not_found")


async def shown(call: Call, which: int) -> RequestOne:
    """One request with everything a decision rests on."""
    seen = await call.app[ASKING].shown(which, call.account)
    found, assessed = seen.request, seen.request.assessed or {}
    series = await call.app[keys.DATABASE].read(series_store.of_request, found.id)
    return RequestOne(
        **summary(found).model_dump(),
        round=found.round,
        wish=kept(found.wish),
        outcome=assessed.get("outcome", ""),
        findings=findings(call.request[keys.WORDS], assessed.get("findings", ())),
        occurrences=_occurrences(call.request[keys.WORDS], assessed),
        series=series,
        steps=[_step(each) for each in found.steps],
        decidable=seen.decides,
    )


def summary(found: Request) -> RequestSummary:
    return RequestSummary(
        id=found.id,
        state=found.state,
        title=found.wish.title,
        department=found.department_id,
        department_name=found.department,
        asked_by=found.asked_by,
        meeting=found.meeting_id,
        created_at=found.created_at,
        updated_at=found.updated_at,
        submitted_at=found.submitted_at,
        decided_at=found.decided_at,
    )


def _occurrences(words: Words, assessed: Mapping[str, Any]) -> list[OccurrenceOf]:
    return [
        OccurrenceOf(
            starts_at=datetime.fromisoformat(each["starts_at"]),
            outcome=each["outcome"],
            findings=findings(words, each["findings"]),
            better=date.fromisoformat(each["better"]) if each["better"] else None,
        )
        for each in assessed.get("each", ())
    ]


def findings(words: Words, found: Any) -> list[FindingOf]:
    return [_finding(words, each) for each in found]


def _finding(words: Words, each: Mapping[str, Any]) -> FindingOf:
    limit, used, asked = (each[name] / WHOLE for name in ("limit", "used", "asked"))
    return FindingOf(
        kind=each["kind"],
        broken=each["broken"],
        action=each["action"],
        unit=each["unit"],
        limit=limit,
        used=used,
        asked=asked,
        left=max(0.0, limit - used - asked),
        period=each["period"],
        said=sentence(words, each),
        rows=[RowOfFinding(title=row["title"], day=row["day"], meeting=row["meeting"]) for row in each["rows"]],
    )


def _step(step: ApprovalStep) -> Step:
    return Step(
        office=step.office,
        due_at=step.due_at,
        verdict=step.verdict,
        by=step.by,
        reason=step.reason,
        decided_at=step.decided_at,
    )


def _checked(call: Call, body: WishOf) -> Wish:
    if call.account.department is None:
        raise Forbidden("asking.no_department")
    now: datetime = call.app[keys.CLOCK].now()
    return body.checked(today=now.astimezone(SHANGHAI).date(), now=now)
