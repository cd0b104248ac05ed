"""All queries about a meeting's minutes; rows become frozen values here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as core
from sqlmodel import Session as Db
from sqlmodel import SQLModel, col, delete, select

from meetinghub.meetings import store as meetings
from meetinghub.meetings.lifecycle import State
from meetinghub.meetings.tables import MeetingRow, MeetingSiteRow
from meetinghub.minutes import task_store
from meetinghub.minutes.model import Content, Draft, Edition, Minutes, Said, Taken, Wish
from meetinghub.minutes.naming import Register
from meetinghub.minutes.publishing import Next
from meetinghub.minutes.tables import MinutesDraftRow, MinutesEditionRow, MinutesSegmentRow, MinutesTakenRow
from meetinghub.people import store as people

_EDITION, _TAKEN, _MEETING, _SITE = (
    SQLModel.metadata.tables[row.__tablename__]
    for row in (MinutesEditionRow, MinutesTakenRow, MeetingRow, MeetingSiteRow)
)


LONGEST = timedelta(days=2)
"""No meeting lasts longer."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A meeting whose newest edition a committee has not taken note of; ``corrects``: an earlier one it has."""

    meeting: int
    title: str
    starts_at: datetime
    published_at: datetime
    corrects: bool


@dataclass(frozen=True, slots=True)
class Unwritten:
    """A meeting that is over and has no minutes."""

    meeting: int
    title: str
    ended_at: datetime


def minutes(db: Db, number: int) -> Minutes | None:
    meeting, row = meetings.meeting(db, number), db.get(MeetingRow, number)
    if meeting is None or row is None:
        return None
    return Minutes(
        meeting=meeting,
        state=State(row.state),
        drafts=_drafts(db, number),
        editions=_editions(db, number),
        said=_said(db, number),
        tasks=tuple(task_store.of_meeting(db, number)),
        taken=_taken(db, number),
    )


def register(db: Db, found: Minutes) -> Register:
    return Register(
        found.meeting.sites, tuple(people.committees(db)), tuple(people.departments(db)), tuple(people.people(db))
    )


def set_draft(db: Db, meeting: int, draft: Draft) -> None:
    row = db.get(MinutesDraftRow, draft.segment)
    values: dict[str, Any] = {
        "text": draft.content.text,
        "decisions": list(draft.content.decisions),
        "tasks": [_written(each) for each in draft.content.tasks],
        "revision": draft.revision,
        "saved_by": draft.by,
        "saved_at": draft.at,
    }
    if row is None:
        db.add(MinutesDraftRow(segment_id=draft.segment, meeting_id=meeting, **values))
    else:
        row.sqlmodel_update(values)
        db.add(row)
    db.flush()


def add_edition(db: Db, meeting: int, following: Next, *, by: str, now: datetime) -> None:
    db.add(
        MinutesEditionRow(
            meeting_id=meeting,
            number=following.number,
            reason=following.reason,
            digest=following.digest,
            published_by=by,
            published_at=now,
        )
    )
    db.add_all(
        MinutesSegmentRow(
            meeting_id=meeting,
            edition=following.number,
            segment_id=segment,
            text=content.text,
            decisions=list(content.decisions),
        )
        for segment, content in following.said.items()
    )
    db.flush()


def take_note(db: Db, meeting: int, committee: int, edition: int, *, by: str, now: datetime) -> None:
    forget_note(db, meeting, committee)
    row = MinutesTakenRow(meeting_id=meeting, committee_id=committee, edition=edition, taken_by=by, taken_at=now)
    db.add(row)
    db.flush()


def forget_note(db: Db, meeting: int, committee: int) -> None:
    ours = (col(MinutesTakenRow.meeting_id) == meeting, col(MinutesTakenRow.committee_id) == committee)
    db.exec(delete(MinutesTakenRow).where(*ours))
    db.expire_all()


def unread(db: Db, committee: int, *, limit: int = 20) -> list[Unread]:
    """Newest first."""
    later = _EDITION.alias()
    overtaken = core.select(later.c.number).where(
        later.c.meeting_id == _EDITION.c.meeting_id, later.c.number > _EDITION.c.number
    )
    noted = _TAKEN.alias()
    # By the editions from the newest on, which an index leads to: enough are found long before the oldest. For whoever
    # has taken note of all, all are looked at: so what tells most of them apart is asked first, by itself.
    wanted = (
        core.select(_MEETING.c.id, _MEETING.c.title, _MEETING.c.starts_at, _EDITION.c.published_at, _TAKEN.c.edition)
        .join_from(_EDITION, _MEETING, _MEETING.c.id == _EDITION.c.meeting_id)
        .join(_SITE, core.and_(_SITE.c.meeting_id == _MEETING.c.id, _SITE.c.committee_id == committee))
        .outerjoin(_TAKEN, core.and_(_TAKEN.c.meeting_id == _MEETING.c.id, _TAKEN.c.committee_id == committee))
        .where(
            ~core.exists().where(
                noted.c.meeting_id == _EDITION.c.meeting_id,
                noted.c.committee_id == committee,
                noted.c.edition >= _EDITION.c.number,
            ),
            ~overtaken.exists(),
        )
        .order_by(_EDITION.c.published_at.desc())
        .limit(limit)
    )
    return [
        Unread(number, title, starts_at, at, taken is not None)
        for number, title, starts_at, at, taken in db.execute(wanted)
    ]


