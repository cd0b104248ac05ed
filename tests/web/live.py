"""A meeting of the demonstration, and browsers that press its buttons."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from aiohttp import web
from livekit.api import AccessToken

from meetinghub import demo_meetings
from meetinghub.config import Config
from meetinghub.meetings.service import Meetings
from tests.web.browser import Browser
from tests.web.conftest import Browsers
from web import keys
from web.live import MEETINGS


@dataclass
class Stage:
    """``number`` is today's meeting; its browsers stay signed in."""

    app: web.Application
    browsers: Browsers
    number: int
    known: dict[str, Browser]

    @property
    def meetings(self) -> Meetings:
        return self.app[MEETINGS]

    async def browser(self, username: str) -> Browser:
        if username not in self.known:
            self.known[username] = await self.browsers(username)
        return self.known[username]

    async def act(self, username: str, what: str, body: object) -> tuple[int, dict[str, Any]]:
        """Status and answer of an act."""
        browser = await self.browser(username)
        headers = {"X-CSRF-Token": browser.csrf, "Accept-Language": "zh-CN"}
        path = f"/meetings/{self.number}/{what}"
        response = await browser.client.post(path, json=body, headers=headers)
        return response.status, await response.json()

    async def live(self, username: str = "chair") -> dict[str, Any]:
        browser = await self.browser(username)
        response = await browser.client.get(f"/meetings/{self.number}/live.json")
        found: dict[str, Any] = await response.json()
        return found

    async def hook(self, event: Mapping[str, Any], *, secret: str | None = None, body: str | None = None) -> int:
        """What the media server tells, signed as it signs; the answer's status."""
        browser = await self.browser("chair")
        text, config = json.dumps(event), self.app[keys.CONFIG]
        response = await browser.client.post(
            "/hooks/livekit",
            data=(body or text).encode(),
            headers={"Authorization": signed(config, text, secret), "Content-Type": "application/webhook+json"},
        )
        return response.status

    async def join(self, *sites: str) -> None:
        for site in sites:
            assert await self.hook(self.event("participant_joined", site)) == 200

    def event(self, name: str, identity: str = "", *, sid: str = "", room: str = "RM_1") -> dict[str, Any]:
        return {
            "event": name,
            "id": f"EV_{name}_{identity}_{sid}_{room}",
            "createdAt": str(int(time.time())),
            "room": {"sid": room, "name": f"meeting-{self.number}"},
            "participant": {
                "identity": identity,
                "sid": sid or f"PA_{identity}",
                "joinedAt": str(int(time.time())),
                "attributes": {"gate.microphone": "closed"},
            },
        }


def signed(config: Config, text: str, secret: str | None = None) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    token = AccessToken(config.livekit_api_key, secret or config.livekit_api_secret).with_ttl(timedelta(minutes=5))
    return token.with_sha256(digest).to_jwt()


async def prepare(app: web.Application, browsers: Browsers) -> Stage:
    """Today's meeting, planned and not started."""
    stage = Stage(app, browsers, 0, {})
    await stage.browser("chair")
    fill = partial(demo_meetings.fill, now=app[keys.CLOCK].now(), phone="199 0000 0100")
    await app[keys.DATABASE].write(fill)
    whole = [each for each in await stage.meetings.listings() if each.state == "planned" and len(each.segments) == 4]
    stage.number = whole[0].id
    return stage
