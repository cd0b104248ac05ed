"""``make run`` as a newcomer meets it: what it says, who is started again, and a second start over what is there."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.soak.supervised import Supervised, supervised

PATIENCE_SECONDS = 60


def said(folder: Path, words: str) -> str:
    """What stands on the terminal, once ``words`` are there."""
    end, text = time.monotonic() + PATIENCE_SECONDS, ""
    while time.monotonic() < end:
        text = (folder / "supervisor.log").read_text(encoding="utf-8")
        if words in text:
            return text
        time.sleep(0.1)
    raise AssertionError(f"never said: {words}\n{text}")


def restarted(started: Supervised, name: str, before: int) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while started.pid(name) in (None, before):
        assert time.monotonic() < end, f"{name} was not started again"
        time.sleep(0.1)


@pytest.mark.timeout(400)
def test_it_says_where_to_go_and_starts_the_dead_again_and_finds_everything_the_second_time(tmp_path: Path) -> None:
    with supervised(tmp_path) as first:
        text = said(tmp_path, "Ctrl-C")
        for word in (first.product.url, "demo-2026", "chair", "operator", "coordinator", "site-01 … site-33"):
            assert word in text
        for name in ("web", "media", "worker"):
            before = first.pid(name)
            assert before is not None
            assert first.kill(name) == [name]
            restarted(first, name, before)
        first.wait_ready()
    secrets = {path.name: path.read_bytes() for path in (tmp_path / "data").glob("*-secret*")}
    assert secrets
    with supervised(tmp_path) as second:
        said(tmp_path, "Ctrl-C")
        assert second.product.status("/sign-in") == 200
        assert {name: (tmp_path / "data" / name).read_bytes() for name in secrets} == secrets
