"""Work that takes seconds of CPU or reads what strangers made, in a process of its own: web goes on answering."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from typing import Generic, ParamSpec, TypeVar

import structlog

P = ParamSpec("P")
T = TypeVar("T")
log = structlog.get_logger("aside")


class GaveUp(Exception):
    """The process died or took longer than it may."""


class Aside(Generic[P, T]):
    """Runs ``function`` (of a module: it is found by name) for one caller at a time, each time in a new process that
    ends with its work, so that nothing it loaded or was given stays in memory.

    ``patience`` is in seconds.
    """

    def __init__(self, function: Callable[P, T], *, patience: float) -> None:
        self._function = function
        self._patience = patience
        self._pool: ProcessPoolExecutor | None = None
        self._turn = asyncio.Lock()

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        """Raises :class:`GaveUp`; what the function raises is raised here."""
        async with self._turn:
            spawn = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(1, mp_context=spawn, initializer=end_with_parent)
            work = asyncio.get_running_loop().run_in_executor(self._pool, partial(self._function, *args, **kwargs))
            try:
                return await asyncio.wait_for(work, self._patience)
            except (BrokenProcessPool, TimeoutError):
                log.exception("no answer")
                raise GaveUp from None
            finally:
                self.close()

    def close(self) -> None:
        """End the process; what it is doing is lost."""
        pool, self._pool = self._pool, None
        if pool is not None:
            for process in list((pool._processes or {}).values()):  # work under way would be waited for
                process.kill()
            pool.shutdown(wait=False, cancel_futures=True)


def end_with_parent() -> None:
    """In the process: it would outlive a parent that was killed, and wait for work for ever."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()
