"""All queries about paired PCs; rows become frozen values here."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session as Db
from sqlmodel import col, delete, func, select, update

from meetinghub.devices.model import Asking, Device
from meetinghub.devices.pairing import Failures
from meetinghub.devices.tables import DeviceRow, PairingFailureRow, PairingRow
from meetinghub.ids import DEVICE, CommitteeId, DeviceId, actor_of
from meetinghub.people.model import Right
from meetinghub.people.tables import AccountRightRow, AccountRow, CommitteeRow, PersonRow

TURNS = 0x50414952
"""PostgreSQL advisory lock under which codes are given out and tried."""


def devices(db: Db) -> list[Device]:
    """Those that are paired, in the order of the seats."""
    return _devices(db)


def device(db: Db, number: DeviceId) -> Device | None:
    return next(iter(_devices(db, col(DeviceRow.id) == number)), None)


def device_of(db: Db, digest: str) -> Device | None:
    """The paired PC with that token."""
    return next(iter(_devices(db, col(DeviceRow.digest) == digest)), None)


def used_before(db: Db, digest: str) -> bool:
    """Whether a device with that token is or was paired: such a token never gets another code."""
    return db.exec(select(DeviceRow.id).where(DeviceRow.digest == digest)).first() is not None


def paired(db: Db, numbers: Collection[int]) -> frozenset[int]:
    """Which of these devices are still paired."""
    wanted = select(DeviceRow.id).where(col(DeviceRow.id).in_(numbers), col(DeviceRow.unpaired_at).is_(None))
    return frozenset(number for number in db.exec(wanted) if number is not None)


def add(db: Db, asking: Asking, *, committee: CommitteeId, csrf: str, by: str, address: str, now: datetime) -> DeviceId:
    row = DeviceRow(
        digest=asking.digest,
        committee_id=committee,
        csrf=csrf,
        address=address,
        agent=asking.agent,
        paired_at=now,
        paired_by=by,
        seen_at=now,
    )
    db.add(row)
    db.flush()
    assert row.id is not None
    return DeviceId(row.id)


def unpair(db: Db, number: DeviceId, now: datetime) -> None:
    db.exec(update(DeviceRow).where(col(DeviceRow.id) == number).values(unpaired_at=now))


def note_use(db: Db, number: DeviceId, *, address: str, agent: str, now: datetime) -> None:
    changed = update(DeviceRow).where(col(DeviceRow.id) == number)
    db.exec(changed.values(seen_at=now, address=address, agent=agent))


def take_turns(db: Db) -> None:
    """One code at a time is given out or tried; SQLite has one writer anyway."""
    if db.get_bind().dialect.name == "postgresql":
        db.connection().exec_driver_sql(f"SELECT pg_advisory_xact_lock({TURNS})")


def asking(db: Db) -> list[Asking]:
    """Every PC that has asked for a code and not been paired; the caller drops the expired ones."""
    rows = db.exec(select(PairingRow).order_by(col(PairingRow.asked_at)))
    return [Asking(row.digest, row.code, row.address, row.agent, row.asked_at) for row in rows]


def note_asking(db: Db, new: Asking) -> None:
    """``new`` takes the place of what the same PC showed before."""
    forget_asking(db, new.digest)
    db.add(PairingRow(digest=new.digest, code=new.code, address=new.address, agent=new.agent, asked_at=new.asked_at))
    db.flush()


def forget_asking(db: Db, digest: str) -> None:
    db.exec(delete(PairingRow).where(col(PairingRow.digest) == digest))


def sweep(db: Db, *, asked_before: datetime, failed_before: datetime) -> None:
    """Delete expired codes and old failures."""
    db.exec(delete(PairingRow).where(col(PairingRow.asked_at) <= asked_before))
    db.exec(delete(PairingFailureRow).where(col(PairingFailureRow.at) <= failed_before))


def failures(db: Db, account: str, address: str, since: datetime) -> Failures:
    def count(condition: ColumnElement[bool]) -> int:
        wanted = select(func.count()).select_from(PairingFailureRow)
        return db.exec(wanted.where(col(PairingFailureRow.at) > since, condition)).one()

    return Failures(count(col(PairingFailureRow.account) == account), count(col(PairingFailureRow.address) == address))


def add_failure(db: Db, account: str, address: str, now: datetime) -> None:
    db.add(PairingFailureRow(account=account, address=address, at=now))
    db.flush()


def names(db: Db, actors: Iterable[str]) -> dict[str, str]:
    """``device-7`` → the short name of its committee, also of those that are no longer paired."""
    numbers = [int(number) for actor in actors if (number := actor.removeprefix(DEVICE)).isdecimal()]
    wanted = (
        select(DeviceRow.id, CommitteeRow.name)
        .join(CommitteeRow, col(CommitteeRow.id) == DeviceRow.committee_id)
        .where(col(DeviceRow.id).in_(numbers))
    )
    return {actor_of(DeviceId(number)): name for number, name in db.exec(wanted) if number is not None}


def administrator_phone(db: Db) -> str:
    """The telephone of the first administrator who has one; empty when nobody has."""
    wanted = (
        select(PersonRow.phone)
        .join(AccountRow, col(AccountRow.person_id) == PersonRow.id)
        .join(AccountRightRow, col(AccountRightRow.account_id) == AccountRow.id)
        .where(
            AccountRightRow.right == Right.ADMINISTRATOR.value,
            col(AccountRow.disabled_at).is_(None),
            PersonRow.phone != "",
        )
        .order_by(col(AccountRow.id))
    )
    return db.exec(wanted).first() or ""


def _devices(db: Db, *conditions: ColumnElement[bool]) -> list[Device]:
    wanted = (
        select(DeviceRow, CommitteeRow, AccountRow.name)
        .join(CommitteeRow, col(CommitteeRow.id) == DeviceRow.committee_id)
        .outerjoin(AccountRow, col(AccountRow.username) == DeviceRow.paired_by)
        .where(col(DeviceRow.unpaired_at).is_(None), *conditions)
        .order_by(col(CommitteeRow.seat), col(DeviceRow.id))
    )
    return [_device(row, committee, name or row.paired_by) for row, committee, name in db.exec(wanted)]


def _device(row: DeviceRow, committee: CommitteeRow, paired_by: str) -> Device:
    assert row.id is not None
    assert committee.id is not None
    return Device(
        id=DeviceId(row.id),
        committee_id=CommitteeId(committee.id),
        seat=committee.seat,
        committee=committee.name,
        committee_full=committee.full_name,
        address=row.address,
        agent=row.agent,
        csrf=row.csrf,
        paired_at=row.paired_at,
        paired_by=paired_by,
        seen_at=row.seen_at,
    )
