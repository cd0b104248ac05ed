"""Web as one application in this process, over a demonstration database."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from argon2 import PasswordHasher

from meetinghub import demo
from meetinghub.app import web_app
from meetinghub.config import Config, from_env
from meetinghub.db import Database
from tests.web.browser import Browser

TEMPLATES = Path(__file__).resolve().parents[2] / "web" / "templates"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
Browsers = Callable[..., Awaitable[Browser]]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build with an empty file for each asset that a template names: pages are looked at here, not scripts."""
    folder = tmp_path_factory.mktemp("built")
    text = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES.rglob("*.html"))
    names = set(re.findall(r"asset\(['\"]([\w.]+)['\"]\)", text)) | {
        "console.js",
        "wall.js",
        "site.js",
        "kiosk-worker.js",
    }
    for name in names:
        (folder / name).touch()
    (folder / "manifest.json").write_text(json.dumps({name: name for name in names}))
    return folder


@pytest.fixture(scope="session")
def demo_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file holding the demonstration, to be copied."""
    path = tmp_path_factory.mktemp("demo") / "demo.sqlite"
    shutil.copy(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    database.write_now(demo.fill, now=datetime.now(UTC), password_hash=QUICK.hash(demo.PASSWORD))
    database.close()
    return path


@pytest.fixture
def config(tmp_path: Path, demo_template: Path) -> Config:
    """An installation on loopback with the demonstration's database; media answers nowhere."""
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(demo_template, data / "meetinghub.sqlite")
    return from_env({"DATA_DIR": str(data), "MEDIA_PORT": "9"})


@pytest.fixture
def app(config: Config, built: Path) -> web.Application:
    return web_app(config, built=built, hasher=QUICK)


@pytest.fixture
async def browsers(app: web.Application, aiohttp_client: Any) -> Browsers:
    """``await browsers()`` → a new browser; ``await browsers("chair")`` → one that is signed in."""
    server = TestServer(app)
    await server.start_server()

    async def new(username: str | None = None) -> Browser:
        client: TestClient[Any, Any] = await aiohttp_client(server)
        browser = Browser(client)
        if username is not None:
            response, _ = await browser.sign_in(username, demo.PASSWORD)
            assert response.status == 200
        return browser

    return new
