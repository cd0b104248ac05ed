"""What every part of one engine shares."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field

from signaling.media.fanout import Fanout
from signaling.media.stats import Counters
from signaling.media.wire import Wire


@dataclass(slots=True)
class Context:
    """``now`` is the loop's time (seconds, monotonic) at the start of the batch or timer under way: parts below the
    engine never read a clock themselves."""

    wire: Wire
    fanout: Fanout
    counters: Counters
    now: float = 0.0
    used_ssrcs: set[int] = field(default_factory=set)
    in_batch: bool = False  # then what is queued leaves at the end of the batch or timer

    def flush_soon(self) -> None:
        """What is queued outside a batch (a call from signalling) leaves in the loop's next turn."""
        if not self.in_batch:
            asyncio.get_running_loop().call_soon(self.wire.flush)

    def new_ssrc(self) -> int:
        """Never handed out before by this engine: two streams under one SSRC would share an SRTP key stream."""
        while True:
            ssrc = 1 + secrets.randbelow(0xFFFFFFFE)
            if ssrc not in self.used_ssrcs:
                self.used_ssrcs.add(ssrc)
                return ssrc
