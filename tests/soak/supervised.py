"""The whole product as ``make run`` starts it, under its own supervisor: who is killed is started again by that."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.flows.product import PROCESSES, ROOT, Product, settings

PATIENCE = 90.0  # seconds


@dataclass
class Supervised:
    """``product`` is for asking (addresses, readiness, logs of the processes); it runs none itself."""

    product: Product
    supervisor: subprocess.Popen[bytes]

    @property
    def database_url(self) -> str:
        return f"sqlite:///{self.product.environ['DATA_DIR']}/meetinghub.sqlite"

    def pid(self, name: str) -> int | None:
        """Of the process that runs now, None between its death and its next start."""
        command = PROCESSES[name]
        for child in _children(self.supervisor.pid):
            words = _command(child)
            if words[-3:] == ["-m", "meetinghub", command]:
                return child
        return None

    def kill(self, *names: str) -> list[str]:
        """kill -9, all in the same moment; the names of those that were alive."""
        pids = {name: self.pid(name) for name in names}
        killed = []
        for name, pid in pids.items():
            if pid is not None:
                os.kill(pid, signal.SIGKILL)
                killed.append(name)
        return killed

    def wait_ready(self) -> None:
        until = time.monotonic() + PATIENCE
        while self.supervisor.poll() is None and time.monotonic() < until:
            if self.product.status("/readyz") == 200:
                return
            time.sleep(0.2)
        raise AssertionError("not ready\n" + self.product.logs())


@contextmanager
def supervised(folder: Path) -> Iterator[Supervised]:
    """Ready, with the demonstration street; everything ended on exit."""
    environ = settings(folder)
    with (folder / "supervisor.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "meetinghub", "run"], cwd=ROOT, env=environ, stdout=log, stderr=log
        )
    started = Supervised(Product(Path(environ["DATA_DIR"]) / "log", environ), process)
    try:
        started.wait_ready()
        yield started
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            children = _children(process.pid)
            process.kill()
            process.wait()
            for child in children:
                os.kill(child, signal.SIGKILL)


def _children(pid: int) -> list[int]:
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def _command(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").rstrip("\0").split("\0")
    except (FileNotFoundError, ProcessLookupError):
        return []
