"""All queries about policies and charges; rows become frozen values here."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, Text, and_, bindparam, cast, func, insert, or_, select, update
from sqlmodel import Session as Db
from sqlmodel import SQLModel, col

from meetinghub.together import Question
from quotas import document
from quotas.charge import Charge, State
from quotas.counting import looked_at
from quotas.log import calls_of, calls_text
from quotas.period import bounds, moments
from quotas.policy import Policy, Rule, Status
from quotas.tables import ChargeRow, FoldedRow, PolicyRow
from quotas.wish import Call, Wish

_CHARGE = SQLModel.metadata.tables[ChargeRow.__tablename__]
_FOLDED = SQLModel.metadata.tables[FoldedRow.__tablename__]
_POLICY = SQLModel.metadata.tables[PolicyRow.__tablename__]
COUNTED = (State.HELD.value, State.CHARGED.value)
_STATES = {state.value: state for state in State}

# Lists as they are written: the same few come with thousands of rows, and each is read once.
_SITES, _ROLES, _CALLS, _SPEECHES = (
    cast(_CHARGE.c[name], Text).label(name) for name in ("sites", "roles", "calls", "speeches")
)
_READ = (
    _CHARGE.c.id, _CHARGE.c.state, _CHARGE.c.hold_expires_at, _CHARGE.c.series, _CHARGE.c.starts_at,
    _CHARGE.c.minutes, _SITES, _ROLES, _CHARGE.c.department_id, _CHARGE.c.line, _CHARGE.c.persons, _CHARGE.c.own,
    _CALLS, _CHARGE.c.exempt, _SPEECHES, _CHARGE.c.title, _CHARGE.c.meeting_id,
)  # fmt: skip
_COUNTS = or_(*(_CHARGE.c.state == state for state in COUNTED))

# Built once: they are run with every request.
_BY_KEY = select(*_READ).where(_CHARGE.c.key == bindparam("key"))
_ADD = insert(_CHARGE).returning(_CHARGE.c.id)
_PUT = update(_CHARGE).where(_CHARGE.c.id == bindparam("charge"))
ACTIVE = Question(
    select(_POLICY.c.number, _POLICY.c.effective_from, _POLICY.c.rules).where(_POLICY.c.status == Status.ACTIVE.value)
)
"""The versions that are or will be in force."""
FOLDED = select(_FOLDED.c.number).scalar_subquery()
"""The newest fact that charges follow, to be asked for within another question."""


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
    return active_in(db.connection().execute(ACTIVE.of).all())


def active_in(rows: Sequence[Sequence[Any]]) -> list[Policy]:
    """The answer to :data:`ACTIVE`."""
    begun = sorted((since, number) for number, since, _ in rows if since)
    return [_policy(number, Status.ACTIVE, since, rules, begun) for number, since, rules in rows]


def usage(db: Db, wish: Wish, policy: Policy) -> list[Charge]:
    """The rows that the policy's rules could count against the wish: a superset, for :func:`quotas.assess.assess`."""
    asked = looked_at(policy, wish)
    if not asked:
        return []
    values: dict[str, Any] = {"line": wish.line, "department_id": wish.department}
    for place, (_, period) in enumerate(asked):
        values[f"first{place}"], values[f"after{place}"] = moments(*bounds(period, wish.day))
    wanted = _usage(tuple(column for (column, _), _ in asked))
    return [_charge(row) for row in db.connection().execute(wanted, values).all()]


@lru_cache
def _usage(columns: tuple[str, ...]) -> Select[Any]:
    """Rows between two moments each, of one line or department where a column is named."""
    conditions = []
    for place, column in enumerate(columns):
        starts = _CHARGE.c.starts_at
        within = and_(starts >= bindparam(f"first{place}"), starts < bindparam(f"after{place}"))
        conditions.append(and_(within, _CHARGE.c[column] == bindparam(column)) if column else within)
    return select(*_READ).where(_COUNTS, or_(*conditions)).order_by(_CHARGE.c.id)


def between(db: Db, first: datetime, until: datetime) -> list[tuple[Charge, datetime]]:
    """What is charged to meetings that begin in ``first`` ≤ … < ``until``, each with when it was asked for."""
    wanted = select(*_READ, _CHARGE.c.made_at).where(
        _CHARGE.c.state == State.CHARGED.value, _CHARGE.c.starts_at >= first, _CHARGE.c.starts_at < until
    )
    rows = db.connection().execute(wanted.order_by(_CHARGE.c.id)).all()
    return [(_charge(row[:-1]), row[-1]) for row in rows]


def charge(db: Db, number: int) -> Charge | None:
    found = db.connection().execute(select(*_READ).where(_CHARGE.c.id == number)).one_or_none()
    return None if found is None else _charge(found)


def charge_of(db: Db, key: str) -> Charge | None:
    """The charge that was asked for under ``key``, whatever became of it."""
    return charge_in(db.connection().execute(_BY_KEY, {"key": key}).all())


def by_key(key: str) -> Question:
    return Question(_BY_KEY, {"key": key})


def charge_in(rows: Sequence[Sequence[Any]]) -> Charge | None:
    """The answer to :func:`by_key`."""
    return _charge(rows[0]) if rows else None


