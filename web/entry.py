"""A line of the table of addresses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from meetinghub.tokens.scopes import Scope
from web.access import Access


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the table.

    ``foreign``: called by programs that cannot know our anti-forgery token and prove themselves otherwise.
    ``anonymous``: the answer is the same whoever asks, so nobody is looked up: it works without the database.
    ``largest``: bytes that a body may have, for the few that take more than aiohttp's usual 1 MiB.
    ``of_device``: belongs to the page of a paired PC, where the PC counts and not the person who is signed in on it.
    ``scope``: of the token that an address of the API asks for; None = any token, or none where everyone may.
    """

    method: str
    path: str
    handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    access: Access
    foreign: bool = False
    anonymous: bool = False
    of_device: bool = False
    scope: Scope | None = None
    largest: int | None = None
