"""Tables and settings as JSON and back."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from meetinghub.imports.model import WORDS, Field, Held, Settings, Table
from meetinghub.ledger import canonical
from meetinghub.ledger.fact import utc_text

MOST_WORDS = 500
"""Texts of a file that can be explained."""


def packed(table: Table) -> bytes:
    written = {
        "format": table.format,
        "rows": table.rows,
        "sheet": table.sheet,
        "others": table.others,
        "encoding": table.encoding,
    }
    return zlib.compress(json.dumps(written, ensure_ascii=False, separators=(",", ":")).encode(), 6)


def unpacked(cells: bytes) -> Table:
    read: dict[str, Any] = json.loads(zlib.decompress(cells))
    rows = tuple(tuple(row) for row in read["rows"])
    return Table(read["format"], rows, read["sheet"], tuple(read["others"]), read["encoding"])


def plain(settings: Settings) -> dict[str, object]:
    return {
        "heading": settings.heading,
        "columns": {field.value: place for field, place in settings.columns.items()},
        "fixed": dict(settings.fixed),
        "words": {field.value: dict(words) for field, words in settings.words.items()},
    }


def settings(read: Mapping[str, Any]) -> Settings:
    return Settings(
        read["heading"],
        {Field(name): place for name, place in read["columns"].items()},
        dict(read["fixed"]),
        {Field(name): dict(words) for name, words in read["words"].items() if Field(name) in WORDS},
    )


def digest(meetings: tuple[Held, ...]) -> str:
    """SHA-256 (hexadecimal) of the canonical JSON of what was taken, in the order of the file."""
    found = sha256()
    for held in meetings:
        found.update(canonical.dumps(_row(held)).encode())
        found.update(b"\n")
    return found.hexdigest()


def _row(held: Held) -> dict[str, object]:
    return {
        "row": held.row,
        "title": held.title,
        "starts_at": utc_text(held.starts_at),
        "minutes": held.minutes,
        "department": held.department,
        "department_name": held.department_name,
        "committees": sorted(held.committees),
        "roles": sorted(held.roles),
        "line": held.line,
        "mode": held.mode,
        "own": held.own,
        "place": held.place,
        "uid": held.uid,
        "filed_at": "" if held.filed_at is None else utc_text(held.filed_at),
    }
