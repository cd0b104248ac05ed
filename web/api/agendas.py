"""A meeting's agenda before it is held: as it stands, what a change would do, and the change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, Literal, assert_never

from pydantic import Field

from meetinghub.agendas import board, changing, preview
from meetinghub.agendas import plan as rules
from meetinghub.agendas.claims import ON_THE_AGENDA
from meetinghub.agendas.plan import Plan, Timing
from meetinghub.agendas.preview import Kept, Moved
from meetinghub.meetings.lifecycle import State
from meetinghub.meetings.model import Audience as Whom
from meetinghub.meetings.model import Segment
from meetinghub.people.model import Role
from web import keys
from web.agendas import AGENDAS
from web.api.model import Audience, Line, Model, Moment, Number, Reason, Title
from web.api.operation import Call, Reply
from web.live import meeting

Roles = Annotated[list[Role], Field(max_length=8, description="Whom it is for; none: everybody.")]
Minutes = Annotated[int, Field(ge=board.SHORTEST, le=board.LONGEST)]


class Segments(Model):
    """``ride``: another department's, there by its claim. ``pinned``: ``first`` or ``last`` keeps it at that end."""

    id: int
    title: str
    department: str
    department_id: int | None
    speaker: str
    minutes: int
    starts_at: Moment
    ends_at: Moment
    audience: Audience | None
    pinned: str
    ride: bool


class AgendaOne(Model):
    """``free``: minutes that can still be claimed. ``locked``: changes need a reason and are told to those touched."""

    meeting: int
    state: State
    starts_at: Moment
    ends_at: Moment
    capacity: int
    booked: int
    free: int
    announced_at: Moment | None
    claims_close_at: Moment
    closed: bool
    locked: bool
    finalised_at: Moment | None
    segments: list[Segments]


class Move(Model):
    """To place ``to`` of the whole agenda, counted from 0 after it was taken out."""

    do: Literal["move"]
    segment: Number
    to: Annotated[int, Field(ge=0, le=100)]


class Resize(Model):
    do: Literal["resize"]
    segment: Number
    minutes: Minutes
    timing: Timing = Timing.SHIFT


class Remove(Model):
    do: Literal["remove"]
    segment: Number


class Add(Model):
    """The host's own segment; it needs no claim."""

    do: Literal["add"]
    title: Title
    speaker: Line = ""
    minutes: Minutes
    timing: Timing = Timing.SHIFT
    roles: Roles = Field(default_factory=list)
    line: Line = ""


class Arrange(Model):
    """Order all segments so that people wait least."""

    do: Literal["arrange"]


class Pin(Model):
    do: Literal["pin"]
    segment: Number
    pinned: Literal["first", "last", ""]


class AgendaChange(Model):
    change: Annotated[Move | Resize | Remove | Add | Arrange | Pin, Field(discriminator="do")]
    reason: Reason = ""


class SegmentMoved(Model):
    id: int
    title: str
    before: list[Moment] = Field(description="Start and end.")
    after: list[Moment] = Field(description="Start and end.")


class PartMoved(Model):
    """When a group of people is needed; null: not at all."""

    role: str
    line: str
    before: list[Moment] | None
    after: list[Moment] | None


class AgendaPreview(Model):
    ends_before: Moment
    ends_after: Moment
    segments: list[SegmentMoved]
    parts: list[PartMoved]


async def show(call: Call) -> Reply[AgendaOne]:
    live = await meeting(call.request)
    plan = await call.app[AGENDAS].plan(live.meeting.id)
    return _reply(plan, call.app[keys.CLOCK].now())


