"""What the pages of the product do in a meeting, done by synthetic peers: sign in, take a token, follow the object.

Plans are those of docs/live-meeting.md and of the pages: what may come next is subscribed beforehand and disabled.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import aiohttp
from livekit.protocol import models

from tests.peers.field import Field
from tests.peers.line import Line
from tests.peers.meeting import MAIN
from tests.peers.peer import Peer
from tests.peers.publication import Publication
from tests.peers.signalling import Refused
from tests.peers.viewer import CAMERA, HIGH, LOW, MEDIUM, MICROPHONE, SCREEN, SCREEN_AUDIO, Plan, Viewer, Want
from tests.peers.waiting import until

Live = dict[str, Any]  # the object of docs/live-meeting.md

_FIELD = re.compile(r'name="csrf"[^>]*?(?:value|content)="([^"]*)"')


class Account:
    """A signed-in browser without pages. Close it with `close`."""

    def __init__(self, url: str, name: str) -> None:
        self.url, self.name = url, name
        self.http = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        self._csrf = ""

    async def sign_in(self, password: str) -> None:
        form = {"username": self.name, "password": password, "csrf": _csrf(await self.get("/sign-in"))}
        async with self.http.post(self.url + "/sign-in", data=form) as answer:
            page = await answer.text()
            if answer.status != 200 or answer.url.path == "/sign-in":
                raise AssertionError(f"{self.name} cannot sign in: {answer.status}")
        self._csrf = _csrf(page)

    async def get(self, path: str) -> str:
        async with self.http.get(self.url + path) as answer:
            answer.raise_for_status()
            return await answer.text()

    async def act(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """An act of the contract; raises with the refusal's text."""
        async with self.http.post(self.url + path, json=body, headers={"X-CSRF-Token": self._csrf}) as answer:
            content: dict[str, Any] = await answer.json()
            if answer.status != 200:
                raise AssertionError(f"{path} {body}: {answer.status} {content}")
            return content

    async def close(self) -> None:
        await self.http.close()


def _csrf(page: str) -> str:
    found = _FIELD.search(page)
    return found.group(1) if found else ""


RESUME_SECONDS = (0.1, 0.4, 1.0, 2.0)  # before each attempt to give the connection a new socket
NO_ANSWER = (Refused, TimeoutError, OSError, aiohttp.ClientError, AssertionError)


