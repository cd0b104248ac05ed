"""Waiting for what a synthetic participant sees."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


async def until(condition: Callable[[], object], *, patience: float = 20.0, step: float = 0.01) -> None:
    """Returns once ``condition`` is true; TimeoutError after ``patience`` seconds."""
    async with asyncio.timeout(patience):
        while True:
            if condition():
                return
            await asyncio.sleep(step)
