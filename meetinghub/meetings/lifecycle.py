"""Which states a meeting passes through, and by which events.

A meeting is **planned** until its chair starts it; a planned meeting may instead be put off (**postponed**: it has a
new time and can be started, put off again or cancelled like any planned one) or **cancelled**. A **live** meeting can
only be extended or ended: breaking one off is ending it, because people have sat in it and that counts. **ended** and
**cancelled** are final; what went wrong in them is corrected by facts, never by going back.

Everything that decides a meeting's state stands in this table. An event that is not in it is refused and changes
nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from meetinghub.errors import Refused


class State(StrEnum):
    PLANNED = "planned"
    LIVE = "live"
    ENDED = "ended"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"


class Event(StrEnum):
    START = "start"
    END = "end"
    EXTEND = "extend"
    POSTPONE = "postpone"
    CANCEL = "cancel"


TRANSITIONS: Mapping[State, Mapping[Event, State]] = MappingProxyType(
    {
        State.PLANNED: {
            Event.START: State.LIVE,
            Event.EXTEND: State.PLANNED,
            Event.POSTPONE: State.POSTPONED,
            Event.CANCEL: State.CANCELLED,
        },
        State.POSTPONED: {
            Event.START: State.LIVE,
            Event.EXTEND: State.POSTPONED,
            Event.POSTPONE: State.POSTPONED,
            Event.CANCEL: State.CANCELLED,
        },
        State.LIVE: {Event.EXTEND: State.LIVE, Event.END: State.ENDED},
        State.ENDED: {},
        State.CANCELLED: {},
    }
)

FINAL = frozenset(state for state, ways in TRANSITIONS.items() if not ways)


def after(state: State, event: Event) -> State:
    """The state that follows; raises :class:`Refused` when the table has no such way."""
    following = TRANSITIONS[state].get(event)
    if following is None:
        raise Refused(f"meeting.cannot_{event}", state=state.value)
    return following


def must_be_live(state: State) -> None:
    """Most acts make sense only while people sit in the meeting."""
    if state is not State.LIVE:
        raise Refused("meeting.not_live", state=state.value)
