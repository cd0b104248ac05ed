"""What a long-lived process does about its memory."""

from __future__ import annotations

import asyncio
import gc
import weakref

from meetinghub.settling import release_memory, releasing_memory, settle_memory


class Knot:
    """Refers to itself, so that only the collector can free it."""

    def __init__(self) -> None:
        self.itself = self


def test_what_refers_to_itself_is_freed_when_memory_is_released() -> None:
    gc.disable()
    try:
        gone = weakref.ref(Knot())
        assert gone() is not None
        release_memory()
        assert gone() is None
    finally:
        gc.enable()


def test_settling_takes_what_was_imported_out_of_the_rounds() -> None:
    try:
        settle_memory()
        assert gc.get_freeze_count() > len(gc.get_objects())
    finally:
        gc.unfreeze()


async def test_memory_is_released_again_and_again() -> None:
    gc.disable()
    try:
        async with releasing_memory(0.01):
            for _ in range(2):
                freed = asyncio.Event()
                weakref.finalize(Knot(), freed.set)
                await asyncio.wait_for(freed.wait(), 10)
    finally:
        gc.enable()
        gc.unfreeze()
