"""How long a pairing code lives, and how many are too many.

A code has six digits, so it is worth little: it lives ten minutes, serves once, is shown together with the PC's address
and browser before anything is paired, and only an administrator's account may try one. Wrong codes are counted before
they are looked at, per account and per address. A PC may ask for codes without anybody being signed in; how many are
alive at once is bounded, so that a stranger can neither fill the database nor make a mistyped code hit something.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from meetinghub.devices.model import Asking

DIGITS = 6
LIFETIME = timedelta(minutes=10)

WINDOW = timedelta(minutes=15)
"""Wrong codes older than this are forgotten."""
PER_ACCOUNT = 5
PER_ADDRESS = 20

ALIVE_PER_ADDRESS = 60
"""A street office's PCs may all sit behind one address, each with a code on its screen."""
ALIVE = 500


@dataclass(frozen=True, slots=True)
class Failures:
    """Wrong codes within the window."""

    account: int
    address: int


def locked(failures: Failures) -> bool:
    """Whether another code is refused without looking at it."""
    return failures.account >= PER_ACCOUNT or failures.address >= PER_ADDRESS


def crowded(*, from_address: int, in_all: int) -> bool:
    """Whether another PC gets no code for now."""
    return from_address >= ALIVE_PER_ADDRESS or in_all >= ALIVE


def alive(asked_at: datetime, now: datetime) -> bool:
    return timedelta(0) <= now - asked_at < LIFETIME


def match(asking: Sequence[Asking], code: str, now: datetime) -> Asking | None:
    """The PC that shows ``code`` (a keyed digest) now. All are compared, each in constant time."""
    found: Asking | None = None
    for each in asking:
        if hmac.compare_digest(each.code, code) and alive(each.asked_at, now):
            found = each
    return found


def typed(text: str) -> str | None:
    """The digits of what an administrator typed, however they were grouped; None when it is no code."""
    digits = "".join(character for character in text if not character.isspace() and character != "-")
    return digits if len(digits) == DIGITS and digits.isascii() and digits.isdigit() else None
