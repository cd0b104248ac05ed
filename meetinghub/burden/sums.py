"""What pages read of the account: sums over a view and a period, and the rows that they are sums of.

A view of one committee reads its lines; every other one reads sittings, which hold the sums of theirs. So a year of the
street is some thousand rows and not a hundred thousand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as core
from sqlmodel import Session as Db
from sqlmodel import SQLModel

from meetinghub.burden.figures import Figure, Totals
from meetinghub.burden.model import Line, Refusal, Share, Source
from meetinghub.burden.rows import Entry, Month, OfDepartment, View
from meetinghub.burden.tables import LineRow, RefusalRow, RideRow, SittingRow

_SITTING, _LINE, _RIDE, _REFUSAL = (
    SQLModel.metadata.tables[row.__tablename__] for row in (SittingRow, LineRow, RideRow, RefusalRow)
)
_CALL = Source.CALL.value


@dataclass(slots=True)
class _Group:
    """Sums over some rows of a view."""

    sittings: int = 0
    attendances: int = 0
    uncounted: int = 0
    rides: int = 0
    persons: int = 0
    trips: int = 0
    sat: int = 0
    addressed: int = 0

    @property
    def share(self) -> Share:
        return Share(self.persons, self.trips, self.sat, self.addressed)


_Groups = dict[tuple[Any, ...], _Group]


def totals(db: Db, view: View, first: date, last: date) -> Totals:
    """``first`` and ``last`` are both counted."""
    groups = _grouped(db, view, first, last, "source", "measured")
    found: defaultdict[str, int] = defaultdict(int)
    whole = measured = Share()
    for (source, known), group in groups.items():
        out = source == _CALL
        found["calls" if out else "sittings"] += group.sittings
        found["call_attendances"] += group.attendances if out else 0
        found["attendances"] += group.attendances
        found["uncounted"] += group.uncounted
        found["rides"] += group.rides
        whole += group.share
        measured += group.share if known else Share()
    if view.department is not None:
        found["rides"] = sum(_rides(db, first, last, view.department).values())
    return Totals(**found, whole=whole, measured=measured)


def months(db: Db, view: View, first: date, last: date) -> dict[int, Month]:
    """Months with anything in them, by their numbers (202611)."""
    found: dict[int, Month] = {}
    for (month, source), group in sorted(_grouped(db, view, first, last, "month", "source").items()):
        was = found.get(month, Month(month, 0, 0))
        calls = group.attendances if source == _CALL else 0
        found[month] = Month(month, was.attendances + group.attendances, was.calls + calls)
    return found


def begins(db: Db) -> int | None:
    """The month from which on the account counts (202611); None while it is empty."""
    first: date | None = db.execute(core.select(core.func.min(_SITTING.c.day))).scalar_one()
    return None if first is None else first.year * 100 + first.month


def departments(db: Db, view: View, first: date, last: date) -> list[OfDepartment]:
    """Who called what of the view's, and who rode in it; in no order."""
    groups = _grouped(db, view, first, last, "department_id", "source", "measured")
    rides = _rides(db, first, last, committee=view.committee)
    found: dict[int | None, OfDepartment] = {
        number: OfDepartment(number, rides=items) for number, items in rides.items()
    }
    for (number, source, known), group in groups.items():
        was, out = found.get(number, OfDepartment(number)), source == _CALL
        found[number] = OfDepartment(
            number,
            sittings=was.sittings + (0 if out else group.sittings),
            calls=was.calls + (group.sittings if out else 0),
            rides=was.rides,
            attendances=was.attendances + group.attendances,
            whole=was.whole + group.share,
            measured=was.measured + (group.share if known else Share()),
            uncounted=was.uncounted + group.uncounted,
        )
    return list(found.values())


def entries(
    db: Db,
    view: View,
    first: date,
    last: date,
    figure: Figure,
    *,
    text: str = "",
    before: tuple[datetime, int] | None = None,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[Entry], int]:
    """The rows that a figure is made of, newest first, and how many there are in all.

    ``before``: start and id of a row; only those that follow it.
    """
    source = _rows(view).where(_day(view).between(first, last))
    if figure is Figure.RIDES and view.department is not None:
        source = _ridden(view.department).where(_day(view).between(first, last))
    wanted = _adding(source.subquery(), figure)
    if text:
        named = wanted.c.title.contains(text, autoescape=True) | wanted.c.host.contains(text, autoescape=True)
        wanted = core.select(wanted).where(named).subquery()
    count = db.execute(core.select(core.func.count()).select_from(wanted)).scalar_one()
    page = core.select(wanted).order_by(wanted.c.starts_at.desc(), wanted.c.id.desc()).offset(offset).limit(limit)
    if before is not None:
        start, number = before
        page = page.where((wanted.c.starts_at < start) | ((wanted.c.starts_at == start) & (wanted.c.id < number)))
    return [_entry(row, view) for row in db.execute(page)], int(count)


