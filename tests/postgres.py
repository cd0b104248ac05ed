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


@contextlib.contextmanager
def server(folder: Path) -> Iterator[str]:
    """Start a server in ``binaries()``' version; yields ``postgresql+psycopg://…`` without a database's name."""
    user = "postgres" if os.geteuid() == 0 else None  # the server refuses to run as root
    base = Path(tempfile.mkdtemp(prefix="mhpg-"))
    data = base / "data"
    data.mkdir(mode=0o700)
    if user:
        entry = pwd.getpwnam(user)
        for path in (base, data):
            os.chown(path, entry.pw_uid, entry.pw_gid)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    def run(*command: str) -> None:
        subprocess.run(command, user=user, cwd=base, check=True, capture_output=True)

    run(str(folder / "initdb"), "-D", str(data), "-U", "test", "-A", "trust", "--locale=C.UTF-8", "-E", "UTF8", "-N")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -k {base} -c fsync=off -c full_page_writes=off"
    run(str(folder / "pg_ctl"), "-D", str(data), "-w", "-o", options, "-l", str(base / "log"), "start")
    try:
        yield f"postgresql+psycopg://test@127.0.0.1:{port}"
    finally:
        run(str(folder / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(base)
