"""The media server alone: ``python -m tests.peers.serving PORT UDP_PORT KEY``, the secret on standard input."""

from __future__ import annotations

import asyncio
import sys
from typing import cast

from prometheus_client import REGISTRY

from signaling.media.engine import MediaEngine
from signaling.media.metrics import MediaCollector
from signaling.server import ServerSettings, running


async def main(port: int, udp_port: int, key: str, secret: str) -> None:
    settings = ServerSettings(port=port, udp_port=udp_port, api_keys={key: secret})
    async with running(settings) as server:
        REGISTRY.register(MediaCollector(cast(MediaEngine, server.engine)))
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.stdin.readline().strip()))
