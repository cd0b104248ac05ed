"""A browser without a screen: keeps cookies, finds the anti-forgery token in the page it was shown."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient

PAGE = {"Accept": "text/html"}
_TOKEN = re.compile(r'name="csrf" (?:content|value)="([^"]+)"')


@dataclass
class Browser:
    """``csrf`` is the token of the page shown last; ``device``: it speaks as a paired PC.

    ``secret`` is the same account's personal token, for addresses of the API.
    """

    client: TestClient[Any, Any]
    csrf: str = ""
    headers: dict[str, str] = field(default_factory=lambda: dict(PAGE))
    device: bool = False
    secret: str = ""

    async def open(self, path: str, **headers: str) -> tuple[ClientResponse, str]:
        """Go to an address, following redirects; the answer and the page's text."""
        response = await self.client.get(path, headers={**self.headers, **headers})
        return response, await self._read(response)

    async def submit(self, path: str, **fields: str) -> tuple[ClientResponse, str]:
        """Send a form with the token of the page shown last, following redirects."""
        response = await self.client.post(path, data={"csrf": self.csrf, **fields}, headers=self.headers)
        return response, await self._read(response)

    async def sign_in(self, username: str, password: str) -> tuple[ClientResponse, str]:
        await self.open("/sign-in")
        return await self.submit("/sign-in", username=username, password=password)

    async def _read(self, response: ClientResponse) -> str:
        text = await response.text()
        found = _TOKEN.search(text)
        if found:
            self.csrf = found[1]
        return text
