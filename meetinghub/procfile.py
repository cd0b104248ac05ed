"""The Procfile's lines, and the supervisor's configuration that keeps them running."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

RELEASE = "release"
MEDIA = "media"
STOP_SECONDS = 10


def parse(text: str) -> dict[str, str]:
    """Process name → command, in the order of the file."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        name, colon, command = line.partition(":")
        if colon and not name.lstrip().startswith("#"):
            found[name.strip()] = command.strip()
    return found


def supervisor(
    processes: Mapping[str, str], *, folder: Path, logs: Path, root: bool, python: str = sys.executable
) -> str:
    """A supervisord configuration: each process restarted whenever it ends, each with a log of its own.

    ``folder`` is where the processes run; ``python`` stands in for the Procfile's ``python``. ``%`` is doubled because
    supervisor expands it.
    """
    lines = [
        "[supervisord]",
        "nodaemon = true",
        "silent = true",
        "minfds = 4096",
        f"pidfile = {_plain(logs / 'supervisor.pid')}",
        f"logfile = {_plain(logs / 'supervisor.log')}",
        "logfile_maxbytes = 1MB",
        "logfile_backups = 1",
        f"childlogdir = {_plain(logs)}",
        *(["user = root"] if root else []),
    ]
    for name, command in processes.items():
        words = shlex.split(command)
        if words[0] == "python":
            words[0] = python
        lines += [
            "",
            f"[program:{name}]",
            f"command = {_plain(shlex.join(words))}",
            f"directory = {_plain(folder)}",
            "autorestart = true",
            "startsecs = 1",
            "startretries = 1000000",
            f"stopwaitsecs = {STOP_SECONDS}",
            "stopasgroup = true",
            "killasgroup = true",
            "redirect_stderr = true",
            f"stdout_logfile = {_plain(logs / f'{name}.log')}",
            "stdout_logfile_maxbytes = 10MB",
            "stdout_logfile_backups = 3",
        ]
    return "\n".join(lines) + "\n"


def _plain(value: object) -> str:
    return str(value).replace("%", "%%")
