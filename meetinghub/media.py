"""The media process: hands our configuration to the server in ``signaling``, which knows nothing of it."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress

from meetinghub.config import Config, ConfigError
from signaling.server import ServerSettings
from signaling.server import serve as serve_media

NICENESS = -10  # before the pages: a late page is a wait, a late packet is a hole in somebody's sentence


async def serve(config: Config) -> None:
    """Run the media server until SIGINT or SIGTERM, ahead of other processes where the system lets us (root or
    CAP_SYS_NICE)."""
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, NICENESS)
    if not config.embedded_media:
        raise ConfigError(
            ["LIVEKIT_URL 已指定外部服务，不需要媒体进程。LIVEKIT_URL names another server: none is needed."]
        )
    task = asyncio.current_task()
    assert task is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    try:
        await serve_media(settings(config))
    except asyncio.CancelledError:
        return
    except OSError as error:
        raise ConfigError(
            [f"MEDIA_PORT {config.media_port}, MEDIA_UDP_PORT {config.media_udp_port}: {error}"]
        ) from error


def settings(config: Config) -> ServerSettings:
    """The media server's settings; its webhooks go straight to web on this machine."""
    return ServerSettings(
        host=config.host,
        port=config.media_port,
        udp_port=config.media_udp_port,
        public_ip=config.media_public_ip,
        api_keys={config.livekit_api_key: config.livekit_api_secret},
        webhook_urls=(config.hook_url,),
        webhook_ca_file=str(config.tls_cert) if config.tls_cert else None,
    )
