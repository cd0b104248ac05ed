"""Filling a new installation: the demonstration, or the first administrator."""

from __future__ import annotations

import getpass
import os
import secrets
from datetime import datetime

from sqlmodel import Session as Db

from meetinghub import demo, demo_asking, demo_burden, demo_meetings, demo_minutes, demo_notices, demo_policies, schema
from meetinghub.clock import clock
from meetinghub.config import Config, ConfigError
from meetinghub.db import Database
from meetinghub.ids import DEVICE, AccountId
from meetinghub.people import store
from meetinghub.people.model import Right
from meetinghub.people.passwords import SHORTEST, Passwords
from meetinghub.people.service import readable


def fill_demo(config: Config) -> None:
    """Fill an empty database with the demonstration; one that holds anything is left alone."""
    demo.refuse_strangers(config, demo=True)
    schema.require_current(config.database_url)
    database = Database(config.database_url)
    try:
        if database.read_now(store.street_office) is None:
            hashed = Passwords().hash_now(demo.PASSWORD)
            database.write_now(demo.fill, now=clock(config.clock_shift).now(), password_hash=hashed)
        if database.read_now(store.has_demo_accounts):
            now = clock(config.clock_shift).now()
            database.write_now(demo_meetings.fill, now=now, phone=demo.main_venue_phone())
            database.write_now(demo_policies.fill, now=now)
            database.write_now(demo_burden.fill, now=now)
            demo_asking.fill_into(database, config)
            demo_minutes.fill_into(database, config)
            demo_notices.fill_into(database, config)
    finally:
        database.close()


def open_to_office(config: Config) -> None:
    """Give every demonstration account a password of its own, so that other PCs may join; writes and prints the list.

    From then on the accounts are ordinary ones, and the database may be bound to any address.
    """
    schema.require_current(config.database_url)
    database = Database(config.database_url)
    hasher = Passwords()
    now = clock(config.clock_shift).now()
    try:
        if database.read_now(store.street_office) is None:
            database.write_now(demo.fill, now=now, password_hash=hasher.hash_now(secrets.token_urlsafe()))
        if database.read_now(store.has_demo_accounts):
            database.write_now(demo_meetings.fill, now=now, phone=demo.main_venue_phone())
            database.write_now(demo_policies.fill, now=now)
            database.write_now(demo_burden.fill, now=now)
            demo_asking.fill_into(database, config)
            demo_minutes.fill_into(database, config)
            demo_notices.fill_into(database, config)
        chosen = {each.id: (each.username, readable()) for each in database.read_now(store.accounts) if each.demo}
        if not chosen:
            raise ConfigError(["没有演示账户可改。There are no demonstration accounts left to change."])
        hashes = {number: hasher.hash_now(password) for number, (_, password) in chosen.items()}
        database.write_now(_give_passwords, hashes, now)
    finally:
        database.close()
    path = config.data_dir / "passwords.txt"
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.writelines(f"{username}\t{password}\n" for username, password in chosen.values())
    print(f"每个账户都有了自己的口令 Each account now has a password of its own: {path}")


def add_administrator(config: Config) -> None:
    """Ask for a name and a password on the terminal and make an administrator's account."""
    schema.require_current(config.database_url)
    username = input("账户名 username: ").strip().lower()
    name = input("姓名 name: ").strip()
    password = getpass.getpass("口令 password: ")
    if not username or not name or len(password) < SHORTEST:
        raise ConfigError(
            [f"账户名、姓名不能空，口令至少 {SHORTEST} 个字符。A name and {SHORTEST} characters are needed."]
        )
    if username.startswith(DEVICE):
        raise ConfigError([f"账户名不能以 {DEVICE} 开头。Names that begin with {DEVICE} are for paired PCs."])
    if getpass.getpass("再输一次 again: ") != password:
        raise ConfigError(["两次口令不一样。The passwords differ."])
    hashed = Passwords().hash_now(password)
    database = Database(config.database_url)
    try:
        database.write_now(_add, username, name, hashed, clock(config.clock_shift).now())
    finally:
        database.close()


def _give_passwords(db: Db, hashes: dict[AccountId, str], now: datetime) -> None:
    for number, hashed in hashes.items():
        store.set_password(db, number, hashed, demo=False)
        store.revoke(db, number, now)


def _add(db: Db, username: str, name: str, hashed: str, now: datetime) -> None:
    if store.account_named(db, username) is not None:
        raise ConfigError([f"账户 {username} 已经有了。The account exists."])
    store.add_account(db, username=username, name=name, password_hash=hashed, rights=[Right.ADMINISTRATOR], now=now)
