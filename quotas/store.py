"""All queries about policies and charges; rows become frozen values here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, and_, func, insert, or_, select, update
from sqlmodel import Session as Db
from sqlmodel import SQLModel, col

from quotas import document
from quotas.charge import Charge, State
from quotas.counting import seats
from quotas.log import calls_of, calls_text
from quotas.period import Period, bounds, moments
from quotas.policy import Ceiling, MonthlyMeeting, Per, Policy, Quota, Rule, Status
from quotas.tables import ChargeRow, FoldedRow, PolicyRow
from quotas.wish import Wish

_CHARGE = SQLModel.metadata.tables[ChargeRow.__tablename__]
_FOLDED = SQLModel.metadata.tables[FoldedRow.__tablename__]
COUNTED = (State.HELD.value, State.CHARGED.value)


@dataclass(frozen=True, slots=True)
class Version:
    """A policy and how it came about. ``revision`` counts a draft's changes."""

    policy: Policy
    note: str
    revision: int
    created_by: str
    created_at: datetime
    changed_at: datetime
    switched_on_by: str
    switched_on_at: datetime | None
    retired_at: datetime | None


@dataclass(frozen=True, slots=True)
class Part:
    """A charge of a meeting: the host's own (``segment`` None), or that of an agenda item somebody else has there."""

    charge: Charge
    segment: int | None


def versions(db: Db) -> list[Version]:
    """All of them, newest first."""
    rows = db.scalars(select(PolicyRow).order_by(col(PolicyRow.number).desc())).all()
    begun = sorted(
        (row.effective_from, row.number or 0) for row in rows if row.effective_from and row.status == Status.ACTIVE
    )
    return [_version(row, begun) for row in rows]


def add_version(db: Db, rules: Sequence[Rule], *, note: str, by: str, now: datetime) -> int:
    """A new draft; its number."""
    row = PolicyRow(
        status=Status.DRAFT.value, note=note, rules=document.text(rules), created_by=by, created_at=now, changed_at=now
    )
    db.add(row)
    db.flush()
    assert row.number is not None
    return row.number


def change_version(db: Db, number: int, *, revision: int, values: Mapping[str, Any]) -> bool:
    """Change a version that is still at ``revision``; False when somebody was faster or it is not there."""
    wanted = update(PolicyRow).where(col(PolicyRow.number) == number, col(PolicyRow.revision) == revision)
    changed = db.connection().execute(wanted.values(**values, revision=revision + 1))
    return bool(changed.rowcount)


def delete_draft(db: Db, number: int) -> None:
    row = db.get(PolicyRow, number)
    if row is not None and row.status == Status.DRAFT:
        db.delete(row)
        db.flush()


def active(db: Db) -> list[Policy]:
    """The versions that are or will be in force."""
    rows = db.scalars(select(PolicyRow).where(col(PolicyRow.status) == Status.ACTIVE.value)).all()
    begun = sorted((row.effective_from, row.number or 0) for row in rows if row.effective_from)
    return [_version(row, begun).policy for row in rows]


def usage(db: Db, wish: Wish, policy: Policy) -> list[Charge]:
    """The rows that the policy's rules could count against the wish: a superset, for :func:`quotas.assess.assess`."""
    conditions: list[ColumnElement[bool]] = []
    for rule in policy.rules:
        if isinstance(rule, Quota):
            within = _within(bounds(Period(rule.period.value), wish.day))
            own_line = rule.per is Per.LINE
            whose = _CHARGE.c.line == wish.line if own_line else _CHARGE.c.department_id == wish.department
            conditions.append(and_(within, whose))
        elif isinstance(rule, MonthlyMeeting) and wish.department in rule.departments:
            whose = _CHARGE.c.department_id == wish.department
            conditions.append(and_(_within(bounds(Period.MONTH, wish.day)), whose))
        elif isinstance(rule, Ceiling) and seats(rule, wish):
            conditions.append(_within(bounds(rule.period, wish.day)))
    if not conditions:
        return []
    wanted = select(_CHARGE).where(_CHARGE.c.state.in_(COUNTED), or_(*conditions)).order_by(_CHARGE.c.id)
    return [_charge(row) for row in db.connection().execute(wanted).mappings()]


def between(db: Db, first: datetime, until: datetime) -> list[tuple[Charge, datetime]]:
    """What is charged to meetings that begin in ``first`` ≤ … < ``until``, each with when it was asked for."""
    wanted = select(_CHARGE).where(
        _CHARGE.c.state == State.CHARGED.value, _CHARGE.c.starts_at >= first, _CHARGE.c.starts_at < until
    )
    rows = db.connection().execute(wanted.order_by(_CHARGE.c.id)).mappings()
    return [(_charge(row), row["made_at"]) for row in rows]


def charge(db: Db, number: int) -> Charge | None:
    found = db.connection().execute(select(_CHARGE).where(_CHARGE.c.id == number)).mappings().one_or_none()
    return None if found is None else _charge(found)


