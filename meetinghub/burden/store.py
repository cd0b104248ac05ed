"""Writing the account's rows, and reading single ones. What pages sum up is in :mod:`meetinghub.burden.sums`."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import sqlalchemy as core
from sqlmodel import Session as Db
from sqlmodel import SQLModel

from meetinghub.burden.model import Line, Refusal, Share, Sitting, Source
from meetinghub.burden.tables import FollowedRow, LineRow, RefusalRow, RideRow, SittingRow

_SITTING, _LINE, _RIDE, _REFUSAL, _FOLLOWED = (
    SQLModel.metadata.tables[row.__tablename__] for row in (SittingRow, LineRow, RideRow, RefusalRow, FollowedRow)
)


def followed(db: Db) -> int:
    """The newest fact that the account follows. Nobody else lets it follow until this transaction ends."""
    return int(db.connection().execute(core.select(_FOLLOWED.c.number).with_for_update()).scalar_one())


def set_followed(db: Db, number: int) -> None:
    db.connection().execute(core.update(_FOLLOWED).values(number=number))


def forget(db: Db) -> None:
    """Take away whatever can be made again from facts, so that it is."""
    for table in (_RIDE, _LINE, _SITTING, _REFUSAL):
        db.connection().execute(core.delete(table))
    set_followed(db, 0)


def put(db: Db, sitting: Sitting) -> None:
    """Write a sitting in place of what was counted of it before."""
    drop(db, sitting.source, sitting.number)
    connection = db.connection()
    whole = _sitting(sitting)
    added = connection.execute(core.insert(_SITTING).values(whole))
    (number,) = added.inserted_primary_key or (None,)
    if sitting.lines:
        own = {key: whole[key] for key in ("day", "month", "source", "department_id", "measured", "rides")}
        rows = [{"sitting_id": number, **own, **_line(line)} for line in sitting.lines]
        connection.execute(core.insert(_LINE), rows)
    if sitting.rides:
        rides = [
            {
                "sitting_id": number,
                "department_id": each.department,
                "day": sitting.day,
                "items": each.items,
                "seconds": each.seconds,
            }
            for each in sitting.rides
        ]
        connection.execute(core.insert(_RIDE), rides)


def numbers(db: Db, source: Source, among: Sequence[int]) -> set[int]:
    """Those of ``among`` that are counted."""
    found: set[int] = set()
    for place in range(0, len(among), 500):
        wanted = core.select(_SITTING.c.number).where(
            _SITTING.c.source == source.value, _SITTING.c.number.in_(among[place : place + 500])
        )
        found.update(db.connection().execute(wanted).scalars())
    return found


def drop(db: Db, source: Source, number: int) -> None:
    connection = db.connection()
    wanted = core.select(_SITTING.c.id).where(_SITTING.c.source == source.value, _SITTING.c.number == number)
    known = connection.execute(wanted).scalar_one_or_none()
    if known is not None:
        for table in (_RIDE, _LINE):
            connection.execute(core.delete(table).where(table.c.sitting_id == known))
        connection.execute(core.delete(_SITTING).where(_SITTING.c.id == known))


def put_refusal(db: Db, refusal: Refusal) -> None:
    connection = db.connection()
    connection.execute(core.delete(_REFUSAL).where(_REFUSAL.c.number == refusal.number))
    connection.execute(
        core.insert(_REFUSAL).values(
            number=refusal.number,
            day=refusal.day,
            at=refusal.at,
            department_id=refusal.department,
            request_id=refusal.request,
            title=refusal.title,
            minutes=refusal.minutes,
            committees=refusal.committees,
            why=refusal.why,
            rules=list(refusal.rules),
            reason=refusal.reason,
        )
    )


def _sitting(of: Sitting) -> dict[str, object]:
    whole = sum((line.whole for line in of.lines), Share())
    return {
        "source": of.source.value,
        "number": of.number,
        "day": of.day,
        "month": of.month,
        "starts_at": of.starts_at,
        "seconds": of.seconds,
        "title": of.title,
        "host": of.host,
        "department_id": of.department,
        "mode": of.mode,
        "measured": of.measured,
        "called": sum(line.called for line in of.lines),
        "attended": sum(line.attended for line in of.lines),
        "uncounted": sum(line.uncounted for line in of.lines),
        **_share(whole),
        "rides": sum(each.items for each in of.rides),
        "roles": _by_role(of.lines),
    }


def _by_role(lines: tuple[Line, ...]) -> dict[str, list[int]]:
    sent: Counter[str] = Counter()
    shares: defaultdict[str, Share] = defaultdict(Share)
    for line in lines:
        for role, share in line.roles.items():
            sent[role] += 1
            shares[role] += share
    return {role: [sent[role], *_figures(share)] for role, share in sorted(shares.items())}


def _line(line: Line) -> dict[str, object]:
    return {
        "committee_id": line.committee,
        "called": line.called,
        "attended": line.attended,
        "uncounted": line.uncounted,
        **_share(line.whole),
        "roles": _document(line.roles),
    }


def _share(share: Share) -> dict[str, int]:
    return {"persons": share.persons, "trips": share.trips, "sat": share.sat, "addressed": share.addressed}


def _document(roles: Mapping[str, Share]) -> dict[str, list[int]]:
    return {role: _figures(share) for role, share in sorted(roles.items())}


def _figures(share: Share) -> list[int]:
    return [share.persons, share.trips, share.sat, share.addressed]
