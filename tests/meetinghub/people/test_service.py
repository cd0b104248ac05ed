"""Accounts and sessions, on both engines."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher

from meetinghub.db import Database
from meetinghub.errors import Invalid, NotFound, Refused, TooMany
from meetinghub.ids import AccountId
from meetinghub.people import lifetime, store, throttle
from meetinghub.people.model import Right, SignedIn
from meetinghub.people.passwords import Passwords
from meetinghub.people.service import Accounts, digest, readable

PASSWORD = "a sentence to remember"
START = datetime(2026, 11, 26, 6, 0, tzinfo=UTC)


@dataclass
class Hands:
    """A clock that is moved by hand."""

    at: datetime = START

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def accounts(database: Database, clock: Hands) -> Iterator[Accounts]:
    passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    hashed = passwords.hash_now(PASSWORD)
    for username, right in (("anna", Right.ADMINISTRATOR), ("ben", Right.CHAIR)):
        database.write_now(
            store.add_account, username=username, name=username, password_hash=hashed, rights=[right], now=START
        )
    yield Accounts(database, clock, passwords, "s" * 32)
    passwords.close()


async def sign_in(accounts: Accounts, username: str = "anna", password: str = PASSWORD) -> tuple[str, SignedIn]:
    return await accounts.sign_in(username, password, address="10.0.0.1", agent="test")


async def test_a_session_is_known_by_its_cookie_and_stored_only_as_a_digest(
    accounts: Accounts, database: Database
) -> None:
    cookie, who = await sign_in(accounts)
    assert who.account.rights == {Right.ADMINISTRATOR}
    assert who.session.digest == digest(cookie) != cookie
    assert await accounts.signed_in(cookie) == who
    assert await accounts.signed_in(who.session.digest) is None
    assert await accounts.signed_in("") is None
    assert await database.read(store.session, cookie) is None


async def test_a_session_ends_after_twelve_idle_hours(accounts: Accounts, clock: Hands) -> None:
    cookie, _ = await sign_in(accounts)
    clock.at += lifetime.IDLE - timedelta(seconds=1)
    assert await accounts.signed_in(cookie) is not None
    clock.at += lifetime.IDLE - timedelta(seconds=1)
    assert await accounts.signed_in(cookie) is not None
    clock.at += lifetime.IDLE
    assert await accounts.signed_in(cookie) is None


async def test_a_session_ends_after_seven_days_however_busy(accounts: Accounts, clock: Hands) -> None:
    cookie, _ = await sign_in(accounts)
    while clock.at < START + lifetime.ABSOLUTE - timedelta(hours=6):
        clock.at += timedelta(hours=6)
        if clock.at < START + lifetime.ABSOLUTE:
            assert await accounts.signed_in(cookie) is not None
    clock.at = START + lifetime.ABSOLUTE
    assert await accounts.signed_in(cookie) is None
    assert await accounts.sessions(SignedIn((await sign_in(accounts))[1].account, (await sign_in(accounts))[1].session))


async def test_reading_pages_writes_a_session_at_most_every_five_minutes(
    accounts: Accounts, clock: Hands, database: Database
) -> None:
    cookie, who = await sign_in(accounts)
    clock.at += lifetime.SEEN_EVERY - timedelta(seconds=1)
    await accounts.signed_in(cookie)
    stored = await database.read(store.session, who.session.digest)
    assert stored is not None
    assert stored[0].seen_at == START
    clock.at += timedelta(seconds=1)
    await accounts.signed_in(cookie)
    stored = await database.read(store.session, who.session.digest)
    assert stored is not None
    assert stored[0].seen_at == clock.at


async def test_guesses_sent_at_the_same_moment_all_count(accounts: Accounts) -> None:
    results = await asyncio.gather(
        *(sign_in(accounts, password="wrong-guess") for _ in range(20)), return_exceptions=True
    )
    kinds = [type(each) for each in results]
    assert kinds.count(Invalid) == throttle.PER_ACCOUNT_AND_ADDRESS
    assert kinds.count(TooMany) == 20 - throttle.PER_ACCOUNT_AND_ADDRESS


async def test_the_lock_opens_by_itself_after_a_quarter_of_an_hour(accounts: Accounts, clock: Hands) -> None:
    for _ in range(throttle.PER_ACCOUNT_AND_ADDRESS):
        with pytest.raises(Invalid):
            await sign_in(accounts, password="wrong-guess")
    with pytest.raises(TooMany):
        await sign_in(accounts)
    clock.at += throttle.WINDOW
    await sign_in(accounts)


async def test_somebody_guessing_from_many_places_does_not_lock_out_a_known_browser(
    accounts: Accounts, database: Database
) -> None:
    for number in range(throttle.PER_ACCOUNT):
        await database.write(store.add_failure, "anna", f"192.0.2.{number}", START)
    with pytest.raises(TooMany):
        await sign_in(accounts)
    await accounts.sign_in("anna", PASSWORD, address="10.0.0.1", agent="", proof=accounts.proof_for("anna"))
    with pytest.raises(TooMany):
        await accounts.sign_in("anna", PASSWORD, address="10.0.0.2", agent="", proof=accounts.proof_for("ben"))


async def test_a_changed_password_ends_the_other_sessions(accounts: Accounts) -> None:
    here, who = await sign_in(accounts)
    there, _ = await sign_in(accounts)
    with pytest.raises(Invalid):
        await accounts.change_password(who, old="not it at all", new="another sentence")
    with pytest.raises(Invalid):
        await accounts.change_password(who, old=PASSWORD, new="short")
    await accounts.change_password(who, old=PASSWORD, new="another sentence")
    assert await accounts.signed_in(here) is not None
    assert await accounts.signed_in(there) is None
    with pytest.raises(Invalid):
        await sign_in(accounts)
    await sign_in(accounts, password="another sentence")


async def test_an_administrator_can_give_a_new_password_and_the_old_ends(accounts: Accounts) -> None:
    cookie, who = await sign_in(accounts, "ben")
    account, password = await accounts.reset_password(who.account.id)
    assert account.username == "ben"
    assert await accounts.signed_in(cookie) is None
    with pytest.raises(Invalid):
        await sign_in(accounts, "ben")
    cookie, who = await sign_in(accounts, "ben", password)
    await accounts.sign_out_everywhere(who.account.id)
    assert await accounts.signed_in(cookie) is None
    with pytest.raises(NotFound):
        await accounts.reset_password(AccountId(999))


async def test_public_passwords_stay_as_they_are(accounts: Accounts, database: Database) -> None:
    found = await database.read(store.account_named, "ben")
    assert found is not None
    await database.write(store.set_password, found[0].id, found[1], demo=True)
    with pytest.raises(Refused):
        await accounts.reset_password(found[0].id)


async def test_sweeping_forgets_only_what_no_longer_counts(accounts: Accounts, database: Database) -> None:
    cookie, _ = await sign_in(accounts)
    await database.write(store.add_failure, "ben", "10.0.0.9", START)
    await database.write(store.sweep, failures_before=START, sessions_before=START)
    assert await accounts.signed_in(cookie) is not None
    assert (await database.read(store.failures, "ben", "10.0.0.9", START - throttle.WINDOW)).account == 1
    later = START + timedelta(seconds=1)
    await database.write(store.sweep, failures_before=later, sessions_before=later)
    assert await accounts.signed_in(cookie) is None
    assert (await database.read(store.failures, "ben", "10.0.0.9", START - throttle.WINDOW)).account == 0


def test_made_passwords_are_readable_and_differ() -> None:
    made = {readable() for _ in range(200)}
    assert len(made) == 200
    assert all(len(each) == 14 and not set(each) & set("01ilouILO") for each in made)
