"""Text that a browser sent → values, with a message for each field that cannot be used."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, time
from typing import Any

from aiohttp import web
from multidict import MultiMapping

from meetinghub.errors import Invalid


class Form:
    """Reads fields one by one; :meth:`check` raises once, for all of them."""

    def __init__(self, given: MultiMapping[Any] | Mapping[str, Any]) -> None:
        self.given = given
        self.problems: dict[str, str] = {}

    def text(self, name: str, *, longest: int, missing: str | None = None, strip: bool = True) -> str:
        """A single line. ``missing`` is the code of the message when it is empty; None = it may be."""
        given: object = self.given.get(name, "")
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

    def paragraph(self, name: str, *, longest: int, missing: str | None = None) -> str:
        """Several lines; line ends become ``\\n``."""
        given: object = self.given.get(name, "")
        if not isinstance(given, str):
            self.problems[name] = "form.not_text"
            return ""
        value = given.replace("\r\n", "\n").strip()
        if any(ord(character) < 32 and character not in "\n\t" for character in value):
            self.problems[name] = "form.not_text"
            return ""
        if len(value) > longest:
            self.problems[name] = "form.too_long"
        if not value and missing is not None:
            self.problems[name] = missing
        return value

    def several(self, name: str) -> tuple[str, ...]:
        """Every value sent under this name, such as ticked boxes."""
        found = self.given.getall(name, []) if isinstance(self.given, MultiMapping) else []
        return tuple(value for value in found if isinstance(value, str))

    def whole(self, name: str, *, wrong: str) -> int:
        """A number of at most six figures; 0 and the message ``wrong`` for anything else."""
        text = self.text(name, longest=12)
        if text.isascii() and text.isdigit() and len(text) <= 6:
            return int(text)
        self.problems[name] = wrong
        return 0

    def day(self, name: str, *, missing: str, wrong: str) -> date | None:
        """A date as browsers send it (``2026-11-23``)."""
        text = self.text(name, longest=12, missing=missing)
        if not text:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.problems[name] = wrong
            return None

    def hour(self, name: str, *, missing: str, wrong: str) -> time | None:
        """A time of day as browsers send it (``14:00``)."""
        text = self.text(name, longest=8, missing=missing)
        if not text:
            return None
        try:
            return time.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None)
        except ValueError:
            self.problems[name] = wrong
            return None

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