def unread_between(
    db: Db, committees: Collection[int], first: datetime, until: datetime
) -> Mapping[int, tuple[Unread, ...]]:
    """What each of these has not taken note of, of editions published in ``first`` ≤ … < ``until``; oldest first."""
    later = _EDITION.alias()
    overtaken = core.select(later.c.number).where(
        later.c.meeting_id == _EDITION.c.meeting_id, later.c.number > _EDITION.c.number
    )
    columns = (_SITE.c.committee_id, _MEETING.c.id, _MEETING.c.title, _MEETING.c.starts_at, _EDITION.c.published_at)
    ours = core.and_(_TAKEN.c.meeting_id == _MEETING.c.id, _TAKEN.c.committee_id == _SITE.c.committee_id)
    wanted = (
        core.select(*columns, _TAKEN.c.edition)
        .join_from(_EDITION, _MEETING, _MEETING.c.id == _EDITION.c.meeting_id)
        .join(_SITE, core.and_(_SITE.c.meeting_id == _MEETING.c.id, _SITE.c.committee_id.in_(committees)))
        .outerjoin(_TAKEN, ours)
        .where(
            _EDITION.c.published_at >= first,
            _EDITION.c.published_at < until,
            core.or_(_TAKEN.c.edition.is_(None), _TAKEN.c.edition < _EDITION.c.number),
            ~overtaken.exists(),
        )
        .order_by(_EDITION.c.published_at, _MEETING.c.id)
    )
    found: defaultdict[int, list[Unread]] = defaultdict(list)
    for committee, number, title, starts_at, at, taken in db.execute(wanted):
        found[committee].append(Unread(number, title, starts_at, at, taken is not None))
    return {committee: tuple(each) for committee, each in found.items()}


def unwritten(db: Db, host: int, *, since: datetime) -> list[Unwritten]:
    """Meetings of one host department that ended at ``since`` or later, oldest first."""
    any_edition = core.select(_EDITION.c.number).where(_EDITION.c.meeting_id == _MEETING.c.id)
    wanted = (
        core.select(_MEETING.c.id, _MEETING.c.title, _MEETING.c.ends_at)
        .where(
            _MEETING.c.host_department_id == host,
            _MEETING.c.state == State.ENDED.value,
            _MEETING.c.starts_at >= since - LONGEST,  # an index leads to starts
            _MEETING.c.ends_at >= since,
            ~any_edition.exists(),
        )
        .order_by(_MEETING.c.ends_at)
    )
    return [Unwritten(*each) for each in db.execute(wanted)]


def _drafts(db: Db, meeting: int) -> Mapping[int, Draft]:
    rows = db.exec(select(MinutesDraftRow).where(MinutesDraftRow.meeting_id == meeting))
    return {
        row.segment_id: Draft(
            segment=row.segment_id,
            content=Content(row.text, tuple(row.decisions), tuple(_read(each) for each in row.tasks)),
            revision=row.revision,
            by=row.saved_by,
            at=row.saved_at,
        )
        for row in rows
    }


def _editions(db: Db, meeting: int) -> tuple[Edition, ...]:
    rows = db.exec(
        select(MinutesEditionRow).where(MinutesEditionRow.meeting_id == meeting).order_by(col(MinutesEditionRow.number))
    )
    return tuple(Edition(row.number, row.published_by, row.published_at, row.reason, row.digest) for row in rows)


def _said(db: Db, meeting: int) -> tuple[Said, ...]:
    rows = db.exec(
        select(MinutesSegmentRow)
        .where(MinutesSegmentRow.meeting_id == meeting)
        .order_by(col(MinutesSegmentRow.edition), col(MinutesSegmentRow.segment_id))
    )
    return tuple(Said(row.segment_id, row.edition, row.text, tuple(row.decisions)) for row in rows)


def _taken(db: Db, meeting: int) -> Mapping[int, Taken]:
    rows = db.exec(select(MinutesTakenRow).where(MinutesTakenRow.meeting_id == meeting))
    return {row.committee_id: Taken(row.edition, row.taken_by, row.taken_at) for row in rows}


def _written(wish: Wish) -> dict[str, str]:
    return {"text": wish.text, "owners": wish.owners, "due": wish.due.isoformat() if wish.due else ""}


def _read(written: Mapping[str, str]) -> Wish:
    due = date.fromisoformat(written["due"]) if written["due"] else None
    return Wish(written["text"], written["owners"], due)
