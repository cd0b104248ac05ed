"""A line of the table of addresses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from web.access import Access


@dataclass(frozen=True, slots=True)
class Entry:
    """``foreign``: called by programs that cannot know our anti-forgery token and prove themselves otherwise."""

    method: str
    path: str
    handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    access: Access
    foreign: bool = False
