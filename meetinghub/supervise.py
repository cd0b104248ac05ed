"""``make run``: release, demonstration, then every process of the Procfile under a supervisor that restarts the dead.

This process becomes the supervisor, so that Ctrl-C and SIGTERM reach it directly; a child announces the address once
everything is ready and ends.
"""

from __future__ import annotations

import json
import os
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from meetinghub import procfile, schema
from meetinghub.config import Config, ConfigError, from_env

HERE = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 90.0
PARTS = ("database", "media", "worker")


def run(config: Config) -> None:
    """Never returns: becomes the supervisor. A new, empty installation on loopback gets the demonstration."""
    _refuse_taken(config)
    _prepare(config)
    processes = procfile.parse((HERE / "Procfile").read_text(encoding="utf-8"))
    processes.pop(procfile.RELEASE, None)
    if not config.embedded_media:
        processes.pop(procfile.MEDIA, None)
    logs = config.data_dir / "log"
    logs.mkdir(exist_ok=True)
    written = procfile.supervisor(processes, folder=HERE, logs=logs, root=os.geteuid() == 0)
    path = config.data_dir / "supervisor.conf"
    path.write_text(written, encoding="utf-8")
    subprocess.Popen([sys.executable, "-m", "meetinghub.supervise"], cwd=HERE)
    os.execv(sys.executable, [sys.executable, "-W", "ignore", "-m", "supervisor.supervisord", "-c", str(path)])


def _prepare(config: Config) -> None:
    """Release and demonstration, loaded only when there is something to do: the second start is to be quick."""
    if schema.revision(config.database_url) != schema.head():
        from meetinghub import migrations

        migrations.upgrade(config.database_url)
    if config.loopback and schema.peek(config.database_url, "SELECT 1 FROM street_office") is None:
        from meetinghub.setup import fill_demo

        fill_demo(config)


def announce(config: Config) -> None:
    """Wait until everything is ready and say where to go; say what is missing when it takes too long."""
    until = time.monotonic() + PATIENCE_SECONDS
    state: dict[str, object] = {}
    while time.monotonic() < until:
        state = _state(config)
        if state.get("ok"):
            print(_welcome(config), flush=True)
            return
        time.sleep(0.2)
    print(f"\n{PATIENCE_SECONDS:.0f} 秒后还没有全部就绪。Not ready yet:", flush=True)
    for part in PARTS:
        print(f"  {part}: {state.get(part, 'web 没有应答 web does not answer')}", flush=True)
    print(f"  日志 logs: {config.data_dir / 'log'}", flush=True)


def _welcome(config: Config) -> str:
    demonstration = schema.peek(config.database_url, "SELECT 1 FROM account WHERE demo")
    lines = ["", f"会议统筹已就绪  MeetingHub is ready:  {config.public_url}", ""]
    if demonstration:
        lines += [
            "演示账户（口令都是 demo-2026）  Demonstration accounts, password demo-2026:",
            "  chair 主持人  operator 会控员  host 召集科室  coordinator 党政办  leader 领导  admin 管理员",
            "  dept-01 … dept-14 科室  site-01 … site-33 居委会",
            "",
        ]
    lines += [
        f"日志 logs: {config.data_dir / 'log'}    停止 stop: Ctrl-C",
    ]
    return "\n".join(lines)


def _state(config: Config) -> dict[str, object]:
    context = None
    if config.tls_cert is not None:  # our own server on this machine, whose name the certificate need not hold
        context = ssl._create_unverified_context()
    scheme = "https" if config.tls_cert else "http"
    nearby = f"[{config.nearby}]" if ":" in config.nearby else config.nearby
    try:
        with urllib.request.urlopen(f"{scheme}://{nearby}:{config.port}/readyz", timeout=5, context=context) as answer:
            found = json.load(answer)
    except urllib.error.HTTPError as error:
        found = json.load(error)
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _refuse_taken(config: Config) -> None:
    """Say which port is taken before anything is started."""
    wanted = [("PORT", config.port, socket.SOCK_STREAM)]
    if config.embedded_media:
        wanted += [
            ("MEDIA_PORT", config.media_port, socket.SOCK_STREAM),
            ("MEDIA_UDP_PORT", config.media_udp_port, socket.SOCK_DGRAM),
        ]
    problems = []
    for name, port, kind in wanted:
        family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
        with socket.socket(family, kind) as probe:
            if kind == socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((config.host, port))
            except OSError as error:
                problems.append(f"{name} {config.host}:{port} 不能使用（{error.strerror}）。Cannot be used.")
    if problems:
        raise ConfigError(problems)


if __name__ == "__main__":
    announce(from_env(os.environ))
