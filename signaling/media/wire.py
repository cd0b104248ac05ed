"""What the packet path asks of the port: slots to write into. The port implements it; nothing else knows of sockets."""

from __future__ import annotations

from array import array
from typing import Any, Protocol

STRIDE = 2048  # room for one datagram; larger ones are cut by the kernel and then fail authentication
SEND_SLOTS = 1024


class Wire(Protocol):
    """Buffers made once. Slots are C pointers, lengths C pointers to the int that holds a slot's length."""

    received: memoryview
    received_slots: list[Any]
    slots: list[Any]
    lengths: list[Any]

    def reserve(self, length: int, addresses: array[int]) -> int: ...

    def cancel(self, slot: int) -> None: ...

    def flush(self) -> None: ...
