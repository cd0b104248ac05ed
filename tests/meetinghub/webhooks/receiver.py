"""Another system: keeps what it is sent, and answers as it is told to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.test_utils import TestServer


@dataclass
class Receiver:
    answers: list[int] = field(default_factory=list)
    """What to answer next; 204 when there is nothing left."""
    got: list[tuple[Mapping[str, str], str]] = field(default_factory=list)
    url: str = ""

    async def take(self, request: web.Request) -> web.Response:
        self.got.append((dict(request.headers), await request.text()))
        status = self.answers.pop(0) if self.answers else 204
        return web.Response(status=status, headers={"Location": "/elsewhere"} if status == 302 else {})

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.got]


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    made, app = Receiver(), web.Application()
    app.router.add_post("/hook", made.take)
    async with TestServer(app) as server:
        made.url = str(server.make_url("/hook"))
        yield made
