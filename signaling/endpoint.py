"""The addresses clients connect to: ``/rtc/v1`` (WebSocket), its ``validate``, health and metrics.

A token never reaches a log: there is no access log, and errors carry codes only.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable, Mapping

import structlog
from aiohttp import WSMsgType, web
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest

from meetinghub.errors import Error, Forbidden, Invalid, TooMany, Unauthenticated
from signaling import metrics, protocol, tokens
from signaling.hub import Hub
from signaling.model import DisconnectReason, Grants
from signaling.rates import Buckets, Rate
from signaling.session import POLICY_VIOLATION

# 33 sites and the main venue behind one address, all at once, several times in a row
JOINS_PER_ADDRESS = Rate(burst=400, per_second=40)
JOINS_PER_TOKEN = Rate(burst=15, per_second=1)
FAILURES_PER_ADDRESS = Rate(burst=60, per_second=2)
MESSAGES = {
    "signaling.room_unknown": "requested room does not exist",
    "signaling.join_not_granted": "permissions denied",
}
log = structlog.get_logger("signaling")


class WebSocket:
    """Implements :class:`signaling.session.Socket`."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self._socket = socket

    async def receive_request(self) -> bytes | None:
        message = await self._socket.receive()
        if message.type is WSMsgType.BINARY:
            data: bytes = message.data
            return data
        if message.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR):
            return None
        raise protocol.MalformedMessage("not binary")

    async def send_response(self, message: bytes) -> None:
        await self._socket.send_bytes(message)

    async def end(self, code: int) -> None:
        await self._socket.close(code=code)


class Endpoint:
    def __init__(self, hub: Hub, keys: Mapping[str, str], registry: CollectorRegistry) -> None:
        self._hub, self._keys, self._registry = hub, keys, registry
        self._joins = Buckets(JOINS_PER_ADDRESS)
        self._tokens = Buckets(JOINS_PER_TOKEN)
        self._failures = Buckets(FAILURES_PER_ADDRESS)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/rtc/v1", self.connect),
            web.get("/rtc/v1/validate", self.validate),
            web.get("/rtc/validate", self.validate),
            web.get("/rtc", self.connect_old),
            web.get("/", self.root),
            web.get("/healthz", self.health),
            web.get("/metrics", self.measurements),
        ]

    def authenticate(self, request: web.Request) -> Grants:
        """Failures are limited per address; good tokens are not hurt by others' failures from the same address."""
        header = request.headers.get("Authorization", "")
        token = header[7:] if header[:7].lower() == "bearer " else request.query.get("access_token", "")
        try:
            return tokens.verify(token, self._keys)
        except Unauthenticated as error:
            metrics.REFUSED.labels(error.code).inc()
            if not self._failures.take(address(request), asyncio.get_running_loop().time()):
                raise TooMany("signaling.too_many_failures", retry_after=30) from None
            raise

    async def validate(self, request: web.Request) -> web.Response:
        self._hub.check(self.authenticate(request))
        return web.Response(text="success")

    async def connect(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Upgrade", "").lower() != "websocket":
            raise web.HTTPNotFound(text="a WebSocket is expected here")
        grants = self.authenticate(request)
        now = asyncio.get_running_loop().time()
        if not self._joins.take(address(request), now) or not self._tokens.take(
            f"{grants.room}/{grants.identity}", now
        ):
            raise TooMany("signaling.too_many_joins", retry_after=5)
        wanted = protocol.parse_join(request.query.get("join_request", ""))
        self._hub.check(grants)
        socket = web.WebSocketResponse(max_msg_size=protocol.MAX_MESSAGE, compress=False, timeout=2.0)
        await socket.prepare(request)
        try:
            session = self._hub.join(grants, wanted)
        except Error as error:
            metrics.REFUSED.labels(error.code).inc()
            log.warning("join refused", room=grants.room, identity=grants.identity, code=error.code)
            await socket.send_bytes(protocol.leave(DisconnectReason.JOIN_FAILURE, protocol.Action.DISCONNECT))
            await socket.close(code=POLICY_VIOLATION)
            return socket
        if session is None:
            await socket.send_bytes(protocol.leave(DisconnectReason.STATE_MISMATCH, protocol.Action.RECONNECT))
            await socket.close()
            return socket
        await session.run(WebSocket(socket))
        return socket

    async def connect_old(self, request: web.Request) -> web.Response:
        """The old protocol with two connections per client is not spoken."""
        self.authenticate(request)
        raise web.HTTPNotFound(text="only /rtc/v1 is served here")

    async def root(self, request: web.Request) -> web.Response:
        return web.Response(text="OK")

    async def health(self, request: web.Request) -> web.Response:
        return web.json_response({"ok": True, "rooms": len(self._hub.rooms)})

    async def measurements(self, request: web.Request) -> web.Response:
        return web.Response(
            body=generate_latest(REGISTRY) + generate_latest(self._registry),
            headers={"Content-Type": CONTENT_TYPE_LATEST},
        )


def address(request: web.Request) -> str:
    """Who is asking; a proxy on this machine (our web process) names the client itself."""
    peer = request.remote or ""
    try:
        local = ipaddress.ip_address(peer).is_loopback
    except ValueError:
        local = True
    forwarded = request.headers.get("X-Forwarded-For", "") if local else ""
    return forwarded.rpartition(",")[2].strip()[:64] or peer


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def render_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Expected failures in words; anything else is a bug, logged, and a bare 500."""
    try:
        response = await handler(request)
    except Error as error:
        status = 401 if isinstance(error, Forbidden) and request.path.startswith("/rtc") else error.status
        if isinstance(error, Invalid):
            status = 400
        response = web.Response(status=status, text=MESSAGES.get(error.code, error.code))
        if isinstance(error, TooMany):
            response.headers["Retry-After"] = str(error.retry_after)
    except web.HTTPException as error:
        error.headers["Access-Control-Allow-Origin"] = "*"
        raise
    except (asyncio.CancelledError, ConnectionError):
        raise
    except Exception:
        log.exception("request failed", path=request.path)
        response = web.Response(status=500, text="internal error")
    if not response.prepared:
        response.headers["Access-Control-Allow-Origin"] = "*"  # tokens decide, not origins; no cookie is read here
    return response
