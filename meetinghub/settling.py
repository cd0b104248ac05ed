"""Long-lived processes and the garbage collector."""

from __future__ import annotations

import asyncio
import ctypes
import gc
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8  # <malloc.h>
LARGE = 16 * 1024


def steady_heap() -> None:
    """Have glibc keep large blocks (TLS buffers, messages, pages) apart from small ones for good, and one heap for all
    threads; elsewhere nothing. To be called before anything else.

    Left to itself, malloc raises the size from which a block gets pages of its own each time it frees such a block, up
    to 32 MB; what then lies between small blocks that stay can never be given back, and every crowd leaves a megabyte
    or two (mallopt(3), M_MMAP_THRESHOLD). Under the interpreter's lock one heap is as fast as many.
    """
    mallopt: Callable[[int, int], int] | None = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, LARGE)
        mallopt(M_ARENA_MAX, 1)


def settle_memory() -> None:
    """Take what is in memory now out of the garbage collector's rounds: a full round over everything that was ever
    imported stops the loop for tens of milliseconds. To be called once, when a process has started.

    The second round is for its count: Python makes full rounds only when a quarter has been added to what the last
    one saw, and that must not be everything that was imported, or what connections leave behind waits for megabytes.
    """
    gc.collect()
    gc.freeze()
    gc.collect()


def _trim() -> Callable[[int], Any]:
    """glibc's ``malloc_trim``; elsewhere nothing."""
    found: Callable[[int], Any] | None = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return found or (lambda _: None)


_give_back = _trim()


def release_memory() -> None:
    """Untie what refers to itself in circles, and give what that frees back to the system: a few milliseconds in a
    process that has settled."""
    gc.collect()
    _give_back(0)


@asynccontextmanager
async def releasing_memory(every: float = 60.0) -> AsyncIterator[None]:
    """Settled, and released every so many seconds while the block runs. Left to itself, the collector would wait until
    a quarter of all that lives has been added in circles: in a quiet process, hours and megabytes."""

    async def release() -> None:
        while True:
            await asyncio.sleep(every)
            release_memory()

    settle_memory()
    task = asyncio.create_task(release())
    try:
        yield
    finally:
        task.cancel()
