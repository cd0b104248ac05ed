"""Mail addresses in a database, on both engines."""

from __future__ import annotations

import pytest
from sqlmodel import Session as Db

from meetinghub import demo
from meetinghub.bridges.addresses import AddressBook
from meetinghub.db import Database
from meetinghub.errors import Invalid, NotFound
from meetinghub.ledger import store as ledger
from meetinghub.ledger.addresses import AddressSet
from meetinghub.ledger.fact import FactKind
from meetinghub.people import address_store as store
from meetinghub.people import store as people
from meetinghub.people.address_store import Kind
from meetinghub.people.model import Account, Right
from tests.meetinghub.meetings.examples import NOON
from tests.meetinghub.meetings.planned import SetClock


@pytest.fixture
def admin(database: Database) -> Account:
    def write(db: Db) -> Account:
        demo.fill(db, now=NOON, password_hash="")
        people.add_account(db, username="root", name="管理员", password_hash="", rights=[Right.ADMINISTRATOR], now=NOON)
        found = people.account_named(db, "root")
        assert found is not None
        return found[0]

    return database.write_now(write)


async def test_each_kind_is_listed_in_its_order(database: Database, admin: Account) -> None:
    book = AddressBook(database, SetClock())
    departments = (await book.look(Kind.DEPARTMENT, offset=0, limit=3)).found
    assert [each.number for each in departments.entries] == [1, 2, 3]
    committees = (await book.look(Kind.COMMITTEE, offset=32, limit=9)).found
    assert ([each.mail for each in committees.entries], committees.whole) == ([f"site-33@{demo.DOMAIN}"], 33)
    persons = (await book.look(Kind.PERSON, offset=0, limit=400)).found
    units = list(dict.fromkeys(each.unit for each in persons.entries))
    assert units[0] == departments.entries[0].name
    assert units[-1].endswith("居委会")
    none = (await book.look(Kind.PERSON, without=True, offset=0, limit=400)).found
    assert none.whole == none.without == sum(1 for each in persons.entries if not each.mail)
    accounts = (await book.look(Kind.ACCOUNT, offset=0, limit=9)).found
    assert [each.unit for each in accounts.entries] == ["root"]


async def test_a_change_is_a_fact_without_the_address(database: Database, admin: Account) -> None:
    book = AddressBook(database, SetClock())
    assert await book.save(Kind.ACCOUNT, {admin.id: "root@street.example"}, admin) == 1
    assert await book.save(Kind.ACCOUNT, {admin.id: "root@street.example"}, admin) == 0
    found = database.read_now(people.account, admin.id)
    assert found is not None
    assert found.mail == "root@street.example"
    facts = database.read_now(ledger.of_kinds, [FactKind.ADDRESS_SET])
    assert [fact.payload for fact in facts] == [AddressSet("account", admin.id, True)]


async def test_all_are_kept_or_none(database: Database, admin: Account) -> None:
    book = AddressBook(database, SetClock())
    with pytest.raises(Invalid):
        await book.save(Kind.DEPARTMENT, {1: "a@b.example", 2: "nonsense"}, admin)
    with pytest.raises(NotFound):
        await book.save(Kind.DEPARTMENT, {1: "a@b.example", 999: "b@b.example"}, admin)
    first = database.read_now(store.one, Kind.DEPARTMENT, 1)
    assert first is not None
    assert first.mail == f"dept-01@{demo.DOMAIN}"


def test_whose_address_it_is_tells_the_telephone(database: Database, admin: Account) -> None:
    assert database.read_now(store.phone_of, f"SITE-04@{demo.DOMAIN}") == ("云杉里居委会", "021-5550 0004")
    assert database.read_now(store.phone_of, "nobody@street.example") is None
