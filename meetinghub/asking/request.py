"""A request: the states it passes through, and by which events.

A **draft** is its department's alone. It ends by **riding** on somebody else's meeting, by being kept as an item of
the weekly **notice**, by being dropped, or it is **submitted**: held up for approval, or granted at once where the
rules ask for nobody. An approver may send it back (**returned**: the draft lives on and can be submitted again), refuse
or approve it; **approved** means that its meeting is planned. A request whose day has come undecided is **expired**.

Everything that decides a request's state stands in this table. An event that is not in it is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from meetinghub.errors import Stale


class State(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    RIDING = "riding"
    NOTICED = "noticed"


class Event(StrEnum):
    EDIT = "edit"
    SUBMIT = "submit"
    APPROVE = "approve"
    RETURN = "return"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    RIDE = "ride"
    KEEP = "keep"


_OPEN: Mapping[Event, State] = MappingProxyType(
    {
        Event.SUBMIT: State.SUBMITTED,
        Event.RIDE: State.RIDING,
        Event.KEEP: State.NOTICED,
        Event.WITHDRAW: State.WITHDRAWN,
    }
)

TRANSITIONS: Mapping[State, Mapping[Event, State]] = MappingProxyType(
    {
        State.DRAFT: {Event.EDIT: State.DRAFT, **_OPEN},
        State.RETURNED: {Event.EDIT: State.RETURNED, **_OPEN},
        State.SUBMITTED: {
            Event.APPROVE: State.APPROVED,
            Event.RETURN: State.RETURNED,
            Event.REFUSE: State.REFUSED,
            Event.WITHDRAW: State.WITHDRAWN,
            Event.EXPIRE: State.EXPIRED,
        },
        State.APPROVED: {},
        State.REFUSED: {},
        State.WITHDRAWN: {},
        State.EXPIRED: {},
        State.RIDING: {},
        State.NOTICED: {},
    }
)

FINAL = frozenset(state for state, ways in TRANSITIONS.items() if not ways)
EDITABLE = frozenset(state for state, ways in TRANSITIONS.items() if Event.EDIT in ways)


def after(state: State, event: Event) -> State:
    """The state that follows; raises :class:`Stale` when the table has no such way."""
    following = TRANSITIONS[state].get(event)
    if following is None:
        raise Stale(f"asking.cannot_{event}")
    return following
