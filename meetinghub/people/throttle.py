"""How many wrong passwords are too many.

A whole street office sits behind one address, so an address alone is never locked for those who sign in there every
day: a browser that has signed in before as an account carries proof of it (``known``) and is counted only against the
account's failures from its own address. Guessing is slowed in three ways: one account from one address, one account
from many addresses, and many accounts from one address.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

WINDOW = timedelta(minutes=15)
"""Failures older than this are forgotten."""

PER_ACCOUNT_AND_ADDRESS = 5
PER_ACCOUNT = 30
PER_ADDRESS = 100


@dataclass(frozen=True, slots=True)
class Failures:
    """Wrong passwords within the window."""

    account_and_address: int
    account: int
    address: int


def locked(failures: Failures, *, known: bool) -> bool:
    """Whether another attempt is refused without looking at the password."""
    if failures.account_and_address >= PER_ACCOUNT_AND_ADDRESS:
        return True
    return not known and (failures.account >= PER_ACCOUNT or failures.address >= PER_ADDRESS)