def _rows(view: View) -> core.Select[Any]:
    """The rows of a view: the sittings of the street, those that a department called, those where a committee was; of
    a role, those where somebody of it was."""
    of = _SITTING.c
    columns = (
        *(of.id, of.source, of.number, of.day, of.month, of.starts_at, of.seconds, of.title, of.host),
        *(of.department_id, of.mode, of.measured, of.rides),
    )
    if view.committee is not None:
        line = _LINE.c
        own = (_number(line.called, "called"), _number(line.attended, "attended"), _number(line.uncounted, "uncounted"))
        shares = (line.persons, line.trips, line.sat, line.addressed, line.roles)
        wanted = core.select(*columns, *own, *shares).join(_LINE, line.sitting_id == of.id)
        wanted = wanted.where(line.committee_id == view.committee, line.attended)
    else:
        sums = (of.called, of.attended, of.uncounted, of.persons, of.trips, of.sat, of.addressed, of.roles)
        wanted = core.select(*columns, *sums)
    if view.department is not None:
        wanted = wanted.where(of.department_id == view.department)
    if view.role is not None:
        wanted = wanted.where(_sent((_LINE if view.committee is not None else _SITTING).c.roles, view.role))
    return wanted


def _ridden(department: int) -> core.Select[Any]:
    """Sittings of others in which a department has items; ``rides`` are its own."""
    whole = _rows(View())
    columns = [column for column in whole.selected_columns if column.key != "rides"]
    return (
        core.select(*columns, _RIDE.c["items"].label("rides"))
        .join(_RIDE, _RIDE.c.sitting_id == _SITTING.c.id)
        .where(_RIDE.c.department_id == department)
    )


def _day(view: View) -> core.Column[Any]:
    """The column that an index of this view leads to."""
    return (_LINE if view.committee is not None else _SITTING).c.day


def _number(column: core.Column[Any], name: str) -> core.Label[Any]:
    return core.cast(column, core.Integer).label(name)


def _adding(rows: core.Subquery, figure: Figure) -> core.Subquery:
    """Those of ``rows`` that add anything to the figure, and those of which nobody knows how much they add."""
    of = rows.c
    untold = core.and_(of.uncounted > 0, of.persons == 0)
    adds: Mapping[Figure, core.ColumnElement[bool]] = {
        Figure.ATTENDANCES: of.attended > 0,
        Figure.DAILY: of.attended > 0,
        Figure.RIDES: of.rides > 0,
        Figure.ADDRESSED: core.and_(of.measured, of.sat > 0),
        Figure.SITTINGS: of.source != _CALL,
        Figure.MINUTES: core.or_(of.sat > 0, untold),
        Figure.TRIPS: core.or_(of.trips > 0, untold),
        Figure.CALLS: of.source == _CALL,
    }
    return core.select(rows).where(adds[figure]).subquery()


def _grouped(db: Db, view: View, first: date, last: date, *by: str) -> _Groups:
    """Sums over a view's rows of a period, by some of their columns; of lines alone or of sittings alone."""
    own = view.committee is not None
    of = (_LINE if own else _SITTING).c
    keys, attended = [of[name] for name in by], core.cast(of.attended, core.Integer)
    sums = [attended, core.cast(of.uncounted, core.Integer), of.rides, of.persons, of.trips, of.sat, of.addressed]
    wanted = core.select(*keys).where(of.day.between(first, last))
    if own:
        wanted = wanted.where(of.committee_id == view.committee, of.attended)
    if view.department is not None:
        wanted = wanted.where(of.department_id == view.department)
    if view.role is not None:
        wanted = wanted.where(_sent(of.roles, view.role))
        figures = [of.roles[(view.role, place)].as_integer() for place in range(4 if own else 5)]
        sums = [attended if own else figures[0], core.literal(0), of.rides, *figures[-4:]]
    wanted = wanted.add_columns(core.func.count(), *(core.func.sum(each) for each in sums)).group_by(*keys)
    return {tuple(row[: len(by)]): _Group(*(int(each) for each in row[len(by) :])) for row in db.execute(wanted)}


