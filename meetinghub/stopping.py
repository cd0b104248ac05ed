"""How a process learns that it is to end."""

from __future__ import annotations

import asyncio
import signal

import structlog

log = structlog.get_logger("app")


async def stopped() -> None:
    """Returns at SIGINT or SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()
    log.info("stopping")
