"""Series of meetings that come back; a committee's account finds the meetings that it takes part in."""

from __future__ import annotations

from pydantic import Field

from meetinghub.meetings.lifecycle import State
from meetinghub.meetings.recurrence import rule
from web.api.model import Day, Model, Moment
from web.api.operation import Call, Reply
from web.pages.series import seen
from web.series import SERIES


class SittingOf(Model):
    """``place`` counts from 1."""

    meeting: int
    place: int
    state: State
    starts_at: Moment
    ends_at: Moment


class SeriesOne(Model):
    """``follows`` and ``followed_by``: the series before and after it, where the rule was changed from a date on."""

    id: int
    title: str
    department: int
    department_name: str
    request: int
    rule: str = Field(description="RRULE of RFC 5545, from ``first`` on. Single meetings may have gone elsewhere.")
    first: Day
    follows: int | None
    followed_by: int | None
    meetings: list[SittingOf]


async def show(call: Call) -> Reply[SeriesOne]:
    found = await call.app[SERIES].series(call.number("series", missing="series.not_found"))
    found = await seen(call.request, found)
    return Reply(
        SeriesOne(
            id=found.id,
            title=found.title,
            department=found.department_id,
            department_name=found.department,
            request=found.request_id,
            rule=rule(found.repeat, found.first),
            first=found.first,
            follows=found.follows,
            followed_by=found.followed_by,
            meetings=[
                SittingOf(
                    meeting=each.meeting,
                    place=each.place,
                    state=each.state,
                    starts_at=each.starts_at,
                    ends_at=each.ends_at,
                )
                for each in found.sittings
            ],
        )
    )
