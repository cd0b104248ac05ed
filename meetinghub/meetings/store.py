"""All queries about planned meetings; rows become frozen values here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as core
from sqlmodel import Session as Db
from sqlmodel import SQLModel, col, func, select, update

from meetinghub.devices.store import names as device_names
from meetinghub.ids import site_identity
from meetinghub.meetings.lifecycle import State
from meetinghub.meetings.model import Audience, Listing, Meeting, Mode, Segment, Site
from meetinghub.meetings.tables import MeetingRow, MeetingSiteRow, SegmentRow
from meetinghub.people.tables import AccountRow, CommitteeRow

_MEETING, _SEGMENT, _SITE = (
    SQLModel.metadata.tables[row.__tablename__] for row in (MeetingRow, SegmentRow, MeetingSiteRow)
)


@dataclass(frozen=True, slots=True)
class SitePlan:
    committee_id: int
    operator: str
    phone: str


def meeting(db: Db, number: int) -> Meeting | None:
    row = db.get(MeetingRow, number)
    if row is None:
        return None
    places = db.exec(
        select(MeetingSiteRow, CommitteeRow)
        .join(CommitteeRow, col(CommitteeRow.id) == MeetingSiteRow.committee_id)
        .where(MeetingSiteRow.meeting_id == number)
        .order_by(col(CommitteeRow.seat))
    )
    sites = tuple(
        Site(
            identity=site_identity(committee.seat),
            seat=committee.seat,
            name=committee.name,
            committee_id=place.committee_id,
            operator=place.operator,
            phone=place.phone or committee.phone,
        )
        for place, committee in places
    )
    return Meeting(
        id=number,
        title=row.title,
        host=row.host,
        place=row.place,
        phone=row.phone,
        starts_at=row.announced_at,
        chair=row.chair,
        audience=Audience(tuple(row.roles), row.line),
        sites=sites,
        segments=segments_of(db, [number])[number],
        count_in=row.count_in,
        host_department_id=row.host_department_id,
        capacity=row.capacity_minutes,
        claims_close_at=row.claims_close_at,
        mode=Mode(row.mode),
    )


def add(db: Db, plan: Meeting, sites: Iterable[SitePlan]) -> int:
    """Write a new meeting; its number. ``plan.id``, ``plan.sites`` and the segments' ids are not looked at."""
    row = MeetingRow(
        title=plan.title,
        host_department_id=plan.host_department_id,
        host=plan.host,
        place=plan.place,
        phone=plan.phone,
        chair=plan.chair,
        count_in=plan.count_in,
        roles=list(plan.audience.roles),
        line=plan.audience.line,
        announced_at=plan.starts_at,
        starts_at=plan.starts_at,
        ends_at=plan.starts_at + timedelta(minutes=plan.minutes),
        capacity_minutes=max(plan.capacity, plan.minutes),
        claims_close_at=plan.claims_close_at,
        mode=plan.mode.value,
    )
    db.add(row)
    db.flush()
    assert row.id is not None
    for position, segment in enumerate(plan.segments, start=1):
        db.add(segment_row(row.id, position, segment))
        db.flush()
    db.add_all(
        MeetingSiteRow(meeting_id=row.id, committee_id=site.committee_id, operator=site.operator, phone=site.phone)
        for site in sites
    )
    db.flush()
    return row.id


def segment_row(meeting: int, position: int, segment: Segment) -> SegmentRow:
    """``segment`` as it is kept, at ``position`` (from 1); its ``id`` is not looked at."""
    return SegmentRow(
        meeting_id=meeting,
        position=position,
        department_id=segment.department_id,
        department=segment.department,
        title=segment.title,
        speaker=segment.speaker,
        minutes=segment.minutes,
        sites=None if segment.sites is None else list(segment.sites),
        roles=None if segment.audience is None else list(segment.audience.roles),
        line="" if segment.audience is None else segment.audience.line,
        pinned=segment.pinned,
    )


def note(db: Db, number: int, *, state: State, starts_at: datetime, ends_at: datetime, revision: int) -> None:
    """Repeat for lists what the facts say."""
    db.exec(
        update(MeetingRow)
        .where(col(MeetingRow.id) == number)
        .values(state=state.value, starts_at=starts_at, ends_at=ends_at, revision=revision)
    )


