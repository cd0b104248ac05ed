"""What every part of one engine shares."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass

from signaling.media.fanout import Fanout
from signaling.media.stats import Counters
from signaling.media.wire import Wire

_SSRCS = 0xFFFFFFFF  # 1 … 2³²-1
_STEP = 2_654_435_761  # shares no factor with their number: steps of it come to each of them before any comes again


@dataclass(slots=True)
class Context:
    """``now`` is the loop's time (seconds, monotonic) at the start of the batch or timer under way: parts below the
    engine never read a clock themselves."""

    wire: Wire
    fanout: Fanout
    counters: Counters
    now: float = 0.0
    last_ssrc: int = 0
    in_batch: bool = False  # then what is queued leaves at the end of the batch or timer

    def flush_soon(self) -> None:
        """What is queued outside a batch (a call from signalling) leaves in the loop's next turn."""
        if not self.in_batch:
            asyncio.get_running_loop().call_soon(self.wire.flush)

    def new_ssrc(self) -> int:
        """Never handed out before by this engine: two streams under one SSRC would share an SRTP key stream."""
        before = self.last_ssrc or 1 + secrets.randbelow(_SSRCS)
        self.last_ssrc = 1 + (before - 1 + _STEP) % _SSRCS
        return self.last_ssrc
