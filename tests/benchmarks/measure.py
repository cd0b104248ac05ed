"""Figures of a process from /proc, and the one form in which a result is printed."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.peers.field import Field


@dataclass(frozen=True, slots=True)
class Metric:
    """``direction`` max: the value must not exceed the target. A target of None only informs."""

    metric: str
    value: float
    unit: str
    target: float | None
    direction: Literal["max", "min"] = "max"
    variant: str = ""
    note: str = ""


def emit(metric: Metric) -> None:
    fields = ("metric", "value", "unit", "target", "direction", "variant", "note")
    line = {name: getattr(metric, name) for name in fields}
    line["value"] = round(metric.value, 4)
    print(json.dumps(line, ensure_ascii=False), flush=True)


def say(text: str) -> None:
    """Progress, for whoever watches; standard output carries results only."""
    print(text, file=sys.stderr, flush=True)


def cpu_seconds(pid: int) -> float:
    """Time on a processor of all threads that live now, to the nanosecond (the scheduler's own account)."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            total += int((task / "schedstat").read_text().split()[0])
        except (FileNotFoundError, ProcessLookupError):
            continue  # a thread that ended meanwhile
    return total / 1e9


def resident_megabytes(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * 4096 / (1 << 20)


def busy_seconds() -> tuple[float, float]:
    """(busy, stolen) processor seconds of the whole machine since it started."""
    user, nice, system, _, _, irq, soft, steal = (
        int(word) / 100 for word in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
    )
    return user + nice + system + irq + soft, steal


async def quiet(*, limit: float = 0.4, patience: float = 10.0) -> None:
    """Waits a while for other processes to leave the machine alone: under ``limit`` cores in use for a second."""
    until = time.monotonic() + patience
    while True:
        before, _ = busy_seconds()
        await asyncio.sleep(1)
        after, _ = busy_seconds()
        if after - before < limit or time.monotonic() > until:
            return


@dataclass(frozen=True, slots=True)
class Window:
    """What happened between two moments. Percent are of one core."""

    seconds: float
    server: float
    generator: float
    others: float
    stolen: float
    received: float  # packets a second at the peers
    sent: float  # packets a second from the peers

    @property
    def per_packet(self) -> float:
        """µs of the server for every packet it sent."""
        return self.server / 100 / self.received * 1e6 if self.received else 0.0

    def noise(self) -> str:
        return f"generator {self.generator:.0f} %, others {self.others:.0f} %, stolen {self.stolen:.0f} % of a core"


class Meter:
    """Reads everything at its making and again at `read`."""

    def __init__(self, pid: int, field: Field) -> None:
        self._pid, self._field = pid, field
        self._start = self._now()

    def _now(self) -> tuple[float, ...]:
        received, sent = self._field.packets()
        busy, stolen = busy_seconds()
        return time.monotonic(), cpu_seconds(self._pid), time.process_time(), busy, stolen, received, sent

    def read(self) -> Window:
        seconds, server, generator, busy, stolen, received, sent = (
            now - before for now, before in zip(self._now(), self._start, strict=True)
        )
        return Window(
            seconds=seconds,
            server=100 * server / seconds,
            generator=100 * generator / seconds,
            others=100 * max(0.0, busy - server - generator) / seconds,
            stolen=100 * stolen / seconds,
            received=received / seconds,
            sent=sent / seconds,
        )
