"""All queries about series of meetings; rows become frozen values here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlmodel import Session as Db
from sqlmodel import col, func, select, update

from meetinghub.meetings import recurrence
from meetinghub.meetings.lifecycle import State
from meetinghub.meetings.recurrence import Recurrence
from meetinghub.meetings.series import Part, Series, Sitting
from meetinghub.meetings.tables import MeetingRow, SeriesMeetingRow, SeriesRow


def add(
    db: Db,
    *,
    title: str,
    department: tuple[int, str],
    request: int,
    repeat: Recurrence,
    first: date,
    by: str,
    now: datetime,
) -> int:
    """A new series without meetings; its number. ``department`` with its name."""
    row = SeriesRow(
        title=title,
        department_id=department[0],
        department=department[1],
        request_id=request,
        repeat=recurrence.as_json(repeat),
        first=first,
        made_by=by,
        made_at=now,
    )
    db.add(row)
    db.flush()
    assert row.id is not None
    return row.id


def change(db: Db, series: int, *, repeat: Recurrence, first: date) -> None:
    db.exec(update(SeriesRow).where(col(SeriesRow.id) == series).values(repeat=recurrence.as_json(repeat), first=first))


def take_over(db: Db, series: int, following: int) -> None:
    """``following`` comes right after ``series``, before whatever took over from it until now."""
    own, later = col(SeriesRow.id), col(SeriesRow.follows)
    after = db.exec(select(SeriesRow.id).where(later == series)).first()
    if after is not None:
        db.exec(update(SeriesRow).where(own == after).values(follows=None))
    db.exec(update(SeriesRow).where(own == following).values(follows=series))
    if after is not None:
        db.exec(update(SeriesRow).where(own == after).values(follows=following))


def join(db: Db, series: int, meetings: Sequence[int]) -> None:
    """These meetings, in this order, after those that the series has; whatever series they were of before."""
    last = db.exec(select(func.max(SeriesMeetingRow.place)).where(SeriesMeetingRow.series_id == series)).one() or 0
    for place, meeting in enumerate(meetings, start=last + 1):
        row = db.get(SeriesMeetingRow, meeting)
        if row is None:
            db.add(SeriesMeetingRow(meeting_id=meeting, series_id=series, place=place))
        elif row.series_id != series:
            row.series_id, row.place = series, place
            db.add(row)
    db.flush()


def series(db: Db, number: int) -> Series | None:
    row = db.get(SeriesRow, number)
    if row is None:
        return None
    after = db.exec(select(SeriesRow.id).where(SeriesRow.follows == number)).first()
    assert row.id is not None
    return Series(
        id=row.id,
        title=row.title,
        department_id=row.department_id,
        department=row.department,
        request_id=row.request_id,
        repeat=recurrence.from_json(row.repeat),
        first=row.first,
        follows=row.follows,
        followed_by=after,
        made_by=row.made_by,
        made_at=row.made_at,
        sittings=_sittings(db, number),
    )


def of_request(db: Db, request: int) -> int | None:
    """The series that was planned of a request; not those that took over from it."""
    wanted = select(SeriesRow.id).where(SeriesRow.request_id == request).order_by(col(SeriesRow.id))
    return db.exec(wanted).first()


def parts(db: Db, meetings: Sequence[int]) -> Mapping[int, Part]:
    """Which of these meetings are part of a series, in one query."""
    if not meetings:
        return {}
    counted = (
        select(SeriesMeetingRow.series_id, func.count().label("whole")).group_by(col(SeriesMeetingRow.series_id))
    ).subquery()
    rows = db.exec(
        select(SeriesMeetingRow.meeting_id, SeriesMeetingRow.series_id, SeriesMeetingRow.place, counted.c.whole)
        .join(counted, counted.c.series_id == SeriesMeetingRow.series_id)
        .where(col(SeriesMeetingRow.meeting_id).in_(meetings))
    )
    return {meeting: Part(number, place, whole) for meeting, number, place, whole in rows}


def _sittings(db: Db, number: int) -> tuple[Sitting, ...]:
    rows = db.exec(
        select(SeriesMeetingRow, MeetingRow)
        .join(MeetingRow, col(MeetingRow.id) == SeriesMeetingRow.meeting_id)
        .where(SeriesMeetingRow.series_id == number)
        .order_by(col(SeriesMeetingRow.place))
    )
    return tuple(
        Sitting(part.meeting_id, part.place, row.title, row.place, State(row.state), row.starts_at, row.ends_at)
        for part, row in rows
    )
