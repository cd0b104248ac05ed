"""Headers, cookies and anti-forgery tokens: what a browser is told and what it must show."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

from aiohttp import web

from meetinghub.config import Config, is_loopback

SESSION = "session"
VISITOR = "visitor"
KNOWN = "known"
LANGUAGE = "language"
DEVICE = "device"
"""The cookie of a PC that is or wants to be paired."""
DEVICE_HEADER = "X-Device"
"""Sent by a paired PC's page with everything it asks: then the PC counts, and not who is signed in on it."""
YEAR = 365 * 24 * 3600
KNOWN_AT_MOST = 6
"""How many accounts a browser can prove to have signed in as."""

_HOST = re.compile(r"[A-Za-z0-9.\-\[\]:]{1,255}")
_POLICY = {
    "camera": "(self)",
    "microphone": "(self)",
    "display-capture": "(self)",
    "speaker-selection": "(self)",
    "screen-wake-lock": "(self)",
    "fullscreen": "(self)",
    "autoplay": "(self)",
    "geolocation": "()",
    "payment": "()",
    "usb": "()",
    "serial": "()",
}


def headers(config: Config, request: web.Request) -> dict[str, str]:
    """What every answer carries. Scripts and styles come from our own files only; nothing inline runs."""
    found = {
        "Content-Security-Policy": content_policy(config, request),
        "Reporting-Endpoints": 'csp="/csp-reports"',
        "Permissions-Policy": ", ".join(f"{name}={value}" for name, value in _POLICY.items()),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
    if config.secure:
        found["Strict-Transport-Security"] = f"max-age={YEAR}"
    return found


def content_policy(config: Config, request: web.Request, *, frames: str = "'none'") -> str:
    """``frames``: what the page may show within itself."""
    connect = ["'self'"]
    if _HOST.fullmatch(request.host):  # browsers that do not yet count a WebSocket as 'self'
        connect.append(f"{'wss' if config.secure else 'ws'}://{request.host}")
    if config.livekit_url is not None:
        connect.append(re.sub(r"^http", "ws", config.livekit_url))
        connect.append(re.sub(r"^ws", "http", config.livekit_url))
    rules = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data: blob:",
        "media-src": "'self' blob:",
        "frame-src": frames,
        "font-src": "'self'",
        "connect-src": " ".join(connect),
        "worker-src": "'self' blob:",
        "manifest-src": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
        "report-uri": "/csp-reports",
        "report-to": "csp",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def cookie_name(config: Config, name: str) -> str:
    """Under HTTPS the ``__Host-`` prefix keeps other hosts and plain HTTP from setting it (RFC 6265bis)."""
    return f"__Host-{name}" if config.secure else name


def read_cookie(config: Config, request: web.Request, name: str) -> str:
    """The cookie's value, or an empty string."""
    return request.cookies.get(cookie_name(config, name), "")


def set_cookie(
    config: Config, response: web.StreamResponse, name: str, value: str, *, max_age: int | None = None
) -> None:
    """Out of reach of scripts and other sites; ``max_age`` in seconds, None = until the browser closes."""
    response.set_cookie(
        cookie_name(config, name), value, max_age=max_age, path="/", httponly=True, secure=config.secure, samesite="Lax"
    )


def drop_cookie(config: Config, response: web.StreamResponse, name: str) -> None:
    response.del_cookie(cookie_name(config, name), path="/", httponly=True, secure=config.secure, samesite="Lax")


def new_visitor() -> str:
    """A cookie for somebody who has not signed in, to which the sign-in form's token is bound."""
    return secrets.token_urlsafe(24)


def visitor_token(config: Config, visitor: str) -> str:
    """The anti-forgery token of a browser that is not signed in."""
    return hmac.new(config.secret_key.encode(), f"csrf {visitor}".encode(), hashlib.sha256).hexdigest()


def same(given: str, expected: str) -> bool:
    """Compare two secrets in constant time; an empty one never matches."""
    return bool(expected) and hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())


def remember(proofs: str, proof: str) -> str:
    """The cookie of proofs with ``proof`` in front, older ones dropped."""
    return ".".join([proof, *(each for each in proofs.split(".") if each and each != proof)][:KNOWN_AT_MOST])


def client_address(config: Config, request: web.Request) -> str:
    """Where a request came from. Behind a proxy on this machine that is what the proxy wrote last."""
    peer = request.remote or ""
    forwarded = request.headers.get("X-Forwarded-For", "")
    proxied = config.secure and config.tls_cert is None
    if proxied and is_loopback(peer) and forwarded:
        return forwarded.rsplit(",", 1)[-1].strip()[:64]
    return peer[:64]


def local_path(wanted: str) -> str:
    """``wanted`` when it is a path of this site, else ``/``: a link never leads away after signing in."""
    if wanted.startswith("/") and not re.search(r"[\\\x00-\x20\x7f]", wanted) and not wanted.startswith("//"):
        return wanted
    return "/"
