"""What waits for this account's decision, by its office or as a deputy, and the decision."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from meetinghub.asking.approval import Verdict
from meetinghub.errors import Forbidden
from web.api.model import Model, Reason
from web.api.operation import Call, Reply
from web.api.requests import RequestOne, RequestSummary, number, shown, summary
from web.asking import ASKING


class ApprovalList(Model):
    items: list[RequestSummary] = Field(description="The most urgent first.")


class Decision(Model):
    """``round`` is the one that was read: a request that was sent again since is not decided unseen. Returning and
    refusing need a reason."""

    round: Annotated[int, Field(ge=1, le=1000)]
    verdict: Verdict
    reason: Reason = ""


async def index(call: Call) -> Reply[ApprovalList]:
    waiting = await call.app[ASKING].waiting(call.account)
    return Reply(ApprovalList(items=[summary(each) for each in waiting]))


async def decide(call: Call, body: Decision) -> Reply[RequestOne]:
    which = number(call)
    seen = await call.app[ASKING].shown(which, call.account)
    if seen.request.waits_for is not None and not seen.decides:
        raise Forbidden("asking.not_your_turn")
    await call.app[ASKING].decide(which, call.account, round=body.round, verdict=body.verdict, reason=body.reason)
    return Reply(await shown(call, which))
