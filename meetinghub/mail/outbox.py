"""What is owed: written down in the transaction that gives rise to it, claimed and settled by workers.

Every function is one step inside a writing transaction of its caller. How a worker goes through them::

    release: claims whose lease ran out are owed again, or uncertain when the message had been handed over
    claim → (envelope at the server) → hand_over → (message at the server) → finish
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlmodel import Session as Db

from meetinghub.addresses import LONGEST_ADDRESS, is_address
from meetinghub.errors import NotFound, Refused
from meetinghub.mail import dead_store, states, store
from meetinghub.mail.bounces import Bounce, Kind, says_dead
from meetinghub.mail.message import LABEL, Owed, clean, method
from meetinghub.mail.model import Outcome, Try
from meetinghub.mail.states import Event, State
from meetinghub.mail.tables import MailRow

LONGEST_KEY = 200
LONGEST_KIND = 40
LONGEST_NAME = 80

NO_ADDRESS = "no_address"
OUTDATED = "outdated"
TOO_OFTEN = "too_often"
INTERRUPTED = "interrupted"
UNWRITABLE = "unwritable"
"""Problems of our own finding; any other problem of a mail is the SMTP server's answer."""


def owe(db: Db, owed: Owed, *, now: datetime) -> bool:
    """Owe a mail inside the caller's writing transaction; False when its key is owed or was sent already.

    One recipient's bad address does not undo what everybody else's mail is about: such a mail is written down as
    failed. Raises ValueError for what only a mistake of ours can be: a key without a kind, a calendar without METHOD,
    a list's name that is no label.
    """
    if not (0 < len(owed.kind) <= LONGEST_KIND and len(owed.kind) < len(owed.key) <= LONGEST_KEY):
        raise ValueError(f"not a key of a mail: {owed.key!r}")
    if owed.list_id and LABEL.fullmatch(owed.list_id) is None:
        raise ValueError(f"not a list's label: {owed.list_id!r}")
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
        list_id=owed.list_id,
    )
    return store.add(
        db, fitting, state=State.OWED if good else State.FAILED, problem="" if good else NO_ADDRESS, now=now
    )


def release(db: Db, *, now: datetime) -> int:
    """Take back claims of workers that did not come back in time; how many."""
    rows = store.overdue(db, now)
    for row in rows:
        event = Event.EXPIRE if row.handed_over_at is None else Event.LOSE
        _settle(db, row, Outcome(event, None, INTERRUPTED), now=now)
    return len(rows)


def claim(db: Db, *, by: str, now: datetime, lease: timedelta) -> Try | None:
    """The next mail, for one worker alone until ``lease`` is over; None when nothing is due.

    Mails that were only to be sent until a moment that has passed are settled on the way.
    """
    while (row := store.due(db, now)) is not None:
        if row.not_after is None or row.not_after > now:
            return store.claim(db, row, token=secrets.token_hex(16), by=by, lease_until=now + lease)
        _settle(db, row, Outcome(Event.OUTDATE, None, OUTDATED), now=now)
    return None


def finish(db: Db, tried: Try, outcome: Outcome, *, now: datetime) -> bool:
    """Note how a try ended; False when the lease ran out before and the mail is somebody else's."""
    row = store.claimed(db, tried)
    if row is None:
        return False
    _settle(db, row, outcome, now=now)
    return True


def resend(db: Db, *, number: int, by: str, now: datetime) -> None:
    """A person has the mail tried again, at once and as often as a new one; its Message-ID stays.

    Raises :class:`NotFound`, and :class:`Refused` for a mail that is not settled without success.
    """
    row = _of_a_person(db, number, Event.RESEND)
    if row.problem == NO_ADDRESS:
        raise Refused("mail.no_address")
    row.state = states.after(State(row.state), Event.RESEND, in_doubt=row.lost > 0).value
    row.due_at, row.settled_at, row.tries, row.not_after = now, None, 0, None
    row.lost = min(row.lost, 1)
    db.add(row)
    store.note(db, number, Outcome(Event.RESEND, None, ""), at=now, by=by)


