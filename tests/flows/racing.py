"""Two web processes over one database, and people at both of them at once: no media, no worker."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from meetinghub import demo
from tests.flows.product import ROOT, START_SECONDS, Product, free_port, settings


@contextmanager
def two_webs(folder: Path, database_url: str) -> Iterator[tuple[Product, Product]]:
    """The demonstration street behind two web processes on ports of their own; no media, no worker."""
    environ = settings(folder) | {"DATABASE_URL": database_url}
    webs = Product(folder, environ), Product(folder, environ | {"PORT": str(free_port())})
    for command in ("migrate", "demo"):
        subprocess.run(
            [sys.executable, "-m", "meetinghub", command], cwd=ROOT, env=environ, check=True, capture_output=True
        )
    try:
        for web in webs:
            web.start("web")
        until = time.monotonic() + START_SECONDS
        while any(web.status("/healthz") != 200 for web in webs):
            assert time.monotonic() < until, webs[0].logs()
            time.sleep(0.1)
        yield webs
    finally:
        for web in webs:
            web.kill("web")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in at two webs; ``csrf`` is the session's anti-forgery token."""

    client: aiohttp.ClientSession
    csrf: str

    async def post(
        self, web: Product, path: str, form: Mapping[str, str] | None = None, *, accept: str = "text/html"
    ) -> tuple[int, str]:
        """Status and body; a database that is too busy to answer in time is asked again."""
        headers = {"X-CSRF-Token": self.csrf, "Accept": accept}
        while True:
            async with self.client.post(
                f"{web.url}{path}", data=form, headers=headers, allow_redirects=False
            ) as response:
                if response.status != 503:
                    return response.status, await response.text()


@asynccontextmanager
async def signed_in(web: Product, username: str) -> AsyncIterator[Person]:
    """Both webs answer on 127.0.0.1 and share the session."""
    jar, limits = aiohttp.CookieJar(unsafe=True), aiohttp.TCPConnector(limit=0)
    patience = aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(cookie_jar=jar, connector=limits, timeout=patience) as client:
        async with client.get(f"{web.url}/sign-in") as response:
            token = _token(await response.text())
        form = {"csrf": token, "username": username, "password": demo.PASSWORD}
        async with client.post(f"{web.url}/sign-in", data=form, headers={"Accept": "text/html"}) as response:
            assert response.status == 200
            token = _token(await response.text())
        yield Person(client, token)


def _token(page: str) -> str:
    return page.split('name="csrf" content="', 1)[1].split('"', 1)[0]
