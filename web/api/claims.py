"""Claims of departments to minutes of another's meeting. The host sees all of them, a department its own."""

from __future__ import annotations

from pydantic import Field

from meetinghub.agendas import plan as rules
from meetinghub.agendas.claims import Act, Claim, Kind, State
from meetinghub.agendas.plan import Timing
from meetinghub.agendas.service import Answer, Wanted
from meetinghub.errors import Forbidden, NotFound
from web.agendas import AGENDAS
from web.api.agendas import Minutes, Roles, whom_of
from web.api.model import Audience, Line, Model, Moment, Reason, Title
from web.api.operation import ROOT, Call, Reply


class ClaimOne(Model):
    """``minutes`` as asked for; ``segment`` its place on the agenda once it has one."""

    id: int
    meeting: int
    department: int
    department_name: str
    title: str
    speaker: str
    minutes: int
    kind: Kind
    audience: Audience | None
    state: State
    claimed_at: Moment
    decided_at: Moment | None
    reason: str
    segment: int | None


class ClaimList(Model):
    items: list[ClaimOne]


class NewClaim(Model):
    title: Title
    speaker: Line = ""
    minutes: Minutes
    kind: Kind = Kind.DISCUSSION
    roles: Roles = Field(default_factory=list)
    line: Line = ""


class ClaimAnswer(Model):
    """The host accepts, shortens (to ``minutes``), declines with a reason or moves it to the weekly notice; the
    claimant withdraws; each may undo its own."""

    act: Act
    minutes: Minutes | None = None
    timing: Timing = Timing.SHIFT
    reason: Reason = ""


async def index(call: Call) -> Reply[ClaimList]:
    plan = await call.app[AGENDAS].plan(call.number("id", missing="meeting.not_found"))
    account = call.account
    hosting = rules.hosts(plan, account)
    shown = [each for each in plan.claims if hosting or each.department == account.department]
    return Reply(ClaimList(items=[one(each) for each in shown]))


async def make(call: Call, body: NewClaim) -> Reply[ClaimOne]:
    number, account = call.number("id", missing="meeting.not_found"), call.account
    if account.department is None:
        raise Forbidden("access.denied")
    whom = whom_of(body.roles, body.line)
    wanted = Wanted(account.department, account.unit, body.title, body.minutes, body.speaker, body.kind, whom)
    made = await call.app[AGENDAS].claim(number, wanted, by=account.username)
    return Reply(one(made), status=201, location=f"{ROOT}/meetings/{number}/claims/{made.id}")


async def show(call: Call) -> Reply[ClaimOne]:
    found = await index(call)
    wanted = call.number("claim", missing="claim.not_found")
    for each in found.model.items:
        if each.id == wanted:
            return Reply(each)
    raise NotFound("claim.not_found")


async def decide(call: Call, body: ClaimAnswer) -> Reply[ClaimOne]:
    number, claim = call.number("id", missing="meeting.not_found"), call.number("claim", missing="claim.not_found")
    minutes = body.minutes if body.act in {Act.ACCEPT, Act.SHORTEN} else None
    answer = Answer(body.act, minutes, body.timing, body.reason)
    plan = await call.app[AGENDAS].decide(number, claim, answer, call.account)
    decided = plan.claim(claim)
    assert decided is not None
    return Reply(one(decided))


def one(claim: Claim) -> ClaimOne:
    whom = claim.audience
    return ClaimOne(
        id=claim.id,
        meeting=claim.meeting,
        department=claim.department,
        department_name=claim.department_name,
        title=claim.title,
        speaker=claim.speaker,
        minutes=claim.minutes,
        kind=claim.kind,
        audience=None if whom is None else Audience(roles=list(whom.roles), line=whom.line),
        state=claim.state,
        claimed_at=claim.at,
        decided_at=claim.decided_at,
        reason=claim.reason,
        segment=claim.segment,
    )
