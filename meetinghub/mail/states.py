"""A mail's states, what leads from one to the next, and when the next try is due.

::

    owed ──claim──▶ claimed ──accept──▶ accepted ──bounce──▶ bounced
     ▲                │ │ │                                      ▲
     ├──defer, expire─┘ │ └──refuse──▶ failed ──give_up──────────┤
     │                  └──lose──▶ uncertain ──give_up───────────┘
     └──resend── failed, bounced     └──claim──▶ claimed

SMTP cannot tell "once": between the end of the message and our note of the server's answer, a crash leaves nobody
knowing. Such a mail is *uncertain*. It is repeated by itself with the same Message-ID, and the repeat is counted. Once
in doubt a mail stays so until the server gives an answer that settles it.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum


class State(StrEnum):
    OWED = "owed"
    CLAIMED = "claimed"
    ACCEPTED = "accepted"
    UNCERTAIN = "uncertain"
    FAILED = "failed"
    BOUNCED = "bounced"


class Event(StrEnum):
    """``defer``: the server says later. ``expire``: the lease ran out before anything was handed over, ``lose``: after.

    ``delay``: the recipient's server has not delivered it yet and goes on trying. ``outdate``: it was to be sent until
    a moment that has passed. ``resend`` and ``give_up`` are a person's acts;
    ``bounce`` is a person's or comes back as a mail.
    """

    CLAIM = "claim"
    ACCEPT = "accept"
    DEFER = "defer"
    REFUSE = "refuse"
    LOSE = "lose"
    EXPIRE = "expire"
    OUTDATE = "outdate"
    RESEND = "resend"
    BOUNCE = "bounce"
    DELAY = "delay"
    GIVE_UP = "give_up"


TRANSITIONS = {
    (State.OWED, Event.CLAIM): State.CLAIMED,
    (State.OWED, Event.OUTDATE): State.FAILED,
    (State.OWED, Event.GIVE_UP): State.BOUNCED,
    (State.UNCERTAIN, Event.CLAIM): State.CLAIMED,
    (State.UNCERTAIN, Event.OUTDATE): State.FAILED,
    (State.UNCERTAIN, Event.RESEND): State.UNCERTAIN,
    (State.UNCERTAIN, Event.GIVE_UP): State.BOUNCED,
    (State.UNCERTAIN, Event.BOUNCE): State.BOUNCED,
    (State.CLAIMED, Event.ACCEPT): State.ACCEPTED,
    (State.CLAIMED, Event.DEFER): State.OWED,
    (State.CLAIMED, Event.REFUSE): State.FAILED,
    (State.CLAIMED, Event.LOSE): State.UNCERTAIN,
    (State.CLAIMED, Event.EXPIRE): State.OWED,
    (State.FAILED, Event.RESEND): State.OWED,
    (State.FAILED, Event.GIVE_UP): State.BOUNCED,
    (State.BOUNCED, Event.RESEND): State.OWED,
    (State.ACCEPTED, Event.BOUNCE): State.BOUNCED,
    (State.ACCEPTED, Event.DELAY): State.ACCEPTED,
    (State.UNCERTAIN, Event.DELAY): State.UNCERTAIN,
}

HOLDS_BACK = (State.OWED, State.CLAIMED, State.UNCERTAIN, State.FAILED)
"""A mail in one of these keeps later ones of its order key and recipient waiting."""

FIRST_DELAY = timedelta(minutes=1)
LONGEST_DELAY = timedelta(hours=1)
MOST_TRIES = 120
"""About five days (RFC 5321, 4.5.4.1), then a mail that is only ever put off has failed."""

MOST_LOST = 5
"""Repeats of an uncertain mail may all have arrived: after so many unknown ends a person must look."""


class Impossible(ValueError):
    """``event`` cannot happen in ``state``."""

    def __init__(self, state: State, event: Event) -> None:
        super().__init__(f"a mail that is {state} cannot {event}")


def possible(state: State, event: Event) -> bool:
    return (state, event) in TRANSITIONS


def after(state: State, event: Event, *, in_doubt: bool = False) -> State:
    """The state that follows; raises :class:`Impossible`. A mail in doubt is uncertain wherever others are owed."""
    try:
        following = TRANSITIONS[state, event]
    except KeyError:
        raise Impossible(state, event) from None
    return State.UNCERTAIN if following is State.OWED and in_doubt else following


def delay(tries: int) -> timedelta:
    """How long to wait after so many tries (at least one): a minute, doubled each time, an hour at most."""
    factor: int = 2 ** min(tries - 1, 6)
    return min(FIRST_DELAY * factor, LONGEST_DELAY)