async def try_out(call: Call, body: AgendaChange) -> Reply[AgendaPreview]:
    """What a change would change; nothing is written."""
    plan = await call.app[AGENDAS].plan(call.number("id", missing="meeting.not_found"))
    rules.must_be_open(plan)
    found = changing.changed(plan, _change(plan, body))
    seen, start = preview.compare(plan.agenda, found, plan.meeting.audience), plan.meeting.starts_at
    at = _clockface(start)
    return Reply(
        AgendaPreview(
            ends_before=at(seen.end_before),
            ends_after=at(seen.end_after),
            segments=[_moved(each, at) for each in seen.moved],
            parts=[_part(each, at) for each in seen.parts],
        )
    )


async def change(call: Call, body: AgendaChange) -> Reply[AgendaOne]:
    number = call.number("id", missing="meeting.not_found")
    plan = await call.app[AGENDAS].plan(number)
    call.matches(plan.mark)
    wanted = _change(plan, body)
    after = await call.app[AGENDAS].change(number, wanted, call.account, reason=body.reason, seen=plan.mark)
    return _reply(after, call.app[keys.CLOCK].now())


def _change(plan: Plan, body: AgendaChange) -> changing.Change:
    match body.change:
        case Move(segment=segment, to=to):
            return changing.Move(segment, to)
        case Resize(segment=segment, minutes=minutes, timing=timing):
            return changing.Resize(segment, minutes, timing)
        case Remove(segment=segment):
            return changing.Remove(segment)
        case Add() as new:
            host = plan.meeting
            whom = whom_of(new.roles, new.line)
            made = Segment(
                rules.NEW, host.host, new.title, new.speaker, new.minutes, None, host.host_department_id, whom
            )
            return changing.Add(made, new.timing)
        case Arrange():
            return changing.Arrange()
        case Pin(segment=segment, pinned=pinned):
            return changing.Pin(segment, pinned)
        case _:
            assert_never(body.change)


def whom_of(roles: list[Role], line: str) -> Whom | None:
    """None: everybody the meeting is for. A line narrows line workers only."""
    if not roles:
        return None
    return Whom(tuple(dict.fromkeys(role.value for role in roles)), line if Role.LINE_WORKER in roles else "")


def _reply(plan: Plan, now: datetime) -> Reply[AgendaOne]:
    at, spans = _clockface(plan.meeting.starts_at), board.spans(plan.agenda)
    rides = {each.segment for each in plan.claims if each.state in ON_THE_AGENDA}
    model = AgendaOne(
        meeting=plan.meeting.id,
        state=plan.state,
        starts_at=plan.meeting.starts_at,
        ends_at=plan.ends_at,
        capacity=plan.capacity,
        booked=board.length(plan.agenda),
        free=max(0, plan.free),
        announced_at=plan.called_at,
        claims_close_at=plan.deadlines.close_at,
        closed=plan.closed(now),
        locked=plan.locked(now),
        finalised_at=plan.finalised_at,
        segments=[
            Segments(
                id=each.id,
                title=each.title,
                department=each.department,
                department_id=each.department_id,
                speaker=each.speaker,
                minutes=each.minutes,
                starts_at=at(spans[each.id][0]),
                ends_at=at(spans[each.id][1]),
                audience=None
                if each.audience is None
                else Audience(roles=list(each.audience.roles), line=each.audience.line),
                pinned=each.pinned,
                ride=each.id in rides,
            )
            for each in plan.agenda
        ],
    )
    return Reply(model, mark=plan.mark)


def _clockface(start: datetime) -> Callable[[int], datetime]:
    """Minutes from the start → when that is."""
    return lambda minutes: start + timedelta(minutes=minutes)


def _moved(each: Moved, at: Callable[[int], datetime]) -> SegmentMoved:
    before, after = [at(minute) for minute in each.before], [at(minute) for minute in each.after]
    return SegmentMoved(id=each.segment.id, title=each.segment.title, before=before, after=after)


def _part(each: Kept, at: Callable[[int], datetime]) -> PartMoved:
    before, after = (None if part is None else [at(part.start), at(part.end)] for part in (each.before, each.after))
    return PartMoved(role=each.strip.role, line=each.strip.line, before=before, after=after)