def mark_undelivered(db: Db, *, number: int, by: str, now: datetime) -> None:
    """A person settles that the mail did not arrive and is not to be tried again. Raises as :func:`resend`."""
    row = store.locked(db, number)
    event = Event.BOUNCE if row is not None and State(row.state) is State.ACCEPTED else Event.GIVE_UP
    row = _of_a_person(db, number, event)
    row.state = states.after(State(row.state), event).value
    row.due_at, row.settled_at = None, now
    db.add(row)
    store.note(db, number, Outcome(event, None, ""), at=now, by=by)


def come_back(db: Db, bounce: Bounce, *, now: datetime) -> bool:
    """Note what a mail server says of a mail that it had taken; False when it is none of ours, or settled otherwise.

    A dead address is marked, so that whoever is about to send something sees it; mails to it are still tried, for a
    server may be wrong about it for a while.
    """
    row = store.with_message_id(db, bounce.message_id)
    event = Event.DELAY if bounce.kind is Kind.DELAYED else Event.BOUNCE
    if row is None or row.id is None or not states.possible(State(row.state), event):
        return False
    row.state = states.after(State(row.state), event).value
    if event is Event.BOUNCE:
        row.due_at, row.settled_at, row.problem = None, now, bounce.reason
    db.add(row)
    store.note(db, row.id, Outcome(event, None, bounce.reason), at=now, by="")
    if bounce.kind is Kind.DEAD:
        dead_store.mark(db, row.recipient, reason=bounce.reason, mail=row.id, now=now)
    return True


def _of_a_person(db: Db, number: int, event: Event) -> MailRow:
    """The mail, to which a person may do this now."""
    row = store.locked(db, number)
    if row is None:
        raise NotFound("mail.not_found")
    if not states.possible(State(row.state), event):
        raise Refused("mail.not_now")
    return row


def _settle(db: Db, row: MailRow, outcome: Outcome, *, now: datetime) -> None:
    assert row.id is not None
    store.note(db, row.id, outcome, at=now, by=row.claimed_by)
    lease_until = row.lease_until or now
    if outcome.event is Event.REFUSE and says_dead(outcome.answer):
        dead_store.mark(
            db, row.recipient, reason=f"{outcome.code or ''} {outcome.answer}".strip(), mail=row.id, now=now
        )
    if outcome.event in {Event.DEFER, Event.LOSE, Event.EXPIRE}:
        row.tries += 1
    if outcome.event is Event.LOSE:
        row.lost += 1
    row.state = states.after(State(row.state), outcome.event, in_doubt=row.lost > 0).value
    row.claim, row.claimed_by, row.lease_until, row.handed_over_at = "", "", None, None
    row.problem = "" if outcome.event is Event.ACCEPT else f"{outcome.code or ''} {outcome.answer}".strip()
    row.due_at, row.settled_at = None, now
    if State(row.state) is State.OWED and row.tries >= states.MOST_TRIES:
        row.state, row.problem = State.FAILED.value, TOO_OFTEN
    elif State(row.state) in {State.OWED, State.UNCERTAIN}:
        row.settled_at = None
        row.due_at = _next(row, outcome.event, lease_until=lease_until, now=now)
    db.add(row)
    db.flush()


def _next(row: MailRow, event: Event, *, lease_until: datetime, now: datetime) -> datetime | None:
    """When the next try is due. One whose end nobody knows waits out its lease: the server may be at work on it yet."""
    if State(row.state) is State.UNCERTAIN and (row.lost >= states.MOST_LOST or row.tries >= states.MOST_TRIES):
        return None
    if event is Event.EXPIRE:
        return now
    return max(lease_until, now) if event is Event.LOSE else now + states.delay(row.tries)


def _storable(text: str) -> str:
    """PostgreSQL keeps no NUL in a text."""
    return text.replace("\x00", "")
