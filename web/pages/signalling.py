"""LiveKit's signalling, passed on to the media process so that browsers see one origin."""

from __future__ import annotations

import asyncio

from aiohttp import ClientError, ClientTimeout, ClientWebSocketResponse, WSMsgType, WSServerHandshakeError, web
from yarl import URL

from meetinghub.errors import NotFound, Unavailable
from web import keys, security

LARGEST = 4 * 1024 * 1024
"""A message's limit in bytes: an offer with tracks of 34 participants has about 150 kB."""

PASSED_ON = ("Authorization", "User-Agent", "Content-Type")


async def forward(request: web.Request) -> web.StreamResponse:
    """A WebSocket, or a plain request such as ``/rtc/validate``."""
    config = request.app[keys.CONFIG]
    if not config.embedded_media:
        raise NotFound("page.not_found")
    address = URL(config.media_api_url + request.path_qs)
    if address.path != "/rtc" and not address.path.startswith("/rtc/"):  # /rtc/%2e%2e/metrics
        raise NotFound("page.not_found")
    headers = {name: request.headers[name] for name in PASSED_ON if name in request.headers}
    headers["X-Forwarded-For"] = security.client_address(config, request)
    if request.headers.get("Upgrade", "").lower() == "websocket":
        return await _websocket(request, address, headers)
    try:
        async with request.app[keys.HTTP].get(address, headers=headers, timeout=ClientTimeout(total=10)) as answer:
            body = await answer.content.read(LARGEST)
            return web.Response(body=body, status=answer.status, content_type=answer.content_type)
    except (ClientError, TimeoutError):
        raise Unavailable("media.away") from None


async def _websocket(request: web.Request, address: URL, headers: dict[str, str]) -> web.StreamResponse:
    """Connect to media first: a refusal there becomes a plain HTTP answer here, as LiveKit's clients expect."""
    try:
        media = await request.app[keys.HTTP].ws_connect(
            address, headers=headers, max_msg_size=LARGEST, autoping=False, compress=0
        )
    except WSServerHandshakeError as error:
        return web.Response(status=error.status, text=error.message)
    except (ClientError, TimeoutError):
        raise Unavailable("media.away") from None
    browser = web.WebSocketResponse(max_msg_size=LARGEST, autoping=False, compress=False)
    gauge = request.app[keys.METRICS].signalling
    gauge.inc()
    try:
        await browser.prepare(request)
        up = asyncio.create_task(_pump(browser, media), name="rtc to media")
        down = asyncio.create_task(_pump(media, browser), name="rtc to browser")
        try:
            await asyncio.wait({up, down}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (up, down):
                task.cancel()
            await asyncio.gather(up, down, return_exceptions=True)
    finally:
        gauge.dec()
        await media.close(code=_sendable(browser.close_code))
        await browser.close(code=_sendable(media.close_code))
    return browser


async def _pump(
    source: web.WebSocketResponse | ClientWebSocketResponse, sink: web.WebSocketResponse | ClientWebSocketResponse
) -> None:
    """Messages in order until ``source`` closes; a slow reader holds up only its own connection."""
    while True:
        message = await source.receive()
        match message.type:
            case WSMsgType.BINARY:
                await sink.send_bytes(message.data)
            case WSMsgType.TEXT:
                await sink.send_str(message.data)
            case WSMsgType.PING:
                await sink.ping(message.data)
            case WSMsgType.PONG:
                await sink.pong(message.data)
            case _:
                return


def _sendable(code: int | None) -> int:
    """A close code that may be sent (RFC 6455 7.4): the ones that stand for a lost connection become "going away"."""
    return code if code is not None and (1000 <= code <= 1003 or 1007 <= code <= 1014 or 3000 <= code <= 4999) else 1001
