"""One spelling for what facts say: RFC 8785 JSON of strings in Unicode's form C, and nothing that has two spellings.

No floats (1 and 1.0), no integer that a double cannot hold, no half of a surrogate pair. Two programmes that follow
RFC 8785 get the same bytes from the same values, in whatever language they are written.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NoReturn

import rfc8785

INTEGERS = 2**53
"""Beyond these, two integers can be one double."""

_PLAIN = re.compile(r"[ !#-\[\]-~]*").fullmatch
_LONG_NUMBER = re.compile(r"\d{16}")
_quote = json.JSONEncoder(ensure_ascii=False).encode

_STRING = r'"[^"\\\x00-\x1f]*"'
_OTHER = r"0|-?[1-9][0-9]{0,14}|true|false|null"
_LIST = rf"(?:{_STRING}(?:,{_STRING})*|(?:{_OTHER})(?:,(?:{_OTHER}))*)?"
_VALUE = rf"(?:{_STRING}|{_OTHER}|\[{_LIST}\])"


def normal(text: str) -> str:
    """``text`` in Unicode's form C, in which one character has one spelling. Half a surrogate pair: ``ValueError``."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"{text!r} holds half of a surrogate pair, which is no character") from error
    return unicodedata.normalize("NFC", text)


def is_normal(text: str) -> bool:
    return text.isascii() or unicodedata.is_normalized("NFC", text)


def dumps(values: Mapping[str, object]) -> str:
    """``values`` as canonical JSON, strings normalised first; what has no canonical form raises ``ValueError``.

    The standard library, in C, spells as RFC 8785 does but for the order of names outside the basic plane.
    """
    plain = _plain(values)
    text = _WRITE.encode(plain)
    return text if _is_basic(text) else rfc8785.dumps(plain).decode()


def is_canonical(text: str) -> bool:
    """Whether ``text`` is a JSON object spelt as :func:`dumps` spells it.

    Texts that may hold integers that no double holds take the slow way.
    """
    try:
        values = _READ.decode(text)
        if not isinstance(values, dict) or not is_normal(text):
            return False
        if _is_basic(text) and not _LONG_NUMBER.search(text):
            return _WRITE.encode(values) == text
        return dumps(values) == text
    except (ValueError, RecursionError):
        return False


class Speller:
    """:func:`is_canonical` for many texts of few shapes.

    Objects of one kind have the same names, so what is left to see is that each value is spelt right: one pattern for
    each kind, learnt from the first text of that kind. What no pattern fits is judged the slow way.
    """

    def __init__(self) -> None:
        self._shapes: dict[str, Callable[[str], object]] = {}

    def accepts(self, kind: str, text: str) -> bool:
        shape = self._shapes.get(kind)
        if shape is not None and shape(text):
            return text.isascii() or is_normal(text)
        if not is_canonical(text):
            return False
        self._shapes[kind] = _shape(tuple(_READ.decode(text)))
        return True


def quoted(text: str) -> str:
    """``text`` as a JSON string, as RFC 8785 spells it."""
    return f'"{text}"' if _PLAIN(text) else _quote(text)


@lru_cache(1000)
def _shape(names: tuple[str, ...]) -> Callable[[str], object]:
    fields = ",".join(f"{re.escape(quoted(name))}:{_VALUE}" for name in names)
    return re.compile(rf"\{{{fields}\}}").fullmatch


def _is_basic(text: str) -> bool:
    """Whether ``text`` stays in the basic plane, where the order of characters is that of their UTF-16 codes."""
    return text.isascii() or max(text) <= "\uffff"


def _plain(value: object) -> Any:
    if isinstance(value, str):
        return value if value.isascii() else normal(value)
    if isinstance(value, int):
        if not -INTEGERS < value < INTEGERS:
            raise ValueError(f"{value} exceeds what a double holds exactly")
        return value
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {normal(name): _plain(item) for name, item in value.items()}
    if value is None:
        return None
    raise ValueError(f"{value!r} has no canonical form")


def _refuse(text: str) -> NoReturn:
    raise ValueError(f"{text} has no canonical form")


_READ = json.JSONDecoder(parse_float=_refuse, parse_constant=_refuse)
_WRITE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
