"""The whole product as its own processes on free ports of the loopback interface, with the demonstration street.

The same commands as the Procfile's, without the supervisor: a flow kills and starts processes itself.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

PROCESSES = {"web": "serve", "media": "media", "worker": "worker"}
ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60


def free_port(kind: int = socket.SOCK_STREAM) -> int:
    """A port nobody listens on at this moment."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        assert isinstance(port, int)
        return port


@dataclass
class Product:
    """``folder`` keeps the data and one log per process; ``environ`` is what every process is given."""

    folder: Path
    environ: dict[str, str]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.environ['PORT']}"

    @property
    def media_url(self) -> str:
        return f"http://127.0.0.1:{self.environ['MEDIA_PORT']}"

    def start(self, name: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, "-m", "meetinghub", PROCESSES[name]],
                cwd=ROOT,
                env=self.environ,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """End one process and wait until it is gone."""
        process = self.running.pop(name)
        process.send_signal(number)
        process.wait(timeout=20)

    def status(self, path: str) -> int:
        """HTTP status of a GET to web; 0 while nothing answers."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=5) as answer:
                status = answer.status
                assert isinstance(status, int)
                return status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def wait_ready(self) -> None:
        """Until ``/readyz`` answers 200; on failure the error holds the end of every log."""
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if self.status("/readyz") == 200:
                return
            time.sleep(0.1)
        raise AssertionError("not ready\n" + self.logs())

    def logs(self, lines: int = 40) -> str:
        """The end of each process's log."""
        parts = []
        for path in sorted(self.folder.glob("*.log")):
            tail = path.read_text(errors="replace").splitlines()[-lines:]
            parts.append(f"== {path.name}\n" + "\n".join(tail))
        return "\n".join(parts)


def settings(folder: Path) -> dict[str, str]:
    """The environment of an installation of its own below ``folder``, on free ports."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return inherited | {
        "HOST": "127.0.0.1",
        "PORT": str(free_port()),
        "MEDIA_PORT": str(free_port()),
        "MEDIA_UDP_PORT": str(free_port(socket.SOCK_DGRAM)),
        "DATA_DIR": str(folder / "data"),
        "PYTHONUNBUFFERED": "1",
    }


@contextmanager
def product(folder: Path, *, processes: Iterable[str] = PROCESSES, **environ: str) -> Iterator[Product]:
    """Migrated, filled with the demonstration street, its processes ready (all three by default); ended on exit."""
    running = Product(folder, settings(folder) | environ)
    for command in ("migrate", "demo"):
        subprocess.run(
            [sys.executable, "-m", "meetinghub", command],
            cwd=ROOT,
            env=running.environ,
            check=True,
            capture_output=True,
        )
    try:
        for name in processes:
            running.start(name)
        running.wait_ready()
        yield running
    finally:
        for process in running.running.values():
            process.terminate()
        for process in running.running.values():
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