def parts_of(db: Db, meeting: int) -> list[Part]:
    """A meeting's charges that count, its own first."""
    wanted = select(*_READ, _CHARGE.c.segment_id).where(_CHARGE.c.meeting_id == meeting, _COUNTS)
    rows = db.connection().execute(wanted.order_by(_CHARGE.c.own.desc(), _CHARGE.c.id)).all()
    return [Part(_charge(row[:-1]), row[-1]) for row in rows]


def series(db: Db, name: str) -> list[Charge]:
    """What counts of a series, by date."""
    wanted = select(*_READ).where(_CHARGE.c.series == name, _COUNTS)
    return [_charge(row) for row in db.connection().execute(wanted.order_by(_CHARGE.c.starts_at)).all()]


def expired(db: Db, now: datetime, *, most: int) -> list[Charge]:
    """Holds that nobody gave back and that count no more."""
    wanted = select(*_READ).where(_CHARGE.c.state == State.HELD.value, _CHARGE.c.hold_expires_at <= now)
    return [_charge(row) for row in db.connection().execute(wanted.order_by(_CHARGE.c.id).limit(most)).all()]


def add_charge(
    db: Db, new: Charge, *, key: str | None, policy: int, by: str, now: datetime, segment: int | None = None
) -> int:
    """Write a new row; its number. ``new.id`` is not looked at."""
    values = charge_values(new) | {"key": key, "policy": policy, "made_by": by, "made_at": now, "segment_id": segment}
    return int(db.connection().execute(_ADD, values).scalar_one())


def add_charges(db: Db, new: Sequence[Charge], keyed: Sequence[tuple[str, datetime]], *, by: str) -> list[int]:
    """Write many new rows, each with its key and when it was asked for; their numbers in the same order."""
    values = [
        charge_values(each) | {"key": key, "policy": 0, "made_by": by, "made_at": made_at, "segment_id": None}
        for each, (key, made_at) in zip(new, keyed, strict=True)
    ]
    if not values:
        return []
    wanted = insert(_CHARGE).returning(_CHARGE.c.id, sort_by_parameter_order=True)
    return [int(number) for number in db.connection().execute(wanted, values).scalars()]


def keyed(db: Db, prefix: str) -> list[Charge]:
    """What counts and has a key that begins so, in the order in which it was written."""
    wanted = select(*_READ).where(_CHARGE.c.key.startswith(prefix, autoescape=True), _COUNTS)
    return [_charge(row) for row in db.connection().execute(wanted.order_by(_CHARGE.c.id)).all()]


def release_all(db: Db, numbers: Sequence[int]) -> None:
    """They count nowhere any more."""
    for place in range(0, len(numbers), 500):
        wanted = update(_CHARGE).where(_CHARGE.c.id.in_(numbers[place : place + 500]))
        db.connection().execute(wanted.values(state=State.RELEASED.value, hold_expires_at=None))


def put_charge(db: Db, new: Charge, *, policy: int | None = None) -> None:
    """Write the row ``new.id`` as ``new`` is; ``policy`` None keeps by which version it was judged."""
    values = charge_values(new) | ({} if policy is None else {"policy": policy})
    db.connection().execute(_PUT, values | {"charge": new.id})


def set_folded(db: Db, number: int) -> None:
    db.connection().execute(update(_FOLDED).values(number=number))


def count(db: Db) -> int:
    """How many rows count or may count."""
    wanted = select(func.count()).select_from(_CHARGE).where(_COUNTS)
    return int(db.connection().execute(wanted).scalar_one())


def charge_values(of: Charge) -> dict[str, Any]:
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


def _charge(row: Sequence[Any]) -> Charge:
    """``row`` as :data:`_READ` names its columns."""
    (
        number, state, expires, series, starts_at, minutes, sites, roles, department, line, persons, own, calls,
        exempt, speeches, title, meeting,
    ) = row  # fmt: skip
    wish = Wish(
        starts_at, minutes, _listed(sites), _listed(roles), department, line, persons, own, _called(calls, own),
        exempt, _spoken(speeches), title, meeting,
    )  # fmt: skip
    return Charge(number, wish, _STATES[state], expires, series)


@lru_cache(4096)
def _listed(written: str) -> frozenset[Any]:
    return frozenset(json.loads(written))


@lru_cache(4096)
def _spoken(written: str) -> tuple[int, ...]:
    return tuple(json.loads(written))


@lru_cache(4096)
def _called(written: str, own: bool) -> tuple[Call, ...] | None:
    return calls_of(json.loads(written), own=own)


@lru_cache(64)
def _rules(written: str) -> tuple[Rule, ...]:
    """A version is read with every wish that is judged, and never changes once it is switched on."""
    return document.parse(written)


def _version(row: PolicyRow, begun: Sequence[tuple[date, int]]) -> Version:
    """``begun``: when the active versions begin, earliest first."""
    assert row.number is not None
    policy = _policy(row.number, Status(row.status), row.effective_from, row.rules, begun)
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


def _policy(number: int, status: Status, since: date | None, rules: str, begun: Sequence[tuple[date, int]]) -> Policy:
    until = None
    if since is not None and status is Status.ACTIVE:
        until = next((other for other, later in begun if (other, later) > (since, number)), None)
    return Policy(number, _rules(rules), status, since, until)
