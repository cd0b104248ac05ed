"""A trial in an office: ``cert`` and ``trial``, then HTTPS on every address, with media's webhooks arriving over it."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from livekit.api import CreateRoomRequest, LiveKitAPI

from tests.flows.product import ROOT, Product, free_port
from tests.flows.product import product as plain

PATIENCE_SECONDS = 40


@dataclass
class Trial:
    running: Product
    context: ssl.SSLContext

    def get(self, path: str) -> tuple[int, str, str]:
        """Status, body and the cookies that were set."""
        request = urllib.request.Request(self.running.environ["PUBLIC_URL"] + path, headers={"Accept": "text/html"})
        try:
            with urllib.request.urlopen(request, timeout=5, context=self.context) as answer:
                return answer.status, answer.read().decode(), " ".join(answer.headers.get_all("Set-Cookie") or [])
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(), ""


def run(running: Product, command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "meetinghub", command],
        cwd=ROOT,
        env=running.environ,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def trial(tmp_path: Path) -> Iterator[Trial]:
    with plain(tmp_path) as running:
        for name in list(running.running):
            running.kill(name)
        data = Path(running.environ["DATA_DIR"])
        assert run(running, "cert").returncode == 0
        port = free_port()
        running.environ |= {"HOST": "0.0.0.0", "PORT": str(port), "PUBLIC_URL": f"https://localhost:{port}"}
        running.environ |= {"TLS_CERT": str(data / "cert.pem"), "TLS_KEY": str(data / "key.pem")}
        refused = run(running, "serve")
        assert refused.returncode != 0
        assert "make trial" in refused.stderr
        assert run(running, "trial").returncode == 0
        for name in ("web", "media", "worker"):
            running.start(name)
        yield Trial(running, ssl.create_default_context(cafile=data / "cert.pem"))


async def test_pages_and_webhooks_go_over_the_machines_own_certificate(trial: Trial) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    status = 0
    while time.monotonic() < end and status != 200:
        try:
            status = trial.get("/readyz")[0]
        except OSError:
            await asyncio.sleep(0.2)
    assert status == 200, trial.running.logs()
    status, page, cookies = trial.get("/sign-in")
    assert status == 200
    assert "__Host-visitor=" in cookies
    assert "Secure" in cookies
    assert "demo-2026" not in page
    secret = (Path(trial.running.environ["DATA_DIR"]) / "livekit-secret").read_text()
    async with LiveKitAPI(trial.running.media_url, "meetinghub", secret) as api:
        await api.room.create_room(CreateRoomRequest(name="meeting-1"))
    log = trial.running.folder / "web.log"
    while time.monotonic() < end:
        lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines() if line.startswith("{")]
        heard = [each["status"] for each in lines if each.get("path") == "/hooks/livekit"]
        if heard:
            assert set(heard) == {200}
            return
        await asyncio.sleep(0.2)
    pytest.fail("no webhook arrived\n" + trial.running.logs())


def test_a_taken_port_is_said_before_anything_is_started(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        environ = {"DATA_DIR": str(tmp_path), "PORT": str(taken.getsockname()[1]), "MEDIA_PORT": str(free_port())}
        ended = run(Product(tmp_path, environ), "run")
    assert ended.returncode != 0
    assert f"PORT 127.0.0.1:{environ['PORT']}" in ended.stderr
    assert not (tmp_path / "meetinghub.sqlite").exists()
