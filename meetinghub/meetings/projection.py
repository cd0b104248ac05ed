"""Facts → the LiveKit room: keeps metadata and gates as the facts say.

One task per meeting owns all writing to its room, so nothing is written out of order. It wakes when an act was done,
when something happened in the room, when the state changes by itself (a microphone opens, an item overruns), and
every few seconds to compare what the server really has: a lost webhook, a restarted media or web process heal by
that. It writes only differences, metadata before gates. A server that does not answer is asked again with growing
pauses, for ever; acts never wait for it.

Who closes whom: :class:`Projection` → its meetings' tasks. A task ends by itself when its meeting has ended and the
room is closed.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

from meetinghub.meetings.lifecycle import State
from meetinghub.meetings.locks import Present
from meetinghub.meetings.roomkeeper import RoomKeeper, Strangers, nobody
from meetinghub.meetings.rooms import Rooms
from meetinghub.meetings.service import Live, Meetings

NEAR = timedelta(hours=24)


class Projection:
    """All meetings' rooms. ``gated``: the server surely knows our gates, so that they are lock enough. ``strangers``
    answers which of some paired PCs are paired no longer: they are sent away."""

    def __init__(self, meetings: Meetings, rooms: Rooms, *, gated: bool, strangers: Strangers = nobody) -> None:
        self._meetings = meetings
        self._rooms = rooms
        self._gated = gated
        self._strangers = strangers
        self._keepers: dict[int, RoomKeeper] = {}

    async def start(self) -> None:
        """Take up every meeting that may have a room: live ones, those that ended while nobody looked, and those that
        sites may already have entered."""
        now = self._meetings.clock.now()
        numbers = await self._meetings.in_state(State.LIVE)
        numbers += await self._meetings.in_state(State.ENDED, since=now - NEAR)
        numbers += await self._meetings.in_state(State.PLANNED, State.POSTPONED, since=now - NEAR, until=now + NEAR)
        for number in numbers:
            self.wake(number)

    def wake(self, meeting_id: int, live: Live | None = None, *, urgent: bool = False) -> None:
        """Bring a room up to date; ``live`` is the newest state, when the caller has it; ``urgent`` after an act."""
        self._of(meeting_id).wake(live, urgent=urgent)

    def joined(self, meeting_id: int, present: Present) -> None:
        """A participant came: it knows nothing yet."""
        self._of(meeting_id).joined(present)

    def left(self, meeting_id: int, identity: str, connection: str) -> None:
        keeper = self._keepers.get(meeting_id)
        if keeper is not None:
            keeper.left(identity, connection)

    def room_changed(self, meeting_id: int) -> None:
        """The room began or ended: whatever was written before is gone."""
        self._of(meeting_id).room_changed()

    def look_again(self, meeting_id: int) -> None:
        """Who may be in the room has changed."""
        self._of(meeting_id).look_again()

    def taken(self, meeting_id: int) -> frozenset[str]:
        """Identities that are, as far as known, in the room."""
        keeper = self._keepers.get(meeting_id)
        return frozenset(keeper.inside) if keeper else frozenset()

    async def close(self) -> None:
        tasks = [keeper.task for keeper in self._keepers.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _of(self, meeting_id: int) -> RoomKeeper:
        found = self._keepers.get(meeting_id)
        if found is None or found.task.done():
            found = RoomKeeper(meeting_id, self._meetings, self._rooms, gated=self._gated, strangers=self._strangers)
            self._keepers[meeting_id] = found
            found.task.add_done_callback(lambda _: self._forget(meeting_id, found))
        return found

    def _forget(self, meeting_id: int, keeper: RoomKeeper) -> None:
        if self._keepers.get(meeting_id) is keeper:
            del self._keepers[meeting_id]
