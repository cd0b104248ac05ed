"""One meeting's room: the task that writes to it."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import structlog

from meetinghub.errors import NotFound, Unavailable
from meetinghub.ids import MeetingId, room_name
from meetinghub.meetings.comings import Listings, heartbeat
from meetinghub.meetings.desired import Desired, desired
from meetinghub.meetings.lifecycle import State
from meetinghub.meetings.locks import SLOW, Mute, Permit, Present, enforce
from meetinghub.meetings.rooms import Rooms
from meetinghub.meetings.service import Live, Meetings
from meetinghub.meetings.snapshot import as_text, tag

COMPARE_SECONDS = 7.0
BEAT_SECONDS = 14.0
"""Every 15 s at least a heartbeat is written; a second is left for a server that answers slowly."""
WATCH_SECONDS = 2.0
"""On a server without gates, open microphones are looked for this often."""
SPACING_SECONDS = 0.5
"""Comings and goings are told at most this often: 33 sites that enter at once are a few objects, not 33 for each."""
RETRY_SECONDS = (0.1, 0.3, 1.0, 2.0, 5.0)

Strangers = Callable[[Collection[int]], Awaitable[frozenset[int]]]

log = structlog.get_logger("projection")


async def nobody(_: Collection[int]) -> frozenset[int]:
    """Every device may stay."""
    return frozenset()


@dataclass(frozen=True, slots=True)
class Inside:
    """A participant's connection (sid) and its microphone's gate."""

    connection: str
    gate: str


class RoomKeeper:
    """``inside``: who is in the room as far as known."""

    def __init__(
        self, meeting_id: int, meetings: Meetings, rooms: Rooms, *, gated: bool, strangers: Strangers = nobody
    ) -> None:
        self._id = meeting_id
        self._name = room_name(MeetingId(meeting_id))
        self._meetings = meetings
        self._rooms = rooms
        self._gated = gated
        self._strangers = strangers
        self.inside: dict[str, Inside] = {}
        self._arrived: dict[str, Inside] = {}  # since the last listing was asked for
        self._listings = Listings()
        self._newcomers: list[Present] = []  # paired PCs that came since the last look
        self._there = False
        self._mark = ""  # of the object that was written last
        self._text = ""
        self._newest: Live | None = None
        self._urgent = False
        self._written_at = 0.0
        self._compare_at = 0.0
        self._beat_at: float | None = None  # None: with the first listing that shows somebody
        self._offences: Counter[str] = Counter()
        self._holders: frozenset[str] = frozenset()
        self._settled_at = 0.0
        self._woken = asyncio.Event()
        self.task = asyncio.create_task(self._run(), name=self._name)

    def wake(self, live: Live | None = None, *, urgent: bool = False) -> None:
        """``urgent``: somebody pressed a button and is waiting to see it."""
        self._urgent |= urgent
        if live is not None and (self._newest is None or live.state.folded >= self._newest.state.folded):
            self._newest = live
        self._woken.set()

    def joined(self, present: Present) -> None:
        self.inside[present.identity] = self._arrived[present.identity] = Inside(present.sid, present.gate)
        self._there = True
        if present.device is not None:  # its token may be older than its being unpaired
            self._newcomers.append(present)
        self._woken.set()

    def left(self, identity: str, connection: str) -> None:
        """A successor with the same identity stays."""
        for known in (self.inside, self._arrived):
            if identity in known and known[identity].connection == connection:
                del known[identity]

    def room_changed(self) -> None:
        self._mark = ""
        self._compare_at = 0.0
        self._woken.set()

    def look_again(self) -> None:
        """Compare with what the server has at once, not at the next turn."""
        self._compare_at = 0.0
        self._woken.set()

    async def _run(self) -> None:
        failures = 0
        while True:
            self._woken.clear()
            try:
                pause = await self._pass()
                failures = 0
            except NotFound:
                return
            except Unavailable as error:
                pause = RETRY_SECONDS[min(failures, len(RETRY_SECONDS) - 1)] * random.uniform(0.75, 1.25)
                failures += 1
                self._compare_at = 0.0
                if failures in {1, 10, 100} or failures % 1000 == 0:
                    log.warning("media", meeting=self._id, code=error.code, failures=failures, **error.values)
            except Exception:  # the room must be kept whatever happened; what did is in the log
                log.exception("projection", meeting=self._id)
                pause = RETRY_SECONDS[-1]
                self._compare_at = 0.0
            if pause is None:
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._woken.wait()

    async def _pass(self) -> float | None:
        """Bring the room up to date; seconds until the next look, or None when there is nothing left to keep."""
        live, self._newest = self._newest or await self._meetings.current(self._id), None
        now = self._meetings.clock.now()
        due = Meetings.warning_due(live.meeting, live.state, now)
        if due is not None and due <= now:
            live = await self._meetings.warn_if_due(self._id)
        want = desired(live.meeting, live.state, now)
        if want.close:
            self._beat_at = None
            await self._compare(live)  # who stayed until the end
            await self._rooms.close(self._name)
            return None
        if self._there:
            newcomers, self._newcomers = self._newcomers, []
            await self._send_away(newcomers)
            await self._write(live, want)
        if self._clock() >= self._next_listing:
            live = await self._compare(live)
            if self._there:
                await self._write(live, want)
            elif live.state.state is not State.LIVE and want.changes_at is None:
                return None
        if not self._gated and self._there:
            await self._enforce(want)
        return self._pause(live, want)

    async def _write(self, live: Live, want: Desired) -> None:
        """Metadata first; but a server that does not take it still has to close the gates."""
        trouble: list[BaseException] = []
        try:
            await self._write_metadata(live)
        except Unavailable as error:
            trouble.append(error)
        changes = [
            self._set_gate(who, known, want.gates[who])
            for who, known in self.inside.items()
            if who in want.gates and known.gate != want.gates[who]
        ]
        done = await asyncio.gather(*changes, return_exceptions=True)
        trouble += [each for each in done if isinstance(each, BaseException)]
        if trouble:
            raise trouble[0]

    async def _write_metadata(self, live: Live) -> None:
        snap = live.snapshot(self._meetings.clock.now())
        mark = tag(snap)
        if mark == self._mark or (self._mark and not self._urgent and self._clock() < self._next_write):
            return
        text, urgent, self._urgent = as_text(snap), self._urgent, False
        try:
            there = await self._rooms.write(self._name, text)
        except Unavailable:
            self._urgent |= urgent
            raise
        if there:
            self._mark, self._text, self._written_at = mark, text, self._clock()
        else:
            self._there = False

    async def _set_gate(self, identity: str, before: Inside, gate: str) -> None:
        there = await self._rooms.set_gate(self._name, identity, gate)
        if self.inside.get(identity) is before:  # else somebody new came meanwhile and is told next
            if there:
                self.inside[identity] = Inside(before.connection, gate)
            else:
                del self.inside[identity]

    async def _compare(self, live: Live) -> Live:
        """See what the server really has: write down comings and goings that nobody told us, and who is there."""
        self._arrived.clear()
        room = await self._rooms.find(self._name)
        listed = await self._rooms.present(self._name) if room else []
        listed = await self._send_away(listed)
        self._there = room is not None
        self.inside = {each.identity: Inside(each.sid, each.gate) for each in listed} | self._arrived
        if room is None or room.metadata != self._text:
            self._mark = ""
        self._compare_at = self._clock() + COMPARE_SECONDS
        sid = room.sid if room else ""
        facts = self._listings.missed(live.state, sid, listed, self._meetings.clock.now())
        beat = heartbeat(live.state, sid, listed)
        due = self._beat_at is None or self._clock() >= self._beat_at
        if due and beat is not None:
            facts.append(beat)
        if facts:
            live = await self._meetings.record(self._id, facts)
        if beat is None:
            self._beat_at = None
        elif due:
            self._beat_at = self._clock() + BEAT_SECONDS
        return live

    async def _send_away(self, listed: list[Present]) -> list[Present]:
        """Remove PCs that are paired no longer; those that may stay."""
        devices = {each.device for each in listed if each.device is not None}
        gone = await self._strangers(devices) if devices else frozenset()
        for each in listed:
            if each.device in gone:
                await self._rooms.remove(self._name, each.identity)
        return [each for each in listed if each.device not in gone]

    async def _enforce(self, want: Desired) -> None:
        holders = frozenset(site for site, gate in want.gates.items() if gate == "open")
        if holders != self._holders:
            self._holders, self._settled_at = holders, self._clock() + SLOW.total_seconds()
        listed = await self._rooms.present(self._name)
        sids = {present.identity: present.sid for present in listed}
        for step in enforce(listed, want.gates, self._offences, self._clock() >= self._settled_at):
            match step:
                case Mute(identity=who, track=track, offence=offence):
                    await self._rooms.mute(self._name, who, track)
                    self._offences[sids[who]] += offence
                case Permit(identity=who, microphone=microphone):
                    await self._rooms.permit(self._name, who, microphone=microphone)
                    if microphone:
                        del self._offences[sids[who]]

    def _pause(self, live: Live, want: Desired) -> float:
        now = self._meetings.clock.now()
        moments = [want.changes_at, Meetings.warning_due(live.meeting, live.state, now)]
        waits = [(moment - now) / timedelta(seconds=1) for moment in moments if moment is not None]
        waits.append(self._next_listing - self._clock())
        if self._clock() < self._next_write:
            waits.append(self._next_write - self._clock())
        if not self._gated and self._there:
            waits.append(WATCH_SECONDS)
        return max(0.0, min(waits))

    @property
    def _next_listing(self) -> float:
        return self._compare_at if self._beat_at is None else min(self._compare_at, self._beat_at)

    @property
    def _next_write(self) -> float:
        return self._written_at + SPACING_SECONDS

    @staticmethod
    def _clock() -> float:
        return asyncio.get_running_loop().time()
