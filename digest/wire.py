"""How values of the notice stand in rows and pages: JSON without floats, so that it has one canonical spelling.

Any frozen dataclass of words, numbers, days, times, moments, enums and tuples of them; a set is a sorted list.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Hashable
from datetime import date, datetime, time
from enum import Enum
from functools import cache
from typing import Any, TypeVar, cast

from meetinghub.files.kinds import Kind as FileKind
from meetinghub.files.kinds import of_ending
from meetinghub.ledger.fact import utc_moment, utc_text

T = TypeVar("T")


def to_json(value: Any) -> Any:
    """Moments are UTC to the microsecond, times of day to the minute, kinds of files their endings."""
    match value:
        case FileKind():
            return value.ending
        case Enum():
            return value.value
        case None | int() | str():
            return value
        case datetime():
            return utc_text(value)
        case date():
            return value.isoformat()
        case time():
            return f"{value:%H:%M}"
        case tuple() | list():
            return [to_json(each) for each in value]
        case frozenset():
            return sorted(to_json(each) for each in value)
        case _:
            return {name: to_json(getattr(value, name)) for name in _fields(value.__class__)}


def of_json(wanted: type[T], value: Any) -> T:
    """The inverse of :func:`to_json`; raises ``KeyError``, ``TypeError`` or ``ValueError`` for what it never wrote."""
    read: T = _reader(cast(Hashable, wanted))(value)
    return read


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _number(value: Any) -> int:
    if not isinstance(value, int):
        raise TypeError(f"{value!r} is no number")
    return value


_PLAIN: dict[object, Callable[[Any], Any]] = {
    str: _text,
    int: _number,
    bool: bool,
    datetime: utc_moment,
    date: date.fromisoformat,
    time: time.fromisoformat,
    FileKind: of_ending,
}


@cache
def _fields(wanted: Any) -> dict[str, Any]:
    hints = typing.get_type_hints(wanted)
    return {each.name: hints[each.name] for each in dataclasses.fields(wanted)}


@cache
def _reader(wanted: Any) -> Callable[[Any], Any]:
    wanted = getattr(wanted, "__supertype__", wanted)  # a NewType is read as what it names
    if wanted in _PLAIN:
        return _PLAIN[wanted]
    origin, arguments = typing.get_origin(wanted), typing.get_args(wanted)
    if origin in {types.UnionType, typing.Union}:
        inner = _reader(next(each for each in arguments if each is not type(None)))
        return lambda value: None if value is None else inner(value)
    if origin in {tuple, frozenset}:
        each = _reader(arguments[0])
        return lambda value: origin(map(each, value))
    if isinstance(wanted, type) and issubclass(wanted, Enum):
        return wanted
    readers = {name: _reader(hint) for name, hint in _fields(wanted).items()}
    return lambda value: wanted(**{name: read(value[name]) for name, read in readers.items()})
