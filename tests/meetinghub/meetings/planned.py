"""The meeting of the examples, in a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlmodel import Session as Db

from meetinghub.meetings import service, store
from meetinghub.people.tables import AccountRow, CommitteeRow, StreetOfficeRow
from tests.meetinghub.meetings.examples import NOON, meeting


class SetClock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime = NOON) -> None:
        self.time = now.astimezone(UTC)

    def now(self) -> datetime:
        return self.time

    def wait(self, **amount: float) -> None:
        self.time += timedelta(**amount)


def plan_example(db: Db, *, starts_at: datetime = NOON, sites: int = 33) -> int:
    """Committees with seats and one meeting of them all; the meeting's number."""
    if db.get(StreetOfficeRow, 1) is None:
        db.add(StreetOfficeRow(id=1, name="清河湾街道"))
        db.flush()
        db.add_all(
            CommitteeRow(
                id=100 + seat, street_office_id=1, seat=seat, name=f"居委会{seat}", full_name="", phone="021-5550"
            )
            for seat in range(1, 34)
        )
        db.add(AccountRow(username="chair", name="周启明", password_hash="", created_at=NOON))
        db.flush()
    example = replace(meeting(), starts_at=starts_at)
    places = [store.SitePlan(100 + seat, "韩知远", "199 0000 0101") for seat in range(1, sites + 1)]
    return service.plan(db, meeting=example, sites=places, now=NOON, actor="host")
