"""What is owed: written down in the transaction that gives rise to it, sent later by the worker."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session as Db

from meetinghub.mail import store
from meetinghub.mail.message import LONGEST_ADDRESS, Owed, clean, is_address, method
from meetinghub.mail.states import State

LONGEST_KEY = 200
LONGEST_KIND = 40
LONGEST_NAME = 80
NO_ADDRESS = "no_address"
"""Problem of a mail to what is no address: it has failed from the start, and waits for a person to see it."""


def owe(db: Db, owed: Owed, *, now: datetime) -> bool:
    """Owe a mail inside the caller's writing transaction; False when its key is owed or was sent already.

    One recipient's bad address does not undo what everybody else's mail is about: such a mail is written down as
    failed. Raises ValueError for what only a mistake of ours can be: a key without a kind, a calendar without METHOD.
    """
    if not (0 < len(owed.kind) <= LONGEST_KIND and len(owed.kind) < len(owed.key) <= LONGEST_KEY):
        raise ValueError(f"not a key of a mail: {owed.key!r}")
    if owed.calendar:
        method(owed.calendar)
    good = is_address(owed.to) and (not owed.reply_to or is_address(owed.reply_to))
    fitting = Owed(
        key=owed.key,
        to=clean(owed.to)[:LONGEST_ADDRESS],
        subject=clean(owed.subject),
        text=_storable(owed.text),
        html=_storable(owed.html),
        calendar=owed.calendar,
        order_key=owed.order_key,
        not_before=owed.not_before,
        not_after=owed.not_after,
        to_name=clean(owed.to_name)[:LONGEST_NAME],
        reply_to=clean(owed.reply_to)[:LONGEST_ADDRESS],
    )
    return store.add(
        db, fitting, state=State.OWED if good else State.FAILED, problem="" if good else NO_ADDRESS, now=now
    )


def _storable(text: str) -> str:
    """PostgreSQL keeps no NUL in a text."""
    return text.replace("\x00", "")