def _sent(roles: core.Column[Any], role: str) -> core.ColumnElement[bool]:
    """Whether somebody of the role is in these shares, whose text is JSON's on both engines."""
    return core.cast(roles, core.Text).contains(f'"{role}":', autoescape=True)


def _rides(
    db: Db, first: date, last: date, department: int | None = None, committee: int | None = None
) -> dict[int, int]:
    """Department → its items in others' sittings (those where the committee was)."""
    ride = _RIDE.c
    wanted = core.select(ride.department_id, core.func.sum(ride["items"])).where(ride.day.between(first, last))
    if department is not None:
        wanted = wanted.where(ride.department_id == department)
    if committee is not None:
        line = _LINE.c
        there = core.and_(line.sitting_id == ride.sitting_id, line.committee_id == committee, line.attended)
        wanted = wanted.join(_LINE, there).where(line.day.between(first, last))
    return {number: int(items) for number, items in db.execute(wanted.group_by(ride.department_id))}


def _of_role(roles: Mapping[str, list[int]], view: View) -> tuple[int, Share]:
    """How many committees sent somebody of the view's role, and their share."""
    assert view.role is not None
    figures = roles[view.role]
    return (1, Share(*figures)) if view.committee is not None else (figures[0], Share(*figures[1:]))


def _entry(row: core.Row[Any], view: View) -> Entry:
    attendances, share = int(row.attended), Share(row.persons, row.trips, row.sat, row.addressed)
    if view.role is not None:
        attendances, share = _of_role(row.roles, view)
    return Entry(
        id=row.id,
        source=Source(row.source),
        number=row.number,
        day=row.day,
        starts_at=row.starts_at,
        seconds=row.seconds,
        title=row.title,
        host=row.host,
        department=row.department_id,
        mode=row.mode,
        measured=row.measured,
        called=int(row.called),
        attendances=attendances,
        uncounted=int(row.uncounted),
        rides=row.rides,
        share=share,
    )


def refusals(
    db: Db, view: View, first: date, last: date, *, offset: int = 0, limit: int | None = None
) -> list[Refusal]:
    """Newest first; a committee's view has none."""
    wanted = core.select(_REFUSAL).where(_refused(view, first, last)).order_by(_REFUSAL.c.number.desc())
    return [
        Refusal(
            number=row.number,
            day=row.day,
            at=row.at,
            department=row.department_id,
            request=row.request_id,
            title=row.title,
            minutes=row.minutes,
            committees=row.committees,
            why=row.why,
            rules=tuple(row.rules),
            reason=row.reason,
        )
        for row in db.execute(wanted.offset(offset).limit(limit))
    ]


def count_refusals(db: Db, view: View, first: date, last: date) -> dict[str, int]:
    """By who or what refused; see :class:`Refusal`."""
    why = _REFUSAL.c.why
    wanted = core.select(why, core.func.count()).where(_refused(view, first, last)).group_by(why)
    return {name: int(count) for name, count in db.execute(wanted)}


def _refused(view: View, first: date, last: date) -> core.ColumnElement[bool]:
    if view.committee is not None:
        return core.false()
    within = _REFUSAL.c.day.between(first, last)
    return within if view.department is None else core.and_(within, _REFUSAL.c.department_id == view.department)


def sitting(db: Db, source: Source, number: int) -> Entry | None:
    rows = _rows(View()).where(_SITTING.c.source == source.value, _SITTING.c.number == number)
    row = db.execute(rows).one_or_none()
    return None if row is None else _entry(row, View())


def lines(db: Db, sitting: int, committee: int | None = None) -> list[Line]:
    """A sitting's lines, or one committee's, in no order."""
    wanted = core.select(_LINE).where(_LINE.c.sitting_id == sitting)
    if committee is not None:
        wanted = wanted.where(_LINE.c.committee_id == committee)
    return [
        Line(
            committee=row.committee_id,
            called=row.called,
            attended=row.attended,
            uncounted=row.uncounted,
            roles={role: Share(*figures) for role, figures in row.roles.items()},
        )
        for row in db.execute(wanted)
    ]


def rides_of(db: Db, sitting: int) -> dict[int, int]:
    """Department → its items in another's sitting."""
    wanted = core.select(_RIDE.c.department_id, _RIDE.c["items"]).where(_RIDE.c.sitting_id == sitting)
    return {department: items for department, items in db.execute(wanted)}