class Page:
    """One page in the live meeting. ``plan`` is worked out again from every new object.

    ``resumes``: like the real page, it asks for a new socket before it gives up a connection.
    """

    def __init__(
        self,
        account: Account,
        meeting: int,
        role: str,
        plan: Callable[[Live, str, bool], Plan],
        field: Field,
        *,
        resumes: bool = False,
    ) -> None:
        self.line = Line()
        self._resumes = resumes
        self.account, self.meeting, self.role = account, meeting, role
        self.identity = ""
        self.live: Live = {}
        self.microphone: Publication | None = None
        self._plan, self._field = plan, field
        self._viewer: Viewer | None = None
        self._metadata = ""
        self._voice: asyncio.TimerHandle | None = None

    @property
    def present(self) -> bool:
        """Connected, as far as this page knows."""
        return self._viewer is not None and self._viewer.peer.gone is None

    @property
    def viewer(self) -> Viewer:
        assert self._viewer is not None
        return self._viewer

    @property
    def peer(self) -> Peer:
        return self.viewer.peer

    async def enter(self, *publications: Publication, on_joined: Callable[[], None] = lambda: None) -> None:
        """Returns when everything is published; ``on_joined`` is called when media is connected."""
        ticket = await self.account.act(f"/meetings/{self.meeting}/token", {"as": self.role})
        self.identity = ticket["identity"]
        peer = Peer(
            self._field,
            self.account.http,
            url=ticket["url"],
            token=ticket["token"],
            auto_subscribe=False,
            line=self.line,
            resumes=self._resumes,
        )
        self._viewer = Viewer(peer)
        self.microphone = next((p for p in publications if p.kind == "audio"), None)
        await peer.join()
        on_joined()
        peer.on_change = self._changed
        self._changed()
        if publications:
            await peer.publish(*publications)

    def _changed(self) -> None:
        if self.peer.room.metadata != self._metadata:
            self._metadata = self.peer.room.metadata
            told: Live = json.loads(self._metadata)
            if told["revision"] >= self.live.get("revision", 0):
                self.live = told
                self._set_voice()
        if self.live:
            shared = models.TrackSource.SCREEN_SHARE in self.peer.tracks(MAIN)
            self.viewer.follow(self._plan(self.live, self.identity, shared))

    def _set_voice(self) -> None:
        """A site un-mutes itself when its turn has come, by the server's clock, and mutes itself when it is over."""
        if self.microphone is None or self.role != "site":
            return
        if self._voice is not None:
            self._voice.cancel()
            self._voice = None
        floor = self.live["floor"]
        if floor is not None and floor["site"] == self.identity:
            wait = datetime.fromisoformat(floor["opens_at"]).timestamp() - time.time()
            self._voice = asyncio.get_running_loop().call_later(max(0.0, wait), self._speak)
        elif not self.microphone.muted and self.microphone.sid:
            self.peer.mute(self.microphone, True)

    def _speak(self) -> None:
        if self.microphone is not None and self.microphone.sid:
            self.peer.mute(self.microphone, False)

    async def stay(self, publications: Callable[[], Sequence[Publication]]) -> None:
        """Enters again and again, for ever, with the waits of the pages. Cancel it, then `leave`."""
        attempt = 0
        while True:
            attempt += 1
            try:
                await self.enter(*publications())
                attempt = 0
                await self.gone()
            except NO_ANSWER:
                pass  # the server is away, or went while this page was entering
            await self.leave(quietly=True)
            await asyncio.sleep(pause(attempt))

    async def gone(self) -> None:
        """Until the connection has ended."""
        while True:
            await until(lambda: self.peer.gone is not None or self.peer.cut, patience=86_400, step=0.05)
            if self.peer.gone is not None or not await self._resume():
                return

    async def _resume(self) -> bool:
        for seconds in RESUME_SECONDS:
            await asyncio.sleep(seconds * random.uniform(0.6, 1.4))
            try:
                async with asyncio.timeout(6):
                    await self.line.whole()
                await self.peer.resume()
            except NO_ANSWER:
                if self.peer.gone is not None:
                    return False
            else:
                self.viewer.renew()
                return True
        return False

    async def leave(self, *, quietly: bool = False) -> None:
        if self._voice is not None:
            self._voice.cancel()
        if self._viewer is not None:
            self.peer.on_change = lambda: None
            await self.peer.leave(quietly=quietly)
            self._viewer = None
            self._metadata, self.live = "", {}


def pause(attempt: int) -> float:
    """Seconds before the next attempt, as web/client/src/live/retry.ts says."""
    return min(0.25 * 1.6 ** min(attempt, 16), 2.5) * random.uniform(0.6, 1.4)


def site_plan(live: Live, me: str, shared: bool) -> Plan:
    floor = live["floor"]["site"] if live["floor"] and live["floor"]["site"] != me else None
    broadcast = live["broadcast"] if live["broadcast"] != me else None
    plan: dict[tuple[str, models.TrackSource], Want] = {
        (MAIN, MICROPHONE): Want(),
        (MAIN, CAMERA): Want(MEDIUM, enabled=False),
    }
    for following in live["next"]:
        if following != me:
            plan[following, CAMERA] = Want(MEDIUM, enabled=False)
            plan[following, MICROPHONE] = Want(enabled=False)
    if floor is not None:
        plan[floor, MICROPHONE] = Want()
    large, small = (MAIN, CAMERA), floor
    if shared:
        plan[MAIN, SCREEN_AUDIO] = Want()
        large, small = (MAIN, SCREEN), floor or broadcast or MAIN
    elif broadcast is not None:
        large, small = (broadcast, CAMERA), MAIN if floor in (None, broadcast) else floor
    plan[large] = Want(HIGH)
    if small is not None:
        plan[small, CAMERA] = Want(MEDIUM)
    return plan


def wall_plan(live: Live, me: str, shared: bool) -> Plan:
    plan: dict[tuple[str, models.TrackSource], Want] = {(name, CAMERA): Want(LOW) for name in live["sites"]}
    plan[MAIN, CAMERA] = Want(HIGH, enabled=False)
    return plan


def main_plan(live: Live, me: str, shared: bool) -> Plan:
    plan: dict[tuple[str, models.TrackSource], Want] = {(s, MICROPHONE): Want(enabled=False) for s in live["next"]}
    if live["floor"]:
        plan[live["floor"]["site"], MICROPHONE] = Want()
    return plan
