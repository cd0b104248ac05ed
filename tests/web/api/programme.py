"""A programme that asks the API with a token of one of the demonstration's accounts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient

from meetinghub import demo
from meetinghub.people import store
from meetinghub.tokens.scopes import Scope, offered
from tests.web.conftest import Browsers
from web import keys

ROOT = "/api/v1"


@dataclass
class Programme:
    client: TestClient[Any, Any]
    secret: str
    headers: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str, **headers: str) -> tuple[ClientResponse, Any]:
        response = await self.client.get(ROOT + path, headers=self._headers(headers), allow_redirects=False)
        return response, await response.json(content_type=None)

    async def post(self, path: str, body: object = None, **headers: str) -> tuple[ClientResponse, Any]:
        """``idempotency_key="x"`` stands for the header of that name."""
        response = await self.client.post(ROOT + path, json=body, headers=self._headers(headers))
        return response, await response.json(content_type=None)

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        named = {name.replace("_", "-").title(): value for name, value in more.items()}
        return {"Authorization": f"Bearer {self.secret}", **self.headers, **named}


async def programme(browsers: Browsers, username: str, *scopes: Scope) -> Programme:
    """With every scope that the account can give, unless some are named."""
    client = (await browsers()).client
    assert client.server is not None
    app = client.server.app  # type: ignore[attr-defined]  # the test server's own application
    found = await app[keys.DATABASE].read(store.account_named, username)
    assert found is not None
    account = found[0]
    wanted = scopes or offered(account.rights)
    secret, _ = await app[keys.TOKENS].make(account, name=demo.PASSWORD, scopes=wanted, days=30)
    return Programme(client, secret)