def charge_of(db: Db, key: str) -> Charge | None:
    """The charge that was asked for under ``key``, whatever became of it."""
    found = db.connection().execute(select(_CHARGE).where(_CHARGE.c.key == key)).mappings().one_or_none()
    return None if found is None else _charge(found)


def parts_of(db: Db, meeting: int) -> list[Part]:
    """A meeting's charges that count, its own first."""
    wanted = select(_CHARGE).where(_CHARGE.c.meeting_id == meeting, _CHARGE.c.state.in_(COUNTED))
    rows = db.connection().execute(wanted.order_by(_CHARGE.c.own.desc(), _CHARGE.c.id)).mappings()
    return [Part(_charge(row), row["segment_id"]) for row in rows]


def series(db: Db, name: str) -> list[Charge]:
    """What counts of a series, by date."""
    wanted = select(_CHARGE).where(_CHARGE.c.series == name, _CHARGE.c.state.in_(COUNTED))
    return [_charge(row) for row in db.connection().execute(wanted.order_by(_CHARGE.c.starts_at)).mappings()]


def expired(db: Db, now: datetime, *, most: int) -> list[Charge]:
    """Holds that nobody gave back and that count no more."""
    wanted = select(_CHARGE).where(_CHARGE.c.state == State.HELD.value, _CHARGE.c.hold_expires_at <= now)
    return [_charge(row) for row in db.connection().execute(wanted.order_by(_CHARGE.c.id).limit(most)).mappings()]


def add_charge(
    db: Db, new: Charge, *, key: str | None, policy: int, by: str, now: datetime, segment: int | None = None
) -> int:
    """Write a new row; its number. ``new.id`` is not looked at."""
    values = _values(new) | {"key": key, "policy": policy, "made_by": by, "made_at": now, "segment_id": segment}
    number = db.connection().execute(insert(_CHARGE).values(**values)).inserted_primary_key
    assert number is not None
    return int(number[0])


def put_charge(db: Db, new: Charge, *, policy: int | None = None) -> None:
    """Write the row ``new.id`` as ``new`` is; ``policy`` None keeps by which version it was judged."""
    values = _values(new) | ({} if policy is None else {"policy": policy})
    db.connection().execute(update(_CHARGE).where(_CHARGE.c.id == new.id).values(**values))


def folded(db: Db) -> int:
    """The newest fact that charges follow."""
    return int(db.connection().execute(select(_FOLDED.c.number)).scalar_one())


def set_folded(db: Db, number: int) -> None:
    db.connection().execute(update(_FOLDED).values(number=number))


def count(db: Db) -> int:
    """How many rows count or may count."""
    wanted = select(func.count()).select_from(_CHARGE).where(_CHARGE.c.state.in_(COUNTED))
    return int(db.connection().execute(wanted).scalar_one())


def _within(span: tuple[date, date]) -> ColumnElement[bool]:
    first, after = moments(*span)
    return and_(_CHARGE.c.starts_at >= first, _CHARGE.c.starts_at < after)


def _values(of: Charge) -> dict[str, Any]:
    wish = of.wish
    return {
        "state": of.state.value,
        "hold_expires_at": of.hold_expires_at,
        "series": of.series,
        "meeting_id": wish.meeting,
        "title": wish.title,
        "department_id": wish.department,
        "line": wish.line,
        "starts_at": wish.starts_at,
        "minutes": wish.minutes,
        "persons": wish.persons,
        "own": wish.own,
        "exempt": wish.exempt,
        "sites": sorted(wish.sites),
        "roles": sorted(wish.roles),
        "calls": calls_text(wish),
        "speeches": list(wish.speeches),
    }


def _charge(row: RowMapping) -> Charge:
    wish = Wish(
        starts_at=row["starts_at"],
        minutes=row["minutes"],
        sites=frozenset(row["sites"]),
        roles=frozenset(row["roles"]),
        department=row["department_id"],
        line=row["line"],
        persons=row["persons"],
        own=row["own"],
        calls=calls_of(row["calls"], own=row["own"]),
        exempt=row["exempt"],
        speeches=tuple(row["speeches"]),
        title=row["title"],
        meeting=row["meeting_id"],
    )
    return Charge(row["id"], wish, State(row["state"]), row["hold_expires_at"], row["series"])


@lru_cache(64)
def _rules(written: str) -> tuple[Rule, ...]:
    """A version is read with every wish that is judged, and never changes once it is switched on."""
    return document.parse(written)


def _version(row: PolicyRow, begun: Sequence[tuple[date, int]]) -> Version:
    """``begun``: when the active versions begin, earliest first."""
    assert row.number is not None
    own = (row.effective_from, row.number)
    until = None
    if row.effective_from is not None and row.status == Status.ACTIVE:
        until = next((since for since, number in begun if (since, number) > own), None)
    policy = Policy(row.number, _rules(row.rules), Status(row.status), row.effective_from, until)
    return Version(
        policy,
        row.note,
        row.revision,
        row.created_by,
        row.created_at,
        row.changed_at,
        row.switched_on_by,
        row.switched_on_at,
        row.retired_at,
    )
