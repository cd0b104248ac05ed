"""One thing that can be asked of the API: address, rights, shapes, words for its document.

The shapes are read off the handler's own annotations (``query``, ``body`` and what its :class:`Reply` holds), so that
what is validated, what is answered and what is published cannot differ.
"""

from __future__ import annotations

import typing
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from aiohttp import web

from meetinghub.errors import NotFound, Outdated
from meetinghub.people.model import Account
from meetinghub.tokens.scopes import Scope
from web import keys
from web.access import Access
from web.api.model import Model

ROOT = "/api/v1"
M_co = TypeVar("M_co", bound=Model, covariant=True)


@dataclass(frozen=True, slots=True)
class Reply(Generic[M_co]):
    """``mark``: the state of the thing as an entity tag, for who is going to change it."""

    model: M_co
    status: int = 200
    mark: str = ""
    location: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """Who asks, from where in the address, and what the application has."""

    request: web.Request

    @property
    def app(self) -> web.Application:
        return self.request.app

    @property
    def account(self) -> Account:
        return self.request[keys.WHO].account

    def number(self, name: str, *, missing: str) -> int:
        """A number in the address; anything else is not found, with the code ``missing``."""
        text = self.request.match_info[name]
        if not (text.isascii() and text.isdigit() and len(text) <= 9):
            raise NotFound(missing)
        return int(text)

    def matches(self, mark: str) -> None:
        """Raise :class:`Outdated` unless the request was made for the state called ``mark`` (RFC 9110 13.1.1)."""
        wanted = self.request.if_match or ()
        if not any(each.value == mark or each.value == "*" for each in wanted if not each.is_weak):
            raise Outdated("api.outdated")


Handler = Callable[..., Awaitable[Reply[Any]]]


@dataclass(frozen=True, slots=True)
class Operation:
    """``path`` is below :data:`ROOT`. ``guarded``: a request must say by If-Match which state it changes.

    ``writes``: what it does is one transaction; False for a POST that only reads what it was sent. ``notes``: other
    answers than the usual ones → when.
    """

    method: str
    path: str
    handler: Handler
    access: Access
    scope: Scope | None
    tag: str
    summary: str
    status: int = 200
    guarded: bool = False
    writes: bool = True
    notes: Mapping[int, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return ROOT + self.path

    @property
    def body(self) -> type[Model] | None:
        return self._shape("body")

    @property
    def query(self) -> type[Model] | None:
        return self._shape("query")

    @property
    def answer(self) -> type[Model]:
        model: type[Model] = typing.get_args(typing.get_type_hints(self.handler)["return"])[0]
        return model

    def _shape(self, name: str) -> type[Model] | None:
        shape: type[Model] | None = typing.get_type_hints(self.handler).get(name)
        return shape
