"""One place in the meeting that never gives up, what befalls it, and its own account of when it was there."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import replace

from tests.peers.line import Line
from tests.peers.pages import NO_ANSWER, Page, pause
from tests.peers.publication import Publication
from tests.peers.recording import Layer, recording
from tests.soak.schedule import Kind
from tests.soak.truth import Cause, Presence

FIRST_BYTES = 120  # of each frame: enough for what a server reads of it


def thin_camera() -> Layer:
    """Two small frames a second: a picture that costs nearly nothing and still breaks when a packet is missing."""
    layer = recording().layers[0]
    frames = tuple((frame[0][:FIRST_BYTES],) for frame in layer.frames[:60])
    return replace(layer, bitrate=20_000, rate=2, frames=frames)


class Venue:
    """`run` keeps the page in the meeting for ever; `befall` lets something happen to it."""

    def __init__(self, page: Page, clock: Callable[[], float], *, clock_error: float = 0.0, publishes: bool = True):
        self.page = page
        self.presence = Presence()
        self.clock_error = clock_error
        self._clock = clock  # the harness's steady clock
        self._publishes = publishes
        self._allowed = asyncio.Event()
        self._allowed.set()
        self._dead: list[Line] = []  # of computers that lost their power
        self._befalling: set[asyncio.Task[None]] = set()
        page.line.clock_error = clock_error

    # --- staying ---------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Enters again and again, with the waits of the real page. Cancel it, then `close`."""
        attempt = 0
        while True:
            await self._allowed.wait()
            attempt += 1
            try:
                async with asyncio.timeout(6):
                    await self.page.line.whole()
                await self.page.enter(*self._publications(), on_joined=self._came)
                attempt = 0
                await self.page.gone()
            except NO_ANSWER:
                pass  # the server is away, or went while this page was entering
            self._went(Cause.SEEN)
            await self.page.leave()
            await asyncio.sleep(pause(attempt))

    def _publications(self) -> list[Publication]:
        if not self._publishes:
            return []
        camera = Publication("video", layers=(thin_camera(),))
        return [Publication("audio", muted=True), camera]

    def _came(self) -> None:
        """As soon as media is connected: there since the server let it in."""
        peer, now = self.page.peer, self._clock()
        steady = time.monotonic()
        self.presence.came(now - (steady - peer.joined_at), asked=now - (steady - peer.asked_at))

    def _went(self, cause: Cause) -> None:
        self.presence.went(self._clock(), cause)

    # --- what befalls it -------------------------------------------------------------------------------------------

    def befall(self, kind: Kind, seconds: float) -> None:
        """Nothing, when it is not in the meeting at this moment or something is the matter already."""
        if not self.presence.there or not self.page.present or self.page.line.cut or self._befalling:
            return
        happening = {
            Kind.CLOSE: self._close,
            Kind.LEAVE: self._leave,
            Kind.CRASH: self._crash,
            Kind.POWER: self._power,
            Kind.BLACKOUT: self._blackout,
        }[kind]
        task = asyncio.create_task(happening(seconds))
        self._befalling.add(task)
        task.add_done_callback(self._befalling.discard)

    def server_died(self) -> None:
        """The media process was killed: this connection is over whatever the page knows."""
        self._went(Cause.DIED)

    async def _close(self, seconds: float) -> None:
        self.page.peer.drop_signal()

    async def _leave(self, seconds: float) -> None:
        self._allowed.clear()
        self._went(Cause.SEEN)
        await self.page.peer.leave()
        await self._back_after(seconds)

    async def _crash(self, seconds: float) -> None:
        self._allowed.clear()
        self._went(Cause.DIED)
        self.page.peer.drop_signal()
        await self.page.peer.leave(quietly=True)
        await self._back_after(seconds)

    async def _power(self, seconds: float) -> None:
        self._allowed.clear()
        self._went(Cause.DIED)
        self.page.line.break_()
        self._dead.append(self.page.line)
        await self.page.peer.leave(quietly=True)
        await asyncio.sleep(seconds)
        self.page.line = Line(clock_error=self.clock_error)
        self._allowed.set()

    async def _back_after(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self._allowed.set()

    async def _blackout(self, seconds: float) -> None:
        """The same connection may survive it; then the site is back with the first answer."""
        self._went(Cause.DIED)
        connection = self.page.peer.connection
        self.page.line.break_()
        await asyncio.sleep(seconds)
        self.page.line.mend()
        if connection is None or connection.lost:
            return
        connection.checks.hurry()
        back = time.monotonic()
        while self.page.present and self.page.peer.connection is connection:
            if connection.checks.heard > back:
                self.presence.came(self._clock() - (time.monotonic() - back))
                return
            await asyncio.sleep(0.05)

    # --- the end ---------------------------------------------------------------------------------------------------

    async def close(self) -> None:
        for task in list(self._befalling):
            task.cancel()
        await asyncio.gather(*self._befalling, return_exceptions=True)
        for line in (self.page.line, *self._dead):
            if line.cut:
                line.mend()
        with contextlib.suppress(*NO_ANSWER):
            await self.page.leave()
