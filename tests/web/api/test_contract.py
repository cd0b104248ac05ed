"""The whole document against a real server: schemathesis makes up requests by it and holds every answer against it.

No answer is a server's error, none has a status, a kind of content or a shape that the document does not name. Numbers
in addresses are made small, so that many of them exist.
"""

from __future__ import annotations

import asyncio
import json
import threading
from pathlib import Path
from typing import Any

import schemathesis
from aiohttp import web
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from meetinghub import demo_meetings
from meetinghub.app import web_app
from meetinghub.config import Config
from meetinghub.people import store as people
from meetinghub.tokens.scopes import offered
from quotas.policies import SUGGESTED
from tests.web.asking import with_policy
from tests.web.conftest import QUICK
from web import keys
from web.api.openapi import document
from web.api.operations import OPERATIONS

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 15
SMALL = 12
ASKERS = ("coordinator", "dept-05")


class Running:
    """The application on a port of its own, in a thread of its own: schemathesis waits for each answer."""

    def __init__(self, app: web.Application) -> None:
        self.app, self.url = app, ""
        self.secrets: list[str] = []
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Running:
        self._thread.start()
        assert self._ready.wait(120)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        runner = web.AppRunner(self.app, access_log=None)
        self._loop.run_until_complete(self._start(runner))
        self._ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(runner.cleanup())
        self._loop.close()

    async def _start(self, runner: web.AppRunner) -> None:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        limits, database = self.app[keys.LIMITS], self.app[keys.DATABASE]
        limits.per_token = limits.per_address = 10**6
        await database.write(demo_meetings.fill, now=self.app[keys.CLOCK].now(), phone="1")
        await with_policy(self.app, *SUGGESTED)
        for name in ASKERS:
            found = await database.read(people.account_named, name)
            assert found is not None
            scopes = offered(found[0].rights)
            self.secrets.append((await self.app[keys.TOKENS].make(found[0], name="x", scopes=scopes, days=30))[0])


def test_no_answer_surprises_who_has_read_the_document(config: Config, built: Path) -> None:
    schema = schemathesis.openapi.from_dict(json.loads(json.dumps(document(OPERATIONS))))
    counted: dict[int, int] = {}
    with Running(web_app(config, built=built, hasher=QUICK)) as server:
        for found in schema.get_all_operations():
            assert isinstance(found, Ok)
            ask(found.ok(), server, counted)
    assert counted[200] > 50
    assert not any(status >= 500 for status in counted)


def ask(operation: Any, server: Running, counted: dict[int, int]) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def one(case: Any) -> None:
        if case.path_parameters:
            case.path_parameters = {
                name: value % SMALL + 1 if type(value) is int else value for name, value in case.path_parameters.items()
            }
        for secret in server.secrets:
            headers = {"Authorization": f"Bearer {secret}"}
            response = case.call(base_url=server.url, headers=headers, timeout=60)
            counted[response.status_code] = counted.get(response.status_code, 0) + 1
            case.validate_response(response, checks=CHECKS)

    one()
