"""What a long-lived process does about its memory."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import subprocess
import sys
import weakref

import pytest

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


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallinfo2"), reason="glibc's own heap")
def test_a_large_block_has_pages_of_its_own_also_after_a_larger_one_was_given_back() -> None:
    """Without the setting, giving back 8 MB makes malloc grow the small blocks' heap for everything below that."""
    script = """
import ctypes
from meetinghub.settling import steady_heap

class Heap(ctypes.Structure):
    names = "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost"
    _fields_ = [(name, ctypes.c_size_t) for name in names.split()]

c = ctypes.CDLL(None)
c.malloc.restype = ctypes.c_void_p
c.free.argtypes = [ctypes.c_void_p]
c.mallinfo2.restype = Heap
steady_heap()
c.free(c.malloc(8 << 20))
before = c.mallinfo2().hblks
c.malloc(1 << 20)
print(c.mallinfo2().hblks - before)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1"
