"""``python -m meetinghub <command>``: arguments only."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Callable
from typing import Any

from meetinghub import logs
from meetinghub.config import Config, ConfigError, from_env
from meetinghub.settling import steady_heap


def serve(config: Config) -> None:
    """pages and API (web)"""
    from meetinghub.app import serve as run

    steady_heap()
    logs.set_up("web")
    asyncio.run(run(config))


def media(config: Config) -> None:
    """live media (LiveKit-compatible)"""
    from meetinghub.media import serve as run

    steady_heap()
    logs.set_up("media")
    asyncio.run(run(config))


def worker(config: Config) -> None:
    """scheduled work"""
    from meetinghub.working import work as run

    steady_heap()
    logs.set_up("worker")
    asyncio.run(run(config))


def migrate(config: Config) -> None:
    """bring the database to the present shape"""
    from meetinghub import migrations
    from meetinghub.workdays import seed

    migrations.upgrade(config.database_url)
    seed.fill(config)


def demo(config: Config) -> None:
    """fill an empty database with the demonstration street"""
    from meetinghub.setup import fill_demo

    fill_demo(config)


def account(config: Config) -> None:
    """make an administrator's account (asks for name and password)"""
    from meetinghub.setup import add_administrator

    add_administrator(config)


def trial(config: Config) -> None:
    """give each demonstration account a password of its own, so that other PCs may join"""
    from meetinghub.setup import open_to_office

    open_to_office(config)


def run(config: Config) -> None:
    """start everything the Procfile names and keep it running"""
    from meetinghub.supervise import run as start

    start(config)


def cert(config: Config) -> None:
    """make a certificate for this machine's addresses"""
    from meetinghub.certificate import make

    make(config)


def recount(config: Config) -> None:
    """count anew, from the first fact on, what meetings cost the committees"""
    from meetinghub.recounting import run as count

    count(config)


def verify(config: Config, **options: Any) -> None:
    """hold the ledger against its chain and its checkpoints: 0 whole, 1 not"""
    from meetinghub.verifying import run as check

    sys.exit(check(config, **options))


COMMANDS: dict[str, Callable[..., None]] = {
    command.__name__: command
    for command in (serve, media, worker, migrate, demo, account, trial, run, cert, recount, verify)
}


def main() -> None:
    """Run the command named on the command line; a configuration that cannot work ends with its problems and code 2."""
    parser = argparse.ArgumentParser(prog="meetinghub")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, command in COMMANDS.items():
        its = commands.add_parser(name, help=command.__doc__)
        if command is verify:
            its.add_argument("--checkpoints", metavar="FILE", help="a copy of checkpoints.txt that was kept elsewhere")
            its.add_argument("--key", action="append", default=[], help="another key that checkpoints are signed with")
            its.add_argument("--paper", action="append", default=[], help="a checkpoint on paper: 1200-5f3a-9c0e-…")
    given = vars(parser.parse_args())
    chosen = given.pop("command")
    try:
        COMMANDS[chosen](from_env(os.environ, fresh=chosen in {"migrate", "run"}), **given)
    except ConfigError as error:
        print(error, file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
