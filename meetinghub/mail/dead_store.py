"""Queries about addresses that mails came back from for good."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlmodel import Session as Db
from sqlmodel import col, delete, select

from meetinghub.mail.tables import DeadAddressRow


def dead(db: Db, among: Collection[str]) -> Mapping[str, str]:
    """Which of these addresses are known to be dead → what their server said."""
    wanted = {each for each in among if each}
    if not wanted:
        return {}
    rows = db.exec(select(DeadAddressRow).where(col(DeadAddressRow.address).in_(wanted)))
    return {row.address: row.reason for row in rows}


def mark(db: Db, address: str, *, reason: str, mail: int, now: datetime) -> None:
    row = db.get(DeadAddressRow, address) or DeadAddressRow(address=address, since=now, reason=reason, mail_id=mail)
    row.reason, row.mail_id = reason, mail
    db.add(row)
    db.flush()


def revive(db: Db, address: str) -> None:
    """Somebody says that it works again, or tries it."""
    db.exec(delete(DeadAddressRow).where(col(DeadAddressRow.address) == address))
