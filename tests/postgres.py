"""A PostgreSQL server of our own for one test run: private folder, private port, thrown away afterwards."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path


def binaries() -> Path | None:
    """The folder with ``initdb`` and ``pg_ctl``: Debian keeps them out of PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    initdb = shutil.which("initdb")
    return Path(initdb).parent if initdb else None


class Server:
    """Starts and stops; ``url`` names no database yet."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._user = "postgres" if os.geteuid() == 0 else None  # the server refuses to run as root
        self._base = Path(tempfile.mkdtemp(prefix="mhpg-"))
        self._data = self._base / "data"
        self._data.mkdir(mode=0o700)
        if self._user:
            entry = pwd.getpwnam(self._user)
            for path in (self._base, self._data):
                os.chown(path, entry.pw_uid, entry.pw_gid)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.url = f"postgresql+psycopg://test@127.0.0.1:{self.port}"
        self._run("initdb", "-U", "test", "-A", "trust", "--locale=C.UTF-8", "-E", "UTF8", "-N")

    def start(self) -> None:
        listen = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self._base}"
        careless = "-c fsync=off -c full_page_writes=off -c max_connections=200"
        self._run("pg_ctl", "-w", "-o", f"{listen} {careless}", "-l", str(self._base / "log"), "start")

    def stop(self) -> None:
        """As a crash would: nobody is asked to finish."""
        self._run("pg_ctl", "-m", "immediate", "stop")

    def remove(self) -> None:
        shutil.rmtree(self._base)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), "-D", str(self._data), *arguments]
        subprocess.run(command, user=self._user, cwd=self._base, check=True, capture_output=True)


@contextlib.contextmanager
def server(programs: Path) -> Iterator[Server]:
    """A running server of the version in ``programs``, removed afterwards."""
    made = Server(programs)
    made.start()
    try:
        yield made
    finally:
        made.stop()
        made.remove()
