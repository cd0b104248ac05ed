"""Readiness: the real processes are killed one by one, and ``/readyz`` is seen to turn and to turn back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from meetinghub.demo import PASSWORD
from tests.flows.product import ROOT, Product, product
from tests.peers.pages import Account
from tests.postgres import Server

PATIENCE_SECONDS = 40


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with product(tmp_path_factory.mktemp("readiness")) as started:
        yield started


def readiness(running: Product) -> tuple[int, dict[str, Any]]:
    try:
        with urllib.request.urlopen(running.url + "/readyz", timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def until(running: Product, part: str, *, ok: bool) -> dict[str, Any]:
    """Wait until ``part`` is (not) well; the state in which that was seen."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        status, found = readiness(running)
        if found[part]["ok"] is ok:
            assert status == (200 if all(found[each]["ok"] for each in ("database", "media", "worker")) else 503)
            return found
        time.sleep(0.2)
    raise AssertionError(f"{part} did not turn {ok}\n{running.logs()}")


@pytest.mark.parametrize("part", ["media", "worker"])
def test_a_killed_process_is_missed_and_found_again(running: Product, part: str) -> None:
    assert running.status("/readyz") == 200
    running.kill(part)
    found = until(running, part, ok=False)
    assert found["ok"] is False
    assert found[part]["detail"]
    assert running.status("/healthz") == 200
    running.start(part)
    assert until(running, part, ok=True)["ok"] is True


def test_web_answers_again_after_it_was_killed(running: Product) -> None:
    running.kill("web")
    assert running.status("/readyz") == 0
    running.start("web")
    running.wait_ready()


def test_media_has_figures_and_a_sign_of_life_of_its_own(running: Product) -> None:
    for path in ("/healthz", "/metrics"):
        with urllib.request.urlopen(running.media_url + path, timeout=10) as answer:
            assert answer.status == 200


def test_logs_are_json_lines_that_name_process_and_request(running: Product) -> None:
    running.status("/sign-in")
    lines = (running.folder / "web.log").read_text(encoding="utf-8").splitlines()
    requests = [found for line in lines if (found := json.loads(line)).get("event") == "request"]
    assert requests
    assert all(each["process"] == "web" and each["request"] and each["path"] for each in requests)
    assert not any("?" in each["path"] for each in requests)


async def test_logs_name_the_meeting_and_who_enters_it(running: Product) -> None:
    account = Account(running.url, "site-01")
    await account.sign_in(PASSWORD)
    await account.act("/meetings/1/token", {})
    await account.close()
    lines = map(json.loads, (running.folder / "web.log").read_text(encoding="utf-8").splitlines())
    (entered,) = [each for each in lines if each.get("path") == "/meetings/1/token"]
    assert (entered["meeting"], entered["participant"], entered["account"]) == ("1", "site-01", "site-01")


@pytest.mark.postgres
def test_a_database_that_stops_is_missed_and_found_again_without_a_restart(
    own_postgres: Server, tmp_path: Path
) -> None:
    with product(tmp_path, DATABASE_URL=f"{own_postgres.url}/own") as running:
        assert readiness(running)[1]["database"] == {"ok": True, "detail": "postgresql"}
        own_postgres.stop()
        until(running, "database", ok=False)
        assert running.status("/sign-in") == 200
        own_postgres.start()
        until(running, "database", ok=True)
        until(running, "worker", ok=True)
        assert all(process.poll() is None for process in running.running.values())


def test_web_does_not_start_over_a_database_of_another_shape(tmp_path: Path) -> None:
    environ = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path)}
    ended = subprocess.run(
        [sys.executable, "-m", "meetinghub", "serve"],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode != 0
    assert "meetinghub migrate" in ended.stderr
    assert "Traceback" not in ended.stderr
