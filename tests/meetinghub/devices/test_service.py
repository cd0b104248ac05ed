"""Pairing and unpairing against both engines, also when several people try at the same moment."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session as Db

from meetinghub.db import Database
from meetinghub.devices import pairing, store
from meetinghub.devices.model import SEEN_EVERY
from meetinghub.devices.service import Devices, digest
from meetinghub.errors import Error, Invalid, NotFound, Refused, TooMany
from meetinghub.ids import AccountId, CommitteeId, DeviceId
from meetinghub.people.model import Account, Right
from meetinghub.people.tables import CommitteeRow, StreetOfficeRow

START = datetime(2026, 11, 26, 1, 0, tzinfo=UTC)
ADMIN = Account(AccountId(1), "admin", "A", frozenset({Right.ADMINISTRATOR}), None, None, None, "", False)
PLACE = {"address": "10.0.0.1", "agent": "browser"}


@dataclass
class Hands:
    """A clock that is moved by hand."""

    at: datetime = START

    def now(self) -> datetime:
        return self.at


def street(db: Db) -> CommitteeId:
    office = StreetOfficeRow(name="清河湾街道")
    db.add(office)
    db.flush()
    assert office.id is not None
    row = CommitteeRow(street_office_id=office.id, seat=4, name="云杉里", full_name="云杉里居委会", phone="")
    db.add(row)
    db.flush()
    assert row.id is not None
    return CommitteeId(row.id)


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def committee(database: Database) -> CommitteeId:
    return database.write_now(street)


@pytest.fixture
def devices(database: Database, clock: Hands) -> Devices:
    return Devices(database, clock, "s" * 32)


async def test_a_token_is_nobody_until_it_is_paired_and_again_when_it_is_unpaired(
    devices: Devices, committee: CommitteeId
) -> None:
    token, code = await devices.ask("", **PLACE)
    assert await devices.signed_in(token, **PLACE) is None
    made = await devices.pair(code.digits, committee, ADMIN, address="10.0.0.2")
    who = await devices.signed_in(token, **PLACE)
    assert who is not None
    assert (who.account.username, who.account.seat, who.account.rights) == ("device-1", 4, frozenset({Right.SITE}))
    assert who.account.device == made.id
    assert await devices.strangers({made.id, 99}) == {99}
    await devices.unpair(made.id, ADMIN)
    assert await devices.signed_in(token, **PLACE) is None
    assert await devices.strangers({made.id}) == {made.id}
    with pytest.raises(NotFound):
        await devices.unpair(made.id, ADMIN)


async def test_of_many_who_type_the_same_code_at_once_one_pairs(devices: Devices, committee: CommitteeId) -> None:
    _, code = await devices.ask("", **PLACE)
    people = [replace(ADMIN, username=f"admin-{number}") for number in range(6)]
    done = await asyncio.gather(
        *(devices.pair(code.digits, committee, each, address=each.username) for each in people), return_exceptions=True
    )
    assert sum(not isinstance(each, Error) for each in done) == 1
    assert sum(isinstance(each, Invalid) for each in done) == 5
    assert len(await devices.all()) == 1


async def test_guesses_sent_at_the_same_moment_all_count(devices: Devices) -> None:
    wrong = [devices.look_up("abc", ADMIN, address="10.0.0.9") for _ in range(12)]
    done = await asyncio.gather(*wrong, return_exceptions=True)
    assert sum(isinstance(each, Invalid) for each in done) == pairing.PER_ACCOUNT
    assert sum(isinstance(each, TooMany) for each in done) == 12 - pairing.PER_ACCOUNT


async def test_a_wrong_committee_leaves_the_code_good(devices: Devices, committee: CommitteeId) -> None:
    _, code = await devices.ask("", **PLACE)
    with pytest.raises(Invalid):
        await devices.pair(code.digits, CommitteeId(999), ADMIN, address="10.0.0.2")
    assert (await devices.pair(code.digits, committee, ADMIN, address="10.0.0.2")).committee == "云杉里"


async def test_old_codes_and_failures_are_swept(devices: Devices, database: Database, clock: Hands) -> None:
    await devices.ask("", **PLACE)
    with pytest.raises(Invalid):
        await devices.look_up("x", ADMIN, address="10.0.0.2")
    clock.at += pairing.WINDOW
    token, _ = await devices.ask("", **PLACE)
    (left,) = await database.read(store.asking)
    assert left.digest == digest(token)
    assert await database.read(store.failures, "admin", "10.0.0.2", START - timedelta(days=1)) == pairing.Failures(0, 0)


async def test_a_paired_pc_gets_no_code_and_an_unpaired_one_gets_a_new_token(
    devices: Devices, committee: CommitteeId
) -> None:
    token, code = await devices.ask("", **PLACE)
    made = await devices.pair(code.digits, committee, ADMIN, address="10.0.0.2")
    with pytest.raises(Refused):
        await devices.ask(token, **PLACE)
    await devices.unpair(made.id, ADMIN)
    fresh, _ = await devices.ask(token, **PLACE)
    assert fresh != token
    assert (await devices.ask(fresh, **PLACE))[0] == fresh


async def test_its_last_sign_of_life_is_written_once_a_minute_with_its_place(
    devices: Devices, committee: CommitteeId, clock: Hands
) -> None:
    token, code = await devices.ask("", **PLACE)
    made = await devices.pair(code.digits, committee, ADMIN, address="10.0.0.2")
    clock.at += SEEN_EVERY - timedelta(seconds=1)
    await devices.signed_in(token, address="10.0.0.7", agent="newer")
    assert (await devices.one(made.id)).seen_at == START
    clock.at += timedelta(seconds=1)
    await devices.signed_in(token, address="10.0.0.7", agent="newer")
    seen = await devices.one(made.id)
    assert (seen.seen_at, seen.address, seen.agent) == (clock.at, "10.0.0.7", "newer")


async def test_acts_of_a_pc_carry_its_committee_s_name_also_after_it_was_unpaired(
    devices: Devices, committee: CommitteeId, database: Database
) -> None:
    _, code = await devices.ask("", **PLACE)
    made = await devices.pair(code.digits, committee, ADMIN, address="10.0.0.2")
    await devices.unpair(DeviceId(made.id), ADMIN)
    names = await database.read(store.names, ["device-1", "device-2", "device-x", "chair", ""])
    assert names == {"device-1": "云杉里"}
