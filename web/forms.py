"""Text that a browser sent → values, with a message for each field that cannot be used."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web
from multidict import MultiMapping

from meetinghub.errors import Invalid


class Form:
    """Reads fields one by one; :meth:`check` raises once, for all of them."""

    def __init__(self, given: MultiMapping[Any] | Mapping[str, Any]) -> None:
        self._given = given
        self.problems: dict[str, str] = {}

    def text(self, name: str, *, longest: int, missing: str | None = None, strip: bool = True) -> str:
        """A single line. ``missing`` is the code of the message when it is empty; None = it may be."""
        given: object = self._given.get(name, "")
        if not isinstance(given, str):
            self.problems[name] = "form.not_text"
            return ""
        value = given.strip() if strip else given
        if "\x00" in value or any(ord(character) < 32 for character in value):
            self.problems[name] = "form.not_text"
            return ""
        if len(value) > longest:
            self.problems[name] = "form.too_long"
        if not value and missing is not None:
            self.problems[name] = missing
        return value

    def check(self) -> None:
        """Raise :class:`Invalid` with all problems found so far."""
        if self.problems:
            raise Invalid(fields=self.problems)


async def form(request: web.Request) -> Form:
    """The fields of a submitted form."""
    return Form(await request.post())


async def json_object(request: web.Request) -> dict[str, Any]:
    """The JSON object in the body; anything else is :class:`Invalid`."""
    try:
        value = await request.json()
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError):
        raise Invalid("form.not_json") from None
    if not isinstance(value, dict):
        raise Invalid("form.not_json")
    return value
