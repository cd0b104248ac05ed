"""Who already meets: ranked for a request, or for any audience, minutes and dates; and riding there instead."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field, StringConstraints

from meetinghub.asking.audience import Audience
from meetinghub.asking.riding import Ride
from meetinghub.asking.wish import Wish, audience_problems, time_problems
from meetinghub.clock import SHANGHAI
from meetinghub.errors import Forbidden, Invalid
from meetinghub.ids import CommitteeId
from meetinghub.people.model import Role
from meetinghub.words import Words
from web import keys
from web.api.model import Day, Line, Model, Moment, Number
from web.api.operation import Call, Reply
from web.api.requests import RequestSummary, number, summary
from web.api.wishes import Minutes
from web.asking import ASKING, DRAFTS


class RideOf(Model):
    """``coming``: persons of the wish who sit there anyway; ``newly``: those who would be called only for it.
    ``begins_at`` null: it does not fit. ``reasons``: why it ranks there, as sentences."""

    meeting: int
    title: str
    host: str
    place: str
    starts_at: Moment
    ends_at: Moment
    free: int
    begins_at: Moment | None
    claims_close_at: Moment | None
    coming: int
    newly: int
    reasons: list[str]


class RideList(Model):
    items: list[RideOf]


class RideChoice(Model):
    meeting: Number


class RidesQuery(Model):
    """Whom, for how long, when. ``line`` narrows line workers."""

    roles: Annotated[
        str, StringConstraints(max_length=200, pattern=r"^[a-z_]+(,[a-z_]+)*$"),
        Field(description="Separated by commas."),
    ]  # fmt: skip
    committees: Annotated[
        str | None, StringConstraints(max_length=1000, pattern=r"^[1-9][0-9]{0,8}(,[1-9][0-9]{0,8})*$"),
        Field(description="Their numbers, separated by commas; left out: all of them."),
    ] = None  # fmt: skip
    line: Annotated[Line, Field(max_length=40)] = ""
    minutes: Minutes
    first: Day
    last: Day


async def ranked(call: Call) -> Reply[RideList]:
    """Who already meets in the wished time, best first."""
    found = await call.app[DRAFTS].draft(number(call), call.account)
    return Reply(_list(call.request[keys.WORDS], await call.app[ASKING].rides(found)))


async def search(call: Call, query: RidesQuery) -> Reply[RideList]:
    """The same ranking as of a request, without one: nothing is kept."""
    department = call.account.department
    if department is None:
        raise Forbidden("asking.no_department")
    audience = _audience(query)
    today = call.app[keys.CLOCK].now().astimezone(SHANGHAI).date()
    problems = audience_problems(audience)
    problems |= time_problems(minutes=query.minutes, first=query.first, last=query.last, today=today)
    if problems:
        raise Invalid(fields=problems)
    wish = Wish(audience=audience, minutes=query.minutes, first=query.first, last=query.last)
    found = await call.app[ASKING].rides_for(wish, department)
    return Reply(_list(call.request[keys.WORDS], found))


async def ride(call: Call, body: RideChoice) -> Reply[RequestSummary]:
    """Claim the wish's minutes in that meeting; the request ends there."""
    return Reply(summary(await call.app[ASKING].ride(number(call), call.account, body.meeting)))


def _audience(query: RidesQuery) -> Audience:
    known = {role.value: role for role in Role}
    named = dict.fromkeys(query.roles.split(","))
    if not named.keys() <= known.keys():
        raise Invalid(fields={"roles": "asking.roles_unknown"})
    committees = None
    if query.committees is not None:
        committees = frozenset(CommitteeId(int(each)) for each in query.committees.split(","))
    return Audience(tuple(known[each] for each in named), committees, query.line.strip())


def _list(words: Words, found: Iterable[Ride]) -> RideList:
    return RideList(
        items=[
            RideOf(
                meeting=each.meeting_id,
                title=each.title,
                host=each.host,
                place=each.where,
                starts_at=each.starts_at,
                ends_at=each.ends_at,
                free=max(0, each.free),
                begins_at=each.mine_at,
                claims_close_at=each.closes_at,
                coming=each.coming,
                newly=each.newly,
                reasons=[words.many(key, count) for key, count in each.reasons],
            )
            for each in found
        ]
    )
