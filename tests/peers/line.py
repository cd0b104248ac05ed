"""What lies between one peer and the server: a line that can be cut, and the clock of the computer at its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Line:
    """While it is cut nothing passes in either direction, and neither side is told; ``clock_error`` is added to the
    peer's own idea of the time of day (seconds)."""

    def __init__(self, *, clock_error: float = 0.0) -> None:
        self.clock_error = clock_error
        self.on_change: Callable[[], None] = lambda: None
        self._whole = asyncio.Event()
        self._whole.set()

    @property
    def cut(self) -> bool:
        return not self._whole.is_set()

    def break_(self) -> None:
        self._whole.clear()
        self.on_change()

    def mend(self) -> None:
        self._whole.set()
        self.on_change()

    async def whole(self) -> None:
        """Until something passes."""
        await self._whole.wait()
