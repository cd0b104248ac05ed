"""Meetings: the list and one of them. A committee's account finds those it takes part in."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from pydantic import Field

from meetinghub.meetings import series_store, store
from meetinghub.meetings.lifecycle import State
from meetinghub.meetings.model import Listing, Segment
from meetinghub.meetings.series import Part
from meetinghub.meetings.service import Live
from meetinghub.meetings.timetable import Slot, timetable
from web import keys
from web.api import paging
from web.api.model import Audience, Model, Moment
from web.api.operation import Call, Reply
from web.api.paging import Paged
from web.live import meeting


class MeetingsQuery(Paged):
    """``since`` ≤ start < ``until``, in the order of the start."""

    state: State | None = None
    since: Moment | None = None
    until: Moment | None = None


class MeetingSummary(Model):
    """Times are expected or actual; ``sites`` counts the committees that take part."""

    id: int
    title: str
    host: str
    place: str
    state: State
    starts_at: Moment
    ends_at: Moment
    sites: int


class MeetingList(Model):
    items: list[MeetingSummary]
    next: str | None


class Site(Model):
    committee: int
    seat: int
    name: str


class SegmentOf(Model):
    """``starts_at`` and ``ends_at`` as expected or as they were; ``sites`` null: it concerns all of them."""

    id: int
    title: str
    department: str
    department_id: int | None
    speaker: str
    minutes: int
    starts_at: Moment
    ends_at: Moment
    sites: list[str] | None
    audience: Audience | None


class PartOf(Model):
    """``place`` of ``whole`` in the series."""

    series: int
    place: int
    whole: int


class MeetingOne(MeetingSummary):
    host_id: int | None
    audience: Audience
    minutes: int = Field(description="Of the agenda, without overtime.")
    committees: list[Site]
    segments: list[SegmentOf]
    series: PartOf | None


async def index(call: Call, query: MeetingsQuery) -> Reply[MeetingList]:
    read = partial(
        store.listings,
        since=query.since,
        until=query.until,
        states=tuple(State) if query.state is None else (query.state,),
        committee=call.account.committee,
        after=paging.moment_and_number(query.cursor),
        limit=query.limit + 1,
    )
    found = await call.app[keys.DATABASE].read(read)
    shown = found[: query.limit]
    following = _cursor(shown[-1]) if len(found) > len(shown) else None
    return Reply(MeetingList(items=[summary(each) for each in shown], next=following))


async def show(call: Call) -> Reply[MeetingOne]:
    live = await meeting(call.request)
    parts = await call.app[keys.DATABASE].read(partial(series_store.parts, meetings=[live.meeting.id]))
    return Reply(_one(live, parts.get(live.meeting.id), call.app[keys.CLOCK].now()))


def summary(found: Listing) -> MeetingSummary:
    return MeetingSummary(
        id=found.id,
        title=found.title,
        host=found.host,
        place=found.place,
        state=found.state,
        starts_at=found.starts_at,
        ends_at=found.ends_at,
        sites=found.sites,
    )


def _one(live: Live, part: Part | None, now: datetime) -> MeetingOne:
    planned, times = live.meeting, timetable(live.meeting.segments, live.state, now)
    return MeetingOne(
        id=planned.id,
        title=planned.title,
        host=planned.host,
        host_id=planned.host_department_id,
        place=planned.place,
        state=live.state.state,
        starts_at=live.state.started_at or live.state.starts_at,
        ends_at=times.ends_at,
        sites=len(planned.sites),
        audience=Audience(roles=list(planned.audience.roles), line=planned.audience.line),
        minutes=planned.minutes,
        committees=[Site(committee=each.committee_id, seat=each.seat, name=each.name) for each in planned.sites],
        segments=[_segment(segment, slot) for segment, slot in zip(planned.segments, times.slots, strict=True)],
        series=None if part is None else PartOf(series=part.series, place=part.place, whole=part.whole),
    )


def _segment(segment: Segment, slot: Slot) -> SegmentOf:
    whom = segment.audience
    return SegmentOf(
        id=segment.id,
        title=segment.title,
        department=segment.department,
        department_id=segment.department_id,
        speaker=segment.speaker,
        minutes=segment.minutes,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        sites=None if segment.sites is None else list(segment.sites),
        audience=None if whom is None else Audience(roles=list(whom.roles), line=whom.line),
    )


def _cursor(last: Listing) -> str:
    return paging.encode(last.starts_at.isoformat(), last.id)
