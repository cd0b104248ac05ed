"""Long lists in pieces. A cursor holds the keys of the last row that was given, so nothing that is added or removed
meanwhile makes a row come twice or be left out. Clients must not look inside."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from meetinghub.clock import SHANGHAI
from meetinghub.errors import Invalid
from web.api.model import MOST_NUMBER, Model

USUAL = 50
MOST = 200
_BAD = Invalid(fields={"cursor": "api.bad_cursor"})

Limit = Annotated[int, Field(ge=1, le=MOST, description="At most so many.")]
Cursor = Annotated[
    str | None,
    StringConstraints(max_length=200),
    Field(description="``next`` of the piece before; without one, the first piece."),
]


class Paged(Model):
    """A query for a piece of a list."""

    limit: Limit = USUAL
    cursor: Cursor = None


def encode(*values: object) -> str:
    text = json.dumps(values, ensure_ascii=True, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def number(cursor: str | None) -> int | None:
    """The one number in a cursor; raises :class:`Invalid`."""
    if cursor is None:
        return None
    values = _values(cursor)
    if len(values) != 1:
        raise _BAD
    return _whole(values[0])


def moment_and_number(cursor: str | None) -> tuple[datetime, int] | None:
    if cursor is None:
        return None
    values = _values(cursor)
    if len(values) != 2 or not isinstance(values[0], str):
        raise _BAD
    try:
        moment = datetime.fromisoformat(values[0])
    except ValueError:
        raise _BAD from None
    if moment.tzinfo is None or not 1900 < moment.year < 9000:
        raise _BAD
    return moment.astimezone(SHANGHAI), _whole(values[1])


def _values(cursor: str) -> list[Any]:
    try:
        found = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        raise _BAD from None
    if not isinstance(found, list):
        raise _BAD
    return found


def _whole(value: object) -> int:
    if type(value) is not int or not 0 <= value <= MOST_NUMBER:
        raise _BAD
    return value
