"""Lists that are turned page by page."""

from __future__ import annotations

from aiohttp import web

FURTHEST = 10_000


def number(request: web.Request) -> int:
    """Which page the address asks for, from 1; anything that is no number is the first."""
    text = request.query.get("page", "1")
    return min(FURTHEST, max(1, int(text))) if text.isascii() and text.isdigit() and len(text) < 9 else 1


def turn(request: web.Request, page: int) -> str:
    """This list's address at another page."""
    return str(request.rel_url.update_query(page=page))