def listings(
    db: Db,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    states: Sequence[State] = tuple(State),
    committee: int | None = None,
    titled: str | None = None,
    among: Collection[int] | None = None,
    newest_first: bool = False,
    after: tuple[datetime, int] | None = None,
    limit: int = 100,
) -> list[Listing]:
    """Meetings that start in ``since`` ≤ … < ``until``, of one committee or of all, by time.

    ``titled`` is a part of the title; ``among`` are numbers; ``after`` is start and number of the one before the first.
    """
    found = _MEETING.c
    wanted = core.select(
        found.id, found.title, found.host, found.place, found.state, found.starts_at, found.ends_at
    ).where(found.state.in_([state.value for state in states]))
    if since is not None:
        wanted = wanted.where(found.starts_at >= since)
    if until is not None:
        wanted = wanted.where(found.starts_at < until)
    if committee is not None:
        theirs = core.select(_SITE.c.meeting_id).where(
            _SITE.c.meeting_id == found.id, _SITE.c.committee_id == committee
        )
        wanted = wanted.where(theirs.exists())
    if among is not None:
        wanted = wanted.where(found.id.in_(among))
    if titled is not None:
        wanted = wanted.where(found.title.contains(titled, autoescape=True))
    if after is not None:
        later = core.and_(found.starts_at == after[0], found.id > after[1])
        wanted = wanted.where(core.or_(found.starts_at > after[0], later))
    by = found.starts_at.desc() if newest_first else found.starts_at
    rows = db.execute(wanted.order_by(by, found.id).limit(limit)).all()
    numbers = [number for number, *_ in rows]
    segments, sites = segments_of(db, numbers), _site_counts(db, numbers)
    return [
        Listing(
            id=number,
            title=title,
            host=host,
            place=place,
            state=State(state),
            starts_at=starts_at,
            ends_at=ends_at,
            sites=sites.get(number, 0),
            segments=segments[number],
        )
        for number, title, host, place, state, starts_at, ends_at in rows
    ]


def in_state(db: Db, *states: State, since: datetime | None = None, until: datetime | None = None) -> list[int]:
    """Numbers of the meetings in one of ``states`` that start (or started) in ``since`` ≤ … < ``until``."""
    wanted = select(MeetingRow.id).where(col(MeetingRow.state).in_([state.value for state in states]))
    if since is not None:
        wanted = wanted.where(MeetingRow.starts_at >= since)
    if until is not None:
        wanted = wanted.where(MeetingRow.starts_at < until)
    return [number for number in db.exec(wanted) if number is not None]


def cancelled(db: Db, number: int) -> bool:
    row = db.get(MeetingRow, number)
    return row is not None and row.state == State.CANCELLED.value


def account_names(db: Db, usernames: Iterable[str]) -> Mapping[str, str]:
    """The people's names behind accounts, also of disabled ones, and the committees' behind paired PCs; what is
    neither is left out."""
    asked = list(usernames)
    wanted = select(AccountRow.username, AccountRow.name).where(col(AccountRow.username).in_(asked))
    return {**device_names(db, asked), **dict(db.exec(wanted).all())}


def segments_of(db: Db, numbers: Sequence[int]) -> Mapping[int, tuple[Segment, ...]]:
    """Plain columns, not rows as objects: a list of meetings reads hundreds of these."""
    of = _SEGMENT.c
    columns = (
        *(of.meeting_id, of.id, of.department, of.title, of.speaker, of.minutes, of.sites, of.department_id),
        *(of.roles, of.line, of.pinned),
    )
    rows = db.execute(core.select(*columns).where(of.meeting_id.in_(numbers)).order_by(of.position))
    found: defaultdict[int, list[Segment]] = defaultdict(list)
    for meeting_id, number, department, title, speaker, minutes, sites, department_id, roles, line, pinned in rows:
        asked = None if sites is None else tuple(sites)
        whom = None if roles is None else Audience(tuple(roles), line)
        item = Segment(number, department, title, speaker, minutes, asked, department_id, whom, pinned)
        found[meeting_id].append(item)
    return {number: tuple(found[number]) for number in numbers}


def _site_counts(db: Db, numbers: Sequence[int]) -> Mapping[int, int]:
    counted = db.exec(
        select(MeetingSiteRow.meeting_id, func.count())
        .where(col(MeetingSiteRow.meeting_id).in_(numbers))
        .group_by(col(MeetingSiteRow.meeting_id))
    )
    return dict(counted.all())
